"""
ChirpStack v4: the JSON of its MQTT integration.

References
----------
https://www.chirpstack.io/docs/chirpstack/integrations/events.html and mqtt.html there.
"""

import re

from telemetry.decode import families
from telemetry.frames import Family, Heard, Sheet, Unreadable, json_object, reading_frame, shown
from telemetry.lorawan import Uplink, one_device, uplink_sheet
from telemetry.readings import Decoded

_TOPIC = re.compile(r"(?:.*/)?application/[^/]+/device/([^/]+)/event/([^/]+)")


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame. Its options' profiles set the payload's family by device EUI, device name, or the device
        profile's name or id.

    Returns
    -------
    Decoded
        At the instant that the network received the uplink. Events other than ``up`` give a finding alone.
    """
    return reading_frame(heard, _read)


FAMILY = Family("chirpstack", "counter", ("application/+/device/+/event/up",), decode)


def _read(heard: Heard) -> Sheet:
    topic, body = _TOPIC.fullmatch(heard.topic), json_object(heard.payload)
    if topic[2] != "up" if topic else "rxInfo" not in body:
        raise Unreadable("frame_not_an_uplink", shown(topic[2] if topic else " ".join(body)))
    told = body.get("deviceInfo")
    info: dict[str, object] = told if isinstance(told, dict) else {}
    device_id = one_device(topic and topic[1], info.get("devEui"), heard.topic)
    of_profile = (info.get("deviceProfileName"), info.get("deviceProfileId"))
    return uplink_sheet(
        heard,
        Uplink(
            device_id=device_id,
            names=(device_id, info.get("deviceName"), *of_profile),
            payload=body.get("data"),
            f_port=body.get("fPort"),
            decoded=body.get("object"),
            told=(body.get("time"),),
            f_cnt=body.get("fCnt", 0),  # zeros are left out
        ),
        families(),
    )
