"""One alarm an episode, raised while the food can still be saved. Minutes count from cooked_at."""

from dataclasses import replace

import pytest

from orders.codes import Coded
from telemetry.alarm_rules import AlarmParams, rules_from_table
from telemetry.alarms import USUAL, AlarmFacts, AlarmStep, step
from telemetry.hold_chain import judge
from telemetry.readings import Reading
from tests.telemetry.holds import check, hold, minute, ramp

COOLS = ramp(20, 200, 75, 48)  # 0.15 C a minute: 60 at 120, 59.25 at 125
COOLS_FAST = ramp(20, 110, 75, 45, every=1)  # 1/3 C a minute: 60 at 65
WARM = ramp(20, 240, 82, 60)


def stepped(hold_facts, now, open_alarms=(), last_plate=None):
    """One step at a minute, on what was measured by then."""
    known = tuple(one for one in hold_facts.readings if one.measured_at <= minute(now))
    hold_facts = replace(hold_facts, readings=known)
    verdict = judge(hold_facts, minute(now))
    last_plate_at = None if last_plate is None else minute(last_plate)
    return step(tuple(open_alarms), AlarmFacts(hold_facts, verdict, last_plate_at), minute(now))


def said(alarm_step):
    return [(alarm.kind, alarm.severity, alarm.reason.code) for alarm in alarm_step.raised]


def on_the_road(*samples, **facts):
    return hold(None, *samples, handed_over_at=None, **facts)


def test_nothing_wrong_raises_nothing():
    """
    Tests that a good hold raises no alarm at any minute on the road.
    """
    assert {stepped(on_the_road(*WARM), now) for now in range(20, 241, 5)} == {AlarmStep((), ())}


def test_a_breach_is_raised_at_the_first_reading_under_the_limit_after_two_hours():
    """
    Tests by hand: 60.0 at minute 120 is still enough, 59.25 at 125 is not.
    """
    assert stepped(on_the_road(*COOLS), 120).raised == ()
    found = stepped(on_the_road(*COOLS), 125)
    assert said(found) == [("breach", "critical", "alarm_below_limit")]
    params = {"box": "X01", "limit_c": 60.0, "high_c": pytest.approx(59.25), "check_minutes": 120}
    assert found.raised[0].reason.params == params


def test_a_cold_core_is_raised_on_the_road_before_two_hours():
    """
    Tests that the first reading under 60 (minute 66) rings 54 minutes ahead for food eaten after minute 120.
    """
    assert stepped(on_the_road(*COOLS_FAST), 65, last_plate=150).raised == ()
    found = stepped(on_the_road(*COOLS_FAST), 66, last_plate=150)
    assert said(found) == [("breach", "critical", "alarm_below_before_check")]
    assert found.raised[0].reason.params["minutes_left"] == 54


def test_a_cold_core_is_no_breach_when_all_is_eaten_within_two_hours():
    """
    Tests that food whose last plate is planned by minute 120 needs no proof and rings no alarm.
    """
    assert stepped(on_the_road(*COOLS_FAST), 66, last_plate=120).raised == ()


def test_one_breach_is_one_alarm_from_the_road_to_the_reheating():
    """
    Tests that the early alarm stays the same episode after two hours and ends with the reheating.
    """
    early = stepped(on_the_road(*COOLS), 125).raised
    assert stepped(on_the_road(*COOLS), 150, early) == AlarmStep((), ())
    mended = stepped(on_the_road(*COOLS[:26], reheats=(check(146, 75.0),)), 147, early)
    assert [(alarm.kind, alarm.cleared_at) for alarm in mended.cleared] == [("breach", minute(147))]


def test_the_early_alarm_does_not_blink_at_two_hours():
    """
    Tests that an episode begun on the road goes on at minute 120 itself.
    """
    cold = on_the_road(*ramp(20, 140, 75, 45, every=1))  # 1/4 C a minute: 60 at 80
    rung = stepped(cold, 81).raised
    assert [stepped(cold, now, rung) for now in (119, 120, 121)] == [AlarmStep((), ())] * 3


def test_air_that_no_longer_excludes_a_breach_asks_for_a_hand_probe():
    """
    Tests by hand: air at 20 leaves 20 + 59 exp(-t/7200) < 60 from 46.6 minutes on; 75 C by hand ends it.
    """
    facts = on_the_road(*[(at, 20 + at / 1e6) for at in range(20, 121)], probe="air")
    assert stepped(facts, 66).raised == ()
    found = stepped(facts, 67)
    assert said(found) == [("core_in_doubt", "warning", "alarm_core_in_doubt")]
    assert stepped(facts, 67, last_plate=110).raised == ()
    measured = replace(facts, checks=(check(68, 75.0),))
    assert [alarm.kind for alarm in stepped(measured, 69, found.raised).cleared] == ["core_in_doubt"]


def test_food_still_open_after_four_hours_rings():
    """
    Tests that a box without its chain's end rings when the last moment it may be eaten has passed.
    """
    assert stepped(on_the_road(*WARM), 240).raised == ()
    assert said(stepped(on_the_road(*WARM, *ramp(241, 245, 60, 60, every=1)), 241)) == [
        ("breach", "critical", "alarm_past_eat_by")
    ]


def test_silence_rings_after_the_longest_interval_and_ends_with_the_next_reading():
    """
    Tests that ten minutes are still well, that eleven are not, and that a late backlog does not end it early.
    """
    facts = on_the_road(*ramp(20, 40, 82, 80), (60, 78.0))
    assert stepped(facts, 50).raised == ()
    silent = stepped(facts, 51)
    assert said(silent) == [("silence", "warning", "alarm_silence")]
    assert silent.raised[0].reason.params == {"box": "X01", "probe": "S01/core", "minutes": 11}
    assert stepped(facts, 59, silent.raised) == AlarmStep((), ())
    assert [alarm.key for alarm in stepped(facts, 61, silent.raised).cleared] == [("silence", "S01/core")]


def test_a_probe_that_never_spoke_is_silent_from_packing():
    """
    Tests that silence counts from packing when there is no reading at all.
    """
    assert stepped(on_the_road(), 30).raised == ()
    assert said(stepped(on_the_road(), 31)) == [("silence", "warning", "alarm_silence")]


def test_an_open_lid_rings_once_and_ends_when_the_air_is_back():
    """
    Tests by hand: air falls from 70 to 64 within a minute, comes back to 69 in ten: one notice, one end.
    """
    samples = [*ramp(20, 60, 70.4, 70), (61, 64.0), *ramp(62, 72, 64.5, 69.5, every=1)]
    facts, rung = on_the_road(*samples, probe="air"), ()
    changes = []
    for now in range(55, 73):
        found = stepped(facts, now, rung)
        rung = tuple(alarm for alarm in (*rung, *found.raised) if alarm.kind == "lid_open")
        rung = tuple(alarm for alarm in rung if alarm.key not in {one.key for one in found.cleared})
        changes += [(now, "raised") for alarm in found.raised if alarm.kind == "lid_open"]
        changes += [(now, "cleared") for alarm in found.cleared if alarm.kind == "lid_open"]
    assert [change for _, change in changes] == ["raised", "cleared"]
    assert changes[0][0] == 61


def test_a_lid_opened_at_the_canteen_is_no_news():
    """
    Tests that after hand-over the box is opened to serve, which rings nothing.
    """
    samples = [*ramp(20, 90, 72, 70), (91, 50.0)]
    assert stepped(hold(None, *samples, probe="air"), 91).raised == ()


def test_the_end_of_the_chain_ends_every_alarm():
    """
    Tests that an episode does not outlive its hold.
    """
    rung = stepped(on_the_road(*COOLS), 136).raised
    ended = stepped(hold(130, *COOLS), 137, rung)
    assert (ended.raised, [alarm.cleared_at for alarm in ended.cleared]) == ((), [minute(137)] * len(rung))


def foretold(hold_facts, now, open_alarms=(), last_plate=180, ambient_c=20.0, params=USUAL):
    """One step at a minute, with the weather known."""
    known = tuple(one for one in hold_facts.readings if one.measured_at <= minute(now))
    hold_facts = replace(hold_facts, readings=known)
    facts = AlarmFacts(hold_facts, judge(hold_facts, minute(now)), minute(last_plate), ambient_c)
    return step(tuple(open_alarms), facts, minute(now), params)


def test_a_breach_is_foretold_with_the_minute_to_eat_by():
    """
    Tests by hand: falling 0.15 C a minute from 75 at 20, the core has 68.25 at minute 65; over the last ten
    minutes its time constant is 10 / ln(49.75 / 48.25) = 326.7 min, 1 C of error within the hour: it stays
    at 60 for 326.7 ln(48.25 / (40 + e)) minutes, e growing to 1: 54.0 minutes, so until minute 119.0.
    Eaten within two hours it needs no proof: eat or reheat by minute 120.
    """
    found = foretold(on_the_road(*COOLS), 65)
    assert said(found) == [("predicted_breach", "critical", "alarm_predicted_breach")]
    params = found.raised[0].reason.params
    assert params["eat_by_at"] == minute(120).isoformat()
    assert params["limit_at"][:16] in (minute(118).isoformat()[:16], minute(119).isoformat()[:16])
    assert foretold(on_the_road(*COOLS), 65, last_plate=119).raised == ()


def test_no_breach_is_foretold_before_the_food_has_settled_nor_far_ahead():
    """
    Tests that the quick fall after packing foretells nothing, and that a breach hours ahead does not ring.
    """
    quick = [*ramp(20, 40, 80, 75, every=1), *ramp(41, 60, 74.95, 74, every=1)]
    assert [foretold(on_the_road(*quick), now).raised for now in (30, 45, 60)] == [(), (), ()]
    slow = on_the_road(*ramp(20, 200, 75, 57))  # 0.1 C a minute: under 60 at minute 170
    assert foretold(slow, 60, last_plate=240, params=AlarmParams(predicted_ahead_s=1800)).raised == ()


def test_a_foretold_breach_must_last_and_ends_with_a_margin():
    """
    Tests that one odd reading foretells nothing, and that the alarm stays until the minute is well past.
    """
    odd = [*ramp(20, 69, 75, 72.06, every=1), (70, 68.0)]
    assert foretold(on_the_road(*odd), 70, params=AlarmParams(predicted_lasts_s=300)).raised == ()
    assert said(foretold(on_the_road(*odd), 70, params=AlarmParams(predicted_lasts_s=0)))
    slow = on_the_road(*ramp(20, 200, 75, 57))  # at 80: 495 min x ln(49 / 41) = 88 min, until minute 168
    rung = foretold(slow, 80, last_plate=175).raised
    assert [alarm.kind for alarm in rung] == ["predicted_breach"]
    assert foretold(slow, 80, last_plate=166).raised == ()
    assert foretold(slow, 80, rung, last_plate=166) == AlarmStep((), ())
    cleared = foretold(slow, 80, rung, last_plate=162).cleared
    assert [alarm.kind for alarm in cleared] == ["predicted_breach"]


def test_doubt_must_last_as_long_as_the_house_says():
    """
    Tests that the core in doubt from minute 67 on rings five minutes later where it must last so long.
    """
    facts = on_the_road(*[(at, 20 + at / 1e6) for at in range(20, 121)], probe="air")
    late = AlarmParams(doubt_lasts_s=300)
    rung = [now for now in range(60, 80) if foretold(facts, now, ambient_c=None, params=late).raised]
    assert rung[0] == 72


def battery(*samples):
    """Charges of the device, as (minute, percent)."""
    return tuple(
        Reading("S01", "device", None, "battery", percent, minute(at), minute(at), 500 + number)
        for number, (at, percent) in enumerate(samples)
    )


def test_a_battery_is_low_when_it_stays_low_and_well_again_above_a_margin():
    """
    Tests that 14 % rings after half an hour, that one good value starts anew, and that 19 % does not end it.
    """
    facts = on_the_road(*ramp(20, 200, 82, 75))

    def at(now, samples, rung=()):
        known = replace(facts, readings=(*facts.readings, *battery(*samples)))
        return foretold(known, now, rung, ambient_c=None)

    low = [(30, 14.0), (50, 13.0)]
    assert at(59, low).raised == ()
    rung = at(60, low).raised
    assert [(one.kind, one.source, one.reason.params["percent"]) for one in rung] == [("battery", "S01", 13)]
    assert at(60, [(30, 14.0), (40, 16.0), (50, 14.0)]).raised == ()
    assert at(65, [*low, (61, 19.0)], rung).cleared == ()
    assert [one.kind for one in at(65, [*low, (61, 20.0)], rung).cleared] == ["battery"]


def test_a_battery_told_in_volts_rings_when_its_maker_calls_it_low():
    """
    Tests half an hour of voltages called low, that a voltage alone is a word against, and that none rings.
    """
    facts = on_the_road(*ramp(20, 200, 82, 75))

    def at(now, lows, rung=()):
        volts = [
            Reading("S01", "device", None, "battery_voltage", 2.6, minute(one), minute(one))
            for one in (30, 40, 50, 62)
        ]
        low = [Reading("S01", "device", None, "battery_low", 1.0, minute(one), minute(one)) for one in lows]
        return foretold(replace(facts, readings=(*facts.readings, *volts, *low)), now, rung, ambient_c=None)

    assert at(60, [30, 50]).raised == ()
    assert at(60, []).raised == ()
    rung = at(60, [30, 40, 50]).raised
    assert [(one.kind, one.source, one.reason.code) for one in rung] == [
        ("battery", "S01", "alarm_battery_low")
    ]
    assert at(65, [30, 40, 50, 62], rung).cleared == ()
    assert [one.kind for one in at(65, [30, 40, 50], rung).cleared] == ["battery"]


def test_a_gap_rings_until_the_core_is_measured_by_hand_or_the_memory_comes():
    """
    Tests sixteen minutes without readings: the gap rings with its minutes; a hand probe or a backlog ends it.
    """
    facts = on_the_road(*ramp(20, 40, 82, 80), *ramp(56, 70, 79, 78, every=1))
    rung = [one for one in stepped(facts, 57).raised if one.kind == "gap"]
    assert [one.reason.params["from_at"] for one in rung] == [minute(40).isoformat()]
    assert stepped(facts, 70, rung) == AlarmStep((), ())
    measured = replace(facts, checks=(check(60, 78.0),))
    assert [one.kind for one in stepped(measured, 61, rung).cleared] == ["gap"]
    filled = replace(facts, readings=(*facts.readings, *on_the_road((48, 79.5)).readings))
    assert [one.kind for one in stepped(filled, 61, rung).cleared] == ["gap"]
    assert stepped(facts, 57, last_plate=120).raised == ()


def test_an_overdue_calibration_rings_once_and_stands_on_the_verdict():
    """
    Tests that the alarm names the probe, and that open and final verdicts both warn.
    """
    overdue = Coded("hold_calibration_overdue", {"probe": "S01", "due_on": "2026-11-20"})
    facts = replace(on_the_road(*WARM), uncalibrated=(overdue,))
    rung = stepped(facts, 60).raised
    assert [(one.kind, one.source, one.severity) for one in rung] == [("calibration", "S01", "info")]
    assert stepped(facts, 70, rung) == AlarmStep((), ())
    assert overdue in judge(facts, minute(60)).reasons
    assert judge(replace(facts, chain_end_at=minute(100)), minute(100)).reasons[-1] == overdue


@pytest.mark.parametrize(
    "table",
    [
        {"rings": {"lid_drop": 3}},
        {"rings": {"lid_drop_c": "3"}},
        {"rings": {"battery_low": -1}},
        {"escalation": {"grave": []}},
        {"escalation": {"info": [{"after_s": 5}]}},
        {"escalation": {"info": [{"after_s": -5, "to": "box"}]}},
        {"escalation": {"info": [{"after_s": 5, "to": "pigeon:post"}]}},
        {"stop": {"seen_within_s": 0}},
    ],
)
def test_rules_that_cannot_be_used_are_refused(table):
    """
    Tests that a slip in the rules is named, not passed over.
    """
    with pytest.raises(ValueError):
        rules_from_table(table)


def test_a_timetable_is_in_the_order_of_time():
    """
    Tests that steps are sorted, and that a target keeps its name.
    """
    rules = rules_from_table(
        {"escalation": {"info": [{"after_s": 60, "to": "role:kitchen"}, {"after_s": 0, "to": "box"}]}}
    )
    assert [(one.after_s, one.to) for one in rules.timetable["info"]] == [(0, "box"), (60, "role:kitchen")]
