"""Rows of adjustments and of the decisions on them: evidence of what followed a statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.adjustments import Adjustment, Reason
from orders.dues import Due
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class AdjustmentRow(Row, table=True):
    """A proposed correction of a closed statement; it names the statement and, where it has one, the line."""

    __tablename__ = "adjustments"
    __table_args__ = (
        CheckConstraint("amount_fen = now_fen - was_fen AND amount_fen <> 0", name="difference"),
        {"info": APPEND_ONLY},
    )

    adjustment_id: str = Field(primary_key=True)
    programme_id: str = Field(index=True)
    statement_id: str | None = Field(default=None, foreign_key="statements.statement_id", index=True)
    line_no: int | None
    settlement_id: str
    payer: str
    payee: str
    benefit_id: str
    order_id: str
    diner_id: str
    site_id: str
    service_on: date
    amount_fen: int
    revision: int
    was_fen: int
    now_fen: int
    reason: str
    note: str
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)


class AdjustmentDecisionRow(Row, table=True):
    """A person's decision on an adjustment, once."""

    __tablename__ = "adjustment_decisions"
    __table_args__ = ({"info": APPEND_ONLY},)

    adjustment_id: str = Field(primary_key=True, foreign_key="adjustments.adjustment_id")
    approved: bool
    note: str
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class KeptAdjustment:
    """
    An adjustment as it was proposed and decided.

    Parameters
    ----------
    adjustment_id, programme_id
        Row id and whose.
    adjustment
        What changes.
    note
        Why, in the proposer's words.
    proposed_by, proposed_at
        Who proposed it, and when.
    approved
        The decision, None while it waits.
    decided_by
        Who decided, empty while it waits.
    """

    adjustment_id: str
    programme_id: str
    adjustment: Adjustment
    note: str
    proposed_by: str
    proposed_at: datetime
    approved: bool | None
    decided_by: str


def save_adjustments(
    session: Session,
    programme_id: str,
    adjustments: Mapping[str, Adjustment],
    *,
    note: str,
    proposed_by: str,
    proposed_at: datetime,
) -> None:
    """Keeps proposals by their new ids."""
    names = (
        "settlement_id",
        "payer",
        "payee",
        "benefit_id",
        "order_id",
        "diner_id",
        "site_id",
        "service_on",
        "amount_fen",
        "revision",
    )
    rows = [
        {
            "adjustment_id": adjustment_id,
            "programme_id": programme_id,
            "statement_id": one.statement_id or None,
            "line_no": one.line_no,
            **{name: getattr(one.due, name) for name in names},
            "was_fen": one.was_fen,
            "now_fen": one.now_fen,
            "reason": one.reason,
            "note": note,
            "proposed_by": proposed_by,
            "proposed_at": proposed_at,
        }
        for adjustment_id, one in adjustments.items()
    ]
    insert_rows(session, AdjustmentRow, rows)


def load_adjustments(session: Session, programme_id: str | None = None) -> list[KeptAdjustment]:
    """Adjustments with their decisions, by day of the meal, then id."""
    query = select(AdjustmentRow, AdjustmentDecisionRow).outerjoin(
        AdjustmentDecisionRow, col(AdjustmentDecisionRow.adjustment_id) == col(AdjustmentRow.adjustment_id)
    )
    if programme_id is not None:
        query = query.where(AdjustmentRow.programme_id == programme_id)
    query = query.order_by(col(AdjustmentRow.service_on), col(AdjustmentRow.adjustment_id))
    return [_kept(row, decision) for row, decision in session.exec(query)]


def save_decision(
    session: Session, adjustment_id: str, *, approved: bool, note: str, decided_by: str, decided_at: datetime
) -> None:
    """
    Keeps a decision.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When it was decided before.
    """
    values = {"approved": approved, "note": note, "decided_by": decided_by, "decided_at": decided_at}
    insert_rows(session, AdjustmentDecisionRow, [{"adjustment_id": adjustment_id, **values}])


def _kept(row: AdjustmentRow, decision: AdjustmentDecisionRow | None) -> KeptAdjustment:
    due = Due(
        settlement_id=row.settlement_id,
        payer=row.payer,
        payee=row.payee,
        benefit_id=row.benefit_id,
        order_id=row.order_id,
        diner_id=row.diner_id,
        site_id=row.site_id,
        service_on=row.service_on,
        amount_fen=row.amount_fen,
        revision=row.revision,
    )
    return KeptAdjustment(
        adjustment_id=row.adjustment_id,
        programme_id=row.programme_id,
        adjustment=Adjustment(
            due, row.statement_id or "", row.line_no, row.was_fen, row.now_fen, cast(Reason, row.reason)
        ),
        note=row.note,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved=decision.approved if decision else None,
        decided_by=decision.decided_by if decision else "",
    )
