"""Rows of applications: what somebody who registers online says, until staff decide."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, func, update
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime


class ApplicationRow(Row, table=True):
    """
    One application; the ID number in it is a keyed hash and the last four.

    ``open_digest`` is that hash while it waits and NULL afterwards: one person, one open application.
    """

    __tablename__ = "diner_applications"
    __table_args__ = (
        UniqueConstraint("open_digest"),
        CheckConstraint("state IN ('open', 'approved', 'refused')", name="state"),
    )

    application_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="sites.site_id", index=True)
    name: str
    born_on: date
    digest: str
    last_four: str
    open_digest: str | None = None
    said: dict[str, Any] = Field(sa_type=JsonColumn)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "open"
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = ""
    reason: str = ""
    diner_id: str | None = Field(default=None, foreign_key="diners.diner_id")


def save_application(session: Session, row: ApplicationRow) -> None:
    """Keeps a new application."""
    session.add(row)
    session.flush()


def load_application(session: Session, application_id: str) -> ApplicationRow | None:
    """The application with this row id, or None."""
    return session.get(ApplicationRow, application_id, populate_existing=True)


def open_applications(session: Session, site_ids: list[str] | None = None) -> list[ApplicationRow]:
    """Applications that wait, the oldest first; of some sites, or None for all."""
    query = select(ApplicationRow).where(ApplicationRow.state == "open")
    if site_ids is not None:
        query = query.where(col(ApplicationRow.site_id).in_(site_ids))
    return list(session.exec(query.order_by("submitted_at", "application_id")))


def application_open(session: Session, digest: str) -> bool:
    """Whether the person with this keyed hash has an application that waits."""
    query = select(ApplicationRow.application_id).where(ApplicationRow.open_digest == digest)
    return session.exec(query).first() is not None


def count_open_applications(session: Session) -> int:
    """How many wait in all."""
    query = select(func.count()).select_from(ApplicationRow).where(ApplicationRow.state == "open")
    return session.exec(query).one()


def decide_application(
    session: Session,
    application_id: str,
    *,
    state: str,
    decided_at: datetime,
    decided_by: str,
    reason: str = "",
    diner_id: str | None = None,
) -> bool:
    """Closes an application that waits; False when somebody decided before."""
    still = (col(ApplicationRow.application_id) == application_id, col(ApplicationRow.state) == "open")
    rows = session.execute(
        update(ApplicationRow)
        .where(*still)
        .values(
            state=state,
            open_digest=None,
            decided_at=decided_at,
            decided_by=decided_by,
            reason=reason,
            diner_id=diner_id,
        )
        .returning(col(ApplicationRow.application_id))
    )
    return rows.first() is not None
