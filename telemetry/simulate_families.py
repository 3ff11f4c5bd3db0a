"""
How simulated sensors of each family speak: measurements to topics and bytes.

Shares nothing with those who read them: written from the vendors' pages, not from the decoders.

References
----------
docs/telemetry.md, "Our own devices' frames"; https://tasmota.github.io/docs/MQTT/;
https://shelly-api-docs.shelly.cloud/gen1/ and .../gen2/General/Notifications;
https://docs.ruuvi.com/communication/bluetooth-advertisements/data-format-5-rawv2;
https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html;
https://esphome.io/components/mqtt.html;
https://www.thethingsindustries.com/docs/the-things-stack/concepts/data-formats/;
https://www.chirpstack.io/docs/chirpstack/integrations/events.html;
https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em300-th and the LHT65N manual at
https://wiki.dragino.com for the payloads in the last two.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Identity = Literal["device-time", "counter", "none"]
Connects = Literal["itself", "gateway", "bridge"]

_MOST_RECORDS = 20  # of 10 bytes each beside the live values in at most 242
_FLAT = 0x7FFF


@dataclass(frozen=True, slots=True)
class Measure:
    """
    One measurement.

    Parameters
    ----------
    number
        How many the sensor made until now.
    at
        When, by the clock that its frames go by.
    temp_c
        What it shows, degrees Celsius.
    """

    number: int
    at: datetime
    temp_c: float

    @property
    def humidity(self) -> float:
        """Moist air, in whole halves of a percent so that every family can say it."""
        return 60 + self.number % 40 / 2


@dataclass(frozen=True, slots=True)
class Speaker:
    """
    Who speaks.

    Parameters
    ----------
    number
        Its place among its family's sensors, from 1.
    device_id
        Its name, as in its topic.
    user
        As whom it connects: itself, or the bridge that speaks for it.
    zone
        Time zone of clocks that tell local time.
    """

    number: int
    device_id: str
    user: str
    zone: str


@dataclass(frozen=True, slots=True)
class SimMessage:
    """
    One message.

    Parameters
    ----------
    topic, payload
        What is sent.
    readings_count
        How many readings it carries.
    """

    topic: str
    payload: bytes
    readings_count: int


Speak = Callable[[Speaker, Sequence[Measure]], list[SimMessage]]
NameDevice = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class SimFamily:
    """
    How a family's sensors are named and speak.

    Parameters
    ----------
    name
        The family's name.
    identity
        What makes a repeated reading the same.
    has_clock
        Whether its frames tell an instant by the sensor's own clock.
    has_memory
        Whether what could not be sent is sent later, with its instant.
    connects
        Each sensor itself, or through a gateway whose name its topics bear, or a bridge that speaks for all.
    name_device
        A sensor's name by its number.
    speak
        Measurements, the oldest first and the present one last, as messages.
    """

    name: str
    identity: Identity
    has_clock: bool
    has_memory: bool
    connects: Connects
    name_device: NameDevice
    speak: Speak


def _holdchain(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    readings = [{"t": _z(one.at), "probe": "core", "c": one.temp_c} for one in told]
    body = {"seq": told[-1].number, "readings": readings, "battery": 0.93}
    return [_json(f"holdchain/v1/{speaker.device_id}/readings", body, len(told) + 1)]


def _tasmota(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    zone = ZoneInfo(speaker.zone)
    topic = f"tele/{speaker.device_id}/SENSOR"
    return [
        _json(
            topic,
            {
                "Time": one.at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"),
                "DS18B20": {"Id": f"{speaker.number:012X}", "Temperature": round(one.temp_c, 2)},
                "TempUnit": "C",
            },
            1,
        )
        for one in told
    ]


def _shelly_gen1(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    topic = f"shellies/{speaker.device_id}/sensor"
    return [
        message
        for one in told
        for message in (
            SimMessage(f"{topic}/temperature", f"{one.temp_c:.2f}".encode(), 1),
            SimMessage(f"{topic}/humidity", f"{one.humidity:.1f}".encode(), 1),
        )
    ]


def _shelly(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    name = speaker.device_id
    return [
        _json(
            f"{name}/events/rpc",
            {
                "src": name,
                "dst": f"{name}/events",
                "method": "NotifyStatus",
                "params": {
                    "ts": one.at.timestamp(),
                    "temperature:100": {
                        "id": 100,
                        "tC": round(one.temp_c, 1),
                        "tF": round(one.temp_c * 9 / 5 + 32, 1),
                    },
                },
            },
            1,
        )
        for one in told
    ]


def _ruuvi(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    topic = f"ruuvi/{speaker.user}/{speaker.device_id}"
    mac = bytes.fromhex(speaker.device_id.replace(":", ""))
    messages = []
    for one in told:
        data = (
            b"\x05"
            + round(one.temp_c * 200).to_bytes(2, "big", signed=True)
            + round(one.humidity * 400).to_bytes(2, "big")
            + (101_300 - 50_000).to_bytes(2, "big")
            + b"".join(axis.to_bytes(2, "big", signed=True) for axis in (4, -4, 1036))
            + ((2977 - 1600) << 5 | 22).to_bytes(2, "big")
            + bytes([one.number % 255])
            + (one.number % 65_535).to_bytes(2, "big")
            + mac
        )
        advert = b"\x02\x01\x06" + bytes([len(data) + 3, 0xFF, 0x99, 0x04]) + data
        second = str(int(one.at.timestamp()))
        body = {"gw_mac": speaker.user, "rssi": -61, "aoa": [], "gwts": second, "ts": second}
        messages.append(_json(topic, body | {"data": advert.hex().upper(), "coords": ""}, 9))
    return messages


def _esphome(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    topic = f"{speaker.device_id}/sensor/core_temperature/state"
    return [SimMessage(topic, f"{one.temp_c:.2f}".encode(), 1) for one in told]


def _zigbee2mqtt(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    return [
        _json(
            f"zigbee2mqtt/{speaker.device_id}",
            {
                "temperature": round(one.temp_c, 2),
                "humidity": one.humidity,
                "battery": 93,
                "linkquality": 120,
                "last_seen": _z(one.at),
            },
            3,
        )
        for one in told
    ]


@dataclass(frozen=True, slots=True)
class _Uplink:
    """A LoRaWAN payload, what the network's decoder makes of it, and how many readings both carry."""

    at: datetime
    f_cnt: int
    f_port: int
    payload: bytes
    decoded: Mapping[str, object]
    readings_count: int


def _tts(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    model = _model(speaker).lower()
    brand = "dragino" if model.startswith("lht") else "milesight-iot"
    messages = []
    for up in _uplinks(speaker, told):
        body = {
            "end_device_ids": {
                "device_id": speaker.device_id,
                "application_ids": {"application_id": "sim"},
                "dev_eui": _eui(speaker.number).upper(),
            },
            "received_at": _z(up.at),
            "uplink_message": {
                "f_port": up.f_port,
                "f_cnt": up.f_cnt,
                "frm_payload": base64.b64encode(up.payload).decode(),
                "decoded_payload": up.decoded,
                "received_at": _z(up.at),
                "version_ids": {"brand_id": brand, "model_id": model},
            },
        }
        messages.append(_json(f"v3/sim@ttn/devices/{speaker.device_id}/up", body, up.readings_count))
    return messages


def _chirpstack(speaker: Speaker, told: Sequence[Measure]) -> list[SimMessage]:
    application = "17c82e96-be03-4f38-aef3-f83d48582d97"
    messages = []
    for up in _uplinks(speaker, told):
        body = {
            "time": up.at.isoformat(),
            "deviceInfo": {
                "applicationId": application,
                "deviceProfileName": _model(speaker),
                "deviceName": f"sim-{speaker.number:04d}",
                "devEui": speaker.device_id,
            },
            "fCnt": up.f_cnt,
            "fPort": up.f_port,
            "data": base64.b64encode(up.payload).decode(),
            "object": up.decoded,
            "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -36, "snr": 10.5}],
        }
        topic = f"application/{application}/device/{speaker.device_id}/event/up"
        messages.append(_json(topic, body, up.readings_count))
    return messages


def _model(speaker: Speaker) -> str:
    return "EM300-TH" if speaker.number % 2 else "LHT65N"


def _uplinks(speaker: Speaker, told: Sequence[Measure]) -> list[_Uplink]:
    if _model(speaker) == "LHT65N":  # without memory: the gateway hands on later what it heard
        return [_lht65n(one) for one in told]
    parts = [told[start : start + _MOST_RECORDS] for start in range(0, len(told), _MOST_RECORDS)]
    return [_em300(part[-1], part[:-1]) for part in parts]


def _em300(live: Measure, records: Sequence[Measure]) -> _Uplink:
    payload = bytes([0x01, 0x75, 93, 0x03, 0x67]) + _tenths(live) + bytes([0x04, 0x68, _halves(live)])
    for one in records:
        second = int(one.at.timestamp()).to_bytes(4, "little")
        payload += b"\x20\xce" + second + _tenths(one) + bytes([_halves(one), 0])
    decoded: dict[str, object] = {"battery": 93, **_em300_decoded(live)}
    if records:
        decoded["history"] = [
            {"timestamp": int(one.at.timestamp()), **_em300_decoded(one)} for one in records
        ]
    return _Uplink(live.at, live.number, 85, payload, decoded, 3 + 2 * len(records))


def _em300_decoded(one: Measure) -> dict[str, object]:
    return {"temperature": round(one.temp_c, 1), "humidity": one.humidity}


def _tenths(one: Measure) -> bytes:
    return round(one.temp_c * 10).to_bytes(2, "little", signed=True)


def _halves(one: Measure) -> int:
    return round(one.humidity * 2)


def _lht65n(one: Measure) -> _Uplink:
    hundredths, tenths = round(one.temp_c * 100), round(one.humidity * 10)
    payload = (
        (0xC000 | 3062).to_bytes(2, "big")
        + hundredths.to_bytes(2, "big", signed=True)
        + tenths.to_bytes(2, "big")
        + b"\x01"
        + hundredths.to_bytes(2, "big", signed=True)
        + _FLAT.to_bytes(2, "big")
    )
    temp_c = hundredths / 100
    decoded = {"BatV": 3.062, "TempC_SHT": temp_c, "Hum_SHT": tenths / 10, "TempC_DS": temp_c}
    return _Uplink(one.at, one.number, 2, payload, decoded, 4)


def _eui(number: int) -> str:
    return f"a84041{number:010x}"


def _json(topic: str, body: Mapping[str, object], readings_count: int) -> SimMessage:
    return SimMessage(topic, json.dumps(body, separators=(",", ":")).encode(), readings_count)


def _z(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plainly(family: str) -> NameDevice:
    return lambda number: f"sim-{family}-{number:04d}"


def _mac(number: int) -> str:
    return (0xC0_5E_00_00_00_00 + number).to_bytes(6, "big").hex(":").upper()


def _family(name: str, identity: Identity, speak: Speak, traits: str = "") -> SimFamily:
    """One whose sensors connect themselves and are named plainly."""
    clock, memory = "clock" in traits, "memory" in traits
    return SimFamily(name, identity, clock, memory, "itself", _plainly(name), speak)


def _behind(
    name: str, connects: Connects, identity: Identity, speak: Speak, named: NameDevice | None = None
) -> SimFamily:
    """One whose sensors speak through another, which keeps what it cannot send and tells its own time."""
    return SimFamily(name, identity, False, True, connects, named or _plainly(name), speak)


SIM_FAMILIES: Mapping[str, SimFamily] = {
    one.name: one
    for one in (
        _family("holdchain", "counter", _holdchain, "clock memory"),
        _behind("zigbee2mqtt", "bridge", "none", _zigbee2mqtt),
        _family("tasmota", "device-time", _tasmota, "clock"),
        _family("shelly-gen1", "none", _shelly_gen1),
        _family("shelly", "device-time", _shelly, "clock"),
        _behind("ruuvi-gateway", "gateway", "counter", _ruuvi, _mac),
        _family("esphome", "none", _esphome),
        _behind("tts", "bridge", "counter", _tts),
        _behind("chirpstack", "bridge", "counter", _chirpstack, _eui),
    )
}
