"""Forecast: how much chilled food is cooked before the cut-off, by a stated rule from the past."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kitchen.past import ROUNDING, PastRule
from orders.codes import Coded

Basis = Literal["history", "orders", "cold"]
Asked = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """
    What is expected of one dish variant at one site.

    Parameters
    ----------
    site_id, dish_id, variant
        Where, of what.
    portions
        Expected, in regular portions.
    ordered
        Ordered so far, in regular portions; never more than ``portions``.
    past
        Regular portions at each past service that offered the dish, rounded up, the oldest first.
    basis
        What decided: the past, the orders, or the orders without enough of a past.
    """

    site_id: str
    dish_id: str
    variant: str
    portions: int
    ordered: Fraction
    past: tuple[int, ...]
    basis: Basis

    @property
    def reason(self) -> Coded:
        """Why so much."""
        params = {"portions": self.portions, "ordered": math.ceil(self.ordered), "services": len(self.past)}
        return Coded(f"forecast_by_{self.basis}", params)


def forecast(
    dishes: Sequence[str],
    past: Mapping[str, Sequence[Asked]],
    ordered: Mapping[str, Asked],
    rule: PastRule,
) -> tuple[ForecastLine, ...]:
    """
    What is expected of each dish, by site and variant; never less than what is ordered.

    Parameters
    ----------
    dishes
        Chilled dishes of the menu.
    past
        By dish, for each past service of the same weekday and meal that offered it, the oldest first: regular
        portions by site and variant.
    ordered
        By dish, the same of the orders known so far.
    rule
        How it is found.

    References
    ----------
    docs/kitchen.md, "The day before".
    """
    lines = []
    for dish_id in sorted(dishes):
        services, known = past.get(dish_id, ()), ordered.get(dish_id, {})
        for key in sorted({*known, *(key for one in services for key in one)}):
            counts = tuple(math.ceil(one.get(key, 0)) for one in services)
            lines.append(_line(dish_id, key, counts, known.get(key, Fraction()), rule))
    return tuple(line for line in lines if line.portions)


def _line(
    dish_id: str, key: tuple[str, str], counts: tuple[int, ...], ordered: Fraction, rule: PastRule
) -> ForecastLine:
    site_id, variant = key
    least = math.ceil(ordered)
    expected = rule.enough(counts)
    if expected is None:
        portions = math.ceil(float(ordered) * (1 + rule.cold_start_ratio) - ROUNDING)
        return ForecastLine(site_id, dish_id, variant, max(least, portions), ordered, counts, "cold")
    basis: Basis = "history" if expected > least else "orders"
    return ForecastLine(site_id, dish_id, variant, max(expected, least), ordered, counts, basis)
