"""The ingest worker's process: connected to the broker, it keeps what comes until it is told to stop."""

import os
import signal
import threading
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel import Session

from api.day.judging import judge_boxes
from api.house import House
from api.ingest import Ingest, Tally
from api.serving import broker_params, topic_filters
from telemetry.broker import worker_endpoint
from telemetry.mqtt import Subscriber
from telemetry.store.probe_uses import open_uses

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

    def judge(session: Session, box_ids: Sequence[str], now_at: datetime) -> object:
        return judge_boxes(session, box_ids, now_at, house.ids)

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    source = Subscriber(worker_endpoint(broker_params(house).folder), topic_filters())
    source.start()
    try:
        tally = Ingest(source, house.database, house.clock, judge=judge, open_boxes=_open_boxes).run(stop)
    finally:
        source.stop()
    log.info("worker stopped", frames=tally.frames, stored=tally.stored)
    return tally


def _open_boxes(session: Session) -> set[str]:
    return {use.box_id for use in open_uses(session)}


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_EVERY_S):
        if os.getppid() != parent:
            stop.set()
