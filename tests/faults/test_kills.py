"""Tests that kill -9 of worker, broker and database connections loses and doubles nothing acknowledged."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from api.db import Database
from telemetry.broker import Broker, BrokerParams
from telemetry.broker_config import write_devices
from telemetry.mqtt import Publisher
from telemetry.store.readings import count_bad_frames, count_readings, readings_of_device
from tests.telemetry.brokers import FILTERS, device, endpoint, publishing, topic

DEVICES = (1, 2, 3)
AT = datetime(2024, 11, 23, 2, 0, tzinfo=UTC)  # past for any clock that runs this


class Worker:
    """A real ``holdchain ingest``, to be killed and started again."""

    def __init__(self, data: Path, database: Database) -> None:
        url = database.url.render_as_string(hide_password=False)
        self._env = os.environ | {"HOLDCHAIN_DATA": str(data), "HOLDCHAIN_DATABASE_URL": url}
        self._log = (data / "worker.log").open("ab")
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "api.cli.main", "ingest"]
        return subprocess.Popen(
            command, env=self._env, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )

    def kill(self) -> None:
        """Ends it without a word and starts another."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def close(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


@dataclass
class Pipeline:
    """Devices, broker, worker and database, all real."""

    broker: Broker
    worker: Worker
    database: Database
    sensors: dict[int, Publisher]
    sent: int = 0

    def publish(self, count: int) -> None:
        """Every device sends this many readings, one a frame, each at its own instant."""
        for _ in range(count):
            self.sent += 1
            at = (AT + timedelta(seconds=self.sent)).isoformat()
            body = {"seq": self.sent, "readings": [{"t": at, "probe": "air", "c": 60 + self.sent % 64 / 16}]}
            for number, sensor in self.sensors.items():
                sensor.publish(topic(number), json.dumps(body).encode(), 1)

    def kill_worker(self) -> None:
        """Kills the worker."""
        self.worker.kill()

    def kill_broker(self) -> None:
        """Kills the broker and has it tended."""
        os.kill(self.broker.pid, signal.SIGKILL)
        until_s = time.monotonic() + 120
        while not self.broker.tend():
            assert time.monotonic() < until_s
            time.sleep(0.01)

    def cut_database(self) -> None:
        """Cuts every connection of the database, where it is a server."""
        if self.database.is_sqlite:
            return
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with self.database.engine.connect() as connection:
            connection.execute(text(cut))

    def stored(self) -> int:
        """Readings in the database."""
        with self.database.read() as session:
            return count_readings(session)

    def settle(self, timeout_s: float) -> None:
        """Waits until every device has its acknowledgements and the worker has caught up."""
        for sensor in self.sensors.values():
            assert sensor.wait(timeout_s)
        until_s = time.monotonic() + timeout_s
        while self.stored() < self.sent * len(self.sensors) and time.monotonic() < until_s:
            time.sleep(0.05)


@contextmanager
def pipeline(data: Path, database: Database) -> Iterator[Pipeline]:
    """The whole path, running."""
    with ExitStack() as stack:
        write_devices(data / "broker", [device(number) for number in DEVICES])
        broker = Broker(BrokerParams(data / "broker", ack_wait_s=1))
        broker.start(FILTERS)
        stack.callback(broker.stop)
        worker = Worker(data, database)
        stack.callback(worker.close)
        sensors = {n: stack.enter_context(publishing(endpoint(broker, n))) for n in DEVICES}
        yield Pipeline(broker, worker, database, sensors)


def assert_stored_once(path: Pipeline) -> None:
    """Asserts that acknowledged = stored, and each reading is there under its own key."""
    acknowledged = sum(sensor.readings_acknowledged for sensor in path.sensors.values())
    assert acknowledged == path.sent * len(DEVICES)
    assert path.stored() == acknowledged
    with path.database.read() as session:
        assert count_bad_frames(session) == {}
        for number in DEVICES:
            name = device(number).device_id
            kept = readings_of_device(session, name, from_at=AT, to_at=AT + timedelta(days=1))
            assert [reading.sequence for reading in kept] == list(range(1, path.sent + 1))


def test_nothing_acknowledged_is_lost_or_doubled_by_a_few_kills(tmp_path, database):
    """
    Tests the real pipeline under kill -9 of worker, then broker, then both, then a cut database.
    """
    with pipeline(tmp_path, database) as path:
        path.publish(50)
        path.settle(180)
        path.publish(100)
        path.kill_worker()
        path.publish(100)
        path.kill_broker()
        path.publish(50)
        path.cut_database()
        path.kill_broker()
        path.kill_worker()
        path.publish(50)
        path.settle(180)
        assert_stored_once(path)


@pytest.mark.faults
def test_nothing_acknowledged_is_lost_or_doubled_by_two_hundred_kills(tmp_path, database):
    """
    Tests the same under 200 kills at random moments.
    """
    rng = random.Random(20261123)
    with pipeline(tmp_path, database) as path:
        acts: list[Callable[[], None]] = [path.kill_worker, path.kill_broker, path.cut_database]
        for _ in range(200):
            path.publish(rng.randrange(20, 60))
            time.sleep(rng.uniform(0, 3))
            with suppress(ProcessLookupError):
                rng.choice(acts)()
        path.settle(300)
        assert_stored_once(path)
