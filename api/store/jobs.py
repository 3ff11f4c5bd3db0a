"""Rows of durable timers: work that is due at an instant and survives a restart."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime


class JobRow(Row, table=True):
    """One piece of work; ``(kind, ref)`` makes asking for it twice harmless."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    job_id: str = Field(primary_key=True)
    kind: str
    ref: str
    payload: dict[str, Any] = Field(sa_type=JsonColumn)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    tries: int = 0
    failure: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Job:
    """
    Work that is due.

    Parameters
    ----------
    job_id
        Row id.
    kind
        Which handler does it.
    ref
        What it is about, unique in its kind.
    payload
        What the handler needs.
    due_at
        When it became due.
    tries
        How often it has failed.
    """

    job_id: str
    kind: str
    ref: str
    payload: dict[str, Any]
    due_at: datetime
    tries: int


def save_job(session: Session, job: Job) -> bool:
    """Keeps a timer; False, and nothing changes, when its kind has this reference already."""
    query = select(JobRow.job_id).where(JobRow.kind == job.kind, JobRow.ref == job.ref)
    if session.exec(query).first() is not None:
        return False
    session.add(JobRow(job_id=job.job_id, kind=job.kind, ref=job.ref, payload=job.payload, due_at=job.due_at))
    session.flush()
    return True


def due_jobs(
    session: Session, now_at: datetime, kinds: Collection[str] | None = None, limit: int = 50
) -> list[Job]:
    """Timers of these kinds, or of all, that are due and not done, oldest first."""
    query = select(JobRow).where(col(JobRow.done_at).is_(None), col(JobRow.due_at) <= now_at)
    if kinds is not None:
        query = query.where(col(JobRow.kind).in_(kinds))
    rows = session.exec(query.order_by(col(JobRow.due_at), col(JobRow.job_id)).limit(limit))
    return [Job(row.job_id, row.kind, row.ref, row.payload, row.due_at, row.tries) for row in rows]


def load_jobs(session: Session, kind: str) -> list[Job]:
    """Timers of a kind that are not done, in the order in which they are due."""
    query = select(JobRow).where(col(JobRow.done_at).is_(None), JobRow.kind == kind)
    rows = session.exec(query.order_by(col(JobRow.due_at), col(JobRow.job_id)))
    return [Job(row.job_id, row.kind, row.ref, row.payload, row.due_at, row.tries) for row in rows]


def is_due(session: Session, job_id: str, now_at: datetime) -> bool:
    """Whether a timer is still to be done by now: another process may have done it, or put it off."""
    query = select(JobRow.job_id).where(
        JobRow.job_id == job_id, col(JobRow.done_at).is_(None), col(JobRow.due_at) <= now_at
    )
    return session.exec(query).first() is not None


def finish_job(session: Session, job_id: str, now_at: datetime) -> None:
    """Marks a timer done."""
    session.execute(update(JobRow).where(col(JobRow.job_id) == job_id).values(done_at=now_at, failure=None))


def fail_job(session: Session, job_id: str, failure: str, again_at: datetime) -> None:
    """Notes why a timer failed and when it is tried again; one that was done meanwhile stays done."""
    values = {"tries": col(JobRow.tries) + 1, "failure": failure, "due_at": again_at}
    undone = update(JobRow).where(col(JobRow.job_id) == job_id, col(JobRow.done_at).is_(None))
    session.execute(undone.values(values))
