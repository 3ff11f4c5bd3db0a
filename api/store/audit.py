"""Rows of the audit: who did what to what and when, never changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class AuditRow(Row, table=True):
    """One act."""

    __tablename__ = "audit_events"
    __table_args__ = ({"info": APPEND_ONLY},)

    number: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    role: str
    act: str
    subject: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    detail: dict[str, Any] = Field(sa_type=JsonColumn)


def load_audit(session: Session, subject: str | None = None, limit: int = 200) -> list[AuditRow]:
    """The latest acts, newest first, of one subject or of all."""
    query = select(AuditRow).order_by(col(AuditRow.number).desc()).limit(limit)
    return list(session.exec(query if subject is None else query.where(AuditRow.subject == subject)))
