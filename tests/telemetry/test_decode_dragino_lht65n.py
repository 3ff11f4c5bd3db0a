"""
Tests of the payloads of Dragino's LHT65N.

The vectors are those of its user manual at https://wiki.dragino.com, of
https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/dragino/lht65n-codec.yaml, and payloads
worked by hand from https://github.com/dragino/dragino-end-node-decoder/blob/main/LHT65N/LHT65N-TTN-v1.5.6_decoder.txt.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.decode import families
from telemetry.decode.dragino_lht65n import note_payload
from telemetry.frames import Heard, Sheet
from telemetry.readings import Decoded

TOPIC = "lorawan/LHT65N-0001"
LOGGED_AT = datetime(2021, 1, 19, 4, 27, 3, tzinfo=UTC)
AT = LOGGED_AT + timedelta(hours=1)
LIVE = "CBF60B0D0376010ADD7FFF"
LOG = "7FFF089801464160065F97"
EXAMPLES = [
    (TOPIC, bytes.fromhex(LIVE)),
    (TOPIC, bytes.fromhex("09C40898C1460960065F97")),
    (TOPIC, bytes.fromhex("0ADD0898014641600660970ADD088E014B4160066009")),
]


def decode(payload: str | bytes, *, is_retained: bool = False) -> Decoded:
    """What the payload's bytes give."""
    raw = bytes.fromhex(payload) if isinstance(payload, str) else payload
    return families()["dragino-lht65n"].decode(Heard(TOPIC, raw, AT, is_retained))


def decode_of_port(payload: str, f_port: int) -> Decoded:
    """What the payload gives when the network told its port."""
    sheet = Sheet(Heard(TOPIC, b"", AT), "LHT65N-0001")
    note_payload(sheet, bytes.fromhex(payload), f_port)
    return sheet.decoded()


def values(decoded: Decoded) -> list[tuple[str, str, float]]:
    """Probe, quantity and value of each reading."""
    return [(one.probe, one.quantity, one.value) for one in decoded.readings]


def codes(decoded: Decoded) -> dict[str, object]:
    """Findings with their counts."""
    return {finding.code: finding.params["count"] for finding in decoded.findings}


def test_published_payload_gives_its_values() -> None:
    """
    Tests the example of the vendor's codec and manual.
    """
    decoded = decode(LIVE)
    assert (values(decoded), decoded.findings) == (
        [
            ("device", "battery_voltage", 3.062),
            ("device", "temperature", 28.29),
            ("device", "humidity", 88.6),
            ("external", "temperature", 27.81),
        ],
        (),
    )
    assert {(one.measured_at, one.doubt) for one in decoded.readings} == {(AT, "")}
    assert decode_of_port(LIVE, 2) == decoded
    assert codes(decode_of_port(LIVE, 42)) == {"format_unknown": 1}


@pytest.mark.parametrize(
    ("built_in", "external", "expected"),
    [
        ("F5C6", "F54F", (-26.18, -27.37)),
        ("0000", "0000", (0.0, 0.0)),
        ("F8F8", "F704", (-18.0, -23.0)),
        ("7FFE", "0190", (327.66, 4.0)),
    ],
)
def test_published_negative_temperatures(built_in: str, external: str, expected: tuple[float, float]) -> None:
    """
    Tests the manual's examples below zero, zero itself, and that only 0x7FFF stands for no value.
    """
    decoded = decode(f"CBF6{built_in}037601{external}7FFF")
    assert tuple(one.value for one in decoded.readings if one.quantity == "temperature") == expected
    assert decoded.findings == ()


def test_probe_that_is_not_connected_is_a_finding() -> None:
    """
    Tests that 327.67 deg C never becomes a number, whether or not the frame says it with a bit too.
    """
    for flags in ("01", "81", "02"):
        decoded = decode(f"CBF60B0D0376{flags}7FFF7FFF")
        assert codes(decoded) == {"value_sentinel": 1}
        assert [one.probe for one in decoded.readings] == ["device"] * 3
    assert codes(decode("CBF67FFFFFFF017FFF7FFF")) == {"value_sentinel": 3}
    assert codes(decode("CBF60B0D037601CE647FFF")) == {"value_sentinel": 1}


def test_power_on_value_is_doubted_of_a_one_wire_probe_only() -> None:
    """
    Tests that exactly 85 deg C of a DS18B20 is left to its neighbours, and of any other probe is a value.
    """
    doubts = {
        (kind, raw): decode(f"CBF60B0D0376{kind}{raw}7FFF").readings[-1].doubt
        for kind, raw in (("01", "2134"), ("01", "2135"), ("02", "2134"))
    }
    assert doubts == {("01", "2134"): "power_on", ("01", "2135"): "", ("02", "2134"): ""}
    assert decode("2134089801464960065F97").readings[-1].doubt == "power_on"


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("CBF60B0D02250009C47FFF", []),
        ("CBF60B0D02250209C47FFF", [("external", "temperature", 25.0)]),
        ("CBF60B0D0225040101FFFF", []),
        ("CBF60B0D0225050123FFFF", [("external", "illuminance", 291.0)]),
        ("CBF60B0D0225060CE4FFFF", []),
        ("CBF60B0D02250800000007", []),
        ("CBF60B0D02250B09C40295", [("external", "temperature", 25.0), ("external", "humidity", 66.1)]),
        ("CBF60B0D02251109C47FFF", [("external", "temperature", 25.0)]),
        ("CBF60B0D02251B09C40295", [("external", "temperature", 25.0), ("external", "humidity", 66.1)]),
        (
            "CBF60B0D02250B09C40295AABBCCDD",
            [("external", "temperature", 25.0), ("external", "humidity", 66.1)],
        ),
    ],
)
def test_every_kind_of_external_sensor(payload: str, expected: list[tuple[str, str, float]]) -> None:
    """
    Tests what each published kind sends beside the built-in sensor.
    """
    decoded = decode(payload)
    assert (values(decoded)[3:], decoded.findings) == (expected, ())
    assert values(decoded)[1:3] == [("device", "temperature", 28.29), ("device", "humidity", 54.9)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("CBF6283C0B200F64AA0011", []),
        ("CBF6283C0B201009C40295", [("external", "temperature", 25.0), ("external", "humidity", 66.1)]),
        ("CBF6283C0B202009C40011", [("external", "temperature", 25.0)]),
    ],
)
def test_serial_numbers_are_no_temperatures(payload: str, expected: list[tuple[str, str, float]]) -> None:
    """
    Tests the kinds whose sensor's serial number stands where the built-in values do otherwise.
    """
    decoded = decode(payload)
    assert (values(decoded), decoded.findings) == ([("device", "battery_voltage", 3.062), *expected], ())


@pytest.mark.parametrize("flags", ["0D", "03", "0C", "22", "32"])
def test_unknown_external_sensor_is_a_finding(flags: str) -> None:
    """
    Tests that a payload of a kind which nobody published is named and not read, for its layout is unknown.
    """
    decoded = decode(f"CBF60B0D0225{flags}09C47FFF")
    assert (decoded.readings, codes(decoded)) == ((), {"format_unknown": 1})


def test_payload_with_the_devices_own_time() -> None:
    """
    Tests the kind that sends its clock: its values stand at that instant, and again when sent again.
    """
    decoded = decode("09C40898C1460960065F97")
    assert values(decoded) == [
        ("device", "temperature", 22.0),
        ("device", "humidity", 32.6),
        ("external", "temperature", 25.0),
    ]
    assert {(one.measured_at, one.backfill, one.sequence) for one in decoded.readings} == {
        (LOGGED_AT, True, -1)
    }
    again = decode("09C40898C1464960065F97")
    assert [one.key for one in again.readings] == [one.key for one in decoded.readings]


def test_published_records_carry_their_own_time() -> None:
    """
    Tests the manual's answer to a poll: three records without a probe, the third at 04:30:30.
    """
    decoded = decode(LOG + "7FFF088E014B4160066009" + "7FFF0885014E4160066066")
    assert [(one.value, one.measured_at) for one in decoded.readings if one.quantity == "temperature"] == [
        (22.0, LOGGED_AT),
        (21.9, LOGGED_AT + timedelta(seconds=114)),
        (21.81, LOGGED_AT + timedelta(seconds=207)),
    ]
    assert [one.value for one in decoded.readings if one.quantity == "humidity"] == [32.6, 33.1, 33.4]
    assert {one.backfill for one in decoded.readings} == {True}
    assert codes(decoded) == {"value_sentinel": 3}


def test_record_of_the_other_number_of_an_sht31() -> None:
    """
    Tests the kind that the vendor's decoder names in records alone.
    """
    assert values(decode("0ADD089801464C60065F97"))[2] == ("external", "temperature", 27.81)


def test_records_sent_for_want_of_an_acknowledgement() -> None:
    """
    Tests that a record comes by the other bit too, on either port, and again is the same reading.
    """
    once = decode("0ADD089801468160065F97")
    assert values(once)[2] == ("external", "temperature", 27.81)
    assert decode_of_port("0ADD089801468160065F97", 3).readings == once.readings
    again = decode("0ADD089801468160065F97" * 2)
    assert (again.readings, again.findings) == (once.readings, ())


def test_what_comes_from_memory_is_backfill_however_fresh_it_is() -> None:
    """
    Tests that a record told a minute later is one of memory, and the clocked kind's present values are not.
    """
    heard = {
        payload: families()["dragino-lht65n"].decode(
            Heard(TOPIC, bytes.fromhex(payload), LOGGED_AT + timedelta(minutes=1))
        )
        for payload in ("09C40898C1460960065F97", "09C40898C1464960065F97", "09C40898C1468960065F97")
    }
    assert [{one.backfill for one in found.readings} for found in heard.values()] == [{False}, {True}, {True}]


def test_poll_of_hours_without_records_gives_nothing() -> None:
    """
    Tests that the answer of eleven zeros is no frost.
    """
    assert (decode("00" * 11).readings, codes(decode("00" * 11))) == ((), {"frame_without_readings": 1})
    assert len(decode(LOG + "00" * 11).readings) == 2


def test_clock_that_was_never_set_keeps_its_values_in_doubt() -> None:
    """
    Tests that a record of 1970 is kept and judged by nobody.
    """
    decoded = decode("0ADD089801464100000010")
    assert {one.doubt for one in decoded.readings} == {"time"}
    assert codes(decoded) == {"time_epoch_zero": 3}


def test_status_tells_the_battery() -> None:
    """
    Tests the status that a device sends after joining, by its port or its form.
    """
    for decoded in (decode("0B015601FF0CE4"), decode_of_port("0B015601FF0CE4", 5)):
        assert values(decoded) == [("device", "battery_voltage", 3.3)]
    assert codes(decode_of_port("0B0156", 5)) == {"frame_truncated": 1}


@pytest.mark.parametrize(
    ("millivolts", "low"), [(2980, []), (2551, []), (2550, [1.0]), (2500, [1.0]), (0, [1.0])]
)
def test_battery_that_the_manual_calls_low_is_told_so(millivolts: int, low: list[float]) -> None:
    """
    Tests the manual's "BAT": Low up to 2.55 V, Ultra Low up to 2.50 V; live and in the status.
    """
    raw = f"{millivolts:04X}"
    for found in (decode(raw + "0B0D0376010ADD7FFF"), decode_of_port("0B015601FF" + raw, 5)):
        assert [one.value for one in found.readings if one.quantity == "battery_low"] == low


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "frame_truncated"),
        ("CB", "frame_truncated"),
        (LIVE[:-2], "frame_truncated"),
        ("FF" * 7, "frame_truncated"),
        (LIVE + "00", "format_unknown"),
        (LOG + LOG[:10], "format_unknown"),
        ("09C40898C1460960065F97AABBCCDD", "format_unknown"),
        (LOG * 23, "frame_too_large"),
    ],
)
def test_payload_of_another_length_is_a_finding(payload: str, code: str) -> None:
    """
    Tests that what is cut, or longer than LoRaWAN carries, gives nothing but its finding.
    """
    decoded = decode(payload)
    assert (decoded.readings, codes(decoded)) == ((), {code: 1})


def test_collection_without_times_is_a_finding() -> None:
    """
    Tests that the third port's row of temperatures, which tells no instants, is kept aside.
    """
    assert codes(decode_of_port("0CE4010ADD0ADE0ADF0AE0", 3)) == {"format_unknown": 1}
    assert values(decode_of_port("019001F401464160065F97", 3))[0] == ("device", "temperature", 5.0)
    assert (decode("0CE4010ADD0ADE0ADF0AE0").readings, codes(decode("0CE4010ADD0ADE0ADF0AE0"))) == (
        (),
        {"format_unknown": 1},
    )
    cold = decode("09C40190014609000065F9")
    assert {(one.doubt, one.quantity) for one in cold.readings} == {
        ("time", "temperature"),
        ("time", "humidity"),
    }


def test_retained_payload_tells_no_age() -> None:
    """
    Tests that of retained payloads only records have an instant.
    """
    assert codes(decode(LIVE, is_retained=True)) == {"frame_retained": 4}
    assert len(decode(LOG, is_retained=True).readings) == 2


@given(st.binary(max_size=60), st.sampled_from([None, 2, 3, 5, 42]))
def test_random_bytes_never_crash(payload: bytes, f_port: int | None) -> None:
    """
    Tests that any bytes on any port give readings or findings.
    """
    sheet = Sheet(Heard(TOPIC, payload, AT), "LHT65N-0001")
    note_payload(sheet, payload, f_port)
    decoded = sheet.decoded()
    assert decoded.readings or decoded.findings


EXAMPLES = [
    (TOPIC, bytes.fromhex(payload))
    for payload in (
        "CBF60B0D0376010ADD0B0D",
        "49F60B0D02250B09C40295AABBCCDD",
        "09C40898C1460960065F97",
        "0ADD0898014641600660970ADD088E014B4160066009",
        "0B015601FF09C4",
    )
]
