"""Tests of the decoder of Shelly devices of the first generation."""

from typing import Any

import pytest

from telemetry.frames import Options
from telemetry.readings import Decoded
from tests.telemetry.decoding import AT, ageless, codes, decoded, values

HT = "shellies/shellyht-67f4d2/sensor"
ADD_ON = "shellies/shelly1-559F55"
TOGETHER = b'{"0":{"hwID":"XXXXXXXX","tC":20.5},"1":{"hwID":"YYYYYYYY","tC":21.5}}'
EXAMPLES = [
    (f"{HT}/temperature", b"20.75"),
    (f"{ADD_ON}/ext_temperature/0", b"47.69"),
    (f"{ADD_ON}/ext_temperatures", TOGETHER),
    ("shellies/shellydw2-1/sensor/state", b"open"),
]


def told(payload: bytes, topic: str = f"{HT}/temperature", **how: Any) -> Decoded:
    """What a frame of this family gives."""
    return decoded("shelly-gen1", topic, payload, **how)


def test_published_add_on_frames_give_their_readings() -> None:
    """
    Tests the frames of https://pastebin.com/vjJubCm9, each value in both units on topics of its own.
    """
    for value, fahrenheit, number in ((b"35.75", b"96.35", "1"), (b"47.69", b"117.84", "0")):
        (reading,) = told(value, f"{ADD_ON}/ext_temperature/{number}").readings
        (again,) = told(fahrenheit, f"{ADD_ON}/ext_temperature_f/{number}").readings
        assert (reading.device_id, reading.probe, reading.value) == ("shelly1-559F55", number, float(value))
        assert reading.value == pytest.approx(again.value, abs=0.005)
        assert (reading.measured_at, reading.sequence) == (AT, -1)


def test_published_frame_of_all_probes_names_them_by_hardware() -> None:
    """
    Tests ``ext_temperatures``, ``ext_temperatures_f`` and ``ext_humidities`` of
    https://shelly-api-docs.shelly.cloud/gen1/, "Shelly1/1PM: MQTT".
    """
    topic = f"{ADD_ON}/ext_temperatures"
    assert values(told(TOGETHER, topic)) == [
        ("XXXXXXXX", "temperature", 20.5),
        ("YYYYYYYY", "temperature", 21.5),
    ]
    fahrenheit = b'{"0":{"hwID":"XXXXXXXX","tF":68.9},"1":{"hwID":"YYYYYYYY","tF":70.7}}'
    assert values(told(fahrenheit, topic + "_f")) == values(told(TOGETHER, topic))
    humid = b'{"0":{"hwID":"XXXXXXXX","hum":50}}'
    assert values(told(humid, f"{ADD_ON}/ext_humidities")) == [("XXXXXXXX", "humidity", 50.0)]
    broken = told(b'{"0":{"tC":20.5},"1":7,"2":{"hwID":"Z"}}', topic)
    assert values(broken) == [("0", "temperature", 20.5)]
    assert codes(broken) == ["reading_malformed", "value_missing"]


@pytest.mark.parametrize("kind", ["ext_temperature/0", "ext_temperature_f/0", "ext_humidity/0"])
def test_999_is_no_measurement(kind: str) -> None:
    """
    Tests what the vendor's page says of an add-on whose sensor is invalid, in either unit.
    """
    found = told(b"999", f"{ADD_ON}/{kind}")
    assert (found.readings, codes(found)) == ((), ["value_sentinel"])


@pytest.mark.parametrize(
    ("kind", "payload"), [("ext_temperature_f/0", b"1830.2"), ("ext_temperature/0", b"1000")]
)
def test_the_same_in_other_units_is_no_measurement(kind: str, payload: bytes) -> None:
    """
    Tests 999 deg C told in Fahrenheit, and the 1000 of https://github.com/home-assistant/core/issues/49415.
    """
    found = told(payload, f"{ADD_ON}/{kind}")
    assert (found.readings, codes(found)) == ((), ["value_sentinel"])


def test_own_sensor_is_in_the_unit_that_the_device_is_set_to() -> None:
    """
    Tests "Shelly H&T: MQTT": in degrees of either scale depending on the configuration.
    """
    assert values(told(b"20.75")) == [("device", "temperature", 20.75)]
    fahrenheit = Options(temperature_unit="F")
    assert values(told(b"14.0", options=fahrenheit)) == [("device", "temperature", -10.0)]
    assert values(told(b"14.0", f"{ADD_ON}/ext_temperature/0", options=fahrenheit))[0][2] == 14.0


@pytest.mark.parametrize(
    ("name", "payload", "quantity", "value"),
    [
        ("humidity", b"44.5", "humidity", 44.5),
        ("battery", b"87", "battery", 87.0),
        ("lux", b"0", "illuminance", 0.0),
        ("state", b"open", "open", 1.0),
        ("state", b"close", "open", 0.0),
    ],
)
def test_each_topic_is_a_quantity(name: str, payload: bytes, quantity: str, value: float) -> None:
    """
    Tests the other topics of H&T and door sensors.
    """
    assert values(told(payload, f"{HT}/{name}")) == [("device", quantity, value)]


def test_85_and_minus_127_of_an_add_on() -> None:
    """
    Tests the values of a DS18B20 that starts or is lost; the device's own sensor is none.
    """
    (reading,) = told(b"85.00", f"{ADD_ON}/ext_temperature/0").readings
    assert (reading.value, reading.doubt) == (85.0, "power_on")
    assert [one.doubt for one in told(b"85.00").readings] == [""]
    assert codes(told(b"-127.00", f"{ADD_ON}/ext_temperature/0")) == ["value_sentinel"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "value_missing"),
        (b"null", "value_missing"),
        (b"nan", "value_impossible"),
        (b"-inf", "value_impossible"),
        (b"1e400", "value_impossible"),
        (b"20,75", "value_not_a_number"),
        (b"1_0", "value_not_a_number"),
        (b"0x14", "value_not_a_number"),
        (b'{"tC":20}', "value_not_a_number"),
        (b"\xff", "frame_not_utf8"),
    ],
)
def test_what_is_no_number_is_a_finding(payload: bytes, code: str) -> None:
    """
    Tests missing, truncated and broken values.
    """
    found = told(payload)
    assert (found.readings, codes(found)) == ((), [code])


@pytest.mark.parametrize("payload", [b"-18.5", b"0", b"-0.0", b" 4.10\n"])
def test_frost_and_zero_are_temperatures(payload: bytes) -> None:
    """
    Tests that a negative temperature stays negative and zero is a value.
    """
    assert [one.value for one in told(payload).readings] == [float(payload)]


def test_duplicate_and_retained() -> None:
    """
    Tests that a frame without a time is the same only at the same arrival, and of no age when it was kept.
    """
    assert told(b"5.0") == told(b"5.0")
    kept = told(b"5.0", retained=True)
    assert (ageless(kept), codes(kept)) == ([("device", "temperature", 5.0)], ["frame_retained"])


@pytest.mark.parametrize(
    "topic",
    ["", "shellies/announce", "shellies/a b/sensor/temperature", f"{HT}/act_reasons", f"{ADD_ON}/relay/0"],
)
def test_foreign_topic_is_a_finding(topic: str) -> None:
    """
    Tests topics that name no device or measure nothing.
    """
    assert codes(told(b"5.0", topic)) == ["topic_unknown"]
