"""Plan: which van brings which box where and when; and the judge of it, who knows no solver."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from orders.codes import Coded, Param
from routing.check_sums import free_spans, fullest, rests_that_do_not_fit, without_dock
from routing.problem import Load, Problem, Started, Stop, Vehicle

Violation = Coded
MINUTE_S = 60


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
        In the order of driving; none only where a trip under way has nothing left to bring.
    distance_m
        All of it, the way back included; of a trip under way, from where it goes on.
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
    """
    The problem's things by their ids; a place is its number in the travel matrix.

    ``collects`` are the visits, as trip code and number, that are the first of their stop.
    """

    problem: Problem
    vehicles: Mapping[str, Vehicle]
    places: Mapping[str, int]
    loads: Mapping[str, tuple[str, Load]]
    started: Mapping[str, Started]
    collects: frozenset[tuple[str, int]]

    def stop(self, stop_id: str) -> Stop:
        return self.problem.stops[self.places[stop_id] - self.problem.first_stop]

    def boxes(self, box_ids: tuple[str, ...]) -> list[Load]:
        return [self.loads[box_id][1] for box_id in box_ids]

    def under_way(self, route: Route, trip: Trip) -> Started | None:
        """The trip's past, None for one that has not left."""
        own = self.started.get(route.vehicle_id)
        return own if own is not None and own.trip_code == trip.trip_code else None


def _facts(plan: Plan, problem: Problem) -> _Facts:
    numbers = {vehicle.vehicle_id: number for number, vehicle in enumerate(problem.vehicles)}
    first: dict[str, tuple[int, int, str, int]] = {}
    for route in plan.routes:
        for trip in route.trips:
            for number, visit in enumerate(trip.visits):
                key = (visit.start_s, numbers.get(route.vehicle_id, -1), trip.trip_code, number)
                first[visit.stop_id] = min(first.get(visit.stop_id, key), key)
    return _Facts(
        problem=problem,
        vehicles={vehicle.vehicle_id: vehicle for vehicle in problem.vehicles},
        places={stop.stop_id: place for place, stop in enumerate(problem.stops, start=problem.first_stop)},
        loads={load.box_id: (stop.stop_id, load) for stop in problem.stops for load in stop.boxes},
        started={one.vehicle_id: one for one in problem.started},
        collects=frozenset((code, number) for _, _, code, number in first.values()),
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
    facts = _facts(plan, problem)
    found = list(_unknown_names(plan, facts))
    if found:
        return found
    found += [*_each_box_once(plan, facts), *_each_name_once(plan)]
    found += _past_kept(plan, facts)
    for route in plan.routes:
        found += _route(route, facts)
    found += _docks(plan, facts)
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
    for left in plan.unserved:
        if not left.reason.code or not left.box_ids:
            yield Violation("plan_left_out_without_reason", {"stop": left.stop_id})


def _each_name_once(plan: Plan) -> Iterator[Violation]:
    for vehicle_id, times in Counter(route.vehicle_id for route in plan.routes).items():
        if times > 1:
            yield Violation("plan_vehicle_twice", {"vehicle": vehicle_id})
    for code, times in Counter(trip.trip_code for trip in plan.trips).items():
        if times > 1:
            yield Violation("plan_trip_code_twice", {"trip": code})


def _past_kept(plan: Plan, facts: _Facts) -> Iterator[Violation]:
    """Each trip under way is the first of its vehicle and left when it left; its boxes stay in it."""
    aboard = {box_id: one.trip_code for one in facts.started.values() for box_id in one.box_ids}
    first = {route.vehicle_id: route.trips[0] for route in plan.routes if route.trips}
    for vehicle_id, one in facts.started.items():
        trip = first.get(vehicle_id)
        if trip is None or (trip.trip_code, trip.depart_s) != (one.trip_code, one.depart_s):
            yield Violation("plan_started_moved", {"trip": one.trip_code, "vehicle": vehicle_id})
    for route in plan.routes:
        for trip in route.trips:
            under_way = facts.under_way(route, trip)
            own = under_way.trip_code if under_way else None
            for box_id in (box_id for visit in trip.visits for box_id in visit.box_ids):
                if aboard.get(box_id) != own:
                    yield Violation("plan_aboard_another", {"box": box_id, "trip": trip.trip_code})


def _route(route: Route, facts: _Facts) -> Iterator[Violation]:
    vehicle = facts.vehicles[route.vehicle_id]
    if len(route.trips) > vehicle.most_trips:
        yield Violation("plan_too_many_trips", {"vehicle": route.vehicle_id, "trips": len(route.trips)})
    for before, after in pairwise(route.trips):
        if after.depart_s < before.return_s + vehicle.reload_s:
            yield Violation("plan_departs_before_reloaded", {"trip": after.trip_code})
    for trip in route.trips:
        under_way = facts.under_way(route, trip)
        yield from _trip_load(trip, vehicle, under_way, facts)
        yield from _trip_times(trip, vehicle, under_way, facts)
        early = under_way is None and trip.depart_s < vehicle.shift_start_s
        if early or trip.return_s > vehicle.shift_end_s:
            yield Violation("plan_outside_shift", {"trip": trip.trip_code, "vehicle": route.vehicle_id})
    yield from _driver(route, vehicle)


def _driver(route: Route, vehicle: Vehicle) -> Iterator[Violation]:
    spans = [(trip.depart_s, trip.return_s) for trip in route.trips]
    for rest in rests_that_do_not_fit(vehicle.breaks, free_spans(spans, vehicle.reload_s)):
        minutes = -(-rest.rest_s // MINUTE_S)
        yield Violation("plan_no_rest", {"vehicle": route.vehicle_id, "minutes": minutes})
    out_s = spans[-1][1] - spans[0][0] if spans else 0
    if vehicle.most_out_s is not None and out_s > vehicle.most_out_s:
        minutes, most = -(-out_s // MINUTE_S), vehicle.most_out_s // MINUTE_S
        yield Violation("plan_out_too_long", {"vehicle": route.vehicle_id, "minutes": minutes, "most": most})


def _docks(plan: Plan, facts: _Facts) -> Iterator[Violation]:
    for place, depot in enumerate(facts.problem.depots):
        if depot.docks is None:
            continue
        loadings = [
            ((trip.depart_s - vehicle.reload_s, trip.depart_s), trip.trip_code)
            for route in plan.routes
            for trip in route.trips
            for vehicle in [facts.vehicles[route.vehicle_id]]
            if facts.problem.depot_place(vehicle) == place and facts.under_way(route, trip) is None
        ]
        for code in without_dock(loadings, depot.docks):
            named: dict[str, Param] = {"trip": code, "kitchen": depot.kitchen_id, "docks": depot.docks}
            yield Violation("plan_no_dock_free", named)


def _trip_load(trip: Trip, vehicle: Vehicle, past: Started | None, facts: _Facts) -> Iterator[Violation]:
    brought = [load for visit in trip.visits for load in facts.boxes(visit.box_ids)]
    loads = facts.boxes(past.box_ids) if past else brought
    named: dict[str, Param] = {"trip": trip.trip_code}
    units, weight_g = _fullest(trip, loads, facts)
    if units > vehicle.units:
        yield Violation("plan_over_units", {**named, "units": units, "most": vehicle.units})
    if weight_g > vehicle.weight_g:
        yield Violation("plan_over_weight", {**named, "weight_g": weight_g, "most_g": vehicle.weight_g})
    for cold, most, code in (
        (False, vehicle.hot_units, "plan_over_hot_units"),
        (True, vehicle.cold_units, "plan_over_cold_units"),
    ):
        needed = sum(load.units for load in loads if load.cold == cold)
        if most is not None and needed > most:
            yield Violation(code, {**named, "units": needed, "most": most})
    depot = facts.problem.depots[facts.problem.depot_place(vehicle)].kitchen_id
    for load in brought:
        if past is None and trip.depart_s < load.release_s:
            yield Violation("plan_departs_before_release", {**named, "box": load.box_id})
        if past is None and load.kitchen_id not in ("", depot):
            yield Violation(
                "plan_from_wrong_kitchen", {**named, "box": load.box_id, "kitchen": load.kitchen_id}
            )


def _fullest(trip: Trip, loads: list[Load], facts: _Facts) -> tuple[int, int]:
    """Most units and most grams aboard at any point: what is handed over goes, empties come."""
    units, weight_g = list[int](), list[int]()
    for number, visit in enumerate(trip.visits):
        stop, brought = facts.stop(visit.stop_id), facts.boxes(visit.box_ids)
        collects = (trip.trip_code, number) in facts.collects
        units.append(collects * stop.empties_units - sum(load.units for load in brought))
        weight_g.append(collects * stop.empties_weight_g - sum(load.weight_g for load in brought))
    return (
        fullest(sum(load.units for load in loads), units),
        fullest(sum(load.weight_g for load in loads), weight_g),
    )


def _trip_times(trip: Trip, vehicle: Vehicle, past: Started | None, facts: _Facts) -> Iterator[Violation]:
    travel, depot = facts.problem.travel, facts.problem.depot_place(vehicle)
    if not trip.visits and past is None:
        yield Violation("plan_empty_trip", {"trip": trip.trip_code})
        return
    here, now_s, travelled_m = (past.place, past.from_s, 0) if past else (depot, trip.depart_s, 0)
    for visit in trip.visits:
        place, named = facts.places[visit.stop_id], {"trip": trip.trip_code, "stop": visit.stop_id}
        leg = travel.leg(here, place)
        if leg is None:
            yield Violation("plan_no_way", named)
        elif (vehicle.drive_s(leg.seconds), leg.metres, now_s + visit.travel_s) != (
            visit.travel_s,
            visit.distance_m,
            visit.arrive_s,
        ):
            yield Violation("plan_travel_wrong", named)
        yield from _visit(visit, trip, vehicle, facts)
        here, now_s, travelled_m = place, visit.leave_s, travelled_m + visit.distance_m
    back = travel.leg(here, depot)
    if back is None:
        yield Violation("plan_no_way_back", {"trip": trip.trip_code})
    elif (now_s + vehicle.drive_s(back.seconds), travelled_m + back.metres) != (
        trip.return_s,
        trip.distance_m,
    ):
        yield Violation("plan_return_wrong", {"trip": trip.trip_code})


def _visit(visit: Visit, trip: Trip, vehicle: Vehicle, facts: _Facts) -> Iterator[Violation]:
    stop = facts.stop(visit.stop_id)
    named: dict[str, Param] = {"trip": trip.trip_code, "stop": visit.stop_id}
    if not visit.box_ids:
        yield Violation("plan_empty_visit", named)
    signed_s = visit.start_s + stop.hand_over_s(len(visit.box_ids))
    if visit.start_s < visit.arrive_s or visit.leave_s != signed_s:
        yield Violation("plan_hand_over_times_wrong", named)
    if not any(opens_s <= visit.start_s <= closes_s for opens_s, closes_s in stop.windows):
        yield Violation("plan_outside_window", named)
    if lacking := sorted(stop.needs - vehicle.skills):
        yield Violation("plan_lacks_skill", {**named, "skills": ", ".join(lacking)})
    for load in facts.boxes(visit.box_ids):
        if visit.leave_s > load.deliver_by_s:
            yield Violation("plan_after_deliver_by", {**named, "box": load.box_id})
        if load.most_aboard_s is not None and visit.leave_s - trip.depart_s > load.most_aboard_s:
            yield Violation("plan_too_long_aboard", {**named, "box": load.box_id})
        if _last_plate_s(stop, load, visit.leave_s) > load.eat_by_s:
            yield Violation("plan_last_plate_too_late", {**named, "box": load.box_id})


def _last_plate_s(stop: Stop, load: Load, signed_s: int) -> int:
    """When the last portion of a box is eaten: at the table, or after the second leg."""
    if load.second_leg_s:
        return signed_s + load.second_leg_s + stop.serving_s
    return max(signed_s, stop.serving_starts_s) + stop.serving_s
