"""Buffer: how many meals are cooked for people who come without an order, by a stated rule."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitchen.past import ROUNDING, PastRule


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


def site_buffer(site_id: str, past: Sequence[int], ordered: int, rule: PastRule) -> SiteBuffer:
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
    enough = rule.enough(past)
    cold = math.ceil(ordered * rule.cold_start_ratio - ROUNDING)
    return SiteBuffer(site_id, cold if enough is None else enough, len(past), enough is None)


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
