"""Rows of what was printed: what each sheet showed when it left the printer, never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class PrintRow(Row, table=True):
    """One paper of a version in one language; ``body`` is what all of it says, though less was printed."""

    __tablename__ = "printed_sheets"
    __table_args__ = (
        Index("ix_printed_sheets_service_key", "service_key", "kind", "language"),
        CheckConstraint("version >= 1", name="version"),
        {"info": APPEND_ONLY},
    )

    number: int | None = Field(default=None, primary_key=True)
    service_key: str
    kind: str
    language: str
    scope: str = ""
    version: int
    printed_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    body: bytes = Field(sa_type=LargeBinary)


def save_print(session: Session, row: PrintRow) -> None:
    """Keeps what was printed."""
    session.add(row)
    session.flush()


def last_print(
    session: Session, service_key: str, kind: str, language: str, scope: str = "", *, before: int
) -> PrintRow | None:
    """The last print of a paper in a language, of a version before this one."""
    query = select(PrintRow).where(
        PrintRow.service_key == service_key,
        PrintRow.kind == kind,
        PrintRow.language == language,
        PrintRow.scope == scope,
        PrintRow.version < before,
    )
    latest = col(PrintRow.version).desc(), col(PrintRow.number).desc()
    return session.exec(query.order_by(*latest).limit(1)).first()


def prints_of(session: Session, service_key: str, version: int) -> list[PrintRow]:
    """Everything that was printed of a version of a service, the last first."""
    query = select(PrintRow).where(PrintRow.service_key == service_key, PrintRow.version == version)
    return list(session.exec(query.order_by(col(PrintRow.number).desc())))
