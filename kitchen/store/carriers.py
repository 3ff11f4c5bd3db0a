"""Rows of what happened to carriers, of the pans weighed into them, and of spare labels destroyed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from kitchen.carriers import ACTS, WATCHING, CarrierAct, CarrierEvent, CarrierStatus, status_after
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class CarrierEventRow(Row, table=True):
    """One thing that happened to a carrier; a row that corrects another names it."""

    __tablename__ = "kitchen_carrier_events"
    __table_args__ = (
        CheckConstraint(f"act IN {ACTS}", name="act"),
        CheckConstraint("act <> 'wash' OR (method <> '' AND person <> '')", name="wash"),
        CheckConstraint("NOT withdrawn OR replaces IS NOT NULL", name="withdrawn"),
        Index("ix_kitchen_carrier_events_carrier", "kitchen_id", "carrier_id", "happened_at"),
        UniqueConstraint("event_id"),
        Index("uq_kitchen_carrier_events_replaces", "replaces", unique=True),
        {"info": APPEND_ONLY},
    )

    number: int | None = Field(default=None, primary_key=True)
    event_id: str
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    carrier_id: str
    act: str
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    site_id: str = ""
    box_id: str = Field(default="", index=True)
    method: str = ""
    person: str = ""
    note: str = ""
    replaces: str | None = Field(default=None, foreign_key="kitchen_carrier_events.event_id")
    withdrawn: bool = False


def save_carrier_events(session: Session, kitchen_id: str, events: Iterable[CarrierEvent]) -> None:
    """Keeps events of a kitchen's carriers, in the order given."""
    for event in events:
        session.add(
            CarrierEventRow(
                event_id=event.event_id,
                kitchen_id=kitchen_id,
                carrier_id=event.carrier_id,
                act=event.act,
                actor=event.actor,
                happened_at=event.happened_at,
                recorded_at=event.recorded_at,
                site_id=event.site_id,
                box_id=event.box_id,
                method=event.method,
                person=event.person,
                note=event.note,
                replaces=event.replaces,
                withdrawn=event.withdrawn,
            )
        )
        session.flush()


def load_statuses(session: Session, kitchen_id: str, carrier_ids: Iterable[str]) -> dict[str, CarrierStatus]:
    """How each of these carriers of a kitchen stands, in the order of the ids."""
    last = _last(session, kitchen_id)
    washed = _last(session, kitchen_id, "wash")
    return {one: status_after(last.get(one), washed.get(one), one) for one in carrier_ids}


def load_carrier_history(
    session: Session, kitchen_id: str, carrier_id: str, most: int = 60
) -> list[CarrierEvent]:
    """The newest rows about one carrier, taken back ones among them, newest first."""
    query = (
        select(CarrierEventRow)
        .where(CarrierEventRow.kitchen_id == kitchen_id, CarrierEventRow.carrier_id == carrier_id)
        .order_by(col(CarrierEventRow.number).desc())
        .limit(most)
    )
    return [_event(row) for row in session.exec(query)]


def events_of_boxes(
    session: Session, box_ids: Collection[str], acts: Collection[CarrierAct]
) -> list[tuple[str, CarrierEvent]]:
    """The standing events of these kinds about boxes, each with the kitchen, in the order they were kept."""
    query = (
        select(CarrierEventRow)
        .where(
            col(CarrierEventRow.box_id).in_(sorted(box_ids)),
            col(CarrierEventRow.act).in_(sorted(acts)),
            *_standing(),
        )
        .order_by(col(CarrierEventRow.number))
    )
    return [(row.kitchen_id, _event(row)) for row in session.exec(query)]


def last_of_box(session: Session, box_id: str, act: CarrierAct) -> CarrierEvent | None:
    """The standing event of this kind about a box, None when there is none."""
    query = select(CarrierEventRow).where(
        CarrierEventRow.box_id == box_id, CarrierEventRow.act == act, *_standing()
    )
    row = session.exec(query.order_by(col(CarrierEventRow.number).desc())).first()
    return None if row is None else _event(row)


def carriers_watched(session: Session, kitchen_id: str) -> bool:
    """Whether a kitchen writes down which of its carriers are clean."""
    query = select(CarrierEventRow.number).where(
        CarrierEventRow.kitchen_id == kitchen_id, col(CarrierEventRow.act).in_(sorted(WATCHING)), *_standing()
    )
    return session.exec(query.limit(1)).first() is not None


def _standing() -> tuple[ColumnElement[bool], ...]:
    later = aliased(CarrierEventRow)
    replaced = select(later.number).where(col(later.replaces) == col(CarrierEventRow.event_id)).exists()
    return ~col(CarrierEventRow.withdrawn), ~replaced


def _last(session: Session, kitchen_id: str, act: CarrierAct | None = None) -> dict[str, CarrierEvent]:
    """The standing event of each carrier that happened last, of one kind or of any."""
    place = func.row_number().over(
        partition_by=col(CarrierEventRow.carrier_id),
        order_by=(col(CarrierEventRow.happened_at).desc(), col(CarrierEventRow.number).desc()),
    )
    acts = ACTS if act is None else (act,)
    ranked = (
        select(col(CarrierEventRow.number), place.label("place"))
        .where(CarrierEventRow.kitchen_id == kitchen_id, col(CarrierEventRow.act).in_(acts), *_standing())
        .subquery()
    )
    query = (
        select(CarrierEventRow)
        .join(ranked, ranked.c.number == col(CarrierEventRow.number))
        .where(ranked.c.place == 1)
    )
    return {row.carrier_id: _event(row) for row in session.exec(query)}


def _event(row: CarrierEventRow) -> CarrierEvent:
    return CarrierEvent(
        row.event_id,
        row.carrier_id,
        cast(CarrierAct, row.act),
        row.actor,
        row.happened_at,
        row.recorded_at,
        row.site_id,
        row.box_id,
        row.method,
        row.person,
        row.note,
        row.replaces,
        row.withdrawn,
    )
