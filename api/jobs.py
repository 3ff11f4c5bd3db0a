"""Does what durable timers ask for, each in a transaction of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from api.db import Database
from api.store.jobs import Job, due_jobs, fail_job, finish_job
from orders.errors import MealError

Handler = Callable[[Session, Job, datetime], None]
FIRST_DELAY_S = 10
LONGEST_DELAY_S = 3600
log = structlog.get_logger(__name__)


def run_due(database: Database, handlers: Mapping[str, Handler], now_at: datetime) -> int:
    """
    Runs every timer that is due, each once.

    A handler that refuses (`MealError`) is tried again later, its wait doubling up to an hour; the
    refusal is kept in the timer's row.

    Parameters
    ----------
    database
        Where the timers are.
    handlers
        Kind to function; it works in the transaction it is given.
    now_at
        The present instant.

    Returns
    -------
    int
        How many were done.
    """
    with database.read() as session:
        jobs = [job for job in due_jobs(session, now_at) if job.kind in handlers]
    return sum(_run(database, handlers[job.kind], job, now_at) for job in jobs)


def _run(database: Database, handler: Handler, job: Job, now_at: datetime) -> bool:
    try:
        with database.begin(lock=f"job/{job.job_id}") as session:
            handler(session, job, now_at)
            finish_job(session, job.job_id, now_at)
    except MealError as refusal:
        wait_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(job.tries, 20))
        with database.begin() as session:
            fail_job(session, job.job_id, str(refusal), now_at + timedelta(seconds=wait_s))
        log.warning("timer refused", kind=job.kind, ref=job.ref, code=refusal.code)
        return False
    return True
