"""Rows of programmes: each revision of a city's plan as the JSON it was read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class ProgrammeRow(Row, table=True):
    """One revision of a programme; statements name the revision they used."""

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("valid_to_on >= valid_from_on AND revision >= 1", name="validity"),
        {"info": APPEND_ONLY},
    )

    programme_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_type=JsonColumn)
    valid_from_on: date
    valid_to_on: date
    author: str
    made_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class ProgrammeRevision:
    """
    One revision of a programme as it was kept.

    Parameters
    ----------
    programme_id, revision
        Its key.
    body
        The table it was read from.
    valid_from_on, valid_to_on
        First and last day of its validity; a later revision takes over on the first day of its own.
    author, made_at
        Who kept it and when; why stands in the body as ``revision_note``.
    """

    programme_id: str
    revision: int
    body: Mapping[str, Any]
    valid_from_on: date
    valid_to_on: date
    author: str
    made_at: datetime


def save_programme(
    session: Session,
    programme_id: str,
    body: Mapping[str, Any],
    *,
    valid: tuple[date, date],
    author: str,
    made_at: datetime,
) -> int:
    """Keeps a programme as a new revision when it differs from the last; gives the revision that holds it."""
    last = session.exec(
        select(ProgrammeRow)
        .where(ProgrammeRow.programme_id == programme_id)
        .order_by(col(ProgrammeRow.revision).desc())
    ).first()
    if last is not None and last.body == dict(body):
        return last.revision
    revision = 1 if last is None else last.revision + 1
    session.add(
        ProgrammeRow(
            programme_id=programme_id,
            revision=revision,
            body=dict(body),
            valid_from_on=valid[0],
            valid_to_on=valid[1],
            author=author,
            made_at=made_at,
        )
    )
    session.flush()
    return revision


def load_programmes(session: Session, day_on: date) -> dict[str, tuple[int, dict[str, Any]]]:
    """
    Programme id to revision and body: of each the newest revision whose validity has begun by this day.

    A programme whose newest such revision has ended by then is left out: an older one does not come back.
    """
    newest = (
        select(ProgrammeRow.programme_id, func.max(ProgrammeRow.revision).label("revision"))
        .where(col(ProgrammeRow.valid_from_on) <= day_on)
        .group_by(col(ProgrammeRow.programme_id))
        .subquery()
    )
    rows = session.exec(
        select(ProgrammeRow)
        .join(
            newest,
            (col(ProgrammeRow.programme_id) == newest.c.programme_id)
            & (col(ProgrammeRow.revision) == newest.c.revision),
        )
        .where(ProgrammeRow.valid_to_on >= day_on)
        .order_by(col(ProgrammeRow.programme_id))
    )
    return {row.programme_id: (row.revision, row.body) for row in rows}


def load_programme(session: Session, programme_id: str, revision: int) -> dict[str, Any] | None:
    """The body of one revision, or None."""
    row = session.get(ProgrammeRow, (programme_id, revision))
    return None if row is None else row.body


def load_revisions(session: Session, programme_id: str) -> tuple[ProgrammeRevision, ...]:
    """Every revision of a programme, the first first; empty when there is none."""
    rows = session.exec(
        select(ProgrammeRow)
        .where(ProgrammeRow.programme_id == programme_id)
        .order_by(col(ProgrammeRow.revision))
    )
    return _facts(rows.all())


def load_newest_revisions(session: Session) -> tuple[ProgrammeRevision, ...]:
    """The newest revision of every programme, by id."""
    newest = (
        select(ProgrammeRow.programme_id, func.max(ProgrammeRow.revision).label("revision"))
        .group_by(col(ProgrammeRow.programme_id))
        .subquery()
    )
    rows = session.exec(
        select(ProgrammeRow)
        .join(
            newest,
            (col(ProgrammeRow.programme_id) == newest.c.programme_id)
            & (col(ProgrammeRow.revision) == newest.c.revision),
        )
        .order_by(col(ProgrammeRow.programme_id))
    )
    return _facts(rows.all())


def _facts(rows: Sequence[ProgrammeRow]) -> tuple[ProgrammeRevision, ...]:
    return tuple(
        ProgrammeRevision(
            row.programme_id,
            row.revision,
            row.body,
            row.valid_from_on,
            row.valid_to_on,
            row.author,
            row.made_at,
        )
        for row in rows
    )
