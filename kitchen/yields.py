"""Yields that can be: what a dish weighs at most for what went into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kitchen.foods import Food

WATER = "water_g"


@dataclass(frozen=True, slots=True)
class YieldBounds:
    """
    Most grams that a gram of a food weighs cooked.

    Parameters
    ----------
    moist
        Of a food that holds its own water.
    dry
        Of a dry one, by food group; a group that is missing takes up nothing.
    dry_water_g
        Water in 100 g up to which a food counts as dry.
    """

    moist: float
    dry: Mapping[str, float]
    dry_water_g: float

    def of(self, food: Food) -> float:
        """Of this food; one whose water nobody has stated may be dry."""
        if food.nutrients.get(WATER, 0.0) > self.dry_water_g:
            return self.moist
        return self.dry.get(food.group, self.moist)


def bounds_from_table(table: Mapping[str, Any]) -> YieldBounds:
    """The bounds of ``yields.toml``."""
    return YieldBounds(float(table["moist"]), table["dry"], float(table["dry_water_g"]))


def most_yield(parts: Iterable[tuple[Food | None, int]], bounds: YieldBounds) -> float:
    """
    Most that parts weigh cooked, over what they weigh raw.

    Parameters
    ----------
    parts
        Foods with their edible milligrams, at least one of them above 0; None is something made already.
    bounds
        What a food takes up.
    """
    weighed = [(bounds.of(food) if food else bounds.moist, mg) for food, mg in parts]
    return sum(most * mg for most, mg in weighed) / sum(mg for _, mg in weighed)
