"""Drive: a trip leaves the dock with boxes that may leave."""

from datetime import datetime

from sqlmodel import Session, select

from api.audit import record
from api.carriers.round import note_left
from api.checks.gates import require_may_leave
from api.moments import happened
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
        When a box aboard is not packed yet or is held back, or the trip has left already.
    """
    trip = session.get(TripRow, trip_id)
    plan = session.get(PlanRow, trip.plan_id) if trip else None
    if trip is None or plan is None or plan.status != "published":
        raise NotFound("trip", trip_id)
    service = parse_service(plan.service_key)
    ensure(actor, "trip.drive", kitchen_id=service.kitchen_id, vehicle_id=trip.vehicle_id)
    if "departed" in trip_events(session, plan.plan_id).get(trip_id, {}):
        raise Conflict("trip_departed_already", trip=trip.code)
    packed = load_packed(session, plan.production_id)
    aboard = select(BoxRow.box_id, BoxRow.code).where(
        VisitBoxRow.trip_id == trip_id, VisitBoxRow.box_id == BoxRow.box_id
    )
    boxes = session.exec(aboard).all()
    for box_id, code in boxes:
        if box_id not in packed:
            raise Conflict("box_not_packed", box=code)
    require_may_leave(session, service, [box_id for box_id, _ in boxes], trip.code)
    at = happened(happened_at, now_at)
    save_trip_event(
        session, ids.new(), trip_id, "departed", actor=actor.user_id, happened_at=at, recorded_at=now_at
    )
    left_at = {box_id: at for box_id, _ in boxes}
    note_left(session, left_at, "leave", actor=actor.user_id, now_at=now_at, ids=ids)
    record(session, actor, "trip.drive", trip.code, now_at, {"at": at.isoformat()})
