"""One more stop into a plan that stays as it is: the cheapest place of all, or why there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orders.codes import Coded
from routing.parts import Part, parts
from routing.plan import Plan, Route, Trip, check
from routing.problem import Problem, Stop, Vehicle
from routing.reasons import no_vehicle_free, why_never
from routing.replan import Rest
from routing.travel import NO_WAY, Travel, TravelMatrix
from routing.vehicle_day import carries, timed

MOST_TIMED = 400
MOST_JUDGED = 8
FAR_S = 2**40
Ways = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Gap:
    """
    A place between two visits, or a trip of its own.

    Parameters
    ----------
    price
        Mills that it adds at least.
    vehicle
        Number of the vehicle in the problem.
    trip, position
        Which trip of it, and before which visit; a new trip before that one where ``position`` is -1.
    """

    price: int
    vehicle: int
    trip: int
    position: int


def with_stop(problem: Problem, stop: Stop, ways_to: Ways, ways_from: Ways) -> Problem:
    """
    The problem with one more stop, the last, without working out any other way again.

    Parameters
    ----------
    problem
        As it is.
    stop
        The new one.
    ways_to, ways_from
        Seconds and metres from each of the problem's places to the stop, and from it to each, `NO_WAY` where
        one cannot drive.
    """
    at = problem.first_stop + len(problem.stops)
    old = problem.travel.block(range(problem.travel.size))
    seconds, metres = (
        _grown(matrix, at, to, back)
        for matrix, to, back in zip((old.duration_s, old.distance_m), ways_to, ways_from, strict=True)
    )
    started = tuple(replace(one, place=one.place + (one.place >= at)) for one in problem.started)
    travel = TravelMatrix(seconds, metres)
    return replace(problem, stops=(*problem.stops, stop), travel=travel, started=started)


def _grown(
    matrix: NDArray[np.int32], at: int, to: NDArray[np.int32], back: NDArray[np.int32]
) -> NDArray[np.int32]:
    size = len(matrix) + 1
    old = np.array([n for n in range(size) if n != at])
    grown = np.zeros((size, size), np.int32)
    grown[np.ix_(old, old)] = matrix
    grown[old, at], grown[at, old] = to, back
    return grown


def insert_stop(plan: Plan, problem: Problem, stop_id: str) -> Plan | Coded:
    """
    Puts a stop that stands nowhere into a plan whose other visits keep their trips and their order.

    Every place in every trip, and a new trip in every gap of every vehicle, is priced at once; those that
    capacity and clocks may allow are timed exactly, the cheapest first.

    Parameters
    ----------
    plan
        Of the problem without the stop.
    problem
        With it.
    stop_id
        Which; a stop with more boxes than one vehicle takes is put in part by part.

    Returns
    -------
    Plan | Coded
        Judged by `plan.check`; or why the stop finds no place.
    """
    rest = Rest.of(problem)
    place = rest.places[stop_id]
    stop = problem.stops[place - problem.first_stop]
    never = [reason for load in stop.boxes if (reason := why_never(problem, place, load)) is not None]
    if never:
        return never[0]
    routes = [_routes(plan, rest, vehicle) for vehicle in problem.vehicles]
    for part in parts(problem, place, stop.boxes):
        found = _put(plan, problem, routes, part)
        if found is None:
            return no_vehicle_free(stop)
        plan, routes = found
    return plan


def _routes(plan: Plan, rest: Rest, vehicle: Vehicle) -> list[list[Part]]:
    own = next((route.trips for route in plan.routes if route.vehicle_id == vehicle.vehicle_id), ())
    return [[rest.part(visit.stop_id, visit.box_ids) for visit in trip.visits] for trip in own]


def _put(
    plan: Plan, problem: Problem, routes: list[list[list[Part]]], part: Part
) -> tuple[Plan, list[list[list[Part]]]] | None:
    judged = 0
    gaps = sorted(_gaps(plan, problem, routes, part), key=lambda gap: (gap.price, gap.vehicle, gap.trip))
    for gap in gaps[:MOST_TIMED]:
        vehicle = problem.vehicles[gap.vehicle]
        trips = _with(routes[gap.vehicle], part, gap)
        longer = trips[gap.trip]
        minutes = timed(problem, vehicle, trips) if carries(vehicle, longer, problem) else None
        if minutes is None:
            continue
        tried = _replaced(plan, problem, gap, minutes)
        if not [one for one in check(tried, problem) if one.code != "plan_box_count"]:
            return tried, [*routes[: gap.vehicle], trips, *routes[gap.vehicle + 1 :]]
        judged += 1
        if judged == MOST_JUDGED:
            return None
    return None


def _with(trips: Sequence[list[Part]], part: Part, gap: Gap) -> list[list[Part]]:
    if gap.position < 0:
        return [*trips[: gap.trip], [part], *trips[gap.trip :]]
    longer = [*trips[gap.trip][: gap.position], part, *trips[gap.trip][gap.position :]]
    return [*trips[: gap.trip], longer, *trips[gap.trip + 1 :]]


def _replaced(plan: Plan, problem: Problem, gap: Gap, minutes: Sequence[Trip]) -> Plan:
    """The plan with one vehicle's trips at their new minutes, each with its code."""
    vehicle_id = problem.vehicles[gap.vehicle].vehicle_id
    before = next((route.trips for route in plan.routes if route.vehicle_id == vehicle_id), ())
    codes = [trip.trip_code for trip in before]
    if gap.position < 0:
        highest = max((int(trip.trip_code.lstrip("T")) for trip in plan.trips), default=0)
        codes.insert(gap.trip, f"T{highest + 1}")
    trips = tuple(replace(trip, trip_code=code) for trip, code in zip(minutes, codes, strict=True))
    by_id = {route.vehicle_id: route for route in plan.routes} | {vehicle_id: Route(vehicle_id, trips)}
    routes = tuple(by_id[one.vehicle_id] for one in problem.vehicles if one.vehicle_id in by_id)
    distance_m = sum(trip.distance_m for route in routes for trip in route.trips)
    return replace(plan, routes=routes, distance_m=distance_m)


@dataclass(slots=True)
class _Places:
    """Columns of all places between two neighbours: a row each, the neighbours' clocks beside them."""

    vehicle: list[int]
    trip: list[int]
    position: list[int]
    before: list[int]
    after: list[int]
    end_s: list[int]
    gone_s: list[int]
    latest_s: list[int]
    fixed: list[int]

    @classmethod
    def none(cls) -> "_Places":
        return cls([], [], [], [], [], [], [], [], [])

    def add(self, *row: int) -> None:
        names = ("vehicle", "trip", "position", "before", "after", "end_s", "gone_s", "latest_s", "fixed")
        for name, value in zip(names, row, strict=True):
            getattr(self, name).append(value)

    def columns(self) -> Iterator[NDArray[np.int64]]:
        for name in ("vehicle", "before", "after", "end_s", "gone_s", "latest_s", "fixed"):
            yield np.array(getattr(self, name), np.int64)


def _gaps(plan: Plan, problem: Problem, routes: Sequence[Sequence[Sequence[Part]]], part: Part) -> list[Gap]:
    """The places that room and clocks may allow, each with the least that it adds."""
    places = _Places.none()
    for number, vehicle in enumerate(problem.vehicles):
        _places_of(places, plan, problem, number, vehicle, routes[number], part)
    if not places.vehicle:
        return []
    own, before, after, end_s, gone_s, latest_s, fixed = places.columns()
    pace = np.array([one.pace_pct for one in problem.vehicles], np.int64)[own]
    to_s, to_m = _ways(problem.travel, before, np.full_like(before, part.place), pace)
    on_s, on_m = _ways(problem.travel, np.full_like(after, part.place), after, pace)
    _, past_m = _ways(problem.travel, before, after, pace)
    start_s = np.maximum(np.maximum(end_s, part.release_s + gone_s) + to_s, part.stop.open_s)
    fits = (start_s <= part.latest_start_s) & (start_s + part.hand_over_s + on_s <= latest_s)
    metre = np.array([one.metre_cost for one in problem.vehicles], np.int64)[own]
    second = np.array([one.second_cost for one in problem.vehicles], np.int64)[own]
    price = metre * (to_m + on_m - np.maximum(past_m, 0)) + second * (to_s + on_s) + fixed
    return [
        Gap(int(price[n]), places.vehicle[n], places.trip[n], places.position[n])
        for n in np.flatnonzero(fits)
    ]


def _places_of(
    places: _Places,
    plan: Plan,
    problem: Problem,
    number: int,
    vehicle: Vehicle,
    trips: Sequence[Sequence[Part]],
    part: Part,
) -> None:
    """Adds the places of one vehicle: its trips forward by when they can be, backward by when they must."""
    if not part.stop.needs <= vehicle.skills:
        return
    own = next((route.trips for route in plan.routes if route.vehicle_id == vehicle.vehicle_id), ())
    under_way = any(one.vehicle_id == vehicle.vehicle_id for one in problem.started)
    depot, by_s = problem.depot_place(vehicle), vehicle.shift_end_s
    ready = [vehicle.shift_start_s, *(trip.return_s + vehicle.reload_s for trip in own)]
    for k in range(len(trips), -1, -1):
        new_trip = vehicle.trip_cost + (0 if own else vehicle.fixed_cost)
        if len(trips) < vehicle.most_trips and not (under_way and k == 0):
            places.add(number, k, -1, depot, depot, ready[k], 0, by_s, new_trip)
        if k == 0:
            return
        visits, past = trips[k - 1], under_way and k == 1
        latest_s = _latest(problem, vehicle, visits, by_s)
        units = sum(one.units for one in visits) + part.units
        if not past and units <= vehicle.units:
            _in_trip(places, problem, number, vehicle, visits, k - 1, ready[k - 1], latest_s)
        by_s = latest_s[0] - _drive_s(problem, vehicle, depot, visits[0].place) - vehicle.reload_s


def _latest(problem: Problem, vehicle: Vehicle, visits: Sequence[Part], by_s: int) -> list[int]:
    """Latest start of each hand-over with which the trip is back in time, and the latest return."""
    found, place = [by_s], problem.depot_place(vehicle)
    for one in reversed(visits):
        drive_s = _drive_s(problem, vehicle, one.place, place)
        found.append(min(one.latest_start_s, found[-1] - drive_s - one.hand_over_s))
        place = one.place
    return found[::-1]


def _in_trip(
    places: _Places,
    problem: Problem,
    number: int,
    vehicle: Vehicle,
    visits: Sequence[Part],
    trip: int,
    ready_s: int,
    latest_s: Sequence[int],
) -> None:
    depot = problem.depot_place(vehicle)
    here, gone_s = depot, 0
    end_s = max(ready_s, *(one.release_s for one in visits))
    for position, one in enumerate(visits):
        places.add(number, trip, position, here, one.place, end_s, gone_s, latest_s[position], 0)
        drive_s = _drive_s(problem, vehicle, here, one.place)
        end_s = max(end_s + drive_s, one.stop.open_s) + one.hand_over_s
        here, gone_s = one.place, gone_s + drive_s + one.hand_over_s
    places.add(number, trip, len(visits), here, depot, end_s, gone_s, latest_s[-1], 0)


def _drive_s(problem: Problem, vehicle: Vehicle, start: int, end: int) -> int:
    leg = problem.travel.leg(start, end)
    return FAR_S if leg is None else vehicle.drive_s(leg.seconds)


def _ways(
    travel: Travel, starts: NDArray[np.int64], ends: NDArray[np.int64], pace: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Own seconds and metres of each way; farther than any day where there is none."""
    if isinstance(travel, TravelMatrix):
        seconds = travel.duration_s[starts, ends].astype(np.int64)
        metres = travel.distance_m[starts, ends].astype(np.int64)
    else:
        legs = [travel.leg(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
        seconds = np.array([NO_WAY if leg is None else leg.seconds for leg in legs], np.int64)
        metres = np.array([NO_WAY if leg is None else leg.metres for leg in legs], np.int64)
    none = seconds == NO_WAY
    return np.where(none, FAR_S, -(-seconds * pace // 100)), np.where(none, 0, metres)
