"""What a dispatcher may set about the search for routes."""

from dataclasses import dataclass
from typing import Literal

Engine = Literal["search", "ortools"]


@dataclass(frozen=True, slots=True)
class SolveParams:
    """
    Which engine, how long, and the prices of the comparison.

    Without ``time_s`` every limit is a count: the same seed and processes give the same plan on any machine.

    Parameters
    ----------
    engine
        ``"search"`` (ruin and recreate, in `routing.search`) or ``"ortools"`` (its routing library alone).
    iterations
        Of ruin and recreate, in each process; None for ``iterations_per_part`` times the parts to be brought.
    iterations_per_part
        The same for each part, where ``iterations`` names no number.
    time_s
        Wall-clock limit instead of counts, seconds; needs a clock. None to count.
    processes
        That search side by side and exchange what they find; 1 searches in the caller's own.
    prove
        Small problems are first tried to the optimum, by all trips that could matter (`routing.proof`).
    starts
        OR-Tools: short searches from different beginnings.
    checks_per_part
        OR-Tools: neighbours that a short search may look at, for each part to be brought.
    polish_checks_per_part
        OR-Tools: the same for the one search that goes on from the best of them.
    unserved_m
        OR-Tools: price of leaving a box out, metres.
    trip_m
        OR-Tools: price of a departure, metres.
    """

    engine: Engine = "search"
    iterations: int | None = None
    iterations_per_part: int = 1_000
    time_s: float | None = None
    processes: int = 1
    prove: bool = False
    starts: int = 24
    checks_per_part: int = 1_000
    polish_checks_per_part: int = 5_000
    unserved_m: int = 1_000_000
    trip_m: int = 500

    def __post_init__(self) -> None:
        counts = (self.iterations_per_part, self.processes, self.starts, self.checks_per_part)
        if min(*counts, self.polish_checks_per_part, 1 if self.iterations is None else self.iterations) < 1:
            raise ValueError("iterations, processes, starts and checks must be >= 1.")
        if self.time_s is not None and self.time_s <= 0:
            raise ValueError("time_s must be above 0.")
        if min(self.unserved_m, self.trip_m) < 0:
            raise ValueError("Prices must be >= 0.")
