"""Schedule: judged by sums that share no code with the solver."""

from collections import defaultdict
from itertools import pairwise, product

import pytest

from kitchen.equipment import Equipment
from kitchen.schedule import ScheduleParams, schedule
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

EIGHT_S = 8 * HOUR_S
TEN_S = 10 * HOUR_S
PARAMS = ScheduleParams(latest_s=11 * HOUR_S, tries=800, proof_time=0.2)


def faults(slots, batches, equipment, earliest_s):
    """What is wrong with a schedule, by plain arithmetic."""
    by_id = {piece.equipment_id: piece for piece in equipment}
    asked = {item.batch_id: item for item in batches}
    found = []
    if sorted(slot.batch_id for slot in slots) != sorted(asked):
        found.append("batches missing or doubled")
    taken = defaultdict(list)
    for slot in slots:
        piece, item = by_id[slot.equipment_id], asked[slot.batch_id]
        if piece.kind != item.equipment_kind or piece.capacity_ratio < item.needs_ratio:
            found.append(f"{item.code} does not fit {piece.equipment_id}")
        if slot.ready_s - slot.start_s != item.cook_s or slot.start_s < earliest_s:
            found.append(f"{item.code} has wrong times")
        taken[slot.equipment_id].append((slot.start_s, slot.ready_s + piece.changeover_s))
    for spans in taken.values():
        spans.sort()
        found += ["overlap" for one, other in pairwise(spans) if other[0] < one[1]]
    return found


def test_two_batches_on_one_pan_lie_back_to_back_before_their_hour():
    """
    Tests by hand: 40 minutes each, 5 between, both wanted at 10:00 on one pan: ready 9:15 and 10:00.
    """
    batches = [batch(1), batch(2)]
    equipment = pans(1, changeover_s=300)
    windows = {item.batch_id: ReadyWindow(EIGHT_S, TEN_S) for item in batches}
    plan = schedule(batches, equipment, windows, earliest_s=EIGHT_S, params=PARAMS, seed=1)
    assert [slot.ready_s for slot in plan.slots] == [TEN_S - 45 * 60, TEN_S]
    assert plan.objective == 100 * 45
    assert plan.late == ()


def many(number: int):
    """Batches of several sizes and times on pans and ovens."""
    batches = [
        batch(
            i,
            dish_id=f"D{i % 7}",
            equipment_kind="bratt" if i % 3 else "oven",
            needs_ratio=0.4 if i % 5 == 0 else 1.0,
            cook_s=60 * (15 + 7 * (i % 6)),
        )
        for i in range(1, number + 1)
    ]
    ovens = [Equipment(f"O{i}", "oven", "箱", "Oven", 1.0, 240) for i in range(1, 6)]
    small = [Equipment("S1", "bratt", "小锅", "Small pan", 0.5, 120)]
    windows = {
        item.batch_id: ReadyWindow(8 * HOUR_S, 9 * HOUR_S + 600 * (i % 7)) for i, item in enumerate(batches)
    }
    return batches, [*pans(8, changeover_s=300), *ovens, *small], windows


def test_a_full_morning_is_a_true_schedule():
    """
    Tests that 40 batches on 14 pieces neither overlap nor stand where they do not fit.
    """
    batches, equipment, windows = many(40)
    plan = schedule(batches, equipment, windows, earliest_s=7 * HOUR_S, params=PARAMS, seed=1)
    assert faults(plan.slots, batches, equipment, 7 * HOUR_S) == []
    assert plan.bound <= plan.objective


def test_no_other_schedule_is_cheaper():
    """
    Tests three cooks on one pan in an hour against every choice of their starts, and that the proof says so.
    """
    cooks = {1: (10, 90), 2: (15, 20), 3: (20, 60)}
    batches = [
        batch(i, cook_s=60 * minutes, line_ids=tuple(f"L{i}-{n}" for n in range(portions)))
        for i, (minutes, portions) in cooks.items()
    ]
    ends = {1: 45, 2: 50, 3: 40}
    windows = {f"b{i}": ReadyWindow(EIGHT_S, EIGHT_S + 60 * end) for i, end in ends.items()}
    params = ScheduleParams(tries=40, latest_s=EIGHT_S + HOUR_S)
    plan = schedule(batches, pans(1), windows, earliest_s=EIGHT_S, params=params, seed=1)

    prices = []
    for starts in product(*(range(61 - minutes) for minutes, _ in cooks.values())):
        spans = sorted(zip(starts, cooks.values(), ends.values(), strict=True))
        if all(one[0] + one[1][0] <= other[0] for one, other in pairwise(spans)):
            waits = [(portions, end - start - minutes) for start, (minutes, portions), end in spans]
            prices.append(sum(portions * (wait if wait > 0 else -20 * wait) for portions, wait in waits))
    assert plan.objective == plan.bound == min(prices)
    assert faults(plan.slots, batches, pans(1), EIGHT_S) == []


def test_the_same_seed_gives_the_same_slots():
    """
    Tests that the search stops by its own count, not by the clock.
    """
    batches, equipment, windows = many(30)
    plans = [
        schedule(batches, equipment, windows, earliest_s=7 * HOUR_S, params=PARAMS, seed=3) for _ in range(2)
    ]
    assert plans[0].slots == plans[1].slots


def test_a_late_batch_is_named_with_its_minutes():
    """
    Tests that a batch of 40 minutes wanted 30 minutes after the start is 10 late.
    """
    windows = {"b1": ReadyWindow(EIGHT_S, EIGHT_S + 1_800)}
    plan = schedule([batch(1)], pans(1), windows, earliest_s=EIGHT_S, params=PARAMS, seed=1)
    assert [(item.code, item.params["minutes"]) for item in plan.late] == [("batch_late", 10)]


def test_a_batch_that_fits_nothing_leaves_the_others_their_slots():
    """
    Tests that one batch without equipment is a reason, and that the two that have some are cooked.
    """
    batches = [batch(1), batch(2, equipment_kind="oven"), batch(3)]
    plan = schedule(batches, pans(1), {}, earliest_s=EIGHT_S, params=PARAMS, seed=1)
    assert [(one.code, one.params["batch"]) for one in plan.reasons] == [("no_equipment_fits", "B02")]
    assert {slot.batch_id for slot in plan.slots} == {"b1", "b3"}


def test_a_morning_too_short_is_overrun_and_said():
    """
    Tests by hand that two batches of 40 minutes on one pan in 50 minutes end 30 minutes after them, late.
    """
    short = ScheduleParams(latest_s=EIGHT_S + 3_000)
    windows = {f"b{n}": ReadyWindow(EIGHT_S, EIGHT_S + 3_000) for n in (1, 2)}
    plan = schedule([batch(1), batch(2)], pans(1), windows, earliest_s=EIGHT_S, params=short, seed=1)
    assert [slot.ready_s for slot in plan.slots] == [EIGHT_S + 2_400, EIGHT_S + 4_800]
    said = [(one.code, one.params["batch"], one.params["minutes"]) for one in plan.late]
    assert said == [("batch_late", "B02", 30), ("batch_after_hours", "B02", 30)]
    assert "late_equipment_taken" in {one.code for one in plan.why} and plan.reasons == ()


def test_nothing_to_cook_is_an_empty_schedule():
    """
    Tests a service without orders.
    """
    plan = schedule([], pans(1), {}, earliest_s=EIGHT_S, params=PARAMS, seed=1)
    assert (plan.slots, plan.reasons) == ((), ())


def test_a_window_refuses_to_end_before_it_begins():
    """
    Tests that a programmer's slip is refused where the fact is made.
    """
    with pytest.raises(ValueError, match="window"):
        ReadyWindow(10, 9)
