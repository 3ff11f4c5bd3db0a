"""Reheating moves the clock of what it is of, once and in time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.checks.desk import CheckDesk
from api.checks.floor import need_floor
from api.day.chilled_hold import CookChill
from api.day.holds import acts_of, facts_of, packings, profile_at
from api.day.measure import StepTold, act_on_step, record_step
from api.day.reheating import require_reheatable
from api.day.services import find_kitchen
from api.day.views import load_round
from api.people import OPERATOR
from orders.errors import Conflict
from telemetry.hold_chain import judge
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import ExampleDay

DayOn = Callable[[str], ExampleDay]
WAIT = timedelta(minutes=40)


class Stove:
    """The acts of one packed day that reheat, and the clocks that follow."""

    def __init__(self, day, session):
        self.day, self.session = day, session
        self.acting = Acting.of(day)
        boxes = load_round(session, day.service).boxes
        hot = [box for box in self.acting.board["boxes"] if boxes[box["box_id"]].hold_class == "hot"]
        self.box = min(hot, key=lambda one: (len(one["batch_ids"]), one["code"]))

    def reheat(self, ref, at, core_c=76.0):
        point = "reheat_box" if ref.startswith("X") else "reheat"
        kitchen = find_kitchen(self.session, self.day.service.kitchen_id)
        desk = CheckDesk(kitchen, OPERATOR, at, self.day.ids)
        return record_step(self.session, desk, self.day.service, StepTold(point, ref, core_c))

    @property
    def stands(self):
        return load_round(self.session, self.day.service).boxes[self.box["box_id"]]

    def verdict(self, at):
        known = packings(self.session, [self.box["box_id"]])
        (packing,) = known.values()
        acts = acts_of(self.session, self.day.service, packing.box.production_id, [packing])
        profile = profile_at(self.session, self.day.service.kitchen_id)
        return judge(facts_of(packing, acts, profile, [], [], CookChill()), at)


@pytest.fixture
def stove(day_on: DayOn):
    """A day whose boxes are all packed."""
    day = day_on("packed")
    with day.database.begin() as session:
        yield Stove(day, session)


def test_a_reheated_box_starts_its_clock_again(stove):
    """Tests plan and verdict: both count from the reheating, and the minute off the heat stays."""
    at = instant(stove.box["packed_at"]) + WAIT
    before, planned = stove.verdict(at), stove.stands
    kept = stove.reheat(stove.box["code"], at)
    after, now = stove.verdict(at + WAIT), stove.stands
    assert kept.passed
    assert after.clock_at == at
    assert after.eat_by_at == at + (before.eat_by_at - before.clock_at)
    assert "hold_reheated" in [one.code for one in after.reasons]
    assert stove.day.service.instant(now.eat_by_s) >= at + timedelta(hours=2)
    assert now.eat_by_s > planned.eat_by_s or now.eat_by_s - stove.day.service.seconds(at) == 7200
    assert now.cooked_s == planned.cooked_s


def test_food_is_reheated_once_by_batch_and_box_together(stove):
    """Tests that a second reheating is refused with the reason, whichever of the two was first."""
    at = instant(stove.box["packed_at"]) + WAIT
    codes = {one["batch_id"]: one["code"] for one in stove.acting.board["batches"]}
    stove.reheat(codes[stove.box["batch_ids"][0]], at)
    with pytest.raises(Conflict, match="step_done_already"):
        stove.reheat(stove.box["code"], at + WAIT)
    with pytest.raises(Conflict, match="step_done_already"):
        stove.reheat(codes[stove.box["batch_ids"][0]], at + WAIT)


def test_a_batch_reheated_after_the_box_was_closed_moves_nothing_in_it(stove):
    """Tests that only food that was reheated has a new clock."""
    at = instant(stove.box["packed_at"]) + WAIT
    before, planned = stove.verdict(at), stove.stands
    codes = {one["batch_id"]: one["code"] for one in stove.acting.board["batches"]}
    stove.reheat(codes[stove.box["batch_ids"][0]], at)
    assert (stove.verdict(at).clock_at, stove.stands) == (before.clock_at, planned)


def test_a_reheating_too_cold_or_too_late_moves_nothing(stove):
    """Tests that both are kept as failed, and that the clock goes on."""
    at = instant(stove.box["packed_at"]) + WAIT
    planned = stove.stands
    cold = stove.reheat(stove.box["code"], at, 66.0)
    assert [one.code for one in cold.wrong] == ["step_too_cold"]
    assert stove.stands == planned
    with pytest.raises(Conflict, match="point_failed"):
        stove.reheat(stove.box["code"], at + WAIT)


def test_a_box_that_was_discarded_is_reheated_no_more(stove):
    """Tests that what a named person discarded after a cold core does not come back to the table."""
    at = instant(stove.box["packed_at"]) + WAIT
    service, cold = stove.day.service, stove.reheat(stove.box["code"], at, 45.0)
    desk = CheckDesk(find_kitchen(stove.session, service.kitchen_id), OPERATOR, at, stove.day.ids)
    act_on_step(stove.session, desk, service, cold.step_id, "discard", "Li", "too cold")
    floor = need_floor(stove.session, service)
    point, batch_ids = floor.limits.floor.points["reheat_box"], frozenset(stove.box["batch_ids"])
    with pytest.raises(Conflict, match="point_discard"):
        require_reheatable(floor, point, batch_ids, stove.box["box_id"])


def test_food_past_its_time_is_not_saved(stove):
    """Tests the fifth hour off the heat."""
    planned = stove.stands
    late = stove.reheat(stove.box["code"], instant(stove.box["packed_at"]) + timedelta(hours=5))
    assert "reheat_too_late" in [one.code for one in late.wrong]
    assert not late.passed and stove.stands == planned


def test_what_is_not_off_the_heat_cannot_be_reheated(day_on: DayOn):
    """Tests a batch that nobody has cooked."""
    day = day_on("published")
    with day.database.begin() as session:
        stove = Stove(day, session)
        batch = stove.acting.board["batches"][0]
        with pytest.raises(Conflict, match="reheat_before_cooked"):
            stove.reheat(batch["code"], instant(batch["ready_at"]))


def test_a_batch_reheated_before_packing_moves_its_boxes(day_on: DayOn):
    """Tests that the box closed after the reheating counts from the earliest clock in it."""
    day = day_on("cooked")
    with day.database.begin() as session:
        stove = Stove(day, session)
        codes = {one["batch_id"]: one["code"] for one in stove.acting.board["batches"]}
        planned = stove.stands
        at = instant(stove.box["packed_at"])
        for batch_id in stove.box["batch_ids"]:
            stove.reheat(codes[batch_id], at)
        moved = stove.stands
        assert moved.cooked_s == planned.cooked_s
        assert moved.eat_by_s >= day.service.seconds(at) + 7200
        assert moved.packed_s > planned.packed_s
