"""Rows of random checks of statements, and of what the visits found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

Found = Literal["confirmed", "denied", "not_met"]


class CheckListRow(Row, table=True):
    """A random check of a statement, as it was drawn."""

    __tablename__ = "check_lists"
    __table_args__ = ({"info": APPEND_ONLY},)

    check_id: str = Field(primary_key=True)
    statement_id: str = Field(foreign_key="statements.statement_id", index=True)
    seed: str
    size: int
    line_nos: list[int] = Field(sa_type=JsonColumn)
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class CheckVisitRow(Row, table=True):
    """What a visit found for one line of a check list."""

    __tablename__ = "check_visits"
    __table_args__ = (
        CheckConstraint("found IN ('confirmed', 'denied', 'not_met')", name="found"),
        {"info": APPEND_ONLY},
    )

    check_id: str = Field(primary_key=True, foreign_key="check_lists.check_id")
    line_no: int = Field(primary_key=True)
    found: str
    note: str
    visited_by: str
    visited_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class CheckList:
    """
    A random check of a statement.

    Parameters
    ----------
    check_id, statement_id
        Row id, and of which statement.
    seed
        Draws the same lines again.
    size
        How many were asked for.
    line_nos
        Lines drawn, in the order of the statement.
    made_by, made_at
        Who drew it, and when.
    """

    check_id: str
    statement_id: str
    seed: str
    size: int
    line_nos: tuple[int, ...]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CheckVisit:
    """
    What a visit found.

    Parameters
    ----------
    check_id, line_no
        Of which line.
    found
        The person confirms the meal, denies it, or was not met.
    note
        In the visitor's words.
    visited_by, visited_at
        Who was there, and when it was written down.
    """

    check_id: str
    line_no: int
    found: Found
    note: str
    visited_by: str
    visited_at: datetime


def save_check_list(session: Session, check: CheckList) -> None:
    """Keeps a check list."""
    names = ("check_id", "statement_id", "seed", "size", "made_by", "made_at")
    row = {name: getattr(check, name) for name in names} | {"line_nos": list(check.line_nos)}
    insert_rows(session, CheckListRow, [row])


def load_check_lists(session: Session, statement_id: str) -> list[CheckList]:
    """The check lists of a statement, in the order drawn."""
    query = select(CheckListRow).where(CheckListRow.statement_id == statement_id)
    return [_check(row) for row in session.exec(query.order_by(col(CheckListRow.check_id)))]


def load_check_list(session: Session, check_id: str) -> CheckList | None:
    """A check list, or None."""
    row = session.get(CheckListRow, check_id)
    return None if row is None else _check(row)


def save_check_visit(session: Session, visit: CheckVisit) -> None:
    """
    Keeps what a visit found.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the line was visited before.
    """
    names = ("check_id", "line_no", "found", "note", "visited_by", "visited_at")
    insert_rows(session, CheckVisitRow, [{name: getattr(visit, name) for name in names}])


def load_check_visits(session: Session, check_id: str) -> dict[int, CheckVisit]:
    """What was found, by line."""
    rows = session.exec(select(CheckVisitRow).where(CheckVisitRow.check_id == check_id))
    return {
        row.line_no: CheckVisit(
            row.check_id, row.line_no, cast(Found, row.found), row.note, row.visited_by, row.visited_at
        )
        for row in rows
    }


def _check(row: CheckListRow) -> CheckList:
    return CheckList(
        row.check_id, row.statement_id, row.seed, row.size, tuple(row.line_nos), row.made_by, row.made_at
    )
