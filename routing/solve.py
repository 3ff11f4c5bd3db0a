"""From a problem to a checked plan."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from orders.codes import Coded
from routing.params import SolveParams
from routing.parts import Part, halves, parts
from routing.plan import Plan, Route, Unserved, check
from routing.problem import Load, Problem
from routing.reasons import no_vehicle_free, why_never
from routing.timing import time_day

TripsOfVehicles = list[list[list[Part]]]
LeftBox = tuple[str, Load, Coded]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Solved:
    """
    A plan, and how it was found.

    Parameters
    ----------
    plan
        Without a violation; each box is in a visit, or unserved with a reason.
    engine
        Who searched: ``search``, ``search+pyvrp`` or ``ortools``.
    seconds
        From the start of solving; None without a clock.
    history
        Seconds and cost (mills, `costs`) of each plan better than the one before; empty without a clock.
    optimal
        Whether no cheaper plan exists; False where nobody proved it.
    """

    plan: Plan
    engine: str
    seconds: float | None = None
    history: tuple[tuple[float, int], ...] = ()
    optimal: bool = False


def solve(problem: Problem, params: SolveParams, seed: int, clock: Clock | None = None) -> Plan:
    """The plan of `solved`."""
    return solved(problem, params, seed, clock).plan


def solved(problem: Problem, params: SolveParams, seed: int, clock: Clock | None = None) -> Solved:
    """
    Plans the day's trips.

    Parameters
    ----------
    problem
        What has to be driven.
    params
        Engine and limits.
    seed
        Same seed, same plan, where the limits are counts.
    clock
        Seconds that only grow (`time.monotonic`), for a limit in seconds and for the history.

    Returns
    -------
    Solved
        Its plan breaks no rule.

    Raises
    ------
    ImportError
        When the engine's library is missing: there is no second-best answer.
    ValueError
        When there is a limit in seconds and no clock, or `check` finds a violation.
    """
    if params.time_s is not None and clock is None:
        raise ValueError("A limit in seconds needs a clock.")
    began_s = clock() if clock else 0.0
    plan = _by_library(problem, params, seed)
    violations = check(plan, problem)
    if violations:
        raise ValueError(f"The solver's plan for {problem.service_key} breaks rules: {violations}.")
    return Solved(plan, "ortools", clock() - began_s if clock else None)


def _by_library(problem: Problem, params: SolveParams, seed: int) -> Plan:
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
    crowded = [(part.stop.stop_id, load, no_vehicle_free(part.stop)) for part in left for load in part.boxes]
    return _plan(problem, trips, tuple(_by_reason([*never, *crowded])))


def _sort_out(problem: Problem) -> tuple[list[LeftBox], list[Part]]:
    """What no vehicle could ever bring, and the rest as parts."""
    never, work = list[LeftBox](), list[Part]()
    for place, stop in enumerate(problem.stops, start=1):
        judged = [(load, why_never(problem, place, load)) for load in stop.boxes]
        never += [(stop.stop_id, load, reason) for load, reason in judged if reason is not None]
        work += parts(problem, place, [load for load, reason in judged if reason is None])
    return never, work


def _by_reason(left: list[LeftBox]) -> Iterator[Unserved]:
    """One entry for all boxes of a stop with the same reason; it counts them and states the worst figure."""
    groups: dict[tuple[str, str], list[LeftBox]] = defaultdict(list)
    for stop_id, load, reason in left:
        groups[stop_id, reason.code].append((stop_id, load, reason))
    for (stop_id, code), group in groups.items():
        # The figure is the last parameter; the others are the same for all boxes of a group.
        worst = max((reason.params for _, _, reason in group), key=lambda params: [*params.values()][-1])
        box_ids = tuple(load.box_id for _, load, _ in group)
        yield Unserved(stop_id, box_ids, Coded(code, {**worst, "boxes": len(group)}))


def _left_out(work: list[Part], trips: TripsOfVehicles) -> list[Part]:
    brought = {part.box_ids for vehicle in trips for visits in vehicle for part in visits}
    return [part for part in work if part.box_ids not in brought]


def _boxes(left: list[Part]) -> int:
    return sum(len(part.boxes) for part in left)


def _plan(problem: Problem, trips: TripsOfVehicles, unserved: tuple[Unserved, ...]) -> Plan:
    timed = [
        time_day(problem, vehicle, visits) for vehicle, visits in zip(problem.vehicles, trips, strict=True)
    ]
    departures = sorted(
        (trip.depart_s, nth, k) for nth, driven in enumerate(timed) for k, trip in enumerate(driven)
    )
    codes = {(nth, k): f"T{number}" for number, (_, nth, k) in enumerate(departures, start=1)}
    routes = tuple(
        Route(
            vehicle.vehicle_id,
            tuple(replace(trip, trip_code=codes[nth, k]) for k, trip in enumerate(timed[nth])),
        )
        for nth, vehicle in enumerate(problem.vehicles)
        if timed[nth]
    )
    distance_m = sum(trip.distance_m for driven in timed for trip in driven)
    return Plan(problem.service_key, routes, unserved, distance_m)
