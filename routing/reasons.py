"""Why a box cannot be brought: by tests that look at it alone, or by what the others need."""

from collections.abc import Iterator, Sequence

from orders.codes import Coded, Param
from routing.departures import departures, under_way
from routing.parts import Part, latest_start_s
from routing.problem import Load, Problem, Started, Stop, Vehicle
from routing.vehicle_day import room

MINUTE_S = 60
GRAMS_A_KG = 1000


def why_never(problem: Problem, place: int, load: Load) -> Coded | None:
    """
    Why no vehicle could bring this box even if it were the only one.

    Parameters
    ----------
    problem
        Fleet and travel.
    place
        The stop's row in the travel matrix.
    load
        The box.

    Returns
    -------
    Coded | None
        The first reason of: vehicle, kitchen, skill, room, weight, empties, way, last plate, door, release,
        distance, time aboard, shift; None when at least one vehicle could.

    References
    ----------
    docs/routing.md, "Why a box is left out".
    """
    stop = problem.stops[place - problem.first_stop]
    past = next((one for one in problem.started if load.box_id in one.box_ids), None)
    if past is not None:
        return next(_about_road(problem, Part(place, stop, (load,)), past), None)
    could = list[Vehicle]()
    return next(_about_vehicles(problem, stop, load, could), None) or next(
        _about_clock(problem, place, load, could), None
    )


def no_vehicle_free(stop: Stop) -> Coded:
    """Why a box that a vehicle could bring alone stays behind: all of them are needed elsewhere."""
    return Coded("no_vehicle_free", {"stop": stop.stop_id, "boxes": 1})


def given_up(stop: Stop, others: Sequence[str] | None = None) -> Coded:
    """
    Why a stop that need not be served is left out.

    Parameters
    ----------
    stop
        It has a priority.
    others
        Stops that a van goes to instead; empty where only the way is too dear, None where nobody looked.
    """
    named: dict[str, Param] = {"stop": stop.stop_id, "boxes": 1, "priority": stop.priority or 0}
    if others is None:
        return Coded("given_up", named)
    if not others:
        return Coded("given_up_for_the_way", named)
    return Coded("given_up_for_others", {**named, "others": ", ".join(others)})


def _about_vehicles(problem: Problem, stop: Stop, load: Load, could: list[Vehicle]) -> Iterator[Coded]:
    """The first thing that no vehicle has; ``could`` receives those that have all."""
    named: dict[str, Param] = {"stop": stop.stop_id, "boxes": 1}
    if not problem.vehicles:
        yield Coded("no_vehicles", named)
        return
    first = problem.depot.kitchen_id
    vans = [van for van in problem.vehicles if load.kitchen_id in ("", van.kitchen_id or first)]
    if not vans:
        yield Coded("no_vehicle_at_kitchen", {**named, "kitchen": load.kitchen_id})
        return
    able = [van for van in vans if stop.needs <= van.skills]
    if not able:
        lacking = min((sorted(stop.needs - van.skills) for van in vans), key=len)
        yield Coded("no_vehicle_with_skill", {**named, "skill": " ".join(lacking)})
        return
    could += [van for van in able if _room_for(load, van) and _takes_empties(stop, van)]
    if not could:
        yield from _about_room(stop, load, able, named)


def _about_room(stop: Stop, load: Load, able: list[Vehicle], named: dict[str, Param]) -> Iterator[Coded]:
    if load.units > max(van.units for van in able):
        yield Coded("too_large_for_any_vehicle", {**named, "units": load.units})
    if load.units > max(room(van.cold_units if load.cold else van.hot_units, van) for van in able):
        yield Coded("no_cold_room" if load.cold else "no_hot_room", {**named, "units": load.units})
    if load.weight_g > max(van.weight_g for van in able):
        weight_kg = -(-load.weight_g // GRAMS_A_KG)
        yield Coded("too_heavy_for_any_vehicle", {**named, "weight_kg": weight_kg})
    if not any(_takes_empties(stop, van) for van in able):
        yield Coded("empties_fit_no_vehicle", {**named, "units": stop.empties_units})
    yield Coded("no_vehicle_with_all", named)


def _room_for(load: Load, van: Vehicle) -> bool:
    least_units = min(van.units, room(van.cold_units if load.cold else van.hot_units, van))
    return load.units <= least_units and load.weight_g <= van.weight_g


def _takes_empties(stop: Stop, van: Vehicle) -> bool:
    return stop.empties_units <= van.units and stop.empties_weight_g <= van.weight_g


def _about_clock(problem: Problem, place: int, load: Load, vans: list[Vehicle]) -> Iterator[Coded]:
    stop = problem.stops[place - problem.first_stop]
    named: dict[str, Param] = {"stop": stop.stop_id, "boxes": 1}
    soonest_s = [arrival for van in vans if (arrival := _arrives_s(problem, van, place, load)) is not None]
    if not soonest_s:
        yield Coded("no_way_there", named)
        return
    latest_s = latest_start_s(stop, load)
    if late := _minutes(_table_s(stop, load) - load.eat_by_s):
        yield Coded("serving_ends_after_eat_by", {**named, "minutes": late})
    if late := _minutes(stop.open_s - latest_s):
        yield Coded("opens_after_deadline", {**named, "minutes": late})
    if late := _minutes(load.release_s - latest_s):
        yield Coded("released_after_deadline", {**named, "minutes": late})
    if late := _minutes(min(soonest_s) - latest_s):
        yield Coded(_binding(stop, load), {**named, "minutes": late})
    able = [van for van in vans if (_aboard_s(problem, van, place) or 0) <= _most_aboard_s(load)]
    if not able:
        over_s = min(_aboard_s(problem, van, place) or 0 for van in vans) - _most_aboard_s(load)
        yield Coded("aboard_too_long", {**named, "minutes": _minutes(over_s)})
    part = Part(place, stop, (load,))
    if not any(departures(problem, van, [part]) for van in able):
        yield Coded("outside_every_shift", named)


def _about_road(problem: Problem, part: Part, past: Started) -> Iterator[Coded]:
    """Why the vehicle that has a box aboard cannot bring it from where it goes on."""
    van = next(one for one in problem.vehicles if one.vehicle_id == past.vehicle_id)
    named: dict[str, Param] = {"stop": part.stop.stop_id, "boxes": 1}
    leg = problem.travel.leg(past.place, part.place)
    if leg is None or problem.travel.leg(part.place, problem.depot_place(van)) is None:
        yield Coded("no_way_there", named)
        return
    if under_way(problem, van, [part], past):
        return
    arrives_s = past.from_s + van.drive_s(leg.seconds)
    if late := _minutes(arrives_s - part.latest_start_s):
        yield Coded(_binding(part.stop, part.boxes[0]), {**named, "minutes": late})
    start_s = max(arrives_s, part.stop.open_s)
    if late := _minutes(start_s + part.hand_over_s - past.depart_s - _most_aboard_s(part.boxes[0])):
        yield Coded("aboard_too_long", {**named, "minutes": late})
    yield Coded("outside_every_shift", named)


def _binding(stop: Stop, load: Load) -> str:
    """Which limit a van that comes too late breaks: the door, the last plate, or the latest hand-over."""
    latest_s, signed_s = latest_start_s(stop, load), stop.hand_over_s(1)
    if latest_s == stop.close_s:
        return "closes_before_any_van_comes"
    return "cannot_reach_in_time" if latest_s == load.deliver_by_s - signed_s else "last_plate_too_late"


def _arrives_s(problem: Problem, van: Vehicle, place: int, load: Load) -> int | None:
    """When a van driven straight there arrives; None where there is no way there and back."""
    aboard_s = _aboard_s(problem, van, place)
    if aboard_s is None:
        return None
    stop = problem.stops[place - problem.first_stop]
    return max(load.release_s, van.shift_start_s) + aboard_s - stop.hand_over_s(1)


def _aboard_s(problem: Problem, van: Vehicle, place: int) -> int | None:
    """Least time from departure to signature; None where there is no way there and back."""
    depot, stop = problem.depot_place(van), problem.stops[place - problem.first_stop]
    leg = problem.travel.leg(depot, place)
    if leg is None or problem.travel.leg(place, depot) is None:
        return None
    return van.drive_s(leg.seconds) + stop.hand_over_s(1)


def _most_aboard_s(load: Load) -> float:
    return float("inf") if load.most_aboard_s is None else load.most_aboard_s


def _table_s(stop: Stop, load: Load) -> int:
    """End of serving of food eaten at the site; food carried on does not wait for it."""
    return load.eat_by_s if load.second_leg_s else stop.serving_starts_s + stop.serving_s


def _minutes(late_s: float) -> int:
    """Begun minutes of lateness, 0 when in time."""
    return max(0, -int(-late_s // MINUTE_S)) if late_s > 0 else 0
