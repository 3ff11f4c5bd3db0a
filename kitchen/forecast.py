"""Forecast: how much chilled food is cooked before the cut-off, by a stated rule from the past."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kitchen.tables import Table, number, whole
from orders.codes import Coded

ROUNDING = 1e-9
Basis = Literal["history", "orders", "cold"]
Asked = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True, slots=True)
class ForecastRule:
    """
    How the demand for a chilled dish is forecast.

    Parameters
    ----------
    quantile
        The part of past services on which the forecast would have been enough.
    look_back_weeks
        How far the past reaches.
    least_services
        With fewer past services that offered the dish, the forecast starts cold.
    cold_start_ratio
        Then this part of what is ordered so far is cooked on top.
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
    rule: ForecastRule,
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
    dish_id: str, key: tuple[str, str], counts: tuple[int, ...], ordered: Fraction, rule: ForecastRule
) -> ForecastLine:
    site_id, variant = key
    least = math.ceil(ordered)
    if len(counts) < rule.least_services:
        portions = math.ceil(float(ordered) * (1 + rule.cold_start_ratio) - ROUNDING)
        return ForecastLine(site_id, dish_id, variant, max(least, portions), ordered, counts, "cold")
    expected = sorted(counts)[math.ceil(len(counts) * rule.quantile - ROUNDING) - 1]
    basis: Basis = "history" if expected > least else "orders"
    return ForecastLine(site_id, dish_id, variant, max(expected, least), ordered, counts, basis)


def forecast_rule(table: Table, default: Table) -> ForecastRule:
    """
    The rule of a kitchen's ``[forecast]``; what it leaves out is the packaged one's.

    Raises
    ------
    ValueError
        When a figure cannot be.
    """
    known = {**default, **table}
    return ForecastRule(
        number(known, "quantile"),
        whole(known, "look_back_weeks"),
        whole(known, "least_services"),
        number(known, "cold_start_ratio"),
    )
