"""From one portion to a load: what is weighed and bought for it, and how far some of one food goes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient
from kitchen.tables import Table, codes, part, whole
from kitchen.units import food_called
from orders.errors import BadInput

Point = tuple[int, Fraction]
PORTIONS_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class ScaleRule:
    """
    How ingredients of some food groups grow with a load.

    Parameters
    ----------
    code
        Its name: ``"salt"`` ...
    groups
        Food groups it is for.
    methods
        Methods it is for; empty for all.
    points
        Portions in the load and factor on the even amount; on straight lines between them, and outside as
        the first and the last.
    """

    code: str
    groups: frozenset[str]
    methods: frozenset[str]
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        portions = [at for at, _ in self.points]
        if not portions or portions != sorted(set(portions)) or portions[0] < 1:
            raise ValueError(f"rule {self.code}: points need rising portions of 1 or more.")
        if min(factor for _, factor in self.points) <= 0:
            raise ValueError(f"rule {self.code}: factors must be > 0.")
        for (from_n, from_f), (to_n, to_f) in zip(self.points, self.points[1:], strict=False):
            slope = (to_f - from_f) / (to_n - from_n)
            if min(from_f + slope * from_n, to_f + slope * to_n) < 0:
                raise ValueError(f"rule {self.code}: {to_n} portions need less than fewer portions do.")

    def factor(self, portions: Fraction) -> Fraction:
        """The factor for a load of so many portions."""
        if portions <= self.points[0][0]:
            return self.points[0][1]
        for (from_n, from_f), (to_n, to_f) in zip(self.points, self.points[1:], strict=False):
            if portions <= to_n:
                return from_f + (to_f - from_f) * (portions - from_n) / (to_n - from_n)
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class ScaleRules:
    """
    Everything that a kitchen's weighing follows.

    Parameters
    ----------
    rules
        For ingredients that do not grow evenly.
    steps
        Up to so many milligrams, the scale's step in milligrams; by amount.
    beyond_mg
        The step of everything heavier.
    """

    rules: tuple[ScaleRule, ...]
    steps: tuple[tuple[int, int], ...]
    beyond_mg: int

    def rule_for(self, food: Food, method: str) -> ScaleRule | None:
        """The rule of a food in a dish of a method, or None when it grows evenly."""
        return next(
            (
                rule
                for rule in self.rules
                if food.group in rule.groups and (not rule.methods or method in rule.methods)
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """
    One ingredient of a load.

    Parameters
    ----------
    food_code, via
        Which food, and the sub-recipe that it goes into, empty for none.
    net_mg
        What goes into the pan: cleaned and raw, at least 1.
    gross_mg
        What is bought for it.
    rule
        Code of the rule that it grows by, empty when it grows evenly.
    """

    food_code: str
    via: str
    net_mg: int
    gross_mg: int
    rule: str


def scaled(
    dish: Dish, portions: Fraction | int, foods: Mapping[str, Food], rules: ScaleRules
) -> tuple[Weighed, ...]:
    """
    The bill of materials of one load, in the recipe's order; no ingredient is rounded away.

    Parameters
    ----------
    dish
        The dish as it is cooked: for a variant what `kitchen.variants.as_variant` gives.
    portions
        Regular portions in the load, above 0; a large one counts for more than one.
    foods, rules
        What it is made of, and what does not grow evenly.

    Raises
    ------
    ValueError
        When there is nothing to cook.
    """
    if portions <= 0:
        raise ValueError(f"A load needs portions above 0, got {portions}.")
    return tuple(_weighed(one, dish.method, Fraction(portions), foods, rules) for one in dish.ingredients)


def in_loads(
    dish: Dish, portions: Fraction | int, foods: Mapping[str, Food], rules: ScaleRules
) -> tuple[int, tuple[Weighed, ...]]:
    """
    How many loads some portions are, of ``batch_portions`` at most, and what they need together.

    The loads are even, so that one line is the same in each; arguments and refusals are those of `scaled`.
    """
    loads = int(max(1, -(-Fraction(portions) // dish.batch_portions)))
    each = scaled(dish, Fraction(portions) / loads, foods, rules)
    return loads, tuple(
        replace(one, net_mg=one.net_mg * loads, gross_mg=one.gross_mg * loads) for one in each
    )


def portions_from(
    dish: Dish,
    food_code: str,
    have_mg: int,
    foods: Mapping[str, Food],
    rules: ScaleRules,
    *,
    size: Fraction = Fraction(1),
) -> int:
    """
    The most portions of a size, in even loads, for which some of one food, as bought, is enough.

    Parameters
    ----------
    dish
        The dish as it is cooked.
    food_code, have_mg
        The master ingredient, and how much of it there is as bought, milligrams.
    foods, rules
        What it is made of, and what does not grow evenly.
    size
        A portion as a part of a regular one.

    Raises
    ------
    BadInput
        When the dish has none of this food, or there is too little for one portion.
    """
    if all(one.food_code != food_code for one in dish.ingredients):
        names = "、".join(dict.fromkeys(food_called(foods[one.food_code]) for one in dish.ingredients))
        raise BadInput("dish_lacks_food", dish=dish.dish_id, food=food_called(foods[food_code]), foods=names)

    def needs_mg(portions: int) -> int:
        _, needed = in_loads(dish, portions * size, foods, rules)
        return sum(one.gross_mg for one in needed if one.food_code == food_code)

    if needs_mg(1) > have_mg:
        raise BadInput("too_little_for_a_portion", dish=dish.dish_id, food=food_called(foods[food_code]))
    enough, too_many = 1, 2
    while needs_mg(too_many) <= have_mg and too_many < PORTIONS_MAX:
        enough, too_many = too_many, 2 * too_many
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        enough, too_many = (middle, too_many) if needs_mg(middle) <= have_mg else (enough, middle)
    return enough


def weighable_mg(amount_mg: int, rules: ScaleRules) -> int:
    """The amount as a scale shows it: to its step, half up, and never nothing."""
    step_mg = _step_mg(amount_mg, rules)
    return max(1, (amount_mg + step_mg // 2) // step_mg) * step_mg


def buyable_mg(amount_mg: int, rules: ScaleRules) -> int:
    """The amount as it is bought and drawn from the store: up to the scale's next step, never short."""
    step_mg = _step_mg(amount_mg, rules)
    return max(1, -(-amount_mg // step_mg)) * step_mg


def _step_mg(amount_mg: int, rules: ScaleRules) -> int:
    return next((step for up_to, step in rules.steps if amount_mg <= up_to), rules.beyond_mg)


def rules_from_table(table: Table) -> ScaleRules:
    """
    The rules of ``scaling.toml``.

    Raises
    ------
    ValueError
        Naming the rule that cannot be used.
    """
    blocks, weighing = part(table, "rule"), part(table, "weighing")
    rules = tuple(
        ScaleRule(
            code,
            codes(part(blocks, code), "groups"),
            codes(part(blocks, code), "methods"),
            tuple((int(at), Fraction(str(factor))) for at, factor in _pairs(part(blocks, code), "points")),
        )
        for code in blocks
    )
    steps = tuple((int(up_to), int(step)) for up_to, step in _pairs(weighing, "steps"))
    return ScaleRules(rules, steps, whole(weighing, "beyond"))


def _pairs(table: Table, field: str) -> list[tuple[float, float]]:
    pairs = table.get(field)
    if not isinstance(pairs, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
        raise ValueError(f"{field} must be a list of pairs, got {pairs!r}.")
    return cast(list[tuple[float, float]], pairs)


def _weighed(
    one: Ingredient, method: str, portions: Fraction, foods: Mapping[str, Food], rules: ScaleRules
) -> Weighed:
    food = foods[one.food_code]
    rule = rules.rule_for(food, method)
    factor = Fraction(1) if rule is None else rule.factor(portions)
    net_mg = max(1, int(one.edible_mg * portions * factor + Fraction(1, 2)))
    gross_mg = -(-net_mg // Fraction(str(food.edible_ratio)))
    return Weighed(one.food_code, one.via, net_mg, int(gross_mg), "" if rule is None else rule.code)
