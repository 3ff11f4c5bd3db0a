"""Plan: which van brings which box where and when; and the judge of it, who knows no solver."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from orders.codes import Coded, Param
from routing.problem import Load, Problem, Stop, Vehicle

Violation = Coded
DEPOT = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A stop in a trip.

    Parameters
    ----------
    stop_id
        Where.
    box_ids
        What is handed over; a large stop may need several visits.
    arrive_s, start_s, leave_s
        The van is there; the hand-over starts; it is signed.
    distance_m, travel_s
        Of the way there from the place before.
    """

    stop_id: str
    box_ids: tuple[str, ...]
    arrive_s: int
    start_s: int
    leave_s: int
    distance_m: int
    travel_s: int


@dataclass(frozen=True, slots=True)
class Trip:
    """
    From the dock to the dock.

    Parameters
    ----------
    trip_code
        ``"T1"``; unique in the plan, in the order of departure.
    depart_s, return_s
        Off the dock; back at it.
    visits
        In the order of driving.
    distance_m
        All of it, the way back included.
    """

    trip_code: str
    depart_s: int
    return_s: int
    visits: tuple[Visit, ...]
    distance_m: int


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's trips, in the order of driving."""

    vehicle_id: str
    trips: tuple[Trip, ...]


@dataclass(frozen=True, slots=True)
class Unserved:
    """Boxes of a stop that no van brings, and why."""

    stop_id: str
    box_ids: tuple[str, ...]
    reason: Coded


@dataclass(frozen=True, slots=True)
class Plan:
    """
    An answer to a `Problem`.

    Parameters
    ----------
    service_key
        The service it is for.
    routes
        Of the vehicles that drive.
    unserved
        What is left out.
    distance_m
        Of all trips.
    """

    service_key: str
    routes: tuple[Route, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    distance_m: int = 0

    @property
    def trips(self) -> tuple[Trip, ...]:
        """All trips, by vehicle."""
        return tuple(trip for route in self.routes for trip in route.trips)

    def vehicle_of(self, box_id: str) -> str | None:
        """The vehicle that brings a box, None for one that no van brings."""
        bringing = (
            route.vehicle_id
            for route in self.routes
            for trip in route.trips
            for visit in trip.visits
            if box_id in visit.box_ids
        )
        return next(bringing, None)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The problem's things by their ids; a place is its number in the travel matrix."""

    problem: Problem
    vehicles: Mapping[str, Vehicle]
    places: Mapping[str, int]
    loads: Mapping[str, tuple[str, Load]]

    def stop(self, stop_id: str) -> Stop:
        return self.problem.stops[self.places[stop_id] - 1]

    def aboard(self, visit: Visit) -> list[Load]:
        return [self.loads[box_id][1] for box_id in visit.box_ids]


def _facts(problem: Problem) -> _Facts:
    return _Facts(
        problem=problem,
        vehicles={vehicle.vehicle_id: vehicle for vehicle in problem.vehicles},
        places={stop.stop_id: place for place, stop in enumerate(problem.stops, start=1)},
        loads={load.box_id: (stop.stop_id, load) for stop in problem.stops for load in stop.boxes},
    )


def check(plan: Plan, problem: Problem) -> list[Violation]:
    """
    Judges a plan by the problem alone.

    Returns
    -------
    list[Violation]
        Everything that breaks a rule; empty for a plan that may be driven. Names that the
        problem does not know are reported alone, since nothing further can be computed.

    References
    ----------
    docs/routing.md, "What a plan must keep".
    """
    facts = _facts(problem)
    found = list(_unknown_names(plan, facts))
    if found:
        return found
    found += _each_box_once(plan, facts)
    for route in plan.routes:
        found += _route(route, facts)
    travelled_m = sum(trip.distance_m for trip in plan.trips)
    if plan.distance_m != travelled_m:
        found.append(Violation("plan_distance_wrong", {"stated": plan.distance_m, "actual": travelled_m}))
    return found


def _unknown_names(plan: Plan, facts: _Facts) -> Iterator[Violation]:
    if plan.service_key != facts.problem.service_key:
        yield Violation("plan_other_service", {"service": plan.service_key})
    for route in plan.routes:
        if route.vehicle_id not in facts.vehicles:
            yield Violation("plan_unknown_vehicle", {"vehicle": route.vehicle_id})
    for listed in _listed(plan):
        if listed.stop_id not in facts.places:
            yield Violation("plan_unknown_stop", {"stop": listed.stop_id})
        for box_id in listed.box_ids:
            if box_id not in facts.loads:
                yield Violation("plan_unknown_box", {"box": box_id})


def _listed(plan: Plan) -> list[Visit | Unserved]:
    return [*(visit for trip in plan.trips for visit in trip.visits), *plan.unserved]


def _each_box_once(plan: Plan, facts: _Facts) -> Iterator[Violation]:
    listed = [(box_id, part.stop_id) for part in _listed(plan) for box_id in part.box_ids]
    counts = Counter(box_id for box_id, _ in listed)
    for box_id, (stop_id, _) in facts.loads.items():
        if counts[box_id] != 1:
            yield Violation("plan_box_count", {"box": box_id, "stop": stop_id, "times": counts[box_id]})
    for box_id, stop_id in listed:
        if facts.loads[box_id][0] != stop_id:
            yield Violation("plan_box_at_wrong_stop", {"box": box_id, "stop": stop_id})
    for vehicle_id, times in Counter(route.vehicle_id for route in plan.routes).items():
        if times > 1:
            yield Violation("plan_vehicle_twice", {"vehicle": vehicle_id})
    for code, times in Counter(trip.trip_code for trip in plan.trips).items():
        if times > 1:
            yield Violation("plan_trip_code_twice", {"trip": code})


def _route(route: Route, facts: _Facts) -> Iterator[Violation]:
    vehicle = facts.vehicles[route.vehicle_id]
    if len(route.trips) > vehicle.most_trips:
        yield Violation("plan_too_many_trips", {"vehicle": route.vehicle_id, "trips": len(route.trips)})
    for before, after in pairwise(route.trips):
        if after.depart_s < before.return_s + vehicle.reload_s:
            yield Violation("plan_departs_before_reloaded", {"trip": after.trip_code})
    for trip in route.trips:
        yield from _trip_load(trip, vehicle, facts)
        yield from _trip_times(trip, facts)
        if trip.depart_s < vehicle.shift_start_s or trip.return_s > vehicle.shift_end_s:
            yield Violation("plan_outside_shift", {"trip": trip.trip_code, "vehicle": route.vehicle_id})


def _trip_load(trip: Trip, vehicle: Vehicle, facts: _Facts) -> Iterator[Violation]:
    loads = [load for visit in trip.visits for load in facts.aboard(visit)]
    units, weight_g = sum(load.units for load in loads), sum(load.weight_g for load in loads)
    if units > vehicle.units:
        yield Violation("plan_over_units", {"trip": trip.trip_code, "units": units, "most": vehicle.units})
    if weight_g > vehicle.weight_g:
        most_g = vehicle.weight_g
        yield Violation("plan_over_weight", {"trip": trip.trip_code, "weight_g": weight_g, "most_g": most_g})
    for load in loads:
        if trip.depart_s < load.release_s:
            yield Violation("plan_departs_before_release", {"trip": trip.trip_code, "box": load.box_id})


def _trip_times(trip: Trip, facts: _Facts) -> Iterator[Violation]:
    travel = facts.problem.travel
    if not trip.visits:
        yield Violation("plan_empty_trip", {"trip": trip.trip_code})
        return
    here, now_s, travelled_m = DEPOT, trip.depart_s, 0
    for visit in trip.visits:
        place = facts.places[visit.stop_id]
        leg = travel.leg(here, place)
        if leg != (visit.travel_s, visit.distance_m) or visit.arrive_s != now_s + visit.travel_s:
            yield Violation("plan_travel_wrong", {"trip": trip.trip_code, "stop": visit.stop_id})
        yield from _visit(visit, trip, facts)
        here, now_s, travelled_m = place, visit.leave_s, travelled_m + visit.distance_m
    if travel.leg(here, DEPOT) != (trip.return_s - now_s, trip.distance_m - travelled_m):
        yield Violation("plan_return_wrong", {"trip": trip.trip_code})


def _visit(visit: Visit, trip: Trip, facts: _Facts) -> Iterator[Violation]:
    stop = facts.stop(visit.stop_id)
    named: dict[str, Param] = {"trip": trip.trip_code, "stop": visit.stop_id}
    if not visit.box_ids:
        yield Violation("plan_empty_visit", named)
    signed_s = visit.start_s + stop.hand_over_s(len(visit.box_ids))
    if visit.start_s < visit.arrive_s or visit.leave_s != signed_s:
        yield Violation("plan_hand_over_times_wrong", named)
    if not any(opens_s <= visit.start_s <= closes_s for opens_s, closes_s in stop.windows):
        yield Violation("plan_outside_window", named)
    for load in facts.aboard(visit):
        if visit.leave_s > load.deliver_by_s:
            yield Violation("plan_after_deliver_by", {**named, "box": load.box_id})
        if _last_plate_s(stop, load, visit.leave_s) > load.eat_by_s:
            yield Violation("plan_last_plate_too_late", {**named, "box": load.box_id})


def _last_plate_s(stop: Stop, load: Load, signed_s: int) -> int:
    """When the last portion of a box is eaten: at the table, or after the second leg."""
    if load.second_leg_s:
        return signed_s + load.second_leg_s + stop.serving_s
    return max(signed_s, stop.serving_starts_s) + stop.serving_s
