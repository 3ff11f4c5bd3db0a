"""Set menus of several lines over weeks: what they must keep, what is wished for, and what they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kitchen.equipment import Equipment
from kitchen.foods import Food
from kitchen.menu_grounds import Grounds
from kitchen.nutrition import AS_RAW, Retention, Targets
from kitchen.recipes import Dish
from orders.codes import Coded
from orders.menus import Category

NO_GROUNDS = Grounds()
MOST_LINES, MOST_DAYS, FULL_WEEK = 6, 62, 5
Cooked = tuple[str, str]
"""A dish and the variant it is cooked as: ``("D001", "low_salt")``."""


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of meals: everybody on it eats the same set.

    Parameters
    ----------
    code
        ``"regular"``, ``"soft"``, ``"low-salt"`` ...
    targets
        What a meal should hold.
    meals
        Meals a day.
    variants
        What its dishes may be cooked as, the first that fits is taken.
    softest
        Highest IDDSI level allowed.
    barred_tags, barred_allergens
        Tags no dish may have, and allergens none may contain, may contain or be unknown for.
    most_food_fen
        Most that the food of one meal may cost; None for no limit.
    """

    code: str
    targets: Targets
    meals: int
    variants: tuple[str, ...] = ("regular",)
    softest: int = 7
    barred_tags: frozenset[str] = frozenset()
    barred_allergens: frozenset[str] = frozenset()
    most_food_fen: int | None = None

    def __post_init__(self) -> None:
        if self.meals < 1 or not self.variants:
            raise ValueError(f"Line {self.code} needs meals and variants.")


@dataclass(frozen=True, slots=True)
class MenuRules:
    """
    What every set keeps, on all lines.

    Parameters
    ----------
    parts
        Least and most dishes of each category in a set.
    equipment, cook_minutes
        What cooks, and for how many minutes a day.
    repeat_days
        A dish of a category stands at most once in so many service days; 1 where nothing is said.
    least_hot_minutes
        How long a dish must stay good when kept hot; 0 for a kitchen that serves at once.
    most_of_method, most_of_colour
        How many dishes of one set may share a method, a colour.
    kinds_in_week, kinds_bind
        How many kinds of food a week of a line should hold; whether it must.
    """

    parts: Mapping[Category, tuple[int, int]]
    equipment: tuple[Equipment, ...]
    cook_minutes: int
    repeat_days: Mapping[Category, int] = field(default_factory=dict)
    least_hot_minutes: int = 120
    most_of_method: int = 2
    most_of_colour: int = 2
    kinds_in_week: int = 0
    kinds_bind: bool = False

    def __post_init__(self) -> None:
        if not self.parts or any(not 0 <= least <= most for least, most in self.parts.values()):
            raise ValueError("A set names its categories, each with a least and a most number of dishes.")
        if self.cook_minutes < 1 or min(self.repeat_days.values(), default=1) < 1:
            raise ValueError("cook_minutes and repeat_days must be >= 1.")

    def kinds_in(self, days: int) -> int:
        """How many kinds of food a week of so few service days should hold: in proportion below five."""
        return -(-self.kinds_in_week * min(days, FULL_WEEK) // FULL_WEEK)


@dataclass(frozen=True, slots=True)
class Points:
    """
    What a nutritionist gives for each wish; a point is one fen.

    Parameters
    ----------
    missed_percent_fen
        By nutrient with a weekly target: each percent missed, for each meal.
    missed_kind_fen
        Each kind of food that a line's week lacks, for each meal.
    disliked_fen
        A dish that nobody likes, for each portion; a dish that all like costs nothing.
    dish_fen
        Each dish that the kitchen prepares on a day, however many lines eat it, beyond those of one set.
    minute_fen
        Each minute of equipment.
    """

    missed_percent_fen: Mapping[str, int]
    missed_kind_fen: int = 0
    disliked_fen: int = 0
    dish_fen: int = 0
    minute_fen: int = 0


@dataclass(frozen=True, slots=True)
class DishLook:
    """
    What of a dish counts for variety.

    Parameters
    ----------
    colour
        As it lies on the plate.
    main_food
        The food or the animal it is made of; once in a meal.
    beside
        Other foods of which it holds so much that they are main ingredients too; once in a meal as well.
    kinds
        Kinds of food in it.
    liked_ratio
        How well it is liked, 0 to 1.
    """

    colour: str
    main_food: str
    kinds: frozenset[str]
    liked_ratio: float = 0.5
    beside: frozenset[str] = frozenset()

    @property
    def main_foods(self) -> frozenset[str]:
        """All its main ingredients."""
        return self.beside | {self.main_food}


@dataclass(frozen=True, slots=True)
class DayRule:
    """
    What holds on one date only.

    Parameters
    ----------
    barred_tags
        Tags no dish may have on that day: a vegetarian day of the moon's calendar.
    barred_dishes
        Dishes out of season, or too soon after a day before these menus, by line; ``""`` is every line.
    pins
        Dishes that must stand, by line; ``""`` is every line that can eat it.
    parts
        Other numbers of dishes than on other days; empty for the same.
    """

    barred_tags: frozenset[str] = frozenset()
    barred_dishes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pins: tuple[tuple[str, str], ...] = ()
    parts: Mapping[Category, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayMenu:
    """
    The set of one line on one day.

    Parameters
    ----------
    service_on, line
        Which.
    dishes
        With the variant each is cooked as, in the order of the set's categories.
    """

    service_on: date
    line: str
    dishes: tuple[Cooked, ...]

    @property
    def dish_ids(self) -> tuple[str, ...]:
        """The dishes alone."""
        return tuple(dish_id for dish_id, _ in self.dishes)


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What menus cost, each part over all meals of all days, fen.

    Parameters
    ----------
    food_fen
        Food.
    penalties
        Each wish that is not met, by name: ``"regular/calcium_mg"``, ``"dish"``, ``"minute"`` ...
    """

    food_fen: int
    penalties: Mapping[str, int]

    @property
    def penalty_fen(self) -> int:
        """All penalties."""
        return sum(self.penalties.values())

    @property
    def total_fen(self) -> int:
        """Food and penalties: what the planner makes as small as it can."""
        return self.food_fen + self.penalty_fen

    @property
    def penalty_ratio(self) -> float:
        """The penalties as a part of the whole."""
        return self.penalty_fen / self.total_fen if self.total_fen else 0.0


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """
    Menus of several weeks, or the reasons why there are none.

    Parameters
    ----------
    days
        One menu a day and line; empty when there is none.
    cost
        What they cost; None without menus.
    bound_fen
        What any menus cost at least, as far as the search has proved.
    reasons
        Why there are none: rules that no set of dishes can keep together.
    proved_none
        Whether it is proved that there are none; else none was found in time.
    first_menu_seconds, seconds
        When the first menu was there, and when the search ended.
    moves
        Changes that the local search tried.
    """

    days: tuple[DayMenu, ...]
    cost: Cost | None = None
    bound_fen: int = 0
    reasons: tuple[Coded, ...] = ()
    proved_none: bool = False
    first_menu_seconds: float = 0.0
    seconds: float = 0.0
    moves: int = 0

    @property
    def gap_fen(self) -> int:
        """How much the menus may cost too much at most."""
        return 0 if self.cost is None else max(0, self.cost.total_fen - self.bound_fen)

    @property
    def gap_ratio(self) -> float:
        """The gap as a part of what the menus cost."""
        return self.gap_fen / self.cost.total_fen if self.cost and self.cost.total_fen else 0.0

    @property
    def penalty_gap_ratio(self) -> float:
        """The gap as a part of the penalties alone: food is nearly the same in all menus and flatters."""
        return self.gap_fen / self.cost.penalty_fen if self.cost and self.cost.penalty_fen else 0.0


@dataclass(frozen=True, slots=True)
class MenuTask:
    """
    Everything that menus are planned from and judged by.

    Parameters
    ----------
    days
        Service dates, rising; a calendar week is a week of the targets.
    lines
        At least one.
    made
        Dishes as cooked: the plain dish under ``(dish_id, "regular")`` and each variant it can be made as.
    foods
        By code.
    looks
        By dish id.
    rules, points
        What binds, and what is wished.
    day_rules
        By date, where a date has rules of its own.
    retention
        What cooking leaves of the nutrients.
    grounds
        What `day_rules` follow from, for the judge; without them they are taken at their word.
    """

    days: tuple[date, ...]
    lines: tuple[Line, ...]
    made: Mapping[Cooked, Dish]
    foods: Mapping[str, Food]
    looks: Mapping[str, DishLook]
    rules: MenuRules
    points: Points
    day_rules: Mapping[date, DayRule] = field(default_factory=dict)
    retention: Retention = AS_RAW
    grounds: Grounds = NO_GROUNDS

    def __post_init__(self) -> None:
        if not self.lines or list(self.days) != sorted(set(self.days)):
            raise ValueError("Menus need lines, and days that rise.")
        if len(self.lines) > MOST_LINES or len(self.days) > MOST_DAYS:
            raise ValueError(f"At most {MOST_LINES} lines and {MOST_DAYS} days are planned at once.")
