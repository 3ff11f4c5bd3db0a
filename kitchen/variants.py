"""Variants: a dish made otherwise, for whom, and in which sizes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal, cast, get_args

from kitchen.demand import REGULAR_SIZE, Size
from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, Making, Swap, allergens, diet_tags, menu_item
from kitchen.tables import Table, codes, number, part, text, whole
from orders.diners import Diner
from orders.errors import BadInput
from orders.menus import REGULAR, Made, MenuItem
from orders.suitability import unsuitable

Kind = Literal["texture", "diet"]
Applies = Literal["always", "listed", "asserted"]
JOIN = "+"
SODIUM = "sodium_mg"
DISHES_OF_A_DAY = 256


class VariantNotMade(BadInput):
    """The dish is not made so; the code says whether nobody listed it or what is in it forbids it."""


@dataclass(frozen=True, slots=True)
class VariantRule:
    """
    What making a dish as one variant does to its recipe.

    Parameters
    ----------
    code, kind
        Which; textures are chosen by what a diner can swallow, diets by what they may eat.
    applies
        To every dish, to those that list it, or to those that list it with a person's name.
    diet
        Whose diet it is for; empty for textures.
    eager
        Whether such a diner always gets it, not only where the plain dish does not suit.
    iddsi_level
        Texture that it has; None for the dish's own.
    extra_minutes, yield_factor
        On top of the dish's minutes, and times its yield.
    adds
        Foods that come in, milligrams a portion.
    leaves_out_groups
        Food groups that are left out.
    salty_groups, salty_from_mg, salty_ratio
        Part of a seasoning of these groups that goes in, from this much sodium in 100 g.
    drops_tags
        Tags of the dish that the variant no longer has; those of its foods stay.
    barred_tags
        With one of these in it, the variant cannot be made.
    """

    code: str
    kind: Kind
    applies: Applies
    diet: str = ""
    eager: bool = False
    iddsi_level: int | None = None
    extra_minutes: int = 0
    yield_factor: float = 1.0
    adds: tuple[Ingredient, ...] = ()
    leaves_out_groups: frozenset[str] = frozenset()
    salty_groups: frozenset[str] = frozenset()
    salty_from_mg: float = 0.0
    salty_ratio: float = 1.0
    drops_tags: frozenset[str] = frozenset()
    barred_tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.code == REGULAR or JOIN in self.code:
            raise ValueError(f"A variant cannot be called {self.code!r}.")
        if not 0 < self.salty_ratio <= 1 or self.yield_factor <= 0:
            raise ValueError(f"{self.code}: salty_ratio must lie in (0, 1] and yield_factor above 0.")


@dataclass(frozen=True, slots=True)
class VariantRules:
    """
    Every variant that a kitchen knows, and the sizes of its portions.

    Parameters
    ----------
    by_code
        The rules, in the operator's order.
    combinations
        Pairs that are made at once, diet first.
    sizes
        Part of a regular portion by size.
    """

    by_code: Mapping[str, VariantRule]
    combinations: tuple[tuple[str, str], ...]
    sizes: Mapping[str, float]

    def __post_init__(self) -> None:
        if stray := {code for pair in self.combinations for code in pair} - self.by_code.keys():
            raise ValueError(f"combinations name {sorted(stray)}, which are no variants.")
        if self.sizes.get(REGULAR) != 1 or min(self.sizes.values()) <= 0:
            raise ValueError("sizes need regular = 1 and ratios above 0.")

    def size(self, code: str | None) -> Size:
        """The size of this code; a regular one where it is None or no longer known."""
        return Size(code, Fraction(str(self.sizes[code]))) if code in self.sizes and code else REGULAR_SIZE


def makeable(dish: Dish, rules: VariantRules) -> frozenset[str]:
    """What else a dish can be made as, by what it lists; what is in its foods may still forbid it."""
    single = {code for code, rule in rules.by_code.items() if _applies(dish, rule)}
    return frozenset(single) | {JOIN.join(pair) for pair in rules.combinations if single.issuperset(pair)}


def as_variant(dish: Dish, variant: str, foods: Mapping[str, Food], rules: VariantRules) -> Dish:
    """
    The dish with the bill of materials, texture and minutes of a variant; ``"regular"`` is the dish itself.

    Raises
    ------
    VariantNotMade
        When the dish is not made so, or what is in it forbids it.
    KeyError
        When an ingredient is not among the foods.
    """
    if variant == REGULAR:
        return dish
    if variant not in makeable(dish, rules):
        raise VariantNotMade("dish_variant_unknown", dish=dish.dish_id, variant=variant)
    made, chosen = dish, [rules.by_code[code] for code in variant.split(JOIN)]
    for rule in chosen:
        made = _made(made, rule, _making(dish, rule.code), foods)
    barred = sorted(diet_tags(made, foods) & frozenset().union(*(rule.barred_tags for rule in chosen)))
    if barred:
        raise VariantNotMade("dish_variant_barred", dish=dish.dish_id, variant=variant, tag=barred[0])
    return replace(made, makings=())


def item_with_variants(dish: Dish, foods: Mapping[str, Food], rules: VariantRules) -> MenuItem:
    """The dish as it stands on a menu, with each variant that can be made and that changes anything."""
    plain = replace(dish, makings=())
    made: list[tuple[str, Dish]] = []
    for variant in sorted(makeable(dish, rules), key=lambda code: (code.count(JOIN), code)):
        try:
            changed = as_variant(dish, variant, foods, rules)
        except VariantNotMade:
            continue
        if all(changed != one for one in (plain, *(other for _, other in made))):
            made.append((variant, changed))
    facts = tuple(
        Made(variant, changed.iddsi_level, *allergens(changed, foods), diet_tags(changed, foods))
        for variant, changed in made
    )
    return replace(menu_item(dish, foods), variants=frozenset(one.variant for one in facts), made=facts)


def variant_for(diner: Diner, item: MenuItem, rules: VariantRules) -> str:
    """
    How the diner's portion of an item is cooked.

    Of what suits the diner, the one that keeps most of what their diets always ask for, then what was made
    for their diets, then the least changed, then the most solid; ``"regular"`` when nothing suits.
    """
    eager = {code for code, rule in rules.by_code.items() if rule.eager and rule.diet in diner.diets}
    own = {code for code, rule in rules.by_code.items() if rule.diet in diner.diets}
    forms = _forms(item)

    def rank(variant: str) -> tuple[int, int, int, int, str]:
        parts = set() if variant == REGULAR else set(variant.split(JOIN))
        foreign = {code for code in parts if rules.by_code[code].kind == "diet"} - own
        return -len(parts & eager), len(foreign), len(parts), -forms[variant].iddsi_level, variant

    suiting = [
        variant
        for variant, made in forms.items()
        if (variant == REGULAR or all(code in rules.by_code for code in variant.split(JOIN)))
        and not unsuitable(diner, made)
    ]
    return min(suiting, key=rank, default=REGULAR)


@lru_cache(maxsize=DISHES_OF_A_DAY)
def _forms(item: MenuItem) -> Mapping[str, MenuItem]:
    """The item as it is and as each of its variants, which is asked for every diner of a day."""
    return {variant: item.made_as(variant) for variant in (REGULAR, *item.variants)}


def rules_from_table(table: Table) -> VariantRules:
    """
    The rules of ``variants.toml``.

    Raises
    ------
    ValueError
        Naming the variant and the field that cannot be used.
    """
    variants = part(table, "variant")
    sizes = part(table, "size")
    pairs = cast(Iterable[Iterable[str]], table.get("combinations") or ())
    return VariantRules(
        by_code={code: _rule(code, part(variants, code)) for code in variants},
        combinations=tuple((first, second) for first, second in pairs),
        sizes={code: number(part(sizes, code), "ratio") for code in sizes},
    )


def _rule(code: str, table: Table) -> VariantRule:
    kind, applies = text(table, "kind"), text(table, "applies")
    if kind not in get_args(Kind) or applies not in get_args(Applies):
        raise ValueError(f"variant {code}: kind {kind!r} or applies {applies!r} is unknown.")
    adds = part(table, "adds") if "adds" in table else {}
    try:
        return VariantRule(
            code=code,
            kind=cast(Kind, kind),
            applies=cast(Applies, applies),
            diet=text(table, "diet", ""),
            eager=bool(table.get("eager", False)),
            iddsi_level=whole(table, "iddsi_level") if "iddsi_level" in table else None,
            extra_minutes=whole(table, "extra_minutes", 0),
            yield_factor=number(table, "yield_factor", 1.0),
            adds=tuple(Ingredient(food, whole(adds, food)) for food in adds),
            leaves_out_groups=codes(table, "leaves_out_groups"),
            salty_groups=codes(table, "salty_groups"),
            salty_from_mg=number(table, "salty_from_mg", 0.0),
            salty_ratio=number(table, "salty_ratio", 1.0),
            drops_tags=codes(table, "drops_tags"),
            barred_tags=codes(table, "barred_tags"),
        )
    except ValueError as error:
        raise ValueError(f"variant {code}: {error}") from error


def _applies(dish: Dish, rule: VariantRule) -> bool:
    making = next((one for one in dish.makings if one.variant == rule.code), None)
    if rule.iddsi_level is not None and dish.iddsi_level <= rule.iddsi_level:
        return False
    if rule.applies == "always":
        return True
    return making is not None and (rule.applies == "listed" or bool(making.asserted_by))


def _making(dish: Dish, variant: str) -> Making:
    return next((one for one in dish.makings if one.variant == variant), Making(variant))


def _made(dish: Dish, rule: VariantRule, making: Making, foods: Mapping[str, Food]) -> Dish:
    swaps = {swap.food_code: swap for swap in making.swaps}
    bill = [
        changed
        for one in dish.ingredients
        if foods[one.food_code].group not in rule.leaves_out_groups
        and (changed := _swapped(_seasoned(one, rule, foods), swaps.get(one.food_code))) is not None
    ]
    minutes = rule.extra_minutes if making.extra_minutes is None else making.extra_minutes
    factor = rule.yield_factor if making.yield_factor is None else making.yield_factor
    return replace(
        dish,
        ingredients=(*bill, *rule.adds),
        batch_minutes=dish.batch_minutes + minutes,
        yield_ratio=dish.yield_ratio * factor,
        iddsi_level=dish.iddsi_level if rule.iddsi_level is None else rule.iddsi_level,
        tags=dish.tags - rule.drops_tags,
    )


def _seasoned(one: Ingredient, rule: VariantRule, foods: Mapping[str, Food]) -> Ingredient:
    food = foods[one.food_code]
    if food.group not in rule.salty_groups or food.nutrients.get(SODIUM, 0.0) < rule.salty_from_mg:
        return one
    return replace(one, edible_mg=max(1, round(one.edible_mg * rule.salty_ratio)))


def _swapped(one: Ingredient, swap: Swap | None) -> Ingredient | None:
    if swap is None:
        return one
    if not swap.by:
        return None
    return replace(one, food_code=swap.by, edible_mg=max(1, round(one.edible_mg * swap.ratio)))
