"""Repair: trips driven as they were, and only the stops moved where a rule would break."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.parts import Part
from routing.plan import Plan, Route, Unserved, Violation, check
from routing.problem import Problem
from routing.timing import time_day

MOST_MOVES = 8


@dataclass(frozen=True, slots=True)
class Ordered:
    """
    Stops in the order in which a van makes them.

    Parameters
    ----------
    vehicle_id, trip_code
        Whose trip; an empty code for a new one.
    visits
        In the order of driving.
    """

    vehicle_id: str
    trip_code: str
    visits: tuple[Part, ...]


def repaired(
    problem: Problem,
    trips: Sequence[Ordered],
    unserved: tuple[Unserved, ...],
    price: Callable[[Plan], int],
) -> Plan | None:
    """
    The trips with the minutes that now hold; a stop that then breaks a rule goes where it costs least.

    Parameters
    ----------
    problem
        What is to be driven now.
    trips
        As they are, a van's in the order of driving.
    unserved
        What no van brings.
    price
        What a plan costs; of two without a violation the cheaper is taken.

    Returns
    -------
    Plan | None
        Without a violation; None where moving single stops finds none.
    """
    plan = timed_plan(problem, trips, unserved)
    broken = check(plan, problem)
    for _ in range(MOST_MOVES):
        if not broken:
            return plan
        culprit = _culprit(trips, broken[0])
        if culprit is None:
            return None
        found = list[tuple[int, int, int, list[Ordered], Plan, list[Violation]]]()
        for other in _moved(problem, trips, *culprit):
            tried = timed_plan(problem, other, unserved)
            wrong = check(tried, problem)
            found.append((len(wrong), price(tried), len(found), other, tried, wrong))
        best = min(found, key=lambda one: one[:3], default=None)
        if best is None or best[0] >= len(broken):
            return None
        *_, trips, plan, broken = best
    return None if broken else plan


def timed_plan(problem: Problem, trips: Sequence[Ordered], unserved: tuple[Unserved, ...]) -> Plan:
    """
    These trips at the minutes that hold for them, whether or not they keep the rules.

    A trip that finds no dock free is loaded as soon as there is one.
    """
    not_before: dict[str, int] = {}
    for _ in trips:
        plan = _at_minutes(problem, trips, unserved, not_before)
        waits = _waits_for_dock(problem, plan)
        if waits is None or waits[1] <= not_before.get(waits[0], waits[1] - 1):
            return plan
        not_before[waits[0]] = waits[1]
    return _at_minutes(problem, trips, unserved, not_before)


def _at_minutes(
    problem: Problem,
    trips: Sequence[Ordered],
    unserved: tuple[Unserved, ...],
    not_before: Mapping[str, int],
) -> Plan:
    routes = []
    for van in problem.vehicles:
        own = [one for one in trips if one.vehicle_id == van.vehicle_id]
        visits = [_released(one.visits, not_before.get(one.trip_code)) for one in own]
        minutes = time_day(problem, van, visits)
        timed = [replace(trip, trip_code=one.trip_code) for one, trip in zip(own, minutes, strict=True)]
        if timed:
            routes.append(Route(van.vehicle_id, tuple(timed)))
    distance_m = sum(trip.distance_m for route in routes for trip in route.trips)
    return Plan(problem.service_key, tuple(routes), unserved, distance_m)


def _released(visits: tuple[Part, ...], from_s: int | None) -> tuple[Part, ...]:
    """The parts as if none were released before a second."""
    if from_s is None:
        return visits
    return tuple(
        replace(part, boxes=tuple(replace(one, release_s=max(one.release_s, from_s)) for one in part.boxes))
        for part in visits
    )


def _waits_for_dock(problem: Problem, plan: Plan) -> tuple[str, int] | None:
    """The first trip that is to be loaded while every dock is taken, and when it can then leave."""
    vans = {van.vehicle_id: van for van in problem.vehicles}
    under_way = {one.trip_code for one in problem.started}
    for place, depot in enumerate(problem.depots):
        taken = list[int]()
        loaded = sorted(
            (trip.depart_s - vans[route.vehicle_id].reload_s, trip.depart_s, trip.trip_code)
            for route in plan.routes
            for trip in route.trips
            if trip.trip_code not in under_way and problem.depot_place(vans[route.vehicle_id]) == place
        )
        for from_s, depart_s, code in loaded:
            taken = [until_s for until_s in taken if until_s > from_s]
            if depot.docks is not None and len(taken) >= depot.docks and depart_s > from_s:
                return code, min(taken) + depart_s - from_s
            taken += [depart_s] if depart_s > from_s else []
    return None


def _culprit(trips: Sequence[Ordered], broken: Violation) -> tuple[int, int] | None:
    """The trip and the visit in it that breaks a rule; the last one where the whole trip does."""
    for number, trip in enumerate(trips):
        if trip.trip_code == broken.params.get("trip"):
            stops = [part.stop.stop_id for part in trip.visits]
            stop_id = broken.params.get("stop")
            return number, stops.index(str(stop_id)) if stop_id in stops else len(stops) - 1
    return None


def _moved(problem: Problem, trips: Sequence[Ordered], number: int, visit: int) -> Iterator[list[Ordered]]:
    """The trips with one visit in each other place, and in a new last trip of each van."""
    part = trips[number].visits[visit]
    rest = [
        replace(one, visits=one.visits[:visit] + one.visits[visit + 1 :]) if n == number else one
        for n, one in enumerate(trips)
    ]
    for n, one in enumerate(rest):
        for place in range(len(one.visits) + 1):
            if (n, place) != (number, visit):
                longer = replace(one, visits=(*one.visits[:place], part, *one.visits[place:]))
                yield _driven([*rest[:n], longer, *rest[n + 1 :]])
    for van in problem.vehicles:
        yield _driven([*rest, Ordered(van.vehicle_id, f"+{van.vehicle_id}", (part,))])


def _driven(trips: Sequence[Ordered]) -> list[Ordered]:
    return [one for one in trips if one.visits]
