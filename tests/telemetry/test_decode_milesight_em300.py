"""
Tests of the payloads of Milesight's EM300 series.

The vectors are those of the README files at https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series
and of https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/milesight-iot/em300-th-codec.yaml,
and its manual's, "Sensor Data", at https://www.manualslib.com/manual/3224123/Ime-Milesight-Em300-Series.html?page=23.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.decode import families
from telemetry.frames import Heard
from telemetry.readings import Decoded

TOPIC = "lorawan/EM300-0001"
RECORDED_AT = datetime(2022, 10, 12, 8, 2, 38, tzinfo=UTC)
AT = RECORDED_AT + timedelta(hours=3)
LIVE = "01755C 03673401 046865"
RECORD = "20CE9E74466310015D00"
EXAMPLES = [(TOPIC, bytes.fromhex(LIVE + RECORD)), (TOPIC, bytes.fromhex(LIVE + "060001"))]


def decode(payload: str | bytes, topic: str = TOPIC, *, is_retained: bool = False) -> Decoded:
    """What the payload's bytes give."""
    raw = bytes.fromhex(payload) if isinstance(payload, str) else payload
    return families()["milesight-em300"].decode(Heard(topic, raw, AT, is_retained))


def values(decoded: Decoded) -> list[tuple[str, float]]:
    """Quantity and value of each reading."""
    return [(one.quantity, one.value) for one in decoded.readings]


def codes(decoded: Decoded) -> dict[str, object]:
    """Findings with their counts."""
    return {finding.code: finding.params["count"] for finding in decoded.findings}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (LIVE, [("battery", 92), ("temperature", 30.8), ("humidity", 50.5)]),
        ("0175320367C80004683C", [("battery", 50), ("temperature", 20.0), ("humidity", 30.0)]),
        ("01755C0367B60004685B", [("battery", 92), ("temperature", 18.2), ("humidity", 45.5)]),
        (LIVE + "060001", [("battery", 92), ("temperature", 30.8), ("humidity", 50.5), ("open", 1)]),
        (LIVE + "050000", [("battery", 92), ("temperature", 30.8), ("humidity", 50.5)]),
        ("01755C 050000", [("battery", 92)]),
        ("0175640367100104687105 0001", [("battery", 100), ("temperature", 27.2), ("humidity", 56.5)]),
        ("01756403671e0104685e05c800000000", [("battery", 100), ("temperature", 28.6), ("humidity", 47.0)]),
        ("017564 03ED00", [("battery", 100)]),
        ("017564 06E10A000A0000000000", [("battery", 100)]),
    ],
)
def test_published_live_payloads(payload: str, expected: list[tuple[str, float]]) -> None:
    """
    Tests the published examples of the series; what a kitchen has no use for is passed over.
    """
    decoded = decode(payload)
    assert (values(decoded), decoded.findings) == (expected, ())
    assert {(one.device_id, one.probe, one.measured_at) for one in decoded.readings} == {
        ("EM300-0001", "device", AT)
    }


@pytest.mark.parametrize(
    "record", [RECORD, "20CE9E74466310015D01", "20CE9E74466310015D", "20CE9E74466310015D020000010000"]
)
def test_published_records_carry_their_own_time(record: str) -> None:
    """
    Tests the published records of EM300-TH, -MCS and -SLD, EM320-TH and EM300-DI, each of its own length.
    """
    decoded = decode(record)
    assert (values(decoded), decoded.findings) == ([("temperature", 27.2), ("humidity", 46.5)], ())
    assert {(one.measured_at, one.backfill, one.sequence) for one in decoded.readings} == {
        (RECORDED_AT, True, -1)
    }


def test_published_records_beside_live_values() -> None:
    """
    Tests the published example of EM300-DI, which sends both in one payload.
    """
    decoded = decode(LIVE + "20CE9E74466310015D020000010000")
    assert values(decoded)[1::2] == [("temperature", 30.8), ("temperature", 27.2)]
    assert [one.backfill for one in decoded.readings] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("payload", "expected", "code"),
    [
        ("049A F901", [("humidity", 50.5)], None),
        ("049A FFFF", [], "value_sentinel"),
        ("0367 0180", [], "value_impossible"),
        ("0367 0380 0468 FF", [], "value_impossible"),
        ("8367 3401 01 0468 65", [("temperature", 30.8), ("humidity", 50.5)], None),
        ("9367 38FF 0A00 00", [("temperature", -20.0)], None),
        ("B367 0000 0468 65", [("humidity", 50.5)], "value_sentinel"),
        ("20CE 9E744663 1001 D101 01", [("temperature", 27.2), ("humidity", 46.5)], None),
        ("20CE 9E744663 1001 FFFF 01", [("temperature", 27.2)], "value_sentinel"),
        (
            "20CE 9E744663 1001 D101 01 20CE 9E754663 1101 D101 01",
            [("temperature", 27.2), ("humidity", 46.5), ("temperature", 27.3), ("humidity", 46.5)],
            None,
        ),
    ],
)
def test_second_version_of_em320_th(
    payload: str, expected: list[tuple[str, float]], code: str | None
) -> None:
    """
    Tests payloads worked by hand from em320-th-v2/em320-th-v2-decoder.js: humidity in tenths, errors as
    numbers that no sensor measures, a temperature beside its alarm, and records of nine bytes.
    """
    found = decode(payload)
    assert values(found) == expected
    assert code is None or code in codes(found)
    assert code is not None or not found.findings


def test_a_record_is_backfill_however_fresh_it_is() -> None:
    """
    Tests that what comes from memory is marked two minutes after it was measured, and live values never.
    """
    found = families()["milesight-em300"].decode(
        Heard(TOPIC, bytes.fromhex(LIVE + RECORD), RECORDED_AT + timedelta(minutes=2))
    )
    assert [one.backfill for one in found.readings] == [False, False, False, True, True]


@pytest.mark.parametrize("record", ["20CE9E74466300000001", "21CEDFF40B650000000102010A000A000080EC44"])
def test_published_records_of_models_without_a_thermometer(record: str) -> None:
    """
    Tests that the zeros of EM300-MLD and of the hall counter never become 0 deg C.
    """
    decoded = decode(record)
    assert (decoded.readings, codes(decoded)) == ((), {"value_sentinel": 1})


@pytest.mark.parametrize(
    ("raw", "value"), [("0000", 0.0), ("FFFF", -0.1), ("38FF", -20.0), ("4CFF", -18.0), ("FF7F", 3276.7)]
)
def test_frost_and_zero_are_temperatures(raw: str, value: float) -> None:
    """
    Tests that the series has no sentinel of temperature, and that what cannot be is none.
    """
    for payload in (f"0367{raw}", f"20CE9E744663{raw}5D00"):
        decoded = decode(payload)
        assert [one.value for one in decoded.readings if one.quantity == "temperature"] == (
            [value] if value < 1000 else []
        )
        assert codes(decoded) == ({} if value < 1000 else {"value_impossible": 1})


def test_failed_humidity_and_battery_are_findings() -> None:
    """
    Tests that a byte of ones is no humidity and no charge.
    """
    assert codes(decode("0468FF 0175FF")) == {"value_sentinel": 1, "value_impossible": 1}


def test_records_out_of_order_and_twice() -> None:
    """
    Tests that each record keeps its own time, and the same one again is the same reading.
    """
    earlier = "20CE4674466310015D00"
    decoded = decode(RECORD + earlier + RECORD)
    assert [one.measured_at for one in decoded.readings[::2]] == [
        RECORDED_AT,
        RECORDED_AT - timedelta(seconds=88),
    ]
    assert decode(RECORD + "20CE9E74466311015D00").findings[0].code == "reading_contradicts"
    assert [one.key for one in decode(RECORD).readings] == [one.key for one in decoded.readings[:2]]


@pytest.mark.parametrize(
    ("seconds", "code"), [("00000000", "time_epoch_zero"), ("FFFFFFFF", "time_in_future")]
)
def test_strange_time_of_a_record_keeps_its_values_in_doubt(seconds: str, code: str) -> None:
    """
    Tests a device whose clock was never set, or runs ahead.
    """
    decoded = decode(f"20CE{seconds}10015D00")
    assert ([one.doubt for one in decoded.readings], codes(decoded)) == (["time", "time"], {code: 2})


def test_retained_payload_tells_no_age() -> None:
    """
    Tests that of a retained payload only the records have an instant; the rest is kept in doubt.
    """
    decoded = decode(LIVE + RECORD, is_retained=True)
    assert codes(decoded) == {"frame_retained": 3}
    assert [one.doubt for one in decoded.readings] == ["time"] * 3 + [""] * 2
    assert values(decoded)[3:] == [("temperature", 27.2), ("humidity", 46.5)]


@pytest.mark.parametrize(
    ("payload", "code", "count"),
    [
        ("", "frame_without_readings", 0),
        ("FF0B FF FF01 01 FF16 6136 B000 0000 0000 FF09 0100 FF0A 0103 FF0F 00", "frame_without_readings", 0),
        ("FE02 3C00", "frame_without_readings", 0),
        (LIVE + "0367", "frame_truncated", 3),
        (LIVE + "03", "frame_truncated", 3),
        (LIVE + "20CE9E744663", "frame_truncated", 3),
        (LIVE + "77AA00", "format_unknown", 3),
        ("FE99", "format_unknown", 0),
    ],
)
def test_cut_and_unknown_payloads_keep_what_stood_before(payload: str, code: str, count: int) -> None:
    """
    Tests that nothing is read beyond what is known, and nothing before it is lost.
    """
    decoded = decode(payload)
    assert (len(decoded.readings), codes(decoded)) == (count, {code: 1})


@pytest.mark.parametrize(
    ("topic", "device_id"),
    [
        ("v3/app@ttn/devices/em300-01/up", "em300-01"),
        ("application/7/device/24e124136b502217/event/up", "24e124136b502217"),
        ("T", "T"),
        ("up", "up"),
        ("a/b c", "a"),
    ],
)
def test_device_is_the_last_level_that_can_name_one(topic: str, device_id: str) -> None:
    """
    Tests that bare payloads are of the device in the topic.
    """
    assert {one.device_id for one in decode(LIVE, topic).readings} == {device_id}
    assert codes(decode(LIVE, "/+/ ")) == {"topic_unknown": 1}


@given(st.binary(max_size=80))
def test_random_bytes_never_crash(payload: bytes) -> None:
    """
    Tests that any bytes give readings or findings, with and without a sound beginning.
    """
    for raw in (payload, bytes.fromhex(LIVE) + payload, b"\x20\xce" + payload):
        decoded = decode(raw)
        assert decoded.readings or decoded.findings


EXAMPLES = [
    (TOPIC, bytes.fromhex(payload))
    for payload in (
        LIVE,
        LIVE + RECORD,
        "8367 3401 01 049A F901",
        "20CE 9E744663 1001 D101 01 20CE 9E754663 1101 D101 01",
    )
]
