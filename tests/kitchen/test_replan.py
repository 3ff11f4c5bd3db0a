"""Re-plan: what stands after one event, and after several."""

from dataclasses import replace

from kitchen.equipment import Slot
from kitchen.replan import Event, Morning, out_of_use, standing
from tests.kitchen.builders import HOUR_S, batch, pans

NINE_S = 9 * HOUR_S


def morning(**changes):
    """Two batches at nine: the first is on the heat since then, the second starts at ten."""
    slots = {
        "b1": Slot("b1", "E1", NINE_S, NINE_S + 2400),
        "b2": Slot("b2", "E1", 10 * HOUR_S, 10 * HOUR_S + 2400),
    }
    return replace(Morning([batch(1), batch(2)], slots, {}, {}, NINE_S + 600), **changes)


def test_what_is_broken_or_ill_stays_so_until_it_is_not():
    """
    Tests every event in turn: two pieces and a cook out, one piece repaired, the cook back.
    """
    events = [Event("broken", "E1"), Event("ill", "S1"), Event("slip", "b1", 10), Event("broken", "E2")]
    assert out_of_use(events) == {"E1", "E2", "S1"}
    assert out_of_use([*events, Event("repaired", "E1"), Event("back", "S1")]) == {"E2"}
    assert out_of_use([*events, Event("repaired", "E1"), Event("broken", "E1")]) == {"E1", "E2", "S1"}


def test_a_batch_that_slipped_does_not_move_up_at_the_next_event():
    """
    Tests that the waiting batch keeps its later start, and the one on the heat its later end.
    """
    later = morning(slipped_s={"b2": 10 * HOUR_S + 900})
    assert standing(later, Event("ill", "S1"), pans(1)).not_before_s == {"b2": 10 * HOUR_S + 900}
    slots = dict(morning().slots) | {"b1": Slot("b1", "E1", NINE_S, NINE_S + 3000)}
    kept = standing(morning(slots=slots), Event("ill", "S1"), pans(1)).kept
    assert [slot.ready_s for slot in kept] == [NINE_S + 3000]
