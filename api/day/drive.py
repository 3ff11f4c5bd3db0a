"""Drive: a trip leaves the dock with boxes that may leave."""

from datetime import datetime

from sqlmodel import Session, select

from api.audit import record
from api.day.moments import happened
from api.permissions import Actor, ensure
from kitchen.store.acts import load_packed
from kitchen.store.production_rows import BoxRow
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.service import parse_service
from routing.store.plans import PlanRow, TripRow, VisitBoxRow, save_trip_event, trip_events


def trip_departed(
    session: Session,
    trip_id: str,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> None:
    """
    Notes that a trip left the dock.

    Parameters
    ----------
    session
        Open transaction.
    trip_id
        A trip of a published plan.
    actor, now_at, ids
        Who, when we learn of it, with which row id.
    happened_at
        When it left; None is now.

    Raises
    ------
    NotFound
        When no published plan has the trip.
    Conflict
        When a box aboard is not packed yet, or the trip has left already.
    """
    trip = session.get(TripRow, trip_id)
    plan = session.get(PlanRow, trip.plan_id) if trip else None
    if trip is None or plan is None or plan.status != "published":
        raise NotFound("trip", trip_id)
    kitchen_id = parse_service(plan.service_key).kitchen_id
    ensure(actor, "trip.drive", kitchen_id=kitchen_id, vehicle_id=trip.vehicle_id)
    if "departed" in trip_events(session, plan.plan_id).get(trip_id, {}):
        raise Conflict("trip_departed_already", trip=trip.code)
    packed = load_packed(session, plan.production_id)
    aboard = select(BoxRow.box_id, BoxRow.code).where(
        VisitBoxRow.trip_id == trip_id, VisitBoxRow.box_id == BoxRow.box_id
    )
    for box_id, code in session.exec(aboard):
        if box_id not in packed:
            raise Conflict("box_not_packed", box=code)
    at = happened(happened_at, now_at)
    save_trip_event(
        session, ids.new(), trip_id, "departed", actor=actor.user_id, happened_at=at, recorded_at=now_at
    )
    record(session, actor, "trip.drive", trip.code, now_at, {"at": at.isoformat()})
