"""Trips that have left are carried over to the next version of a plan with their rows."""

from collections.abc import Collection

from sqlalchemy import update
from sqlmodel import Session, col

from routing.store.plans import PlanRow, TripRow, VisitBoxRow


def carry_trips(
    session: Session, plan_id: str, trip_ids: Collection[str], *, distance_m: int, first_number: int
) -> None:
    """
    Moves trips with what they carry to a plan that has just been kept.

    Parameters
    ----------
    session
        Open transaction.
    plan_id
        Row id of the new plan.
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
        .where(col(VisitBoxRow.trip_id).in_(wanted))
        .values(plan_id=plan_id, number=VisitBoxRow.number + first_number)
    )
    session.execute(
        update(PlanRow)
        .where(col(PlanRow.plan_id) == plan_id)
        .values(distance_m=PlanRow.distance_m + distance_m)
    )
    session.expire_all()
