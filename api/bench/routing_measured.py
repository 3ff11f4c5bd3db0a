"""All answers to one instance, and what they say of each side."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.bench.routing_kinds import Task
from api.bench.routing_runs import Answer, best_of, mean_gap


@dataclass(frozen=True, slots=True)
class Measured:
    """
    All answers to one instance.

    Parameters
    ----------
    task
        Which.
    answers
        In the order in which they were asked for.
    peak_mb
        Most memory while ours were.
    """

    task: Task
    answers: Sequence[Answer]
    peak_mb: int | None = None

    @property
    def name(self) -> str:
        """The instance's."""
        return self.task.instance.name

    def of(self, side: str) -> list[Answer]:
        """One side's answers."""
        return [answer for answer in self.answers if answer.side == side]

    @property
    def best_cost(self) -> int | None:
        """The best answer known, else the best of this run."""
        found = best_of(self.answers)
        return self.task.known_cost or (None if found is None else found.cost)

    def costs(self, side: str) -> list[int]:
        """What counts of a side: each of ours, of a peer the better of its seeds."""
        answers = self.of(side)
        if side != "ours":
            found = best_of(answers)
            answers = [] if found is None else [found]
        return [answer.cost for answer in answers if answer.cost is not None]

    def gap_ratio(self, side: str) -> float | None:
        """How far a side is from the best, on average; None where it, or one of ours, has no cost."""
        costs, best = self.costs(side), self.best_cost
        whole = side != "ours" or len(costs) == len(self.of(side))
        return mean_gap(costs, best) if costs and best and whole else None

    def gap_at(self, side: str, at_s: float) -> float | None:
        """The same after so many seconds; None where it had no complete plan by then."""
        best, found = self.best_cost, [answer.cost_at(at_s) for answer in self.of(side)]
        costs = [cost for cost in found if cost is not None]
        if not costs or not best or (side == "ours" and len(costs) < len(found)):
            return None
        return mean_gap(costs if side == "ours" else [min(costs)], best)
