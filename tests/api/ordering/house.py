"""A small kitchen with two canteens and a few diners, the week's menus published, nothing ordered yet."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from api.db import Database, create_all
from api.ordering.record import Acting
from api.people import OPERATOR
from api.permissions import Actor
from api.seed import seed_house
from orders.bindings import Binding
from orders.diners import Diner, DinerFact
from orders.ids import IdSource
from orders.service import Service
from orders.sites import Hours, Place, Site
from orders.store.bindings import save_binding
from orders.store.diners import save_diners
from orders.store.sites import save_sites

LUNCH = Service("K1", date(2026, 11, 23), "lunch")
NOW_AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # ten o'clock on the Sunday before
CUT_OFF_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATE_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOURS = Hours(time(10, 20), time(11, 40), time(11, 15), 45)
FACTS = (DinerFact("hukou", "450200"), DinerFact("residence", "450204"))
SITES = (
    Site("C01", "canteen", "松园社区长者饭堂", "450204", "bulk", Place(24.31, 109.41), HOURS, 300, 2),
    Site("C02", "canteen", "柳邕社区长者饭堂", "450204", "bulk", Place(24.32, 109.42), HOURS, 300, 80),
    Site("H-LZ3", "home", "张三家", "450204", "packed", Place(24.33, 109.43), HOURS, 120, 1),
)
LI = Diner("d1", "LZ1", "李四", date(1938, 3, 5), "C01", facts=FACTS)
WEI = Diner("d2", "LZ2", "韦桂兰", date(1940, 5, 1), "C01", allergens=frozenset({"soy"}), facts=FACTS)
ZHANG = Diner("d3", "LZ3", "张三", date(1941, 6, 1), "H-LZ3", "direct", facts=FACTS)
QIN = Diner("d4", "LZ4", "覃秀英", date(1956, 6, 1), "C01", facts=FACTS)
DINERS = (LI, WEI, ZHANG, QIN)
DAUGHTER = Actor("u-daughter", "李小妹", "diner")
CLERK = Actor("u-clerk", "王干事", "kitchen", kitchen_id="K1")
CANTEEN = Actor("u-canteen", "饭堂", "canteen", site_id="C01")


@dataclass(frozen=True)
class SmallHouse:
    """
    A house's tables and its source of ids.

    Parameters
    ----------
    database, ids
        Open.
    path
        The SQLite file, where it is one.
    """

    database: Database
    ids: IdSource
    path: Path

    def acting(self, actor: Actor = DAUGHTER, now_at: datetime = NOW_AT, **more) -> Acting:
        """Somebody acts."""
        return Acting(actor, now_at, self.ids, **more)

    def copied(self, folder: Path) -> "SmallHouse":
        """The same house in a file of its own."""
        path = folder / "small.sqlite3"
        with sqlite3.connect(self.path) as source, sqlite3.connect(path) as target:
            source.backup(target)
        return replace(self, database=Database(f"sqlite:///{path}"), path=path)


def small_house(folder: Path) -> SmallHouse:
    """The house, with a daughter bound to her parents."""
    path = folder / "small.sqlite3"
    database, ids = Database(f"sqlite:///{path}"), IdSource(lambda: NOW_AT, 1)
    create_all(database.engine)
    fill(database, ids)
    return SmallHouse(database, ids, path)


def fill(database: Database, ids: IdSource) -> None:
    """Fills an empty house's tables."""
    with database.begin() as session:
        seed_house(session, "liuzhou", LUNCH.service_on, 5, actor=OPERATOR, now_at=NOW_AT, ids=ids)
        save_sites(session, "K1", "lunch", SITES)
        save_diners(session, DINERS, "import")
        for number, diner in enumerate((LI, ZHANG), 1):
            relation = ("family", "signed_form", NOW_AT, date(2026, 1, 1))
            save_binding(session, Binding(f"b{number}", DAUGHTER.user_id, diner.diner_id, *relation))
