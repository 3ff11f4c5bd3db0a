"""Rows of a kitchen's equipment and carriers."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, col, delete, select

from kitchen.boxes import Carrier, CarrierKind, Senses
from kitchen.equipment import Equipment
from kitchen.thermal import CarrierModel
from orders.store.base import METADATA, JsonColumn, Row, upsert


class EquipmentRow(Row, table=True):
    """One piece of equipment that cooks."""

    __tablename__ = "kitchen_equipment"
    __table_args__ = (
        CheckConstraint(
            "capacity_ratio > 0 AND changeover_s >= 0 AND setup_s >= 0 AND empty_s >= 0"
            " AND deep_clean_s >= 0",
            name="amounts",
        ),
    )

    kitchen_id: str = Field(primary_key=True, foreign_key="kitchens.kitchen_id")
    equipment_id: str = Field(primary_key=True)
    kind: str
    name_zh: str
    name_en: str
    capacity_ratio: float
    changeover_s: int
    specials_only: bool
    setup_s: int = 0
    empty_s: int = 0
    deep_clean_s: int = 0
    attended_s: int | None = None
    position: int


class CarrierRow(Row, table=True):
    """One reusable carrier; a sensor sits in one carrier only."""

    __tablename__ = "kitchen_carriers"
    __table_args__ = (
        UniqueConstraint("sensor_id"),
        CheckConstraint("kind IN ('bulk', 'packed', 'bag', 'special')", name="kind"),
        CheckConstraint("(pans > 0) <> (meals > 0)", name="contents"),
        CheckConstraint(
            "capacity_portions > 0 AND max_food_g > 0 AND capacity_units > 0 AND tare_g >= 0", name="amounts"
        ),
        CheckConstraint("(sensor_id IS NULL) = (senses IS NULL)", name="sensor"),
    )

    kitchen_id: str = Field(primary_key=True, foreign_key="kitchens.kitchen_id")
    carrier_id: str = Field(primary_key=True)
    code: str
    kind: str
    capacity_portions: int
    pans: int
    meals: int
    max_food_g: int
    capacity_units: int
    tare_g: int
    model: dict[str, Any] = Field(sa_type=JsonColumn)
    sensor_id: str | None = None
    senses: str | None = None
    position: int


def save_equipment(session: Session, kitchen_id: str, equipment: Iterable[Equipment]) -> None:
    """Keeps a kitchen's equipment, in the order given; a piece that is there is replaced."""
    upsert(
        session,
        EquipmentRow,
        [{"kitchen_id": kitchen_id, "position": i, **asdict(piece)} for i, piece in enumerate(equipment)],
    )


def remove_equipment(session: Session, kitchen_id: str) -> None:
    """Takes all equipment off a kitchen that is set up anew."""
    session.execute(delete(EquipmentRow).where(col(EquipmentRow.kitchen_id) == kitchen_id))


def load_equipment(session: Session, kitchen_id: str) -> list[Equipment]:
    """A kitchen's equipment, in the order it was kept."""
    rows = session.exec(
        select(EquipmentRow)
        .where(EquipmentRow.kitchen_id == kitchen_id)
        .order_by(col(EquipmentRow.position), col(EquipmentRow.equipment_id))
    )
    return [
        Equipment(
            row.equipment_id,
            row.kind,
            row.name_zh,
            row.name_en,
            row.capacity_ratio,
            row.changeover_s,
            row.specials_only,
            row.setup_s,
            row.empty_s,
            row.deep_clean_s,
            row.attended_s,
        )
        for row in rows
    ]


def save_carriers(session: Session, kitchen_id: str, carriers: Iterable[Carrier]) -> None:
    """Keeps a kitchen's carriers, in the order given; a carrier that is there is replaced."""
    upsert(
        session,
        CarrierRow,
        [{"kitchen_id": kitchen_id, "position": i, **asdict(carrier)} for i, carrier in enumerate(carriers)],
    )


def load_carriers(
    session: Session, kitchen_id: str, carrier_ids: Collection[str] | None = None
) -> list[Carrier]:
    """A kitchen's carriers, those named or all, in the order they were kept."""
    table = METADATA.tables["kitchen_carriers"]
    query = sqlalchemy.select(table).where(table.c.kitchen_id == kitchen_id)
    if carrier_ids is not None:
        query = query.where(table.c.carrier_id.in_(carrier_ids))
    rows = session.execute(query.order_by(table.c.position, table.c.carrier_id)).all()
    return [_carrier(row) for row in rows]


def kitchen_of_sensor(session: Session, sensor_id: str) -> str | None:
    """The kitchen whose carrier a sensor sits in; None for a loose one."""
    return session.exec(select(CarrierRow.kitchen_id).where(CarrierRow.sensor_id == sensor_id)).first()


def _carrier(row: Any) -> Carrier:
    return Carrier(
        row.carrier_id,
        row.code,
        cast(CarrierKind, row.kind),
        row.capacity_portions,
        row.pans,
        row.meals,
        row.max_food_g,
        row.capacity_units,
        row.tare_g,
        CarrierModel(**row.model),
        row.sensor_id,
        cast(Senses | None, row.senses),
    )
