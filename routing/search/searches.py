"""A search within its limit, by our own kernel or by PyVRP, that tells what it has on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.parts import Part
from routing.problem import Problem
from routing.search.limit import Limit
from routing.search.workers import Numbers, Swap, Told

OURS_A_PYVRP = 200  # iterations of ruin and recreate that count as one of PyVRP's
NOTHING = 1 << 62


@dataclass(frozen=True, slots=True)
class Task:
    """
    What is searched, from where and how long.

    Parameters
    ----------
    problem, work
        What has to be driven.
    begin
        A plan to begin from; None to begin from nothing.
    limit
        When it is over.
    """

    problem: Problem
    work: Sequence[Part]
    begin: Numbers | None
    limit: Limit


def by_pyvrp(task: Task, seed: int, swap: Swap) -> Told:
    """PyVRP's search; in counts, one of its iterations for so many of ours."""
    from routing.search.partner import Partner

    limit = task.limit
    partner = Partner(task.problem, task.work, seed)
    if task.begin is not None:
        partner.start(task.begin)
    steps = 0

    def until(share: float) -> Callable[[], bool]:
        def over() -> bool:
            nonlocal steps
            steps += 1
            return limit.spent_ratio(steps * OURS_A_PYVRP) >= share

        return over

    def told() -> Told:
        numbers = partner.plan()
        cost = partner.cost if numbers is not None else NOTHING
        return Told(cost, numbers, ((limit.now_s(), cost),) if numbers is not None else ())

    for share in limit.swaps:
        partner.run(until(share))
        better = swap(told())
        if better is not None and better.numbers is not None:
            partner.start(better.numbers)
    partner.run(until(1.0))
    return told()
