"""A control point that fails after the site has signed stops the table, as a hold does."""

from collections import Counter
from datetime import timedelta

import pytest

from api.checks.floor import read_floor
from api.day.corrections import Hand, Mended, mend
from api.day.deliver import take_along
from api.day.measure import StepTold, act_on_step, record_step
from api.day.serve import close_table
from api.day.table import Desk
from api.day.views_canteen import canteen_view
from api.people import OPERATOR
from kitchen.store.withheld import lines_stopped
from kitchen.withheld import Stop, by_food
from orders.codes import Coded
from orders.store.receipts import load_discards
from tests.api.day.test_withheld import COOK, Floor


def measure(session, floor, point, ref, core_c):
    return record_step(session, floor.desk(session), floor.day.service, StepTold(point, ref, core_c)).step_id


def act(session, floor, ref, action):
    act_on_step(session, floor.desk(session), floor.day.service, ref, action, "李")


def page(session, floor):
    """The canteen's page: its notices, its meals that must not be given, and portions to count at the end."""
    view = canteen_view(session, floor.day.service, floor.stop["site_id"], floor.at)
    notices = {one.stop.code for one in view.stops if one.dishes}
    return notices, [one for one in view.meals if one.state == "stopped"], view


def refusals(session, floor, meal):
    """What the table and a volunteer are told of a meal."""
    desk = Desk(floor.day.service, floor.stop["site_id"], OPERATOR, floor.at, floor.day.ids)
    carried = take_along(session, desk, [meal.order.code])[0].refused
    return floor.claim(session, meal.order).refused, carried


@pytest.mark.parametrize("of_box", [True, False])
def test_a_point_that_fails_after_the_delivery_stops_the_table(day_at, of_box):
    """Tests that no meal of a box or a batch is given or carried until it is let go or measured good."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        batches = read_floor(session, floor.day.service).batches
        batch = next(one.code for one in batches if one.batch_id in floor.box["batch_ids"])
        point, ref, bad_c = ("pack_hot", floor.box["code"], 48.0) if of_box else ("cook", batch, 50.0)
        failed = measure(session, floor, point, ref, bad_c)
        shown, (first, *_), view = page(session, floor)
        assert (shown, first.stopped.words.code) == ({ref}, "food_point_failed")
        assert view.closable and view.left == sum(one.state in ("ready", "stopped") for one in view.meals)
        for refused in refusals(session, floor, first):
            assert (refused.code, refused.params["ref"]) == ("meal_point_failed", ref)
        act(session, floor, failed, "within_two_hours" if of_box else "cook_on")
        if not of_box:
            assert {one.code for one in refusals(session, floor, first)} == {"meal_point_failed"}
            floor.at += timedelta(minutes=1)
            measure(session, floor, point, ref, 85.0)
        assert page(session, floor)[:2] == (set(), [])
        assert floor.claim(session, first.order).portions == first.order.portions


def test_food_of_a_core_put_right_below_the_limit_stays_until_it_is_discarded(day_at):
    """Tests 75 typed for 57: the table throws none of it away as unclaimed, and all of it once it is gone."""
    floor = Floor(day_at("delivered"))
    table = (floor.day.service, floor.stop["site_id"])
    with floor.day.database.begin() as session:
        batch_id = floor.box["batch_ids"][0]
        mend(session, "cooked", batch_id, Mended(core_c=57.0), Hand(COOK, floor.at, floor.day.ids))
        _, stopped, view = page(session, floor)
        at = floor.acting.at(floor.at)
        assert (
            stopped and close_table(session, *table, **at, counted=view.portions_left) == view.portions_left
        )
        (point,) = (
            one for one in read_floor(session, floor.day.service, [batch_id]).every_point() if one.wrong
        )
        act(session, floor, point.ref, "discard")
        kept = sum(one.order.portions - one.decided for one in stopped)
        assert close_table(session, *table, **at) == kept
        assert {one.reason for one in load_discards(session, floor.day.service)} >= {"discarded_on_hold"}
        assert not page(session, floor)[1]


def test_a_hold_is_stronger_than_a_discard_and_a_discard_than_a_point(day_at):
    """Tests what a meal goes by whose batch and box are stopped for different reasons."""
    floor = Floor(day_at("published"))
    batch_id, box_id = floor.box["batch_ids"][0], floor.box["box_id"]
    kinds = ("failed", "held", "discarded")
    stops = by_food(Stop(batch_id, "B", kind, Coded("x")) for kind in kinds)
    assert stops[batch_id].kind == "held"
    weaker = by_food([Stop(batch_id, "B", "failed", Coded("x")), Stop(box_id, "X", "discarded", Coded("x"))])
    with floor.day.database.read() as session:
        found = Counter(one.kind for one in lines_stopped(session, weaker).values())
    assert found["discarded"] == floor.box["portions"] and found["failed"]
