"""
Ruuvi Gateway over MQTT: one JSON frame for each Bluetooth advertisement that it hears.

References
----------
https://docs.ruuvi.com/ruuvi-gateway-firmware/data-formats/mqtt-time-stamped-data-from-bluetooth-sensors and
https://docs.ruuvi.com/communication/bluetooth-advertisements, data formats 3, 5, 6, C5 and E1.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telemetry.adverts import advert_bytes, manufacturer_data
from telemetry.frames import (
    Family,
    Heard,
    Sheet,
    Unreadable,
    json_object,
    named_device,
    reading_frame,
    shown,
    unix_instant,
)
from telemetry.readings import NO_SEQUENCE, Decoded, Doubt

LOW_V = 2.5  # "plan to replace the battery": https://github.com/ruuvi/ruuvitag_fw/wiki/FAQ:-battery
_COMPANY = 0x0499
_MAC = re.compile(r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{12}", re.ASCII)
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
_LUX_STEP = math.log(65_536) / 254


@dataclass(frozen=True, slots=True)
class _Field:
    """
    A number in a data format, its highest byte first.

    Parameters
    ----------
    quantity
        What it measures.
    start
        Its first byte.
    bits
        Its length.
    per, offset
        So many raw units in one unit, after adding the offset.
    is_signed
        Whether it is a two's complement.
    skip
        Bits of the first byte before it.
    low
        Byte and bit where its lowest bit stands apart, or None.
    curve
        Its value from the raw number, where that is no straight line.
    """

    quantity: str
    start: int
    bits: int = 16
    per: float = 1
    offset: int = 0
    is_signed: bool = False
    skip: int = 0
    low: tuple[int, int] | None = None
    curve: Callable[[int], float] | None = None

    def raw(self, said: bytes) -> int:
        """The raw number in a format's bytes."""
        end = self.start + (self.skip + self.bits + 7) // 8
        whole = int.from_bytes(said[self.start : end], "big")
        raw = whole >> (-(self.skip + self.bits) % 8) & ((1 << self.bits) - 1)
        if self.low is not None:
            raw = raw << 1 | said[self.low[0]] >> self.low[1] & 1
        return raw - (1 << self.bits) if self.is_signed and raw >> (self.bits - 1) else raw

    def absent(self) -> int:
        """What says *not available*: the least of signed numbers, the most of others."""
        if self.is_signed:
            return -(1 << (self.bits - 1))
        return (1 << (self.bits + (self.low is not None))) - 1

    def value(self, raw: int) -> float:
        """The value of a raw number."""
        return self.curve(raw) if self.curve else (raw + self.offset) / self.per


@dataclass(frozen=True, slots=True)
class _Format:
    """
    A data format.

    Parameters
    ----------
    size
        Its bytes, the first of which is its number.
    fields
        What it tells.
    counter
        The measurement's number, or None.
    mac_size
        How many of the lowest bytes of the sensor's address end it.
    may_lack
        Whether its fields can say that they are not available.
    """

    size: int
    fields: tuple[_Field, ...]
    counter: _Field | None = None
    mac_size: int = 6
    may_lack: bool = True


def _sign_magnitude(raw: int) -> float:
    """Sign and whole degrees in the upper byte, hundredths (at most 99) in the lower."""
    whole, hundredths = raw >> 8 & 0x7F, raw & 0xFF
    magnitude = (100 * whole + hundredths) / 100 if hundredths < 100 else math.nan
    return -magnitude if raw >> 15 else magnitude


def _lux(raw: int) -> float:
    return math.exp(raw * _LUX_STEP) - 1


def _axes(start: int) -> tuple[_Field, ...]:
    return tuple(
        _Field(f"acceleration_{axis}", start + 2 * i, per=1000, is_signed=True)
        for i, axis in enumerate("xyz")
    )


def _power(start: int) -> tuple[_Field, ...]:
    return (
        _Field("battery_voltage", start, bits=11, per=1000, offset=1600),
        _Field("transmit_power", start + 1, bits=5, per=0.5, offset=-20, skip=3),
    )


def _gases(start: int, flags: int) -> tuple[_Field, ...]:
    return (
        _Field("carbon_dioxide", start),
        _Field("voc_index", start + 2, bits=8, low=(flags, 6)),
        _Field("nox_index", start + 3, bits=8, low=(flags, 7)),
    )


def _air(start: int = 1) -> tuple[_Field, ...]:
    return (
        _Field("temperature", start, per=200, is_signed=True),
        _Field("humidity", start + 2, per=400),
        _Field("pressure", start + 4, offset=50_000),
    )


def _dust(start: int, *quantities: str) -> tuple[_Field, ...]:
    return tuple(_Field(quantity, start + 2 * i, per=10) for i, quantity in enumerate(quantities))


_FORMATS: Mapping[int, _Format] = {
    0x03: _Format(
        14,
        (
            _Field("temperature", 2, curve=_sign_magnitude),
            _Field("humidity", 1, bits=8, per=2),
            _Field("pressure", 4, offset=50_000),
            *_axes(6),
            _Field("battery_voltage", 12, per=1000),
        ),
        mac_size=0,
        may_lack=False,
    ),
    0x05: _Format(
        24, (*_air(), *_axes(7), *_power(13), _Field("movements", 15, bits=8)), _Field("counter", 16)
    ),
    0xC5: _Format(18, (*_air(), *_power(7), _Field("movements", 9, bits=8)), _Field("counter", 10)),
    0x06: _Format(
        20,
        (
            *_air(),
            *_dust(7, "pm2_5"),
            *_gases(9, flags=16),
            _Field("illuminance", 13, bits=8, curve=_lux),
        ),
        _Field("counter", 15, bits=8),
        mac_size=3,
    ),
    0xE1: _Format(
        40,
        (
            *_air(),
            *_dust(7, "pm1", "pm2_5", "pm4", "pm10"),
            *_gases(15, flags=28),
            _Field("illuminance", 19, bits=24, per=100),
        ),
        _Field("counter", 25, bits=24),
    ),
}


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame; the last level of its topic is the sensor's Bluetooth address.

    Returns
    -------
    Decoded
        Temperature first. The instant is the gateway's, for the sensor tells none.
    """
    return reading_frame(heard, _read)


FAMILY = Family("ruuvi-gateway", "counter", ("ruuvi/+/+",), decode)


def _read(heard: Heard) -> Sheet:
    body = json_object(heard.payload)
    if "data" not in body:
        has = f"state {shown(body['state'])}" if "state" in body else shown(" ".join(body))
        raise Unreadable("frame_without_readings", has)
    said = manufacturer_data(advert_bytes(body["data"]), _COMPANY)
    layout = _FORMATS.get(said[0]) if said else None
    if layout is None:
        raise Unreadable("format_unknown", said[:20].hex())
    said, length = said[: layout.size], len(said)
    if length < layout.size:
        raise Unreadable("frame_truncated", f"{length} of {layout.size} bytes")

    told = [body[key] for key in ("ts", "gwts") if key in body]
    told_at = next((at for at in map(_instant, told) if at), None)
    doubt: Doubt = "time" if told and told_at is None else ""
    device_id = _device(heard.topic, said[layout.size - layout.mac_size :])
    sheet = Sheet(heard, device_id, told_at=told_at, sequence=_counter(layout, said))
    if doubt:
        sheet.find("time_unreadable", shown(told[0]))
    for one in layout.fields:
        raw = one.raw(said)
        if layout.may_lack and raw == one.absent():
            sheet.find("value_sentinel", f"{one.quantity} {raw}")
        else:
            value = one.value(raw)
            sheet.add(one.quantity, value, doubt=doubt)
            if one.quantity == "battery_voltage" and value < LOW_V:
                sheet.add("battery_low", 1.0, doubt=doubt)
    return sheet


def _counter(layout: _Format, said: bytes) -> int:
    """The measurement's number; one of eight bits is never lacking."""
    if layout.counter is None:
        return NO_SEQUENCE
    raw = layout.counter.raw(said)
    return NO_SEQUENCE if layout.counter.bits > 8 and raw == layout.counter.absent() else raw


def _device(topic: str, mac: bytes) -> str:
    """The address that the gateway heard, in the topic; the one within the frame where the topic has none."""
    last = topic.rpartition("/")[2]
    is_whole = len(mac) == 6 and set(mac) != {0xFF}
    return mac.hex(":").upper() if is_whole and not _MAC.fullmatch(last) else named_device(last, topic)


def _instant(told: object) -> datetime | None:
    return (
        unix_instant(int(told)) if isinstance(told, str) and _SECONDS.fullmatch(told) else unix_instant(told)
    )
