"""Rows of a kitchen's vans."""

from collections.abc import Iterable
from datetime import time

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.service import Service
from orders.store.base import Row, upsert
from routing.problem import Vehicle
from routing.vans import Van


class VanRow(Row, table=True):
    """A van of a kitchen's fleet, its shift in local wall times."""

    __tablename__ = "routing_vans"
    __table_args__ = (
        CheckConstraint("units >= 0 AND weight_g >= 0 AND reload_s >= 0 AND most_trips >= 1", name="amounts"),
        CheckConstraint("shift_to > shift_from", name="shift"),
    )

    kitchen_id: str = Field(primary_key=True, foreign_key="kitchens.kitchen_id")
    van_id: str = Field(primary_key=True)
    plate: str
    name_zh: str
    name_en: str
    units: int
    weight_g: int
    shift_from: time
    shift_to: time
    reload_s: int
    most_trips: int
    driver: str
    phone: str


def save_vans(session: Session, kitchen_id: str, vans: Iterable[Van]) -> None:
    """Keeps vans, new or changed."""
    fields = Van.__dataclass_fields__
    rows = [{name: getattr(van, name) for name in fields} | {"kitchen_id": kitchen_id} for van in vans]
    upsert(session, VanRow, rows)


def load_vans(session: Session, kitchen_id: str) -> list[Van]:
    """The vans of a kitchen, by code."""
    query = select(VanRow).where(VanRow.kitchen_id == kitchen_id).order_by(col(VanRow.van_id))
    fields = Van.__dataclass_fields__
    return [Van(**{name: getattr(row, name) for name in fields}) for row in session.exec(query)]


def load_vehicles(session: Session, service: Service) -> list[Vehicle]:
    """The vans of the service's kitchen on that day, their shifts as seconds of the service."""
    return [van.on(service) for van in load_vans(session, service.kitchen_id)]
