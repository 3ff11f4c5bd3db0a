"""The day in numbers: each from its own stage's rows, so that one lost row of any stage is named."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from api.day.board import orders_of
from api.day.hand_over import HandOver, sign
from api.day.serve import Claim, serve_meals
from api.day.settle import settle_service
from api.day.summary import Summary, summarise
from kitchen.store.production import load_production
from kitchen.store.production_rows import ProductionExceptionRow
from orders.codes import Coded, Excepted
from orders.errors import NotFound
from orders.service import Service
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import ExampleDay


def settled(day: ExampleDay) -> ExampleDay:
    """The served day with its bills."""
    acting = Acting.of(day)
    last_at = max(ends_at(stop) for stop in acting.stops.values())
    with day.database.begin() as session:
        settle_service(session, day.service, **acting.at(last_at))
    return day


def summary_of(day: ExampleDay) -> Summary:
    """The day in numbers."""
    with day.database.read() as session:
        return summarise(session, day.service)


def lose(day: ExampleDay, statement: str) -> None:
    """Deletes rows past keys and triggers, as an intruder with the file in hand would."""
    with closing(sqlite3.connect(day.path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount == 1
        connection.commit()


LOSSES = {
    "order line": (
        "DELETE FROM order_lines WHERE line_id = (SELECT min(line_id) FROM order_lines)",
        {"cooked_not_ordered", "boxed_not_ordered"},
    ),
    "order": (
        "DELETE FROM orders WHERE order_id = (SELECT min(order_id) FROM orders)",
        {"cooked_not_ordered", "boxed_not_ordered"},
    ),
    "batch line": (
        "DELETE FROM kitchen_batch_lines WHERE line_id = (SELECT min(line_id) FROM kitchen_batch_lines)",
        {"ordered_not_cooked"},
    ),
    "batch": (
        "DELETE FROM kitchen_batches WHERE batch_id = (SELECT min(batch_id) FROM kitchen_batches)",
        {"ordered_not_cooked"},
    ),
    "box line": (
        "DELETE FROM kitchen_box_lines WHERE line_id = (SELECT min(line_id) FROM kitchen_box_lines)",
        {"cooked_not_boxed"},
    ),
    "receipt": (
        "DELETE FROM receipts WHERE box_id = (SELECT min(box_id) FROM receipts)",
        {"boxed_not_delivered"},
    ),
    "serving": (
        "DELETE FROM servings WHERE order_id = (SELECT min(order_id) FROM servings)",
        {"delivered_not_served"},
    ),
    "reading": (
        "DELETE FROM telemetry_readings WHERE sequence = 7 "
        "AND device_id = (SELECT min(device_id) FROM telemetry_readings)",
        {"readings_missing"},
    ),
    "bill": (
        "DELETE FROM bills WHERE order_id = (SELECT min(order_id) FROM bills)",
        {"order_not_settled"},
    ),
    "batch report": (
        "DELETE FROM kitchen_batch_events WHERE batch_id = (SELECT min(batch_id) FROM kitchen_batch_events)",
        {"cooking_not_reported"},
    ),
    "box report": (
        "DELETE FROM kitchen_box_events WHERE box_id = (SELECT min(box_id) FROM kitchen_box_events)",
        {"packing_not_reported"},
    ),
    "departure": (
        "DELETE FROM routing_trip_events WHERE trip_id = (SELECT min(trip_id) FROM routing_trip_events)",
        {"departure_not_reported"},
    ),
    "box": (
        "DELETE FROM kitchen_boxes WHERE box_id = (SELECT min(box_id) FROM kitchen_boxes)",
        {"cooked_not_boxed"},
    ),
    "box in a visit": (
        "DELETE FROM routing_visit_boxes WHERE box_id = (SELECT min(box_id) FROM routing_visit_boxes)",
        {"plan_box_count"},
    ),
    "verdict": (
        "DELETE FROM telemetry_verdicts WHERE final AND box_id = (SELECT min(box_id) FROM discards)",
        {"hold_not_judged"},
    ),
    "posting": (
        "DELETE FROM ledger_lines WHERE account LIKE 'site:%' "
        "AND bill_id = (SELECT min(bill_id) FROM ledger_lines)",
        {"postings_differ"},
    ),
    "discard": (
        "DELETE FROM discards WHERE discard_id = (SELECT min(discard_id) FROM discards)",
        {"delivered_not_served"},
    ),
}


@pytest.fixture(scope="module")
def settled_day(acted_days, tmp_path_factory) -> ExampleDay:
    """The day to its bills, one diner not having come, to be copied."""
    day = acted_days["delivered"].copied(tmp_path_factory.mktemp("settled"))
    acting = Acting.of(day)
    with day.database.read() as session:
        code = session.connection().execute(text("SELECT min(code) FROM orders")).scalar_one()
    acting.serve(no_shows=frozenset({code}))
    return settled(day)


def test_a_whole_day_misses_nothing(settled_day: ExampleDay) -> None:
    """Tests the three sums and the counts of a day to its bills."""
    day = summary_of(settled_day)
    counts = day.counts
    assert day.exceptions == ()
    assert counts.portions_cooked - counts.portions_extra == counts.portions_ordered
    assert counts.portions_boxed + counts.portions_not_boxed == counts.portions_ordered
    assert counts.portions_delivered + counts.portions_excepted == counts.portions_boxed
    assert (day.receipts, day.servings, day.plan_violations) == (day.boxes, day.orders - 1, 0)
    assert sum(day.holds.values()) == day.boxes


@pytest.mark.parametrize("stage", LOSSES)
def test_a_lost_row_of_any_stage_is_named(settled_day: ExampleDay, tmp_path, stage: str) -> None:
    """Tests that the summary tells what is missing when one row of a stage is gone."""
    day = settled_day.copied(tmp_path)
    statement, codes = LOSSES[stage]
    lose(day, statement)
    found = {item.reason.code for item in summary_of(day).exceptions}
    assert found & codes, f"a lost {stage} is not named: {found}"


def test_a_batch_outside_its_window_is_told_with_what_holds_it(settled_day: ExampleDay, tmp_path) -> None:
    """Tests that findings of the schedule that lose no portion stand among the exceptions."""
    day = settled_day.copied(tmp_path)
    held = {"batch": "B01", "equipment": "wok", "holders": "B02"}
    with day.database.begin() as session:
        key = load_production(session, day.service.key).production_id
        row = ProductionExceptionRow(production_id=key, number=99, stage="schedule", portions=0)
        row.code, row.params, row.ref = "late_equipment_taken", held, "B01"
        session.add(row)
    told = summary_of(day)
    assert told.exceptions == (Excepted(Coded("late_equipment_taken", held), "B01", 0),)
    assert told.counts.portions_not_boxed == 0


def test_an_unplanned_service_has_no_summary(settled_day: ExampleDay) -> None:
    """Tests that a service of which nothing is published is not found."""
    other = Service("K1", settled_day.service.service_on, "dinner")
    with settled_day.database.read() as session, pytest.raises(NotFound):
        summarise(session, other)


def test_a_day_under_way_names_nothing_that_is_only_not_yet_done(acted_days, tmp_path) -> None:
    """Tests that boxes on the road and diners still at table are no finding while the first table eats."""
    day = acted_days["departed"].copied(tmp_path)
    acting = Acting.of(day)
    site_id, stop = next((s, stop) for s, stop in acting.stops.items() if stop["kind"] == "canteen")
    at = acting.at(instant(stop["serving_starts_at"]))
    with day.database.begin() as session:
        for box_id in stop["box_ids"]:
            sign(session, box_id, HandOver("accepted", core_c=78.0), **acting.at(instant(stop["leave_at"])))
        orders = [order for order in orders_of(session, day.service) if order["site_id"] == site_id]
        serve_meals(session, day.service, site_id, [Claim(orders[0]["code"], offline=True)], **at)
    assert summary_of(day).exceptions == ()
