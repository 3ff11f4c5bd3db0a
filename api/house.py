"""What every door of the house is given: settings, database, clock and ids."""

from dataclasses import dataclass
from pathlib import Path

from api.clock import Clock, clock_in
from api.db import Database
from api.settings import Settings, load_settings, prepare_data
from orders.ids import IdSource


@dataclass(frozen=True, slots=True)
class House:
    """
    One running house.

    Parameters
    ----------
    settings
        Where its data is and how it is reached.
    database
        Its tables.
    clock
        The one clock.
    ids
        Source of row ids.
    """

    settings: Settings
    database: Database
    clock: Clock
    ids: IdSource


def open_house(settings: Settings, *, seed: int | None = None, upgrade: bool = True) -> House:
    """
    Opens a house, bringing its tables up to date first.

    Parameters
    ----------
    settings
        Its settings.
    seed
        Makes row ids repeatable (demo and tests); None draws them from the system.
    upgrade
        Whether to migrate the database; a second process of the same house need not.
    """
    prepare_data(settings.data)
    database = Database(settings.url)
    if upgrade:
        database.upgrade()
    clock = clock_in(settings.data)
    return House(settings, database, clock, IdSource(clock.now, seed))


def open_data(data: Path | None) -> House:
    """The house of a data folder, as the command line opens it."""
    return open_house(load_settings(data))
