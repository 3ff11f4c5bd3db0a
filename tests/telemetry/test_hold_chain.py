"""Every sentence of "How food is judged" about holds, worked by hand. Minutes count from cooked_at."""

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.thermal import CarrierModel
from telemetry.hold_chain import judge
from tests.telemetry.holds import GB, check, hold, minute, ramp, readings, use

WARM = ramp(20, 240, 82, 60)  # 0.1 C a minute: 72 at 120, 69 at 150, 60 at 240
FALLS_AT_CHECK = ramp(20, 200, 70, 52)  # 0.1 C a minute: 60 at 120, 59.5 at 125


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def judged(facts):
    return judge(facts, minute(999))


@pytest.mark.parametrize(
    ("sentence", "facts", "verdict", "code"),
    [
        ("within 2 h no proof is needed", hold(119, probe=None), "passed", "hold_within_free_window"),
        ("2 h to the second is within", hold(120, probe=None), "passed", "hold_within_free_window"),
        ("a second later it is not", hold(120 + 1 / 60, probe=None), "cannot_be_judged", "hold_no_probe"),
        (
            "the clock starts at cooking, not at packing",
            hold(125, probe=None, packed_at=minute(80)),
            "cannot_be_judged",
            "hold_no_probe",
        ),
        ("held since two hours", hold(180, *WARM), "passed", "hold_kept"),
        ("60 itself is enough", hold(122, *ramp(20, 115, 71.5, 62), (120, 60.0)), "passed", "hold_kept"),
        (
            "59.99 is not",
            hold(122, *ramp(20, 115, 71.5, 62), (120, 59.99)),
            "breached",
            "hold_below_at_check",
        ),
        ("below 60 after it", hold(126, *FALLS_AT_CHECK), "breached", "hold_below_after_check"),
        (
            "no grace: one reading below is enough",
            hold(180, *ramp(20, 145, 80, 70), (150, 59.9), *ramp(155, 180, 69, 66)),
            "breached",
            "hold_below_after_check",
        ),
        ("4 h to the second are within", hold(240, *WARM), "passed", "hold_kept"),
        ("after 4 h no proof helps", hold(240 + 1 / 60, *WARM), "breached", "hold_past_window"),
        ("a cold core before two hours, eaten in time", hold(118, *ramp(20, 115, 70, 40)), "passed", None),
        (
            "a hot well that warms again",
            hold(130, *ramp(20, 60, 70, 50), *ramp(65, 130, 52, 78)),
            "passed",
            None,
        ),
    ],
)
def test_hot_food_is_judged_by_the_two_and_the_four_hour_rule(sentence, facts, verdict, code):
    """
    Tests the windows and the limit at their very edges.
    """
    found = judged(facts)
    assert (found.verdict, found.final) == (verdict, True), sentence
    assert code is None or codes(found)[0] == code


@pytest.mark.parametrize(
    ("sentence", "facts", "code"),
    [
        ("no reading at all", hold(180), "hold_no_readings"),
        ("first 11 min after packing", hold(180, *ramp(31, 181, 80, 65)), "hold_first_reading_late"),
        (
            "last 11 min before hand-over",
            hold(180, *ramp(20, 75, 80, 75), (79, 74.0), *ramp(91, 181, 73, 65)),
            "hold_silent_before_hand_over",
        ),
        ("last 11 min before the end", hold(181, *ramp(20, 170, 80, 65)), "hold_silent_before_end"),
        ("a gap of 16 min", hold(180, *ramp(20, 100, 80, 75), *ramp(116, 181, 73, 65)), "hold_gap"),
        (
            "stuck for 100 min",
            hold(180, *[(at, 71.5) for at in range(20, 121, 5)], *ramp(125, 180, 71, 65)),
            "hold_stuck",
        ),
        ("a probe in gel", hold(180, *WARM, probe="dummy"), "hold_no_model"),
        ("a probe in the wall", hold(180, *WARM, probe="wall"), "hold_no_model"),
        ("a probe outside the box", hold(180, *WARM, probe="ambient"), "hold_no_model"),
        (
            "air without any core reading",
            hold(180, *WARM, probe="air", packed_core_c=None),
            "hold_air_without_core",
        ),
    ],
)
def test_too_little_data_cannot_be_judged(sentence, facts, code):
    """
    Tests that each data rule, broken by one minute, leaves no verdict for food eaten after two hours.
    """
    found = judged(facts)
    assert found.verdict == "cannot_be_judged", sentence
    assert code in codes(found)
    early = replace(facts, chain_end_at=minute(119), handed_over_at=minute(90))
    assert judged(early).verdict == "passed"


@pytest.mark.parametrize(
    "facts",
    [
        hold(180, *ramp(30, 180, 80, 65)),
        hold(180, *ramp(20, 80, 80, 75), *ramp(91, 181, 74, 65)),
        hold(180, *ramp(20, 170, 80, 65)),
        hold(180, *ramp(20, 100, 80, 75), *ramp(115, 180, 73, 65)),
        hold(
            180, *ramp(20, 100, 80, 75), *[(at, 73.0) for at in (105, 106, 107, 108)], *ramp(110, 180, 72, 65)
        ),
    ],
)
def test_data_rules_kept_to_the_minute_are_enough(facts):
    """
    Tests that ten minutes, ten minutes, fifteen minutes and a few equal readings break no data rule.
    """
    assert judged(facts).verdict == "passed"


def test_evidence_of_a_breach_outweighs_missing_data():
    """
    Tests that a core seen under the limit is a breach although the probe fell silent afterwards.
    """
    found = judged(hold(180, *ramp(20, 125, 75, 55)))  # 0.19 C a minute: 60 at 98.75, silent from 125
    assert (found.verdict, found.rests_on) == ("breached", "core")
    assert found.below_since_at == minute(100)


def test_a_box_only_cools_so_an_early_fall_is_evidence_at_two_hours():
    """
    Tests that a core under the limit before the probe fell silent on the road stays under it until hand-over.
    """
    facts = hold(180, *ramp(20, 80, 75, 45), handed_over_at=minute(140))
    assert (judged(facts).verdict, codes(judged(facts))[0]) == ("breached", "hold_below_at_check")
    warmed = replace(facts, handed_over_at=minute(90))  # the hot well may have warmed it again
    assert judged(warmed).verdict == "cannot_be_judged"


def test_minutes_in_the_zone_add_up_over_the_legs():
    """
    Tests the sum by hand: 0.5 C a minute down through 60 at 40 and up through 60 at 80, hand-over at 60.
    """
    facts = hold(130, *ramp(20, 60, 70, 50), *ramp(65, 100, 52.5, 70), *ramp(105, 130, 70.5, 73))
    found = judged(replace(facts, handed_over_at=minute(60), packed_core_c=None))
    assert (found.verdict, found.exposed_s, found.longest_excursion_s) == ("passed", 2400, 2400)
    assert [(leg.name, leg.exposed_s, leg.missing) for leg in found.legs] == [
        ("kitchen", 0, False),
        ("transport", 1200, False),
        ("hot_well", 1200, False),
    ]


def test_two_excursions_add_up_and_the_longest_is_shown():
    """
    Tests two dips of 10 and 20 minutes, each 1 C a minute down and up again: 30 in all, 20 the longest.
    """
    samples = [*ramp(20, 40, 75, 60), (45, 55.0), (50, 60.0), (55, 61.0), (60, 60.0), (70, 50.0), (80, 60.0)]
    samples += ramp(85, 130, 62, 80)
    found = judged(hold(130, *samples, handed_over_at=minute(42), packed_core_c=None))
    assert (found.exposed_s, found.longest_excursion_s, found.verdict) == (1800, 1200, "passed")


def test_the_zone_ends_at_the_cold_limit():
    """
    Tests by hand that from 68 to 3 C, 1 C a minute, only the 52 minutes from 60 to 8 C count.
    """
    found = judged(hold(90, *ramp(20, 85, 68, 3), packed_core_c=None))
    assert (found.exposed_s, found.verdict) == (52 * 60, "passed")


def test_reheating_is_the_only_reset():
    """
    Tests that 70 C reached at minute 110 starts a new clock, that 69.9 C and a hot core by itself do not.
    """
    cold = ramp(20, 105, 70, 50)
    reset = judged(hold(225, *cold, reheats=(check(110, 70.0),)))
    assert (reset.verdict, reset.clock_at, reset.exposed_s) == ("passed", minute(110), 0)
    assert codes(reset) == ["hold_within_free_window", "hold_reheated"]
    assert judged(hold(225, *cold, reheats=(check(110, 69.9),))).clock_at == minute(0)
    assert judged(hold(225, *cold, checks=(check(110, 75.0),))).clock_at == minute(0)


def test_reheating_counts_once_and_in_time():
    """
    Tests that a second reheating, and one later than the window allows, leave the clock alone.
    """
    twice = judged(hold(300, reheats=(check(110, 75.0), check(220, 75.0))))
    assert twice.clock_at == minute(110)
    assert codes(twice)[-2:] == ["hold_reheated", "hold_reheat_not_counted"]
    assert twice.verdict == "cannot_be_judged"
    late = judged(hold(250, reheats=(check(241, 75.0),)))
    assert (late.clock_at, late.verdict) == (minute(0), "breached")


def test_what_was_eaten_before_the_reheating_is_judged_too():
    """
    Tests that reheating the rest does not mend the portions eaten cold before it.
    """
    cold = hold(225, *ramp(20, 135, 70, 50), reheats=(check(140, 75.0),))
    assert judged(cold).verdict == "passed"
    found = judged(replace(cold, first_served_at=minute(125)))
    assert (found.verdict, "hold_eaten_before_reheating" in codes(found)) == ("breached", True)
    assert judged(replace(cold, first_served_at=minute(150))).verdict == "passed"


def test_the_last_portion_eaten_counts_not_the_ones_discarded():
    """
    Tests that food thrown away at minute 300 does not breach what was eaten by minute 115.
    """
    assert judged(hold(300, probe=None, last_served_at=minute(115))).verdict == "passed"
    assert judged(hold(300, probe=None)).verdict == "breached"


def test_air_speaks_through_the_model_with_its_bound():
    """
    Tests the bound by hand: air at 60 C from a core of 80 at 20 leaves 60 + (79 - 60) exp(-6000/7200) at 120.
    """
    air = [(at, 60.0 + at / 1e6) for at in range(20, 181, 5)]
    found = judged(hold(180, *air, probe="air"))
    assert (found.verdict, found.rests_on) == ("passed", "air")
    assert found.check_low_c == pytest.approx(60 + 19 * exp(-6000 / 7200), abs=0.01)
    assert found.check_high_c == pytest.approx(60 + 21 * exp(-6000 / 14400), abs=0.01)


def test_bounds_on_both_sides_of_the_limit_cannot_be_judged():
    """
    Tests by hand: air at 40 leaves 40 + 39 exp(-6000/7200) = 56.9 to 40 + 41 exp(-6000/14400) = 67.0 at 120.
    """
    air = [(at, 40.0 + at / 1e6) for at in range(20, 181, 5)]
    found = judged(hold(130, *air, probe="air"))
    assert (found.verdict, codes(found)) == ("cannot_be_judged", ["hold_bounds_straddle"])
    assert (found.check_low_c, found.check_high_c) == (
        pytest.approx(56.95, abs=0.05),
        pytest.approx(67.03, abs=0.05),
    )


def test_air_alone_shows_a_true_breach():
    """
    Tests by hand: air at 10 leaves at most 10 + 71 exp(-6000/14400) = 56.8 at 120.
    """
    found = judged(hold(130, *[(at, 10.0 + at / 1e6) for at in range(20, 181, 5)], probe="air"))
    assert (found.verdict, found.rests_on, codes(found)) == ("breached", "air", ["hold_below_at_check"])


def test_the_hand_over_core_calibrates_the_air():
    """
    Tests that 70 C by hand at minute 125 proves two hours, since a closed box only cools on the road.
    """
    air = [(at, 40.0 + at / 1e6) for at in range(20, 181, 5)]
    proven = hold(130, *air, probe="air", handed_over_at=minute(125), handed_over_core_c=70.0)
    assert (judged(proven).verdict, judged(proven).check_low_c) == ("passed", 69.0)
    cold = replace(proven, handed_over_core_c=59.0)
    assert (judged(cold).verdict, judged(cold).rests_on) == ("breached", "hand")
    assert judged(replace(proven, packed_core_c=None)).verdict == "passed"


def test_a_core_probe_goes_before_the_air():
    """
    Tests that air which proves nothing does not matter beside a core probe with enough data.
    """
    air = readings(*[(at, 10.0 + at / 1e6) for at in range(20, 181, 5)], probe="air")
    facts = hold(180, *WARM)
    both = replace(facts, uses=(use("air"), use("core")), readings=air + facts.readings)
    assert (judged(both).verdict, judged(both).rests_on) == ("passed", "core")


def test_the_coldest_pack_at_hand_over_decides():
    """
    Tests that a hand reading under the limit after two hours is a breach although the core probe is warm.
    """
    facts = hold(180, *WARM, handed_over_at=minute(125), handed_over_core_c=58.0)
    assert judged(facts).verdict == "breached"


def test_a_missing_leg_is_named():
    """
    Tests that a probe gone home at hand-over leaves the hot well open, and that no hand-over cannot pass.
    """
    left = judged(hold(180, *ramp(20, 90, 82, 75), uses=(use("core", 20, 91),)))
    assert (left.verdict, [leg.name for leg in left.legs if leg.missing]) == (
        "cannot_be_judged",
        ["hot_well"],
    )
    assert left.reasons[-1].params == {"leg": "hot_well"}
    unsigned = judged(hold(180, *WARM, handed_over_at=None))
    assert (unsigned.verdict, [leg.name for leg in unsigned.legs if leg.missing]) == (
        "cannot_be_judged",
        ["transport"],
    )


def test_hot_well_checks_by_hand_carry_the_chain():
    """
    Tests that hand readings every quarter of an hour replace the probe that went home at hand-over.
    """
    facts = hold(150, *ramp(20, 90, 82, 75), uses=(use("core", 20, 91),))
    checked = replace(facts, checks=tuple(check(at, 66.0) for at in (105, 120, 135, 150)))
    assert judged(checked).verdict == "passed"
    assert judged(replace(checked, checks=checked.checks[:2])).verdict == "cannot_be_judged"


@pytest.mark.parametrize(
    ("facts", "now", "eat_by"),
    [
        (hold(None, *WARM[:5], handed_over_at=None), 40, 240),
        (hold(None, handed_over_at=None), 29, 240),
        (hold(None, handed_over_at=None), 31, 120),
        (hold(None, *WARM[:5], handed_over_at=None), 50, 240),
        (hold(None, *WARM[:5], handed_over_at=None), 51, 120),
        (hold(None, probe=None, handed_over_at=None), 30, 120),
        (hold(None, *ramp(20, 100, 70, 55), handed_over_at=None), 70, 240),
        (hold(None, *ramp(20, 100, 70, 55), handed_over_at=None), 80, 120),
        (hold(None, *ramp(20, 100, 70, 55), reheats=(check(105, 75.0),)), 106, 345),
        (hold(None, *ramp(20, 100, 70, 55), reheats=(check(105, 75.0),)), 116, 225),
    ],
)
def test_eat_by_moves_to_two_hours_when_the_evidence_fails(facts, now, eat_by):
    """
    Tests four hours while probe and core hold, and two when either fails.
    """
    found = judge(facts, minute(now))
    assert found.eat_by_at == minute(eat_by)
    assert (found.final, found.shown) == (False, "open")


def test_an_open_hold_is_never_shown_as_passed():
    """
    Tests that a good hold is open until its end and that a proven breach is shown at once.
    """
    good = judge(hold(None, *WARM), minute(150))
    assert (good.verdict, good.shown, good.final) == ("passed", "open", False)
    bad = judge(hold(None, *FALLS_AT_CHECK), minute(126))
    assert (bad.verdict, bad.shown, bad.final) == ("breached", "breached", False)
    assert bad.below_since_at == minute(125)


def test_the_verdict_names_its_rule():
    """
    Tests that profile, revision and clause come with the numbers.
    """
    found = judged(hold(180, *WARM))
    assert (found.profile, found.profile_revision, found.clause) == ("gb", GB.revision, GB.clause)
    assert (found.check_low_c, found.check_high_c) == (72.0, 72.0)
    assert (found.end_low_c, found.end_high_c) == (66.0, 66.0)
    assert (found.judged_to_at, found.exposed_at_most_s) == (minute(180), 0)


def test_chilled_food_waits_for_its_cooling_curve():
    """
    Tests that chilled food is not judged by the hot limit: within 24 h it lacks its curve, after it is late.
    """
    facts = hold(180, probe=None, hold_class="cold", packed_core_c=4.0)
    assert (judged(facts).verdict, codes(judged(facts))[0]) == ("cannot_be_judged", "hold_no_cooling_curve")
    assert judged(facts).eat_by_at == minute(24 * 60)
    assert judged(hold(24 * 60 + 1, probe=None, hold_class="cold")).verdict == "breached"


@given(
    st.permutations(range(33)),
    st.sampled_from(["core", "air"]),
    st.integers(min_value=95, max_value=250),
    st.floats(min_value=40, max_value=80),
)
def test_order_of_arrival_does_not_matter(order, probe, eaten, end_c):
    """
    Tests that readings, uses and hand checks give one verdict in any order of arrival.
    """
    facts = hold(eaten, *ramp(20, 180, 80, end_c + 1e-3), probe=probe, packed_core_c=80.0)
    hands = (check(100, 66.0), check(130, 65.0), check(110, 75.0))
    facts = replace(facts, checks=hands, uses=(use(probe, 20, 100), use(probe, 100)))
    shuffled = replace(
        facts,
        readings=tuple(facts.readings[place] for place in order),
        checks=tuple(reversed(hands)),
        uses=tuple(reversed(facts.uses)),
    )
    assert judged(shuffled) == judged(facts)


@given(
    st.lists(st.tuples(st.integers(0, 250), st.floats(-40, 125)), max_size=40),
    st.sampled_from(["core", "air"]),
)
def test_any_series_gives_a_verdict_whose_numbers_agree(samples, probe):
    """
    Tests on any series that proven exposure never exceeds what is not excluded, nor the time since cooking.
    """
    model = CarrierModel(
        tau_s=36_000, drop_ratio=0.0, bound_c=1.0, air_tau_low_s=7_200, air_tau_high_s=14_400
    )
    found = judged(hold(200, *samples, probe=probe, model=model, uses=(use(probe, 0),)))
    assert 0 <= found.longest_excursion_s <= found.exposed_s <= found.exposed_at_most_s <= 200 * 60
    assert sum(leg.exposed_s for leg in found.legs) <= found.exposed_s
    assert found.verdict != "passed" or (found.check_low_c is not None and found.check_low_c >= 60)


def test_a_reading_twice_is_one_reading():
    """
    Tests that a reading delivered again, and one of another box's time, change nothing.
    """
    facts = hold(180, *WARM)
    doubled = replace(facts, readings=facts.readings * 2 + readings((10, 20.0)))
    assert judged(doubled) == judged(facts)


@pytest.mark.parametrize(
    ("eaten", "changes"), [(100, {"packed_at": minute(-5)}), (100, {"handed_over_at": minute(10)}), (80, {})]
)
def test_times_that_cannot_all_be_true_cannot_be_judged(eaten, changes):
    """
    Tests that packing before cooking, hand-over before packing and eating before hand-over give no verdict.
    """
    found = judged(hold(eaten, *WARM, **changes))
    assert (found.verdict, codes(found)) == ("cannot_be_judged", ["hold_times_contradict"])


def test_more_than_two_hours_in_the_zone_are_a_breach_by_themselves():
    """
    Tests by hand, with a check at three hours: under 60 C from 40 to 170 are 130 minutes, to 160 just 120.

    At the check and after it the core is above the limit either way.
    """
    rule = replace(GB, hot_check_s=10_800)
    for warm_at, verdict in ((160, "passed"), (170, "breached")):
        samples = [*ramp(20, 40, 70, 60), (45, 55.0), *ramp(50, warm_at - 5, 55, 55.001)]
        samples += [(warm_at, 60.0), *ramp(warm_at + 5, 200, 65, 66)]
        facts = hold(200, *samples, profile=rule, packed_core_c=None, handed_over_at=minute(45))
        found = judged(facts)
        assert (found.verdict, found.exposed_s) == (verdict, (warm_at - 40) * 60)
    assert codes(found) == ["hold_exposed_too_long"]
    assert found.reasons[0].params == {"minutes": 130, "limit_minutes": 120}


def test_an_open_door_does_not_stop_the_clock():
    """
    Tests that a lid that was open for ten minutes at 55 C after two hours is a breach, and is counted.
    """
    dip = [*ramp(20, 140, 82, 64), (145, 55.0), (150, 55.0), *ramp(155, 180, 63, 62)]
    found = judged(hold(180, *dip))
    assert (found.verdict, codes(found)[0]) == ("breached", "hold_below_after_check")
    # 64 to 55 in 300 s passes 60 after 133.3 s, 55 to 63 after 187.5 s: 166.7 + 300 + 187.5 s.
    assert found.exposed_s == 654


def test_a_box_s_own_sensor_is_no_core_at_the_hand_over():
    """
    Tests that air without a core by hand proves nothing, though a reading was taken in the very minute.
    """
    air = [(at, 70.0 + at / 1e6) for at in range(20, 181, 5)]
    silent = hold(180, *air, probe="air", packed_core_c=None, handed_over_at=minute(90))
    assert (judged(silent).verdict, codes(judged(silent))[0]) == ("cannot_be_judged", "hold_air_without_core")
    by_hand = replace(silent, handed_over_core_c=75.0)
    assert (judged(by_hand).verdict, judged(by_hand).rests_on) == ("passed", "air")


def test_what_no_model_covers_decides_nothing_beside_a_core():
    """
    Tests that a dummy or a wall beside a core probe neither proves nor breaks anything.
    """
    facts = hold(180, *WARM)
    cold = readings(*[(at, 20.0 + at / 1e6) for at in range(20, 181, 5)], probe="dummy")
    both = replace(facts, uses=(use("dummy"), use("core")), readings=cold + facts.readings)
    assert (judged(both).verdict, judged(both).rests_on) == ("passed", "core")
