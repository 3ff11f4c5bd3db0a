"""The runs of the telemetry benchmark: sensors publish, our worker or the peer keeps, the clock is read."""

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.bench.packed_house import PackedHouse
from api.bench.paho_peer import postgres_keeper, run_peer, sqlite_keeper
from api.bench.sensors import Load, as_json
from api.bench.servers import mosquitto
from api.ingest import Ingest, calm_collector
from api.judge_process import JudgeProcess
from api.judging import JudgeParams, Tally, Touched
from api.store.workers import load_workers
from telemetry.broker import Broker
from telemetry.broker_config import BrokerParams, DeviceUser
from telemetry.decode.holdchain import TOPIC_FILTER, topic_of
from telemetry.mqtt import Endpoint, Frame, Subscriber, ensure_session
from telemetry.store.readings import count_readings

GIVE_UP_S = 600.0
JUDGED_WITHIN_S = 60.0
SESSION_S = 20.0


class Noting:
    """
    A connection that notes when each frame was acknowledged, and stops the worker after the last one.

    Parameters
    ----------
    source
        The real one.
    count
        How many frames there are; a copy that the broker sends again is none.
    now
        The clock by which their instants are noted.
    """

    def __init__(self, source: Subscriber, count: int, now: Callable[[], datetime]) -> None:
        self._source, self._count, self._now = source, count, now
        self._seen: set[tuple[str, bytes]] = set()
        self.stop = threading.Event()
        self.kept: list[tuple[datetime, Sequence[Frame]]] = []
        self.ended_s = math.inf

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """As the real one."""
        return self._source.next_batch(timeout_s)

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """As the real one; the frames are durable by now."""
        self.kept.append((self._now(), frames))
        told = self._source.acknowledge(frames)
        self._seen.update((frame.topic, frame.payload) for frame in frames)
        if len(self._seen) >= self._count and not self.stop.is_set():
            self.ended_s = time.perf_counter()
            self.stop.set()
        return told

    def delays_ms(self) -> list[float]:
        """From each frame's own instant to its acknowledgement, shortest first, milliseconds."""
        return sorted(
            1000 * (at - _told_at(frame)).total_seconds() for at, frames in self.kept for frame in frames
        )


def _told_at(frame: Frame) -> datetime:
    return datetime.fromisoformat(json.loads(frame.payload)["readings"][0]["t"])


@dataclass(slots=True)
class Bench:
    """
    A packed house, a broker, and what was sent so far.

    Parameters
    ----------
    house
        The house.
    judges
        Who judges its boxes, from the first run to the last.
    devices
        Who publishes.
    port
        The broker's.
    endpoint
        The worker's session there.
    first_seq
        Counter of the next message, so that no key comes twice.
    """

    house: PackedHouse
    judges: "LastingJudges"
    devices: tuple[DeviceUser, ...]
    port: int
    endpoint: Endpoint
    first_seq: int

    def preload(self, messages: int, readings_each: int = 1) -> float:
        """Has the devices publish while no worker is there; gives messages a second."""
        told = self.publishing(messages, readings_each=readings_each)()
        return round(messages / float(told["s"]), 1)

    def publishing(
        self, messages: int, *, readings_each: int = 1, per_s: float = 0.0
    ) -> Callable[[], Mapping[str, Any]]:
        """
        Starts devices in a process of their own.

        Parameters
        ----------
        messages
            In all.
        readings_each
            In each; their instants follow the counter when there is no pace.
        per_s
            The pace; 0 for as fast as the broker takes them.

        Returns
        -------
        Callable[[], Mapping[str, Any]]
            Waits for the end and gives what `api.bench.sensors.publish` says.
        """
        load = Load(
            self.port,
            tuple((one.device_id, one.secret) for one in self.devices),
            messages,
            self.house.packed_at.isoformat(),
            readings_each=readings_each,
            clock=str(self.house.clock.path) if per_s else "",
            per_s=per_s,
            first_seq=self.first_seq,
        )
        self.first_seq += -(-messages // len(self.devices))
        command = [sys.executable, "-m", "api.bench.sensors"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said: list[str] = []
        speaking = threading.Thread(target=lambda: said.append(process.communicate(as_json(load))[0]))
        speaking.start()

        def wait() -> Mapping[str, Any]:
            speaking.join(GIVE_UP_S)
            if not said or not said[0]:
                process.kill()
                raise TimeoutError(f"The sensors did not end within {GIVE_UP_S:g} s.")
            found: Mapping[str, Any] = json.loads(said[0])
            return found

        return wait

    def keep(
        self, messages: int, begin: Callable[[], object] = lambda: None
    ) -> tuple[Noting, dict[str, Any]]:
        """Runs our worker, with its judging process, until it kept this many messages sent by ``begin``."""
        database, clock = self.house.database, self.house.clock
        with database.read() as session:
            before = count_readings(session)
        source = Subscriber(self.endpoint, [TOPIC_FILTER])
        noting = Noting(source, messages, clock.now)
        worker = Ingest(noting, database, clock, judges=self.judges)
        worker.tally.stored = before
        patience = threading.Timer(GIVE_UP_S, noting.stop.set)
        patience.start()
        calm_collector()
        started_s, used_s = time.perf_counter(), time.process_time()
        source.start()
        begin()
        try:
            tally = worker.run(noting.stop)
        finally:
            patience.cancel()
            source.stop()
        took_s, cpu_s = noting.ended_s - started_s, time.process_time() - used_s
        judged_s, readings = self._judged_s(tally.stored) - noting.ended_s, tally.stored - before
        return noting, {
            "messages": messages,
            "readings": readings,
            "s": round(took_s, 2),
            "cpu_s": round(cpu_s, 2),
            "per_s": round(messages / took_s),
            "readings_per_s": round(readings / took_s),
            "judged_after_s": round(max(0.0, judged_s), 2),
        }

    def keep_plainly(self, messages: int, readings_each: int = 1) -> dict[str, Any]:
        """Runs the peer until it kept this many messages."""
        url = self.house.database.url
        if self.house.database.is_sqlite:
            keeper = sqlite_keeper(self.house.folder / f"peer-{self.first_seq}.sqlite3")
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            keeper = postgres_keeper(plain)
        took_s = run_peer(self.endpoint, TOPIC_FILTER, keeper, messages)
        rates = {
            "per_s": round(messages / took_s),
            "readings_per_s": round(messages * readings_each / took_s),
        }
        return {"messages": messages, "s": round(took_s, 2), **rates}

    def _judged_s(self, stored: int) -> float:
        """When every reading was judged, by the performance counter."""
        give_up_s = time.perf_counter() + JUDGED_WITHIN_S
        while time.perf_counter() < give_up_s:
            with self.house.database.read() as session:
                if any(row.stored >= stored for row in load_workers(session)):
                    break
            time.sleep(0.01)
        return time.perf_counter()


def device(name: str, number: int) -> DeviceUser:
    """A device of the benchmark."""
    return DeviceUser(name, f"{number:032x}", (topic_of(name),))


class LastingJudges:
    """
    A house's judging process that outlives each worker of the benchmark.

    Parameters
    ----------
    house
        Whose; its tallies begin with no reading stored.
    """

    def __init__(self, house: PackedHouse) -> None:
        with _house_told(house):
            self._judges = JudgeProcess(house.folder, 0, JudgeParams())
        while not self._judges.take({}, Tally()):
            time.sleep(0.01)  # a worker that runs all day does not pay for its start

    def take(self, touched: Touched, tally: Tally) -> bool:
        """As the process."""
        return self._judges.take(touched, tally)

    def close(self, touched: Touched, tally: Tally) -> None:
        """Has the process judge what is left; it goes on."""
        while not self._judges.take(touched, tally):
            time.sleep(0.001)

    def end(self) -> None:
        """Ends the process."""
        self._judges.close({}, Tally())


@contextmanager
def nats(
    house: PackedHouse,
    judges: LastingJudges,
    devices: tuple[DeviceUser, ...],
    sync_interval: str,
    counter: Iterator[int],
) -> Iterator[Bench]:
    """A fresh embedded broker that lets these devices in; the counter keeps keys of several runs apart."""
    with TemporaryDirectory(dir=house.folder) as folder:
        broker = Broker(BrokerParams(Path(folder), sync_interval=sync_interval))
        endpoint = broker.start([TOPIC_FILTER])
        try:
            broker.admit(devices)
            yield Bench(house, judges, devices, broker.port, endpoint, next(counter))
        finally:
            broker.stop()


@contextmanager
def mosquitto_held(
    house: PackedHouse, judges: LastingJudges, devices: tuple[DeviceUser, ...], counter: Iterator[int]
) -> Iterator[Bench]:
    """A fresh Mosquitto in the embedded broker's place."""
    with mosquitto() as port:
        endpoint = Endpoint("127.0.0.1", port, "bench-worker", "worker", "")
        ensure_session(endpoint, [TOPIC_FILTER], SESSION_S)
        yield Bench(house, judges, devices, port, endpoint, next(counter))


@contextmanager
def _house_told(house: PackedHouse) -> Iterator[None]:
    """Tells a process started meanwhile where the house's database is."""
    name = "HOLDCHAIN_DATABASE_URL"
    before = os.environ.get(name)
    os.environ[name] = house.database.url.render_as_string(hide_password=False)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
