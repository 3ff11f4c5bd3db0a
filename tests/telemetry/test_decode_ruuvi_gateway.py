"""
Tests of the decoder of Ruuvi sensors behind a Ruuvi Gateway.

The vectors are published at https://docs.ruuvi.com/communication/bluetooth-advertisements/ under
data-format-3-rawv1, data-format-5-rawv2, data-format-6 and data-format-e1 (reserved bytes XX are FF here),
those of C5 at https://github.com/ruuvi/ruuvi.endpoints.c/blob/master/test/test_ruuvi_endpoint_c5.c.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telemetry.decode import families
from telemetry.frames import Heard
from telemetry.readings import Decoded

MAC = "CB:B8:33:4C:88:4F"
TOPIC = f"ruuvi/C8:25:2D:8E:9C:2C/{MAC}"
TOLD_AT = datetime(2022, 5, 27, 16, 13, 47, tzinfo=UTC)
AT = TOLD_AT + timedelta(seconds=2)

VALID_5 = "0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"
VECTORS = [
    (
        "03291A1ECE1EFC18F94202CA0B53",
        {"temperature": 26.3, "pressure": 102766, "humidity": 20.5, "battery_voltage": 2.899}
        | {"acceleration_x": -1.0, "acceleration_y": -1.726, "acceleration_z": 0.714},
        -1,
    ),
    (
        "03FF7F63FFFF7FFF7FFF7FFFFFFF",
        {"temperature": 127.99, "pressure": 115535, "humidity": 127.5, "battery_voltage": 65.535}
        | {"acceleration_x": 32.767, "acceleration_y": 32.767, "acceleration_z": 32.767},
        -1,
    ),
    (
        "0300FF6300008001800180010000",
        {"temperature": -127.99, "pressure": 50000, "humidity": 0, "battery_voltage": 0}
        | {"acceleration_x": -32.767, "acceleration_y": -32.767, "acceleration_z": -32.767},
        -1,
    ),
    (
        VALID_5,
        {"temperature": 24.3, "pressure": 100044, "humidity": 53.49, "battery_voltage": 2.977}
        | {"acceleration_x": 0.004, "acceleration_y": -0.004, "acceleration_z": 1.036}
        | {"transmit_power": 4, "movements": 66},
        205,
    ),
    (
        "057FFFFFFEFFFE7FFF7FFF7FFFFFDEFEFFFECBB8334C884F",
        {"temperature": 163.835, "pressure": 115534, "humidity": 163.835, "battery_voltage": 3.646}
        | {"acceleration_x": 32.767, "acceleration_y": 32.767, "acceleration_z": 32.767}
        | {"transmit_power": 20, "movements": 254},
        65534,
    ),
    (
        "058001000000008001800180010000000000CBB8334C884F",
        {"temperature": -163.835, "pressure": 50000, "humidity": 0, "battery_voltage": 1.6}
        | {"acceleration_x": -32.767, "acceleration_y": -32.767, "acceleration_z": -32.767}
        | {"transmit_power": -40, "movements": 0},
        0,
    ),
    (
        "C512FC5394C37CAC364200CDCBB8334C884F",
        {"temperature": 24.3, "pressure": 100044, "humidity": 53.49, "battery_voltage": 2.977}
        | {"transmit_power": 4, "movements": 66},
        205,
    ),
    (
        "C57FFFFFFEFFFEFFDEFEFFFECBB8334C884F",
        {"temperature": 163.835, "pressure": 115534, "humidity": 163.835, "battery_voltage": 3.646}
        | {"transmit_power": 20, "movements": 254},
        65534,
    ),
    (
        "C58001000000000000000000CBB8334C884F",
        {"temperature": -163.835, "pressure": 50000, "humidity": 0, "battery_voltage": 1.6}
        | {"transmit_power": -40, "movements": 0},
        0,
    ),
    (
        "06170C5668C79E007000C90501D9FFCD004C884F",
        {"temperature": 29.5, "pressure": 101102, "humidity": 55.3, "pm2_5": 11.2, "carbon_dioxide": 201}
        | {"voc_index": 10, "nox_index": 2, "illuminance": 13026.67},
        205,
    ),
    (
        "067FFF9C40FFFE27109C40FAFAFEFFFF074C8F4F",
        {"temperature": 163.835, "pressure": 115534, "humidity": 100, "pm2_5": 1000, "carbon_dioxide": 40000}
        | {"voc_index": 500, "nox_index": 500, "illuminance": 65535},
        255,
    ),
    (
        "0680010000000000000000000000FF00004C884F",
        {"temperature": -163.835, "pressure": 50000, "humidity": 0, "pm2_5": 0, "carbon_dioxide": 0}
        | {"voc_index": 0, "nox_index": 0, "illuminance": 0},
        0,
    ),
    (
        "E1170C5668C79E0065007004BD11CA00C90A0213E0ACFFFFFFDECDEE10FFFFFFFFFFCBB8334C884F",
        {"temperature": 29.5, "pressure": 101102, "humidity": 55.3, "pm1": 10.1, "pm2_5": 11.2}
        | {"pm4": 121.3, "pm10": 455.4, "carbon_dioxide": 201, "voc_index": 20, "nox_index": 4}
        | {"illuminance": 13027},
        14_601_710,
    ),
    (
        "E17FFF9C40FFFE27102710271027109C40FAFADC28F0FFFFFFFFFFFE3FFFFFFFFFFFCBB8334C884F",
        {"temperature": 163.835, "pressure": 115534, "humidity": 100, "pm1": 1000, "pm2_5": 1000}
        | {"pm4": 1000, "pm10": 1000, "carbon_dioxide": 40000, "voc_index": 500, "nox_index": 500}
        | {"illuminance": 144_284},
        16_777_214,
    ),
    (
        "E1800100000000000000000000000000000000000000FFFFFF00000000FFFFFFFFFFCBB8334C884F",
        {"temperature": -163.835, "pressure": 50000, "humidity": 0, "pm1": 0, "pm2_5": 0}
        | {"pm4": 0, "pm10": 0, "carbon_dioxide": 0, "voc_index": 0, "nox_index": 0, "illuminance": 0},
        0,
    ),
]


def advert(said: str) -> str:
    """The advertisement that carries a data format, with its flags before."""
    return f"020106{len(said) // 2 + 3:02X}FF9904{said}"


def frame(said: str = VALID_5, **fields: object) -> bytes:
    """The gateway's frame of an advertisement."""
    body = {"gw_mac": "C8:25:2D:8E:9C:2C", "rssi": -26, "aoa": [], "coords": "", "data": advert(said)}
    return json.dumps(body | {"gwts": "1653668027", "ts": "1653668027"} | fields).encode()


EXAMPLES = [(TOPIC, frame(said)) for said, _, _ in VECTORS]


def decode(payload: bytes, topic: str = TOPIC, *, at: datetime = AT, is_retained: bool = False) -> Decoded:
    """What a frame gives."""
    return families()["ruuvi-gateway"].decode(Heard(topic, payload, at, is_retained))


def codes(decoded: Decoded) -> dict[str, object]:
    """Findings with their counts."""
    return {finding.code: finding.params["count"] for finding in decoded.findings}


@pytest.mark.parametrize(("said", "values", "sequence"), VECTORS)
def test_published_vectors_give_their_values(said: str, values: dict[str, float], sequence: int) -> None:
    """
    Tests every valid, greatest and least vector of formats 3, 5, C5, 6 and E1.
    """
    decoded = decode(frame(said))
    assert decoded.findings == ()
    low = {"battery_low": 1.0} if values.get("battery_voltage", 3.0) < 2.5 else {}
    assert {one.quantity: one.value for one in decoded.readings} == pytest.approx(values | low, abs=0.005)
    assert {(one.device_id, one.probe, one.sequence) for one in decoded.readings} == {
        (MAC, "device", sequence)
    }
    assert {one.measured_at for one in decoded.readings} == {TOLD_AT}
    assert decoded.readings[0].value == values["temperature"]


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF", 9),
        ("C58000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 6),
        ("068000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 8),
        ("E18000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFF", 11),
    ],
)
def test_published_invalid_values_are_findings(said: str, count: int) -> None:
    """
    Tests that what is not available is a finding for each field and never a number.
    """
    decoded = decode(frame(said))
    assert (decoded.readings, codes(decoded)) == ((), {"value_sentinel": count})


@pytest.mark.parametrize(
    ("raw", "value"),
    [("0000", 0.0), ("01C3", 2.255), ("FE3D", -2.255), ("7FFF", 163.835), ("8001", -163.835)],
)
def test_published_temperatures_of_formats_5_and_6(raw: str, value: float) -> None:
    """
    Tests the published examples; 0x7FFF is a temperature there.
    """
    for said in (VALID_5, VECTORS[9][0]):
        assert decode(frame(said[:2] + raw + said[6:])).readings[0].value == value


@pytest.mark.parametrize(("raw", "value"), [("0000", 0.0), ("8145", -1.69), ("0145", 1.69), ("8000", 0.0)])
def test_published_temperatures_of_format_3(raw: str, value: float) -> None:
    """
    Tests that format 3 tells sign and magnitude, not a two's complement.
    """
    assert decode(frame("0329" + raw + "CE1EFC18F94202CA0B53")).readings[0].value == value


def test_hundredths_beyond_99_are_no_temperature() -> None:
    """
    Tests that a fraction which format 3 does not know becomes no number.
    """
    decoded = decode(frame("03291A64CE1EFC18F94202CA0B53"))
    assert codes(decoded) == {"value_impossible": 1}
    assert "temperature" not in [one.quantity for one in decoded.readings]


def test_published_frame_without_timestamps_is_kept_under_its_arrival() -> None:
    """
    Tests the example of https://docs.ruuvi.com/gw-data-formats/mqtt-data-from-bluetooth-sensors-without-timestamps.
    """
    body = {"gw_mac": "C8:25:2D:8E:9C:2C", "rssi": -25, "aoa": [], "cnt": "338", "coords": ""}
    body["data"] = "0201061BFF990405166455D5C6DE0008FFF403F0AE760F2A8BF41F0C28CBD6"
    reading, *_ = decode(json.dumps(body).encode(), "ruuvi/C8:25:2D:8E:9C:2C/F4:1F:0C:28:CB:D6").readings
    assert (reading.device_id, reading.value, reading.measured_at) == ("F4:1F:0C:28:CB:D6", 28.66, AT)
    assert (reading.sequence, reading.backfill, reading.doubt) == (0x2A8B, False, "")


@pytest.mark.parametrize("topic", ["ruuvi/C8252D8E9C2C/CBB8334C884F", "any/CB-B8-33-4C-88-4F", "T", ""])
def test_address_is_the_topics_else_the_frames(topic: str) -> None:
    """
    Tests that a sensor is named as the gateway names it, and by its own address under a topic without one.
    """
    last = topic.rpartition("/")[2]
    assert decode(frame(), topic).readings[0].device_id == (last if len(last) > 1 else MAC)
    assert codes(decode(frame(VECTORS[0][0]), "a/+")) == {"topic_unknown": 1}


@pytest.mark.parametrize("told", [None, "", "now", "-5", True, [], "9" * 13, 1e300])
def test_unreadable_time_leaves_the_values_in_doubt(told: object) -> None:
    """
    Tests that no value is dropped for its time alone.
    """
    decoded = decode(frame(ts=told, gwts=told))
    assert codes(decoded) == {"time_unreadable": 1}
    assert next((one.value, one.doubt) for one in decoded.readings) == (24.3, "time")


@pytest.mark.parametrize(("told", "code"), [("0", "time_epoch_zero"), ("1653700000", "time_in_future")])
def test_strange_time_is_a_finding(told: str, code: str) -> None:
    """
    Tests a gateway that lost its clock, or runs ahead.
    """
    decoded = decode(frame(ts=told))
    assert list(codes(decoded)) == [code]
    assert {one.doubt for one in decoded.readings} == {"time"}


def test_relay_time_stands_in_for_a_missing_time() -> None:
    """
    Tests that the instant of relaying serves where that of hearing is none.
    """
    assert decode(frame(ts=None)).readings[0].measured_at == TOLD_AT


def test_same_frame_again_and_late_frames() -> None:
    """
    Tests that a duplicate has the same keys, a late frame its own time, and a retained one no other.
    """
    once, late = decode(frame()), decode(frame(), at=AT + timedelta(hours=1))
    assert [one.key for one in once.readings] == [one.key for one in late.readings]
    assert {one.backfill for one in late.readings} == {True}
    assert decode(frame(), is_retained=True).readings == once.readings
    untimed = json.dumps({"data": advert(VALID_5)}).encode()
    kept = decode(untimed, is_retained=True)
    assert (codes(kept), {one.doubt for one in kept.readings}) == ({"frame_retained": 9}, {"time"})


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "frame_not_json"),
        (b"\xff", "frame_not_utf8"),
        (b'{"state": "online"}', "frame_without_readings"),
        (frame(data=None), "payload_unreadable"),
        (frame(data="zz"), "payload_unreadable"),
        (frame(data="\ud800"), "payload_unreadable"),
        (frame(data=""), "format_unknown"),
        (frame(data="0201061BFF4C00" + VALID_5), "format_unknown"),
        (frame(data="020106"), "format_unknown"),
        (frame("08" + "00" * 23), "format_unknown"),
        (frame(""), "format_unknown"),
        (frame(VALID_5[:-2]), "frame_truncated"),
        (frame("06"), "frame_truncated"),
    ],
)
def test_broken_frame_is_a_finding(payload: bytes, code: str) -> None:
    """
    Tests that foreign, cut and broken advertisements give nothing but their finding.
    """
    decoded = decode(payload)
    assert (decoded.readings, codes(decoded)) == ((), {code: 1})


@pytest.mark.parametrize(
    ("payload", "detail"),
    [(b'{"state": "online"}', "state 'online'"), (b'{"gw_mac": "A", "rssi": 1}', "'gw_mac rssi'")],
)
def test_a_frame_without_data_says_what_it_has(payload: bytes, detail: str) -> None:
    """
    Tests that its owner reads what came instead, and never a bare None.
    """
    assert [one.params["detail"] for one in decode(payload).findings] == [detail]


@given(st.binary(max_size=64), st.sampled_from(["03", "05", "06", "C5", "E1", ""]))
@example(b"", "05")
def test_random_bytes_never_crash(said: bytes, head: str) -> None:
    """
    Tests that any content of an advertisement gives readings or findings.
    """
    decoded = decode(frame(head + said.hex()))
    assert decoded.readings or decoded.findings


EXAMPLES = [(TOPIC, frame(said)) for said, _, _ in VECTORS]
