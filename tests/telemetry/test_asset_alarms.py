"""What is wrong with an asset, and one alarm an episode: not what it is allowed, not over by silence."""

import pytest

from orders.codes import Coded
from telemetry.alarm_rules import AlarmParams
from telemetry.alarms import Alarm
from telemetry.asset_alarms import AssetWatched, asset_causes, asset_step
from telemetry.assets import Asset, AssetNow, asset_now
from telemetry.readings import ProbeUse, Reading
from tests.telemetry.holds import minute, readings
from tests.telemetry.test_assets import COLD, ROOM, flat

MOUNTED = (ProbeUse("S01", "core", "air", ROOM, minute(0)),)
CR = Asset(ROOM, "CR-1", "", "cold_room", COLD)
SOUND = flat(4.0, 0, 240)
DUE = Coded("hold_calibration_overdue", {"probe": "S01", "due_on": "2026-11-01"})


def seen(told, now, **facts):
    """The cold room as its readings tell at a minute."""
    read = tuple(told) if told and isinstance(told[0], Reading) else readings(*told)
    stands = asset_now(COLD, MOUNTED, read, minute(now))
    return AssetWatched(CR, stands, MOUNTED, read, **facts)


def stepped(told, now, ringing=(), **facts):
    return asset_step(ringing, seen(told, now, **facts), minute(now))


def kinds(step):
    return [one.kind for one in step.raised], [one.kind for one in step.cleared]


@pytest.mark.parametrize(
    ("stands", "found"),
    [
        (AssetNow("within", 4.0, minute(240)), []),
        (AssetNow("tolerated", 9.0, minute(240), minute(235)), []),
        (AssetNow("beyond", 9.0, minute(240), minute(200)), [("breach", "critical", 40)]),
        (AssetNow("within", 4.0, minute(240), None, minute(238)), []),
        (AssetNow("within", 4.0, minute(240), None, minute(230), True), [("door_open", "warning", 10)]),
    ],
)
def test_an_asset_calls_for_what_is_wrong_with_it(stands, found):
    """
    Tests kind, severity and minutes of a breach and a door.
    """
    watched = AssetWatched(CR, stands, MOUNTED, readings(*SOUND))
    causes = asset_causes(watched, minute(240), AlarmParams(), lambda *_: False)
    assert [(one.kind, one.severity, one.reason.params.get("minutes")) for one in causes] == found


def test_each_silent_probe_calls_until_it_tells_again():
    """
    Tests that a probe is silent after 15 minutes, also one never heard, and over with its next reading.
    """
    assert kinds(stepped(SOUND, 255)) == ([], [])
    rung = stepped(SOUND, 256).raised
    assert [(one.kind, one.source, one.reason.params["minutes"]) for one in rung] == [
        ("silence", "S01/core", 16)
    ]
    assert kinds(stepped(SOUND, 300, rung)) == ([], [])
    assert kinds(stepped([*SOUND, (305, 4.0)], 305, rung)) == (["gap"], ["silence"])
    assert [one.reason.code for one in stepped([], 16).raised] == ["asset_never_heard"]


def test_a_breach_is_over_only_when_the_air_is_proven_back():
    """
    Tests one alarm an episode: 7.8 is not half a degree within 8, and silence proves nothing.
    """
    warm = [*SOUND, (250, 9.0), (260, 9.0), (270, 9.0), (280, 9.0), (290, 9.0)]
    rung = stepped(warm, 290).raised
    assert [one.kind for one in rung] == ["breach"]
    assert kinds(stepped([*warm, (300, 7.8)], 300, rung)) == ([], [])
    assert kinds(stepped(warm, 320, rung)) == (["silence"], [])
    assert kinds(stepped([*warm, (300, 7.5)], 300, rung)) == ([], ["breach"])


def test_a_gap_calls_until_somebody_measured_or_wrote_the_cut_down():
    """
    Tests that half an hour of which nobody knows is told of, and what settles it.
    """
    gap = [*SOUND, (270, 4.0), (280, 4.0)]
    [rung] = stepped(gap, 280).raised
    assert (rung.kind, rung.reason.params["from_at"]) == ("gap", minute(240).isoformat())
    assert kinds(stepped(gap, 280, checked_at=minute(269))) == (["gap"], [])
    assert kinds(stepped(gap, 280, (rung,), checked_at=minute(275))) == ([], ["gap"])
    assert kinds(stepped(gap, 280, (rung,), cuts=[(minute(245), minute(260))])) == ([], ["gap"])
    filled = [*SOUND, (250, 4.0), (260, 4.0), (270, 4.0), (280, 4.0)]
    assert kinds(stepped(filled, 280, (rung,))) == ([], ["gap"])


def test_a_warming_room_is_foretold_with_its_minute():
    """
    Tests that a room a degree in 20 minutes warmer is told of before its limit, a defrost is not.

    It leaves its 4 degrees at minute 240; half an hour is longer than a defrost, and 8 is reached at 320.
    """
    rise = [*SOUND, *[(240 + at, 4 + at / 20) for at in range(5, 41, 5)]]
    assert kinds(stepped(rise[:-3], 265)) == ([], [])
    [rung] = stepped(rise, 280).raised
    assert (rung.kind, rung.severity) == ("predicted_breach", "warning")
    assert rung.reason.params["limit_at"] == minute(320).isoformat()
    falling = [*rise, (290, 5.5), (300, 5.0)]
    assert kinds(stepped(falling, 300, (rung,))) == ([], ["predicted_breach"])
    over = [*rise, *[(280 + at, 6 + at / 20) for at in range(5, 46, 5)]]
    assert kinds(stepped(over, 325, (rung,))) == ([], [])
    too_long = [*over, *[(330 + at, 8.3 + at / 20) for at in range(0, 31, 5)]]
    assert kinds(stepped(too_long, 360, (rung,))) == (["breach"], ["predicted_breach"])
    assert kinds(stepped([(at, 4 + at / 60) for at in range(0, 240, 60)], 180, ())) == (["gap"], [])


def test_a_low_battery_and_an_overdue_calibration_are_told():
    """
    Tests half an hour under 15 percent with its margin, and a calibration that was due.
    """

    def told(percent):
        charge = [
            Reading("S01", "core", None, "battery", percent, minute(at), minute(at)) for at in (200, 235)
        ]
        return [*readings(*SOUND), *charge]

    low = stepped(told(12.0), 240)
    assert [(one.kind, one.severity, one.reason.params["percent"]) for one in low.raised] == [
        ("battery", "info", 12)
    ]
    assert kinds(stepped(told(17.0), 240, low.raised)) == ([], [])
    assert kinds(stepped(told(20.0), 240, low.raised)) == ([], ["battery"])
    called = [Reading("S01", "device", None, "battery_low", 1.0, minute(at), minute(at)) for at in (200, 235)]
    (word,) = stepped([*readings(*SOUND), *called], 240).raised
    assert (word.kind, word.reason.code) == ("battery", "asset_battery_low")
    assert kinds(stepped(SOUND, 240, overdue=(DUE,))) == (["calibration"], [])


def test_nothing_calls_once_no_sensor_is_mounted():
    """
    Tests that taking the sensor out ends what it told of.
    """
    rung = Alarm("breach", "", "critical", Coded("asset_beyond"), minute(10))
    none = AssetWatched(CR, AssetNow("no_sensor"))
    assert kinds(asset_step((rung,), none, minute(240))) == ([], ["breach"])
