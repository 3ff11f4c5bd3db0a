"""Rows of a kitchen's vans."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.service import Service
from orders.store.base import JsonColumn, Row, upsert
from routing.problem import Vehicle
from routing.vans import Rest, Van


class VanRow(Row, table=True):
    """A van of a kitchen's fleet, its shift in local wall times."""

    __tablename__ = "routing_vans"
    __table_args__ = (
        CheckConstraint("units >= 0 AND weight_g >= 0 AND reload_s >= 0 AND most_trips >= 1", name="amounts"),
        CheckConstraint("shift_to > shift_from", name="shift"),
        CheckConstraint("hot_units >= 0 AND cold_units >= 0", name="compartments"),
        CheckConstraint("pace_pct >= 1 AND most_out_s >= 0", name="hours"),
        CheckConstraint("day_fen >= 0 AND trip_fen >= 0 AND km_fen >= 0 AND hour_fen >= 0", name="costs"),
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
    hot_units: int | None
    cold_units: int | None
    skills: list[str] = Field(sa_type=JsonColumn)
    pace_pct: int
    rests: list[list[Any]] = Field(sa_type=JsonColumn)
    most_out_s: int | None
    day_fen: int
    trip_fen: int
    km_fen: int
    hour_fen: int


def save_vans(session: Session, kitchen_id: str, vans: Iterable[Van]) -> None:
    """Keeps vans, new or changed."""
    upsert(session, VanRow, [_values(van) | {"kitchen_id": kitchen_id} for van in vans])


def load_vans(session: Session, kitchen_id: str) -> list[Van]:
    """The vans of a kitchen, by code."""
    query = select(VanRow).where(VanRow.kitchen_id == kitchen_id).order_by(col(VanRow.van_id))
    return [_van(row) for row in session.exec(query)]


def load_vehicles(session: Session, service: Service) -> list[Vehicle]:
    """The vans of the service's kitchen on that day, their shifts as seconds of the service."""
    return [van.on(service) for van in load_vans(session, service.kitchen_id)]


def _values(van: Van) -> dict[str, Any]:
    values = {name: getattr(van, name) for name in Van.__dataclass_fields__}
    rests = [[one.starts.isoformat(), one.ends.isoformat(), one.minutes] for one in van.rests]
    return values | {"skills": sorted(van.skills), "rests": rests}


def _van(row: VanRow) -> Van:
    values = {name: getattr(row, name) for name in Van.__dataclass_fields__}
    rests = tuple(
        Rest(time.fromisoformat(starts), time.fromisoformat(ends), minutes)
        for starts, ends, minutes in row.rests
    )
    return Van(**values | {"skills": frozenset(row.skills), "rests": rests})
