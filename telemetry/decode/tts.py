"""
The Things Stack v3: the JSON of an application's uplinks over MQTT.

References
----------
https://www.thethingsindustries.com/docs/the-things-stack/concepts/data-formats/
"""

import re

from telemetry.decode import families
from telemetry.frames import Family, Heard, Sheet, Unreadable, json_object, reading_frame, shown
from telemetry.lorawan import Uplink, one_device, uplink_sheet
from telemetry.readings import Decoded

_TOPIC = re.compile(r"v3/[^/]+/devices/([^/]+)/[^/]+(?:/[^/]+)?")


def decode(heard: Heard) -> Decoded:
    """
    Readings and findings of one frame; whatever the bytes are, it raises nothing.

    Parameters
    ----------
    heard
        The frame. Its options' profiles set the payload's family by device id, device EUI, ``brand/model``
        or model.

    Returns
    -------
    Decoded
        At the instant that the Network Server received the uplink. Joins, downlink events and what the
        console simulates give a finding alone.
    """
    return reading_frame(heard, _read)


FAMILY = Family("tts", "counter", ("v3/+/devices/+/up",), decode)


def _read(heard: Heard) -> Sheet:
    body = json_object(heard.payload)
    uplink = body.get("uplink_message")
    if not isinstance(uplink, dict) or body.get("simulated"):
        raise Unreadable("frame_not_an_uplink", "simulated" if uplink else shown(" ".join(body)))
    topic, ids, version = (
        _TOPIC.fullmatch(heard.topic),
        _table(body, "end_device_ids"),
        _table(uplink, "version_ids"),
    )
    device_id = one_device(topic and topic[1], ids.get("device_id"), heard.topic)
    brand, model = version.get("brand_id"), version.get("model_id")
    return uplink_sheet(
        heard,
        Uplink(
            device_id=device_id,
            names=(device_id, ids.get("dev_eui"), f"{brand}/{model}", model),
            payload=uplink.get("frm_payload"),
            f_port=uplink.get("f_port"),
            decoded=uplink.get("decoded_payload"),
            told=(uplink.get("received_at"), body.get("received_at")),
            f_cnt=uplink.get("f_cnt", 0),  # zeros are left out
            normalized=uplink.get("normalized_payload"),
        ),
        families(),
    )


def _table(body: dict[str, object], key: str) -> dict[str, object]:
    found = body.get(key)
    return found if isinstance(found, dict) else {}
