"""Tests that whatever is sent through a real broker is kept as a bad frame, counted, and crashes nothing."""

import json

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.broker_config import DeviceUser, write_devices
from telemetry.mqtt import Endpoint
from telemetry.readings import KEPT_BYTES
from telemetry.store.readings import bad_frames
from tests.api.intake import intake, keeping
from tests.telemetry.brokers import device, publishing, topic, until

GOOD = b'{"seq": 1, "readings": [{"t": "2024-11-23T02:10:00Z", "probe": "core", "c": 60.5}]}'
NAMES = ["'; DROP TABLE telemetry_readings;--", "<script>alert(1)</script>", "=HYPERLINK(1)", "+", "#", "a/b"]
BRIDGE = DeviceUser("bridge", "b" * 32, ("zigbee2mqtt/#",), is_bridge=True)
STOVE = DeviceUser("stove", "c" * 32, ("stove/sensor/core_temperature/state",))


def reading(value: str = "60.5", probe: str = "core") -> bytes:
    """A frame with this value, as it stands in JSON, and this probe."""
    told = f'"t": "2024-11-23T02:10:00Z", "probe": {json.dumps(probe)}, "c": {value}'
    return f'{{"readings": [{{{told}}}]}}'.encode()


GARBAGE = [
    (b"", "frame_not_json"),
    (b"\xff\xfe\x00\x80", "frame_not_utf8"),
    (b"[" * 100_000, "frame_not_json"),
    (b'{"a":' * 40_000, "frame_not_json"),
    (reading("NaN"), "value_impossible"),
    (reading("1e400"), "value_impossible"),
    (b'{"readings": [], "readings": [1]}', "frame_not_json"),
    (b'{"device_id": "+", "readings": [1]}', "device_mismatch"),
    *((reading(probe=name), "probe_unreadable") for name in NAMES),
]


@pytest.fixture
def house(tmp_path, sqlite_template):
    """An embedded broker with two sensors and a bridge, and a worker that keeps what comes."""
    (tmp_path / "broker").mkdir()
    write_devices(tmp_path / "broker", [device(1), device(2), BRIDGE, STOVE])
    with intake(tmp_path, sqlite_template) as running:
        yield running


def at(house, user: DeviceUser) -> Endpoint:
    """Where a device of the house connects."""
    return Endpoint("127.0.0.1", house.broker.port, user.device_id, user.device_id, user.secret)


def test_garbage_of_every_kind_is_kept_with_its_bytes(house):
    """
    Tests that each frame that nobody can read is a bad frame with its reason, and the next good one is read.
    """
    with publishing(at(house, device(1))) as sensor:
        for payload, _ in GARBAGE:
            sensor.publish(topic(1), payload, 0)
        sensor.publish(topic(1), GOOD, 1)
        assert sensor.wait(20)
    with publishing(at(house, BRIDGE)) as bridge:
        for name in ("'--", "<script>", "=HYPERLINK(1)"):
            bridge.publish(f"zigbee2mqtt/{name}", b'{"temperature": 4.5}', 0)
        assert bridge.wait(20)
    house.until_kept(len(GARBAGE) + 4)
    with house.house.database.read() as session:
        kept = [(one.payload, one.code) for one in bad_frames(session)]
    named = [(b'{"temperature": 4.5}', "topic_unknown")] * 3
    expected = [(payload[:KEPT_BYTES], code) for payload, code in GARBAGE] + named
    assert sorted(kept) == sorted(expected)
    assert house.kept_by_device() == {"BOX-0001": 1}
    assert (house.ingest.tally.failed, house.broker.refusals()) == (0, [])


def test_ten_megabytes_stop_their_sender_alone(house):
    """
    Tests that a frame beyond the stated size is refused and seen, and the sensor beside it is heard.
    """
    with publishing(at(house, device(1))) as huge, publishing(at(house, device(2))) as sensor:
        huge.publish(topic(1), b"1" * 10_000_000, 1)
        seen = []

        def shown() -> bool:
            seen.extend(one for one in house.broker.refusals() if one.code == "mqtt_payload_refused")
            return bool(seen)

        until(shown)
        sensor.publish(topic(2), GOOD, 1)
        assert sensor.wait(20)
        assert huge.readings_acknowledged == 0
    house.until_kept(1)
    assert {one.params["client"] for one in seen} == {"BOX-0001"}
    assert (house.kept_by_device(), house.bad()) == ({"BOX-0002": 1}, {})


def test_ten_megabytes_and_a_retained_flood_of_another_broker_are_kept_short(
    mosquitto_port, tmp_path, sqlite_template
):
    """
    Tests a broker that takes anything: the first bytes of a huge frame are kept, a retained value that tells
    no instant is a reading in doubt beside its finding, and each is counted.
    """
    root = tmp_path.name.replace("_", "-")[-20:]
    filters = [f"holdchain/v1/{root}/readings", f"shellies/{root}/#", f"shellies/+/sensor/{root}"]
    frames = {f"shellies/{number}/sensor/{root}": b"4.5" for number in range(500)}
    frames |= {f"shellies/{root}/sensor/temperature": b"4.5", filters[0]: GOOD}
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"flood-{root}")
    client.connect("127.0.0.1", mosquitto_port)
    client.loop_start()

    def retain(kept: dict[str, bytes]) -> None:
        for one in [client.publish(name, payload, qos=1, retain=True) for name, payload in kept.items()]:
            one.wait_for_publish(20)

    retain(frames)
    worker = Endpoint("127.0.0.1", mosquitto_port, f"worker-{root}", "", "")
    with keeping(tmp_path, sqlite_template, worker, filters) as house:
        house.until_kept(502)
        client.publish(filters[0], b"1" * 10_000_000, qos=1).wait_for_publish(20)
        house.until_kept(503)
        with house.house.database.read() as session:
            sizes = {len(one.payload) for one in bad_frames(session) if one.code == "frame_too_large"}
        assert sizes == {KEPT_BYTES}
        assert house.bad() == {"topic_unknown": 500, "frame_retained": 1, "frame_too_large": 1}
        assert house.kept_by_device() == {root: 2}
    retain(dict.fromkeys(frames, b""))  # forgotten again
    client.disconnect()
    client.loop_stop()


def test_values_that_only_their_arrival_tells_apart_are_all_kept(house):
    """
    Tests that two values of a sensor without a clock, sent at once, never have one instant and contradict.
    """
    with publishing(at(house, STOVE)) as sensor:
        for value in range(50):
            sensor.publish(STOVE.topics[0], str(60 + value / 16).encode(), 1)
        assert sensor.wait(20)
    house.until_kept(50)
    assert house.kept_by_device() == {"stove": 50}
    assert house.bad() == {}
