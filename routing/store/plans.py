"""Rows of delivery plans: versions, their trips and visits, and what drivers report."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text, update
from sqlmodel import Field, Session, col, select

from kitchen.store.production_rows import BoxRow
from orders.codes import Coded, Param
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY
from routing.plan import Plan, Route, Trip, Unserved, Visit

Status = Literal["draft", "published", "superseded"]
TripAct = Literal["departed", "returned"]
PUBLISHED = text("status = 'published'")


class PlanRow(Row, table=True):
    """One version of a service's delivery plan; at most one is published."""

    __tablename__ = "routing_plans"
    __table_args__ = (
        UniqueConstraint("service_key", "version"),
        Index(
            "uq_routing_plans_published",
            "service_key",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
        CheckConstraint("status IN ('draft', 'published', 'superseded')", name="status"),
        CheckConstraint("version >= 1 AND distance_m >= 0", name="amounts"),
    )

    plan_id: str = Field(primary_key=True)
    service_key: str
    version: int
    status: str
    input_digest: str
    production_id: str = Field(foreign_key="kitchen_productions.production_id")
    distance_m: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class TripRow(Row, table=True):
    """One trip of a plan, planned seconds from the service's start."""

    __tablename__ = "routing_trips"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("return_s > depart_s AND distance_m >= 0", name="times"),
    )

    trip_id: str = Field(primary_key=True)
    plan_id: str = Field(foreign_key="routing_plans.plan_id")
    code: str
    vehicle_id: str
    position: int
    depart_s: int
    return_s: int
    distance_m: int


class VisitRow(Row, table=True):
    """One stop in a trip."""

    __tablename__ = "routing_visits"
    __table_args__ = (
        CheckConstraint("arrive_s <= start_s AND start_s <= leave_s", name="times"),
        CheckConstraint("distance_m >= 0 AND travel_s >= 0", name="amounts"),
    )

    trip_id: str = Field(primary_key=True, foreign_key="routing_trips.trip_id")
    position: int = Field(primary_key=True)
    stop_id: str
    arrive_s: int
    start_s: int
    leave_s: int
    distance_m: int
    travel_s: int


class VisitBoxRow(Row, table=True):
    """One box of a plan: in a visit, or unserved where ``trip_id`` is NULL."""

    __tablename__ = "routing_visit_boxes"
    __table_args__ = (
        CheckConstraint("(trip_id IS NULL) = (visit IS NULL)", name="visit"),
        CheckConstraint("(trip_id IS NULL) = (code IS NOT NULL)", name="reason"),
    )

    plan_id: str = Field(primary_key=True, foreign_key="routing_plans.plan_id")
    box_id: str = Field(primary_key=True, foreign_key="kitchen_boxes.box_id")
    number: int
    stop_id: str
    trip_id: str | None = Field(default=None, foreign_key="routing_trips.trip_id")
    visit: int | None = None
    code: str | None = None
    params: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)


class TripEventRow(Row, table=True):
    """What a driver reported about a trip; a correction names the event it replaces."""

    __tablename__ = "routing_trip_events"
    __table_args__ = (
        Index("uq_routing_trip_events_replaces", "replaces", unique=True),
        Index(
            "uq_routing_trip_events_first",
            "trip_id",
            "act",
            unique=True,
            sqlite_where=text("replaces IS NULL"),
            postgresql_where=text("replaces IS NULL"),
        ),
        CheckConstraint("act IN ('departed', 'returned')", name="act"),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    trip_id: str = Field(foreign_key="routing_trips.trip_id")
    act: str
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="routing_trip_events.event_id")


@dataclass(frozen=True, slots=True)
class PlanHead:
    """
    What a stored plan is, beside its trips.

    Parameters
    ----------
    plan_id, service_key, version
        Row id; of which service, which version.
    input_digest, production_id
        What it was planned from.
    created_at, created_by
        When, and by whom.
    status
        Draft, published or superseded.
    """

    plan_id: str
    service_key: str
    version: int
    input_digest: str
    production_id: str
    created_at: datetime
    created_by: str
    status: Status = "draft"


def save_plan(session: Session, head: PlanHead, plan: Plan, new_id: Callable[[], str]) -> None:
    """Keeps a plan with its trips, visits and unserved boxes, in the status of its head."""
    values = {name: getattr(head, name) for name in PlanHead.__dataclass_fields__}
    session.add(PlanRow(**values, distance_m=plan.distance_m))
    session.flush()
    trips, visits, boxes = [], [], []
    for route in plan.routes:
        for position, trip in enumerate(route.trips):
            trip_id = new_id()
            trips.append(_trip_values(head.plan_id, trip_id, route.vehicle_id, position, trip))
            for number, visit in enumerate(trip.visits):
                visits.append(visit_values(trip_id, number, visit))
                boxes += [
                    {"box_id": box, "stop_id": visit.stop_id, "trip_id": trip_id, "visit": number}
                    for box in visit.box_ids
                ]
    for left in plan.unserved:
        reason = {"code": left.reason.code, "params": dict(left.reason.params)}
        boxes += [{"box_id": box, "stop_id": left.stop_id, **reason} for box in left.box_ids]
    empty = dict.fromkeys(("trip_id", "visit", "code", "params"))
    insert_rows(session, TripRow, trips)
    insert_rows(session, VisitRow, visits)
    numbered = [empty | box | {"plan_id": head.plan_id, "number": n} for n, box in enumerate(boxes)]
    insert_rows(session, VisitBoxRow, numbered)


def publish_plan(session: Session, plan_id: str) -> None:
    """Publishes a draft; the version published before it is superseded."""
    row = session.get_one(PlanRow, plan_id)
    session.execute(
        update(PlanRow)
        .where(col(PlanRow.service_key) == row.service_key, col(PlanRow.status) == "published")
        .values(status="superseded")
    )
    row.status = "published"
    session.flush()


def load_plan(session: Session, service_key: str, version: int | None = None) -> tuple[PlanHead, Plan] | None:
    """A version of a service's plan, or the published one; None when there is none."""
    query = select(PlanRow).where(PlanRow.service_key == service_key)
    wanted = PlanRow.status == "published" if version is None else PlanRow.version == version
    row = session.exec(query.where(wanted)).first()
    return None if row is None else (_head(row), _plan(session, row))


def plan_of_box(session: Session, service_key: str, box_id: str) -> tuple[int, str | None] | None:
    """Version of a service's published plan and the vehicle that brings a box by it; None without a plan."""
    published = select(PlanRow.plan_id, PlanRow.version).where(
        PlanRow.service_key == service_key, PlanRow.status == "published"
    )
    head = session.exec(published).first()
    if head is None:
        return None
    bringing = (
        select(TripRow.vehicle_id)
        .join(VisitBoxRow, col(VisitBoxRow.trip_id) == col(TripRow.trip_id))
        .where(VisitBoxRow.plan_id == head[0], VisitBoxRow.box_id == box_id)
    )
    return head[1], session.exec(bringing).first()


def vehicles_to_site(session: Session, service_key: str, site_id: str) -> set[str]:
    """The vehicles that bring boxes to a site by a service's published plan."""
    query = (
        select(TripRow.vehicle_id)
        .join(VisitBoxRow, col(VisitBoxRow.trip_id) == col(TripRow.trip_id))
        .join(PlanRow, col(PlanRow.plan_id) == col(VisitBoxRow.plan_id))
        .join(BoxRow, col(BoxRow.box_id) == col(VisitBoxRow.box_id))
        .where(PlanRow.service_key == service_key, PlanRow.status == "published", BoxRow.site_id == site_id)
    )
    return set(session.exec(query))


def trip_ids(session: Session, plan_id: str) -> dict[str, str]:
    """Trip code to row id, of a plan's trips."""
    query = select(TripRow.code, TripRow.trip_id).where(TripRow.plan_id == plan_id)
    return dict(session.exec(query).all())


def save_trip_event(
    session: Session,
    event_id: str,
    trip_id: str,
    act: TripAct,
    *,
    actor: str,
    happened_at: datetime,
    recorded_at: datetime,
    replaces: str | None = None,
) -> None:
    """
    Keeps what a driver reports.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the trip has that report already and none is named as replaced.
    """
    session.add(
        TripEventRow(
            event_id=event_id,
            trip_id=trip_id,
            act=act,
            actor=actor,
            happened_at=happened_at,
            recorded_at=recorded_at,
            replaces=replaces,
        )
    )
    session.flush()


def trip_events(session: Session, plan_id: str) -> dict[str, dict[TripAct, datetime]]:
    """Trip id to what its driver reported, and when it happened, corrections applied."""
    query = (
        select(TripEventRow)
        .join(TripRow, col(TripRow.trip_id) == col(TripEventRow.trip_id))
        .where(TripRow.plan_id == plan_id)
        .order_by(col(TripEventRow.recorded_at), col(TripEventRow.event_id))
    )
    found: dict[str, dict[TripAct, datetime]] = defaultdict(dict)
    for row in session.exec(query):
        found[row.trip_id][cast(TripAct, row.act)] = row.happened_at
    return found


def departed_trips(session: Session, plan_id: str) -> frozenset[str]:
    """Codes of a plan's trips that were told to have left."""
    query = (
        select(TripRow.code)
        .join(TripEventRow, col(TripEventRow.trip_id) == col(TripRow.trip_id))
        .where(TripRow.plan_id == plan_id, TripEventRow.act == "departed")
    )
    return frozenset(session.exec(query))


def departed_with(session: Session, box_id: str) -> bool:
    """Whether a trip that brings a box, of whichever version, was told to have left."""
    query = (
        select(TripEventRow.event_id)
        .join(VisitBoxRow, col(VisitBoxRow.trip_id) == col(TripEventRow.trip_id))
        .where(VisitBoxRow.box_id == box_id, TripEventRow.act == "departed")
    )
    return session.exec(query.limit(1)).first() is not None


def _head(row: PlanRow) -> PlanHead:
    fields: Mapping[str, Any] = PlanHead.__dataclass_fields__
    return PlanHead(**{name: getattr(row, name) for name in fields})


def _plan(session: Session, row: PlanRow) -> Plan:
    boxes: dict[tuple[str, int], list[str]] = defaultdict(list)
    left: dict[tuple[str, str], list[VisitBoxRow]] = defaultdict(list)
    of_plan = select(VisitBoxRow).where(VisitBoxRow.plan_id == row.plan_id)
    for box in session.exec(of_plan.order_by(col(VisitBoxRow.number))):
        if box.trip_id is None or box.visit is None:
            left[box.stop_id, str(box.code)].append(box)
        else:
            boxes[box.trip_id, box.visit].append(box.box_id)
    trips: dict[str, list[Trip]] = defaultdict(list)
    of_trips = select(TripRow).where(TripRow.plan_id == row.plan_id)
    for trip in session.exec(of_trips.order_by(col(TripRow.vehicle_id), col(TripRow.position))):
        trips[trip.vehicle_id].append(_trip(session, trip, boxes))
    unserved = tuple(
        Unserved(stop, tuple(one.box_id for one in rows), _reason(rows[0]))
        for (stop, _), rows in left.items()
    )
    routes = tuple(Route(vehicle_id, tuple(found)) for vehicle_id, found in trips.items())
    return Plan(row.service_key, routes, unserved, row.distance_m)


def _trip(session: Session, row: TripRow, boxes: Mapping[tuple[str, int], list[str]]) -> Trip:
    query = select(VisitRow).where(VisitRow.trip_id == row.trip_id).order_by(col(VisitRow.position))
    visits = tuple(
        Visit(
            one.stop_id,
            tuple(boxes.get((row.trip_id, one.position), ())),
            one.arrive_s,
            one.start_s,
            one.leave_s,
            one.distance_m,
            one.travel_s,
        )
        for one in session.exec(query)
    )
    return Trip(row.code, row.depart_s, row.return_s, visits, row.distance_m)


def _reason(row: VisitBoxRow) -> Coded:
    return Coded(str(row.code), cast(dict[str, Param], row.params or {}))


def _trip_values(plan_id: str, trip_id: str, vehicle_id: str, position: int, trip: Trip) -> dict[str, Any]:
    return {
        "trip_id": trip_id,
        "plan_id": plan_id,
        "code": trip.trip_code,
        "vehicle_id": vehicle_id,
        "position": position,
        "depart_s": trip.depart_s,
        "return_s": trip.return_s,
        "distance_m": trip.distance_m,
    }


def visit_values(trip_id: str, position: int, visit: Visit) -> dict[str, Any]:
    """A visit as its row's values."""
    return {
        "trip_id": trip_id,
        "position": position,
        "stop_id": visit.stop_id,
        "arrive_s": visit.arrive_s,
        "start_s": visit.start_s,
        "leave_s": visit.leave_s,
        "distance_m": visit.distance_m,
        "travel_s": visit.travel_s,
    }
