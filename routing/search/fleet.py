"""Fleet: the vehicles of a problem as kinds, and what binds each: rests, trips under way, skills."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.parts import Part
from routing.problem import Problem, Started, Vehicle
from routing.search import layout as at
from routing.search.layout import Int64

NO_ROOM_OF_ITS_OWN = 1 << 40


def vehicle_key(problem: Problem, vehicle: Vehicle) -> tuple[object, ...]:
    """What a vehicle can do and costs, but for its name; those alike are one kind."""
    room = (vehicle.units, vehicle.weight_g, *_compartments(vehicle))
    hours = (
        vehicle.shift_start_s,
        vehicle.shift_end_s,
        vehicle.reload_s,
        vehicle.most_trips,
        _most_out(vehicle),
    )
    costs = (vehicle.fixed_cost, vehicle.trip_cost, vehicle.metre_cost, vehicle.second_cost, vehicle.pace_pct)
    rests = tuple((rest.from_s, rest.to_s, rest.rest_s) for rest in vehicle.breaks)
    under_way = tuple(
        (one.depart_s, one.from_s, one.place, one.box_ids) for one in started_of(problem, vehicle)
    )
    return (problem.depot_place(vehicle), tuple(sorted(vehicle.skills)), room, hours, costs, rests, under_way)


def started_of(problem: Problem, vehicle: Vehicle) -> list[Started]:
    """The trip of a vehicle that is under way, if there is one."""
    return [one for one in problem.started if one.vehicle_id == vehicle.vehicle_id]


def _compartments(vehicle: Vehicle) -> tuple[int, int]:
    hot = NO_ROOM_OF_ITS_OWN if vehicle.hot_units is None else vehicle.hot_units
    cold = NO_ROOM_OF_ITS_OWN if vehicle.cold_units is None else vehicle.cold_units
    return hot, cold


def _most_out(vehicle: Vehicle) -> int:
    return at.FAR if vehicle.most_out_s is None else min(vehicle.most_out_s, at.FAR)


def kind_rows(problem: Problem, fleet: Sequence[Vehicle], zero_s: int) -> tuple[Int64, Int64]:
    """
    The kinds of vehicle and each vehicle's kind.

    Parameters
    ----------
    problem
        Whose depots and trips under way.
    fleet
        Its vehicles, those alike beside each other.
    zero_s
        The search's second 0.

    Returns
    -------
    tuple
        int64 (kinds, `KIND_FACTS`) and int64 (vehicles). The pace is the number of its percentage among those
        of the fleet.
    """
    paces = paces_of(fleet)
    rows, kind_of, before = list[list[int]](), list[int](), None
    for k, vehicle in enumerate(fleet):
        key = vehicle_key(problem, vehicle)
        if key != before:
            row = [0] * at.KIND_FACTS
            row[at.DEPOT], row[at.PACE] = problem.depot_place(vehicle), paces.index(vehicle.pace_pct)
            row[at.SHIFT_START] = vehicle.shift_start_s - zero_s
            row[at.SHIFT_END] = min(vehicle.shift_end_s - zero_s, at.LATEST)
            row[at.RELOAD], row[at.MOST_TRIPS] = vehicle.reload_s, vehicle.most_trips
            row[at.MOST_OUT], row[at.FIXED], row[at.PER_TRIP] = (
                _most_out(vehicle),
                vehicle.fixed_cost,
                vehicle.trip_cost,
            )
            row[at.PER_M], row[at.PER_S], row[at.FIRST] = vehicle.metre_cost, vehicle.second_cost, k
            row[at.ROOM : at.ROOM + at.ROOMS] = [vehicle.units, *_compartments(vehicle), vehicle.weight_g]
            rows.append(row)
            before = key
        rows[-1][at.COUNT] += 1
        kind_of.append(len(rows) - 1)
    return np.array(rows, np.int64).reshape(-1, at.KIND_FACTS), np.array(kind_of, np.int64)


def paces_of(fleet: Sequence[Vehicle]) -> list[int]:
    """The paces that occur, slowest last."""
    return sorted({vehicle.pace_pct for vehicle in fleet}) or [100]


def rest_rows(fleet: Sequence[Vehicle], kinds: Int64, zero_s: int) -> Int64:
    """Rests of each kind, int64 (kinds, rests, 3): from, to, seconds."""
    heads = [fleet[int(row[at.FIRST])] for row in kinds]
    rows = np.zeros((len(heads), max([1, *(len(head.breaks) for head in heads)]), 3), np.int64)
    for number, head in enumerate(heads):
        for n, rest in enumerate(head.breaks):
            rows[number, n] = (rest.from_s - zero_s, rest.to_s - zero_s, rest.rest_s)
    return rows


def started_rows(problem: Problem, fleet: Sequence[Vehicle], first_node: int, zero_s: int) -> Int64:
    """Trips under way, int64 (vehicles, 3): node it goes on from, when, when it left; node -1 for none."""
    rows = np.full((len(fleet), 3), -1, np.int64)
    for k, vehicle in enumerate(fleet):
        for one in started_of(problem, vehicle):
            rows[k] = (first_node + problem.started.index(one), one.from_s - zero_s, one.depart_s - zero_s)
    return rows


def allowed_rows(
    problem: Problem, parts: Sequence[Part], fleet: Sequence[Vehicle], kinds: Int64
) -> NDArray[np.uint8]:
    """Which kind may serve which job at all, uint8 (jobs, kinds): skills, kitchen and room."""
    rows = np.zeros((len(parts), len(kinds)), np.uint8)
    for number, kind in enumerate(kinds):
        head = fleet[int(kind[at.FIRST])]
        kitchens = {"", problem.depots[problem.depot_place(head)].kitchen_id}
        room = [int(figure) for figure in kind[at.ROOM : at.ROOM + at.ROOMS]]
        for n, part in enumerate(parts):
            skilled = part.stop.needs <= head.skills
            here = all(load.kitchen_id in kitchens for load in part.boxes)
            fits = all(need <= most for need, most in zip(needs_of(part), room, strict=True))
            rows[n, number] = skilled and here and fits
    return rows


def needs_of(part: Part) -> tuple[int, int, int, int]:
    """What a part takes of a vehicle's room: units, hot units, cold units, grams."""
    cold = sum(load.units for load in part.boxes if load.cold)
    return part.units, part.units - cold, cold, part.weight_g
