"""A town with two canteens by the Changping rules, and a quarter of settled lunches."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.day.services import calendar_of
from api.db import Database
from api.paths import config_dir
from api.permissions import Actor
from api.programmes.files import read_programme_table
from orders.bills import MealEvent
from orders.diners import Diner, DinerFact
from orders.ids import IdSource
from orders.order import Order, OrderLine
from orders.programmes.schema import read_programme
from orders.service import Service
from orders.settlement import settle
from orders.settling.rules import rule_book
from orders.sites import Hours, Kitchen, Place, Site
from orders.store.diners import load_diners, save_diners
from orders.store.ledger import save_bills
from orders.store.orders import save_orders
from orders.store.programmes import load_revisions, save_programme
from orders.store.sites import save_kitchen, save_sites
from tests.api.settling.test_guangdong import CITY

PROGRAMME = "changping-2023"
FOUNDED_AT = datetime(2020, 1, 1, tzinfo=UTC)
KITCHEN = Kitchen(
    "K1", "示例厨房", "collective_meal_delivery", "JY1", Place(40.2, 116.2), "Asia/Shanghai", "路8号", "010"
)
HOURS = Hours(time(10, 20), time(11, 40), time(11, 15), 45)
SITES = (
    Site("S1", "canteen", "城南长者饭堂", "110114", "bulk", Place(40.21, 116.21), HOURS, 300, 80),
    Site("S2", "canteen", "城北长者饭堂", "110114", "bulk", Place(40.22, 116.22), HOURS, 300, 80),
)
BASIC = (
    DinerFact("hukou", "110114"),
    DinerFact("residence", "110114"),
    DinerFact("card", "beijing_elderly_disabled_card"),
    DinerFact("flag", "severe_disability"),
)
RESIDENT = (*BASIC[:3],)
DINERS = (
    Diner("A", "CP001", "韦桂兰", date(1945, 1, 1), "S1", facts=BASIC),
    Diner("B", "CP002", "李四", date(1958, 1, 1), "S1", facts=RESIDENT),
    Diner("F", "CP003", "张三", date(1953, 1, 1), "S1", facts=RESIDENT),
)
BUREAU = Actor("u-bureau", "王小明", "bureau")
CANTEEN = Actor("u-s1", "站长", "canteen", site_id="S1")
KITCHEN_MAN = Actor("u-kitchen", "厨房", "kitchen")
ADMIN = Actor("u-admin", "管理员", "admin")


@dataclass
class Town:
    """A database, its clock and its ids."""

    database: Database
    now_at: datetime = datetime(2023, 7, 3, 2, tzinfo=UTC)
    ids: IdSource = field(init=False)

    def __post_init__(self) -> None:
        self.ids = IdSource(lambda: self.now_at, 7)

    def act(self, use: Any, actor: Actor, *values: Any, **named: Any) -> Any:
        """One use case that needs no ids, in its own transaction."""
        with self.database.begin() as session:
            return use(session, actor, self.now_at, *values, **named)

    def make(self, use: Any, actor: Actor, *values: Any, **named: Any) -> Any:
        """One use case that makes ids, in its own transaction."""
        with self.database.begin() as session:
            return use(session, actor, self.now_at, self.ids, *values, **named)

    def read(self, use: Any, *values: Any, **named: Any) -> Any:
        """What a function of a session gives."""
        with self.database.read() as session:
            return use(session, *values, **named)


def table_of(programme_id: str, **changes: Any) -> dict[str, Any]:
    """A packaged programme as the database keeps it."""
    text = (config_dir() / "programmes" / f"{programme_id}.toml").read_text("utf-8")
    return json.loads(json.dumps(tomllib.loads(text) | changes, default=str))


def keep_programme(session: Session, table: dict[str, Any]) -> None:
    """Keeps a revision."""
    head = read_programme(table).programme
    valid = (head.valid_from, head.valid_to)
    save_programme(session, table["id"], table, valid=valid, author="test", made_at=FOUNDED_AT)


def found_town(database: Database, programme_id: str = PROGRAMME, diners: Sequence[Diner] = DINERS) -> Town:
    """The town's registers, and nothing eaten yet."""
    town = Town(database)
    with database.begin() as session:
        keep_programme(session, table_of(programme_id))
        save_kitchen(session, KITCHEN, {"programme": programme_id}, town.now_at)
        for meal in ("lunch", "dinner"):
            save_sites(session, "K1", meal, SITES)
        save_diners(session, diners, "test")
    return town


def lunch(
    who: str, on: date, *, site_id: str = "S1", price_fen: int = 1200, event: str = "served"
) -> MealEvent:
    """A lunch that was paid at eleven."""
    at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    code = f"{who}-{on:%m%d}-{site_id}"
    return MealEvent(
        code,
        code,
        who,
        site_id,
        on,
        "lunch",
        price_fen,
        event,
        at + timedelta(hours=1),
        channel="platform",
        placed_at=at,
        paid_at=at,
    )


def days(first_on: date, count: int) -> list[date]:
    """So many days in a row."""
    return [first_on + timedelta(number) for number in range(count)]


def eat(town: Town, meals: Iterable[MealEvent], programme_id: str = PROGRAMME) -> None:
    """Keeps meals as orders and bills, settled by the rules and facts of the moment."""
    events = list(meals)
    with town.database.begin() as session:
        revisions = [
            read_programme({**one.body, "revision": one.revision})
            for one in load_revisions(session, programme_id)
        ]
        bills = settle(events, rule_book(revisions, calendar_of), load_diners(session))
        for bill in bills:
            event = bill.event
            service = Service("K1", event.service_on, event.meal, "Asia/Shanghai")
            order = Order(
                event.order_id,
                event.order_code,
                event.diner_id,
                event.site_id,
                (OrderLine(f"{event.order_id}-1", "D1", "D1"),),
                event.price_fen,
                event.placed_at or event.at,
                event.channel,
                "locked",
            )
            save_orders(session, service, [order], "test")
            save_bills(session, service, {f"b-{event.order_id}": bill}, [], settled_at=town.now_at)


def second_quarter(town: Town) -> None:
    """A's six April, 21 May and 20 June lunches at S1: 235.00 yuan, and F's one at list price on 19 April."""
    april, may, june = days(date(2023, 4, 3), 6), days(date(2023, 5, 1), 21), days(date(2023, 6, 1), 20)
    meals = [lunch("A", on) for on in (*april, *may, *june)]
    eat(town, [*meals, lunch("F", date(2023, 4, 19)), lunch("B", date(2023, 4, 19))])


def city_table(folder: Path) -> dict[str, Any]:
    """An invented city by the Guangdong template, its amounts set, as the database keeps it."""
    (folder / "city.toml").write_text(CITY, "utf-8")
    return json.loads(json.dumps(read_programme_table(folder / "city.toml"), default=str))
