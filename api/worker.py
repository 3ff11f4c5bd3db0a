"""The ingest worker's process: connected to the broker, it keeps what comes until it is told to stop."""

import os
import signal
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session

from api.clock import Clock, RehearsalClock
from api.day.holds import Memory
from api.day.judging import judge_boxes, news_of
from api.house import House
from api.ingest import Ingest, IngestParams, Tally
from api.sensors import read_sensors
from api.serving import broker_params
from api.store.workers import WorkerRow, report_worker
from telemetry.broker import worker_endpoint
from telemetry.mqtt import Subscriber
from telemetry.sensors import Reader
from telemetry.store.probe_uses import open_uses
from telemetry.store.readings import count_readings

PARENT_EVERY_S = 1.0
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
        When no broker was ever started in this data folder.
    """

    memory = Memory()

    def judge(session: Session, box_ids: Sequence[str], now_at: datetime) -> object:
        judged = judge_boxes(session, box_ids, now_at, house.ids, memory)
        for box_id, one in judged.items():
            if one.verdict.final:
                memory.forget(box_id)
        return judged

    with house.database.read() as session:
        before = count_readings(session)

    def report(tally: Tally, judged_at: datetime | None) -> None:
        row = WorkerRow(
            name="ingest",
            seen_at=house.clock.now(),
            judged_at=judged_at,
            frames=tally.frames,
            stored=before + tally.stored,
            acknowledged=tally.acknowledged,
        )
        with house.database.begin() as session:
            report_worker(session, row)

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    sensors = read_sensors(house.settings.data)
    source = Subscriber(worker_endpoint(broker_params(house).folder), sensors.filters())
    source.start()
    try:
        tally = Ingest(
            source,
            house.database,
            house.clock,
            judge=judge,
            open_boxes=_open_boxes,
            news=partial(news_of, memory=memory),
            report=report,
            reader=Reader(sensors),
            params=_pace(house.clock),
        ).run(stop)
    finally:
        source.stop()
    log.info("worker stopped", frames=tally.frames, stored=tally.stored)
    return tally


def _open_boxes(session: Session) -> set[str]:
    return {use.box_id for use in open_uses(session)}


def _pace(clock: Clock) -> IngestParams:
    """The worker's pace; in a rehearsal nobody waits for real time."""
    if isinstance(clock, RehearsalClock):
        return IngestParams(idle_s=0.02, judge_every_s=0.0, check_every_s=60.0, rest_ratio=0.0)
    return IngestParams()


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_EVERY_S):
        if os.getppid() != parent:
            stop.set()
