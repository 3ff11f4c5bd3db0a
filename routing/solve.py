"""From a problem to a checked plan."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from orders.codes import Coded, Param
from routing.params import SolveParams
from routing.parts import Part, halves, parts
from routing.plan import Plan, Route, Trip, Unserved, check
from routing.problem import Load, Problem, Vehicle
from routing.reasons import why_never
from routing.timing import first_departure_s, time_trip

TripsOfVehicles = list[list[list[Part]]]


def solve(problem: Problem, params: SolveParams, seed: int) -> Plan:
    """
    Plans the day's trips.

    Parameters
    ----------
    problem
        What has to be driven.
    params
        Prices, and limits in counts.
    seed
        Same seed, same plan.

    Returns
    -------
    Plan
        Without a violation; each box is in a visit, or unserved with a reason.

    Raises
    ------
    ImportError
        When OR-Tools is missing: there is no second-best answer.
    """
    from routing.plain import assign

    never, work = _sort_out(problem)
    trips = assign(problem, work, params, seed)
    left = _left_out(work, trips)
    if any(len(part.boxes) > 1 for part in left):
        finer = [piece for part in work for piece in (halves(part) if part in left else [part])]
        finer_trips = assign(problem, finer, params, seed)
        finer_left = _left_out(finer, finer_trips)
        if _boxes(finer_left) < _boxes(left):
            trips, left = finer_trips, finer_left
    crowded = [Unserved(part.stop.stop_id, part.box_ids, _no_vehicle_free(part)) for part in left]
    plan = _plan(problem, trips, (*never, *crowded))
    violations = check(plan, problem)
    if violations:
        raise ValueError(f"The solver's plan for {problem.service_key} breaks rules: {violations}.")
    return plan


def _sort_out(problem: Problem) -> tuple[list[Unserved], list[Part]]:
    """What no vehicle could ever bring, and the rest as parts."""
    never, work = list[Unserved](), list[Part]()
    for place, stop in enumerate(problem.stops, start=1):
        judged = [(load, why_never(problem, place, load)) for load in stop.boxes]
        hopeless = [(load, reason) for load, reason in judged if reason is not None]
        never += _by_reason(stop.stop_id, hopeless)
        work += parts(problem, place, [load for load, reason in judged if reason is None])
    return never, work


def _by_reason(stop_id: str, hopeless: list[tuple[Load, Coded]]) -> Iterator[Unserved]:
    """One entry for all boxes of a stop with the same reason; it states the worst figure."""
    groups: dict[str, list[tuple[Load, Coded]]] = defaultdict(list)
    for load, reason in hopeless:
        groups[reason.code].append((load, reason))
    for code, group in groups.items():
        params: dict[str, Param] = {"stop": stop_id, "boxes": len(group)}
        for key in group[0][1].params:
            params[key] = max(int(reason.params[key]) for _, reason in group)
        yield Unserved(stop_id, tuple(load.box_id for load, _ in group), Coded(code, params))


def _left_out(work: list[Part], trips: TripsOfVehicles) -> list[Part]:
    brought = {part.box_ids for vehicle in trips for visits in vehicle for part in visits}
    return [part for part in work if part.box_ids not in brought]


def _boxes(left: list[Part]) -> int:
    return sum(len(part.boxes) for part in left)


def _no_vehicle_free(part: Part) -> Coded:
    return Coded("no_vehicle_free", {"stop": part.stop.stop_id, "boxes": len(part.boxes)})


def _plan(problem: Problem, trips: TripsOfVehicles, unserved: tuple[Unserved, ...]) -> Plan:
    timed = [
        _timed(problem, vehicle, visits) for vehicle, visits in zip(problem.vehicles, trips, strict=True)
    ]
    owners = [(trip, nth) for nth, driven in enumerate(timed) for trip in driven]
    in_order = sorted(owners, key=lambda owned: (owned[0].depart_s, owned[1]))
    codes = {(nth, trip.depart_s): f"T{number}" for number, (trip, nth) in enumerate(in_order, start=1)}
    routes = tuple(
        Route(
            vehicle.vehicle_id,
            tuple(replace(trip, trip_code=codes[nth, trip.depart_s]) for trip in timed[nth]),
        )
        for nth, vehicle in enumerate(problem.vehicles)
        if timed[nth]
    )
    distance_m = sum(trip.distance_m for trip, _ in owners)
    return Plan(problem.service_key, routes, unserved, distance_m)


def _timed(problem: Problem, vehicle: Vehicle, trips: list[list[Part]]) -> list[Trip]:
    timed = list[Trip]()
    for visits in trips:
        ready_s = first_departure_s(vehicle, timed[-1] if timed else None)
        timed.append(time_trip(visits, ready_s, problem.travel))
    return timed
