"""Minutes of trips whose stops and order are known, whether or not they keep the rules."""

from collections.abc import Sequence

from routing.departures import departures, soonest, trip_at, under_way
from routing.parts import Part
from routing.plan import Trip, Visit
from routing.problem import Problem, Started, Vehicle
from routing.travel import Leg
from routing.vehicle_day import started_of, timed

NO_LEG = Leg(0, 0)  # where there is no way: `plan.check` names it


def time_day(problem: Problem, vehicle: Vehicle, trips: Sequence[Sequence[Part]]) -> list[Trip]:
    """
    The trips of one vehicle, each back as early as it can be and, given that, leaving as late as it can.

    Where no minutes keep all rules (docks aside), trip follows trip without a rest.

    Parameters
    ----------
    problem, vehicle
        Whose trips; a trip under way is the first.
    trips
        Parts of each in the order of driving.

    Returns
    -------
    list[Trip]
        With empty codes but for the trip under way. They may break a rule: that is for `plan.check` to say.
    """
    kept = timed(problem, vehicle, trips)
    if kept is not None:
        return kept
    found, past = list[Trip](), started_of(problem, vehicle)
    for visits in trips:
        ready_s = first_departure_s(vehicle, found[-1] if found else None)
        found.append(time_trip(problem, vehicle, visits, ready_s, None if found else past))
    return found


def time_trip(
    problem: Problem, vehicle: Vehicle, visits: Sequence[Part], ready_s: int, past: Started | None = None
) -> Trip:
    """
    The trip that is back as early as possible and, given that, leaves as late as possible.

    So the van is back soon for its next trip, and the food does not wait on the road. Where a rule cannot be
    kept, it leaves at once and hands over as it comes.

    Parameters
    ----------
    problem, vehicle
        Whose pace, depot and shift count.
    visits
        The parts in the order of driving, at least one but for a trip under way.
    ready_s
        When the vehicle may leave at the earliest.
    past
        For a trip under way, where it goes on.

    Returns
    -------
    Trip
        With an empty code but for the trip under way.
    """
    spans = under_way(problem, vehicle, visits, past) if past else departures(problem, vehicle, visits)
    found = soonest(spans, past.depart_s if past else ready_s)
    if found is not None:
        return trip_at(problem, vehicle, visits, found[0], past)
    return _as_it_comes(problem, vehicle, visits, ready_s, past)


def first_departure_s(vehicle: Vehicle, before: Trip | None) -> int:
    """When a vehicle may leave, given its trip before."""
    return vehicle.shift_start_s if before is None else before.return_s + vehicle.reload_s


def _as_it_comes(
    problem: Problem, vehicle: Vehicle, visits: Sequence[Part], ready_s: int, past: Started | None
) -> Trip:
    depot = problem.depot_place(vehicle)
    depart_s = past.depart_s if past else max(ready_s, *(part.release_s for part in visits))
    here, now_s = (past.place, past.from_s) if past else (depot, depart_s)
    found, metres = list[Visit](), 0
    for part in visits:
        leg = problem.travel.leg(here, part.place) or NO_LEG
        way_s = vehicle.drive_s(leg.seconds)
        arrive_s = now_s + way_s
        opens = (max(arrive_s, one.open_s) for one in part.stop.windows if one.close_s >= arrive_s)
        start_s = next(opens, arrive_s)
        here, now_s, metres = part.place, start_s + part.hand_over_s, metres + leg.metres
        found.append(Visit(part.stop.stop_id, part.box_ids, arrive_s, start_s, now_s, leg.metres, way_s))
    back = problem.travel.leg(here, depot) or NO_LEG
    return_s = now_s + vehicle.drive_s(back.seconds)
    return Trip(past.trip_code if past else "", depart_s, return_s, tuple(found), metres + back.metres)
