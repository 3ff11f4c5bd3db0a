"""A real embedded broker and a worker that keeps what comes, in one process, for tests of the intake."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func
from sqlmodel import select

from api.clock import SystemClock
from api.house import House, open_house
from api.ingest import Ingest, IngestParams
from api.judging import Tally, Touched
from api.sensors import read_sensors
from api.serving import broker_params
from api.settings import Settings
from telemetry.broker import Broker
from telemetry.mqtt import Endpoint, Subscriber
from telemetry.sensors import Reader
from telemetry.store.readings import ReadingRow, count_bad_frames
from tests.telemetry.brokers import until

POLL_S = 0.02


class Unjudged:
    """Judges nothing: the intake alone is looked at."""

    def take(self, touched: Touched, tally: Tally) -> bool:
        return True

    def close(self, touched: Touched, tally: Tally) -> None:
        pass


@dataclass(slots=True)
class Keeping:
    """
    A worker that keeps what one broker has.

    Parameters
    ----------
    house
        Whose database and clock.
    ingest
        The worker; its tally tells what was kept.
    """

    house: House
    ingest: Ingest

    def until_kept(self, frames: int) -> None:
        """Waits until the worker has kept this many frames."""
        until(lambda: self.ingest.tally.frames >= frames)

    def kept_by_device(self) -> dict[str, int]:
        """How many readings of each device are stored."""
        counted = select(ReadingRow.device_id, func.count()).group_by(ReadingRow.device_id)
        with self.house.database.read() as session:
            return dict(session.exec(counted).all())

    def bad(self) -> dict[str, int]:
        """How many bad frames are stored, by finding."""
        with self.house.database.read() as session:
            return count_bad_frames(session)


@dataclass(slots=True)
class Intake(Keeping):
    """
    The embedded broker beside it.

    Parameters
    ----------
    broker
        Looked after.
    """

    broker: Broker


@contextmanager
def keeping(data: Path, template: Path, at: Endpoint, filters: Sequence[str]) -> Iterator[Keeping]:
    """A worker of a house of its own at any broker."""
    with _house(data, template) as house, _worker(house, at, filters) as ingest:
        yield Keeping(house, ingest)


@contextmanager
def intake(data: Path, template: Path) -> Iterator[Intake]:
    """The whole way from the embedded broker to the tables of a house."""
    with ExitStack() as stack:
        house = stack.enter_context(_house(data, template))
        heard = read_sensors(data).filters()
        broker = Broker(broker_params(house, "10s"))
        worker = broker.start(heard)
        stack.callback(broker.stop)
        stack.enter_context(_tended(broker))
        yield Intake(house, stack.enter_context(_worker(house, worker, heard)), broker)


@contextmanager
def _house(data: Path, template: Path) -> Iterator[House]:
    data.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, data / "holdchain.sqlite3")
    house = open_house(Settings(data=data, mqtt_port=0), upgrade=False)
    yield house
    house.database.close()


@contextmanager
def _worker(house: House, at: Endpoint, filters: Sequence[str]) -> Iterator[Ingest]:
    source, stop = Subscriber(at, filters, now=house.clock.now), threading.Event()
    source.start(20)
    ingest = Ingest(
        source,
        house.database,
        SystemClock(),
        judges=Unjudged(),
        reader=Reader(read_sensors(house.settings.data)),
        params=IngestParams(idle_s=POLL_S),
    )
    thread = threading.Thread(target=ingest.run, args=(stop,))
    thread.start()
    try:
        yield ingest
    finally:
        stop.set()
        thread.join()
        source.stop()


@contextmanager
def _tended(broker: Broker) -> Iterator[None]:
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(POLL_S):
            broker.tend()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
