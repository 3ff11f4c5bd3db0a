"""
Does what durable timers ask for, each in a transaction of its own.

Alarms call the next person through a timer, so here, against the house's rule, ``except Exception`` stands:
whatever is wrong with one timer, the later ones ring. Its row keeps what it was to do and why it failed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from api.db import Database
from api.store.jobs import Job, due_jobs, fail_job, finish_job, is_due
from orders.errors import MealError

Handler = Callable[[Session, Job, datetime], None]
FIRST_DELAY_S = 10
LONGEST_DELAY_S = 3600
REASON_CHARS = 300
log = structlog.get_logger(__name__)


def run_due(database: Database, handlers: Mapping[str, Handler], now_at: datetime) -> int:
    """
    Runs every timer that is due, each once.

    A handler that refuses (`MealError`) or fails is tried again later, its wait doubling up to an hour; the
    reason is kept in the timer's row, and the next timer is done.

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

    Raises
    ------
    OperationalError
        When the database is away, so that not even a failure can be kept.
    """
    with database.read() as session:
        jobs = due_jobs(session, now_at, handlers.keys())
    return sum(_run(database, handlers[job.kind], job, now_at) for job in jobs)


def _run(database: Database, handler: Handler, job: Job, now_at: datetime) -> bool:
    try:
        with database.begin(lock=f"job/{job.job_id}") as session:
            if not is_due(session, job.job_id, now_at):
                return False
            handler(session, job, now_at)
            finish_job(session, job.job_id, now_at)
    except MealError as refusal:
        log.warning("timer refused", kind=job.kind, ref=job.ref, code=refusal.code)
        _put_off(database, job, str(refusal), now_at)
        return False
    except Exception as error:
        log.exception("timer failed", kind=job.kind, ref=job.ref)
        _put_off(database, job, f"{type(error).__name__}: {error}", now_at)
        return False
    return True


def _put_off(database: Database, job: Job, reason: str, now_at: datetime) -> None:
    wait_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(job.tries, 20))
    with database.begin() as session:
        fail_job(session, job.job_id, reason[:REASON_CHARS], now_at + timedelta(seconds=wait_s))
