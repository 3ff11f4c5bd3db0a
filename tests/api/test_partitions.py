"""Tests of several workers at the real embedded broker: devices divided, and divided anew."""

import shutil
import threading
from collections import defaultdict
from contextlib import ExitStack, contextmanager

import pytest

from api.brokers import partition_of, sources
from api.clock import SystemClock
from api.house import open_house
from api.ingest import Ingest, IngestParams
from api.sensors import read_sensors
from api.served import is_running, only_one
from api.serving import broker_params
from api.settings import Settings
from orders.errors import BadInput, Conflict
from telemetry.broker import Broker, BrokerFailed, worker_endpoint
from telemetry.broker_config import DeviceUser, write_devices
from telemetry.broker_sessions import read_workers
from telemetry.broker_watch import waiting
from telemetry.mqtt import Endpoint, NotConnected, Subscriber
from telemetry.partitions import Partition, partitions
from tests.api.intake import Keeping, Unjudged
from tests.telemetry.brokers import device, publishing, topic, until

DEVICES = (1, 2, 3, 4, 5)
STOVE = DeviceUser("stove", "c" * 32, ("stove/sensor/core_temperature/state",))


@pytest.fixture
def house(tmp_path, sqlite_template):
    """A house of which nothing runs, with its devices let in."""
    shutil.copy(sqlite_template, tmp_path / "holdchain.sqlite3")
    opened = open_house(Settings(data=tmp_path, mqtt_port=0), upgrade=False)
    write_devices(tmp_path / "broker", [STOVE, *map(device, DEVICES)])
    yield opened
    opened.database.close()


@contextmanager
def broker_for(house, workers):
    """The broker with its devices divided among so many workers."""
    broker = Broker(broker_params(house, "10s"))
    broker.start(read_sensors(house.settings.data).topics(), workers)
    try:
        yield broker
    finally:
        broker.stop()


class Told(Unjudged):
    """Judges nothing, and notes which devices its worker heard."""

    def __init__(self):
        self.heard = set()

    def take(self, touched, tally):
        self.heard |= {device_id for device_id, _ in touched}
        return True


@contextmanager
def worker_of(house, partition):
    """A worker of a house, in a thread; gives whom it hears."""
    data, stop, told = house.settings.data, threading.Event(), Told()
    source = sources(data, data / "broker", read_sensors(data), SystemClock(), partition)
    ingest = Ingest(source, house.database, SystemClock(), judges=told, params=IngestParams(idle_s=0.02))
    source.start()
    thread = threading.Thread(target=ingest.run, args=(stop,))
    thread.start()
    try:
        yield told.heard, ingest
    finally:
        stop.set()
        thread.join()
        source.stop()


class Sent:
    """What the devices sent so far, each frame under its own counter."""

    def __init__(self):
        self.counts = defaultdict(int)

    def send(self, broker, count):
        """Every device sends so many more and is told that they are kept."""
        with ExitStack() as stack:
            for user in map(device, DEVICES):
                at = Endpoint("127.0.0.1", broker.port, user.device_id, user.device_id, user.secret)
                sensor = stack.enter_context(publishing(at))
                for _ in range(count):
                    self.counts[user.device_id] += 1
                    seq = self.counts[user.device_id]
                    told = f'"t": {1_732_327_800 + 60 * seq}, "probe": "core", "c": 61.5'
                    sensor.publish(user.topics[0], f'{{"seq": {seq}, "readings": [{{{told}}}]}}'.encode(), 1)
                assert sensor.wait(30)


def test_devices_are_divided_anew_with_messages_waiting_and_none_is_lost_or_doubled(house):
    """
    Tests one worker, two, and one again, each time with messages queued in sessions that nobody reads.
    """
    sent, kept, frames = Sent(), Keeping(house, None), 0
    folder = broker_params(house).folder
    with broker_for(house, 1) as broker:
        sent.send(broker, 6)
    with broker_for(house, 2) as broker:
        sent.send(broker, 6)
        assert sum(waiting(read_workers(folder)).values()) == 2 * 6 * len(DEVICES)
        with worker_of(house, Partition(2, 2)) as (second, late), worker_of(house, Partition(1, 2)) as one:
            until(lambda: kept.kept_by_device() == sent.counts)
            first, early = one
            frames += early.tally.frames + late.tally.frames
        assert second and second < first  # the first also emptied the session of before
        assert [str(one.partition) for one in read_workers(folder).sessions] == ["1/2", "2/2"]
        sent.send(broker, 6)
    with broker_for(house, 1) as broker:
        sent.send(broker, 6)
        with worker_of(house, Partition()) as (_, alone):
            until(lambda: kept.kept_by_device() == sent.counts)
            frames += alone.tally.frames
        assert read_workers(folder).retired == ()
    assert kept.bad() == {}
    assert frames == sum(sent.counts.values())


def test_each_device_has_one_worker_and_its_own_name_alone(house):
    """
    Tests two workers: every device is heard by one, sensors of other makes too, and none as another,
    neither on its topic nor on what that becomes; the operator sees both tries under their sender's name.
    """
    sent, kept = Sent(), Keeping(house, None)
    with broker_for(house, 2) as broker, ExitStack() as stack:
        heard = [stack.enter_context(worker_of(house, one))[0] for one in partitions(2)]
        for _ in range(3):
            sent.send(broker, 2)
        until(lambda: kept.kept_by_device() == sent.counts)
        assert set.union(*heard) == set(sent.counts) and not set.intersection(*heard)
        stove = Endpoint("127.0.0.1", broker.port, "any", STOVE.device_id, STOVE.secret)
        with publishing(stove) as sensor:
            sensor.publish(STOVE.topics[0], b"61.5", 1)
            sensor.publish(topic(2), b"stolen", 1)
            sensor.publish(f"hc/p/2/0/{topic(2)}", b"stolen", 1)
            assert sensor.wait(20)
        until(lambda: kept.kept_by_device() == {**sent.counts, "stove": 1})
        assert kept.bad() == {}
        seen = []
        until(lambda: seen.extend(broker.refusals()) or len(seen) >= 2)
    assert [(one.params["client"], one.params["detail"]) for one in seen] == [("stove (any)", topic(2))] * 2


def test_a_worker_of_another_division_is_refused(house):
    """
    Tests that the broker's number of workers holds, and that a worker says which of them it is.
    """
    folder = broker_params(house).folder
    with broker_for(house, 2):
        pass
    with pytest.raises(BadInput, match="partition_needed"):
        partition_of(folder, None)
    with pytest.raises(BadInput, match="partition_unknown"):
        partition_of(folder, Partition(1, 3))
    with pytest.raises(BrokerFailed, match="broker_divided_otherwise"):
        worker_endpoint(folder, Partition())
    assert partition_of(folder, Partition(2, 2)) == Partition(2, 2)


def test_two_workers_of_one_share_are_refused(house):
    """
    Tests that a second one is refused by name, and that others see whether one runs.
    """
    one, other = partitions(2)
    with only_one(house.settings, one.name), only_one(house.settings, other.name):
        with pytest.raises(Conflict) as refused, only_one(house.settings, one.name):
            pass
        assert (refused.value.code, refused.value.params["worker"]) == ("ingest_runs_already", "ingest 1/2")
        assert is_running(house.settings, one.name)
    assert not is_running(house.settings, one.name)


def test_a_device_s_session_keeps_nothing_in_the_stream(house):
    """
    Tests that only workers' sessions hold messages: a device that asks for a lasting one gets no consumer,
    so that nobody's abandoned session fills the disk.
    """
    with broker_for(house, 1) as broker:
        before = waiting(read_workers(broker_params(house).folder))
        user = device(1)
        at = Endpoint("127.0.0.1", broker.port, "lasting", user.device_id, user.secret)
        with pytest.raises(NotConnected):
            Subscriber(at, [topic(1)]).start(0.5)
        assert waiting(read_workers(broker_params(house).folder)) == before
