"""Tests of the decoder of boards with Tasmota."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telemetry.frames import Options
from telemetry.readings import Decoded
from telemetry.trusted import trusted
from tests.telemetry.decoding import AT, codes, decoded, values

TOPIC = "tele/tasmota_9CF9D1/SENSOR"
TIME = "2026-11-23T10:10:00"  # of a clock in Shanghai
CURVE = [85, 75, 72.7, 69.3, 66, 62.3, 59.7, 55, 54]
TWO = {
    "Time": TIME,
    "DS18B20-1": {"Id": "0301A279D4D4", "Temperature": 44.3},
    "DS18B20-2": {"Id": "0301A279EA92", "Temperature": 2.4},
    "TempUnit": "F",
}
EXAMPLES = [
    (TOPIC, json.dumps(TWO).encode()),
    (
        "tele/tasmota_9CF9D1/STATE",
        json.dumps({"Time": TIME, "Uptime": "0T00:10:11", "UptimeSec": 611}).encode(),
    ),
    (TOPIC, json.dumps({"Time": TIME, "ANALOG": {"Temperature1": -3.2}, "TempUnit": "C"}).encode()),
    (TOPIC, json.dumps({"Time": TIME, "BME280": {"Temperature": 5.1, "Pressure": 1013.2}}).encode()),
]


def told(payload: object, topic: str = TOPIC, **how: Any) -> Decoded:
    """What a frame of this family gives."""
    return decoded("tasmota", topic, payload, **how)


def sensor(value: object, name: str = "DS18B20", unit: str = "C", time: object = TIME) -> dict[str, object]:
    """A frame with one sensor."""
    return {"Time": time, name: {"Id": "0301A279D4D4", "Temperature": value}, "TempUnit": unit}


def test_published_frame_of_one_sensor_gives_its_reading() -> None:
    """
    Tests the frame of https://tasmota.github.io/docs/DS18x20/, whose local time is Shanghai's here.
    """
    frame = b'{"Time":"2019-01-01T00:00:00","DS18B20":{"Temperature":49.7},"TempUnit":"C"}'
    (reading,) = told(frame).readings
    assert (reading.device_id, reading.probe, reading.value) == ("tasmota_9CF9D1", "DS18B20", 49.7)
    assert reading.measured_at == datetime(2018, 12, 31, 16, 0, tzinfo=UTC)
    (reading,) = told(frame, options=Options(zone="Europe/Berlin")).readings
    assert reading.measured_at == datetime(2018, 12, 31, 23, 0, tzinfo=UTC)


def test_several_sensors_are_named_by_their_ids_and_fahrenheit_becomes_celsius_once() -> None:
    """
    Tests the answer to ``Status 8`` of https://github.com/GaryMilne/Hubitat-Tasmota/issues/11.
    """
    inner = b'{"Time":"2025-03-03T20:47:51","DS18B20-1":{"Id":"0301A279D4D4","Temperature":44.3},'
    inner += b'"DS18B20-2":{"Id":"0301A279EA92","Temperature":2.4},"TempUnit":"F"}'
    found = told(b'{"StatusSNS":' + inner + b"}", "stat/tasmota_9CF9D1/STATUS8")
    assert values(found) == [
        ("0301A279D4D4", "temperature", 6.833333),
        ("0301A279EA92", "temperature", -16.444444),
    ]
    assert found == told(inner)
    swapped = {**TWO, "DS18B20-1": TWO["DS18B20-2"], "DS18B20-2": TWO["DS18B20-1"]}
    assert sorted(values(told(swapped))) == values(told(TWO))


def test_published_state_tells_the_uptime() -> None:
    """
    Tests the frame of https://pastebin.com/4izDrY6W, and the older one of
    https://github.com/arendst/Tasmota/issues/2168 without ``UptimeSec``.
    """
    state = b'{"Time":"2024-02-24T22:20:38","Uptime":"0T00:10:11","UptimeSec":611,"Heap":24,"POWER":"OFF",'
    state += b'"Wifi":{"AP":1,"RSSI":44,"Signal":-78}}'
    assert values(told(state, "tele/tasmota_9CF9D1/STATE")) == [("device", "uptime", 611.0)]
    old = b'{"Time":"2018-03-15T08:20:48","Uptime":"1T00:00:14","Vcc":3.178,"POWER":"OFF"}'
    assert values(told(old, "tele/sonoff-bathroom/STATE")) == [("device", "uptime", 86414.0)]


def test_published_frames_of_other_sensors() -> None:
    """
    Tests https://gist.github.com/tablatronix/1ff3262f8ab9f73af814fbd6a77fad98 (DHT11 beside a current
    transformer) and https://github.com/miller45/jiotsensorhub (a thermometer heard over Bluetooth).
    """
    dht = b'{"Time":"2021-06-13T06:59:52","ANALOG":{"CTEnergy":{"Energy":0.006,"Power":2068}},'
    dht += b'"DHT11":{"Temperature":23.0,"Humidity":37.0,"DewPoint":7.5},"TempUnit":"C"}'
    assert values(told(dht)) == [("DHT11", "humidity", 37.0), ("DHT11", "temperature", 23.0)]
    heard = b'{"Time":"2022-10-28T13:44:23","ATC04b555":{"mac":"a4c13804b555","Temperature":25.1,'
    heard += b'"Humidity":56.3,"DewPoint":15.8,"Btn":1,"Battery":54,"RSSI":-43}}'
    assert values(told(heard)) == [
        ("ATC04b555", "battery", 54.0),
        ("ATC04b555", "humidity", 56.3),
        ("ATC04b555", "temperature", 25.1),
    ]


def test_thermistors_at_analog_pins_are_numbered() -> None:
    """
    Tests what ``xsns_02_analog.ino`` of https://github.com/arendst/Tasmota writes of one and two thermistors.
    """
    panel = b'{"Time":"2022-12-03T13:16:26","ANALOG":{"Temperature1":27.4},"ESP32":{"Temperature":37.8},'
    found = told(panel + b'"TempUnit":"C"}')
    assert values(found) == [("ANALOG:1", "temperature", 27.4), ("ESP32", "temperature", 37.8)]
    both = {"Time": TIME, "ANALOG": {"Temperature1": 41.0, "Temperature2": None, "A3": 7}, "TempUnit": "F"}
    assert values(told(both)) == [("ANALOG:1", "temperature", 5.0)]
    assert codes(told(both)) == ["value_missing"]


def test_the_measured_curve_loses_no_reading() -> None:
    """
    Tests that a carrier that begins at exactly 85 keeps and has judged every reading of its cooling, even
    when its board tells how long it has run.
    """
    readings, uptimes = [], []
    for number, value in enumerate(CURVE):
        at = AT + timedelta(minutes=30 * number)
        local = (at + timedelta(hours=8)).replace(tzinfo=None).isoformat()
        found = told(sensor(float(value), time=local), at=at)
        assert found.findings == ()
        state = {"Time": local, "Uptime": "5T00:00:11", "UptimeSec": 432_011 + 1_800 * number}
        uptimes += told(state, "tele/tasmota_9CF9D1/STATE", at=at).readings
        readings += found.readings
    assert [one.value for one in readings] == CURVE
    assert [one.value for one in trusted([*uptimes, *readings])] == CURVE
    assert [one.value for one in trusted(readings)] == CURVE


def test_85_among_cold_ones_is_kept_but_judged_by_nobody() -> None:
    """
    Tests the frames of https://github.com/arendst/Tasmota/issues/2168: 10.3, then 85.0.
    """
    readings = []
    for minute, value in ((0, 10.3), (2, 85.0), (4, 10.4)):
        readings += told(sensor(value, time=f"2018-03-15T08:2{minute}:48"), at=AT).readings
    assert [one.doubt for one in readings] == ["", "power_on", ""]
    assert [one.value for one in trusted(readings)] == [10.3, 10.4]


@pytest.mark.parametrize(
    ("value", "unit", "name", "doubt"),
    [
        (85, "C", "DS18B20-3", "power_on"),
        (185.0, "F", "DS18B20-3", "power_on"),
        (85.0, "C", "Oven", "power_on"),
        (85.1, "C", "DS18B20", ""),
        (85.0, "C", "MAX31850", ""),
    ],
)
def test_only_exactly_85_of_this_sensor_is_in_doubt(value: float, unit: str, name: str, doubt: str) -> None:
    """
    Tests both units, an alias, and a thermocouple that carries an id of the same form.
    """
    (reading,) = told(sensor(value, name, unit)).readings
    assert reading.doubt == doubt


def test_85_of_another_sensor_is_just_warm() -> None:
    """
    Tests that a sensor that holds no such value at power-on is believed.
    """
    (reading,) = told({"Time": TIME, "SI7021": {"Temperature": 85.0}, "TempUnit": "C"}).readings
    assert (reading.value, reading.doubt) == (85.0, "")


@pytest.mark.parametrize(("value", "unit"), [(-127, "C"), (-127.0, "C"), (-196.6, "F")])
def test_minus_127_is_a_sensor_that_does_not_answer(value: float, unit: str) -> None:
    """
    Tests the sentinel in both units; a thermocouple may be that cold.
    """
    found = told(sensor(value, unit=unit))
    assert (found.readings, codes(found)) == ((), ["value_sentinel"])
    assert values(told({"Time": TIME, "MAX6675": {"Temperature": -127}})) == [
        ("MAX6675", "temperature", -127.0)
    ]


def test_negative_zero_missing_and_broken() -> None:
    """
    Tests that frost and zero are values, null and NaN findings, and a sound neighbour stays.
    """
    for value in (-18.5, 0, -0.0):
        assert [one.value for one in told(sensor(value)).readings] == [value]
    assert codes(told(sensor(None))) == ["value_missing"]
    assert codes(told(sensor("12"))) == ["value_not_a_number"]
    found = told(
        b'{"Time":"2026-11-23T10:10:00","DS18B20-1":{"Temperature":NaN},"DS18B20-2":{"Temperature":3}}'
    )
    assert (values(found), codes(found)) == ([("DS18B20-2", "temperature", 3.0)], ["value_impossible"])
    assert codes(told(json.dumps(TWO).encode()[:-9])) == ["frame_not_json"]


def test_a_unit_that_nobody_knows_is_not_guessed() -> None:
    """
    Tests units of temperature and pressure, and those of the frame before those of the options.
    """
    assert codes(told(sensor(5.0, unit="R"))) == ["measure_unit_unknown"]
    weather = {"Time": TIME, "BME280": {"Pressure": 760.0}}
    assert values(told({**weather, "PressureUnit": "mmHg"})) == [("BME280", "pressure", 101325.014435)]
    assert values(told({"Time": TIME, "BME280": {"Pressure": 1013.25}})) == [("BME280", "pressure", 101325.0)]
    assert codes(told({**weather, "PressureUnit": ["bar"]})) == ["measure_unit_unknown"]
    assert values(told(sensor(5.0), options=Options(temperature_unit="F")))[0][2] == 5.0


def test_times_are_local_with_an_offset_or_seconds() -> None:
    """
    Tests what the commands ``Time`` and ``SetOption52`` choose.
    """
    for body in (
        {"Time": "2026-11-23T03:10:00+01:00"},
        {"Time": "2026-11-23T10:10:00.000"},
        {"Time": TIME, "Epoch": 1795399800},
        {"Time": 1795399800},
    ):
        (reading,) = told({**sensor(5.0), **body}).readings
        assert reading.measured_at == datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


def test_a_time_that_cannot_be_costs_no_value() -> None:
    """
    Tests a board without time server, one in another zone than said, and no time at all.
    """
    for time, code in (
        ("1970-01-01T00:00:07", "time_epoch_zero"),
        ("2026-11-23T18:10:00", "time_in_future"),
        ("yesterday", "time_unreadable"),
        (None, "time_unreadable"),
    ):
        found = told(sensor(5.0, time=time))
        assert codes(found) == [code]
        assert [(one.value, one.doubt) for one in found.readings] == [(5.0, "time")]


def test_duplicate_out_of_order_and_retained() -> None:
    """
    Tests that a frame that comes again, late or kept by the broker has the keys it had.
    """
    now = [one.key for one in told(TWO).readings]
    late = told(TWO, at=AT + timedelta(hours=2), retained=True)
    assert [one.key for one in late.readings] == now
    assert {one.backfill for one in late.readings} == {True}


@pytest.mark.parametrize(
    ("topic", "device"),
    [
        ("tasmota_9CF9D1/tele/SENSOR", "tasmota_9CF9D1"),
        ("tele/kitchen/cold1/SENSOR", "kitchen:cold1"),
        ("tele/+/SENSOR", None),
        ("tele/SENSOR", None),
        ("tele/tasmota_9CF9D1/LWT", None),
        ("tele/cold room/SENSOR", None),
    ],
)
def test_full_topics_of_either_order_name_the_board(topic: str, device: str | None) -> None:
    """
    Tests ``%prefix%/%topic%/`` and ``%topic%/%prefix%/``, and topics that name no board.
    """
    found = told(sensor(5.0), topic)
    assert {one.device_id for one in found.readings} == ({device} if device else set())
    assert codes(found) == ([] if device else ["topic_unknown"])
