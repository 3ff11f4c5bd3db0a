"""One alarm an episode, raised while the food can still be saved. Minutes count from cooked_at."""

from dataclasses import replace

import pytest

from telemetry.alarms import AlarmFacts, AlarmStep, step
from telemetry.hold_chain import judge
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
    assert found.raised[0].reason.params == {"box": "X01", "limit_c": 60.0, "high_c": pytest.approx(59.25)}


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
