"""A registration desk: two canteens, two cities' programmes, a clock that stands still."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from api.db import Database
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor
from api.register.people import NewDiner, register_diner
from api.register.secret import PeopleKeys
from orders.diners import Diner
from orders.identity import check_character
from orders.ids import IdSource
from orders.programmes.schema import read_programme
from orders.store.diners import load_diner
from orders.store.programmes import save_programme
from orders.store.sites import save_kitchen, save_sites
from tests.orders.store_facts import CANTEEN, HOME, KITCHEN

T = TypeVar("T")
NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PROGRAMMES = ("qidong-2022", "changping-2023")
KEYS = PeopleKeys(b"i" * 32, b"c" * 32, b"w" * 32)
CLERK = Actor("clerk", "站点", "canteen", "K1", "C01")
BUREAU = Actor("bureau", "民政", "bureau")


def id_number(born_on: date, sequence: int = 12) -> str:
    """An ID number of nobody in particular that passes its check."""
    seventeen = f"450202{born_on:%Y%m%d}{sequence:03d}"
    return seventeen + check_character(seventeen)


@dataclass
class Desk:
    """
    Acts on one database.

    Parameters
    ----------
    database
        With sites and programmes.
    ids
        Repeatable.
    """

    database: Database
    ids: IdSource

    def act(self, use_case: Callable[..., T], actor: Actor, *args: Any, **kwargs: Any) -> T:
        """Calls a use case ``(session, actor, now_at, *args)`` in a transaction of its own."""
        with self.database.begin() as session:
            return use_case(session, actor, NOW_AT, *args, **kwargs)

    def register(self, name: str = "张三", actor: Actor = CLERK, **fields: Any) -> Diner:
        """Registers somebody born on 1 March 1940 at C01."""
        known = {"site_id": "C01", "id_number": id_number(date(1940, 3, 1)), "residence": "450202"}
        new = NewDiner(name, **(known | fields))
        return self.act(register_diner, actor, self.ids, KEYS, new)

    def diner(self, diner_id: str) -> Diner:
        """As the database has it now."""
        with self.database.read() as session:
            diner = load_diner(session, diner_id)
        assert diner is not None
        return diner


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk of an empty house, on SQLite and on PostgreSQL."""
    return furnished(database)


@pytest.fixture
def sqlite_desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """The same on SQLite alone, for what the database has no part in."""
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'desk.db')}")
    yield furnished(database)
    database.close()


def furnished(database: Database) -> Desk:
    """The kitchen with its sites, and two programmes in force."""
    with database.begin() as session:
        for name in PROGRAMMES:
            table = read_toml(config_dir() / "programmes" / f"{name}.toml")
            head = read_programme(table).programme
            body = json.loads(json.dumps(table, default=str))
            valid = (head.valid_from, head.valid_to)
            save_programme(session, name, body, valid=valid, author="test", made_at=NOW_AT)
        save_kitchen(session, KITCHEN, {"programme": PROGRAMMES[0]}, NOW_AT)
        save_sites(session, "K1", "lunch", [CANTEEN, HOME])
    return Desk(database, IdSource(lambda: NOW_AT, 5))
