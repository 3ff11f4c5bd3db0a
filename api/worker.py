"""The ingest worker's process: connected to the broker, it keeps what comes until it is told to stop."""

import os
import signal
import threading

import structlog

from api.house import House
from api.ingest import Check, Ingest, Judge, Tally
from api.serving import broker_params, topic_filters
from telemetry.broker import worker_endpoint
from telemetry.mqtt import Subscriber

PARENT_EVERY_S = 1.0
log = structlog.get_logger(__name__)


def run_worker(house: House, judge: Judge, check: Check, *, with_parent: bool) -> Tally:
    """
    Works until a signal comes.

    Parameters
    ----------
    house
        Whose broker and database.
    judge, check
        What `api.ingest.Ingest` calls after keeping readings, and without any.
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
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), stop), daemon=True).start()
    source = Subscriber(worker_endpoint(broker_params(house).folder), topic_filters())
    source.start()
    try:
        tally = Ingest(source, house.database, house.clock, judge=judge, check=check).run(stop)
    finally:
        source.stop()
    log.info("worker stopped", frames=tally.frames, stored=tally.stored)
    return tally


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while not stop.wait(PARENT_EVERY_S):
        if os.getppid() != parent:
            stop.set()
