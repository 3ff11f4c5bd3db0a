"""Slips of the finger: which core is likely, what was meant, how long an act may be undone."""

from datetime import UTC, datetime, timedelta

import pytest

from kitchen.corrections import is_likely, may_undo, meant_c

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("core_c", "hold_class", "meant"),
    [
        (6.5, "hot", 65.0),
        (820, "hot", 82.0),
        (65.0, "hot", None),
        (25.0, "hot", None),
        (45, "cold", 4.5),
        (4.5, "cold", None),
    ],
)
def test_a_point_at_the_wrong_place_is_seen(core_c, hold_class, meant):
    """Tests 6.5 for 65, 820 for 82, 45 for a chilled 4.5, and that a likely core is left alone."""
    assert meant_c(core_c, hold_class) == meant


def test_boiling_food_is_likely_and_lukewarm_food_is_not():
    """Tests the bounds of hot food when it is packed."""
    assert is_likely(100.0, "hot") and is_likely(40.0, "hot")
    assert not is_likely(39.9, "hot") and not is_likely(101.0, "hot")


def test_ten_seconds_undo():
    """Tests the tenth second and the eleventh."""
    assert may_undo(AT, AT + timedelta(seconds=10))
    assert not may_undo(AT, AT + timedelta(seconds=11))
