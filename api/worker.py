"""The ingest worker's process: connected to the broker, it keeps what comes until it is told to stop."""

import os
import signal
import threading
from dataclasses import replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.brokers import partition_of, sources
from api.clock import Clock, RehearsalClock
from api.house import House
from api.ingest import Ingest, IngestParams, calm_collector
from api.judge_process import JudgeProcess
from api.judging import JudgeParams, Tally
from api.known_devices import KnownDevices
from api.sensors import read_sensors
from api.served import only_one
from api.serving import broker_params
from api.store.workers import forget_workers, load_workers, report_links
from telemetry.partitions import Partition, partitions
from telemetry.sensors import Reader
from telemetry.sources import Sources
from telemetry.store.readings import count_readings

PARENT_EVERY_S = 1.0
LOOKED_AT_S = 0.5  # whoever looks whether a worker runs holds its lock for a moment
PARENT_GONE_S = 10.0  # a worker whose parent was killed notices within that
BROKERS_EVERY_S = 0.25
LATE_S = 60.0
log = structlog.get_logger(__name__)


def run_worker(house: House, asked: Partition | None = None, *, with_parent: bool) -> Tally:
    """
    Works until a signal comes.

    Parameters
    ----------
    house
        Whose broker and database.
    asked
        Whose share it takes; None where one worker takes all.
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
        When the partition is none of the broker's, or ``sensors.toml`` or the secret of another broker
        cannot be used.
    Conflict
        When a worker with this share runs already.
    """
    folder = broker_params(house).folder
    partition = partition_of(folder, asked)
    with only_one(house.settings, partition.name, within_s=PARENT_GONE_S if with_parent else LOOKED_AT_S):
        return _work(house, partition, with_parent=with_parent)


def _work(house: House, partition: Partition, *, with_parent: bool) -> Tally:
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    calm_collector()
    sensors = read_sensors(house.settings.data)
    source = sources(house.settings.data, broker_params(house).folder, sensors, house.clock, partition)
    pace, judge_pace = _pace(house.clock, partition, len(source.names))
    before, reader = _stored_before(house, partition), Reader(sensors)
    known = KnownDevices(house.database, reader)
    known.look()
    source.start()
    threading.Thread(target=known.watch, args=(stop,), daemon=True).start()
    threading.Thread(target=_watch_brokers, args=(house, partition, source, stop), daemon=True).start()
    try:
        tally = Ingest(
            source,
            house.database,
            house.clock,
            judges=JudgeProcess(house.settings.data, before, judge_pace, partition.name),
            reader=reader,
            params=pace,
        ).run(stop)
    finally:
        source.stop()
    log.info("worker stopped", worker=partition.name, frames=tally.frames, stored=tally.stored)
    return tally


def _stored_before(house: House, partition: Partition) -> int:
    """What this worker counts as judged when it begins: all that is no other's."""
    names = [one.name for one in partitions(partition.count)]
    with house.database.begin() as session:
        if partition.number == 1:
            forget_workers(session, names)
        rows = {row.name: row.stored for row in load_workers(session) if row.name in names}
        if partition.number == 1:
            return count_readings(session) - sum(rows.values()) + rows.get(partition.name, 0)
        return rows.get(partition.name, 0)


def _pace(clock: Clock, partition: Partition, brokers: int) -> tuple[IngestParams, JudgeParams]:
    """The worker's pace; in a rehearsal nobody waits for real time."""
    late_s = LATE_S if partition.count + brokers > 2 else 0.0
    shared = JudgeParams(looks_at_all=partition.number == 1, late_s=late_s)
    if isinstance(clock, RehearsalClock):
        quick = replace(shared, judge_every_s=0.0, check_every_s=60.0, rest_ratio=0.0)
        return IngestParams(idle_s=0.02), quick
    return IngestParams(), shared


def _watch_brokers(house: House, partition: Partition, source: Sources, stop: threading.Event) -> None:
    """Notes which brokers are heard, for the operator's page; tried again when the database fails."""
    told: list[str] | None = None
    while not stop.wait(BROKERS_EVERY_S):
        if (lacking := source.lacking()) == told:
            continue
        if lacking:
            log.warning("brokers not connected", worker=partition.name, brokers=lacking)
        try:
            with house.database.begin() as session:
                report_links(session, partition.name, source.names, lacking, house.clock.now())
            told = lacking
        except SQLAlchemyError as error:
            log.warning("not noted", error=str(error)[:300])


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_EVERY_S):
        if os.getppid() != parent:
            stop.set()
