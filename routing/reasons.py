"""Why a box cannot be brought, by tests that look at this box alone."""

from collections.abc import Iterator

from orders.codes import Coded
from routing.parts import DEPOT, latest_start_s
from routing.problem import Load, Problem, Stop, Vehicle


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
        The first reason of: no vehicle, room, weight, last plate, door, release, distance, shift;
        None when at least one vehicle could.
    """
    return next(_reasons(problem, place, load), None)


def _reasons(problem: Problem, place: int, load: Load) -> Iterator[Coded]:
    vans = problem.vehicles
    if not vans:
        yield Coded("no_vehicles")
        return
    if load.units > max(van.units for van in vans):
        yield Coded("too_large_for_any_vehicle", {"units": load.units})
    if load.weight_g > max(van.weight_g for van in vans):
        yield Coded("too_heavy_for_any_vehicle", {"weight_g": load.weight_g})
    yield from _clock_reasons(problem, place, load)
    if not any(_could_bring(van, problem, place, load) for van in vans):
        yield Coded("outside_every_shift")


def _clock_reasons(problem: Problem, place: int, load: Load) -> Iterator[Coded]:
    stop = problem.stops[place - 1]
    latest_s = latest_start_s(stop, load)
    first_off_s = max(load.release_s, min(van.shift_start_s for van in problem.vehicles))
    if _ends_late_at_the_table(stop, load):
        yield Coded("serving_ends_after_eat_by", {"late_s": _table_s(stop) - load.eat_by_s})
    if stop.open_s > latest_s:
        yield Coded("opens_after_deadline", {"late_s": stop.open_s - latest_s})
    if load.release_s > latest_s:
        yield Coded("released_after_deadline", {"late_s": load.release_s - latest_s})
    late_s = first_off_s + problem.travel.duration_s[DEPOT][place] - latest_s
    if late_s > 0:
        yield Coded("cannot_reach_in_time", {"late_s": late_s})


def _could_bring(van: Vehicle, problem: Problem, place: int, load: Load) -> bool:
    stop, way_s = problem.stops[place - 1], problem.travel.duration_s
    start_s = max(max(van.shift_start_s, load.release_s) + way_s[DEPOT][place], stop.open_s)
    back_s = start_s + stop.unload_s + way_s[place][DEPOT]
    fits = load.units <= van.units and load.weight_g <= van.weight_g
    return fits and start_s <= latest_start_s(stop, load) and back_s <= van.shift_end_s


def _table_s(stop: Stop) -> int:
    return stop.serving_starts_s + stop.serving_s


def _ends_late_at_the_table(stop: Stop, load: Load) -> bool:
    return not load.second_leg_s and _table_s(stop) > load.eat_by_s
