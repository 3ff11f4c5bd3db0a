"""The whole way of a reading, each part a process of its own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from api.db import Database
from api.sensors import read_sensors
from telemetry.broker import Broker, BrokerFailed, BrokerParams
from telemetry.broker_config import DeviceUser, new_secret, write_devices
from telemetry.mqtt import Endpoint
from telemetry.publisher import Publisher
from telemetry.simulate_families import SIM_FAMILIES, Measure, SimFamily, Speaker
from telemetry.store.readings import ReadingRow
from tests.telemetry.brokers import publishing

AT = datetime(2024, 11, 23, 2, 0, tzinfo=UTC)  # past for any clock that runs this
ZONE = "Asia/Shanghai"
PATIENCE_S = 180
FAMILIES = [family for family in SIM_FAMILIES.values() if family.identity != "none"]


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

    def tend(self) -> None:
        """Starts another when it ended, as the house does: it gives up when it begins in an outage."""
        if self._process.poll() is not None:
            self._process = self._start()

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
class Sensor:
    """One sensor of a family whose readings have an identity, and its connection."""

    family: SimFamily
    speaker: Speaker
    publisher: Publisher


@dataclass
class Pipeline:
    """Sensors, broker, worker and database, all real."""

    broker: Broker
    worker: Worker
    database: Database
    sensors: list[Sensor]
    sent: int = 0
    expected: Counter[str] = field(default_factory=Counter)

    def publish(self, count: int) -> None:
        """Every sensor sends this many frames, each of its own minute."""
        for _ in range(count):
            self.sent += 1
            measure = Measure(self.sent, AT + timedelta(minutes=self.sent), 60 + self.sent % 64 / 16)
            for sensor in self.sensors:
                for message in sensor.family.speak(sensor.speaker, [measure]):
                    sensor.publisher.publish(message.topic, message.payload, message.readings_count)
                    self.expected[sensor.speaker.device_id] += message.readings_count

    def kill_worker(self) -> None:
        """Kills the worker."""
        self.worker.kill()

    def kill_broker(self) -> None:
        """Kills the broker and has it tended."""
        os.kill(self.broker.pid or 0, signal.SIGKILL)
        until_s = time.monotonic() + 120
        while not self._tended():
            assert time.monotonic() < until_s
            time.sleep(0.01)

    def kill_database(self) -> None:
        """Kills a process of PostgreSQL: its server then ends all others and recovers from its log."""
        until_s = time.monotonic() + PATIENCE_S
        while not self._database_killed():
            assert time.monotonic() < until_s
            time.sleep(0.05)

    def stored(self) -> dict[str, int]:
        """Readings in the database by device; none as long as it recovers."""
        counted = select(ReadingRow.device_id, func.count()).group_by(ReadingRow.device_id)
        try:
            with self.database.read() as session:
                return dict(session.exec(counted).all())
        except OperationalError:
            return {}

    def settle(self, timeout_s: float = PATIENCE_S) -> None:
        """Waits until every sensor has its acknowledgements and the worker has caught up."""
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            self.worker.tend()
            if all(sensor.publisher.wait(0.05) for sensor in self.sensors) and self.stored() == self.expected:
                break

    def _database_killed(self) -> bool:
        try:
            with self.database.engine.connect() as connection:
                os.kill(connection.execute(text("SELECT pg_backend_pid()")).scalar_one(), signal.SIGKILL)
                connection.invalidate()
        except OperationalError:
            return False  # it recovers from the kill before
        return True

    def _tended(self) -> bool:
        try:
            return self.broker.tend()
        except BrokerFailed:
            return False


@contextmanager
def pipeline(data: Path, database: Database) -> Iterator[Pipeline]:
    """The whole path, running."""
    heard = read_sensors(data)
    with ExitStack() as stack:
        named = [_named(family) for family in FAMILIES]
        users = [
            DeviceUser(one.user, new_secret(), heard.rights(family.name, one.user, is_bridge=bridge), bridge)
            for family, one in named
            for bridge in [family.connects != "itself"]
        ]
        write_devices(data / "broker", users)
        broker = Broker(BrokerParams(data / "broker", ack_wait_s=1))
        broker.start(heard.filters())
        stack.callback(broker.stop)
        worker = Worker(data, database)
        stack.callback(worker.close)
        sensors = [
            Sensor(family, one, stack.enter_context(publishing(_endpoint(broker, user))))
            for (family, one), user in zip(named, users, strict=True)
        ]
        yield Pipeline(broker, worker, database, sensors)


def assert_stored_once(path: Pipeline) -> None:
    """Asserts that acknowledged = published = stored, and each reading is there under its own key."""
    acknowledged = sum(sensor.publisher.readings_acknowledged for sensor in path.sensors)
    assert acknowledged == path.expected.total()
    assert path.stored() == path.expected
    keys = [getattr(ReadingRow, name) for name in ("device_id", "probe", "quantity", "measured_at")]
    with path.database.read() as session:
        distinct = session.exec(select(func.count()).select_from(select(*keys).distinct().subquery())).one()
    assert distinct == acknowledged


def _named(family: SimFamily) -> tuple[SimFamily, Speaker]:
    device_id = family.name_device(1)
    user = device_id if family.connects == "itself" else f"hub-{family.name}"
    return family, Speaker(1, device_id, user, ZONE)


def _endpoint(broker: Broker, user: DeviceUser) -> Endpoint:
    return Endpoint("127.0.0.1", broker.port, user.device_id, user.device_id, user.secret)
