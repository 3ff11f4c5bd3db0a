"""Rows of enrolments: which programme feeds whom, and since when this house knows it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

import sqlalchemy
from sqlalchemy import CheckConstraint, update
from sqlmodel import Field, Session, col, select

from orders.enrolment import ENROLMENT_STATES, Enrolment, EnrolmentState
from orders.store.base import METADATA, Row, UtcDateTime, insert_rows

AS_FACT = ("enrolment_id", "diner_id", "programme_id", "from_on", "to_on", "state")
_STATES = ", ".join(f"'{state}'" for state in ENROLMENT_STATES)


class EnrolmentRow(Row, table=True):
    """A diner's days in a programme; one that was wrong is withdrawn, never deleted."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="days"),
    )

    enrolment_id: str = Field(primary_key=True)
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    programme_id: str
    from_on: date | None = None
    to_on: date | None = None
    state: str
    evidence: str = ""
    approved_by: str = ""
    recorded_at: datetime = Field(sa_type=UtcDateTime)


def save_enrolment(
    session: Session,
    enrolment: Enrolment,
    *,
    recorded_at: datetime,
    evidence: str = "",
    approved_by: str = "",
) -> None:
    """Keeps a new enrolment; the caller has asked `require_free` in the same transaction."""
    save_enrolments(session, [enrolment], recorded_at=recorded_at, evidence=evidence, approved_by=approved_by)


def save_enrolments(
    session: Session,
    enrolments: Iterable[Enrolment],
    *,
    recorded_at: datetime,
    evidence: str = "",
    approved_by: str = "",
) -> None:
    """Keeps many new enrolments that rest on the same evidence."""
    known = {"evidence": evidence, "approved_by": approved_by, "recorded_at": recorded_at}
    rows = [
        {
            "enrolment_id": one.enrolment_id,
            "diner_id": one.diner_id,
            "programme_id": one.programme_id,
            "from_on": one.from_on,
            "to_on": one.to_on,
            "state": one.state,
            **known,
        }
        for one in enrolments
    ]
    insert_rows(session, EnrolmentRow, rows)


def change_enrolment(session: Session, enrolment: Enrolment) -> None:
    """Changes the last day and the state of an enrolment that is there."""
    session.execute(
        update(EnrolmentRow)
        .where(col(EnrolmentRow.enrolment_id) == enrolment.enrolment_id)
        .values(from_on=enrolment.from_on, to_on=enrolment.to_on, state=enrolment.state)
    )


def load_enrolments(
    session: Session, diner_ids: Iterable[str] | None = None
) -> dict[str, tuple[Enrolment, ...]]:
    """Diner id to that diner's enrolments of every state, the earliest first; None for every diner."""
    table = METADATA.tables["enrolments"]
    query = sqlalchemy.select(*(table.c[name] for name in AS_FACT))
    query = query.order_by(table.c.from_on.asc().nulls_first(), table.c.enrolment_id)
    if diner_ids is not None:
        query = query.where(table.c.diner_id.in_(list(diner_ids)))
    found: dict[str, list[Enrolment]] = defaultdict(list)
    for row in session.execute(query).all():
        found[row.diner_id].append(Enrolment(*row))
    return {diner_id: tuple(own) for diner_id, own in found.items()}


def load_disputed(session: Session) -> list[Enrolment]:
    """Imported enrolments that overlap another and wait for a decision, the oldest first."""
    query = select(EnrolmentRow).where(EnrolmentRow.state == "disputed").order_by("enrolment_id")
    return [_enrolment(row) for row in session.exec(query)]


def load_enrolment(session: Session, enrolment_id: str) -> Enrolment | None:
    """The enrolment with this row id, or None."""
    row = session.get(EnrolmentRow, enrolment_id, populate_existing=True)
    return None if row is None else _enrolment(row)


def _enrolment(row: EnrolmentRow) -> Enrolment:
    state = cast(EnrolmentState, row.state)
    return Enrolment(row.enrolment_id, row.diner_id, row.programme_id, row.from_on, row.to_on, state)
