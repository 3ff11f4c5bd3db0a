"""Deletes each day what is kept for a short time only."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from api.jobs import Handler
from api.store.idempotency import drop_answers
from api.store.jobs import Job, save_job
from orders.ids import IdSource

DROP_ANSWERS = "drop_answers"
ANSWERS_KEPT = timedelta(hours=48)


def upkeep(ids: IdSource) -> Mapping[str, Handler]:
    """
    The handlers of the daily timers.

    Parameters
    ----------
    ids
        Source of the next timers' row ids.
    """

    def drop(session: Session, job: Job, now_at: datetime) -> None:
        drop_answers(session, now_at - ANSWERS_KEPT)
        ask_for_upkeep(session, now_at + timedelta(days=1), ids)

    return {DROP_ANSWERS: drop}


def ask_for_upkeep(session: Session, due_at: datetime, ids: IdSource) -> None:
    """Keeps the daily timer of that date (UTC), unless it is kept."""
    save_job(session, Job(ids.new(), DROP_ANSWERS, due_at.date().isoformat(), {}, due_at, 0))
