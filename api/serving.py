"""What runs beside the pages: broker, ingest worker and timers, each started again if it dies."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.house import House
from api.jobs import Handler, run_due
from api.judge_watch import JudgeWatch, is_owed, told_at
from api.refused import Refused
from api.sensors import read_sensors
from api.served import is_running, require_free_port
from api.store.workers import WorkerLinkRow, load_links
from api.troubles import troubles
from api.worker_process import WorkerProcess
from orders.codes import Coded
from telemetry.broker import Broker, BrokerFailed
from telemetry.broker_config import BrokerParams
from telemetry.broker_sessions import read_workers
from telemetry.partitions import Partition, partitions
from telemetry.sensors import EMBEDDED

TICK_S = 0.5
STOP_WITHIN_S = 10.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServeParams:
    """
    Which parts run beside the pages.

    Parameters
    ----------
    with_broker
        The embedded broker.
    with_ingest
        Workers that keep what the devices send.
    sync_interval
        How often the broker's stream is forced to disk.
    """

    with_broker: bool = True
    with_ingest: bool = True
    sync_interval: str = "always"


def broker_params(house: House, sync_interval: str = "always") -> BrokerParams:
    """Where this house's embedded broker lives."""
    settings = house.settings
    return BrokerParams(
        settings.data / "broker",
        mqtt_port=settings.mqtt_port,
        host=settings.mqtt_host,
        sync_interval=sync_interval,
    )


class Beside:
    """
    What runs beside the pages.

    Parameters
    ----------
    house
        The house.
    params
        Which parts.
    handlers
        What the timers' kinds do.
    """

    def __init__(self, house: House, params: ServeParams, handlers: Mapping[str, Handler]) -> None:
        self._house, self._params, self._handlers = house, params, handlers
        self._broker = Broker(broker_params(house, params.sync_interval)) if params.with_broker else None
        self._partitions = partitions(house.settings.workers)
        self._workers: dict[Partition, WorkerProcess] = {}
        self._down_at: dict[str, datetime] = {}
        self._judging, self._behind_at = JudgeWatch(), dict[str, datetime]()
        self._refused, self._was_full = Refused(), False
        self._stopping = threading.Event()
        self._tenders = [self._tender(self._tend_broker), self._tender(self._tend_workers)]
        self._tenders += [self._tender(self._watch_judging), self._tender(self._run_due)]

    @property
    def broker(self) -> Broker | None:
        """The embedded broker, None when it is not ours to run."""
        return self._broker

    def start(self) -> None:
        """Starts the broker, then the workers, then looks after all of them."""
        if self._broker is not None:
            self._start(self._broker)
        if self._params.with_ingest:
            self._workers = {one: WorkerProcess(self._command(one)) for one in self._partitions}
        for tender in self._tenders:
            tender.start()

    def _start(self, broker: Broker) -> None:
        settings = self._house.settings
        try:
            broker.start(read_sensors(settings.data).topics(), len(self._partitions))
        except BrokerFailed:
            require_free_port(settings.mqtt_host, settings.mqtt_port, "--mqtt-port")
            raise

    def stop(self) -> None:
        """Stops the workers, then the broker, so that nothing is taken that cannot be kept."""
        self._stopping.set()
        for tender in self._tenders:
            if tender.is_alive():
                tender.join(STOP_WITHIN_S)
        for worker in self._workers.values():
            worker.ask_to_stop()
        for worker in self._workers.values():
            worker.wait()
        if self._broker is not None:
            self._broker.stop()

    def lacking(self) -> list[str]:
        """Parts that should run here and do not, or do not hear our broker: ``broker``, ``disk``, workers."""
        lacking = [name for name, is_well in self._parts() if not is_well]
        own = (one.worker for one in self._links() if one.broker == EMBEDDED and not one.is_connected)
        return list(dict.fromkeys([*lacking, *own])) if self._params.with_ingest else lacking

    def troubles(self) -> list[Coded]:
        """What is not as it should be with brokers and workers, since when, and what to do."""
        return troubles(self._down_at, self._links(), self._retired(), self._behind_at)

    def _links(self) -> list[WorkerLinkRow]:
        try:
            with self._house.database.read() as session:
                return load_links(session, [one.name for one in self._partitions])
        except SQLAlchemyError:
            return []

    def _parts(self) -> Iterator[tuple[str, bool]]:
        """Each part of ours by name, and whether it runs."""
        if self._broker is not None:
            yield "broker", self._broker.is_healthy()
            yield "disk", not self._broker.is_full()
        for partition in self._partitions:
            if (worker := self._workers.get(partition)) is not None:
                yield partition.name, worker.is_well

    def _retired(self) -> int:
        """How many sessions of an earlier division are not empty yet."""
        known = read_workers(broker_params(self._house).folder) if self._broker is not None else None
        return len(known.retired) if known else 0

    def _tender(self, duty: Callable[[], None]) -> threading.Thread:
        """Each duty has a thread of its own: a slow broker keeps no timer from ringing."""
        return threading.Thread(target=self._tend, args=(duty,), name=duty.__name__.strip("_"), daemon=True)

    def _tend(self, duty: Callable[[], None]) -> None:
        """
        Does its duty until the house stops.

        ``except Exception`` stands here against the house's rule: a thread that ended would end the alarms'
        calls, or the broker's restarts, without a word. What it failed at is in the log; it is tried again.
        """
        while not self._stopping.wait(TICK_S):
            try:
                duty()
            except Exception:
                log.exception("could not tend", duty=duty.__name__.strip("_"))

    def _tend_broker(self) -> None:
        if self._broker is not None:
            if self._broker.tend():
                log.warning("broker had died and was started again")
            self._watch_room(self._broker.is_full())
            self._note(self._broker.refusals())

    def _tend_workers(self) -> None:
        for partition, worker in self._workers.items():
            if (code := worker.tend()) is not None:
                log.warning("ingest worker had died and is started again", worker=partition.name, code=code)
        self._note_down()

    def _note_down(self) -> None:
        """Since when each part is down; of workers that others run, too."""
        parts = dict(self._parts())
        if self._broker is not None and not self._params.with_ingest:
            parts |= {one.name: is_running(self._house.settings, one.name) for one in self._partitions}
        now_at = self._house.clock.now()
        down = [name for name, is_well in parts.items() if not is_well]
        self._down_at = {name: self._down_at.get(name, now_at) for name in down}

    def _watch_judging(self) -> None:
        """Since when the judging of each worker that should run tells nothing, where there is any to do."""
        now_at = self._house.clock.now()
        runs = self._params.with_ingest or self._broker is not None
        with self._house.database.read() as session:
            told = told_at(session, [one.name for one in self._partitions])
            known = {name: at for name, at in told.items() if runs or at is not None}
            silent = self._judging.behind(known, now_at, time.monotonic())
            behind = silent if silent and is_owed(session) else {}
        for name in behind.keys() - self._behind_at.keys():
            log.error("judging tells nothing", worker=name, since_at=behind[name].isoformat())
        self._behind_at = behind

    def _run_due(self) -> None:
        run_due(self._house.database, self._handlers, self._house.clock.now())

    def _watch_room(self, is_full: bool) -> None:
        if is_full and not self._was_full:
            log.error("disk full, devices held back", folder=str(self._house.settings.data))
        elif self._was_full and not is_full:
            log.warning("disk has room again")
        self._was_full = is_full

    def _note(self, refusals: Sequence[Coded]) -> None:
        for refusal in refusals:
            log.warning("broker refused", code=refusal.code, **refusal.params)
        if refusals:
            with self._house.database.begin() as session:
                self._refused.note(session, refusals, self._house.clock.now())

    def _command(self, partition: Partition) -> list[str]:
        data = str(self._house.settings.data)
        command = [sys.executable, "-m", "api.cli.main", "ingest", "--with-parent", "--data", data]
        return command if partition.count == 1 else [*command, "--partition", str(partition)]


@contextmanager
def running_beside(house: House, params: ServeParams, handlers: Mapping[str, Handler]) -> Iterator[Beside]:
    """What runs beside the pages, for as long as the block lasts."""
    beside = Beside(house, params, handlers)
    try:
        beside.start()
        yield beside
    finally:
        with _undisturbed():
            beside.stop()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Lets no second signal break off the block: Ctrl-C comes from the terminal, then from our parent."""
    before = {one: signal.signal(one, lambda *_: None) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
