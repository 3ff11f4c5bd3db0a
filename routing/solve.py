"""From a problem to a checked plan."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from orders.codes import Coded
from routing.assemble import assemble
from routing.assembly import AssembleParams, Routes, plan_of
from routing.dock_slots import crowds, with_slots
from routing.params import SolveParams
from routing.parts import Part, halves, parts
from routing.plan import Plan, Trip, Unserved, check
from routing.problem import Load, Problem, Stop, Vehicle
from routing.reasons import given_up, no_vehicle_free, why_never
from routing.search.limit import Clock, Limit

PROOF_WORK = 5.0
DOCK_TURNS, DOCK_WORK = 6, 0.2  # searches between assemblies, and the effort of one (`AssembleParams`)
ASSEMBLING_S, ASSEMBLING_RATIO = 0.8, 0.15  # kept of a limit for that, at most
LeftBox = tuple[str, Load, Coded]
History = tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """
    A plan, and how it was found.

    Parameters
    ----------
    plan
        Without a violation; each box is in a visit, or unserved with a reason.
    engine
        Who searched: ``search``, ``search+pyvrp``, ``ortools``, or ``cp-sat`` for what is proved.
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
    history: History = ()
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
    never, work = _sort_out(problem)
    engine = _by_library if params.engine == "ortools" else _by_search
    drawn = _proved(problem, work, params, clock, began_s) if params.prove else None
    drawn = drawn or engine(problem, work, params, seed, clock, began_s)
    crowded = [(part.stop.stop_id, load, _crowded(part.stop)) for part in drawn.left for load in part.boxes]
    plan = plan_of(problem, drawn.trips, tuple(_by_reason([*never, *crowded])))
    violations = check(plan, problem)
    if violations:
        raise ValueError(f"The solver's plan for {problem.service_key} breaks rules: {violations}.")
    history = tuple((at_s - began_s, cost) for at_s, cost in drawn.history) if clock else ()
    seconds = clock() - began_s if clock else None
    return Solved(plan, drawn.engine, seconds, history, drawn.optimal)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Timed trips per vehicle, what they leave out, and how they were found."""

    trips: list[list[Trip]]
    left: list[Part]
    engine: str
    history: History = ()
    optimal: bool = False


def _proved(
    problem: Problem, work: list[Part], params: SolveParams, clock: Clock | None, began_s: float
) -> _Drawn | None:
    """
    The cheapest day there is; None where it cannot be proved, or boxes kept together are left out.

    By the clock it takes a third of the time for drawing up trips, and about a third for choosing.
    """
    from routing.proof import proved

    share_s = None if params.time_s is None else params.time_s / 3

    def over() -> bool:
        return share_s is not None and clock is not None and clock() - began_s >= share_s

    effort = AssembleParams(work=PROOF_WORK if share_s is None else min(PROOF_WORK, share_s))
    day = proved(problem, work, assemble(problem, [[] for _ in problem.vehicles]), effort, over)
    if day is None or any(len(part.boxes) > 1 for part in day.dropped):
        return None
    return _Drawn(day.trips, list(day.dropped), "cp-sat", (), optimal=True)


def _by_library(
    problem: Problem, work: list[Part], params: SolveParams, seed: int, clock: Clock | None, began_s: float
) -> _Drawn:
    from routing.plain import assign

    spans = (0.0, 2 / 3, 1.0) if any(len(part.boxes) > 1 for part in work) else (0.0, 1.0)
    time_s = params.time_s or 0.0
    ends_s = time_s - _reserve_s(problem, work, time_s)

    def over(nth: int, ratio: float) -> bool:
        assert clock is not None
        return clock() - began_s >= ends_s * (spans[nth] + ratio * (spans[nth + 1] - spans[nth]))

    until = [partial(over, nth) if params.time_s else None for nth in range(2)]
    routes = assign(problem, work, params, seed, until[0])
    left = _left_out(work, routes)
    if any(len(part.boxes) > 1 for part in left):
        finer = _finer(work, left)
        finer_routes = assign(problem, finer, params, seed, until[1])
        finer_left = _left_out(finer, finer_routes)
        if _boxes(finer_left) < _boxes(left):
            routes, left = finer_routes, finer_left
    return _assembled(problem, routes, left, "ortools")


def _by_search(
    problem: Problem, work: list[Part], params: SolveParams, seed: int, clock: Clock | None, began_s: float
) -> _Drawn:
    """
    The search; where it leaves out a part of several boxes, it goes on with the halves.

    By the clock the last third of the time is kept for that, where any part has several boxes.
    """
    from routing.search.portfolio import searched

    if not work or not problem.vehicles:
        return _assembled(problem, [[] for _ in problem.vehicles], work, "search")
    counted = params.iterations or params.iterations_per_part * len(work)
    time_s = params.time_s or 0.0
    ends_s = began_s + time_s - _reserve_s(problem, work, time_s)
    limit = Limit(counted, began_s, ends_s, clock if params.time_s is not None else None)
    if crowds(problem) and not problem.started:
        return _by_search_among_docks(problem, work, params.processes, seed, limit)
    may_halve = any(len(part.boxes) > 1 for part in work)
    early = replace(limit, ends_s=ends_s - (ends_s - began_s) / 3) if may_halve and limit.clock else limit
    found = searched(problem, work, early, seed, params.processes)
    routes, history = _parts_of(work, found.numbers), found.history
    left = _left_out(work, routes)
    if early is not limit or any(len(part.boxes) > 1 for part in left):
        finer = _finer(work, left)
        later = replace(limit, began_s=early.ends_s)
        found = searched(problem, finer, later, seed, params.processes, _numbers_of(finer, routes))
        routes, history = _parts_of(finer, found.numbers), (*history, *found.history)
        left = _left_out(finer, routes)
    return _assembled(problem, routes, left, found.engine, history)


def _by_search_among_docks(
    problem: Problem, work: list[Part], processes: int, seed: int, limit: Limit
) -> _Drawn:
    """
    The search, which knows no docks, and the assembly in turns.

    Each search goes on from the assembled day, with every vehicle's first departure at a free dock, until the
    assembly has nothing to drop; the day that leaves out least counts.
    """
    from routing.search.portfolio import searched

    best, routes = _Drawn([[] for _ in problem.vehicles], work, "search"), list[list[list[Part]]]()
    for nth in range(DOCK_TURNS):
        turn = limit
        if limit.clock is not None:
            now_s = limit.clock()
            if routes and now_s >= limit.ends_s:
                break
            turn = replace(limit, began_s=now_s, ends_s=now_s + (limit.ends_s - limit.began_s) / DOCK_TURNS)
        begin = _numbers_of(work, routes) if routes else None
        slotted = with_slots(problem, work, best.trips)
        found = searched(slotted, work, turn, seed + nth, processes, begin)
        drawn = _parts_of(work, found.numbers)
        day = assemble(problem, drawn, AssembleParams(work=DOCK_WORK))
        left = [*_left_out(work, drawn), *day.dropped]
        if not routes or _boxes(left) < _boxes(best.left):
            best, routes = _Drawn(day.trips, left, found.engine, found.history), day.routes
        if not best.left:
            break
        work = _finer(work, best.left) if nth else work
    return best


def _reserve_s(problem: Problem, work: list[Part], time_s: float) -> float:
    """For the minutes of the plan and its judge; with trips under way also to assemble the day."""
    assembling_s = min(ASSEMBLING_S, ASSEMBLING_RATIO * time_s) if problem.started else 0.0
    return 0.05 + 0.0001 * len(work) + assembling_s


def _parts_of(work: list[Part], numbers: list[list[list[int]]]) -> Routes:
    return [[[work[part] for part in trip] for trip in trips] for trips in numbers]


def _numbers_of(work: list[Part], routes: Routes) -> list[list[list[int]]]:
    number = {part.box_ids: nth for nth, part in enumerate(work)}
    return [[[number[part.box_ids] for part in visits] for visits in trips] for trips in routes]


def _finer(work: list[Part], left: list[Part]) -> list[Part]:
    out = {part.box_ids for part in left}
    return [piece for part in work for piece in (halves(part) if part.box_ids in out else [part])]


def _assembled(
    problem: Problem,
    routes: Routes,
    left: list[Part],
    engine: str,
    history: tuple[tuple[float, int], ...] = (),
) -> _Drawn:
    day = assemble(problem, routes)
    return _Drawn(day.trips, [*left, *day.dropped], engine, history)


def _sort_out(problem: Problem) -> tuple[list[LeftBox], list[Part]]:
    """What no vehicle could ever bring, and the rest as parts."""
    never, work = list[LeftBox](), list[Part]()
    # Of a hundred vehicles alike one is asked.
    alike = problem if problem.started else replace(problem, vehicles=_kinds(problem))
    for place, stop in enumerate(problem.stops, start=problem.first_stop):
        judged = [(load, why_never(alike, place, load)) for load in stop.boxes]
        never += [(stop.stop_id, load, reason) for load, reason in judged if reason is not None]
        work += parts(alike, place, [load for load, reason in judged if reason is None])
    return never, work


def _kinds(problem: Problem) -> tuple[Vehicle, ...]:
    """The first of the vehicles that differ in nothing but their names."""
    return tuple({replace(van, vehicle_id=""): van for van in reversed(problem.vehicles)}.values())


def _crowded(stop: Stop) -> Coded:
    return no_vehicle_free(stop) if stop.priority is None else given_up(stop)


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


def _left_out(work: list[Part], trips: Routes) -> list[Part]:
    brought = {part.box_ids for vehicle in trips for visits in vehicle for part in visits}
    return [part for part in work if part.box_ids not in brought]


def _boxes(left: list[Part]) -> int:
    return sum(len(part.boxes) for part in left)
