"""Every family on a real embedded broker: let in by its topics, heard, read; another's topic is refused."""

from pathlib import Path

import pytest

from api.sensors import read_sensors
from telemetry.broker import Broker, BrokerParams, worker_endpoint
from telemetry.broker_config import DeviceUser, write_devices
from telemetry.mqtt import Endpoint, Subscriber
from telemetry.sensors import Reader
from tests.telemetry.brokers import publishing, take, until
from tests.telemetry.decoding import AT
from tests.telemetry.test_decode_families import examples

WHO = {
    "chirpstack": "lorawan-1",
    "esphome": "box-1",
    "holdchain": "BOX-0001",
    "ruuvi-gateway": "C8:25:2D:8E:9C:2C",
    "shelly": "shellyplusht-b8d61a8b17cc",
    "shelly-gen1": "shellyht-67f4d2",
    "tasmota": "tasmota_9CF9D1",
    "tts": "lorawan-2",
    "zigbee2mqtt": "bridge-1",
}


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory):
    """A broker with the packaged topics, one sensor of each family."""
    folder: Path = tmp_path_factory.mktemp("heard")
    sensors = read_sensors(folder)
    assert {one.family for one in sensors.families} == set(WHO)
    users = {}
    for number, (family, who) in enumerate(WHO.items()):
        bridge = sensors.rights(family, who, is_bridge=True)
        rights = bridge or sensors.rights(family, who)
        users[family] = DeviceUser(who, f"{number:032x}", rights, is_bridge=bool(bridge))
    write_devices(folder, users.values())
    broker = Broker(BrokerParams(folder, ack_wait_s=1))
    broker.start(sensors.filters())
    try:
        yield broker, users, sensors, folder
    finally:
        broker.stop()


def test_a_frame_of_every_family_is_heard_and_read(heard) -> None:
    """
    Tests each family's first example from its own user through the broker to readings.
    """
    broker, users, sensors, folder = heard
    sent = {family: examples(family)[0] for family in WHO}
    for family, user in users.items():
        at = Endpoint("127.0.0.1", broker.port, f"c-{family}", user.device_id, user.secret)
        with publishing(at) as sensor:
            sensor.publish(*sent[family], 1)
            assert sensor.wait(10), family
    worker, reader = Subscriber(worker_endpoint(folder), sensors.filters()), Reader(sensors)
    worker.start(10)
    try:
        frames = take(worker, len(WHO))
        worker.acknowledge(frames)
    finally:
        worker.stop()
    assert {(frame.topic, frame.payload) for frame in frames} == set(sent.values())
    for frame in frames:
        assert reader.read(frame.topic, frame.payload, AT, is_retained=frame.is_retained).readings


def test_another_s_topic_is_refused_and_seen(heard) -> None:
    """
    Tests that a wildcard below a device's own id lets it publish there alone.
    """
    broker, users, *_ = heard
    user, seen = users["tasmota"], []
    with publishing(
        Endpoint("127.0.0.1", broker.port, user.device_id, user.device_id, user.secret)
    ) as sensor:
        sensor.publish("tele/tasmota_000000/SENSOR", b"{}", 1)
        sensor.publish("box-1/sensor/core_temperature/state", b"1", 1)

        def shown() -> bool:
            seen.extend(one.params for one in broker.refusals() if one.code == "mqtt_publish_refused")
            return len(seen) >= 2

        until(shown)
    assert [one["detail"] for one in seen] == [
        "tele/tasmota_000000/SENSOR",
        "box-1/sensor/core_temperature/state",
    ]
    assert {one["client"] for one in seen} == {"tasmota_9CF9D1"}
