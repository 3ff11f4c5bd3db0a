"""
Tests of the decoder of The Things Stack v3.

The messages are those of https://www.thethingsindustries.com/docs/the-things-stack/concepts/data-formats/,
with the payload of a device's own vendor where its profile is set.
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

TOPIC = "v3/app1@tenant1/devices/dev1/up"
TOLD_AT = datetime(2020, 2, 12, 15, 15, 45, 789585, tzinfo=UTC)
AT = TOLD_AT + timedelta(seconds=1)
IDS = {
    "device_id": "dev1",
    "application_ids": {"application_id": "app1"},
    "dev_eui": "0004A30B001C0530",
    "join_eui": "800000000000000C",
    "dev_addr": "00BCB929",
}
UPLINK = {
    "session_key_id": "AXA50tHUGUucuzS/bCGMNw==",
    "f_cnt": 1,
    "frm_payload": "gkHe",
    "decoded_payload": {"temperature": 1.0, "luminosity": 0.64},
    "rx_metadata": [{"gateway_ids": {"gateway_id": "gtw1"}, "time": "2020-02-12T15:15:45.787Z", "rssi": -35}],
    "version_ids": {"brand_id": "the-things-products", "model_id": "the-things-uno"},
    "received_at": "2020-02-12T15:15:45.789585559Z",
}
EM300 = base64.b64encode(bytes.fromhex("01755C0367340104686520CE9E74466310015D00")).decode()


def frame(uplink: dict[str, object] | None = None, **fields: object) -> bytes:
    """The published uplink with some fields of it, and of the message, replaced."""
    body = {"end_device_ids": IDS, "received_at": "2020-02-12T15:15:46.014773143Z"}
    return json.dumps(body | {"uplink_message": UPLINK | (uplink or {})} | fields).encode()


EXAMPLES = [
    (TOPIC, frame()),
    (TOPIC, frame({"frm_payload": EM300, "f_port": 85, "version_ids": {"model_id": "em300-th"}})),
]


def decode(payload: bytes, topic: str = TOPIC, *, at: datetime = AT, **profiles: str) -> Decoded:
    """What a frame gives under some profiles."""
    options = Options(profiles={name.replace("__", "/"): family for name, family in profiles.items()})
    return families()["tts"].decode(Heard(topic, payload, at, options=options))


def values(decoded: Decoded) -> list[tuple[str, str, float]]:
    """Probe, quantity and value of each reading."""
    return [(one.probe, one.quantity, one.value) for one in decoded.readings]


def codes(decoded: Decoded) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in decoded.findings]


def test_published_uplink_gives_its_decoded_temperature() -> None:
    """
    Tests the example message: device, counter and the instant at the Network Server.
    """
    decoded = decode(frame())
    (reading,) = decoded.readings
    assert (values(decoded), decoded.findings) == ([("device", "temperature", 1.0)], ())
    assert (reading.device_id, reading.sequence, reading.measured_at) == ("dev1", 1, TOLD_AT)
    assert (reading.backfill, reading.doubt) == (False, "")


@pytest.mark.parametrize(
    "name", ["dev1", "0004a30b001c0530", "the-things-products__the-things-uno", "the-things-uno"]
)
def test_profile_chooses_the_payloads_family(name: str) -> None:
    """
    Tests that device id, EUI, brand with model, and model each set it, and records keep their own time.
    """
    decoded = decode(
        frame({"frm_payload": EM300, "f_port": 85}), at=AT + timedelta(days=1000), **{name: "milesight-em300"}
    )
    assert values(decoded) == [
        ("device", "battery", 92.0),
        ("device", "temperature", 30.8),
        ("device", "humidity", 50.5),
        ("device", "temperature", 27.2),
        ("device", "humidity", 46.5),
    ]
    assert [one.measured_at.year for one in decoded.readings] == [2020, 2020, 2020, 2022, 2022]
    assert [one.sequence for one in decoded.readings] == [1, 1, 1, -1, -1]
    assert {(one.device_id, one.backfill) for one in decoded.readings} == {("dev1", True)}


def test_most_particular_name_wins() -> None:
    """
    Tests that a device's own entry goes before its model's.
    """
    payload = frame({"frm_payload": "y/YLDQN2AQrdf/8=", "f_port": 2})
    decoded = decode(payload, dev1="dragino-lht65n", **{"the-things-uno": "milesight-em300"})
    assert ("external", "temperature", 27.81) in values(decoded)
    wrong_port = frame({"frm_payload": "y/YLDQN2AQrdf/8=", "f_port": 42})
    assert codes(decode(wrong_port, dev1="dragino-lht65n")) == ["format_unknown"]


@pytest.mark.parametrize(
    ("family", "uplink", "code", "count"),
    [
        ("no-such-family", {}, "profile_unknown", 1),
        ("holdchain", {}, "profile_unknown", 1),
        ("milesight-em300", {"frm_payload": "***"}, "payload_unreadable", 1),
        ("milesight-em300", {"frm_payload": "\ud800"}, "payload_unreadable", 1),
        ("milesight-em300", {"frm_payload": None, "decoded_payload": None}, "frame_without_readings", 0),
        ("milesight-em300", {}, "format_unknown", 0),
    ],
)
def test_unusable_profile_or_payload_is_a_finding(
    family: str, uplink: dict[str, object], code: str, count: int
) -> None:
    """
    Tests that what cannot be read by the set family is named; the decoded object serves only without it.
    """
    decoded = decode(frame(uplink), dev1=family)
    assert (len(decoded.readings), codes(decoded)) == (count, [code])


@pytest.mark.parametrize(
    ("decoded_payload", "expected"),
    [
        (
            {"BatV": 3.062, "Bat_status": 3, "Ext_sensor": "Temperature Sensor", "Hum_SHT": 88.6}
            | {"TempC_DS": 27.81, "TempC_SHT": 28.29},
            [
                ("device", "battery_voltage", 3.062),
                ("device", "humidity", 88.6),
                ("external", "temperature", 27.81),
                ("device", "temperature", 28.29),
            ],
        ),
        (
            {"battery": 50, "temperature": 20.0, "humidity": 30.0},
            [("device", "battery", 50), ("device", "temperature", 20.0), ("device", "humidity", 30.0)],
        ),
        (
            {"temperature_1": -18.5, "relative_humidity_2": 41, "analog_in_3": 7},
            [("1", "temperature", -18.5), ("2", "humidity", 41.0)],
        ),
        ({"TempC1": 0, "TempC2": -0.5}, [("1", "temperature", 0.0), ("2", "temperature", -0.5)]),
        (
            {"temperature": 0.0, "temperature_alarm": 1, "temperature_unit": "C"},
            [("device", "temperature", 0.0)],
        ),
    ],
)
def test_decoded_objects_of_common_formatters(
    decoded_payload: dict[str, object], expected: list[tuple[str, str, float]]
) -> None:
    """
    Tests the published outputs of Dragino's and Milesight's formatters, CayenneLPP, zero and frost.
    """
    decoded = decode(frame({"decoded_payload": decoded_payload}))
    assert (values(decoded), decoded.findings) == (expected, ())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("27.81 C", "value_not_a_number"),
        ("nan", "value_not_a_number"),
        ("327.67", "value_sentinel"),
        (None, "value_missing"),
        (True, "value_not_a_number"),
        (1e300, "value_impossible"),
        (327.67, "value_sentinel"),
        (-127.0, "value_sentinel"),
    ],
)
def test_what_is_no_temperature_is_a_finding(value: object, code: str) -> None:
    """
    Tests text, null, and the values by which a formatter says that no probe is connected.
    """
    assert codes(decode(frame({"decoded_payload": {"TempC_DS": value}}))) == [code]


def test_numbers_that_a_formatter_writes_as_text_are_numbers() -> None:
    """
    Tests Dragino's formatter with ``toFixed``, as
    https://github.com/ccall48/helium-chirpstack-decoders/blob/main/docs/devices/dragino/LHT65.md has it.
    """
    told = {"BatV": "3.062", "TempC_SHT": "28.29", "Hum_SHT": "88.6", "TempC_DS": "85.00", "Ext_sensor": "1"}
    found = decode(frame({"decoded_payload": told}))
    assert (values(found), found.findings) == (
        [
            ("device", "battery_voltage", 3.062),
            ("device", "temperature", 28.29),
            ("device", "humidity", 88.6),
            ("external", "temperature", 85.0),
        ],
        (),
    )
    assert [one.doubt for one in found.readings] == ["", "", "", "power_on"]


def test_what_formatters_say_of_door_and_battery() -> None:
    """
    Tests Milesight's ``magnet_status`` and Dragino's ``Bat_status``, which names only a battery that is low.
    """
    for told, expected in (
        ({"magnet_status": "open"}, [("device", "open", 1.0)]),
        ({"magnet_status": "close"}, [("device", "open", 0.0)]),
        (
            {"BatV": 2.5, "Bat_status": 1},
            [("device", "battery_voltage", 2.5), ("device", "battery_low", 1.0)],
        ),
        (
            {"BatV": 2.4, "Bat_status": "Ultra Low"},
            [("device", "battery_voltage", 2.4), ("device", "battery_low", 1.0)],
        ),
        ({"BatV": 3.0, "Bat_status": "Good"}, [("device", "battery_voltage", 3.0)]),
        ({"BatV": 3.0, "Bat_status": []}, [("device", "battery_voltage", 3.0)]),
    ):
        assert values(decode(frame({"decoded_payload": told}))) == expected
    assert codes(decode(frame({"decoded_payload": {"magnet_status": "unknown"}}))) == ["value_not_a_number"]


def test_normalized_measurements_serve_where_nothing_else_tells_a_temperature() -> None:
    """
    Tests https://www.thethingsindustries.com/docs/integrations/payload-formatters/javascript/uplink/,
    ``normalized_payload``: degrees Celsius, percent and volts.
    """
    normalized = [{"air": {"temperature": -18.5, "relativeHumidity": 41}, "battery": 3.1}]
    expected = [
        ("device", "temperature", -18.5),
        ("device", "humidity", 41.0),
        ("device", "battery_voltage", 3.1),
    ]
    told = {"normalized_payload": normalized}
    assert values(decode(frame({"decoded_payload": {"t": -185}} | told))) == expected
    assert values(decode(frame({"decoded_payload": None} | told))) == expected
    assert values(decode(frame({"decoded_payload": {"temperature": 4}} | told))) == [
        ("device", "temperature", 4.0)
    ]
    timed = [{"time": "2020-02-12T15:14:45Z", "air": {"temperature": 4.5}}, 7]
    found = decode(frame({"decoded_payload": None, "normalized_payload": timed}))
    assert [(one.measured_at, one.backfill) for one in found.readings] == [
        (datetime(2020, 2, 12, 15, 14, 45, tzinfo=UTC), False)
    ]
    assert codes(found) == ["reading_malformed"]


def test_power_on_value_is_doubted_of_a_one_wire_probe_only() -> None:
    """
    Tests that the formatter's name tells which probe may say 85 deg C as it starts.
    """
    for key, doubt in (("TempC_DS", "power_on"), ("TempC_SHT", ""), ("temperature", "")):
        (reading,) = decode(frame({"decoded_payload": {key: 85.0}})).readings
        assert (reading.value, reading.doubt) == (85.0, doubt)


def test_fahrenheit_becomes_celsius_once() -> None:
    """
    Tests that a formatter whose unit is set so gives degrees Celsius.
    """
    options = Options(temperature_unit="F")
    payload = frame({"decoded_payload": {"temperature": 14, "humidity": 50}})
    decoded = families()["tts"].decode(Heard(TOPIC, payload, AT, options=options))
    assert [one.value for one in decoded.readings] == [-10.0, 50.0]


def test_zeros_are_left_out_of_messages() -> None:
    """
    Tests that an uplink without its counter is the first, as the format says.
    """
    uplink = {key: value for key, value in UPLINK.items() if key != "f_cnt"}
    (reading,) = decode(frame(uplink_message=uplink)).readings
    assert reading.sequence == 0
    assert codes(decode(frame({"f_cnt": "7"}))) == ["sequence_unreadable"]


def test_instant_falls_back_and_is_never_guessed() -> None:
    """
    Tests the Application Server's instant, an unreadable one and none at all.
    """
    (reading,) = decode(frame({"received_at": None})).readings
    assert reading.measured_at == datetime(2020, 2, 12, 15, 15, 46, 14773, tzinfo=UTC)
    doubted = decode(frame({"received_at": "2020-02-12T15:15:45"}, received_at=5))
    assert ([one.doubt for one in doubted.readings], codes(doubted)) == (["time"], ["time_unreadable"])
    untimed = decode(frame({"received_at": None}, received_at=None))
    assert [(one.measured_at, one.doubt) for one in untimed.readings] == [(AT, "")]


def test_duplicate_and_late_uplinks_have_the_same_keys() -> None:
    """
    Tests that an uplink that comes again, or hours later, is no second reading.
    """
    once, late = decode(frame()), decode(frame(), at=AT + timedelta(hours=2))
    assert [one.key for one in once.readings] == [one.key for one in late.readings]
    assert [one.backfill for one in late.readings] == [True]
    retained = families()["tts"].decode(Heard(TOPIC, frame(), AT, True))
    assert retained.readings == once.readings


@pytest.mark.parametrize(
    "body",
    [
        {
            "join_accept": {
                "session_key_id": "AXBSH1Pk6Z0G166RlH16CQ==",
                "received_at": "2020-02-17T07:49:09Z",
            }
        },
        {"downlink_ack": {"f_port": 15, "f_cnt": 1, "frm_payload": "vu8=", "confirmed": True}},
        {"downlink_failed": {"downlink": {"f_port": 15}, "error": {"code": 3}}},
        {"uplink_message": None},
        {"uplink_message": UPLINK, "simulated": True},
        {},
    ],
)
def test_what_is_no_uplink_gives_no_reading(body: dict[str, object]) -> None:
    """
    Tests joins, downlink events and uplinks that the console simulates.
    """
    decoded = decode(json.dumps({"end_device_ids": IDS} | body).encode())
    assert (decoded.readings, codes(decoded)) == ((), ["frame_not_an_uplink"])


@pytest.mark.parametrize(
    ("payload", "topic", "code"),
    [
        (b"", TOPIC, "frame_not_json"),
        (b"\xff", TOPIC, "frame_not_utf8"),
        (frame(), "v3/app1@tenant1/devices/dev2/up", "device_mismatch"),
        (frame(end_device_ids=[]), "other", "topic_unknown"),
        (frame(end_device_ids={"device_id": "<b>"}), "other", "topic_unknown"),
        (frame({"decoded_payload": {}}), TOPIC, "frame_without_readings"),
        (frame({"decoded_payload": {"temperature_\ud800": 1}}), TOPIC, "frame_without_readings"),
    ],
)
def test_broken_frame_is_a_finding(payload: bytes, topic: str, code: str) -> None:
    """
    Tests that a frame of nobody, of another, and without values gives its finding alone.
    """
    decoded = decode(payload, topic)
    assert (decoded.readings, codes(decoded)) == ((), [code])


def test_device_is_the_frames_under_another_topic() -> None:
    """
    Tests that a bridge's own topics lose nothing.
    """
    assert [one.device_id for one in decode(frame(), "bridge/tts").readings] == ["dev1"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from([*UPLINK, "f_port", "normalized_payload"])


@given(st.dictionaries(KEYS, ANY, max_size=4), ANY, ANY)
def test_random_fields_never_crash(uplink: dict[str, object], ids: object, decoded_payload: object) -> None:
    """
    Tests that any JSON in any place gives readings or findings.
    """
    for payload in (frame(uplink), frame(end_device_ids=ids), frame({"decoded_payload": decoded_payload})):
        decoded = decode(payload, dev1="milesight-em300")
        assert decoded.readings or decoded.findings


@given(st.binary(max_size=60))
def test_random_payloads_never_crash(payload: bytes) -> None:
    """
    Tests that any bytes of a device give readings or findings.
    """
    decoded = decode(frame({"frm_payload": base64.b64encode(payload).decode()}), dev1="dragino-lht65n")
    assert decoded.readings or decoded.findings


EXAMPLES = [
    (TOPIC, frame()),
    (
        TOPIC.replace("dev1", "em300-th"),
        frame({"frm_payload": EM300, "f_port": 85}, end_device_ids=IDS | {"device_id": "em300-th"}),
    ),
    (
        TOPIC,
        frame(
            {
                "decoded_payload": {"raw": 1},
                "normalized_payload": [{"air": {"temperature": 4.5, "relativeHumidity": 41}, "battery": 3.1}],
            }
        ),
    ),
    (TOPIC, frame({"decoded_payload": {"BatV": "2.40", "Bat_status": 0, "TempC_SHT": "4.10"}})),
]
