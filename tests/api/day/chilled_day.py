"""A Tuesday of the example city with a chilled stew: open, and drawn from what was cooked the day before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from api.checks.desk import CheckDesk
from api.day.chilled import chilled_cooked
from api.day.chilled_after import (
    CoolingTold,
    Mended,
    chilled_measured,
    mend_chilled,
)
from api.day.close import close_service, settle
from api.day.forecast import Chilling, make_forecast
from api.day.plan import plan_service, publish_day
from api.day.services import find_kitchen
from api.db import Database, create_all
from api.example.files import write_example
from api.imports.run import run_import
from api.people import OPERATOR
from api.seed import seed_house
from api.stock.desk import StockDesk, need_kitchen
from api.stock.holding import release_lot
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from kitchen.receiving import Supplier
from kitchen.store.catalogue import load_dishes
from kitchen.store.lots import load_lots
from orders.ids import IdSource
from orders.service import Service
from orders.store.orders import load_clashes
from tests.api.day.example_day import ExampleDay

TUESDAY = Service("K1", date(2026, 11, 24), "lunch")
SEEDED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
NOON_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
THREE_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CLOSED_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CHICKEN = "D017"
MORE = 5


def open_day(folder: Path) -> ExampleDay:
    """A Tuesday of the example city with its orders, still open; its menu has a chilled stew."""
    path = folder / "day.sqlite3"
    database, ids = Database(f"sqlite:///{path}"), IdSource(lambda: SEEDED_AT, 1)
    create_all(database.engine)
    with database.begin() as session:
        acting = {"actor": OPERATOR, "now_at": SEEDED_AT, "ids": ids}
        seed_house(session, "liuzhou", TUESDAY.service_on, 1, **acting)
    for kind, file in write_example(folder, "liuzhou", 60, 1, TUESDAY.service_on, "csv").items():
        content = file.read_bytes()
        report = run_import(database, kind, file.name, content, **acting, kitchen_id="K1")
        assert not report.problems, report.problems[0]
    return ExampleDay(database, path, ids, TUESDAY)


def forecast_of(day: ExampleDay, at: datetime = NOON_AT):
    """The forecast, made at noon of the day before."""
    return make_forecast(day.database, TUESDAY, actor=OPERATOR, now_at=at, ids=day.ids, seed=1)


def cook(day: ExampleDay, made, extra: int = 0) -> None:
    """Every batch of it off the heat at three, with so many portions more than planned."""
    with day.database.begin() as session:
        for one in made.batches:
            acting = {"actor": OPERATOR, "now_at": THREE_AT, "ids": day.ids}
            chilled_cooked(session, one.chilled_id, portions=one.portions + extra, core_c=88.0, **acting)


def planned(day: ExampleDay):
    """The service closed, its clashes settled, planned and published."""
    acting = {"actor": OPERATOR, "now_at": CLOSED_AT}
    with day.database.begin() as session:
        close_service(session, TUESDAY, ids=day.ids, **acting)
        for clash_id, clash in load_clashes(session, TUESDAY, open_only=True).items():
            settle(session, TUESDAY, clash_id, next(iter(clash.proposed), None), ids=day.ids, **acting)
    outcome = plan_service(day.database, TUESDAY, ids=day.ids, seed=1, **acting)
    with day.database.begin() as session:
        publish_day(session, TUESDAY, outcome.version, **acting)
    return outcome


def received(day: ExampleDay) -> None:
    """A lot of each food of the stew, taken in three days before."""
    with day.database.begin() as session:
        desk = StockDesk(need_kitchen(session, "K1"), OPERATOR, SEEDED_AT, day.ids)
        keep_supplier(session, desk, Supplier("", "S1", "Market", "Li", "1", (), frozenset()))
        foods = {part.food_code for part in load_dishes(session, {CHICKEN})[CHICKEN].ingredients}
        for food in sorted(foods - {"water"}):
            told = Receipt(food, "S1", 900_000_000, {}, expires_on=date(2027, 1, 1), when_wanting="hold")
            receive(session, desk, told)
        for lot in load_lots(session, "K1").values():
            if lot.state == "held":
                release_lot(session, desk, lot.code, "test", "Li")


@dataclass(frozen=True)
class Drawn:
    """A Tuesday whose stew was forecast, cooked the day before, cooled, counted again, and drawn."""

    day: ExampleDay
    made: Chilling
    outcome: Any

    def given(self, chilled_id: str) -> int:
        """Portions that a chilled batch gave, as corrected."""
        first = self.made.batches[0]
        given = {one.chilled_id: one.portions for one in self.made.batches}
        return given[chilled_id] + (MORE if chilled_id == first.chilled_id else 0)


def drawn_day(day: ExampleDay) -> Drawn:
    """The day before, as its kitchen writes it down, and the plan at the cut-off."""
    received(day)
    made = forecast_of(day)
    cook(day, made)
    with day.database.begin() as session:
        desk = CheckDesk(find_kitchen(session, "K1"), OPERATOR, CLOSED_AT + timedelta(hours=3), day.ids)
        for batch in made.batches:
            for point, minutes, core_c in (("cool_1", 90, 15.0), ("cool_2", 200, 5.0)):
                told = CoolingTold(point, core_c, happened_at=THREE_AT + timedelta(minutes=minutes))
                assert chilled_measured(session, desk, batch.chilled_id, told).passed
        first = made.batches[0]
        more = Mended("miscounted", portions=first.portions + MORE)
        assert mend_chilled(session, desk, first.chilled_id, more) == 0
    return Drawn(day, made, planned(day))
