"""Laid: batches in any order keep pieces, cooks and allergens, and the best order is the best there is."""

from dataclasses import replace
from itertools import combinations, product

from kitchen.equipment import Cook
from kitchen.schedule import ScheduleParams, schedule
from kitchen.schedule_check import Judged, check_schedule
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

EIGHT_S = 8 * HOUR_S
NUTS = frozenset({"nuts"})


def judged(plan, batches, equipment, windows, cooks=()):
    """What the judge says of a schedule."""
    return check_schedule(plan.slots, plan.late, Judged(batches, equipment, windows, EIGHT_S, cooks))


def portions(number, count):
    """Order lines of a batch."""
    return tuple(f"L{number}-{n}" for n in range(count))


def cheapest(cooks, ends, attended):
    """The least price of three cooks on two pans with one cook, by every choice of minutes and pans."""
    prices = []
    spans = {n: minutes for n, (minutes, _) in cooks.items()}
    for starts in product(*(range(31 - minutes) for minutes in spans.values())):
        at = dict(zip(cooks, starts, strict=True))
        if any(abs(at[one] - at[other]) < attended for one, other in combinations(cooks, 2)):
            continue
        meets = [
            {one, other}
            for one, other in combinations(cooks, 2)
            if at[one] < at[other] + spans[other] and at[other] < at[one] + spans[one]
        ]
        if len(meets) < 3:
            waits = {n: ends[n] - at[n] - spans[n] for n in cooks}
            prices.append(sum(cooks[n][1] * (wait if wait >= 0 else -20 * wait) for n, wait in waits.items()))
    return min(prices)


def test_no_minutes_of_three_cooks_are_cheaper_with_one_person():
    """
    Tests three cooks on two pans, with one person for four minutes of each, against every choice of starts.
    """
    cooks, ends = {1: (10, 90), 2: (8, 20), 3: (12, 60)}, {1: 25, 2: 24, 3: 22}
    batches = [
        batch(n, cook_s=60 * minutes, line_ids=portions(n, count)) for n, (minutes, count) in cooks.items()
    ]
    windows = {f"b{n}": ReadyWindow(EIGHT_S, EIGHT_S + 60 * end) for n, end in ends.items()}
    person = [Cook("S1", frozenset({"bratt"}), EIGHT_S, EIGHT_S + HOUR_S)]
    equipment = pans(2, attended_s=240)
    params = ScheduleParams(tries=200, latest_s=EIGHT_S + 1800)
    plan = schedule(batches, equipment, windows, earliest_s=EIGHT_S, params=params, seed=1, cooks=person)
    least = cheapest(cooks, ends, attended=4)
    assert plan.objective == least
    assert 0 < plan.bound <= least
    assert judged(plan, batches, equipment, windows, person) == []


def test_few_cooks_leave_no_batch_out_and_none_early():
    """
    Tests 14 batches on 8 pans with two people, for whom room was left on purpose: all lie in their windows.

    Two waves of seven, each begun five minutes apart by two people in turn, end by their hour with an
    hour's window before it.
    """
    batches = [batch(n) for n in range(1, 15)]
    windows = {
        one.batch_id: ReadyWindow(EIGHT_S + (n // 7 + 1) * HOUR_S, EIGHT_S + (n // 7 + 2) * HOUR_S - 900)
        for n, one in enumerate(batches)
    }
    people = [Cook(f"S{n}", frozenset({"bratt"}), EIGHT_S, EIGHT_S + 4 * HOUR_S) for n in (1, 2)]
    equipment = pans(8, attended_s=600, changeover_s=300)
    params = ScheduleParams(tries=500, latest_s=EIGHT_S + 4 * HOUR_S, proof_time=0.1)
    plan = schedule(batches, equipment, windows, earliest_s=EIGHT_S, params=params, seed=1, cooks=people)
    assert (plan.late, plan.notes, plan.reasons) == ((), (), ())
    assert {slot.cook_id for slot in plan.slots} == {"S1", "S2"}
    assert judged(plan, batches, equipment, windows, people) == []


def test_what_holds_a_late_batch_is_what_is_there():
    """
    Tests that a free pan without a person names the person, and that one more of them would help.
    """
    batches = [batch(1), batch(2)]
    windows = {one.batch_id: ReadyWindow(EIGHT_S, EIGHT_S + 2400) for one in batches}
    person = [Cook("S1", frozenset({"bratt"}), EIGHT_S, EIGHT_S + 3 * HOUR_S)]
    params = ScheduleParams(tries=200, latest_s=EIGHT_S + 3 * HOUR_S, proof_time=0.1)
    asked = {"earliest_s": EIGHT_S, "params": params, "seed": 1}
    plan = schedule(batches, pans(2), windows, cooks=person, **asked)
    assert [one.code for one in plan.why] == ["late_cook_taken", "late_help_earlier", "late_help_cook"]
    assert {one.params.get("minutes") for one in plan.why} == {None, 40}


def test_an_allergen_beside_it_is_the_reason_it_gives():
    """
    Tests that a batch held off only by the nuts that would be left for its eaters says so.
    """
    nutty = replace(batch(1, cook_s=1200), contains=NUTS)
    free = batch(2, cook_s=1200)
    free = replace(free, special_line_ids=free.line_ids[:1], free_from=NUTS)
    windows = {
        "b1": ReadyWindow(EIGHT_S, EIGHT_S + 1200),
        "b2": ReadyWindow(EIGHT_S, EIGHT_S + 2400),
    }
    params = ScheduleParams(tries=200, latest_s=EIGHT_S + 3 * HOUR_S, proof_time=0.1)
    asked = {"earliest_s": EIGHT_S, "params": params, "seed": 1}
    plan = schedule([nutty, free], pans(1, deep_clean_s=900), windows, **asked)
    assert ("late_allergen_near", "B02") in [(one.code, one.params.get("batch")) for one in plan.why]
