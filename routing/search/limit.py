"""When a search is over: after so many iterations, or at an instant of a clock."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limit:
    """
    How long a search lasts, and when it tells the others.

    Parameters
    ----------
    iterations
        Where there is no clock: of ruin and recreate, in each process.
    began_s, ends_s
        On the clock.
    clock
        Seconds that only grow; None to count iterations.
    swaps
        Parts of the whole after which a search tells the others what it has.
    """

    iterations: int = 0
    began_s: float = 0.0
    ends_s: float = 0.0
    clock: Clock | None = None
    swaps: tuple[float, ...] = ()

    def spent_ratio(self, iterations: int) -> float:
        """How much of it is gone; 1 and more when it is over."""
        if self.clock is None:
            return iterations / self.iterations
        return (self.clock() - self.began_s) / max(1e-9, self.ends_s - self.began_s)

    def now_s(self) -> float:
        """On the clock; 0 without one."""
        return self.clock() if self.clock else 0.0
