"""A probe is in one box at most, whatever was put in, taken out and corrected."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.hold_chain import judge
from telemetry.pairing import Pairing, corrected
from telemetry.readings import ProbeUse
from tests.telemetry.holds import hold, minute, ramp

LONG = 60


def use(box_id: str, from_minute: int, to_minute: int | None = None) -> ProbeUse:
    to_at = None if to_minute is None else minute(to_minute)
    return ProbeUse("S01", "core", "core", box_id, minute(from_minute), to_at)


@pytest.mark.parametrize(
    ("uses", "at", "right", "gone", "stand"),
    [
        ([use("A", 0)], 10, use("B", 10), [use("A", 0)], [use("A", 0, 10), use("B", 10)]),
        ([use("A", 0)], 0, use("B", 0), [use("A", 0)], [use("B", 0)]),
        ([use("A", 0)], 10, None, [use("A", 0)], [use("A", 0, 10)]),
        ([use("A", 0)], 10, use("B", 15, 40), [use("A", 0)], [use("A", 0, 10), use("B", 15, 40)]),
        ([use("A", 0, 5), use("C", 20)], 8, use("B", 8), [], [use("B", 8, 20)]),
        ([use("B", 0, 5), use("A", 5)], 5, use("B", 5), [use("A", 5), use("B", 0, 5)], [use("B", 0)]),
        ([use("A", 0)], 10, use("A", 10), [], []),
        ([use("A", 0, 5)], 8, None, [], []),
    ],
)
def test_a_correction_changes_the_probe_from_the_minute_on(uses, at, right, gone, stand) -> None:
    """
    Tests the cases by hand: cut, replaced, taken out, forgotten, joined again, and nothing to change.
    """
    assert corrected(uses, minute(at), right) == Pairing(tuple(gone), tuple(stand))


def test_a_correction_does_not_reach_back() -> None:
    """
    Tests that a use before the minute of the correction is a slip.
    """
    with pytest.raises(ValueError, match="before"):
        corrected([], minute(10), use("B", 5))


MOVES = st.lists(
    st.tuples(st.sampled_from("ABC-"), st.integers(0, LONG), st.integers(0, 9), st.integers(0, LONG)),
    max_size=12,
)


@given(moves=MOVES)
def test_after_any_corrections_a_probe_is_in_one_box_at_most(moves) -> None:
    """
    Tests that each minute has one box at most, and that nothing before the minute of a correction changes.
    """
    uses: list[ProbeUse] = []
    for box, at, wait, to in moves:
        begins = at + wait
        right = None if box == "-" else use(box, begins, to if to > begins else None)
        pairing = corrected(uses, minute(at), right)
        after = [one for one in uses if one not in pairing.gone] + list(pairing.stand)
        for one in range(LONG + 20):
            inside = [own.box_id for own in after if own.holds_at(minute(one))]
            assert len(inside) <= 1
            if one < at:
                assert inside == [own.box_id for own in uses if own.holds_at(minute(one))]
        uses = after


def test_each_hold_is_judged_by_the_readings_of_its_corrected_uses() -> None:
    """
    Tests that a sensor noted in a sound box takes its cold readings with it to the box it sat in.
    """
    cold = ramp(20, 150, 80.0, 40.0)
    before = judge(hold(150, *cold), minute(150))
    pairing = corrected([use("A", 20)], minute(20), use("B", 20))
    facts = hold(150, *cold, uses=tuple(one for one in pairing.stand if one.box_id == "A"))
    after, other = judge(facts, minute(150)), judge(replace(facts, uses=pairing.stand), minute(150))
    assert (before.verdict, before.readings) == ("breached", 27)
    assert (after.verdict, after.readings) == ("cannot_be_judged", 0)
    assert (other.verdict, other.readings) == ("breached", 27)
