"""
Shelly devices from the second generation on: `{id}/events/rpc` and `{id}/status/{component}`.

References
----------
https://shelly-api-docs.shelly.cloud/gen2/General/Notifications: a NotifyStatus overlays a known status, so
what it leaves out is unchanged, and null is what it lost; .../ComponentsAndServices/Temperature, Humidity,
DevicePower, Illuminance; .../Addons/ShellySensorAddon for components from 100 on.
"""

import re
from collections.abc import Mapping

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
    unix_instant,
)
from telemetry.one_wire import doubt_of, is_lost
from telemetry.readings import WHOLE_DEVICE, Decoded, Doubt

_TOPIC = re.compile(r"(.+)/(?:events/rpc|status/([^/]+))")
_COMPONENT = re.compile(r"(temperature|humidity|illuminance|devicepower|sys)(?::(\d{1,6}))?", re.ASCII)
_METHODS = ("NotifyStatus", "NotifyFullStatus", "NotifyEvent")
_SINGLE = {
    "humidity": ("humidity", "rh"),
    "illuminance": ("illuminance", "lux"),
    "sys": ("uptime", "uptime"),
}
_OF_PROBES = ("temperature", "humidity", "illuminance")
_OPTIONAL = ("battery", "battery_voltage", "uptime")
_LEFT_OUT = object()
_SILENT = "frame_without_readings"
_FIRST_OF_ADD_ON = 100


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
        Readings in the frame's order: of a notification at its ``ts``, of a status at its arrival. A probe is
        named by its component's number. Nothing at all where no component measures, as in an event.
    """
    found = reading_frame(heard, _read)
    return Decoded((), ()) if [one.code for one in found.findings] == [_SILENT] else found


FAMILY = Family("shelly", "device-time", ("+/events/rpc", "+/status/+"), decode)


def _read(heard: Heard) -> Sheet:
    topic = _TOPIC.fullmatch(heard.topic)
    device_id = named_device(topic and topic[1].replace("/", ":"), heard.topic)
    body = json_object(heard.payload)
    if topic is not None and topic[2] is not None:
        sheet = Sheet(heard, device_id)
        _note(sheet, topic[2], body, is_delta=False, doubt="")
        return sheet
    method, params = body.get("method"), body.get("params")
    if method not in _METHODS or not isinstance(params, dict):
        raise Unreadable("reading_malformed", shown(method))
    told, told_at = params.get("ts"), unix_instant(params.get("ts"))
    sheet = Sheet(heard, device_id, told_at=told_at)
    is_timeless = told is not None and told_at is None
    if is_timeless:
        sheet.find("time_unreadable", shown(told))
    for name, status in params.items():
        if isinstance(status, dict):
            _note(sheet, name, status, is_delta=method == "NotifyStatus", doubt="time" if is_timeless else "")
    return sheet


def _note(sheet: Sheet, name: str, status: Mapping[str, object], *, is_delta: bool, doubt: Doubt) -> None:
    """Notes what one component measured; a delta may leave out what did not change."""
    component = _COMPONENT.fullmatch(name)
    if component is None:
        return
    kind, number = component[1], int(component[2] or 0)
    for quantity, told in _told(kind, status).items():
        is_unchanged = is_delta and not status.get("errors")
        if told is _LEFT_OUT and (is_unchanged or quantity in _OPTIONAL):
            continue
        value = None if told is _LEFT_OUT else told
        is_add_on = quantity == "temperature" and number >= _FIRST_OF_ADD_ON
        if is_add_on and is_lost(value):
            sheet.find("value_sentinel", shown(value))
        else:
            probe = str(number) if kind in _OF_PROBES else WHOLE_DEVICE
            sheet.add(quantity, value, probe=probe, doubt=doubt or (doubt_of(value) if is_add_on else ""))


def _told(kind: str, status: Mapping[str, object]) -> dict[str, object]:
    """The quantities of one component and what its status says of each, `_LEFT_OUT` for nothing."""
    if kind == "temperature":
        in_f = celsius(status.get("tF", _LEFT_OUT), "F")
        return {"temperature": status.get("tC", in_f)}
    if kind == "devicepower":
        battery = status.get("battery", {})
        level = battery if isinstance(battery, dict) else {}
        return {
            "battery": level.get("percent", _LEFT_OUT),
            "battery_voltage": level.get("V", _LEFT_OUT),
        }
    quantity, key = _SINGLE[kind]
    return {quantity: status.get(key, _LEFT_OUT)}
