"""Rows of a kitchen's staff; what the morning found of each stands among the checks."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, col, or_, select

from kitchen.staff import Worker
from orders.store.base import JsonColumn, Row, UtcDateTime, upsert


class WorkerRow(Row, table=True):
    """Somebody who works in a kitchen, until the last day there."""

    __tablename__ = "kitchen_workers"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "code"),
        CheckConstraint("code <> '' AND name <> ''", name="named"),
    )

    worker_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    code: str
    name: str
    skills: list[str] = Field(sa_type=JsonColumn)
    works_from: str | None = None
    works_to: str | None = None
    certificate_to_on: date | None = None
    last_on: date | None = None
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


def save_workers(
    session: Session, kitchen_id: str, workers: Iterable[Worker], *, author: str, changed_at: datetime
) -> None:
    """Keeps people, new or changed; who has left is back."""
    values = [_values(kitchen_id, one) | {"author": author, "changed_at": changed_at} for one in workers]
    upsert(session, WorkerRow, values)
    session.expire_all()


def end_worker(session: Session, worker_id: str, last_on: date) -> None:
    """Notes somebody's last day in the kitchen."""
    session.get_one(WorkerRow, worker_id).last_on = last_on
    session.flush()


def load_workers(session: Session, kitchen_id: str, on: date) -> dict[str, Worker]:
    """Who works in a kitchen on a date, by id in the order of their codes."""
    query = (
        select(WorkerRow)
        .where(WorkerRow.kitchen_id == kitchen_id)
        .where(or_(col(WorkerRow.last_on).is_(None), col(WorkerRow.last_on) >= on))
        .order_by(col(WorkerRow.code))
    )
    return {row.worker_id: _worker(row) for row in session.exec(query)}


def worker_names(session: Session, kitchen_id: str) -> dict[str, str]:
    """Name of everybody who works or worked in a kitchen, by id."""
    query = select(WorkerRow.worker_id, WorkerRow.name).where(WorkerRow.kitchen_id == kitchen_id)
    return dict(session.exec(query).all())


def _values(kitchen_id: str, one: Worker) -> dict[str, Any]:
    return {
        "worker_id": one.worker_id,
        "kitchen_id": kitchen_id,
        "code": one.code,
        "name": one.name,
        "skills": sorted(one.skills),
        "works_from": one.works_from and f"{one.works_from:%H:%M}",
        "works_to": one.works_to and f"{one.works_to:%H:%M}",
        "certificate_to_on": one.certificate_to_on,
        "last_on": None,
    }


def _worker(row: WorkerRow) -> Worker:
    return Worker(
        row.worker_id,
        row.code,
        row.name,
        frozenset(row.skills),
        time.fromisoformat(row.works_from) if row.works_from else None,
        time.fromisoformat(row.works_to) if row.works_to else None,
        row.certificate_to_on,
    )
