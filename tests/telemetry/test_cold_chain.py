"""Chilled food worked by hand: cooled, carried cold, reheated once. Minutes count from cooked_at."""

from dataclasses import replace

import pytest

from telemetry.alarm_rules import AlarmParams
from telemetry.alarms import AlarmFacts, step
from telemetry.hold_chain import judge
from tests.telemetry.holds import check, hold, minute, ramp, readings, use

PACKED, HANDED_OVER, REHEATED, EATEN = 900, 1000, 1020, 1100
SOUND = ramp(PACKED, EATEN, 3.0, 5.0)


def chilled(eaten=EATEN, samples=SOUND, probe="core", **facts):
    """A chilled box packed at minute 900 at 3 C, handed over at 1000, reheated at 1020."""
    known = {
        "hold_class": "cold",
        "cooling": "kept",
        "packed_at": minute(PACKED),
        "packed_core_c": 3.0,
        "handed_over_at": minute(HANDED_OVER),
        "uses": (use(probe, PACKED),),
        "readings": readings(*samples, probe=probe),
        "reheats": (check(REHEATED, 75.0),),
    }
    return hold(eaten, probe=probe, **known | facts)


def judged(facts):
    return judge(facts, minute(9999))


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("sentence", "facts", "verdict", "code"),
    [
        ("cooled, cold, reheated, eaten", chilled(), "passed", "hold_kept_cold"),
        ("8 degrees are kept", chilled(samples=ramp(900, 1100, 3, 8)), "passed", "hold_kept_cold"),
        (
            "8.01 at the door is not",
            chilled(handed_over_core_c=8.01),
            "breached",
            "hold_above_limit",
        ),
        ("a packing too warm", chilled(packed_core_c=12.0), "breached", "hold_above_limit"),
        ("cooled too slowly", chilled(cooling="broken"), "breached", "hold_cooled_too_slowly"),
        ("no cooling curve", chilled(cooling="unknown"), "cannot_be_judged", "hold_no_cooling_curve"),
        ("no reheating at the site", chilled(reheats=()), "cannot_be_judged", "hold_not_reheated"),
        ("by the diner at home", chilled(reheats=(), heated_at="home"), "passed", "hold_kept_cold"),
        ("a cold dish", chilled(reheats=(), heated_at="nowhere"), "passed", "hold_kept_cold"),
        ("a silent probe", chilled(samples=ramp(900, 960, 3, 4)), "cannot_be_judged", None),
        ("no probe", chilled(uses=()), "cannot_be_judged", "hold_no_probe"),
        ("some eaten before", chilled(first_served_at=minute(1010)), "cannot_be_judged", None),
        ("reheated, then four hours", chilled(eaten=REHEATED + 241), "breached", "hold_past_window"),
        ("reheated, then two and a half", chilled(eaten=REHEATED + 150), "cannot_be_judged", None),
        ("a day later", chilled(eaten=24 * 60 + 1), "breached", "hold_past_window"),
    ],
)
def test_chilled_food_is_judged_by_the_cold_rule(sentence, facts, verdict, code):
    """
    Tests cooling curve, limit, reheating and hours of chilled food, each at its edge.
    """
    found = judged(facts)
    assert found.verdict == verdict, (sentence, codes(found))
    assert code is None or codes(found)[0] == code, sentence


def test_a_reheating_gives_two_hours_and_never_more_than_the_day():
    """
    Tests that the last moment moves to two hours after the reheating, and no later than 24 h off the heat.
    """
    before, after = judge(chilled(None), minute(1010)), judge(chilled(None), minute(1040))
    assert (before.shown, before.eat_by_at) == ("open", minute(24 * 60))
    assert (after.clock_at, after.eat_by_at) == (minute(REHEATED), minute(REHEATED + 120))
    late = chilled(None, reheats=(check(1400, 75.0),))
    assert judge(late, minute(1410)).eat_by_at == minute(24 * 60)


def test_chilled_food_seen_too_warm_may_not_be_eaten_from_then_on():
    """
    Tests that the last moment is the minute of the proof, that it rings, and that minutes are counted.
    """
    warm = chilled(None, ramp(900, 1000, 3, 13), reheats=(), handed_over_at=None)
    found = judge(warm, minute(1000))
    assert (found.shown, found.eat_by_at) == ("breached", minute(955))
    assert (found.exposed_s, found.longest_excursion_s) == (3000, 3000)
    (alarm,) = step((), AlarmFacts(warm, found), minute(1000)).raised
    assert (alarm.kind, alarm.reason.code) == ("breach", "alarm_chilled_unsound")


def test_air_bounds_a_chilled_core_from_the_hand_reading_on():
    """
    Tests that cold air keeps a core sound, and that warm air leaves it in doubt and rings before the proof.
    """
    cold = chilled(samples=ramp(900, 1100, 2, 4), probe="air")
    assert (judged(cold).verdict, judged(cold).rests_on) == ("passed", "air")
    warm = chilled(None, ramp(900, 1000, 20, 20.5), probe="air", reheats=(), handed_over_at=None)
    found = judge(warm, minute(960))
    assert (found.verdict, found.shown) == ("cannot_be_judged", "open")
    assert [one.reason.code for one in step((), AlarmFacts(warm, found), minute(960)).raised] == [
        "alarm_chilled_in_doubt"
    ]


def test_the_legs_of_chilled_food_end_with_the_reheating():
    """
    Tests kitchen, transport, the site before the reheating and after it.
    """
    assert [(leg.name, leg.missing) for leg in judged(chilled()).legs] == [
        ("kitchen", False),
        ("transport", False),
        ("site_cold", False),
        ("reheated", False),
    ]
    lost = replace(chilled(), handed_over_at=None)
    assert "hold_leg_missing" in codes(judged(lost))


def cold_alarms(facts, now, ambient_c=25.0, last_plate=EATEN):
    """What rings for a chilled box at a minute, where a foretold breach need not last."""
    at = minute(now)
    told = AlarmFacts(facts, judge(facts, at), minute(last_plate), ambient_c)
    raised = step((), told, at, AlarmParams(predicted_lasts_s=0)).raised
    return [alarm for alarm in raised if alarm.kind == "predicted_breach"]


def test_a_warming_core_is_foretold_to_pass_its_limit():
    """
    Tests by hand: 4 to 5 C in ten minutes at 25 C outside shows a constant of 600 / ln(21 / 20) s = 12,298 s.

    From 5 to 8 C it takes 12,298 x ln(20 / 17) s = 33 min 18 s: minute 973, for what is eaten after it.
    """
    samples = [*ramp(900, 930, 4.0, 4.0, every=1), *ramp(931, 940, 4.1, 5.0, every=1)]
    warming = chilled(None, samples, reheats=(), handed_over_at=None)
    (alarm,) = cold_alarms(warming, 940)
    params = alarm.reason.params
    assert (alarm.severity, alarm.reason.code, params["high_c"]) == ("critical", "alarm_predicted_warm", 5.0)
    assert params["limit_at"] == params["eat_by_at"]
    assert params["limit_at"][:16] == minute(973).isoformat()[:16]
    assert cold_alarms(warming, 940, last_plate=973) == []
    assert cold_alarms(warming, 940, ambient_c=8.0) == []


def test_a_core_that_stays_cold_or_was_reheated_foretells_nothing():
    """
    Tests a core on ice under a hot sky, one that cools, and one out of its box after the reheating.
    """
    for to_c in (4.0, 3.0):
        steady = chilled(None, ramp(900, 1000, 4.0, to_c, every=1), reheats=(), handed_over_at=None)
        assert cold_alarms(steady, 1000, ambient_c=40.0) == []
    warming = [*ramp(900, 1000, 4.0, 5.0, every=1), *ramp(1001, 1030, 5.1, 8.0, every=1)]
    assert cold_alarms(chilled(None, warming), 1030) == []


def test_warm_air_inside_foretells_the_core_by_the_model():
    """
    Tests by hand: a core of 3 C in air of 20 C may pass 8 C after 7200 x ln(17 / 12) s = 41 min 47 s.
    """
    warm = chilled(None, [(900, 20.0)], probe="air", reheats=(), handed_over_at=None)
    (alarm,) = cold_alarms(warm, 900)
    assert alarm.reason.params["limit_at"][:16] == minute(941).isoformat()[:16]
    cold = chilled(None, [(900, 4.0)], probe="air", reheats=(), handed_over_at=None)
    assert cold_alarms(cold, 900) == []
