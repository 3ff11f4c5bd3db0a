"""Buffer: how many meals are cooked for people who come without an order, by a stated rule."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitchen.tables import Table, number, whole

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class BufferRule:
    """
    How the buffer of a site is found from its past walk-ins.

    Parameters
    ----------
    quantile
        The part of past services of the same weekday and meal on which the buffer would have been enough.
    look_back_weeks
        How far the past reaches.
    least_services
        With fewer past services the site starts cold.
    cold_start_ratio
        Then the buffer is this part of its ordered meals, rounded up.
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


@dataclass(frozen=True, slots=True)
class SiteBuffer:
    """
    The buffer of one site.

    Parameters
    ----------
    site_id, meals
        Where, and how many meals beyond the orders.
    services
        Past services that it rests on.
    cold
        Whether the past was too short, so that the cold start's ratio was taken.
    """

    site_id: str
    meals: int
    services: int
    cold: bool


def site_buffer(site_id: str, past: Sequence[int], ordered: int, rule: BufferRule) -> SiteBuffer:
    """
    The buffer of a site.

    Parameters
    ----------
    site_id
        Where.
    past
        Walk-ins at each past service of the same weekday and meal; 0 where nobody came.
    ordered
        Meals ordered there now.
    rule
        How it is found.

    References
    ----------
    docs/kitchen.md, "Demand".
    """
    if len(past) < rule.least_services:
        return SiteBuffer(site_id, math.ceil(ordered * rule.cold_start_ratio - ROUNDING), len(past), True)
    rank = math.ceil(len(past) * rule.quantile - ROUNDING)
    return SiteBuffer(site_id, sorted(past)[rank - 1], len(past), False)


def spread(meals: int, ordered: Mapping[str, int], ordered_meals: int) -> dict[str, int]:
    """
    Portions of each dish for so many more meals, as the orders choose them, each rounded up.

    Parameters
    ----------
    meals
        Meals beyond the orders.
    ordered
        Dish to the portions of it on order.
    ordered_meals
        Meals on order; nothing is spread when there is none.
    """
    if not meals or not ordered_meals:
        return {}
    return {dish: -(-meals * portions // ordered_meals) for dish, portions in ordered.items() if portions}


def rule_from_table(table: Table, default: Table) -> BufferRule:
    """
    The rule of a kitchen's ``[buffer]``; what it leaves out is the packaged one's.

    Raises
    ------
    ValueError
        When a figure cannot be.
    """
    known = {**default, **table}
    return BufferRule(
        number(known, "quantile"),
        whole(known, "look_back_weeks"),
        whole(known, "least_services"),
        number(known, "cold_start_ratio"),
    )
