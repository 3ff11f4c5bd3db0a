"""Manned: a cook at every batch whose minutes stand, or at none."""

from kitchen.equipment import Cook, Slot
from kitchen.schedule_facts import Dealt, Task, UnderWay, groups_of
from kitchen.schedule_manned import manned
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

DAY_S = 12 * HOUR_S


def laid(*starts_s, cooks=(), free_s=None, **piece):
    """A task of batches of 40 minutes, each on a pan of its own from its second on, and those slots."""
    batches = [batch(number) for number in range(1, len(starts_s) + 1)]
    pieces = pans(len(batches), **piece)
    windows = [ReadyWindow(0, DAY_S)] * len(batches)
    groups = groups_of(pieces, batches, 0, UnderWay())
    task = Task(batches, windows, groups, cooks, 0, 0, DAY_S, free_s or {})
    slots = [
        Slot(one.batch_id, piece.equipment_id, start_s, start_s + one.cook_s)
        for one, piece, start_s in zip(batches, pieces, starts_s, strict=True)
    ]
    return task, Dealt(tuple(slots), 0.0)


def cook(name, *skills, from_s=0, to_s=DAY_S):
    """Somebody who cooks on these."""
    return Cook(name, frozenset(skills), from_s, to_s)


def stands(*starts_s, **facts):
    """Who stands at the batches, in order of their starts; None where somebody is missing."""
    found = manned(*laid(*starts_s, **facts))
    return found and [slot.cook_id for slot in found.slots]


def test_one_cook_goes_from_pan_to_pan():
    """Tests three pans that need 15 minutes each: begun a quarter of an hour apart one cook is enough."""
    alone = [cook("S1", "bratt")]
    assert stands(0, 900, 1800, cooks=alone, attended_s=900) == ["S1", "S1", "S1"]
    assert stands(0, 600, cooks=alone, attended_s=900) is None


def test_the_one_with_fewer_skills_comes_first():
    """Tests that a cook of one station takes its batch, so that the one of many stays free."""
    both = [cook("S1", "bratt", "wok"), cook("S2", "bratt")]
    assert stands(0, 0, cooks=both) == ["S2", "S1"]


def test_hours_and_what_is_under_way_count():
    """Tests a cook who comes later, one who leaves before the end, and one who is taken."""
    assert stands(HOUR_S, cooks=[cook("S1", "bratt", from_s=2 * HOUR_S)]) is None
    assert stands(HOUR_S, cooks=[cook("S1", "bratt", to_s=HOUR_S + 60)]) is None
    assert stands(HOUR_S, cooks=[cook("S1", "bratt")], free_s={"S1": HOUR_S + 1}) is None
    assert stands(HOUR_S, cooks=[cook("S1", "bratt")], setup_s=HOUR_S) == ["S1"]


def test_a_kind_that_nobody_knows_stays_without_a_cook():
    """Tests a kitchen of wok cooks: its pans are planned, and nobody is named."""
    assert stands(0, cooks=[cook("S1", "wok")]) == [""]
