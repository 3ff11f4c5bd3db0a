"""Tests of the decoder of sensors behind Zigbee2MQTT."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telemetry.frames import Options
from telemetry.readings import Decoded
from tests.telemetry.decoding import AT, ageless, codes, decoded, values

TOPIC = "zigbee2mqtt/fridge"
SEEN = "2026-11-23T02:10:00.000Z"
EXAMPLES = [
    (TOPIC, json.dumps({"temperature": 27.34, "humidity": 44.72, "last_seen": SEEN}).encode()),
    (
        TOPIC,
        json.dumps({"contact": False, "battery": 97, "voltage": 2995, "last_seen": 1795399800000}).encode(),
    ),
]


def told(payload: object, topic: str = TOPIC, **how: Any) -> Decoded:
    """What a frame of this family gives."""
    return decoded("zigbee2mqtt", topic, payload, **how)


def test_published_frames_give_their_readings() -> None:
    """
    Tests the frames of https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html and
    https://gist.github.com/sjorge/7bab8456eb865848db3e5ed9c4dd55fc.
    """
    found = told({"temperature": 27.34, "humidity": 44.72})
    assert values(found) == [("device", "temperature", 27.34), ("device", "humidity", 44.72)]
    assert {(one.device_id, one.measured_at) for one in found.readings} == {("fridge", AT)}
    motion = b'{"battery":100,"linkquality":18,"occupancy":true,"temperature":19.9,"illuminance":16994,'
    found = told(motion + b'"illuminance_lux":49,"update_available":false}', "zigbee2mqtt/bedroom/motion")
    assert values(found) == [
        ("device", "battery", 100.0),
        ("device", "temperature", 19.9),
        ("device", "illuminance", 49.0),
    ]
    assert {one.device_id for one in found.readings} == {"bedroom:motion"}
    assert codes(told({"action": "single"})) == ["frame_without_readings"]


@pytest.mark.parametrize(
    "seen",
    [SEEN, "2026-11-23T02:10:00.000+0000", "2026-11-23T10:10:00+08:00", 1795399800000],
)
def test_last_seen_is_told_in_three_ways(seen: object) -> None:
    """
    Tests ISO_8601, ISO_8601_local and epoch in milliseconds, as in ``lib/util/utils.ts`` and
    ``test/controller.test.ts`` of https://github.com/Koenkk/zigbee2mqtt.
    """
    (reading,) = told({"temperature": 3.5, "last_seen": seen}).readings
    assert reading.measured_at == datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


def test_a_time_that_cannot_be_costs_no_value() -> None:
    """
    Tests a time without zone, seconds where milliseconds belong, and a clock that runs ahead.
    """
    for seen, code in (
        ("2026-11-23T02:10:00", "time_unreadable"),
        (1795399800, "time_epoch_zero"),
        ("2026-11-23T03:10:00Z", "time_in_future"),
        (True, "time_unreadable"),
        (1e300, "time_unreadable"),
    ):
        found = told({"temperature": 3.5, "last_seen": seen})
        assert codes(found) == [code]
        assert [(one.value, one.doubt) for one in found.readings] == [(3.5, "time")]


def test_contact_is_open_when_it_is_broken() -> None:
    """
    Tests https://www.zigbee2mqtt.io/devices/MCCGQ11LM.html: contact true is closed; voltage is in millivolts.
    """
    assert values(told({"contact": False, "battery": 97, "voltage": 2995})) == [
        ("device", "open", 1.0),
        ("device", "battery", 97.0),
        ("device", "battery_voltage", 2.995),
    ]
    assert values(told({"contact": True})) == [("device", "open", 0.0)]
    assert codes(told({"contact": "false"})) == ["value_not_a_number"]
    assert codes(told({"contact": None})) == ["value_missing"]


def test_a_battery_without_a_charge_may_be_called_low() -> None:
    """
    Tests ``battery_low`` of https://zigbee2mqtt.io/devices/SNTZ007.html: true when it is almost empty.
    """
    assert values(told({"battery_low": True})) == [("device", "battery_low", 1.0)]
    assert values(told({"battery_low": False})) == [("device", "battery_low", 0.0)]
    assert codes(told({"battery_low": "no"})) == ["value_not_a_number"]


def test_units_become_ours_once() -> None:
    """
    Tests hectopascals, and a converter that was set to Fahrenheit; a display's unit changes nothing.
    """
    assert values(told({"pressure": 1013.2})) == [("device", "pressure", 101320.0)]
    fahrenheit = Options(temperature_unit="F")
    assert values(told({"temperature": 41.0}, options=fahrenheit)) == [("device", "temperature", 5.0)]
    found = told({"temperature": 4.1, "temperature_units": "fahrenheit", "temperature_calibration": 2.0})
    assert values(found) == [("device", "temperature", 4.1)]


def test_second_probes_have_their_own_names() -> None:
    """
    Tests that an outer probe is not the device's own sensor, and a setting is no probe.
    """
    found = told({"temperature": 21.0, "temperature_probe": -18.5, "humidity_l2": 40, "temperature_alarm": 5})
    assert values(found) == [
        ("device", "temperature", 21.0),
        ("probe", "temperature", -18.5),
        ("l2", "humidity", 40.0),
    ]


def test_negative_zero_and_missing() -> None:
    """
    Tests that frost stays frost, zero is a value, null is a finding and 85 is just warm.
    """
    for value in (-18.5, 0, -0.0, 85.0):
        (reading,) = told({"temperature": value}).readings
        assert (reading.value, reading.doubt) == (value, "")
    assert codes(told({"temperature": None})) == ["value_missing"]
    assert codes(told(b'{"temperature": NaN}')) == ["value_impossible"]
    assert codes(told(b'{"temperature": 4.1, "humid')) == ["frame_not_json"]


def test_duplicate_out_of_order_and_retained() -> None:
    """
    Tests that the same frame has the same keys, an older one its own, and a kept one without a time no age.
    """
    one, again = (told({"temperature": 3.5, "last_seen": SEEN}).readings for _ in range(2))
    assert [each.key for each in one] == [each.key for each in again]
    late = told({"temperature": 3.5, "last_seen": SEEN}, at=AT + timedelta(hours=1), retained=True)
    assert [(each.measured_at, each.backfill) for each in late.readings] == [(one[0].measured_at, True)]
    kept = told({"temperature": 3.5}, retained=True)
    assert (ageless(kept), codes(kept)) == ([("device", "temperature", 3.5)], ["frame_retained"])


@pytest.mark.parametrize(
    "topic", ["zigbee2mqtt/bridge/state", "zigbee2mqtt/bridge/devices", "zigbee2mqtt/fridge/availability"]
)
def test_the_bridge_is_no_device(topic: str) -> None:
    """
    Tests that what the bridge says of itself gives neither readings nor findings.
    """
    found = told({"state": "online", "temperature": 5}, topic)
    assert (found.readings, found.findings) == ((), ())


@pytest.mark.parametrize("topic", ["", "fridge", "zigbee2mqtt/", "zigbee2mqtt/a\tb", "zigbee2mqtt/+"])
def test_a_topic_without_a_usable_name_is_a_finding(topic: str) -> None:
    """
    Tests that no device is made up.
    """
    assert codes(told({"temperature": 5}, topic)) == ["topic_unknown"]


def test_a_chinese_name_has_an_id() -> None:
    """
    Tests that a friendly name of other letters is kept apart from others, always in the same way.
    """
    ids = [
        one.device_id
        for name in ("冷库", "冷库", "厨房/冷库", "fridge")
        for one in told({"temperature": 5}, f"zigbee2mqtt/{name}").readings
    ]
    assert ids[0] == ids[1] and len(set(ids)) == 3
    assert ids[0].startswith("xn--") and all(one.isascii() for one in ids)
    (blank,) = told({"temperature": 5}, "zigbee2mqtt/冷 库").readings
    assert blank.device_id.startswith("xn--") and blank.device_id not in ids


def test_published_frame_of_a_name_with_blanks_is_kept_apart() -> None:
    """
    Tests the frame of https://github.com/Koenkk/zigbee2mqtt/issues/10034, whose sensor lost its battery.
    """
    frame = b'{"battery":null,"humidity":52.82,"linkquality":108,"pressure":999.4,"temperature":26.14,'
    found = told(frame + b'"voltage":null}', "zigbee2mqtt/Bedroom Temperature Sensor")
    assert values(found) == [
        ("device", "humidity", 52.82),
        ("device", "pressure", 99940.0),
        ("device", "temperature", 26.14),
    ]
    assert [(one.code, one.params["count"]) for one in found.findings] == [("value_missing", 2)]
    ids = [
        one.device_id
        for name in ("Bedroom Temperature Sensor", "Bedroom_Temperature_Sensor")
        for one in told({"temperature": 5}, f"zigbee2mqtt/{name}").readings
    ]
    assert ids == ["Bedroom..Temperature..Sensor", "Bedroom_Temperature_Sensor"]


def test_another_base_topic_is_passed_over() -> None:
    """
    Tests two bridges side by side.
    """
    for topic in ("zigbee2mqtt-kitchen/fridge", "site/zigbee2mqtt/fridge", "house/fridge"):
        assert {one.device_id for one in told({"temperature": 5}, topic).readings} == {"fridge"}
