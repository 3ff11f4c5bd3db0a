"""
Zigbee sensors behind Zigbee2MQTT: `zigbee2mqtt/FRIENDLY_NAME` with a JSON object.

References
----------
https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html; the units in "Exposes" of each
device's page; ``advanced.last_seen`` in https://www.zigbee2mqtt.io/guide/configuration/mqtt.html.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from telemetry.frames import (
    Family,
    Heard,
    Sheet,
    celsius,
    iso_instant,
    json_object,
    named_device,
    reading_frame,
    shown,
    unix_instant,
)
from telemetry.plain_values import plain_id, scaled
from telemetry.readings import WHOLE_DEVICE, Decoded, Doubt

_BASE = "zigbee2mqtt"
_NO_STATE = ("availability", "get")
_QUANTITIES = {
    "battery": ("battery", 1.0),
    "co2": ("carbon_dioxide", 1.0),
    "humidity": ("humidity", 1.0),
    "pressure": ("pressure", 100.0),
    "temperature": ("temperature", 1.0),
}
_NO_DOUBT: Doubt = ""
_NO_TIME: Doubt = "time"
_OF_PROBE = re.compile(r"(temperature|humidity)_(probe|external|l?\d{1,2})", re.ASCII)


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame; what follows the base topic names the device, as `plain_id` writes it.

    Returns
    -------
    Decoded
        Readings in the frame's order, at ``last_seen`` where it is told; nothing at all for what the bridge
        says of itself, and for availability and commands.
    """
    first, *below = _named(heard.topic) or [""]
    is_silent = bool(below) and (first == "bridge" or below[-1] in _NO_STATE or "set" in below)
    return Decoded((), ()) if is_silent else reading_frame(heard, _read)


FAMILY = Family("zigbee2mqtt", "none", ("zigbee2mqtt/+", "zigbee2mqtt/+/+"), decode)


def _read(heard: Heard) -> Sheet:
    device_id = named_device(plain_id("/".join(_named(heard.topic))), heard.topic)
    body = json_object(heard.payload)
    seen, seen_at = body.get("last_seen"), _instant(body.get("last_seen"))
    sheet, doubt = Sheet(heard, device_id, told_at=seen_at), _NO_DOUBT
    if seen is not None and seen_at is None:
        sheet.find("time_unreadable", shown(seen))
        doubt = _NO_TIME
    for quantity, told, probe in _told(body):
        value = celsius(told, heard.options.temperature_unit) if quantity == "temperature" else told
        sheet.add(quantity, value, probe=probe, doubt=doubt)
    return sheet


def _named(topic: str) -> list[str]:
    """What stands behind the base topic, as ``house/zigbee2mqtt-2``; the last level behind any other."""
    *base, last = levels = topic.split("/")
    at = next((at for at, level in enumerate(base) if level.startswith(_BASE)), len(base) - 1)
    return levels[at + 1 :] if base and last else []


def _told(body: dict[str, object]) -> Iterator[tuple[str, object, str]]:
    """Quantity, value and probe of each field that measures; settings and displays are passed over."""
    for key, value in body.items():
        if key in _QUANTITIES:
            quantity, factor = _QUANTITIES[key]
            yield quantity, scaled(value, factor), WHOLE_DEVICE
        elif found := _OF_PROBE.fullmatch(key):
            yield found[1], value, found[2]
        elif key == "contact":
            yield "open", float(not value) if isinstance(value, bool) else value, WHOLE_DEVICE
        elif key == "battery_low":
            yield key, float(value) if isinstance(value, bool) else value, WHOLE_DEVICE
        elif key == "voltage" and "battery" in body:
            yield "battery_voltage", scaled(value, 0.001), WHOLE_DEVICE
        elif key == "illuminance_lux" or (key == "illuminance" and "illuminance_lux" not in body):
            yield "illuminance", value, WHOLE_DEVICE


def _instant(told: object) -> datetime | None:
    """``ISO_8601`` and ``ISO_8601_local`` are text with an offset, ``epoch`` is milliseconds."""
    return iso_instant(told) if isinstance(told, str) else unix_instant(scaled(told, 0.001))
