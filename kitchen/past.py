"""What past services say of the next one, by a stated rule."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kitchen.tables import Table, number, whole

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class PastRule:
    """
    How much is enough, judged by past services.

    Parameters
    ----------
    quantile
        The part of past services of the same weekday and meal on which it would have been enough.
    look_back_weeks
        How far the past reaches.
    least_services
        With fewer past services it starts cold.
    cold_start_ratio
        Then this part of what is ordered is added.
    """

    quantile: float
    look_back_weeks: int
    least_services: int
    cold_start_ratio: float

    def __post_init__(self) -> None:
        if not 0 < self.quantile <= 1 or self.cold_start_ratio < 0:
            raise ValueError("quantile must lie in (0, 1] and cold_start_ratio be >= 0.")
        if min(self.look_back_weeks, self.least_services) < 1:
            raise ValueError("look_back_weeks and least_services must be >= 1.")

    def enough(self, past: Sequence[int]) -> int | None:
        """The quantile of what was asked, by nearest rank; None while the past is too short."""
        if len(past) < self.least_services:
            return None
        return sorted(past)[math.ceil(len(past) * self.quantile - ROUNDING) - 1]


def past_rule(table: Table, default: Table) -> PastRule:
    """
    The rule of a kitchen's table; what it leaves out is the packaged one's.

    Raises
    ------
    ValueError
        When a figure cannot be.
    """
    known = {**default, **table}
    return PastRule(
        number(known, "quantile"),
        whole(known, "look_back_weeks"),
        whole(known, "least_services"),
        number(known, "cold_start_ratio"),
    )
