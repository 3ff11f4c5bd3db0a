"""Tests of samples: kept, frozen, due, destroyed."""

import tomllib
from datetime import UTC, datetime, timedelta

from api.paths import config_dir
from kitchen.samples import Sample, SampleEvent, counting, keep_until, refusal, sample_rules, state_of

PROFILE = tomllib.loads((config_dir() / "safety-profiles.toml").read_text("utf-8"))["profile"]["gb"]
RULES = sample_rules(PROFILE)
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SAMPLE = Sample(
    "s1", "S01", "K1/2026-11-23/lunch", "d1", "regular", "b1", 130, "F1", "1", "甲", "u1", AT, AT,
    keep_until(AT, RULES),
)  # fmt: skip


def event(kind):
    return SampleEvent("s1", kind, "why", "甲", "u1", AT)


def test_the_profile_says_125_g_and_48_hours():
    """
    Tests that amount and time are the profile's.
    """
    assert RULES.least_g == 125
    assert keep_until(AT, RULES) - AT == timedelta(hours=48)


def test_a_sample_is_due_when_its_hours_are_over():
    """
    Tests that it may be destroyed from that minute on, and not before.
    """
    assert state_of(SAMPLE, [], SAMPLE.keep_until_at - timedelta(seconds=1), lot_held=False) == "kept"
    assert state_of(SAMPLE, [], SAMPLE.keep_until_at, lot_held=False) == "due"
    assert refusal("kept", SAMPLE).code == "sample_not_due"
    assert refusal("due", SAMPLE) is None


def test_a_frozen_sample_outlives_its_hours():
    """
    Tests that a complaint or a held lot keeps it, and that a release lets it go.
    """
    late = SAMPLE.keep_until_at + timedelta(days=9)
    assert state_of(SAMPLE, [event("frozen")], late, lot_held=False) == "frozen"
    assert state_of(SAMPLE, [], late, lot_held=True) == "frozen"
    assert state_of(SAMPLE, [event("frozen"), event("released")], late, lot_held=False) == "due"
    assert state_of(SAMPLE, [event("destroyed")], late, lot_held=True) == "destroyed"


def test_a_sample_stands_for_the_food_in_force():
    """
    Tests that a sample counts of a batch that is in force and was off the heat when it was taken.
    """
    minute = timedelta(minutes=1)
    assert counting([SAMPLE], {"b1"}, {"b1": AT}) == {("d1", "regular"): SAMPLE}
    assert counting([SAMPLE], {"b2"}, {"b1": AT, "b2": AT}) == {}
    assert counting([SAMPLE], {"b1"}, {}) == {}
    assert counting([SAMPLE], {"b1"}, {"b1": AT + minute}) == {}
