"""Tests of the decoder of boards with ESPHome."""

from typing import Any

import pytest

from telemetry.frames import Options
from telemetry.readings import Decoded
from tests.telemetry.decoding import AT, ageless, codes, decoded, values

TOPIC = "box-1/sensor/core_temperature/state"
EXAMPLES = [
    (TOPIC, b"21.8"),
    ("box-1/sensor/humidity/state", b"44.0"),
    ("box-1/binary_sensor/lid/state", b"ON"),
]


def told(payload: bytes, topic: str = TOPIC, **how: Any) -> Decoded:
    """What a frame of this family gives."""
    return decoded("esphome", topic, payload, **how)


def sensor(object_id: str) -> str:
    """The topic of a sensor, as https://esphome.io/components/mqtt.html, "Defaults", puts it together."""
    return f"livingroom/sensor/{object_id}/state"


@pytest.mark.parametrize(
    ("object_id", "payload", "probe", "quantity", "value"),
    [
        ("temperature", b"21.8", "device", "temperature", 21.8),
        ("core_temperature", b"71.4", "core", "temperature", 71.4),
        ("temperature__1", b"21.8", "1", "temperature", 21.8),
        ("fridge_temp_2", b"-4", "fridge_2", "temperature", -4.0),
        ("current_temperature", b"5.0", "current", "temperature", 5.0),
        ("living_room_humidity", b"37.0", "living_room", "humidity", 37.0),
        ("pressure", b"1013.25", "device", "pressure", 101325.0),
        ("battery_level", b"87", "device", "battery", 87.0),
        ("box_battery_voltage", b"3.61", "box", "battery_voltage", 3.61),
        ("co2", b"612", "device", "carbon_dioxide", 612.0),
        ("uptime", b"73", "device", "uptime", 73.0),
        ("uptime_sensor", b"73", "sensor", "uptime", 73.0),
    ],
)
def test_the_object_id_names_quantity_and_probe(
    object_id: str, payload: bytes, probe: str, quantity: str, value: float
) -> None:
    """
    Tests the topics of https://esphome.io/components/mqtt.html with payloads as ``mqtt_sensor.cpp`` of
    https://github.com/esphome/esphome writes them; the first is a value of .../issues/issues/4162.
    """
    found = told(payload, sensor(object_id))
    assert (values(found), found.findings) == ([(probe, quantity, value)], ())
    (reading,) = found.readings
    assert (reading.device_id, reading.measured_at) == ("livingroom", AT)
    assert reading.senses == ("core" if probe == "core" else None)


@pytest.mark.parametrize("object_id", ["lid", "front_door", "contact"])
def test_a_door_that_is_on_is_open(object_id: str) -> None:
    """
    Tests binary sensors: ON is open for those that name an opening.
    """
    topic = f"box-1/binary_sensor/{object_id}/state"
    assert [(one.quantity, one.value) for one in told(b"ON", topic).readings] == [("open", 1.0)]
    assert [one.value for one in told(b"OFF", topic).readings] == [0.0]
    assert codes(told(b"MAYBE", topic)) == ["value_not_a_number"]
    assert codes(told(b"ON", "box-1/binary_sensor/motion/state")) == ["quantity_unknown"]


def test_fahrenheit_becomes_celsius_once() -> None:
    """
    Tests the unit in the object id before that of the options.
    """
    fahrenheit = Options(temperature_unit="F")
    assert values(told(b"41", sensor("fridge_temperature_f")))[0] == ("fridge", "temperature", 5.0)
    assert values(told(b"41", sensor("fridge_temperature_f"), options=fahrenheit))[0][2] == 5.0
    assert values(told(b"41", sensor("fridge_temperature"), options=fahrenheit))[0][2] == 5.0
    assert values(told(b"41", sensor("fridge_temperature_c"), options=fahrenheit))[0][2] == 41.0
    assert values(told(b"41", sensor("fridge_humidity"), options=fahrenheit))[0][2] == 41.0


def test_what_the_object_id_does_not_name_is_not_guessed() -> None:
    """
    Tests that a number of nothing is a finding; a radio's strength and a set point are no readings at all.
    """
    assert codes(told(b"5", sensor("t1"))) == ["quantity_unknown"]
    for object_id in ("wifi_signal", "free_heap", "target_temperature", "dew_point_temperature"):
        found = told(b"5", sensor(object_id))
        assert (found.readings, found.findings) == ((), ())


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"nan", "value_impossible"),
        (b"NaN", "value_impossible"),
        (b"None", "value_missing"),
        (b"", "value_missing"),
        (b"1e400", "value_impossible"),
        (b"21.8 C", "value_not_a_number"),
        (b"-127.0", "value_sentinel"),
        (b"\xfe", "frame_not_utf8"),
    ],
)
def test_what_is_no_temperature_is_a_finding(payload: bytes, code: str) -> None:
    """
    Tests NaN in both spellings of ``mqtt_sensor.cpp``, and missing and broken values.
    """
    found = told(payload)
    assert (found.readings, codes(found)) == ((), [code])


def test_85_frost_and_zero() -> None:
    """
    Tests that exactly 85 may be a DS18B20 that starts (.../issues/issues/1409), and is kept.
    """
    for payload, doubt in ((b"85.0", "power_on"), (b"85.1", ""), (b"-18.5", ""), (b"0", ""), (b"-0.0", "")):
        assert [(one.value, one.doubt) for one in told(payload).readings] == [(float(payload), doubt)]
    assert [one.doubt for one in told(b"85.0", sensor("humidity")).readings] == [""]


def test_duplicate_and_retained() -> None:
    """
    Tests that a frame without a time is the same only at the same arrival, and none when it was kept.
    """
    assert told(b"5.0") == told(b"5.0")
    kept = told(b"5.0", retained=True)
    assert (ageless(kept), codes(kept)) == ([("core", "temperature", 5.0)], ["frame_retained"])


@pytest.mark.parametrize(
    "topic", ["", "box-1/sensor/temperature", "a b/sensor/temperature/state", "box-1/switch/pump/state"]
)
def test_foreign_topic_is_a_finding(topic: str) -> None:
    """
    Tests topics that name no board or no sensor.
    """
    assert codes(told(b"5", topic)) == ["topic_unknown"]
