"""Repair: what can stay where it is stays, and what cannot goes where it disturbs least."""

from dataclasses import replace

from kitchen.equipment import Cook, Slot
from kitchen.schedule_check import Judged, check_schedule
from kitchen.schedule_facts import BREACH_WEIGHT, EARLY_WEIGHT
from kitchen.schedule_repair import Before, repaired
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

EIGHT_S, TEN_S, LONG_S = 8 * HOUR_S, 10 * HOUR_S, 2400


def slot(number, piece, start_s, cook_id=""):
    """A cook of 40 minutes."""
    return Slot(f"b{number}", piece, start_s, start_s + LONG_S, cook_id)


def before_of(slots, batches, pieces, cooks=(), **windows):
    """These slots by which people work; batches are wanted by 11:30 unless told otherwise."""
    wanted = {one.batch_id: ReadyWindow(TEN_S, TEN_S + 5400) for one in batches} | windows
    judged = Judged(batches, pieces, wanted, EIGHT_S, cooks)
    return Before({one.batch_id: one for one in slots}, judged, 12 * HOUR_S)


def test_nothing_moves_for_less_waiting():
    """
    Tests that batches that could all be ready later, and wait less, stay at their minutes.
    """
    slots = tuple(slot(n, f"E{n}", EIGHT_S + 6000) for n in (1, 2, 3))
    assert repaired(before_of(slots, [batch(n) for n in (1, 2, 3)], pans(3))) == slots


def test_only_what_slips_moves():
    """
    Tests that a batch that cannot start before its new minute moves alone, to its own piece.
    """
    slots = tuple(slot(n, f"E{n}", EIGHT_S + 6000) for n in (1, 2, 3))
    late = ReadyWindow(TEN_S, TEN_S + 5400, start_from_s=EIGHT_S + 6600)
    found = repaired(before_of(slots, [batch(n) for n in (1, 2, 3)], pans(3), b2=late))
    (moved,) = set(found) - set(slots)
    assert (moved.batch_id, moved.equipment_id) == ("b2", "E2") and moved.start_s >= EIGHT_S + 6600


def test_a_batch_after_one_that_slips_makes_room():
    """
    Tests that on the only piece the next batch starts later, rather than that the first one is an hour late.
    """
    slots = (slot(1, "E1", EIGHT_S + 6000), slot(2, "E1", EIGHT_S + 6000 + LONG_S))
    late = ReadyWindow(TEN_S, EIGHT_S + 9000, start_from_s=EIGHT_S + 6600)
    before = before_of(slots, [batch(1), batch(2)], pans(1), b1=late)
    first, second = repaired(before)
    assert first == slot(1, "E1", EIGHT_S + 6600)
    assert second.start_s >= first.ready_s and not before.breaches([first, second])


def test_another_cook_stands_at_the_same_minute():
    """
    Tests that where a cook is missing only the cook changes, and the judge agrees.
    """
    slots = tuple(slot(n, f"E{n}", TEN_S, f"c{n}") for n in (1, 2))
    cooks = [Cook(name, frozenset({"bratt"}), EIGHT_S, 14 * HOUR_S) for name in ("c2", "c3")]
    before = before_of(slots, [batch(1), batch(2)], pans(2), cooks)
    found = repaired(before)
    assert set(found) == {replace(slots[0], cook_id="c3"), slots[1]}
    assert check_schedule(found, (), before.judged) == []


def test_what_contains_an_allergen_is_not_put_before_what_must_be_free_of_it():
    """
    Tests that a new batch with egg goes after the batch of a diner who must not get any.
    """
    free, egg = (
        batch(1, free_from=frozenset({"egg"})),
        batch(2, contains=frozenset({"egg"})),
    )
    found = repaired(before_of([slot(1, "E1", TEN_S - LONG_S)], [free, egg], pans(1)))
    assert [one.batch_id for one in found] == ["b1", "b2"]


def test_no_place_is_none():
    """
    Tests that a batch with no minute left before the kitchen closes makes no repair.
    """
    late = ReadyWindow(TEN_S, TEN_S, start_from_s=12 * HOUR_S)
    assert repaired(before_of([slot(1, "E1", TEN_S)], [batch(1)], pans(1), b1=late)) is None


def test_a_minute_too_early_costs_what_it_costs_in_the_plan():
    """
    Tests that a new batch ready a minute before or after its window is priced as the schedule prices it.
    """
    before = before_of((), [batch(1)], pans(1))
    early, late = slot(1, "E1", TEN_S - 60 - LONG_S), slot(1, "E1", TEN_S + 5460 - LONG_S)
    portions = batch(1).portions
    assert before.cost([early]) == portions * (91 + EARLY_WEIGHT)
    assert before.cost([late]) == portions * BREACH_WEIGHT
