"""What a dispatcher may set about the search for routes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SolveParams:
    """
    Prices in metres, and limits in counts: the same seed gives the same plan on any machine.

    Parameters
    ----------
    starts
        Short searches from different beginnings.
    checks_per_part
        Neighbours that a short search may look at, for each part to be brought.
    polish_checks_per_part
        The same for the one search that goes on from the best of them.
    unserved_m
        Price of leaving a box out.
    trip_m
        Price of a departure.
    """

    starts: int = 24
    checks_per_part: int = 1_000
    polish_checks_per_part: int = 5_000
    unserved_m: int = 1_000_000
    trip_m: int = 500

    def __post_init__(self) -> None:
        if min(self.starts, self.checks_per_part, self.polish_checks_per_part) < 1:
            raise ValueError("starts and checks must be >= 1.")
        if min(self.unserved_m, self.trip_m) < 0:
            raise ValueError("Prices must be >= 0.")
