"""A real embedded broker and a worker that keeps what comes, in one process, for tests of the intake."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
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
from telemetry.store.readings import ReadingRow
from tests.telemetry.brokers import until

POLL_S = 0.02


class Unjudged:
    """Judges nothing: the intake alone is looked at."""

    def take(self, touched: Touched, tally: Tally) -> bool:
        return True

    def close(self, touched: Touched, tally: Tally) -> None:
        pass


@dataclass(slots=True)
class Intake:
    """
    What runs.

    Parameters
    ----------
    house
        Its database and clock.
    broker
        Its broker, looked after.
    worker
        Where its worker connects.
    ingest
        The worker; its tally tells what was kept.
    """

    house: House
    broker: Broker
    worker: Endpoint
    ingest: Ingest

    def until_kept(self, frames: int) -> None:
        """Waits until the worker has kept this many frames."""
        until(lambda: self.ingest.tally.frames >= frames)

    def kept_by_device(self) -> dict[str, int]:
        """How many readings of each device are stored."""
        counted = select(ReadingRow.device_id, func.count()).group_by(ReadingRow.device_id)
        with self.house.database.read() as session:
            return dict(session.exec(counted).all())


@contextmanager
def intake(
    data: Path, template: Path, *, filters: Sequence[str] = (), reader: Reader | None = None
) -> Iterator[Intake]:
    """The whole way from a broker to the tables of a house, on these topics or on those of its sensors."""
    data.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, data / "holdchain.sqlite3")
    with ExitStack() as stack:
        house = open_house(Settings(data=data, mqtt_port=0), upgrade=False)
        stack.callback(house.database.close)
        sensors = read_sensors(data)
        heard = list(filters) or sensors.filters()
        broker = Broker(broker_params(house, "10s"))
        worker = broker.start(heard)
        stack.callback(broker.stop)
        stack.enter_context(_at_work(broker.tend))
        source = Subscriber(worker, heard)
        source.start(20)
        stack.callback(source.stop)
        ingest = Ingest(
            source,
            house.database,
            SystemClock(),
            judges=Unjudged(),
            reader=reader or Reader(sensors),
            params=IngestParams(idle_s=POLL_S),
        )
        stack.enter_context(_running(ingest))
        yield Intake(house, broker, worker, ingest)


@contextmanager
def _running(ingest: Ingest) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=ingest.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _at_work(tend: Callable[[], object]) -> Iterator[None]:
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(POLL_S):
            tend()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
