"""A worker at several brokers: its own and a kitchen's Mosquitto, each frame acknowledged where it came."""

import stat
import threading
from pathlib import Path

import pytest

from api.brokers import endpoint_of, sources
from api.ingest import Ingest, IngestParams
from api.sensors import sensors_from
from orders.errors import BadInput
from telemetry.mqtt import Endpoint
from telemetry.sensors import BrokerAddress, Reader, Sensors
from telemetry.store.readings import readings_of_device
from tests.telemetry.brokers import endpoint, publishing, running_broker, topic, until
from tests.telemetry.decoding import AT

FILE = """
[[broker]]
id = "embedded"
kind = "embedded"
[[broker]]
id = "kitchen"
kind = "mqtt"
host = "127.0.0.1"
port = {port}
[[broker]]
id = "gone"
kind = "mqtt"
host = "127.0.0.1"
port = 1
[[family]]
family = "holdchain"
topics = ["holdchain/v1/{{device}}/readings"]
[[family]]
family = "zigbee2mqtt"
broker = "kitchen"
topics = ["zigbee2mqtt/+"]
[[family]]
family = "tasmota"
broker = "gone"
topics = ["tele/+/SENSOR"]
"""
OURS = b'{"seq": 1, "readings": [{"t": "2026-11-23T02:10:00Z", "probe": "air", "c": 60.5}]}'


class Standing:
    """A clock that stands still."""

    def now(self):
        return AT


class Nobody:
    """Judges that do nothing."""

    def take(self, *_):
        return True

    def close(self, *_):
        return None


def test_each_broker_s_frames_are_kept_and_one_that_is_gone_holds_up_nobody(
    tmp_path, database, mosquitto_port
):
    """
    Tests readings of two brokers in one database, while a third does not answer.
    """
    sensors = sensors_from(FILE.format(port=mosquitto_port))
    with running_broker(tmp_path / "broker", devices=1) as broker:
        source = sources(tmp_path, tmp_path / "broker", sensors, Standing())
        worker = Ingest(
            source,
            database,
            Standing(),
            judges=Nobody(),
            reader=Reader(sensors),
            params=IngestParams(idle_s=0.03),
        )
        stop = threading.Event()
        source.start()
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            until(lambda: source.lacking() == ["gone"])
            with publishing(endpoint(broker, 1)) as box:
                box.publish(topic(1), OURS, 1)
                assert box.wait(10)
            with publishing(Endpoint("127.0.0.1", mosquitto_port, "bridge", "", "")) as bridge:
                until(lambda: _resent(bridge, worker))
            until(lambda: worker.tally.acknowledged >= 2)
        finally:
            stop.set()
            thread.join(20)
            source.stop()
    with database.read() as session:
        found = [
            (one.device_id, one.value)
            for device_id in ("BOX-0001", "fridge")
            for one in readings_of_device(session, device_id, from_at=AT.replace(hour=0), to_at=AT)
        ]
    assert found[:2] == [("BOX-0001", 60.5), ("fridge", 3.5)]


def _resent(bridge, worker) -> bool:
    """A clean Mosquitto keeps nothing for a session that does not stand yet: published until it was taken."""
    bridge.publish("zigbee2mqtt/fridge", b'{"temperature": 3.5, "last_seen": "2026-11-23T02:10:00Z"}', 1)
    return worker.tally.stored >= 2


def test_a_session_keeps_its_name_and_a_secret_its_file(tmp_path: Path) -> None:
    """
    Tests that a restart finds the same session, and that secrets are read, not copied.
    """
    (tmp_path / "kitchen.secret").write_text("s3cret\nnote\n", "utf-8")
    address = BrokerAddress("kitchen", "10.0.0.1", 1884, "holdchain", "kitchen.secret")
    first, again = (endpoint_of(address, tmp_path, tmp_path / "broker") for _ in range(2))
    assert first == again
    assert (first.host, first.port, first.username, first.password) == (
        "10.0.0.1",
        1884,
        "holdchain",
        "s3cret",
    )
    other = endpoint_of(BrokerAddress("other", "10.0.0.2"), tmp_path, tmp_path / "broker")
    assert other.client_id != first.client_id and other.password == ""
    kept = tmp_path / "broker" / "sessions.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and "s3cret" not in kept.read_text("utf-8")


def test_what_cannot_be_heard_is_refused(tmp_path: Path) -> None:
    """
    Tests a secret that is not there, and a file without any family.
    """
    with pytest.raises(BadInput) as refused:
        endpoint_of(BrokerAddress("kitchen", "10.0.0.1", password_file="none"), tmp_path, tmp_path)
    assert refused.value.code == "broker_secret_unreadable"
    with pytest.raises(BadInput) as refused:
        sources(tmp_path, tmp_path, Sensors((BrokerAddress("embedded"),), ()), Standing())
    assert refused.value.code == "sensors_heard_nowhere"
