"""A lot that is held stops the food of it wherever that is: in the kitchen, on the way, at the table."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.checks.gates import holding_back
from api.checks.withholding import end_hold
from api.stock.batch_lots import Handed, issue_lot, put_back
from api.stock.desk import StockDesk, need_lot
from api.stock.documents import batches_document
from api.stock.holding import destroy_lot, hold_lot, release_lot
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.production import load_batches, load_production
from kitchen.store.withheld import lines_stopped, load_withheld
from kitchen.withheld import by_food, stops_on_hold
from orders.errors import Conflict, Forbidden
from orders.store.sites import canteen_names, load_kitchen
from tests.api.day.test_withheld import COOK, INSPECTOR, Floor

DAY, KG = timedelta(days=1), 1_000_000
LICENCES = (SupplierLicence("food", "JY1", date(2027, 1, 1)),)
PAPERS = {"lot_certificate": "C1", "animal_quarantine": "Q1", "meat_inspection": "I1"}
FACTS = {"temperature_c": 3.0, "expires_on": date(2026, 12, 1), "papers": PAPERS}


def stock_desk(session, floor, actor=COOK):
    return StockDesk(load_kitchen(session, "K1"), actor, floor.at, floor.day.ids)


def taken_of(session, floor):
    """A lot of which a batch of the floor's box was handed a kilogram; the batch and the lot's code."""
    desk, batch_id = stock_desk(session, floor), floor.box["batch_ids"][0]
    production = load_production(session, floor.day.service.key)
    batch = next(one for one in load_batches(session, production.production_id) if one.batch_id == batch_id)
    food_code = load_dishes(session, [batch.dish_id])[batch.dish_id].ingredients[0].food_code
    group = load_foods(session)[food_code].group
    keep_supplier(session, desk, Supplier("", "S01", "示例商行", "Wei", "1", LICENCES, frozenset({group})))
    lot = receive(session, desk, Receipt(food_code, "S01", 10 * KG, **FACTS)).lot
    issue_lot(session, desk, handed(floor, batch, lot.code))
    return batch, lot.code


def handed(floor, batch, lot, reason=""):
    return Handed(floor.day.service, batch.code, lot, KG, reason)


def kept_back(session, floor, batch):
    return [one.code for one in holding_back(session, floor.day.service, batch, "pack")]


def waiting(session, floor, batch):
    """Orders of the table with a portion of a batch."""
    return [
        one for one in floor.orders(session) if any(line.line_id in set(batch.line_ids) for line in one.lines)
    ]


def test_a_recall_after_delivery_stops_the_table_until_the_lot_is_free(day_at):
    """Tests that batch, boxes and sites are named, none is served, a release lifts the lot's hold alone."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        batch, lot = taken_of(session, floor)
        first, second, *_ = waiting(session, floor, batch)
        (named,) = batches_document(hold_lot(session, stock_desk(session, floor), lot, "召回"))
        assert (named["batch"], named["on_hold"]) == (batch.code, True)
        assert floor.box["code"] in named["boxes"]
        assert canteen_names(session)[floor.stop["site_id"]] in named["sites"]
        refused = floor.claim(session, first).refused
        assert (refused.code, refused.params["reason"]) == ("meal_withheld", f"{lot}: 召回")
        (kept,) = load_withheld(session, floor.day.service.key)
        assert (kept.person, kept.lot, kept.by_inspector) == (COOK.name, lot, False)
        own = floor.hold(session, batch.code)
        with pytest.raises(Conflict, match="food_lot_held"):
            floor.end(session, kept)
        release_lot(session, stock_desk(session, floor), lot, "化验合格", "王")
        ends = {one.lot: one.end and one.end.person for one in load_withheld(session, floor.day.service.key)}
        assert ends == {lot: "王", "": None}
        assert floor.claim(session, first).refused.code == "meal_withheld"
        floor.end(session, own)
        assert floor.claim(session, second).portions == second.portions


def test_the_food_of_a_destroyed_lot_waits_for_a_named_person(day_at):
    """Tests that destroying stops it without a hold before, and that a lift lets it pass every gate again."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        batch, lot = taken_of(session, floor)
        order = waiting(session, floor, batch)[0]
        destroy_lot(session, stock_desk(session, floor), lot, "李斯特菌", "王")
        (kept,) = load_withheld(session, floor.day.service.key)
        assert batch.line_ids[0] in lines_stopped(session, by_food(stops_on_hold([kept])))
        assert floor.claim(session, order).refused.code == "meal_withheld"
        assert kept_back(session, floor, batch) == ["batch_lot_held", "food_withheld"]
        end_hold(session, floor.desk(session), kept.withheld_id, "lifted", "化验合格", "王")
        assert kept_back(session, floor, batch) == []
        assert floor.claim(session, order).portions == order.portions


def test_food_of_two_held_lots_waits_for_both_and_comes_back_from_no_discard(day_at):
    """Tests that one lot set free lifts its own hold alone, and that what was discarded stays discarded."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        batch, lot = taken_of(session, floor)
        order, desk = waiting(session, floor, batch)[0], stock_desk(session, floor)
        other = receive(
            session, desk, Receipt(need_lot(session, desk, lot).food_code, "S01", 10 * KG, **FACTS)
        ).lot.code
        issue_lot(session, desk, handed(floor, batch, other))
        for code in (lot, other):
            hold_lot(session, desk, code, "召回")
        release_lot(session, desk, lot, "化验合格", "王")
        assert floor.claim(session, order).refused.params["reason"] == f"{other}: 召回"
        left = next(one for one in load_withheld(session, floor.day.service.key) if one.end is None)
        end_hold(session, floor.desk(session), left.withheld_id, "discarded", "变质", "王")
        release_lot(session, desk, other, "化验合格", "王")
        assert kept_back(session, floor, batch) == ["food_discarded"]
        lost = sum(line.line_id in batch.line_ids for line in order.lines)
        assert floor.claim(session, order).portions == order.portions - lost


def test_only_food_that_got_of_the_lot_stands_still(day_at):
    """Tests that what was put back is not held, that a second word holds nothing twice, and who may."""
    floor = Floor(day_at("packed"))
    with floor.day.database.begin() as session:
        batch, lot = taken_of(session, floor)
        desk = stock_desk(session, floor)
        with pytest.raises(Forbidden):
            hold_lot(session, stock_desk(session, floor, INSPECTOR), lot, "召回")
        put_back(session, desk, handed(floor, batch, lot, "拿错"))
        assert hold_lot(session, desk, lot, "召回") == ()
        release_lot(session, desk, lot, "化验合格", "王")
        issue_lot(session, desk, handed(floor, batch, lot))
        hold_lot(session, desk, lot, "召回", "王")
        hold_lot(session, desk, lot, "召回")
        destroy_lot(session, desk, lot, "召回", "王")
        assert [one.person for one in load_withheld(session, floor.day.service.key)] == ["王"]


def test_food_of_days_gone_by_is_left_alone(day_at):
    """Tests that a lot held the day after puts nothing on hold that nobody can serve any more."""
    floor = Floor(day_at("packed"))
    with floor.day.database.begin() as session:
        _, lot = taken_of(session, floor)
        (one,) = hold_lot(session, replace(stock_desk(session, floor), now_at=floor.at + DAY), lot, "召回")
        assert (one.on_hold, one.boxes) == (False, ())
