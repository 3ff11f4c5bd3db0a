"""Random small days of the example city, from the close to the last table: no portion is lost or doubled."""

from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from api.day.board import orders_of
from api.day.close import close_service, settle
from api.day.hand_over import HandOver, sign
from api.day.plan import plan_service, publish_day
from api.day.serve import Claim, close_table, serve_meals
from api.day.settle import settle_service
from api.day.summary import summarise
from api.people import OPERATOR
from kitchen.store.equipment import CarrierRow
from orders.store.orders import OrderRow, load_clashes, load_orders
from orders.store.sites import load_kitchen, load_kitchen_settings, save_kitchen
from routing.store.fleet import VanRow
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, imported_day

NOT_LOST = ("portion_withdrawn", "spare_not_boxed")
ACTING = {"actor": OPERATOR, "now_at": PUBLISHED_AT}


@pytest.fixture(scope="module")
def ordered_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A service of 120 diners that is still open, to be copied."""
    return imported_day(tmp_path_factory.mktemp("ordered"), diners=120)


def keep_only(session: Session, rng: Random) -> None:
    """Cancels orders until a handful or many are left."""
    orders = load_orders(session, SERVICE)
    for order in rng.sample(orders, len(orders) - rng.randint(8, 50)):
        session.get_one(OrderRow, order.order_id).state = "cancelled"


def make_scarce(session: Session, rng: Random) -> None:
    """On some days carriers are away, on others all vans but one."""
    short_of = rng.choice(["nothing", "carriers", "vans"])
    if short_of == "carriers":
        rows = session.exec(select(CarrierRow)).all()
        for row in rng.sample(rows, len(rows) * 3 // 4):
            session.delete(row)
    elif short_of == "vans":
        for row in session.exec(select(VanRow)).all()[1:]:
            session.delete(row)


def cook_for_walk_ins(session: Session, rng: Random) -> None:
    """On some days the kitchen cooks more than is ordered."""
    kitchen, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
    assert kitchen is not None
    buffer = {"cold_start_ratio": rng.choice([0.0, 0.05, 0.2])}
    save_kitchen(session, kitchen, {**settings, "buffer": buffer}, PUBLISHED_AT)


def closed(day: ExampleDay, rng: Random) -> None:
    """Closes with every clash settled as chance says."""
    with day.database.begin() as session:
        close_service(session, SERVICE, ids=day.ids, **ACTING)
        for clash_id, clash in load_clashes(session, SERVICE, open_only=True).items():
            chosen = rng.choice([None, *clash.proposed])
            settle(session, SERVICE, clash_id, chosen, ids=day.ids, **ACTING)


def published(day: ExampleDay, seed: int) -> None:
    """Plans and publishes."""
    version = plan_service(day.database, SERVICE, ids=day.ids, seed=seed, **ACTING).version
    with day.database.begin() as session:
        publish_day(session, SERVICE, version, **ACTING)


def handed_over(acting: Acting, rng: Random) -> None:
    """Every box is signed for: taken, counted short, or refused."""
    with acting.day.database.begin() as session:
        for stop in acting.stops.values():
            for box_id in stop["box_ids"]:
                portions = acting.boxes[box_id]["portions"]
                word = rng.choice(["whole", "whole", "whole", "short", "refused"])
                said = {
                    "whole": HandOver("accepted", portions, 78.0),
                    "short": HandOver("accepted", portions - 1, 78.0),
                    "refused": HandOver("refused", 0, 50.0, reason="cold"),
                }[word]
                sign(session, box_id, said, **acting.at(instant(stop["leave_at"])))


def eaten(acting: Acting, rng: Random) -> None:
    """Some come to the table, some do not; every table closes, homes too."""
    day = acting.day
    with day.database.read() as session:
        orders = orders_of(session, SERVICE)
    absent = set(rng.sample([order["code"] for order in orders], 3))
    with day.database.begin() as session:
        for site_id, stop in sorted(acting.stops.items()):
            at = instant(stop["serving_starts_at"]) + timedelta(minutes=5)
            here = [o["code"] for o in orders if o["site_id"] == site_id and o["code"] not in absent]
            acts = acting.at(ends_at(stop))
            serve_meals(session, SERVICE, site_id, [Claim(code, at, offline=True) for code in here], **acts)
            close_table(session, SERVICE, site_id, **acts)


@settings(max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_a_random_day_loses_no_portion(ordered_day: ExampleDay, seed: int) -> None:
    """
    Tests the three sums on days of random orders, clashes, means, receipts and tables: what is cooked less
    the extras is ordered, what is boxed or not boxed is ordered, what is delivered or excepted is boxed,
    spare portions with it.
    """
    rng = Random(seed)
    with TemporaryDirectory() as folder:
        day = ordered_day.copied(Path(folder))
        with day.database.begin() as session:
            keep_only(session, rng)
            make_scarce(session, rng)
            cook_for_walk_ins(session, rng)
        closed(day, rng)
        published(day, rng.randint(1, 10_000))
        acting = Acting.of(day)
        acting.cook()
        acting.pack()
        acting.depart()
        handed_over(acting, rng)
        eaten(acting, rng)
        with day.database.begin() as session:
            last_at = max(ends_at(stop) for stop in acting.stops.values())
            settle_service(session, SERVICE, **acting.at(last_at))
            found = summarise(session, SERVICE)
        counts = found.counts
        assert counts.portions_cooked - counts.portions_extra == counts.portions_ordered
        assert counts.portions_boxed + counts.portions_not_boxed == counts.portions_ordered
        boxed = counts.portions_boxed + counts.portions_spare_boxed
        assert counts.portions_delivered + counts.portions_excepted == boxed
        assert counts.portions_spare_boxed <= counts.portions_spare
        assert counts.missing == ()
        assert found.plan_violations == 0
        lost = sum(item.portions for item in found.exceptions if item.reason.code not in NOT_LOST)
        assert lost == counts.portions_not_boxed + counts.portions_excepted
        day.database.close()
