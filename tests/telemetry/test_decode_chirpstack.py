"""
Tests of the decoder of ChirpStack v4.

The events are those of https://www.chirpstack.io/docs/chirpstack/integrations/events.html.
"""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.decode import families
from telemetry.frames import Heard, Options
from telemetry.readings import Decoded

DEVICE = "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0101010101010101/event/"
TOLD_AT = datetime(2022, 7, 18, 9, 34, 15, 775023, tzinfo=UTC)
AT = TOLD_AT + timedelta(seconds=1)
INFO = {
    "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
    "tenantName": "ChirpStack",
    "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
    "applicationName": "Test application",
    "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
    "deviceProfileName": "Test device-profile",
    "deviceName": "Test device",
    "devEui": "0101010101010101",
    "tags": {"key": "value"},
}
UP = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2022-07-18T09:34:15.775023242+00:00",
    "deviceInfo": INFO,
    "devAddr": "00189440",
    "dr": 1,
    "fPort": 1,
    "data": "qg==",
    "rxInfo": [{"gatewayId": "0016c001f153a14c", "uplinkId": 4217106255, "rssi": -36, "snr": 10.5}],
    "txInfo": {"frequency": 867100000},
}
LHT65N = base64.b64encode(bytes.fromhex("CBF60B0D0376010ADD7FFF")).decode()


def frame(**fields: object) -> bytes:
    """The published uplink event with some fields replaced."""
    return json.dumps(UP | fields).encode()


EXAMPLES = [
    (DEVICE + "up", frame(fCnt=17, object={"temperature": -18.5, "humidity": 41.5})),
    (DEVICE + "up", frame(data=LHT65N, fPort=2, deviceInfo=INFO | {"deviceProfileName": "LHT65N"})),
]


def decode(
    payload: bytes, topic: str = DEVICE + "up", *, at: datetime = AT, profiles: dict[str, str] | None = None
) -> Decoded:
    """What a frame gives under some profiles."""
    return families()["chirpstack"].decode(
        Heard(topic, payload, at, options=Options(profiles=profiles or {}))
    )


def values(decoded: Decoded) -> list[tuple[str, str, float]]:
    """Probe, quantity and value of each reading."""
    return [(one.probe, one.quantity, one.value) for one in decoded.readings]


def codes(decoded: Decoded) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in decoded.findings]


def test_published_uplink_has_nothing_decoded() -> None:
    """
    Tests that the example event, which has neither profile nor object, is named and not guessed at.
    """
    decoded = decode(frame())
    assert (decoded.readings, codes(decoded)) == ((), ["profile_unknown"])
    assert codes(decode(frame(data=None))) == ["frame_without_readings"]


def test_decoded_records_carry_their_own_time() -> None:
    """
    Tests the object that Milesight's own decoder makes of its published record.
    """
    record = {"humidity": 46.5, "temperature": 27.2, "timestamp": 1665561758}
    decoded = decode(
        frame(object={"history": [record, record, 5, {"temperature": 1}]}), at=AT + timedelta(days=99)
    )
    assert values(decoded) == [("device", "humidity", 46.5), ("device", "temperature", 27.2)]
    assert {(one.measured_at, one.sequence, one.backfill) for one in decoded.readings} == {
        (datetime(2022, 10, 12, 8, 2, 38, tzinfo=UTC), -1, True)
    }


def test_decoded_object_gives_its_temperature() -> None:
    """
    Tests the published event with an object: device, counter and the network's instant.
    """
    decoded = decode(frame(fCnt=17, object={"temperature": -18.5, "humidity": 41.5}))
    assert (values(decoded), decoded.findings) == (
        [("device", "temperature", -18.5), ("device", "humidity", 41.5)],
        (),
    )
    assert {(one.device_id, one.sequence, one.measured_at) for one in decoded.readings} == {
        ("0101010101010101", 17, TOLD_AT)
    }


def test_published_object_of_cayenne_names_channels() -> None:
    """
    Tests the object at https://www.chirpstack.io/docs/chirpstack/integrations/mqtt.html.
    """
    decoded = decode(frame(object={"temperatureSensor": {"1": 25}, "humiditySensor": {"1": 32}}))
    assert values(decoded) == [("1", "temperature", 25.0), ("1", "humidity", 32.0)]


@pytest.mark.parametrize(
    "name",
    ["0101010101010101", "TEST device", "Test device-profile", "14855BF7-d10d-4aee-b618-ebfcb64dc7ad"],
)
def test_profile_chooses_the_payloads_family(name: str) -> None:
    """
    Tests that device EUI, device name and the device profile's name or id each set it.
    """
    decoded = decode(frame(data=LHT65N, fPort=2, fCnt=9), profiles={name: "dragino-lht65n"})
    assert values(decoded) == [
        ("device", "battery_voltage", 3.062),
        ("device", "temperature", 28.29),
        ("device", "humidity", 88.6),
        ("external", "temperature", 27.81),
    ]
    assert {one.sequence for one in decoded.readings} == {9}


def test_profile_goes_before_the_decoded_object() -> None:
    """
    Tests that the bytes decide where their family is set; their port is checked.
    """
    profiles = {"Test device-profile": "dragino-lht65n"}
    decoded = decode(frame(data=LHT65N, fPort=2, object={"temperature": 5}), profiles=profiles)
    assert 5.0 not in [one.value for one in decoded.readings]
    assert codes(decode(frame(data=LHT65N, fPort=42), profiles=profiles)) == ["format_unknown"]
    assert codes(decode(frame(data="?"), profiles=profiles)) == ["payload_unreadable"]


@pytest.mark.parametrize("event", ["status", "join", "ack", "txack", "log", "location", "integration"])
def test_other_events_give_no_reading(event: str) -> None:
    """
    Tests that each other kind of event is named, by its topic or by its form.
    """
    body = {"time": UP["time"], "deviceInfo": INFO, "margin": 10, "batteryLevel": 88.3}
    for topic in (DEVICE + event, "bridge"):
        decoded = decode(json.dumps(body).encode(), topic)
        assert (decoded.readings, codes(decoded)) == ((), ["frame_not_an_uplink"])


def test_time_is_never_guessed() -> None:
    """
    Tests an unreadable instant, none, one of 1970 and one ahead.
    """
    one = {"temperature": 4.0}
    for told, code in (("2022-07-18 09:34", "time_unreadable"), (0, "time_unreadable")):
        decoded = decode(frame(time=told, object=one))
        assert ([reading.doubt for reading in decoded.readings], codes(decoded)) == (["time"], [code])
    assert [reading.measured_at for reading in decode(frame(time=None, object=one)).readings] == [AT]
    assert codes(decode(frame(time="1970-01-01T00:00:05Z", object=one))) == ["time_epoch_zero"]
    assert codes(decode(frame(object=one), at=AT - timedelta(hours=1))) == ["time_in_future"]


def test_duplicate_and_late_uplinks_have_the_same_keys() -> None:
    """
    Tests that an uplink that comes again, or hours later, is no second reading; a missing counter is zero.
    """
    once = decode(frame(object={"temperature": 0}))
    late = decode(frame(object={"temperature": 0}), at=AT + timedelta(hours=2))
    assert [(one.value, one.sequence) for one in once.readings] == [(0.0, 0)]
    assert [one.key for one in once.readings] == [one.key for one in late.readings]
    assert [one.backfill for one in late.readings] == [True]


@pytest.mark.parametrize(
    ("payload", "topic", "code"),
    [
        (b"[]", DEVICE + "up", "frame_not_json"),
        (frame(), DEVICE.replace("0101", "0202") + "up", "device_mismatch"),
        (frame(deviceInfo=None), "other", "topic_unknown"),
        (frame(deviceInfo={"devEui": "a b"}), "other", "topic_unknown"),
        (frame(object={"temperature": float("nan")}), DEVICE + "up", "value_impossible"),
        (frame(object={"temperatureSensor": {"=1": 25}}), DEVICE + "up", "probe_unreadable"),
    ],
)
def test_broken_frame_is_a_finding(payload: bytes, topic: str, code: str) -> None:
    """
    Tests that a frame of nobody, of another, and with broken values gives its finding alone.
    """
    decoded = decode(payload, topic)
    assert (decoded.readings, codes(decoded)) == ((), [code])


def test_device_is_the_frames_under_another_topic() -> None:
    """
    Tests that a prefix before the topics, or a bridge's own, loses nothing.
    """
    payload = frame(object={"temperature": 4.0})
    for topic in ("bridge", "eu868/" + DEVICE + "up", DEVICE.replace("0101", "0101") + "up"):
        assert [one.device_id for one in decode(payload, topic).readings] == ["0101010101010101"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*UP, "object", "fCnt"]), ANY, max_size=5))
def test_random_fields_never_crash(fields: dict[str, object]) -> None:
    """
    Tests that any JSON in any place gives readings or findings.
    """
    decoded = decode(frame(**fields), profiles={"Test device": "milesight-em300"})
    assert decoded.readings or decoded.findings


LHT65N_INFO = INFO | {"deviceProfileName": "LHT65N"}
EXAMPLES = [
    (DEVICE + "up", frame(fCnt=17, object={"temperature": -18.5, "humidity": 41.5, "magnet_status": "open"})),
    (DEVICE + "up", frame(fCnt=18, data="y/YLDQN2AQrdCw0=", fPort=2, deviceInfo=LHT65N_INFO)),
]
