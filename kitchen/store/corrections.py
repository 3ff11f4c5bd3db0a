"""Rows of pans weighed into boxes, and of printed labels that were destroyed: evidence, never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from kitchen.pans import WeighedPan
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class PanWeightRow(Row, table=True):
    """What the scales said of one pan of a box; one a pan, and what corrects it names it."""

    __tablename__ = "kitchen_pan_weights"
    __table_args__ = (
        CheckConstraint("net_g >= 0 AND pan >= 1", name="amounts"),
        CheckConstraint("NOT withdrawn OR replaces IS NOT NULL", name="withdrawn"),
        Index("uq_kitchen_pan_weights_replaces", "replaces", unique=True),
        {"info": APPEND_ONLY},
    )

    weight_id: str = Field(primary_key=True)
    box_id: str = Field(foreign_key="kitchen_boxes.box_id", index=True)
    pan: int
    net_g: int
    actor: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="kitchen_pan_weights.weight_id")
    withdrawn: bool = False


class SpareLabelsRow(Row, table=True):
    """The labels of one print were destroyed, since another print stands; once a print."""

    __tablename__ = "kitchen_spare_labels"
    __table_args__ = ({"info": APPEND_ONLY},)

    print_number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    service_key: str = Field(index=True)
    actor: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


def save_weighed(session: Session, weight_id: str, pan: WeighedPan, replaces: str | None) -> None:
    """Keeps what the scales said of a pan."""
    session.add(
        PanWeightRow(
            weight_id=weight_id,
            box_id=pan.box_id,
            pan=pan.pan,
            net_g=pan.net_g,
            actor=pan.actor,
            recorded_at=pan.recorded_at,
            replaces=replaces,
        )
    )
    session.flush()


def load_weighed(session: Session, box_ids: list[str]) -> dict[tuple[str, int], tuple[str, WeighedPan]]:
    """The standing weights of these boxes' pans: box id and pan number to row id and weight."""
    later = aliased(PanWeightRow)
    rows = session.exec(
        select(PanWeightRow)
        .where(col(PanWeightRow.box_id).in_(box_ids), ~col(PanWeightRow.withdrawn))
        .where(~select(later.weight_id).where(col(later.replaces) == col(PanWeightRow.weight_id)).exists())
    )
    return {
        (row.box_id, row.pan): (
            row.weight_id,
            WeighedPan(row.box_id, row.pan, row.net_g, row.actor, row.recorded_at),
        )
        for row in rows
    }


def save_spare_labels(
    session: Session, print_number: int, service_key: str, actor: str, recorded_at: datetime
) -> None:
    """Keeps that the labels of a print are destroyed."""
    session.add(
        SpareLabelsRow(
            print_number=print_number, service_key=service_key, actor=actor, recorded_at=recorded_at
        )
    )
    session.flush()


def load_spare_labels(session: Session, service_key: str) -> set[int]:
    """The prints of a service whose labels are destroyed."""
    rows = session.exec(select(SpareLabelsRow).where(SpareLabelsRow.service_key == service_key))
    return {row.print_number for row in rows}
