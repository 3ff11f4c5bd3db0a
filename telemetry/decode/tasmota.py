"""
Boards with Tasmota: `tele/{topic}/SENSOR`, `tele/{topic}/STATE`, and what `Status 8`, `10`, `11` answer.

References
----------
https://tasmota.github.io/docs/MQTT/ and https://tasmota.github.io/docs/DS18x20/; the DS18B20 datasheet,
"Operation, measuring temperature", for 85 at power-on.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from telemetry.frames import (
    TEMPERATURE_UNITS,
    Family,
    Heard,
    Sheet,
    Unreadable,
    celsius,
    iso_instant,
    json_object,
    named_device,
    reading_frame,
    shown,
    unix_instant,
)
from telemetry.one_wire import doubt_of, is_lost
from telemetry.plain_values import scaled
from telemetry.readings import Decoded, Doubt

_PREFIXES = ("tele", "stat")
_SUBJECTS = ("SENSOR", "STATE", "STATUS8", "STATUS10", "STATUS11")
_INSIDE = ("StatusSNS", "StatusSTS")
_UPTIME = re.compile(r"(\d{1,6})T(\d\d):(\d\d):(\d\d)", re.ASCII)
_QUANTITIES = {
    "Battery": "battery",
    "CarbonDioxide": "carbon_dioxide",
    "Humidity": "humidity",
    "Illuminance": "illuminance",
    "Pressure": "pressure",
    "Temperature": "temperature",
}
_NUMBERED = re.compile(r"Temperature(\d{1,2})", re.ASCII)  # thermistors at the analog pins
_PASCAL = {"hPa": 100.0, "mmHg": 133.322387415, "inHg": 3386.389}
_ONE_WIRE_ID = re.compile(r"[0-9A-F]{12}(?:[0-9A-F]{4})?", re.ASCII)


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame; its topic names the device. A time without an offset is a clock's of ``options.zone``.

    Returns
    -------
    Decoded
        Readings in the frame's order. A probe is named by its ``Id`` where it has one, since the number
        behind its name changes when another is added, else by its name in the frame.
    """
    return reading_frame(heard, _read)


FAMILY = Family("tasmota", "device-time", ("tele/+/SENSOR", "tele/+/STATE"), decode)


def _read(heard: Heard) -> Sheet:
    device_id = named_device(_board_of(heard.topic), heard.topic)
    body = json_object(heard.payload)
    body = next((inner for key in _INSIDE if isinstance(inner := body.get(key), dict)), body)
    told_at = _instant(body, heard.options.zone)
    sheet = Sheet(heard, device_id, told_at=told_at)
    if told_at is None:
        sheet.find("time_unreadable", shown(body.get("Time")))
    board = _Board(sheet, "" if told_at else "time", body, heard.options.temperature_unit)
    board.note_uptime()
    board.note_sensors(body)
    return sheet


def _board_of(topic: str) -> str | None:
    """The levels around ``%prefix%``, which may stand before or behind ``%topic%``."""
    *levels, subject = topic.split("/")
    at = next((at for at, level in enumerate(levels) if level in _PREFIXES), None)
    return None if at is None or subject not in _SUBJECTS else ":".join(levels[:at] + levels[at + 1 :])


class _Board:
    """Notes what the sensors of one board say, in the units that its frame names for all of them."""

    def __init__(self, sheet: Sheet, doubt: Doubt, body: Mapping[str, object], usual_unit: str) -> None:
        self._sheet, self._doubt, self._body = sheet, doubt, body
        self._unit, self._pressure_unit = body.get("TempUnit", usual_unit), body.get("PressureUnit", "hPa")

    def note_uptime(self) -> None:
        """The seconds since the board started, also where only days and hours are told."""
        told, text = self._body.get("UptimeSec"), self._body.get("Uptime")
        found = _UPTIME.fullmatch(text) if isinstance(text, str) else None
        if told is None and found is not None:
            days, hours, minutes, seconds = map(int, found.groups())
            told = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        if told is not None:
            self._sheet.add("uptime", told, doubt=self._doubt)

    def note_sensors(self, block: Mapping[str, object], within: str = "") -> None:
        """Every object is a sensor; old firmware has those of one bus inside another object."""
        for name, inner in block.items():
            if isinstance(inner, dict) and name not in ("Wifi", "ENERGY"):
                label = f"{within}{name}"
                self._note(label, inner)
                if not within:
                    self.note_sensors(inner, f"{name}:")

    def _note(self, name: str, block: Mapping[str, object]) -> None:
        own = block.get("Id", block.get("Address"))
        is_one_wire = name.startswith("DS18") or (
            isinstance(own, str) and bool(_ONE_WIRE_ID.fullmatch(own)) and not name.startswith("MAX31850")
        )
        probe = own if isinstance(own, str) else name
        for key, quantity in _QUANTITIES.items():
            if key in block:
                self._note_value(quantity, block[key], probe, is_one_wire)
        for key, told in block.items():
            if numbered := _NUMBERED.fullmatch(key):
                self._note_value("temperature", told, f"{probe}:{numbered[1]}", False)

    def _note_value(self, quantity: str, told: object, probe: str, is_one_wire: bool) -> None:
        try:
            value = self._converted(quantity, told)
        except Unreadable as fault:
            self._sheet.find(fault.code, fault.detail)
            return
        if is_one_wire and is_lost(value):
            self._sheet.find("value_sentinel", shown(told))
        else:
            doubt = self._doubt or (doubt_of(value) if is_one_wire else "")
            self._sheet.add(quantity, value, probe=probe, doubt=doubt)

    def _converted(self, quantity: str, value: object) -> object:
        if quantity == "temperature":
            if self._unit not in TEMPERATURE_UNITS:
                raise Unreadable("measure_unit_unknown", shown(self._unit))
            return celsius(value, str(self._unit))
        if quantity == "pressure":
            if not isinstance(self._pressure_unit, str) or self._pressure_unit not in _PASCAL:
                raise Unreadable("measure_unit_unknown", shown(self._pressure_unit))
            return scaled(value, _PASCAL[self._pressure_unit])
        return value


def _instant(body: Mapping[str, object], zone: str) -> datetime | None:
    """The command ``Time`` chooses between text, text beside ``Epoch``, and seconds alone."""
    if "Epoch" in body:
        return unix_instant(body["Epoch"])
    told = body.get("Time")
    return iso_instant(told, zone) if isinstance(told, str) else unix_instant(told)
