"""One hold under several rules: the profile decides, and a stricter one over it lets nothing more pass."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.overlays import tightened
from kitchen.safety import profile_from_table
from telemetry.hold_chain import judge
from tests.kitchen.builders import table
from tests.telemetry.holds import check, hold, minute, ramp, readings, use

TABLES = table("safety-profiles.toml")["profile"]
GB, FDA = (profile_from_table(code, TABLES[code]) for code in ("gb", "fda"))
OVERLAY = {
    "limit": {"hot_hold": {"min_c": 63.0}, "cold_hold": {"max_c": 5.0}, "reheat_core": {"min_c": 75.0}},
    "clock": {"hot": {"eat_by_s": 10_800}},
    "data": {"gap_max_s": 600, "last_within_s": 300},
}
STRICT = profile_from_table("strict", tightened(TABLES["gb"], OVERLAY))


def judged(facts, profile):
    return judge(replace(facts, profile=profile), minute(99_999))


def chilled(core_c):
    """A chilled dish packed at minute 900 and eaten at 1100, at one temperature give or take nothing."""
    return hold(
        1100,
        packed_at=minute(900),
        packed_core_c=core_c,
        handed_over_at=minute(1000),
        hold_class="cold",
        cooling="kept",
        heated_at="nowhere",
        uses=(use("core", 900),),
        readings=readings(*ramp(900, 1100, core_c, core_c + 0.01)),
    )


@pytest.mark.parametrize(
    ("sentence", "facts", "under_gb", "under_fda"),
    [
        ("3 h without a probe", hold(180, probe=None), "cannot_be_judged", "passed"),
        ("4 h 01 min without a probe", hold(241, probe=None), "breached", "cannot_be_judged"),
        (
            "4 h 10 min at 57.0 and more: 82 at 20, 0.1 C a minute, 59 at 250",
            hold(250, *ramp(20, 250, 82, 59)),
            "breached",
            "passed",
        ),
        (
            "56.9 at 250: 79.9 at 20, 0.1 C a minute",
            hold(250, *ramp(20, 250, 79.9, 56.9)),
            "breached",
            "breached",
        ),
        (
            "59 at 130, eaten then",
            hold(130, *ramp(20, 130, 70, 59)),
            "breached",
            "passed",
        ),
        ("chilled at 6", chilled(6.0), "passed", "breached"),
        ("chilled at 4.9", chilled(4.9), "passed", "passed"),
        (
            "reheated to 72 after 110 minutes, eaten at 225 without a probe",
            hold(225, probe=None, reheats=(check(110, 72.0),)),
            "passed",
            "passed",
        ),
        (
            "the same, eaten at 241: 131 minutes after it by gb, 241 off the heat by fda",
            hold(241, probe=None, reheats=(check(110, 72.0),)),
            "cannot_be_judged",
            "cannot_be_judged",
        ),
    ],
)
def test_the_profile_decides(sentence, facts, under_gb, under_fda):
    """
    Tests one hold under both packaged rules, worked by hand, and that each verdict names its own.
    """
    for profile, wanted in ((GB, under_gb), (FDA, under_fda)):
        found = judged(facts, profile)
        assert found.verdict == wanted, (sentence, profile.code, found.reasons)
        assert (found.profile, found.profile_revision) == (profile.code, profile.revision)
        assert found.clause == (profile.cold_clause if facts.hold_class == "cold" else profile.clause)


def test_a_reheating_counts_by_the_profile_s_own_core():
    """
    Tests that 72 C starts the clock again by gb, whose limit is 70, and not by fda, whose limit is 74.
    """
    facts = hold(225, probe=None, reheats=(check(110, 72.0),))
    assert judged(facts, GB).clock_at == minute(110)
    assert judged(facts, FDA).clock_at == minute(0)


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("62 at 130: 73 at 20, 0.1 C a minute", hold(130, *ramp(20, 130, 73, 62))),
        ("eaten after 3 h 01 min", hold(181, *ramp(20, 181, 90, 74))),
        ("a gap of 11 minutes", hold(150, *ramp(20, 100, 82, 74), *ramp(111, 150, 73, 70, every=3))),
        ("chilled at 6", chilled(6.0)),
    ],
)
def test_a_stricter_rule_refuses_what_its_base_lets_pass(sentence, facts):
    """
    Tests each figure of an overlay at work.
    """
    assert judged(facts, GB).verdict == "passed", sentence
    assert judged(facts, STRICT).verdict != "passed", sentence


@given(
    st.lists(st.tuples(st.integers(0, 250), st.floats(50, 90)), max_size=40),
    st.sampled_from(["core", "air"]),
    st.integers(95, 250),
    st.sampled_from([(), (check(110, 72.0),), (check(110, 76.0),)]),
    st.booleans(),
)
def test_a_stricter_rule_lets_nothing_pass_that_its_base_does_not(samples, probe, eaten, reheats, is_open):
    """
    Tests on any series that what passes by the overlay passes by its base, and is to be eaten no later.
    """
    facts = hold(None if is_open else eaten, *samples, probe=probe, uses=(use(probe, 0),), reheats=reheats)
    base, strict = (judge(replace(facts, profile=one), minute(eaten)) for one in (GB, STRICT))
    assert strict.verdict != "passed" or base.verdict == "passed"
    assert strict.eat_by_at <= base.eat_by_at
