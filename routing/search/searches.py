"""A search within its limit, by our own kernel or by PyVRP, that tells what it has on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.parts import Part
from routing.problem import Problem
from routing.search.arrays import arrays_of
from routing.search.kernel import Kernel
from routing.search.limit import Limit
from routing.search.workers import Numbers, Swap, Told

OURS_A_PYVRP = 200  # iterations of ruin and recreate that count as one of PyVRP's
NOTHING = 1 << 62
HOT, COLD = 2.0, 0.03  # temperatures, in parts of what a part costs on its way
TURN, TURNS = 2_000, 200  # most iterations of a turn by counts, least turns of a search
TURN_FIRST, TURN_S = 100, 0.05  # by the clock


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


def by_kernel(task: Task, seed: int, swap: Swap) -> Told:
    """Ruin and recreate, cooling down over the whole limit."""
    kernel = Kernel(arrays_of(task.problem, task.work), seed)
    if task.begin is not None:
        kernel.start(task.begin)
    kernel.run(1, 0.0)
    turns = _Turns(kernel, task.limit)
    for share in task.limit.swaps:
        turns.until(share)
        better = swap(turns.told())
        if better is not None and better.numbers is not None:
            kernel.start(better.numbers)
    turns.until(1.0)
    return turns.told()


class _Turns:
    """The kernel run in short turns, each a little cooler, with a note of each better answer."""

    def __init__(self, kernel: Kernel, limit: Limit) -> None:
        self.kernel, self.limit = kernel, limit
        self.steps = max(1, min(TURN, limit.iterations // TURNS)) if limit.clock is None else TURN_FIRST
        self.log = [(limit.now_s(), kernel.cost)]
        self.told_to = 0
        self.priced = (kernel.cost, _mills_a_part(kernel))

    def until(self, share: float) -> None:
        """Runs to this part of the limit."""
        kernel, limit = self.kernel, self.limit
        while (spent := limit.spent_ratio(kernel.iterations)) < share:
            began_s, best = limit.now_s(), kernel.cost
            kernel.run(self.steps, self._heat(spent))
            ended_s = limit.now_s()
            if kernel.cost < best:
                self.log.append((ended_s, kernel.cost))
            if limit.clock is not None:
                aim_s = min(TURN_S, (limit.ends_s - limit.began_s) / TURNS)
                faster = min(2.0, max(0.5, aim_s / max(1e-6, ended_s - began_s)))
                self.steps = max(1, round(self.steps * faster))

    def _heat(self, spent: float) -> float:
        if self.kernel.cost < self.priced[0]:
            self.priced = (self.kernel.cost, _mills_a_part(self.kernel))
        return float(self.priced[1] * HOT * (COLD / HOT) ** min(1.0, spent))

    def told(self) -> Told:
        """The best answer, and what is new in the log."""
        new, self.told_to = tuple(self.log[self.told_to :]), len(self.log)
        return Told(self.kernel.cost, self.kernel.best(), new)


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


def _mills_a_part(kernel: Kernel) -> float:
    """What the parts that are brought cost, on average."""
    brought = {part for trips in kernel.best() for trip in trips for part in trip}
    prices = zip(kernel.arrays.parts, kernel.facts.price, strict=True)
    left = sum(int(price) for part, price in prices if part not in brought)
    return (kernel.cost - left) / max(1, len(brought))
