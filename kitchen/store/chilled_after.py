"""Rows of what became of chilled batches off the heat: how they cooled, and what of them was thrown away."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, col, select

from kitchen.store.check_rows import MeasuredRow, StepRow
from kitchen.store.production_rows import BatchRow, ProductionRow
from kitchen.store.steps import Step, measured_values, read_measured
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class ChilledStepRow(MeasuredRow, table=True):
    """One measurement of a chilled batch at a stage of its cooling, before any plan draws from it."""

    __tablename__ = "kitchen_chilled_steps"
    __table_args__ = ({"info": APPEND_ONLY},)

    chilled_id: str = Field(foreign_key="kitchen_chilled.chilled_id", index=True)


class ChilledWasteRow(Row, table=True):
    """Portions of a chilled batch that were thrown away, by whom and why."""

    __tablename__ = "kitchen_chilled_waste"
    __table_args__ = (CheckConstraint("portions >= 1", name="portions"), {"info": APPEND_ONLY})

    waste_id: str = Field(primary_key=True)
    chilled_id: str = Field(foreign_key="kitchen_chilled.chilled_id", index=True)
    portions: int
    reason: str
    person: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class ChilledWaste:
    """
    Portions of a chilled batch that were thrown away.

    Parameters
    ----------
    chilled_id, portions
        Of which, regular portions.
    reason, person
        Why, and who did it, by name.
    actor, at
        Who wrote it down, and when.
    """

    chilled_id: str
    portions: int
    reason: str
    person: str
    actor: str
    at: datetime


def save_chilled_step(session: Session, chilled_id: str, one: Step) -> None:
    """Keeps a measurement of a chilled batch, of which no batch of a plan is known."""
    insert_rows(session, ChilledStepRow, [measured_values(one) | {"chilled_id": chilled_id}])


def load_chilled_steps(session: Session, chilled_ids: Collection[str]) -> list[tuple[str, Step]]:
    """Measurements of chilled batches, in order, each with the batch's id."""
    query = (
        select(ChilledStepRow)
        .where(col(ChilledStepRow.chilled_id).in_(chilled_ids))
        .order_by(
            col(ChilledStepRow.happened_at), col(ChilledStepRow.recorded_at), col(ChilledStepRow.step_id)
        )
    )
    return [(row.chilled_id, read_measured(row, "")) for row in session.exec(query)]


def carry_steps(session: Session, service_key: str) -> None:
    """Gives the batches that a published production draws from chilled ones the measurements of these."""
    drawn = (
        select(ChilledStepRow, BatchRow.batch_id)
        .join(BatchRow, col(BatchRow.chilled_id) == col(ChilledStepRow.chilled_id))
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(ProductionRow.service_key == service_key, ProductionRow.status == "published")
    )
    wanted = {f"{row.step_id}/{batch_id}": (row, batch_id) for row, batch_id in session.exec(drawn)}
    kept = set(session.exec(select(StepRow.step_id).where(col(StepRow.step_id).in_(wanted))))
    names = MeasuredRow.model_fields.keys() - {"step_id"}
    values = [
        {name: getattr(row, name) for name in names}
        | {"step_id": step_id, "batch_id": batch_id, "service_key": service_key}
        for step_id, (row, batch_id) in wanted.items()
        if step_id not in kept
    ]
    insert_rows(session, StepRow, values)


def drawing_batches(session: Session, chilled_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """Batches that published productions draw from chilled ones: chilled batch, service and batch."""
    query = (
        select(BatchRow.chilled_id, ProductionRow.service_key, BatchRow.batch_id)
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(col(BatchRow.chilled_id).in_(chilled_ids), ProductionRow.status == "published")
        .order_by(col(ProductionRow.service_key), col(BatchRow.batch_id))
    )
    return [(chilled_id or "", key, batch_id) for chilled_id, key, batch_id in session.exec(query)]


def save_chilled_waste(session: Session, waste_id: str, one: ChilledWaste) -> None:
    """Keeps that portions were thrown away."""
    insert_rows(session, ChilledWasteRow, [asdict(one) | {"waste_id": waste_id}])


def chilled_wasted(session: Session, chilled_ids: Collection[str]) -> dict[str, int]:
    """Portions of chilled batches that were thrown away, by id."""
    query = (
        select(ChilledWasteRow.chilled_id, func.sum(ChilledWasteRow.portions))
        .where(col(ChilledWasteRow.chilled_id).in_(chilled_ids))
        .group_by(col(ChilledWasteRow.chilled_id))
    )
    return {chilled_id: int(portions) for chilled_id, portions in session.exec(query)}
