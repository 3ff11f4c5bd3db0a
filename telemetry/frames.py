"""What a decoder is given and what it gives: one frame of one family, read without raising."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import structs

from telemetry.instants import ageless_at
from telemetry.readings import (
    HOTTEST_C,
    NO_SEQUENCE,
    SENSES,
    WHOLE_DEVICE,
    Decoded,
    Doubt,
    Reading,
    Senses,
    is_name,
    is_possible,
    summed_findings,
)

Identity = Literal["device-time", "counter", "none"]
IDENTITIES: tuple[Identity, ...] = get_args(Identity)

TemperatureUnit = Literal["C", "F", "K"]
TEMPERATURE_UNITS: tuple[TemperatureUnit, ...] = get_args(TemperatureUnit)

MAX_BYTES = 262_144
FUTURE_S = 300
BACKFILL_S = 900
_SENSES: Mapping[str, Senses] = {sense: sense for sense in SENSES}
EPOCH_ZERO_AT = datetime(1971, 1, 1, tzinfo=UTC)  # a device that lost its clock counts from 1970

_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)

Decode = Callable[["Heard"], Decoded]
NotePayload = Callable[["Sheet", bytes, int | None], None]


class Unreadable(Exception):
    """
    A frame, or a part of one, that gives nothing.

    Parameters
    ----------
    code
        The finding's code.
    detail
        What was there instead, as `shown` prints it.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def is_zone(name: str) -> bool:
    """Whether a name is one of the time zone database, as ``"Asia/Shanghai"``."""
    try:
        return bool(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False


@dataclass(frozen=True, slots=True)
class Options:
    """
    What a family needs to know that its frames do not say; from ``config/sensors.toml``.

    Parameters
    ----------
    zone
        Time zone of local times without an offset.
    temperature_unit
        Unit of a temperature whose frame does not say it.
    profiles
        LoRaWAN device profile, model or device id to the family of the payload.
    """

    zone: str = "Asia/Shanghai"
    temperature_unit: TemperatureUnit = "C"
    profiles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_zone(self.zone) or self.temperature_unit not in TEMPERATURE_UNITS:
            raise ValueError(f"Not a zone and a unit: {(self.zone, self.temperature_unit)!a}.")


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One frame as it came.

    Parameters
    ----------
    topic
        The topic it came on.
    payload
        Its bytes.
    received_at
        When the worker took it.
    is_retained
        Whether the broker had kept it from before: its arrival says nothing about its age.
    options
        What the frames of the family do not say.
    """

    topic: str
    payload: bytes
    received_at: datetime
    is_retained: bool = False
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class Family:
    """
    A family of devices that speak alike; each module of `telemetry.decode` declares one as ``FAMILY``.

    Parameters
    ----------
    name
        Its name, as in ``config/sensors.toml``.
    identity
        What makes one of its readings the same when it comes again, where the frame tells it: the device's
        time, its counter, or nothing, where exactly-once is not claimed. Untold, the arrival is the key.
    topic_filters
        The topics it publishes to by default; empty for a payload that travels in another family's frames.
    decode
        Readings and findings of one frame; it raises nothing, whatever the bytes are.
    note_payload
        Of a payload that travels in another family's frames: notes its bytes, told their port or None, on
        the sheet of such a frame.
    """

    name: str
    identity: Identity
    topic_filters: tuple[str, ...]
    decode: Decode
    note_payload: NotePayload | None = None


class Sheet:
    """
    Gathers what one frame gives: each value becomes a reading or a finding, never nothing.

    Parameters
    ----------
    heard
        The frame.
    device_id
        The device it tells of.
    told_at
        The instant that the frame gives its values, by the device or else its gateway; None for none.
    sequence
        The device's counter, or `NO_SEQUENCE`.
    doubt
        Why none of its values is to be judged.
    """

    def __init__(
        self,
        heard: Heard,
        device_id: str,
        *,
        told_at: datetime | None = None,
        sequence: int = NO_SEQUENCE,
        doubt: Doubt = "",
    ) -> None:
        self._heard, self._device_id, self._doubt = heard, device_id, doubt
        self._told_at, self._sequence = told_at, sequence
        self._old_at = heard.received_at - timedelta(seconds=BACKFILL_S)
        self._future_at = heard.received_at + timedelta(seconds=FUTURE_S)
        self._readings: dict[object, Reading] = {}
        self._found: dict[str, list[str]] = {}

    def add(
        self,
        quantity: str,
        value: object,
        *,
        probe: str = WHOLE_DEVICE,
        senses: Senses | None = None,
        told_at: datetime | None = None,
        doubt: Doubt = "",
    ) -> None:
        """
        Notes one value.

        Parameters
        ----------
        quantity
            One of `QUANTITIES`.
        value
            As the frame has it, in the quantity's unit; what is no such number becomes a finding.
        probe
            The probe's name on the device.
        senses
            What it senses, when the frame says so.
        told_at
            This value's own instant, where it differs from the frame's.
        doubt
            Why it is to be kept but not judged.
        """
        try:
            number = measured(quantity, value)
            if not is_name(probe):
                raise Unreadable("probe_unreadable", shown(probe))
            at, doubt = told_at or self._told_at, doubt if told_at else self._doubt or doubt
            reading = self._reading(quantity, number, probe, senses, at, doubt)
            if self._readings.setdefault(reading.key, reading).value != reading.value:
                self._keep_apart(reading)
        except Unreadable as fault:
            self.find(fault.code, fault.detail)

    def record(self, told_at: datetime | None, *, is_live: bool = False) -> "Sheet":
        """The same sheet for values that their instant names, from memory unless live."""
        page = Sheet(self._heard, self._device_id, told_at=told_at)
        page._old_at = self._old_at if is_live else self._future_at
        page._readings, page._found = self._readings, self._found
        return page

    def find(self, code: str, detail: str) -> None:
        """Notes a finding; ``detail`` is what was there, as `shown` prints it."""
        self._found.setdefault(code, []).append(detail)

    def decoded(self) -> Decoded:
        """Everything noted so far; a frame that gave neither reading nor finding says so."""
        if not self._readings and not self._found:
            self.find("frame_without_readings", f"{len(self._heard.payload)} bytes")
        return Decoded(tuple(self._readings.values()), summed_findings(self._found))

    def _keep_apart(self, reading: Reading) -> None:
        """Keeps another value of an instant that cannot be, or refuses it: no value is lost for its time."""
        if reading.doubt != "time":
            raise Unreadable("reading_contradicts", shown(reading.value))
        apart = timedelta(microseconds=len(self._readings))
        at = reading.measured_at
        other = structs.replace(reading, measured_at=at - apart if at > self._future_at else at + apart)
        self._readings[other.key] = other

    def _reading(
        self, quantity: str, told: float, probe: str, senses: Senses | None, at: datetime | None, doubt: Doubt
    ) -> Reading:
        received_at = self._heard.received_at
        if is_ageless := at is None and self._heard.is_retained:
            self.find("frame_retained", shown(told))
        at = at or (ageless_at(told) if is_ageless else received_at)
        if is_strange := not (is_ageless or EPOCH_ZERO_AT <= at <= self._future_at):
            self.find("time_in_future" if at > self._future_at else "time_epoch_zero", at.isoformat())
        is_nowhere = is_ageless or is_strange
        return Reading(
            device_id=self._device_id,
            probe=probe,
            senses=senses,
            quantity=quantity,
            value=told,
            measured_at=at,
            received_at=received_at,
            sequence=self._sequence,
            backfill=at < self._old_at and not is_nowhere,
            doubt="time" if is_nowhere else doubt,
        )


def reading_frame(heard: Heard, read: Callable[[Heard], Sheet]) -> Decoded:
    """What ``read`` gathers from a frame; where it finds the whole frame `Unreadable`, that finding alone."""
    try:
        if len(heard.payload) > MAX_BYTES:
            raise Unreadable("frame_too_large", str(len(heard.payload)))
        return read(heard).decoded()
    except Unreadable as fault:
        return Decoded((), summed_findings({fault.code: [fault.detail]}))


def json_object(payload: bytes) -> dict[str, object]:
    """
    The frame's JSON object.

    Raises
    ------
    Unreadable
        When the bytes are no UTF-8, no JSON, no object, nest too deeply, or name a key twice.
    """
    body = json_value(payload)
    if not isinstance(body, dict):
        raise Unreadable("frame_not_json", type(body).__name__)
    return body


def json_value(payload: bytes) -> object:
    """The frame's JSON value of any type; raises `Unreadable` as `json_object`."""
    try:
        return _JSON.decode(payload.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable("frame_not_utf8", f"byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("frame_not_json", ascii(str(error))[1:-1]) from error


def named_device(name: object, topic: str) -> str:
    """A device's id, checked; `Unreadable` when it is no name, showing ``topic``."""
    if not isinstance(name, str) or not is_name(name):
        raise Unreadable("topic_unknown", shown(topic))
    return name


def measured(quantity: str, value: object) -> float:
    """A value as a number; `Unreadable` when it is missing, none, or impossible for the quantity."""
    if value is None:
        raise Unreadable("value_missing", shown(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("value_not_a_number", shown(value))
    if not is_possible(quantity, value):
        raise Unreadable("value_impossible", shown(value))
    return float(value)


def celsius(value: object, unit: str) -> object:
    """
    A temperature in degrees Celsius, once; what is no number is given back as it is.

    Parameters
    ----------
    value
        As the frame has it.
    unit
        ``"C"``, ``"F"`` or ``"K"``.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < HOTTEST_C * 2:
        return value
    if unit == "F":
        return (value - 32) * 5 / 9
    return value - 273.15 if unit == "K" else value


def counter(told: object) -> int:
    """The device's counter, or `NO_SEQUENCE` where the frame has none that can be."""
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**63:
        return told
    return NO_SEQUENCE


def unix_instant(told: object) -> datetime | None:
    """The instant of a Unix time in seconds, or None when it is none."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        return datetime.fromtimestamp(told, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def iso_instant(told: object, zone: str = "") -> datetime | None:
    """
    The instant of an RFC 3339 or ISO 8601 time, or None when it is none.

    Parameters
    ----------
    told
        As the frame has it; digits of the second beyond the sixth are cut.
    zone
        Where the clock stands that tells a time without an offset; empty refuses such a time.
    """
    if not isinstance(told, str) or _ISO.fullmatch(told) is None:
        return None
    try:
        at = datetime.fromisoformat(told.upper())
        if at.tzinfo is None and not zone:
            return None
        return at if at.tzinfo is UTC else at.replace(tzinfo=at.tzinfo or ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def sense_of(probe: str) -> Senses | None:
    """What a probe senses when its name says so."""
    return _SENSES.get(probe)


def shown(value: object) -> str:
    """The value as plain ASCII, so that it can be stored and printed wherever it came from."""
    return ascii(value)[:120] if isinstance(value, str | int | float | None) else type(value).__name__


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return body


_JSON = json.JSONDecoder(object_pairs_hook=_unique)
