"""Why a box cannot be brought, by tests that look at this box alone."""

from collections.abc import Iterator

from orders.codes import Coded
from routing.parts import DEPOT, latest_start_s
from routing.problem import Load, Problem, Stop, Vehicle
from routing.travel import way

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
        The first reason of: no vehicle, room, weight, last plate, door, release, distance, shift, each
        about one box; None when at least one vehicle could.
    """
    return next(_reasons(problem, place, load), None)


def no_vehicle_free(stop: Stop) -> Coded:
    """Why a box that a vehicle could bring alone stays behind: all of them are needed elsewhere."""
    return Coded("no_vehicle_free", {"stop": stop.stop_id, "boxes": 1})


def _reasons(problem: Problem, place: int, load: Load) -> Iterator[Coded]:
    stop, vans = problem.stops[place - 1].stop_id, problem.vehicles
    if not vans:
        yield Coded("no_vehicles", {"stop": stop, "boxes": 1})
        return
    if load.units > max(van.units for van in vans):
        yield Coded("too_large_for_any_vehicle", {"stop": stop, "boxes": 1, "units": load.units})
    if load.weight_g > max(van.weight_g for van in vans):
        weight_kg = -(-load.weight_g // GRAMS_A_KG)
        yield Coded("too_heavy_for_any_vehicle", {"stop": stop, "boxes": 1, "weight_kg": weight_kg})
    yield from _clock_reasons(problem, place, load)
    if not any(_could_bring(van, problem, place, load) for van in vans):
        yield Coded("outside_every_shift", {"stop": stop, "boxes": 1})


def _clock_reasons(problem: Problem, place: int, load: Load) -> Iterator[Coded]:
    stop = problem.stops[place - 1]
    name, latest_s = stop.stop_id, latest_start_s(stop, load)
    leg = problem.travel.leg(DEPOT, place)
    if leg is None or problem.travel.leg(place, DEPOT) is None:
        yield Coded("no_way_there", {"stop": name, "boxes": 1})
        return
    arrives_s = max(load.release_s, min(van.shift_start_s for van in problem.vehicles)) + leg.seconds
    if late := _minutes(_table_s(stop, load) - load.eat_by_s):
        yield Coded("serving_ends_after_eat_by", {"stop": name, "boxes": 1, "minutes": late})
    if late := _minutes(stop.open_s - latest_s):
        yield Coded("opens_after_deadline", {"stop": name, "boxes": 1, "minutes": late})
    if late := _minutes(load.release_s - latest_s):
        yield Coded("released_after_deadline", {"stop": name, "boxes": 1, "minutes": late})
    if late := _minutes(arrives_s - latest_s):
        yield Coded("cannot_reach_in_time", {"stop": name, "boxes": 1, "minutes": late})


def _could_bring(van: Vehicle, problem: Problem, place: int, load: Load) -> bool:
    stop, travel = problem.stops[place - 1], problem.travel
    start_s = max(max(van.shift_start_s, load.release_s) + way(travel, DEPOT, place).seconds, stop.open_s)
    back_s = start_s + stop.hand_over_s(1) + way(travel, place, DEPOT).seconds
    fits = load.units <= van.units and load.weight_g <= van.weight_g
    return fits and start_s <= latest_start_s(stop, load) and back_s <= van.shift_end_s


def _table_s(stop: Stop, load: Load) -> int:
    """End of serving of food eaten at the site; food carried on does not wait for it."""
    return load.eat_by_s if load.second_leg_s else stop.serving_starts_s + stop.serving_s


def _minutes(late_s: int) -> int:
    """Begun minutes of lateness, 0 when in time."""
    return max(0, -(-late_s // MINUTE_S))
