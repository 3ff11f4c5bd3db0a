"""By hand: a stop put elsewhere, two vehicles swapped; the plan at its new minutes, and what it breaks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orders.errors import NotFound
from routing.plan import Plan, Unserved, Violation, check
from routing.problem import Problem
from routing.repair import Ordered, timed_plan
from routing.replan import Rest

NEW_TRIP = "new"


@dataclass(frozen=True, slots=True)
class Move:
    """
    One visit put elsewhere.

    Parameters
    ----------
    stop_id
        Which stop; all its boxes of the one trip, or those that no trip brings yet.
    to_trip
        Code of the trip that it goes to, or `NEW_TRIP`.
    position
        Its place there, from 1; 0 for the last.
    from_trip
        Where it is now; empty for the first trip that visits it.
    vehicle_id
        Who makes a new trip.
    """

    stop_id: str
    to_trip: str
    position: int = 0
    from_trip: str = ""
    vehicle_id: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """All trips that have not left, of one vehicle for those of another."""

    vehicle_id: str
    other: str


Edit = Move | Swap


def by_hand(
    problem: Problem, plan: Plan, edits: Sequence[Edit], new_code: str
) -> tuple[Plan, list[Violation]]:
    """
    The plan after some edits, at the minutes that then hold.

    Parameters
    ----------
    problem, plan
        What is to be driven; a plan of it.
    edits
        In their order.
    new_code
        Code of a new trip.

    Returns
    -------
    tuple[Plan, list[Violation]]
        With everything that it breaks: a plan with a violation may not be driven.

    Raises
    ------
    NotFound
        When the plan has no such stop, trip or vehicle.
    """
    rest = Rest.of(problem)
    trips = [
        Ordered(
            route.vehicle_id,
            trip.trip_code,
            tuple(rest.part(visit.stop_id, visit.box_ids) for visit in trip.visits),
        )
        for route in plan.routes
        for trip in route.trips
    ]
    unserved = plan.unserved
    for edit in edits:
        if isinstance(edit, Move):
            unserved, waiting = _waiting(unserved, edit, rest)
            trips = [*trips, *waiting]
        trips = _moved(trips, edit, new_code, rest) if isinstance(edit, Move) else _swapped(trips, edit, rest)
    kept = [one for one in trips if one.visits]
    found = timed_plan(problem, kept, unserved)
    return found, check(found, problem)


def _waiting(
    unserved: tuple[Unserved, ...], edit: Move, rest: Rest
) -> tuple[tuple[Unserved, ...], list[Ordered]]:
    """Boxes of the stop that nobody brings, as a trip of nobody, and the others."""
    own = [one for one in unserved if one.stop_id == edit.stop_id and not edit.from_trip]
    box_ids = tuple(box_id for one in own for box_id in one.box_ids)
    if not box_ids:
        return unserved, []
    part = rest.part(edit.stop_id, box_ids)
    return tuple(one for one in unserved if one not in own), [Ordered("", "", (part,))]


def _moved(trips: list[Ordered], edit: Move, new_code: str, rest: Rest) -> list[Ordered]:
    at = [
        (n, k)
        for n, trip in sorted(enumerate(trips), key=lambda one: one[1].trip_code)
        for k, part in enumerate(trip.visits)
        if part.stop.stop_id == edit.stop_id and edit.from_trip in ("", trip.trip_code)
    ]
    if not at:
        raise NotFound("stop", edit.stop_id)
    number, visit = at[0]
    trips, visits = list(trips), trips[number].visits
    part = visits[visit]
    trips[number] = replace(trips[number], visits=(*visits[:visit], *visits[visit + 1 :]))
    if edit.to_trip == NEW_TRIP:
        if edit.vehicle_id not in rest.vehicles:
            raise NotFound("vehicle", edit.vehicle_id)
        return [*trips, Ordered(edit.vehicle_id, new_code, (part,))]
    target = next((n for n, trip in enumerate(trips) if trip.trip_code == edit.to_trip), None)
    if target is None:
        raise NotFound("trip", edit.to_trip)
    visits = trips[target].visits
    place = len(visits) if edit.position < 1 else min(edit.position - 1, len(visits))
    trips[target] = replace(trips[target], visits=(*visits[:place], part, *visits[place:]))
    return trips


def _swapped(trips: list[Ordered], edit: Swap, rest: Rest) -> list[Ordered]:
    for vehicle_id in (edit.vehicle_id, edit.other):
        if vehicle_id not in rest.vehicles:
            raise NotFound("vehicle", vehicle_id)
    other = {edit.vehicle_id: edit.other, edit.other: edit.vehicle_id}
    return [replace(trip, vehicle_id=other.get(trip.vehicle_id, trip.vehicle_id)) for trip in trips]
