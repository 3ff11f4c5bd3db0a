"""Slack: by how much each visit of a plan may begin later, and what then breaks first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orders.codes import Coded, Param
from routing.plan import Plan, Route, Trip, Visit
from routing.problem import Break, Load, Problem, Stop, Vehicle

Bound = tuple[int, Coded]
EVER_S = 10**12


@dataclass(frozen=True, slots=True)
class Slack:
    """
    Seconds that a visit has in hand; below 0 where a rule is broken already.

    Parameters
    ----------
    trip_code, stop_id
        Of the visit.
    window_s
        Until the window in which its hand-over starts has closed.
    food_s
        Until the clock of one of its boxes has run out, at this stop.
    box_id
        Whose clock runs out first.
    later_s
        By how much the hand-over may begin later, with all that follows on this vehicle; docks aside.
    bound
        What would break first.
    """

    trip_code: str
    stop_id: str
    window_s: int
    food_s: int
    box_id: str
    later_s: int
    bound: Coded


def slacks(plan: Plan, problem: Problem) -> tuple[Slack, ...]:
    """
    The slack of each visit, in the order of the plan.

    A later hand-over makes the next ones later unless the vehicle waits there anyway; a later return makes
    the next departure later unless it stands at the kitchen anyway, reloading and rests aside. Rests are
    taken as early as they can be.

    Parameters
    ----------
    plan
        Names only what the problem knows; every visit has a box.
    problem
        Its stops and vehicles.

    References
    ----------
    docs/routing.md, "Slack".
    """
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    stops = {stop.stop_id: stop for stop in problem.stops}
    return tuple(one for route in plan.routes for one in _of_route(route, vehicles[route.vehicle_id], stops))


def _of_route(route: Route, vehicle: Vehicle, stops: Mapping[str, Stop]) -> list[Slack]:
    found = list[Slack]()
    loads_by, rests = (EVER_S, Coded("slack_shift")), _rests_after(route, vehicle)
    for trip, taken in reversed([*zip(route.trips, rests, strict=True)]):
        back_by = min(_home_by(route, vehicle), _before_rests(loads_by, taken, vehicle), key=_seconds)
        home = (back_by[0] - trip.return_s, back_by[1])
        found[:0] = _of_trip(trip, stops, home)
        later_s, why = _departure(trip, stops, home)
        loads_by = (trip.depart_s + later_s - vehicle.reload_s, why)
    return found


def _seconds(bound: Bound) -> int:
    return bound[0]


def _home_by(route: Route, vehicle: Vehicle) -> Bound:
    """When the vehicle has to be back for good."""
    named: dict[str, Param] = {"vehicle": vehicle.vehicle_id}
    shift = (vehicle.shift_end_s, Coded("slack_shift", named))
    if vehicle.most_out_s is None:
        return shift
    out = (route.trips[0].depart_s + vehicle.most_out_s, Coded("slack_out", named))
    return min(shift, out, key=_seconds)


def _rests_after(route: Route, vehicle: Vehicle) -> list[list[Break]]:
    """The rests that follow each trip before the next, each taken as early as it can be."""
    begins = [-EVER_S, *(trip.return_s for trip in route.trips)]
    ends = [*(trip.depart_s - vehicle.reload_s for trip in route.trips), EVER_S]
    taken: list[list[Break]] = [[] for _ in begins]
    number, free_s = 0, -EVER_S
    for rest in vehicle.breaks:
        while max(free_s, begins[number], rest.from_s) + rest.rest_s > ends[number]:
            number += 1
        free_s = max(free_s, begins[number], rest.from_s) + rest.rest_s
        taken[number].append(rest)
    return taken[1:]


def _before_rests(by: Bound, rests: Sequence[Break], vehicle: Vehicle) -> Bound:
    """By when a vehicle has to be back for its driver to rest before what follows."""
    for rest in reversed(rests):
        end = min(by, (rest.to_s, Coded("slack_rest", {"vehicle": vehicle.vehicle_id})), key=_seconds)
        by = (end[0] - rest.rest_s, end[1])
    return by


def _of_trip(trip: Trip, stops: Mapping[str, Stop], home: Bound) -> list[Slack]:
    """The visits of a trip that leaves when it does, so that more minutes on the way are minutes aboard."""
    found, after, waits = list[Slack](), home, [*_waits_s(trip)[1:], 0]
    for visit, wait_s in reversed([*zip(trip.visits, waits, strict=False)]):
        stop = stops[visit.stop_id]
        window, food = _window(visit, stop), min(_clocks(visit, stop, trip), key=lambda one: one[0])
        after = min(window, (food[0], food[2]), (after[0] + wait_s, after[1]), key=_seconds)
        found.insert(0, Slack(trip.trip_code, visit.stop_id, window[0], food[0], food[1], *after))
    return found


def _departure(trip: Trip, stops: Mapping[str, Stop], home: Bound) -> Bound:
    """By how much a trip may leave later: no box is aboard for longer then."""
    after, waits = home, [*_waits_s(trip), 0]
    for visit, wait_s in reversed([*zip(trip.visits, waits[1:], strict=True)]):
        stop = stops[visit.stop_id]
        clocks = [(left_s, why) for left_s, _, why in _clocks(visit, stop, None)]
        after = min(_window(visit, stop), *clocks, (after[0] + wait_s, after[1]), key=_seconds)
    return after[0] + waits[0], after[1]


def _waits_s(trip: Trip) -> list[int]:
    return [visit.start_s - visit.arrive_s for visit in trip.visits]


def _window(visit: Visit, stop: Stop) -> Bound:
    open_now = (one.close_s for one in stop.windows if one.open_s <= visit.start_s <= one.close_s)
    left_s = next(open_now, stop.close_s) - visit.start_s
    return left_s, Coded("slack_window", {"stop": stop.stop_id})


def _clocks(visit: Visit, stop: Stop, trip: Trip | None) -> Iterator[tuple[int, str, Coded]]:
    """Seconds that each clock of each box has left, whose box it is, and which clock."""
    loads = {load.box_id: load for load in stop.boxes}
    for load in (loads[box_id] for box_id in visit.box_ids):
        named: dict[str, Param] = {"stop": stop.stop_id, "box": load.box_id}
        yield load.deliver_by_s - visit.leave_s, load.box_id, Coded("slack_deliver_by", named)
        yield _signed_by_s(stop, load) - visit.leave_s, load.box_id, Coded("slack_eat_by", named)
        if trip is not None and load.most_aboard_s is not None:
            left_s = trip.depart_s + load.most_aboard_s - visit.leave_s
            yield left_s, load.box_id, Coded("slack_aboard", named)


def _signed_by_s(stop: Stop, load: Load) -> int:
    """Latest signature with which the last plate is in time."""
    return load.eat_by_s - stop.serving_s - load.second_leg_s
