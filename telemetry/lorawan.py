"""What LoRaWAN networks hand on of an uplink, and the payloads of the devices in them."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from telemetry.frames import (
    Family,
    Heard,
    Identity,
    NotePayload,
    Sheet,
    Unreadable,
    celsius,
    counter,
    iso_instant,
    named_device,
    reading_frame,
    shown,
    unix_instant,
)
from telemetry.one_wire import doubt_of, is_lost
from telemetry.plain_values import number_of
from telemetry.readings import NO_SEQUENCE, WHOLE_DEVICE, is_name

EXTERNAL = "external"

_MAX_PAYLOAD_BYTES = 242
_DRAGINO_ABSENT_C = 327.67
_EVENT_LEVELS = ("up", "uplink", "event")
_DECODED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("temperature", "temp", "temp_c", "tempc", "temperature_c", "tempc_sht"),
        ("temperature", WHOLE_DEVICE),
    ),
    **dict.fromkeys(("tempc_ds", "tempc_tmp117", "ext_tempc_sht"), ("temperature", EXTERNAL)),
    **dict.fromkeys(
        ("humidity", "relative_humidity", "hum", "hum_sht", "humidity_pct"), ("humidity", WHOLE_DEVICE)
    ),
    "ext_hum_sht": ("humidity", EXTERNAL),
    "battery": ("battery", WHOLE_DEVICE),
    **dict.fromkeys(("batv", "battery_v", "battery_voltage"), ("battery_voltage", WHOLE_DEVICE)),
}
_OF_PROBE = re.compile(r"(temp|(?:relative_)?hum)(?:erature|c|idity)_?(\d{1,3}|external|probe)", re.ASCII)
_LOW_BATTERY: tuple[object, ...] = (0, 1, "Ultra Low", "Low")  # as Dragino's formatters say it
_MAGNET = {"open": 1.0, "close": 0.0}  # as Milesight's do
_OF_CHANNELS = {"temperatureSensor": "temperature", "humiditySensor": "humidity"}
_QUANTITY = {"temp": "temperature", "hum": "humidity", "relative_hum": "humidity"}


@dataclass(frozen=True, slots=True)
class Uplink:
    """
    One uplink as its network server tells it; what is no such thing becomes a finding.

    Parameters
    ----------
    device_id
        The device.
    names
        What its payload's family may be set by, the most particular first.
    payload
        Its bytes in Base64, or None.
    f_port
        The port they came from.
    decoded
        The object that the network's own decoder made of them, or None.
    normalized
        The list of measurements that the network made of that object, or None.
    told
        When the network received it, the best of its instants first.
    f_cnt
        The device's frame counter.
    """

    device_id: str
    names: tuple[object, ...]
    payload: object
    f_port: object
    decoded: object
    told: tuple[object, ...]
    f_cnt: object
    normalized: object = None


def payload_family(name: str, identity: Identity, note_payload: NotePayload) -> Family:
    """The family of a device's bare payload bytes, which travel in a network's frames."""

    def note(sheet: Sheet, payload: bytes, f_port: int | None) -> None:
        if len(payload) > _MAX_PAYLOAD_BYTES:
            sheet.find("frame_too_large", str(len(payload)))
        else:
            note_payload(sheet, payload, f_port)

    def read(heard: Heard) -> Sheet:
        sheet = Sheet(heard, _last_name(heard.topic))
        note(sheet, heard.payload, None)
        return sheet

    return Family(name, identity, (), lambda heard: reading_frame(heard, read), note)


def uplink_sheet(heard: Heard, uplink: Uplink, families: Mapping[str, Family]) -> Sheet:
    """
    Everything that an uplink gives.

    Parameters
    ----------
    heard
        The frame; its options set payload families by the uplink's names.
    uplink
        What it says.
    families
        Every family by name.

    Returns
    -------
    Sheet
        The payload's values where its family is set and it has bytes, else those of the decoded object.
    """
    instants = [told for told in uplink.told if told is not None]
    told_at = next((at for at in map(iso_instant, instants) if at), None)
    sequence = counter(uplink.f_cnt)
    is_timeless = bool(instants) and told_at is None
    sheet = Sheet(
        heard, uplink.device_id, told_at=told_at, sequence=sequence, doubt="time" if is_timeless else ""
    )
    if is_timeless:
        sheet.find("time_unreadable", shown(instants[0]))
    if sequence == NO_SEQUENCE:
        sheet.find("sequence_unreadable", shown(uplink.f_cnt))
    note_payload = _payload_noter(sheet, heard, uplink, families)
    payload = _payload_bytes(sheet, uplink.payload) if note_payload else b""
    if note_payload and payload:
        note_payload(sheet, payload, uplink.f_port if type(uplink.f_port) is int else None)
    elif isinstance(uplink.normalized, list) and not _has_temperature(uplink.decoded):
        _note_normalized(sheet, uplink.normalized)
    elif isinstance(uplink.decoded, dict):
        _note_decoded(sheet, uplink.decoded, heard.options.temperature_unit)
    elif uplink.payload and note_payload is None:
        sheet.find("profile_unknown", shown(uplink.device_id))
    return sheet


def one_device(of_topic: object, of_frame: object, topic: str) -> str:
    """
    The device that a frame is of.

    Raises
    ------
    Unreadable
        When topic and frame name different ones, or neither names one.
    """
    if isinstance(of_topic, str) and isinstance(of_frame, str) and of_topic.lower() != of_frame.lower():
        raise Unreadable("device_mismatch", shown(of_frame))
    return named_device(of_topic or of_frame, topic)


def _payload_noter(
    sheet: Sheet, heard: Heard, uplink: Uplink, families: Mapping[str, Family]
) -> NotePayload | None:
    profiles = {name.lower(): family for name, family in heard.options.profiles.items()}
    names = [name.lower() for name in uplink.names if isinstance(name, str)]
    set_to = next((profiles[name] for name in names if name in profiles), None)
    if set_to is None:
        return None
    family = families.get(set_to)
    if family is None or family.note_payload is None:
        sheet.find("profile_unknown", shown(set_to))
        return None
    return family.note_payload


def _payload_bytes(sheet: Sheet, told: object) -> bytes:
    try:
        return base64.b64decode(told, validate=True) if isinstance(told, str) else b""
    except ValueError:
        sheet.find("payload_unreadable", shown(told))
        return b""


def _note_decoded(sheet: Sheet, decoded: Mapping[str, object], unit: str) -> None:
    for key, quantity, probe, told in _measured(decoded):
        value = number_of(told)
        is_dragino = quantity == "temperature" and "tempc" in key
        if is_dragino and (value == _DRAGINO_ABSENT_C or is_lost(value)):
            sheet.find("value_sentinel", f"{probe} {value}")
        elif quantity == "temperature":
            in_c = celsius(value, unit)
            sheet.add(quantity, in_c, probe=probe, doubt=doubt_of(in_c) if key == "tempc_ds" else "")
        else:
            sheet.add(quantity, value, probe=probe)
    records = decoded.get("history")
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict) and (told_at := unix_instant(record.get("timestamp"))):
            _note_decoded(sheet.record(told_at), {**record, "history": None}, unit)


def _has_temperature(decoded: object) -> bool:
    return isinstance(decoded, dict) and any(one[1] == "temperature" for one in _measured(decoded))


def _note_normalized(sheet: Sheet, measurements: list[object]) -> None:
    """Measurements in the network's own units: degrees Celsius, percent, volts."""
    for measurement in measurements:
        if not isinstance(measurement, dict):
            sheet.find("reading_malformed", shown(measurement))
            continue
        told_at = iso_instant(measurement.get("time"))
        page = sheet.record(told_at, is_live=True) if told_at else sheet
        air = measurement.get("air")
        inside = air if isinstance(air, dict) else {}
        for told, key, quantity in (
            (inside, "temperature", "temperature"),
            (inside, "relativeHumidity", "humidity"),
            (measurement, "battery", "battery_voltage"),
        ):
            if key in told:
                page.add(quantity, told[key])


def _measured(decoded: Mapping[str, object]) -> Iterator[tuple[str, str, str, object]]:
    """Key, quantity, probe and value under the names of common decoders, of all others nothing."""
    for name, value in decoded.items():
        key = name.lower()
        if key in _DECODED:
            yield key, *_DECODED[key], value
        elif name == "magnet_status":
            yield key, "open", WHOLE_DEVICE, _MAGNET.get(value, value) if isinstance(value, str) else value
        elif key == "bat_status" and value in _LOW_BATTERY:
            yield key, "battery_low", WHOLE_DEVICE, 1.0
        elif found := _OF_PROBE.fullmatch(key):
            yield key, _QUANTITY[found[1]], found[2], value
        elif name in _OF_CHANNELS and isinstance(value, dict):
            for channel, number in value.items():
                yield key, _OF_CHANNELS[name], channel, number


def _last_name(topic: str) -> str:
    """The last level of a topic that can name a device, those of events left out."""
    levels = [level for level in topic.split("/") if is_name(level)]
    devices = [level for level in levels if level not in _EVENT_LEVELS]
    return named_device((devices or levels or [""])[-1], topic)
