"""Nutrients of dishes and meals, and the targets a set lunch is held to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kitchen.foods import Food
from kitchen.recipes import Dish
from kitchen.tables import FieldWrong, Table, known_only, number, part, text, whole

Strength = Literal["hard", "weekly", "report"]
STRENGTHS: tuple[Strength, ...] = ("hard", "weekly", "report")
FIGURES = ("min", "target", "max")
BOUND_KEYS = frozenset({*FIGURES, *(f"day_{key}" for key in FIGURES), "strength"})
TARGET_KEYS = frozenset(
    {"revision", "name", "meal", "base", "share_of_day_ratio", "basis", "evidence", "nutrient"}
)
FIGURE_DIGITS = 3  # of a day's figure times the share
KCAL_PER_G = {"fat_ratio": ("fat_g", 9), "carbohydrate_ratio": ("carbohydrate_g", 4)}


@dataclass(frozen=True, slots=True)
class Bound:
    """
    What a meal should hold of one nutrient.

    Parameters
    ----------
    least, most
        Bounds; None is open. A name that ends in ``_ratio`` is a part of the meal's energy.
    target
        What is aimed at; None when only the bounds count.
    strength
        ``"hard"`` binds every meal, ``"weekly"`` the mean of a week at a price, ``"report"`` is shown.
    of_day
        For each figure (``"min"``, ``"target"``, ``"max"``) that was stated for the day: the part of the day
        that the meal gives, and the day's figure.
    """

    least: float | None
    most: float | None
    target: float | None
    strength: Strength
    of_day: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Targets:
    """
    The targets of one meal.

    Parameters
    ----------
    code, revision
        Which, and the number of this version of its figures.
    bounds
        By nutrient, as foods name it, or by part of the energy (``"fat_ratio"``).
    evidence
        Where the figures come from.
    """

    code: str
    revision: int
    bounds: Mapping[str, Bound]
    evidence: str


@dataclass(frozen=True, slots=True)
class Retention:
    """
    What part of each nutrient survives cooking.

    Parameters
    ----------
    heat_of_method, kind_of_group
        Kind of heat of a dish's method, and kind of food of a food's group.
    factors
        By kind of food and kind of heat: nutrient to the part that is kept; 1 where nothing is said.
    """

    heat_of_method: Mapping[str, str]
    kind_of_group: Mapping[str, str]
    factors: Mapping[tuple[str, str], Mapping[str, float]]

    def __post_init__(self) -> None:
        for where, factors in self.factors.items():
            for nutrient, factor in factors.items():
                if not 0 < factor <= 1:
                    raise ValueError(f"factor {where} {nutrient} must lie in (0, 1], got {factor}.")

    def kept(self, food: Food, methods: Iterable[str]) -> Mapping[str, float]:
        """By nutrient, the part that is left of a food cooked by some methods, one after the other."""
        kind, left = self.kind_of_group.get(food.group), dict[str, float]()
        for method in methods:
            heat = self.heat_of_method.get(method, "")
            for nutrient, factor in self.factors.get((kind or "", heat), NOTHING_LOST).items():
                left[nutrient] = left.get(nutrient, 1.0) * factor
        return left


NOTHING_LOST: Mapping[str, float] = {}
AS_RAW = Retention({}, {}, {})


def nutrients_of(dish: Dish, foods: Mapping[str, Food], retention: Retention = AS_RAW) -> dict[str, float]:
    """
    Nutrients of one portion by name; one that is unknown for any ingredient is left out.

    Parameters
    ----------
    dish, foods
        The bill of materials and what its foods hold raw.
    retention
        What cooking leaves of it; `AS_RAW` gives the raw sums.

    Raises
    ------
    KeyError
        When an ingredient is not among the foods.
    """
    lacking = unknown_nutrients(dish, foods)
    least = known_part(dish, foods, retention)
    return {name: amount for name, amount in least.items() if name not in lacking}


def known_part(dish: Dish, foods: Mapping[str, Food], retention: Retention = AS_RAW) -> dict[str, float]:
    """Of each nutrient, what the foods that it is known of give one portion: at least that."""
    sums: dict[str, float] = defaultdict(float)
    for one in dish.ingredients:
        food = foods[one.food_code]
        kept, mg = retention.kept(food, (*one.cooked_by, dish.method)), one.edible_mg * one.kept_ratio
        for name, amount in food.nutrients.items():
            sums[name] += amount * mg * kept.get(name, 1.0)
    return {name: sums[name] / 100_000 for name in sorted(sums)}


def unknown_nutrients(dish: Dish, foods: Mapping[str, Food]) -> dict[str, list[str]]:
    """By nutrient that some food of the dish has and another has not: the codes of those that have not."""
    used = {one.food_code: foods[one.food_code].nutrients for one in dish.ingredients}
    named = sorted(set().union(*used.values()))
    lacking = {name: sorted(code for code in used if name not in used[code]) for name in named}
    return {name: codes for name, codes in lacking.items() if codes}


def retention_from_table(table: Table) -> Retention:
    """
    The factors of ``retention.toml``.

    Raises
    ------
    ValueError
        Naming the block and the figure that cannot be used.
    """
    methods, groups, blocks = part(table, "method"), part(table, "group"), part(table, "factor")
    heats = {method: text(methods, method) for method in methods}
    kinds = {group: text(groups, group) for group in groups}
    factors = {}
    for kind in blocks:
        block = part(blocks, kind)
        for heat in block:
            figures = part(block, heat)
            if kind not in kinds.values() or heat not in heats.values():
                raise ValueError(
                    f"factor.{kind}.{heat}: no group is of this kind, or no method of this heat."
                )
            factors[kind, heat] = {nutrient: number(figures, nutrient) for nutrient in figures}
    return Retention(heats, kinds, factors)


def meal_nutrients(dishes: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """
    Nutrients of a meal, with fat and carbohydrate also as parts of its energy (9 and 4 kcal a gram).

    Parameters
    ----------
    dishes
        What `nutrients_of` gives for each dish, at least one.
    """
    used = list(dishes)
    known = set.intersection(*(set(nutrients) for nutrients in used))
    meal = {name: sum(nutrients[name] for nutrients in used) for name in sorted(known)}
    energy_kcal = meal.get("energy_kcal", 0.0)
    for ratio, (nutrient, kcal) in KCAL_PER_G.items():
        if energy_kcal > 0 and nutrient in meal:
            meal[ratio] = meal[nutrient] * kcal / energy_kcal
    return meal


def targets_from_table(code: str, tables: Table, nutrients: Collection[str] | None = None) -> Targets:
    """
    One block of the ``target`` table of ``nutrition-targets.toml``, on top of its ``base`` if it names one.

    Parameters
    ----------
    code
        Name of the block.
    tables
        All blocks, by name.
    nutrients
        Names of nutrients that foods state; None to allow any.

    A figure is the meal's own (``min``), or the day's (``day_min``) times the block's ``share_of_day_ratio``.

    Raises
    ------
    FieldWrong
        Naming the block and the field that cannot be used: an unknown nutrient, bounds the wrong way round, a
        base that comes back to itself.
    """
    return _targets(code, tables, nutrients, ())


def _targets(code: str, tables: Table, nutrients: Collection[str] | None, above: tuple[str, ...]) -> Targets:
    """The block ``code``, which the blocks ``above`` stand on."""
    bounds: dict[str, Bound] = {}
    try:
        if code in above:
            circle = " -> ".join((*above, code))
            raise FieldWrong("base", "target_circle", f"base goes in a circle: {circle}.")
        table = part(tables, code)
        known_only(table, TARGET_KEYS)
        if base := text(table, "base", ""):
            bounds.update(_targets(base, tables, nutrients, (*above, code)).bounds)
        own, share = part(table, "nutrient"), _share(table)
        bounds.update({nutrient: _bound_of(nutrient, own, share, nutrients) for nutrient in own})
        return Targets(code, whole(table, "revision"), bounds, text(table, "evidence"))
    except FieldWrong as error:
        raise FieldWrong(f"{code}.{error.field}", error.rule, f"target {code}: {error}") from error


def _share(table: Table) -> float | None:
    """Part of a day's figures that this meal gives; None for a block that states none."""
    if "share_of_day_ratio" not in table:
        return None
    share = number(table, "share_of_day_ratio")
    if not 0 < share <= 1:
        raise FieldWrong("share_of_day_ratio", "field_part_of_one", f"share must lie in (0, 1], got {share}.")
    return share


def _bound_of(nutrient: str, table: Table, share: float | None, nutrients: Collection[str] | None) -> Bound:
    field = f"nutrient.{nutrient}"
    if nutrient.endswith("_ratio") and nutrient not in KCAL_PER_G:
        known = sorted(KCAL_PER_G)
        raise FieldWrong(field, "target_no_part", f"{field} is no part of the energy; known are {known}.")
    if nutrients is not None and nutrient not in KCAL_PER_G and nutrient not in nutrients:
        raise FieldWrong(field, "target_no_food", f"{field} is a nutrient that no food states.")
    try:
        return _bound(part(table, nutrient), share)
    except FieldWrong as error:
        raise FieldWrong(f"{field}.{error.field}", error.rule, f"{field}: {error}") from error


def _bound(table: Table, share: float | None) -> Bound:
    known_only(table, BOUND_KEYS)
    least, target, most = (_figure(table, key, share) for key in FIGURES)
    strength = next((known for known in STRENGTHS if known == table.get("strength")), None)
    if strength is None:
        got = table.get("strength")
        raise FieldWrong("strength", "target_strength", f"strength must be one of {STRENGTHS}, got {got!r}.")
    stated = {key: one for key, one in zip(FIGURES, (least, target, most), strict=True) if one is not None}
    figures = list(stated.values())
    if figures != sorted(figures):
        wrong = _field_of(table, next(iter(stated)))
        raise FieldWrong(wrong, "target_order", f"min <= target <= max is needed, got {figures}.")
    of_day = {key: (share or 0.0, number(table, f"day_{key}")) for key in stated if f"day_{key}" in table}
    return Bound(least, most, target, strength, of_day)


def _field_of(table: Table, key: str) -> str:
    """A figure's field as the table has it: the meal's or the day's."""
    return key if key in table else f"day_{key}"


def _figure(table: Table, key: str, share: float | None) -> float | None:
    """A figure of the meal as it stands, or the day's times the meal's share of the day."""
    of_day = f"day_{key}"
    if key in table and of_day in table:
        raise FieldWrong(of_day, "target_twice", f"{key} and {of_day} cannot both be given.")
    if key not in table and of_day not in table:
        return None
    if of_day in table and share is None:
        raise FieldWrong(of_day, "target_no_share", f"{of_day} needs share_of_day_ratio.")
    amount = number(table, stated := _field_of(table, key))
    if amount < 0:
        raise FieldWrong(stated, "target_negative", "min, target and max must be >= 0.")
    return amount if key in table else round(amount * (share or 0.0), FIGURE_DIGITS)
