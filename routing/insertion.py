"""Insertion: where one more part fits into trips that stay as they are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from routing.assembly import Routes
from routing.departures import Span, departures
from routing.parts import Part
from routing.plan import Plan
from routing.problem import Problem, Vehicle
from routing.vehicle_day import carries, departs, spans_of, started_of

Trips = list[list[Part]]
Place = tuple[int, int, int]
ALONE = -1


def routes_of(plan: Plan, problem: Problem) -> Routes:
    """The trips of a plan as a search hands them over: per vehicle, per trip its parts."""
    places = {stop.stop_id: place for place, stop in enumerate(problem.stops, start=problem.first_stop)}
    loads = {load.box_id: load for stop in problem.stops for load in stop.boxes}
    own = {route.vehicle_id: route.trips for route in plan.routes}
    return [
        [
            [
                Part(
                    places[visit.stop_id],
                    problem.stops[places[visit.stop_id] - problem.first_stop],
                    tuple(loads[box_id] for box_id in visit.box_ids),
                )
                for visit in trip.visits
            ]
            for trip in own.get(van.vehicle_id, ())
        ]
        for van in problem.vehicles
    ]


def inserted(
    problem: Problem, routes: Routes, parts: Iterable[Part], vehicles: Sequence[int] | None = None
) -> Routes | None:
    """
    The routes with more parts, each where it costs least; docks are not looked at.

    Parameters
    ----------
    problem
        Vehicles and travel.
    routes
        Keep the rules.
    parts
        To be brought too.
    vehicles
        Numbers of those that may bring them; all when None.

    Returns
    -------
    Routes | None
        None where a part finds no place.
    """
    numbers = range(len(problem.vehicles)) if vehicles is None else vehicles
    for part in parts:
        ways = sorted(
            chain.from_iterable(
                _places(problem, problem.vehicles[nth], nth, routes[nth], part) for nth in numbers
            )
        )
        days = {nth: _Day(problem, nth, routes[nth]) for nth in numbers}
        found = next((place for _, place in ways if days[place[0]].takes(part, place)), None)
        if found is None:
            return None
        routes = [own if nth != found[0] else with_part(own, part, found) for nth, own in enumerate(routes)]
    return routes


def cheapest_vehicles(problem: Problem, routes: Routes, part: Part) -> list[int]:
    """Numbers of the vehicles with any way to a part, those for which it is the shortest way round first."""
    found = list[tuple[int, int]]()
    for nth, own in enumerate(routes):
        one_more = replace(problem.vehicles[nth], most_trips=len(own) + 1)
        costs = [cost for cost, _ in _places(problem, one_more, nth, own, part)]
        found += [(min(costs), nth)] if costs else []
    return [nth for _, nth in sorted(found)]


def in_the_way(problem: Problem, routes: Routes, part: Part) -> Iterator[str]:
    """The stops of which each alone, were it left out, would make room for a part in its trip."""
    for nth, own in enumerate(routes):
        under_way = started_of(problem, problem.vehicles[nth]) is not None
        for k, trip in [*enumerate(own)][int(under_way) :]:
            for gone, other in enumerate(trip):
                rest = [*trip[:gone], *trip[gone + 1 :]]
                day = _Day(problem, nth, [*own[:k], *([rest] if rest else []), *own[k + 1 :]])
                places = range(len(rest) + 1) if rest else [ALONE]
                if any(day.takes(part, (nth, k, where)) for where in places):
                    yield other.stop.stop_id


def with_part(trips: Trips, part: Part, place: Place) -> Trips:
    """The trips of a vehicle with a part at a place: in a trip at a position, or in a trip of its own."""
    _, k, where = place
    if where == ALONE:
        return [*trips[:k], [part], *trips[k:]]
    return [*trips[:k], [*trips[k][:where], part, *trips[k][where:]], *trips[k + 1 :]]


class _Day:
    """A vehicle's trips with their departures, worked out once for many places."""

    def __init__(self, problem: Problem, nth: int, trips: Trips) -> None:
        self.problem, self.vehicle, self.trips = problem, problem.vehicles[nth], trips
        self.spans = spans_of(problem, self.vehicle, trips)

    def takes(self, part: Part, place: Place) -> bool:
        """Whether the vehicle keeps every rule with the part there."""
        _, k, where = place
        visits = [part] if where == ALONE else [*self.trips[k][:where], part, *self.trips[k][where:]]
        if not visits or not carries(self.vehicle, visits, self.problem):
            return False
        own: tuple[Span, ...] = departures(self.problem, self.vehicle, visits)
        if not own:
            return False
        behind = self.spans[k:] if where == ALONE else self.spans[k + 1 :]
        return departs(self.vehicle, [*self.spans[:k], own, *behind]) is not None


def _places(
    problem: Problem, van: Vehicle, nth: int, trips: Trips, part: Part
) -> Iterator[tuple[int, Place]]:
    """Every place in the trips of a vehicle that have not left, with the mills it adds."""
    under_way = started_of(problem, van) is not None
    alone = _mills(problem, van, [part])
    for k, trip in enumerate(trips):
        if k == 0 and under_way:
            continue
        before = _mills(problem, van, trip)
        for where in range(len(trip) + 1):
            longer = _mills(problem, van, [*trip[:where], part, *trip[where:]])
            if longer is not None and before is not None:
                yield longer - before, (nth, k, where)
    if alone is not None and len(trips) < van.most_trips:
        cost = alone + van.trip_cost + (0 if trips else van.fixed_cost)
        for k in range(int(under_way), len(trips) + 1):
            yield cost, (nth, k, ALONE)


def _mills(problem: Problem, van: Vehicle, visits: Sequence[Part]) -> int | None:
    """Of the metres of a trip; None where there is no way."""
    home, metres = problem.depot_place(van), 0
    here = home
    for place in [*(part.place for part in visits), home]:
        leg = problem.travel.leg(here, place) if place != here else None
        if leg is None and place != here:
            return None
        metres, here = metres + (leg.metres if leg else 0), place
    return metres * van.metre_cost
