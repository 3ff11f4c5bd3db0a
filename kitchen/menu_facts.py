"""A week of set menus: what it must keep, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kitchen.equipment import Equipment
from orders.codes import Coded
from orders.menus import Category


@dataclass(frozen=True, slots=True)
class MenuRules:
    """
    What every set menu of a week keeps, beside the nutrition targets.

    Parameters
    ----------
    parts
        How many dishes of each category make a set.
    portions
        Meals a day, each one set.
    equipment, cook_minutes
        What cooks, and for how many minutes a day.
    most_in_week
        On how many days a dish of a category may stand; 1 where nothing is said.
    least_hot_minutes
        How long a dish must stay good when kept hot.
    softest
        Highest IDDSI level allowed.
    barred_tags
        Tags no dish may have, for example ``"pork"``.
    miss_fen
        Price of one percent of a weekly target missed, fen a meal.
    """

    parts: Mapping[Category, int]
    portions: int
    equipment: tuple[Equipment, ...]
    cook_minutes: int
    most_in_week: Mapping[Category, int] = field(default_factory=dict)
    least_hot_minutes: int = 120
    softest: int = 7
    barred_tags: frozenset[str] = frozenset()
    miss_fen: int = 1

    def __post_init__(self) -> None:
        if not self.parts or min(self.parts.values()) < 1:
            raise ValueError("A set has at least one dish of each category it names.")
        if self.portions < 1 or self.cook_minutes < 1 or self.miss_fen < 0:
            raise ValueError("portions and cook_minutes must be >= 1, miss_fen >= 0.")


@dataclass(frozen=True, slots=True)
class DayMenu:
    """
    The set menu of one day.

    Parameters
    ----------
    service_on
        Which day.
    dish_ids
        In the order of the set's categories.
    """

    service_on: date
    dish_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Penalty:
    """
    What a missed weekly target costs.

    Parameters
    ----------
    nutrient
        Which.
    missed_percent
        How much of the target the mean of the week lacks.
    fen
        Over all meals of the week.
    """

    nutrient: str
    missed_percent: float
    fen: int


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """
    A week of set menus, or the reasons why there is none.

    Parameters
    ----------
    days
        One menu a day; empty when there is none.
    food_fen
        Food of all meals.
    penalties
        Each weekly target that is missed.
    bound_fen
        What food and penalties cost at least, as far as the search has proved.
    reasons
        Why there is no menu: rules that no set of dishes can keep together.
    """

    days: tuple[DayMenu, ...]
    food_fen: int = 0
    penalties: tuple[Penalty, ...] = ()
    bound_fen: int = 0
    reasons: tuple[Coded, ...] = ()

    @property
    def objective_fen(self) -> int:
        """Food and penalties of all meals."""
        return self.food_fen + sum(penalty.fen for penalty in self.penalties)
