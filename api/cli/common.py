"""What every command shares: options, one way to speak, one way to refuse."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.house import House
    from api.settings import Settings

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder; overrides HOLDCHAIN_DATA (default: var)."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")
]
SCHEMA = 1
NAMED_FIRST = "HOLDCHAIN_DATA_NAMED"
HOUSE_FILES = ("holdchain.sqlite3", "clock.json")
Register = Callable[[typer.Typer], None]


class Out:
    """
    One command's voice: lines for people, or one JSON document on stdout and the lines on stderr.

    Parameters
    ----------
    as_json
        Whether stdout is for the document alone.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def line(self, text: str) -> None:
        """Says a line."""
        print(text, file=sys.stderr if self.as_json else sys.stdout, flush=True)

    def result(self, document: Mapping[str, Any]) -> None:
        """Prints the command's document, with its schema number, when JSON is asked for."""
        if self.as_json:
            print(json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=2), flush=True)


def cli_language() -> str:
    """The language of the person at the terminal: HOLDCHAIN_LANGUAGE, else the locale."""
    chosen = os.environ.get("HOLDCHAIN_LANGUAGE", "")
    if chosen in ("zh_CN", "en"):
        return chosen
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh_CN" if next((name for name in names if name), "").startswith("zh") else "en"


@contextmanager
def opened(
    data: Path | None, *, upgrade: bool = True, seed: int | None = None, founding: bool = False
) -> "Iterator[House]":
    """
    The house of a data folder, its tables up to date, closed afterwards.

    Parameters
    ----------
    data
        The folder that the command names.
    upgrade, seed
        As `open_house` takes them.
    founding
        Whether the command may make a house in the folder of ``--data``; others refuse a mistyped one.
    """
    from api.house import open_house
    from api.logs import to_stderr
    from api.settings import load_settings

    to_stderr()
    settings = load_settings(data)
    is_missing = not settings.database_url and not settings.data.is_dir()
    if not founding and (data is not None or NAMED_FIRST in os.environ):
        require_house(settings)
    if is_missing:
        _say_founded(settings.data)
    with _other_tables_refused():
        house = open_house(settings, upgrade=upgrade, seed=seed)
        try:
            yield house
        finally:
            house.database.close()


@contextmanager
def _other_tables_refused() -> "Iterator[None]":
    """Says in a sentence that the house's tables are of another version."""
    from alembic.util import CommandError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from api.errors import TablesOther, has_other_tables

    try:
        yield
    except CommandError as error:  # a migration that this version does not have
        raise TablesOther from error
    except (OperationalError, ProgrammingError) as error:
        if not has_other_tables(error):
            raise
        raise TablesOther from error


def require_house(settings: "Settings") -> None:
    """
    Refuses a folder that cannot be meant: missing, or full of something else than a house.

    An empty folder may become a house, and a house on a database server may have its folder anew.

    Raises
    ------
    MealError
        ``house_missing``, with what to do.
    """
    from orders.errors import MealError

    folder = settings.data
    if settings.database_url or any((folder / name).exists() for name in HOUSE_FILES):
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise MealError("house_missing", folder=str(folder.resolve()))


def _say_founded(folder: Path) -> None:
    from api.words import gettext

    words = gettext("A new house is made in {folder}.", cli_language())
    print(words.format(folder=folder.resolve()), file=sys.stderr, flush=True)
