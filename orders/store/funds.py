"""Rows of what came into charities' funds: evidence; a correction is a new row of less than nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class FundMovementRow(Row, table=True):
    """Money that came into a programme's fund, or was taken out again."""

    __tablename__ = "fund_movements"
    __table_args__ = (
        Index("ix_fund_movements_programme_id", "programme_id", "fund", "at"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        {"info": APPEND_ONLY},
    )

    movement_id: str = Field(primary_key=True)
    programme_id: str
    fund: str
    at: datetime = Field(sa_type=UtcDateTime)
    amount_fen: int
    reference: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class KeptMovement:
    """
    A movement as it was written down.

    Parameters
    ----------
    movement_id
        Row id.
    programme_id, fund
        Whose fund, by the name that the programme's share has.
    at
        When the money came.
    amount_fen
        How much, fen; below 0 takes an earlier entry back.
    reference
        Who gave it, and by which paper.
    recorded_by, recorded_at
        Who wrote it down, and when.
    """

    movement_id: str
    programme_id: str
    fund: str
    at: datetime
    amount_fen: int
    reference: str
    recorded_by: str
    recorded_at: datetime


NAMES = tuple(KeptMovement.__dataclass_fields__)


def save_movement(session: Session, movement: KeptMovement) -> None:
    """Keeps a movement."""
    insert_rows(session, FundMovementRow, [{name: getattr(movement, name) for name in NAMES}])


def load_movements(session: Session, programme_id: str) -> list[KeptMovement]:
    """A programme's movements, the earliest first."""
    query = (
        select(FundMovementRow)
        .where(FundMovementRow.programme_id == programme_id)
        .order_by(col(FundMovementRow.at), col(FundMovementRow.recorded_at), col(FundMovementRow.movement_id))
    )
    return [KeptMovement(**{name: getattr(row, name) for name in NAMES}) for row in session.exec(query)]
