"""A lot followed to the people: who was to eat of it, who did, and whom to call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.people import OPERATOR
from api.permissions import Actor
from api.stock.batch_lots import Handed, issue_lot
from api.stock.desk import StockDesk, need_kitchen
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from api.stock.trace import LotTrace, trace_document, trace_lot
from api.walk_ins import sell_walk_in
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.production import load_batches, load_boxes, load_production
from orders.errors import Forbidden
from orders.store.orders import OrderRow, load_orders
from orders.store.receipts import load_servings
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.api.day.test_claim import Counter

INSPECTOR = Actor("i", "Inspector", "inspector", "K1")


def traced(day: ExampleDay, actor: Actor = OPERATOR, batch_id: str = "") -> tuple[LotTrace, set[str], str]:
    """Rice of which one batch, else the largest, got some after the day; its lines, and the batch's code."""
    with day.database.begin() as session:
        at = StockDesk(need_kitchen(session, "K1"), OPERATOR, PUBLISHED_AT + timedelta(days=1), day.ids)
        licence = (SupplierLicence("food", "JY1", date(2030, 1, 1)),)
        keep_supplier(session, at, Supplier("", "S01", "示例粮油", licences=licence))
        bag = Receipt(
            "rice-white-polished-japonica",
            "S01",
            500_000_000,
            {"lot_certificate": "C1"},
            expires_on=date(2027, 1, 1),
        )
        lot = receive(session, at, bag).lot
        production = load_production(session, day.service.key)
        batch = max(
            load_batches(session, production.production_id),
            key=lambda one: (one.batch_id == batch_id, len(one.line_ids)),
        )
        issue_lot(session, at, Handed(day.service, batch.code, lot.code, 1_000_000))
        trace = trace_lot(session, replace(at, actor=actor), lot.code)
    return trace, set(batch.line_ids), batch.code


def test_a_lot_leads_to_every_diner_of_its_batches(day_at: Callable[[str], ExampleDay]) -> None:
    """
    Tests that each order with a portion of the batch is named once, with box, batch, telephone and minute.
    """
    day = day_at("served")
    trace, lines, batch = traced(day)
    with day.database.read() as session:
        orders = [
            order
            for order in load_orders(session, day.service)
            if lines & {line.line_id for line in order.lines}
        ]
    ordered = [meal for meal in trace.meals if meal.batches]
    assert sorted(meal.order_code for meal in ordered) == sorted(order.code for order in orders)
    assert all(meal.batches == (batch,) and meal.boxes and meal.diner_name for meal in ordered)
    assert trace.served == len(trace.meals)
    assert any(meal.phone for meal in ordered)
    document = trace_document(trace, "en")
    assert document["diners"] == len({meal["diner"] for meal in document["meals"]})


def test_who_may_not_see_people_gets_no_telephone(day_at: Callable[[str], ExampleDay]) -> None:
    """
    Tests that an inspector traces without telephones, and a driver not at all.
    """
    day = day_at("published")
    trace, _, _ = traced(day, INSPECTOR)
    assert trace.meals and not any(meal.phone for meal in trace.meals)
    assert trace.served == 0
    with pytest.raises(Forbidden):
        traced(day, Actor("d", "Driver", "driver", "K1", vehicle_id="V1"))


def test_a_walk_in_is_named_by_the_box_it_was_taken_from(day_at: Callable[[str], ExampleDay]) -> None:
    """
    Tests that who ate a spare portion out of a box with food of the lot is found too.
    """
    table = Counter(day_at("delivered"))
    with table.day.database.begin() as session:
        row = session.get_one(OrderRow, table.orders[0]["order_id"])
        row.state, row.ending, row.ended_at = "cancelled", "cancelled_after_cutoff", table.at
    with table.day.database.begin() as session:
        sell_walk_in(session, table.desk(), table.diners[0].diner_id)
        (drawn,) = [one.drawn for one in load_servings(session, table.day.service).values() if one.drawn]
        boxes = {
            box.code: box for box in load_boxes(session, load_production(session, SERVICE.key).production_id)
        }
    box = next(one for one in boxes.values() if one.box_id in drawn)
    trace, _, _ = traced(table.day, batch_id=box.batch_ids[0])
    (walked,) = [meal for meal in trace.meals if not meal.batches]
    assert (walked.diner_code, walked.boxes) == (table.diners[0].code, (box.code,))
    assert walked.served_at is not None
