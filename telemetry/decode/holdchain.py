"""
Our own devices: `holdchain/v1/{device_id}/readings` with a JSON object.

References
----------
docs/telemetry.md, "Our own devices' frames".
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from telemetry.frames import (
    BACKFILL_S,
    EPOCH_ZERO_AT,
    FUTURE_S,
    MAX_BYTES,
    Family,
    Heard,
    Sheet,
    Unreadable,
    counter,
    iso_instant,
    json_object,
    measured,
    named_device,
    reading_frame,
    sense_of,
    shown,
    unix_instant,
)
from telemetry.readings import NO_SEQUENCE, WHOLE_DEVICE, Decoded, Reading

TOPIC_FILTER = "holdchain/v1/+/readings"

_TOPIC = re.compile(r"holdchain/v1/([^/]+)/readings")


def topic_of(device_id: str) -> str:
    """The topic that a device of this family publishes to."""
    return f"holdchain/v1/{device_id}/readings"


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame; its topic names the device.

    Returns
    -------
    Decoded
        Readings in the frame's order, the battery's last. A value that is no temperature is a finding; a
        reading whose time cannot be is kept in doubt beside its finding.
    """
    return _read_at_once(heard) or reading_frame(heard, _read)


FAMILY = Family("holdchain", "counter", (TOPIC_FILTER,), decode)


class _Entry(Struct, forbid_unknown_fields=True, gc=False):
    """One reading of a frame."""

    t: str | float
    probe: str
    c: float


class _Frame(Struct, forbid_unknown_fields=True):
    """A frame in which each field is what it should be."""

    seq: int
    readings: list[_Entry]
    battery: float | None = None


_SCHEMA = Decoder(_Frame)


def _read_at_once(heard: Heard) -> Decoded | None:
    """What `_read` finds in a frame with which nothing is wrong; None leaves it to say what is."""
    topic = _TOPIC.fullmatch(heard.topic)
    if topic is None or len(heard.payload) > MAX_BYTES:
        return None
    try:
        frame = _SCHEMA.decode(heard.payload)
        return None if _repeats_a_key(heard.payload, frame) else _sound(topic[1], frame, heard.received_at)
    except (DecodeError, ValueError):
        return None


def _repeats_a_key(payload: bytes, frame: _Frame) -> bool:
    """Whether its JSON has more strings than were read, keys included; one escape and nobody can tell."""
    entries = frame.readings
    keys = 2 + (frame.battery is not None) + 3 * len(entries)
    strings = keys + len(entries) + sum([isinstance(one.t, str) for one in entries])
    return payload.count(b'"') != 2 * strings or b"\\" in payload


def _sound(device_id: str, frame: _Frame, received_at: datetime) -> Decoded | None:
    """Its readings, or None when an instant is strange; a name or value that cannot be is a `ValueError`."""
    old_at = received_at - timedelta(seconds=BACKFILL_S)
    future_at, seq = received_at + timedelta(seconds=FUTURE_S), frame.seq
    readings = [
        Reading(
            device_id, one.probe, sense_of(one.probe), "temperature", one.c, at, received_at, seq, at < old_at
        )
        for one in frame.readings
        if (at := _instant(one.t)) and EPOCH_ZERO_AT <= at <= future_at
    ]
    if not readings or len({one.key for one in readings}) < len(frame.readings) or seq == NO_SEQUENCE:
        return None
    if frame.battery is not None:
        at, charge = max([one.measured_at for one in readings]), 100 * frame.battery
        told = (WHOLE_DEVICE, None, "battery", charge, at, received_at, seq, at < old_at)
        readings.append(Reading(device_id, *told))
    return Decoded(tuple(readings), ())


def _read(heard: Heard) -> Sheet:
    topic = _TOPIC.fullmatch(heard.topic)
    device_id = named_device(topic and topic[1], heard.topic)
    body = json_object(heard.payload)
    claimed, entries = body.get("device_id", device_id), body.get("readings")
    if claimed != device_id:
        raise Unreadable("device_mismatch", shown(claimed))
    if not isinstance(entries, list) or not entries:
        said = f"readings {shown(entries) if entries else json.dumps(entries)}"
        raise Unreadable("frame_without_readings", said if "readings" in body else _keys(body))
    sheet = Sheet(heard, device_id, sequence=counter(body.get("seq")))
    if body.get("seq") is not None and counter(body["seq"]) == NO_SEQUENCE:
        sheet.find("sequence_unreadable", shown(body["seq"]))
    instants = [_note(sheet, entry) for entry in entries]
    _note_battery(sheet, body.get("battery"), max((at for at in instants if at), default=None))
    return sheet


def _note(sheet: Sheet, entry: object) -> datetime | None:
    """Notes one reading and gives its instant."""
    if not isinstance(entry, dict):
        sheet.find("reading_malformed", shown(entry))
        return None
    probe, told_at = entry.get("probe"), _instant(entry.get("t"))
    if not isinstance(probe, str):
        sheet.find("probe_unreadable", shown(probe))
        return None
    if told_at is None:
        sheet.find("time_unreadable", shown(entry.get("t")))
    sheet.add(
        "temperature",
        entry.get("c"),
        probe=probe,
        senses=sense_of(probe),
        told_at=told_at,
        doubt="time" if told_at is None else "",
    )
    return told_at


def _note_battery(sheet: Sheet, told: object, at: datetime | None) -> None:
    """The charge is told as a part of 1."""
    if told is None:
        return
    try:
        sheet.add("battery", 100 * measured("battery", told), told_at=at)
    except Unreadable as fault:
        sheet.find("battery_unreadable", fault.detail)


def _keys(body: Mapping[str, object]) -> str:
    return shown(" ".join(body)) if body else "{}"


def _instant(told: object) -> datetime | None:
    return iso_instant(told) if isinstance(told, str) else unix_instant(told)
