"""The ingest worker's process: connected to the broker, it keeps what comes until it is told to stop."""

import os
import signal
import threading

import structlog

from api.brokers import sources
from api.clock import Clock, RehearsalClock
from api.house import House
from api.ingest import Ingest, IngestParams, calm_collector
from api.judge_process import JudgeProcess
from api.judging import JudgeParams, Tally
from api.sensors import read_sensors
from api.serving import broker_params
from telemetry.sensors import Reader
from telemetry.sources import Sources
from telemetry.store.readings import count_readings

PARENT_EVERY_S = 1.0
BROKERS_EVERY_S = 5.0
log = structlog.get_logger(__name__)


def run_worker(house: House, *, with_parent: bool) -> Tally:
    """
    Works until a signal comes.

    Parameters
    ----------
    house
        Whose broker and database.
    with_parent
        Whether to stop when the process that started it is gone: two workers must not share a session.

    Returns
    -------
    Tally
        What was done.

    Raises
    ------
    BrokerFailed
        When no embedded broker was ever started in this data folder, and families are heard there.
    BadInput
        When ``sensors.toml`` or the secret of another broker cannot be used.
    """

    with house.database.read() as session:
        before = count_readings(session)

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    calm_collector()
    pace, judge_pace = _pace(house.clock)
    sensors = read_sensors(house.settings.data)
    source = sources(house.settings.data, broker_params(house).folder, sensors)
    source.start()
    threading.Thread(target=_watch_brokers, args=(source, stop), daemon=True).start()
    try:
        tally = Ingest(
            source,
            house.database,
            house.clock,
            judges=JudgeProcess(house.settings.data, before, judge_pace),
            reader=Reader(sensors),
            params=pace,
        ).run(stop)
    finally:
        source.stop()
    log.info("worker stopped", frames=tally.frames, stored=tally.stored)
    return tally


def _pace(clock: Clock) -> tuple[IngestParams, JudgeParams]:
    """The worker's pace; in a rehearsal nobody waits for real time."""
    if isinstance(clock, RehearsalClock):
        return IngestParams(idle_s=0.02), JudgeParams(judge_every_s=0.0, check_every_s=60.0, rest_ratio=0.0)
    return IngestParams(), JudgeParams()


def _watch_brokers(source: Sources, stop: threading.Event) -> None:
    lacking: list[str] = []
    while not stop.wait(BROKERS_EVERY_S):
        if (now := source.lacking()) != lacking:
            lacking = now
            log.warning("brokers not connected", brokers=lacking)


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_EVERY_S):
        if os.getppid() != parent:
            stop.set()
