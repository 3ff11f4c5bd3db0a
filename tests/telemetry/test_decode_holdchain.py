"""Tests of the decoder of our own devices' frames."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.decode import holdchain
from telemetry.decode.holdchain import topic_of
from telemetry.frames import MAX_BYTES, Heard
from telemetry.readings import Decoded

TOPIC = topic_of("BOX-0001")
AT = datetime(2026, 11, 23, 2, 10, 20, tzinfo=UTC)


def decode(topic: str, payload: bytes, received_at: datetime) -> Decoded:
    """What a frame gives."""
    return holdchain.decode(Heard(topic, payload, received_at))


def frame(*entries: object, **fields: object) -> bytes:
    """A frame with these readings."""
    return json.dumps({"seq": 17, "readings": list(entries), **fields}).encode()


def entry(**fields: object) -> dict[str, object]:
    """One sound reading of a frame with some fields replaced."""
    return {"t": "2026-11-23T02:10:00Z", "probe": "core", "c": 71.4, **fields}


def codes(payload: bytes, topic: str = TOPIC) -> list[str]:
    """The findings of a frame that gives no reading."""
    decoded = decode(topic, payload, AT)
    assert decoded.readings == ()
    return [finding.code for finding in decoded.findings]


def test_published_example_gives_its_reading() -> None:
    """
    Tests the example frame of the contract.
    """
    decoded = decode(TOPIC, frame(entry(), battery=0.93), AT)
    reading, battery = decoded.readings
    assert (reading.device_id, reading.probe, reading.senses) == ("BOX-0001", "core", "core")
    assert (reading.value, reading.sequence, reading.backfill) == (71.4, 17, False)
    assert reading.measured_at == datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
    assert (battery.quantity, battery.value, battery.unit) == ("battery", 93.0, "%")
    assert (battery.measured_at, decoded.findings) == (reading.measured_at, ())


@pytest.mark.parametrize(
    "told", [1795399800, 1795399800.0, "2026-11-23T10:10:00+08:00", "2026-11-23t02:10:00.000z"]
)
def test_time_is_rfc_3339_or_unix_seconds(told: object) -> None:
    """
    Tests that every allowed spelling of one instant gives that instant in UTC.
    """
    (reading,) = decode(TOPIC, frame(entry(t=told)), AT).readings
    assert reading.measured_at.isoformat() == "2026-11-23T02:10:00+00:00"


@pytest.mark.parametrize("value", [0, -18.5, -0.0, 100])
def test_zero_and_frost_are_temperatures(value: float) -> None:
    """
    Tests that a negative temperature stays negative and zero is a value.
    """
    (reading,) = decode(TOPIC, frame(entry(c=value)), AT).readings
    assert reading.value == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("NaN", "value_impossible"),
        ("1e400", "value_impossible"),
        ("-1e400", "value_impossible"),
        ("1" + "0" * 400, "value_impossible"),
        ("-274", "value_impossible"),
        ("null", "value_missing"),
        ("true", "value_not_a_number"),
        ('"71.4"', "value_not_a_number"),
        ("[71.4]", "value_not_a_number"),
        ("1" + "0" * 5000, "frame_not_json"),
    ],
)
def test_what_is_no_temperature_is_a_finding(value: str, code: str) -> None:
    """
    Tests that no spelling of a missing or broken value becomes a number.
    """
    payload = frame(entry(c=0.5)).replace(b"0.5", value.encode())
    assert codes(payload) == [code]


@pytest.mark.parametrize(
    "told", [None, True, "", "10:10", "2026-11-23T02:10:00", "2026-11-23", "2026-13-01T00:00:00Z", 1e300, []]
)
def test_reading_without_a_readable_instant_is_kept_in_doubt(told: object) -> None:
    """
    Tests that a time without zone, or none, is never guessed, and costs no value.
    """
    decoded = decode(TOPIC, frame(entry(t=told)), AT)
    assert [finding.code for finding in decoded.findings] == ["time_unreadable"]
    assert [(one.value, one.measured_at, one.doubt) for one in decoded.readings] == [(71.4, AT, "time")]


@pytest.mark.parametrize(
    ("told", "code"), [("2026-11-23T03:10:00Z", "time_in_future"), (0, "time_epoch_zero")]
)
def test_strange_time_keeps_its_value(told: object, code: str) -> None:
    """
    Tests that a value is not dropped for its time alone.
    """
    decoded = decode(TOPIC, frame(entry(t=told)), AT)
    assert [one.doubt for one in decoded.readings] == ["time"]
    assert [finding.code for finding in decoded.findings] == [code]


def test_good_readings_stand_beside_findings() -> None:
    """
    Tests that one bad value loses none of its neighbours and is counted once by kind.
    """
    decoded = decode(TOPIC, frame(entry(), entry(c=None), entry(c=None), 3, entry(probe="air")), AT)
    assert [reading.probe for reading in decoded.readings] == ["core", "air"]
    assert [(f.code, f.params["count"]) for f in decoded.findings] == [
        ("value_missing", 2),
        ("reading_malformed", 1),
    ]


def test_backlog_is_marked_as_sent_from_memory() -> None:
    """
    Tests that only readings older than a gap are backfill.
    """
    old, new = (AT - timedelta(minutes=m) for m in (16, 14))
    decoded = decode(TOPIC, frame(entry(t=old.isoformat()), entry(t=new.isoformat())), AT)
    assert [reading.backfill for reading in decoded.readings] == [True, False]


def test_same_key_twice_in_a_frame_is_one_reading() -> None:
    """
    Tests that a repeated reading counts once and a contradicting one is named.
    """
    decoded = decode(TOPIC, frame(entry(), entry(), entry(c=20)), AT)
    assert [reading.value for reading in decoded.readings] == [71.4]
    assert [finding.code for finding in decoded.findings] == ["reading_contradicts"]


@pytest.mark.parametrize("t", [None, "yesterday", 0, 253_402_300_799])
def test_a_backlog_without_times_loses_no_value(t: object) -> None:
    """
    Tests that values are kept apart, in doubt, where only the time that cannot be is alike; one twice is one.
    """
    frame_of_all = frame(entry(t=t, c=70), entry(t=t, c=71), entry(t=t, c=72), entry(t=t, c=70))
    decoded = decode(TOPIC, frame_of_all, AT)
    assert [(one.value, one.doubt) for one in decoded.readings] == [(70, "time"), (71, "time"), (72, "time")]
    assert len({one.key for one in decoded.readings}) == 3
    assert [finding.params["count"] for finding in decoded.findings] == [4]
    assert decode(TOPIC, frame_of_all, AT) == decoded


@pytest.mark.parametrize("sequence", [-1, 2**63, 1.5, "17", True])
def test_unreadable_counter_is_named_and_left_out(sequence: object) -> None:
    """
    Tests that a reading without a usable counter is kept under -1.
    """
    decoded = decode(TOPIC, frame(entry(), seq=sequence), AT)
    assert [reading.sequence for reading in decoded.readings] == [-1]
    assert [finding.code for finding in decoded.findings] == ["sequence_unreadable"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "frame_not_json"),
        (b"\xff\xfe", "frame_not_utf8"),
        (b"[" * 100_000, "frame_not_json"),
        (b'{"readings":' * 20_000, "frame_not_json"),
        (b"x" * (MAX_BYTES + 1), "frame_too_large"),
        (b"[]", "frame_not_json"),
        (b"71.4", "frame_not_json"),
        (b'{"seq": 1, "seq": 2}', "frame_not_json"),
        (b"{}", "frame_without_readings"),
        (b'{"readings": {}}', "frame_without_readings"),
        (b'{"readings": []}', "frame_without_readings"),
        (b'{"device_id": "BOX-0002", "readings": [1]}', "device_mismatch"),
        (b'{"device_id": null, "readings": [1]}', "device_mismatch"),
        (b'{"readings": ["\\ud800"]}', "reading_malformed"),
    ],
)
def test_broken_frame_is_a_finding(payload: bytes, code: str) -> None:
    """
    Tests that garbage of every kind is named and gives nothing.
    """
    assert codes(payload) == [code]


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        (b"{}", "{}"),
        (b'{"seq": 1, "battery": 0.9}', "'seq battery'"),
        (b'{"readings": []}', "readings []"),
        (b'{"readings": null}', "readings null"),
        (b'{"readings": {"c": 1}}', "readings dict"),
    ],
)
def test_a_frame_without_readings_says_what_it_has(payload: bytes, detail: str) -> None:
    """
    Tests that its owner reads what came instead.
    """
    assert [one.params["detail"] for one in decode(TOPIC, payload, AT).findings] == [detail]


@pytest.mark.parametrize(
    "topic", ["", "other", "holdchain/v1//readings", "holdchain/v1/a b/readings", "\ud800"]
)
def test_foreign_topic_is_a_finding(topic: str) -> None:
    """
    Tests that a topic without a usable device id gives nothing.
    """
    assert codes(frame(entry()), topic) == ["topic_unknown"]


@pytest.mark.parametrize("probe", ["", "+", "=HYPERLINK(1)", "<b>", "a\x00", "\ud800", 7, None])
def test_probe_name_that_could_do_harm_is_a_finding(probe: object) -> None:
    """
    Tests that formulas, markup, wildcards and broken text do not reach a table.
    """
    decoded = decode(TOPIC, frame(entry(probe=probe)), AT)
    assert decoded.readings == ()
    for finding in decoded.findings:
        assert str(finding.params["detail"]).isascii()


@given(st.binary(max_size=200))
def test_random_bytes_never_crash(payload: bytes) -> None:
    """
    Tests that whatever the bytes, there is a finding and no exception.
    """
    assert decode(TOPIC, payload, AT).findings


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(t=ANY, probe=ANY, c=ANY, seq=ANY, battery=ANY)
def test_random_fields_never_crash(t: object, probe: object, c: object, seq: object, battery: object) -> None:
    """
    Tests that any JSON in any place gives readings or findings.
    """
    decoded = decode(TOPIC, frame({"t": t, "probe": probe, "c": c}, seq=seq, battery=battery), AT)
    assert decoded.readings or decoded.findings


ENTRIES = st.fixed_dictionaries(
    {
        "t": st.sampled_from(
            ["2026-11-23T02:10:00Z", "2026-11-23t09:59:00.123456789+08:00", 1795399800.5, 0, "x"]
        )
        | st.integers(1795399800, 1795400800),
        "probe": st.sampled_from(["core", "air", "a:b", "device", "", "+"]),
        "c": st.floats() | st.integers(-300, 1100) | st.none(),
    },
    optional={"battery": st.just(1)},
)
SPOILT = [b"", b'"c": 5, ', b'"c" :5, ', b'"t": "a:b", ', b'"c": NaN, ', b"{", b"\xff"]


@given(
    entries=st.lists(ENTRIES, max_size=4),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "battery": st.floats(-0.5, 1.5) | st.none(),
            "seq": st.integers(-2, 3),
            "device_id": st.just(7),
        },
    ),
    spoilt=st.sampled_from(SPOILT),
)
def test_frame_read_at_once_is_read_as_value_by_value(
    entries: list[object], fields: dict[str, object], spoilt: bytes
) -> None:
    """
    Tests that an escape in a key, with which no frame is read at once, changes nothing.
    """
    payload = frame(*entries, **fields).replace(b'"c"', spoilt + b'"c"', 1)
    at_once, by_value = (decode(TOPIC, one, AT) for one in (payload, payload.replace(b"seq", b"s\\u0065q")))
    assert at_once.readings == by_value.readings
    assert [one.code for one in at_once.findings] == [one.code for one in by_value.findings]


EXAMPLES = [(TOPIC, frame(entry(), entry(probe="air", c=61.25), battery=0.93))]
