"""A clock that is wrong tells every reading by the same time too early or too late; a backlog catches up."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.safety import RecordRules
from telemetry.readings import Reading
from telemetry.skew import SkewParams, skew_params, skew_s, skews

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def told(lags_s: list[float], *, every_s: float = 30.0, device: str = "S01") -> list[Reading]:
    """One reading an arrival, each so many seconds older than its arrival."""
    arrivals = [AT + timedelta(seconds=every_s * number) for number in range(len(lags_s))]
    return [
        Reading(device, "air", "air", "temperature", 60.0, came - timedelta(seconds=lag_s), came)
        for came, lag_s in zip(arrivals, lags_s, strict=True)
    ]


@pytest.mark.parametrize(
    ("lags_s", "wrong_s"),
    [
        ([2.0] * 12, None),
        ([120.0] * 12, None),
        ([121.0] * 12, 121.0),
        ([300.0, 310.0, 305.0] * 4, 300.0),
        ([-200.0] * 12, -200.0),
        ([18_000.0] * 12, 18_000.0),
        ([600.0] * 5, None),
        ([], None),
    ],
)
def test_a_clock_is_wrong_when_it_is_steadily_so(lags_s, wrong_s) -> None:
    """
    Tests the limit itself, both ways, hours, and that two minutes of arrivals are too few.
    """
    assert skew_s(told(lags_s)) == wrong_s


def test_a_backlog_is_no_wrong_clock() -> None:
    """
    Tests a device that catches up after a cut network, and one that was wrong and is right again.
    """
    catching_up = [3_600.0 - 300.0 * number for number in range(12)]
    assert skew_s(told(catching_up)) is None
    assert skew_s(told([600.0] * 12 + [1.0] * 12)) is None


def test_the_newest_reading_of_a_frame_is_its_time() -> None:
    """
    Tests that what a frame brings from memory beside its live reading does not make the clock wrong.
    """
    live, memory = told([1.0] * 12), told([1_000.0] * 12)
    assert skews([*live, *memory]) == {}
    assert skews([*memory, *told([1.0] * 12, device="S02")]) == {"S01": 1_000.0}


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_a_clock_within_the_limit_is_never_called_wrong(lags_s) -> None:
    """
    Tests that delays of a network do not add up to a finding.
    """
    assert skew_s(told(lags_s)) is None


def test_parameters_that_cannot_be_are_refused() -> None:
    """
    Tests that a limit must be positive.
    """
    with pytest.raises(ValueError, match="> 0"):
        SkewParams(limit_s=0)


def test_the_safety_profile_says_when_a_clock_is_wrong() -> None:
    """
    Tests that the limit is data: five minutes late is wrong by one profile and right by another.
    """
    clock = {"clock_limit_s": 120, "clock_steady_s": 30, "clock_over_s": 240, "clock_arrivals": 4}
    known = {one.name: 0 for one in fields(RecordRules)} | {"evidence": "system default"} | clock
    rules = RecordRules(**known)
    late = told([300.0] * 12)
    assert skew_params(rules) == SkewParams()
    assert skew_s(late, skew_params(rules)) == 300.0
    assert skew_s(late, skew_params(replace(rules, clock_limit_s=600))) is None
