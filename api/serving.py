"""What runs beside the pages: broker, ingest worker and timers, each started again if it dies."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from api.house import House
from api.jobs import Handler, run_due
from api.refused import Refused
from api.sensors import read_sensors
from api.served import require_free_port
from orders.codes import Coded
from telemetry.broker import Broker, BrokerFailed
from telemetry.broker_config import BrokerParams

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
        A worker that keeps what the devices send.
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
        host=settings.host,
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
        self._worker: subprocess.Popen[bytes] | None = None
        self._refused, self._was_full = Refused(), False
        self._stopping = threading.Event()
        self._tender = threading.Thread(target=self._tend, name="tend", daemon=True)

    @property
    def broker(self) -> Broker | None:
        """The embedded broker, None when it is not ours to run."""
        return self._broker

    def start(self) -> None:
        """Starts the broker, then the worker, then looks after both."""
        if self._broker is not None:
            self._start(self._broker)
        if self._params.with_ingest:
            self._worker = self._new_worker()
        self._tender.start()

    def _start(self, broker: Broker) -> None:
        settings = self._house.settings
        try:
            broker.start(read_sensors(settings.data).filters())
        except BrokerFailed:
            require_free_port(settings.host, settings.mqtt_port, "--mqtt-port")
            raise

    def stop(self) -> None:
        """Stops the worker, then the broker, so that nothing is taken that cannot be kept."""
        self._stopping.set()
        if self._tender.is_alive():
            self._tender.join(STOP_WITHIN_S)
        if self._worker is not None:
            _end(self._worker)
        if self._broker is not None:
            self._broker.stop()

    def lacking(self) -> list[str]:
        """Parts that should run and do not."""
        lacking = []
        if self._broker is not None and not self._broker.is_healthy():
            lacking.append("broker")
        if self._broker is not None and self._broker.is_full():
            lacking.append("disk")
        if self._params.with_ingest and (self._worker is None or self._worker.poll() is not None):
            lacking.append("ingest")
        return lacking

    def _tend(self) -> None:
        while not self._stopping.wait(TICK_S):
            try:
                self._tick()
            except Exception:
                log.exception("could not tend")

    def _tick(self) -> None:
        if self._broker is not None:
            if self._broker.tend():
                log.warning("broker had died and was started again")
            self._watch_room(self._broker.is_full())
            self._note(self._broker.refusals())
        if self._worker is not None and self._worker.poll() is not None:
            log.warning("ingest worker had died and is started again", code=self._worker.returncode)
            self._worker = self._new_worker()
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

    def _new_worker(self) -> subprocess.Popen[bytes]:
        data = str(self._house.settings.data)
        command = [sys.executable, "-m", "api.cli.main", "ingest", "--with-parent", "--data", data]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)


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


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
