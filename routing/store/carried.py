"""Trips with what they carry: kept by the next version of a plan once they have left, awaited at a site."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from orders.store.base import insert_rows
from routing.plan import Trip
from routing.store.plans import PlanRow, TripEventRow, TripRow, VisitBoxRow, VisitRow, visit_values


def carry_trips(
    session: Session,
    from_plan_id: str,
    plan_id: str,
    trip_ids: Collection[str],
    *,
    distance_m: int,
    first_number: int,
) -> None:
    """
    Moves trips with what they carry to a plan that has just been kept.

    Parameters
    ----------
    session
        Open transaction.
    from_plan_id, plan_id
        Row ids of the plan before and of the new one.
    trip_ids
        Trips that have left by the plan before.
    distance_m
        Of these trips.
    first_number
        Above the numbers of the new plan's boxes.
    """
    wanted = sorted(trip_ids)
    session.execute(update(TripRow).where(col(TripRow.trip_id).in_(wanted)).values(plan_id=plan_id))
    session.execute(
        update(VisitBoxRow)
        .where(col(VisitBoxRow.plan_id) == from_plan_id, col(VisitBoxRow.trip_id).in_(wanted))
        .values(plan_id=plan_id, number=VisitBoxRow.number + first_number)
    )
    session.execute(
        update(PlanRow)
        .where(col(PlanRow.plan_id) == plan_id)
        .values(distance_m=PlanRow.distance_m + distance_m)
    )
    session.expire_all()


def carry_changed(session: Session, plan_id: str, trips: Mapping[str, Trip], first_number: int) -> None:
    """
    Moves trips under way that go on otherwise to a plan that has just been kept, with their new visits.

    What the plan before said of their boxes stays with it: which boxes left with which trip.

    Parameters
    ----------
    session, plan_id
        Open transaction; row id of the new plan.
    trips
        By row id, as they now are; one without a visit stays with the plan before.
    first_number
        Above the numbers of the new plan's boxes.
    """
    number, metres = first_number, 0
    for trip_id, trip in sorted(trips.items()):
        if not trip.visits:
            continue
        now = {"plan_id": plan_id, "return_s": trip.return_s, "distance_m": trip.distance_m}
        session.execute(update(TripRow).where(col(TripRow.trip_id) == trip_id).values(now))
        session.execute(delete(VisitRow).where(col(VisitRow.trip_id) == trip_id))
        insert_rows(session, VisitRow, [visit_values(trip_id, n, one) for n, one in enumerate(trip.visits)])
        boxes = [(n, one.stop_id, box) for n, one in enumerate(trip.visits) for box in one.box_ids]
        rows = [
            {"plan_id": plan_id, "box_id": box, "number": number + n, "stop_id": stop_id}
            | {"trip_id": trip_id, "visit": visit, "code": None, "params": None}
            for n, (visit, stop_id, box) in enumerate(boxes)
        ]
        insert_rows(session, VisitBoxRow, rows)
        number, metres = number + len(boxes), metres + trip.distance_m
    longer = update(PlanRow).where(col(PlanRow.plan_id) == plan_id)
    session.execute(longer.values(distance_m=PlanRow.distance_m + metres))
    session.expire_all()


def boxes_on_their_way(
    session: Session, service_key: str, box_ids: Collection[str]
) -> dict[str, tuple[int, bool]]:
    """
    When boxes are to arrive by a service's published plan, and whether their vans have left.

    Returns
    -------
    dict[str, tuple[int, bool]]
        By box id the planned second of arrival; one that no van brings is left out.
    """
    query = (
        select(VisitBoxRow.box_id, VisitRow.arrive_s, VisitRow.trip_id)
        .join(PlanRow, col(PlanRow.plan_id) == col(VisitBoxRow.plan_id))
        .join(
            VisitRow,
            (col(VisitRow.trip_id) == col(VisitBoxRow.trip_id))
            & (col(VisitRow.position) == col(VisitBoxRow.visit)),
        )
        .where(PlanRow.service_key == service_key, PlanRow.status == "published")
        .where(col(VisitBoxRow.box_id).in_(box_ids))
    )
    brought = session.exec(query).all()
    trips = {trip_id for _, _, trip_id in brought}
    left = select(TripEventRow.trip_id).where(
        TripEventRow.act == "departed", col(TripEventRow.trip_id).in_(trips)
    )
    departed = set(session.exec(left)) if trips else set()
    return {box_id: (arrive_s, trip_id in departed) for box_id, arrive_s, trip_id in brought}


def planned_signings(session: Session, service_key: str, box_ids: Collection[str]) -> dict[str, int]:
    """Second at which a published plan has boxes signed for, by id; one that no van brings is left out."""
    query = (
        select(VisitBoxRow.box_id, VisitRow.leave_s)
        .join(PlanRow, col(PlanRow.plan_id) == col(VisitBoxRow.plan_id))
        .join(
            VisitRow,
            (col(VisitRow.trip_id) == col(VisitBoxRow.trip_id))
            & (col(VisitRow.position) == col(VisitBoxRow.visit)),
        )
        .where(PlanRow.service_key == service_key, PlanRow.status == "published")
        .where(col(VisitBoxRow.box_id).in_(box_ids))
    )
    return dict(session.exec(query).all())
