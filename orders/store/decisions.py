"""Rows of what was decided of flags, and of what was done about it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

FIRST = text("replaces IS NULL")
Verdict = Literal["cleared", "confirmed"]


class FlagDecisionRow(Row, table=True):
    """What a named person decided of a flag; a later decision names the one it replaces."""

    __tablename__ = "flag_decisions"
    __table_args__ = (
        Index(
            "uq_flag_decisions_flag_id", "flag_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST
        ),
        Index("uq_flag_decisions_replaces", "replaces", unique=True),
        CheckConstraint("decision IN ('cleared', 'confirmed')", name="decision"),
        CheckConstraint("reason <> ''", name="reason"),
        {"info": APPEND_ONLY},
    )

    decision_id: str = Field(primary_key=True)
    flag_id: str = Field(foreign_key="flags.flag_id", index=True)
    decision: str
    reason: str
    consequences: list[str] = Field(sa_type=JsonColumn)
    decided_by: str
    decided_name: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="flag_decisions.decision_id")


class FlagConsequenceRow(Row, table=True):
    """A consequence of a confirmed flag that was carried out."""

    __tablename__ = "flag_consequences"
    __table_args__ = ({"info": APPEND_ONLY},)

    decision_id: str = Field(primary_key=True, foreign_key="flag_decisions.decision_id")
    consequence: str = Field(primary_key=True)
    note: str
    done_by: str
    done_name: str
    done_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What a named person decided.

    Parameters
    ----------
    decision_id
        Row id.
    decision
        Cleared or confirmed.
    reason
        Why, in the person's words.
    consequences
        What a confirmed flag leads to.
    decided_by, decided_name, decided_at
        User id and name of who decided, when.
    replaces
        The earlier decision that this one replaces, None for the first.
    """

    decision_id: str
    decision: Verdict
    reason: str
    consequences: tuple[str, ...]
    decided_by: str
    decided_name: str
    decided_at: datetime
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A consequence carried out: which, what was done, who did it and when."""

    consequence: str
    note: str
    done_by: str
    done_name: str
    done_at: datetime


def save_decision(session: Session, flag_id: str, decision: Decision) -> None:
    """
    Keeps a decision; one after the first must name the one it replaces.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the flag was decided in the same moment by somebody else.
    """
    values = {**asdict(decision), "consequences": list(decision.consequences), "flag_id": flag_id}
    insert_rows(session, FlagDecisionRow, [values])


def load_decisions(session: Session, flag_id: str) -> list[Decision]:
    """Every decision of a flag, the replaced ones too, in the order of time."""
    query = select(FlagDecisionRow).where(FlagDecisionRow.flag_id == flag_id)
    return [_decision(row) for row in session.exec(query.order_by("decided_at", "decision_id"))]


def save_done(session: Session, decision_id: str, done: Done) -> None:
    """
    Keeps that a consequence was carried out.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When it was carried out before.
    """
    insert_rows(session, FlagConsequenceRow, [{"decision_id": decision_id, **asdict(done)}])


def standing_decisions(session: Session, flag_ids: Collection[str] | None) -> dict[str, Decision]:
    """Flag's id to the decision that stands, of these flags or of all."""
    later = aliased(FlagDecisionRow)
    query = (
        select(FlagDecisionRow)
        .outerjoin(later, col(later.replaces) == col(FlagDecisionRow.decision_id))
        .where(col(later.decision_id).is_(None))
    )
    if flag_ids is not None:
        query = query.where(col(FlagDecisionRow.flag_id).in_(flag_ids))
    return {row.flag_id: _decision(row) for row in session.exec(query)}


def load_done(session: Session, decision_ids: Collection[str]) -> Mapping[str, list[Done]]:
    """Decision's id to the consequences that were carried out, in the order of time."""
    query = select(FlagConsequenceRow).where(col(FlagConsequenceRow.decision_id).in_(decision_ids))
    found: dict[str, list[Done]] = defaultdict(list)
    for row in session.exec(query.order_by("done_at", "consequence")):
        found[row.decision_id].append(
            Done(row.consequence, row.note, row.done_by, row.done_name, row.done_at)
        )
    return found


def _decision(row: FlagDecisionRow) -> Decision:
    return Decision(
        row.decision_id,
        cast(Verdict, row.decision),
        row.reason,
        tuple(row.consequences),
        row.decided_by,
        row.decided_name,
        row.decided_at,
        row.replaces,
    )
