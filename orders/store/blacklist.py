"""Rows of the blacklist: an entry is never changed; a shortened or lifted one is a new row naming the old."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.oversight.blacklist import Shut, SubjectKind
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class BlacklistRow(Row, table=True):
    """One entry."""

    __tablename__ = "blacklist"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('site', 'operator', 'person')", name="subject_kind"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("uq_blacklist_replaces", "replaces", unique=True),
        {"info": APPEND_ONLY},
    )

    entry_id: str = Field(primary_key=True)
    subject_kind: str
    subject: str = Field(index=True)
    from_on: date
    to_on: date | None = None
    reason: str
    flag_id: str | None = Field(default=None, foreign_key="flags.flag_id")
    made_by: str
    made_name: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="blacklist.entry_id")


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    """
    An entry as it is kept.

    Parameters
    ----------
    entry_id
        Row id.
    shut
        Who is shut out, when and why.
    made_by, made_name, made_at
        Who made it, when.
    flag_id
        The confirmed flag that led to it, None for none.
    replaces
        The entry that this one replaces, None for none.
    """

    entry_id: str
    shut: Shut
    made_by: str
    made_name: str
    made_at: datetime
    flag_id: str | None = None
    replaces: str | None = None


def save_entry(session: Session, entry: BlacklistEntry) -> None:
    """
    Keeps an entry.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the entry it replaces was replaced before.
    """
    shut = entry.shut
    values = {
        "entry_id": entry.entry_id,
        "subject_kind": shut.subject_kind,
        "subject": shut.subject,
        "from_on": shut.from_on,
        "to_on": shut.to_on,
        "reason": shut.reason,
        "flag_id": entry.flag_id,
        "made_by": entry.made_by,
        "made_name": entry.made_name,
        "made_at": entry.made_at,
        "replaces": entry.replaces,
    }
    insert_rows(session, BlacklistRow, [values])


def load_blacklist(session: Session, subject: str | None = None) -> list[BlacklistEntry]:
    """The entries that stand, ended ones too, of one subject or of all, the latest first."""
    later = aliased(BlacklistRow)
    query = (
        select(BlacklistRow)
        .outerjoin(later, col(later.replaces) == col(BlacklistRow.entry_id))
        .where(col(later.entry_id).is_(None))
        .order_by(col(BlacklistRow.from_on).desc(), col(BlacklistRow.entry_id).desc())
    )
    if subject is not None:
        query = query.where(BlacklistRow.subject == subject)
    return [_entry(row) for row in session.exec(query)]


def load_entry(session: Session, entry_id: str) -> BlacklistEntry | None:
    """The entry with this row id, or None."""
    row = session.get(BlacklistRow, entry_id)
    return None if row is None else _entry(row)


def _entry(row: BlacklistRow) -> BlacklistEntry:
    shut = Shut(cast(SubjectKind, row.subject_kind), row.subject, row.from_on, row.to_on, row.reason)
    return BlacklistEntry(
        row.entry_id, shut, row.made_by, row.made_name, row.made_at, row.flag_id, row.replaces
    )
