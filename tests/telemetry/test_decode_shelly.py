"""Tests of the decoder of Shelly devices from the second generation on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telemetry.readings import Decoded
from tests.telemetry.decoding import AT, ageless, codes, decoded, values

DEVICE = "shellyplusht-b8d61a8b17cc"
TOPIC = f"{DEVICE}/events/rpc"
FULL = {
    "src": DEVICE,
    "dst": f"{DEVICE}/events",
    "method": "NotifyFullStatus",
    "params": {
        "ts": 1680962879.62,
        "ble": {},
        "cloud": {"connected": False},
        "devicepower:0": {"id": 0, "battery": {"V": 0.43, "percent": 0}, "external": {"present": True}},
        "ht_ui": {},
        "humidity:0": {"id": 0, "rh": 42.2},
        "mqtt": {"connected": True},
        "sys": {"mac": "B8D61A8B17CC", "time": None, "unixtime": None, "uptime": 3},
        "temperature:0": {"id": 0, "tC": 19.8, "tF": 67.6},
        "wifi": {"sta_ip": "192.168.3.183", "status": "got ip", "rssi": -60},
    },
}
TS = 1795399800.25
EXAMPLES = [
    (TOPIC, json.dumps(FULL).encode()),
    (
        TOPIC,
        json.dumps(
            {
                "method": "NotifyStatus",
                "params": {"ts": TS, "temperature:100": {"id": 100, "tC": 4.1, "tF": 39.4}},
            }
        ).encode(),
    ),
    (f"{DEVICE}/status/temperature:0", b'{"id": 0,"tC":20.1, "tF":68.3}'),
]


def told(payload: object, topic: str = TOPIC, **how: Any) -> Decoded:
    """What a frame of this family gives."""
    return decoded("shelly", topic, payload, **how)


def delta(ts: object = TS, **components: object) -> dict[str, object]:
    """A notification of changes; ``__`` in a component's name stands for its colon."""
    changed = {name.replace("__", ":"): status for name, status in components.items()}
    return {"src": DEVICE, "dst": "user_1", "method": "NotifyStatus", "params": {"ts": ts, **changed}}


def test_published_full_status_gives_its_readings() -> None:
    """
    Tests the frame of https://gist.github.com/NelsonMinar/494a0f53785c20290b395639548349fa.
    """
    found = told(FULL)
    assert values(found) == [
        ("device", "battery", 0.0),
        ("device", "battery_voltage", 0.43),
        ("0", "humidity", 42.2),
        ("device", "uptime", 3.0),
        ("0", "temperature", 19.8),
    ]
    assert {one.device_id for one in found.readings} == {DEVICE}
    assert {one.measured_at for one in found.readings} == {datetime(2023, 4, 8, 14, 7, 59, 620000, UTC)}
    assert found.findings == ()


def test_published_status_topics_give_their_readings() -> None:
    """
    Tests ``homeserver-parent/homeserver-common/messages.md`` of https://github.com/JHNUL/home-server-apps.
    """
    base = "shellyht-livingroom/status"
    for component, payload, expected in (
        ("temperature:0", b'{"id": 0,"tC":20.1, "tF":68.3}', [("0", "temperature", 20.1)]),
        ("humidity:0", b'{"id": 0,"rh":57.0}', [("0", "humidity", 57.0)]),
        (
            "devicepower:0",
            b'{"id": 0,"battery":{"V":5.46, "percent":73},"external":{"present":false}}',
            [("device", "battery", 73.0), ("device", "battery_voltage", 5.46)],
        ),
        ("sys", b'{"mac": "foobarbarfoo","unixtime": 1750345503,"uptime": 2}', [("device", "uptime", 2.0)]),
        ("wifi", b'{"sta_ip":"xxx.xxx.x.x","status":"got ip","rssi":-47}', []),
    ):
        found = told(payload, f"{base}/{component}")
        assert (values(found), found.findings) == (expected, ())
        assert {one.measured_at for one in found.readings} <= {AT}


def test_published_notifications_that_measure_nothing_give_nothing() -> None:
    """
    Tests the examples of https://shelly-api-docs.shelly.cloud/gen2/General/Notifications.
    """
    switch = delta(1631186545.04, switch__0={"id": 0, "output": True, "source": "button"})
    cloud = delta(1624348482.25, cloud={"connected": False})
    event = {"src": DEVICE, "method": "NotifyEvent", "params": {"ts": 1624348482.25, "events": []}}
    for frame in (switch, cloud, event):
        found = told(frame)
        assert (found.readings, found.findings) == ((), ())


def test_a_delta_tells_only_what_changed() -> None:
    """
    Tests that what a delta leaves out is unchanged, not missing, and null is lost.
    """
    assert told(delta(temperature__0={"id": 0})).findings == ()
    assert values(told(delta(devicepower__0={"id": 0, "battery": {"percent": 12}}))) == [
        ("device", "battery", 12.0)
    ]
    lost = told(delta(temperature__100={"id": 100, "tC": None, "tF": None, "errors": ["read"]}))
    assert (lost.readings, codes(lost)) == ((), ["value_missing"])
    broken = told(delta(temperature__100={"id": 100, "errors": ["out_of_range"]}))
    assert (broken.readings, codes(broken)) == ((), ["value_missing"])
    whole = told(b'{"id": 0}', f"{DEVICE}/status/temperature:0")
    assert (whole.readings, codes(whole)) == ((), ["value_missing"])


def test_fahrenheit_becomes_celsius_once() -> None:
    """
    Tests that Celsius is read where both stand, and Fahrenheit where it stands alone.
    """
    assert values(told(delta(temperature__0={"tC": 5.0, "tF": 41.0}))) == [("0", "temperature", 5.0)]
    assert values(told(delta(temperature__0={"tF": 41.0}))) == [("0", "temperature", 5.0)]


def test_85_of_an_add_on_is_in_doubt() -> None:
    """
    Tests that a DS18B20 may be behind components from 100 on, and not behind the device's own.
    """
    for number, doubt in ((0, ""), (100, "power_on")):
        found = told(delta(**{f"temperature__{number}": {"id": number, "tC": 85.0}}))
        assert [(one.probe, one.value, one.doubt) for one in found.readings] == [(str(number), 85.0, doubt)]
    assert codes(told(delta(temperature__101={"tC": -127.0}))) == ["value_sentinel"]


def test_negative_zero_and_broken() -> None:
    """
    Tests that frost and zero are values, NaN is a finding and a sound neighbour stays.
    """
    for value in (-18.5, 0, -0.0):
        assert [one.value for one in told(delta(temperature__0={"tC": value})).readings] == [value]
    found = told(delta(temperature__0={"tC": float("nan")}, humidity__0={"rh": 50}))
    assert (values(found), codes(found)) == ([("0", "humidity", 50.0)], ["value_impossible"])
    assert codes(told(json.dumps(FULL).encode()[:200])) == ["frame_not_json"]
    assert codes(told({"method": "Reboot", "params": {}})) == ["reading_malformed"]
    assert codes(told({})) == ["reading_malformed"]


@pytest.mark.parametrize(
    ("ts", "code"), [(12.5, "time_epoch_zero"), (TS + 3600, "time_in_future"), ("now", "time_unreadable")]
)
def test_a_time_that_cannot_be_costs_no_value(ts: object, code: str) -> None:
    """
    Tests a clock that was never set, one that runs ahead, and no time at all.
    """
    found = told(delta(ts, temperature__0={"tC": 5.0}))
    assert codes(found) == [code]
    assert [(one.value, one.doubt) for one in found.readings] == [(5.0, "time")]


def test_duplicate_out_of_order_and_retained() -> None:
    """
    Tests that a notification keeps its keys whenever it comes; a kept status is kept without one.
    """
    frame = delta(temperature__0={"tC": 5.0})
    (now,), (late,) = told(frame).readings, told(frame, at=AT + timedelta(hours=1), retained=True).readings
    assert (now.key, now.backfill, late.backfill) == (late.key, False, True)
    kept = told(b'{"id": 0,"tC":20.1}', f"{DEVICE}/status/temperature:0", retained=True)
    assert (ageless(kept), codes(kept)) == ([("0", "temperature", 20.1)], ["frame_retained"])


@pytest.mark.parametrize("topic", ["", "x", f"{DEVICE}/rpc", "a b/events/rpc", "+/events/rpc"])
def test_foreign_topic_is_a_finding(topic: str) -> None:
    """
    Tests topics that name no device.
    """
    assert codes(told(FULL, topic)) == ["topic_unknown"]
