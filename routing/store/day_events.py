"""Rows of what happened to vehicles, drivers, stops and roads on a day, and what each version made of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, col, select

from orders.sites import Place
from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY
from routing.day_events import ROAD_KINDS, RoadEvent, RoadKind


class DayEventRow(Row, table=True):
    """One event of a day under way; ``found`` is what the version that answers it says, in its first row."""

    __tablename__ = "routing_day_events"
    __table_args__ = (
        UniqueConstraint("service_key", "version", "number"),
        CheckConstraint("version >= 1 AND number >= 1", name="numbers"),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    service_key: str
    version: int
    number: int
    kind: str
    ref: str
    body: dict[str, Any] = Field(sa_type=JsonColumn)
    found: dict[str, Any] = Field(sa_type=JsonColumn)
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


def save_day_event(session: Session, row: DayEventRow) -> None:
    """Keeps an event."""
    session.add(row)
    session.flush()


def load_day_events(session: Session, service_key: str) -> list[DayEventRow]:
    """The events of a service, by version and number."""
    query = select(DayEventRow).where(DayEventRow.service_key == service_key)
    return list(session.exec(query.order_by(col(DayEventRow.version), col(DayEventRow.number))))


def event_body(event: RoadEvent) -> dict[str, Any]:
    """An event as it is kept."""
    return asdict(event)


def event_of(row: DayEventRow) -> RoadEvent | None:
    """The event of a row; None for one made by hand on the plan alone."""
    kinds: dict[str, RoadKind] = {kind: kind for kind in ROAD_KINDS}
    if row.kind not in kinds:
        return None
    body = row.body
    place = Place(**body["place"]) if body["place"] else None
    return RoadEvent(kinds[row.kind], row.ref, body["at_s"], place, body["radius_m"], body["other"])
