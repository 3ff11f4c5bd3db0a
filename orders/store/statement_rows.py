"""Tables of statements: versions, lines and acts are evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class StatementRow(Row, table=True):
    """One version of a statement: its head and sums."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("programme_id", "settlement_id", "payer", "payee", "period", "version"),
        CheckConstraint("version >= 1 AND from_on <= to_on", name="version"),
        {"info": APPEND_ONLY},
    )

    statement_id: str = Field(primary_key=True)
    programme_id: str
    settlement_id: str
    payer: str
    payee: str
    period: str
    from_on: date
    to_on: date
    due_on: date | None
    version: int
    lines: int
    total_fen: int
    held_fen: int
    minutes: int
    steps: list[str] = Field(sa_type=JsonColumn)
    assumptions: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    effects_known: bool = True
    unsettled: list[str] = Field(sa_type=JsonColumn)
    digest: str
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class StatementLineRow(Row, table=True):
    """One line of a version."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        Index("ix_statement_lines_order_id", "order_id"),
        Index("ix_statement_lines_adjustment_id", "adjustment_id"),
        {"info": APPEND_ONLY},
    )

    statement_id: str = Field(primary_key=True, foreign_key="statements.statement_id")
    line_no: int = Field(primary_key=True)
    benefit_id: str
    order_id: str
    diner_id: str
    site_id: str
    service_on: date
    amount_fen: int
    revision: int
    held: bool
    minutes: int
    adjustment_id: str | None = Field(default=None, foreign_key="adjustments.adjustment_id")


class StatementActRow(Row, table=True):
    """One act on a version; the number keeps two people from acting at once."""

    __tablename__ = "statement_acts"
    __table_args__ = ({"info": APPEND_ONLY},)

    statement_id: str = Field(primary_key=True, foreign_key="statements.statement_id")
    number: int = Field(primary_key=True)
    kind: str
    step: str
    note: str
    user_id: str
    user_name: str
    role: str
    at: datetime = Field(sa_type=UtcDateTime)
