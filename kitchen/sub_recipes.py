"""Sub-recipes: stocks and sauces that dishes share, taken apart into foods."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kitchen.recipes import Ingredient, Use

Above = tuple[str, float, float, tuple[str, ...]]
"""The sub-recipe that the dish names, what it brings and keeps, and the methods still to come."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One food, or one other sub-recipe, of a sub-recipe.

    Parameters
    ----------
    food_code, sub_recipe
        One of them is named, the other empty.
    mg
        Its weight in the sub-recipe as written, milligrams: raw and edible, or finished sauce.
    kept_ratio
        Part of its nutrients that stays: below 1 for bones that are strained off.
    """

    food_code: str
    sub_recipe: str
    mg: int
    kept_ratio: float = 1.0

    def __post_init__(self) -> None:
        if bool(self.food_code) == bool(self.sub_recipe):
            raise ValueError("a part names a food or a sub-recipe, and not both.")
        if self.mg <= 0 or not 0 <= self.kept_ratio <= 1:
            raise ValueError(f"mg must be > 0 and kept_ratio in [0, 1], got {self.mg}, {self.kept_ratio}.")


@dataclass(frozen=True, slots=True)
class SubRecipe:
    """
    A stock or a sauce that is made for dishes.

    Parameters
    ----------
    code, name_zh, name_en
        What it is called.
    method, minutes
        How it is made, and how long.
    parts
        What it is made of; their weights count as proportions.
    yield_ratio
        Finished weight over the weight of all parts.
    evidence
        Where the figures come from.
    """

    code: str
    name_zh: str
    name_en: str
    method: str
    minutes: int
    parts: tuple[Part, ...]
    yield_ratio: float
    evidence: str = "draft"

    def __post_init__(self) -> None:
        if not self.parts or self.yield_ratio <= 0 or self.minutes < 0:
            raise ValueError(f"{self.code} needs parts, a yield above 0 and minutes of 0 or more.")


def circle_in(sub_recipes: Mapping[str, SubRecipe]) -> tuple[str, ...]:
    """The codes along a circle of sub-recipes, the first again at the end; empty when there is none."""
    cleared: set[str] = set()
    for code in sub_recipes:
        if circle := _circle_from(code, (), sub_recipes, cleared):
            return circle
    return ()


def users_of(codes: Iterable[str], sub_recipes: Mapping[str, SubRecipe]) -> frozenset[str]:
    """These sub-recipes and every one made with them."""
    found, grown = frozenset(codes), True
    while grown:
        more = {
            one.code for one in sub_recipes.values() if any(part.sub_recipe in found for part in one.parts)
        }
        grown, found = not more <= found, found | more
    return found


def foods_of(uses: Iterable[Use], sub_recipes: Mapping[str, SubRecipe]) -> tuple[Ingredient, ...]:
    """
    The foods in what one portion takes of sub-recipes, each marked with the one that the dish names.

    Raises
    ------
    KeyError
        When a sub-recipe is unknown.
    ValueError
        When sub-recipes form a circle.
    """
    if circle := circle_in(sub_recipes):
        raise ValueError(f"sub-recipes form a circle: {' > '.join(circle)}.")
    return tuple(
        ingredient
        for use in uses
        for ingredient in _taken_apart(
            use.sub_recipe, use.made_mg, (use.sub_recipe, 1.0, 1.0, ()), sub_recipes
        )
    )


def minutes_before(uses: Iterable[Use], sub_recipes: Mapping[str, SubRecipe]) -> int:
    """
    Minutes that the longest chain of a dish's stocks and sauces takes before the dish itself can begin.

    A gravy of 10 minutes on a stock of 120 is 130; what does not wait for each other is made side by side.
    """
    return max((_chain_minutes(use.sub_recipe, sub_recipes) for use in uses), default=0)


def _chain_minutes(code: str, sub_recipes: Mapping[str, SubRecipe]) -> int:
    one = sub_recipes[code]
    inner = (_chain_minutes(part.sub_recipe, sub_recipes) for part in one.parts if part.sub_recipe)
    return one.minutes + max(inner, default=0)


def _taken_apart(
    code: str, made_mg: float, above: Above, sub_recipes: Mapping[str, SubRecipe]
) -> Iterator[Ingredient]:
    """The foods of some finished sub-recipe, cooked by it first and then by what stands above it."""
    one, (via, brings, kept, methods) = sub_recipes[code], above
    brings, methods = brings * one.yield_ratio, (one.method, *methods)
    whole_mg = sum(part.mg for part in one.parts) * one.yield_ratio
    for part in one.parts:
        part_mg = made_mg * part.mg / whole_mg
        if part.sub_recipe:
            inner = via, brings, kept * part.kept_ratio, methods
            yield from _taken_apart(part.sub_recipe, part_mg, inner, sub_recipes)
        else:
            own_kept = kept * part.kept_ratio
            yield Ingredient(part.food_code, max(1, round(part_mg)), via, brings, own_kept, methods)


def _circle_from(
    code: str, path: tuple[str, ...], sub_recipes: Mapping[str, SubRecipe], cleared: set[str]
) -> tuple[str, ...]:
    if code in path:
        return (*path[path.index(code) :], code)
    if code in cleared or code not in sub_recipes:
        return ()
    for part in sub_recipes[code].parts:
        if part.sub_recipe and (circle := _circle_from(part.sub_recipe, (*path, code), sub_recipes, cleared)):
            return circle
    cleared.add(code)
    return ()
