"""Who searches: one process or several, our kernel alone or PyVRP beside it, the whole or pieces of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from routing.parts import Part
from routing.problem import Problem
from routing.search.limit import Limit
from routing.search.partner import may_express
from routing.search.pieces import City, city_of
from routing.search.searches import Task, by_kernel, by_pyvrp
from routing.search.split import SplitParams, by_pieces
from routing.search.workers import Numbers, Told, alone, side_by_side

LARGE = 1_500  # parts from which on a city is searched in pieces
LONG = 12.0  # visits a trip from which on PyVRP is the better partner
MOST_FOR_PYVRP = 2_500  # parts; it keeps each way twice, in 16 bytes
SWAPS = (0.5, 0.65, 0.8, 0.9)
FIRST_RATIO = 0.03


@dataclass(frozen=True, slots=True)
class Found:
    """
    What the search found.

    Parameters
    ----------
    numbers
        Per vehicle its trips, per trip the numbers of its parts in the order of driving.
    engine
        ``search`` or ``search+pyvrp``.
    history
        Clock and cost of each plan better than those before.
    """

    numbers: Numbers
    engine: str
    history: tuple[tuple[float, int], ...]


def searched(
    problem: Problem,
    work: Sequence[Part],
    limit: Limit,
    seed: int,
    processes: int,
    begin: Numbers | None = None,
    first: Callable[[Numbers], None] = lambda _numbers: None,
) -> Found:
    """
    Gives parts to trips of vehicles at the least cost.

    Parameters
    ----------
    problem
        Fleet and travel; has at least one vehicle.
    work
        What should be brought; at least one.
    limit
        When it is over.
    seed
        Same seed, limit in counts and processes: same answer.
    processes
        Side by side; with 1 all is done in this one, but for a large city.
    begin
        A plan to begin from.
    first
        Is handed the first plan, as soon as there is one.

    Returns
    -------
    Found
        A part that stands nowhere was left out.
    """
    city = city_of(problem, work)
    if len(work) > LARGE and _may_cut(city):
        told, log = by_pieces(city, limit, seed, processes, SplitParams(), first, begin)
        return Found(_numbers(told), "search", _falling(log))
    task = Task(problem, work, begin, limit)
    if processes == 1:
        told = alone(partial(by_kernel, task, seed))
        return Found(_numbers(told), "search", _falling(told.log))
    return _together(task, seed, processes, first)


def _together(task: Task, seed: int, processes: int, first: Callable[[Numbers], None]) -> Found:
    begun = alone(partial(by_kernel, replace(task, limit=_beginning(task.limit)), seed))
    numbers = _numbers(begun)
    first(numbers)
    task = replace(task, begin=numbers, limit=replace(task.limit, swaps=SWAPS))
    searches = [partial(by_kernel, task, seed + nth) for nth in range(processes)]
    trips = [trip for own in numbers for trip in own]
    is_long = sum(map(len, trips)) > LONG * len(trips)
    joins = is_long and len(task.work) <= MOST_FOR_PYVRP and may_express(task.problem, task.work)
    if joins:
        searches[-1] = partial(by_pyvrp, task, seed)
    ends_s = task.limit.ends_s if task.limit.clock else None
    best, told = side_by_side(searches, begun, ends_s, task.limit.clock)
    history = _falling([*begun.log, *(point for one in told for point in one.log)])
    return Found(_numbers(best), "search+pyvrp" if joins else "search", history)


def _beginning(limit: Limit) -> Limit:
    """The first moments of a search, for all of them to begin from."""
    if limit.clock is None:
        return Limit(max(1, round(limit.iterations * FIRST_RATIO)))
    now_s = limit.now_s()
    return replace(limit, began_s=now_s, ends_s=now_s + FIRST_RATIO * (limit.ends_s - now_s))


def _may_cut(city: City) -> bool:
    """Whether pieces can be searched apart: places are known, nobody waits for a dock or is under way."""
    problem = city.problem
    docks = any(depot.docks is not None for depot in problem.depots)
    return bool(city.points.std() > 0) and not docks and not problem.started


def _numbers(told: Told) -> Numbers:
    if told.numbers is None:
        raise ValueError("A search told no plan.")
    return told.numbers


def _falling(log: Sequence[tuple[float, int]]) -> tuple[tuple[float, int], ...]:
    falling = list[tuple[float, int]]()
    for at_s, cost in sorted(log):
        if not falling or cost < falling[-1][1]:
            falling.append((at_s, cost))
    return tuple(falling)
