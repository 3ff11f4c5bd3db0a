"""
Shelly devices of the first generation: one plain value a topic under `shellies/{id}/`.

References
----------
https://shelly-api-docs.shelly.cloud/gen1/, "Shelly1/1PM: MQTT" for the add-on and its 999, "Shelly H&T: MQTT"
for a temperature in the unit that the device is set to, "Shelly Door/Window 2: MQTT" for its state.
"""

import re

from telemetry.frames import (
    Family,
    Heard,
    Sheet,
    Unreadable,
    celsius,
    json_object,
    named_device,
    reading_frame,
    shown,
)
from telemetry.one_wire import doubt_of, is_lost
from telemetry.plain_values import plain_value
from telemetry.readings import WHOLE_DEVICE, Decoded, Doubt

INVALID = 999
_TOPIC = re.compile(r"shellies/(.+)/(sensor|ext_temperature(?:_f)?|ext_humidity)/([^/]+)")
_TOGETHER = re.compile(r"shellies/(.+)/(ext_temperatures(?:_f)?|ext_humidities)")
_QUANTITIES = {
    "battery": "battery",
    "humidity": "humidity",
    "lux": "illuminance",
    "temperature": "temperature",
}
_STATES = {"open": 1.0, "close": 0.0}
_FIELDS = {"ext_temperatures": "tC", "ext_temperatures_f": "tF", "ext_humidities": "hum"}


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame. A temperature of the device's own sensor is in ``options.temperature_unit``, since the
        frame does not say what the device is set to.

    Returns
    -------
    Decoded
        The frame's reading, at its arrival; of an add-on, one topic may tell all. A probe of the add-on is
        named by its hardware's id where the frame has it, else by its number.
    """
    return reading_frame(heard, _read)


FAMILY = Family(
    "shelly-gen1",
    "none",
    (
        "shellies/+/sensor/temperature",
        "shellies/+/sensor/humidity",
        "shellies/+/sensor/battery",
        "shellies/+/sensor/lux",
        "shellies/+/sensor/state",
        "shellies/+/ext_temperature/+",
        "shellies/+/ext_humidity/+",
    ),
    decode,
)


def _read(heard: Heard) -> Sheet:
    together = _TOGETHER.fullmatch(heard.topic)
    if together is not None:
        return _read_together(heard, together)
    topic = _TOPIC.fullmatch(heard.topic)
    if topic is None:
        raise Unreadable("topic_unknown", shown(heard.topic))
    sheet = Sheet(heard, named_device(topic[1].replace("/", ":"), heard.topic))
    kind, name = topic[2], topic[3]
    value = plain_value(heard.payload)
    if kind != "sensor":
        _note_external(sheet, kind, value, name)
    elif name == "state":
        sheet.add("open", _STATES.get(value, value) if isinstance(value, str) else value)
    elif name in _QUANTITIES:
        _note(sheet, _QUANTITIES[name], value, heard.options.temperature_unit, WHOLE_DEVICE)
    else:
        raise Unreadable("topic_unknown", shown(heard.topic))
    return sheet


def _read_together(heard: Heard, topic: re.Match[str]) -> Sheet:
    sheet = Sheet(heard, named_device(topic[1].replace("/", ":"), heard.topic))
    for number, block in json_object(heard.payload).items():
        if isinstance(block, dict):
            own = block.get("hwID")
            _note_external(
                sheet, topic[2], block.get(_FIELDS[topic[2]]), own if isinstance(own, str) else number
            )
        else:
            sheet.find("reading_malformed", shown(block))
    return sheet


def _note_external(sheet: Sheet, kind: str, value: object, probe: str) -> None:
    quantity = "humidity" if "humidit" in kind else "temperature"
    _note(sheet, quantity, value, "F" if kind.endswith("_f") else "C", probe)


def _note(sheet: Sheet, quantity: str, told: object, unit: str, probe: str) -> None:
    if quantity != "temperature":
        _note_told(sheet, quantity, told, told, probe)
        return
    value, is_one_wire = celsius(told, unit), probe != WHOLE_DEVICE
    if _is_invalid(value) or (is_one_wire and is_lost(value)):
        sheet.find("value_sentinel", shown(told))
    else:
        _note_told(sheet, quantity, told, value, probe, doubt_of(value) if is_one_wire else "")


def _note_told(
    sheet: Sheet, quantity: str, told: object, value: object, probe: str, doubt: Doubt = ""
) -> None:
    if told == INVALID:
        sheet.find("value_sentinel", shown(told))
    else:
        sheet.add(quantity, value, probe=probe, doubt=doubt)


def _is_invalid(in_c: object) -> bool:
    """Whether it is 999 in degrees Celsius, also when it was told in Fahrenheit or rounded."""
    return isinstance(in_c, int | float) and INVALID - 1 < in_c <= INVALID + 1
