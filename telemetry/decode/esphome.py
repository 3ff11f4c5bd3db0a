"""
Boards with ESPHome: one value a topic, `{prefix}/sensor/{object_id}/state`; the object id names the quantity.

References
----------
https://esphome.io/components/mqtt.html, "Defaults"; .../components/sensor/, "MQTT Options": NaN is
published as ``nan``, or ``None`` where ``publish_nan_as_none`` is set.
"""

import re

from telemetry.frames import (
    Family,
    Heard,
    Sheet,
    TemperatureUnit,
    Unreadable,
    celsius,
    named_device,
    reading_frame,
    sense_of,
    shown,
)
from telemetry.one_wire import doubt_of, is_lost
from telemetry.plain_values import plain_value, scaled
from telemetry.readings import WHOLE_DEVICE, Decoded

_TOPIC = re.compile(r"(.+)/(sensor|binary_sensor)/([^/]+)/state")
_QUANTITIES: dict[tuple[str, ...], tuple[str, float]] = {
    ("battery", "voltage"): ("battery_voltage", 1.0),
    ("carbon", "dioxide"): ("carbon_dioxide", 1.0),
    ("battery", "level"): ("battery", 1.0),
    ("battery",): ("battery", 1.0),
    ("co2",): ("carbon_dioxide", 1.0),
    ("humidity",): ("humidity", 1.0),
    ("illuminance",): ("illuminance", 1.0),
    ("pressure",): ("pressure", 100.0),
    ("temperature",): ("temperature", 1.0),
    ("temp",): ("temperature", 1.0),
    ("uptime",): ("uptime", 1.0),
}
_OPENINGS = ("contact", "door", "lid", "opening", "window")
_UNITS: dict[str, TemperatureUnit] = {"f": "F", "fahrenheit": "F", "c": "C", "celsius": "C"}
_NOT_MEASURED = frozenset(["dew", "max", "min", "offset", "set", "setpoint", "target"])
_OF_BOARD = frozenset(["current", "energy", "heap", "loop", "power", "rssi", "signal", "status", "wifi"])
_OPEN = {"ON": 1.0, "OFF": 0.0}


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame; its topic names the device by its prefix. ``core_temperature`` is the temperature of the
        probe ``core``; a last word ``f`` or ``c`` is its unit, else ``options.temperature_unit`` is.

    Returns
    -------
    Decoded
        The frame's reading, at its arrival; nothing at all for what such a board says of its radio or power,
        and for set points.
    """
    topic = _TOPIC.fullmatch(heard.topic)
    if topic is not None and topic[2] == "sensor" and _is_of_no_food(_words(topic[3])):
        return Decoded((), ())
    return reading_frame(heard, _read)


FAMILY = Family("esphome", "none", ("+/sensor/+/state", "+/binary_sensor/+/state"), decode)


def _read(heard: Heard) -> Sheet:
    topic = _TOPIC.fullmatch(heard.topic)
    if topic is None:
        raise Unreadable("topic_unknown", shown(heard.topic))
    sheet = Sheet(heard, named_device(topic[1].replace("/", ":"), heard.topic))
    words, told = _words(topic[3]), plain_value(heard.payload)
    if topic[2] == "binary_sensor":
        _note_opening(sheet, words, told)
    else:
        _note_value(sheet, words, told, heard.options.temperature_unit)
    return sheet


def _note_value(sheet: Sheet, words: list[str], told: object, usual_unit: TemperatureUnit) -> None:
    unit = _UNITS.get(words[-1], usual_unit)
    named = words[:-1] if words[-1] in _UNITS else words
    found = _quantity(named)
    if found is None:
        raise Unreadable("quantity_unknown", shown("_".join(words)))
    quantity, factor, rest = found
    value = celsius(told, unit) if quantity == "temperature" else scaled(told, factor)
    if quantity == "temperature" and is_lost(value):
        sheet.find("value_sentinel", shown(told))
        return
    probe = "_".join(rest) or WHOLE_DEVICE
    doubt = doubt_of(value) if quantity == "temperature" else ""
    sheet.add(quantity, value, probe=probe, senses=sense_of(probe), doubt=doubt)


def _note_opening(sheet: Sheet, words: list[str], told: object) -> None:
    found = next((word for word in words if word in _OPENINGS), None)
    if found is None:
        raise Unreadable("quantity_unknown", shown("_".join(words)))
    probe = "_".join(word for word in words if word != found) or WHOLE_DEVICE
    sheet.add("open", _OPEN.get(told, told) if isinstance(told, str) else told, probe=probe)


def _quantity(words: list[str]) -> tuple[str, float, list[str]] | None:
    """The quantity that some words name, the factor to its unit, and the words left for its probe."""
    for name, (quantity, factor) in _QUANTITIES.items():
        size = len(name)
        for at in range(len(words) - size + 1):
            if tuple(words[at : at + size]) == name:
                return quantity, factor, words[:at] + words[at + size :]
    return None


def _words(object_id: str) -> list[str]:
    """``Temperature #1`` is published as ``temperature__1``."""
    return [word for word in object_id.lower().split("_") if word] or [object_id]


def _is_of_no_food(words: list[str]) -> bool:
    return bool(_NOT_MEASURED & set(words)) or (bool(_OF_BOARD & set(words)) and _quantity(words) is None)
