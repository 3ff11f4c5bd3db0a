"""Kept: batches on their pieces as they were, unless the judge objects."""

from dataclasses import replace

from kitchen.equipment import Slot
from kitchen.schedule_check import Judged, check_schedule
from kitchen.schedule_kept import dealt_as_before
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

EIGHT_S, LONG_S = 8 * HOUR_S, 2400


def slot(number, piece, start_s):
    """A cook of 40 minutes."""
    return Slot(f"b{number}", piece, start_s, start_s + LONG_S)


def judged_of(batches, pieces):
    """A judge for whom any time will do."""
    windows = {one.batch_id: ReadyWindow(EIGHT_S, 14 * HOUR_S) for one in batches}
    return Judged(batches, pieces, windows, EIGHT_S)


def test_pieces_that_were_dealt_anew_for_nothing_are_dealt_back():
    """
    Tests three pans in a ring: every batch is back on its piece, at its new minute.
    """
    judged = judged_of([batch(n) for n in range(1, 7)], pans(3))
    before = {f"b{n}": f"E{1 + (n - 1) % 3}" for n in range(1, 7)}
    dealt = [slot(n, f"E{1 + n % 3}", EIGHT_S + (0 if n < 4 else 3000) + 60 * n) for n in range(1, 7)]
    found = dealt_as_before(dealt, before, (), judged)
    assert {one.batch_id: one.equipment_id for one in found} == before
    assert {one.batch_id: one.start_s for one in found} == {one.batch_id: one.start_s for one in dealt}


def test_no_exchange_is_made_that_the_judge_objects_to():
    """
    Tests that a batch stays off its piece while that is taken, and off one that is too small.
    """
    pieces = [*pans(2), replace(pans(1)[0], equipment_id="E9", capacity_ratio=0.5)]
    judged = replace(judged_of([batch(1), batch(2)], pieces), free_s={"E1": EIGHT_S + 3600})
    dealt = [slot(1, "E2", EIGHT_S), slot(2, "E2", EIGHT_S + LONG_S)]
    assert dealt_as_before(dealt, {"b1": "E1", "b2": "E9"}, (), judged) == tuple(dealt)
    assert check_schedule(dealt, (), judged) == []
