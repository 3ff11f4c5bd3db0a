"""Frames of our own devices: `holdchain/v1/{device_id}/readings` with a JSON object."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from telemetry.readings import (
    NO_SEQUENCE,
    SENSES,
    Decoded,
    Reading,
    is_name,
    is_temperature,
    summed_findings,
)

MAX_BYTES = 262_144
FUTURE_S = 300
BACKFILL_S = 900

_TOPIC = re.compile(r"holdchain/v1/([^/]+)/readings")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH_ZERO_S = 86_400  # a device that lost its clock counts from 1970

Found = dict[str, list[str]]


class _Unreadable(Exception):
    """A part of the frame that gives nothing, with its code and a detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def topic_of(device_id: str) -> str:
    """The topic that a device of this family publishes to."""
    return f"holdchain/v1/{device_id}/readings"


def decode(topic: str, payload: bytes, received_at: datetime) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    topic
        The topic it came on; it names the device.
    payload
        The frame's bytes.
    received_at
        When the worker took it.

    Returns
    -------
    Decoded
        Readings in the frame's order. A value that is no temperature, or has no readable time, is a
        finding; a reading whose time is only strange is kept and the time is a finding.

    References
    ----------
    DESIGN.md, "Outside contracts", MQTT. A reading older than `BACKFILL_S` on arrival was sent from
    memory: 15 minutes is the largest gap of a whole record.
    """
    found: Found = {}
    try:
        device_id, body = _device_of(topic), _body(payload)
        entries = _entries(body, device_id)
    except _Unreadable as fault:
        _note(found, fault.code, fault.detail)
        return Decoded((), summed_findings(found))
    sequence, battery = _sequence(body, found), _battery(body, found)
    readings: dict[object, Reading] = {}
    for entry in entries:
        try:
            reading = _reading(entry, device_id, sequence, received_at)
            if readings.setdefault(reading.key, reading).value_c != reading.value_c:
                raise _Unreadable("reading_contradicts", _shown(reading.value_c))
            _note_strange_time(reading, found)
        except _Unreadable as fault:
            _note(found, fault.code, fault.detail)
    return Decoded(tuple(readings.values()), summed_findings(found), battery)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return body


def _device_of(topic: str) -> str:
    named = _TOPIC.fullmatch(topic)
    if named is None or not is_name(named[1]):
        raise _Unreadable("topic_unknown", _shown(topic))
    return named[1]


def _body(payload: bytes) -> Mapping[str, object]:
    if len(payload) > MAX_BYTES:
        raise _Unreadable("frame_too_large", str(len(payload)))
    try:
        body = json.loads(payload.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise _Unreadable("frame_not_utf8", f"byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise _Unreadable("frame_not_json", ascii(str(error))[1:-1]) from error
    if not isinstance(body, dict):
        raise _Unreadable("frame_not_json", type(body).__name__)
    return body


def _entries(body: Mapping[str, object], device_id: str) -> list[object]:
    claimed = body.get("device_id", device_id)
    if claimed != device_id:
        raise _Unreadable("device_mismatch", _shown(claimed))
    entries = body.get("readings")
    if not isinstance(entries, list) or not entries:
        raise _Unreadable("frame_without_readings", _shown(entries))
    return entries


def _reading(entry: object, device_id: str, sequence: int, received_at: datetime) -> Reading:
    if not isinstance(entry, dict):
        raise _Unreadable("reading_malformed", _shown(entry))
    probe, told = entry.get("probe"), entry.get("t")
    if not isinstance(probe, str) or not is_name(probe):
        raise _Unreadable("probe_unreadable", _shown(probe))
    value_c, measured_at = _value(entry.get("c")), _instant(told)
    if measured_at is None:
        raise _Unreadable("time_unreadable", _shown(told))
    return Reading(
        device_id=device_id,
        probe=probe,
        senses=next((sense for sense in SENSES if sense == probe), None),
        quantity="temperature",
        value_c=value_c,
        measured_at=measured_at,
        received_at=received_at,
        sequence=sequence,
        backfill=received_at - measured_at > timedelta(seconds=BACKFILL_S),
    )


def _value(told: object) -> float:
    if told is None:
        raise _Unreadable("value_missing", _shown(told))
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _Unreadable("value_not_a_number", _shown(told))
    if not is_temperature(told):
        raise _Unreadable("value_impossible", _shown(told))
    return float(told)


def _instant(told: object) -> datetime | None:
    try:
        if isinstance(told, str):
            return datetime.fromisoformat(told.upper()).astimezone(UTC) if _RFC3339.fullmatch(told) else None
        if isinstance(told, bool) or not isinstance(told, int | float):
            return None
        return datetime.fromtimestamp(told, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _note_strange_time(reading: Reading, found: Found) -> None:
    told = reading.measured_at
    if told > reading.received_at + timedelta(seconds=FUTURE_S):
        _note(found, "time_in_future", told.isoformat())
    if told.timestamp() < _EPOCH_ZERO_S:
        _note(found, "time_epoch_zero", told.isoformat())


def _sequence(body: Mapping[str, object], found: Found) -> int:
    told = body.get("seq")
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**63:
        return told
    if told is not None:
        _note(found, "sequence_unreadable", _shown(told))
    return NO_SEQUENCE


def _battery(body: Mapping[str, object], found: Found) -> float | None:
    told = body.get("battery")
    if isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told <= 1:
        return float(told)
    if told is not None:
        _note(found, "battery_unreadable", _shown(told))
    return None


def _note(found: Found, code: str, detail: str) -> None:
    found.setdefault(code, []).append(detail)


def _shown(value: object) -> str:
    """The value as plain ASCII, so that it can be stored and printed wherever it came from."""
    return ascii(value)[:120] if isinstance(value, str | int | float | None) else type(value).__name__
