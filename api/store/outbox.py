"""Rows of messages to other houses: kept in the transaction that asks for them, sent afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from orders.store.base import JsonColumn, Row, UtcDateTime


class OutboxRow(Row, table=True):
    """One message to one webhook; the same reference twice is one message."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("hook", "ref"),)

    message_id: str = Field(primary_key=True)
    hook: str
    ref: str
    body: dict[str, Any] = Field(sa_type=JsonColumn)
    made_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    tries: int = 0
    failure: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
