"""What a portion of a dish gives, and what a load of it needs: reckoned from its recipe, never typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from api.catalogue import packaged_catalogue
from api.day.diets import load_retention, load_rules, load_scaling
from api.day.menus_gather import load_book, packaged_book
from api.imports.names import folded
from api.names import allergen_names
from kitchen.foods import Food
from kitchen.menu_rules import LookRules, look_of
from kitchen.nutrition import known_part, nutrients_of, unknown_nutrients
from kitchen.recipes import Dish, Use, allergens, diet_tags, food_cost_fen, portion_g
from kitchen.scaling import Weighed, buyable_mg, in_loads, portions_from, weighable_mg
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.sub_recipes import load_sub_recipes
from kitchen.sub_recipes import SubRecipe, minutes_before
from kitchen.units import mg_of, ml_of
from kitchen.variants import as_variant, item_with_variants
from orders.errors import BadInput, NotFound
from orders.menus import REGULAR


@dataclass(frozen=True, slots=True)
class Recipes:
    """
    A house's recipes, or the package's where the house has none.

    Parameters
    ----------
    foods, sub_recipes, dishes
        By code and id.
    look
        What a dish's main food follows from, as for its menus.
    packaged
        Whether they are the package's.
    """

    foods: Mapping[str, Food]
    sub_recipes: Mapping[str, SubRecipe]
    dishes: Mapping[str, Dish]
    look: LookRules
    packaged: bool

    def dish(self, wanted: str) -> Dish:
        """
        The dish of an id or a name.

        Raises
        ------
        NotFound
            When there is none.
        """
        for dish in self.dishes.values():
            if folded(wanted) in {folded(name) for name in (dish.dish_id, dish.name_zh, dish.name_en)}:
                return dish
        raise NotFound("dish", wanted)

    def food(self, wanted: str) -> Food:
        """
        The food of a code or a name.

        Raises
        ------
        NotFound
            When there is none.
        """
        for food in self.foods.values():
            if folded(wanted) in {folded(name) for name in (food.code, food.name_zh, food.name_en)}:
                return food
        raise NotFound("food", wanted)


@dataclass(frozen=True, slots=True)
class Load:
    """
    A load of one dish as it is cooked.

    Parameters
    ----------
    dish
        The dish, of its variant.
    portions
        Portions of the size asked for.
    loads
        Even pans that these are, of ``batch_portions`` at most.
    weighed
        What goes into all of them.
    driven_by
        The food whose stock set the portions, None when they were given.
    have_mg
        That stock, as bought.
    """

    dish: Dish
    portions: int
    loads: int
    weighed: tuple[Weighed, ...]
    driven_by: Food | None = None
    have_mg: int | None = None


def recipes_of(session: Session) -> Recipes:
    """The recipes of a house; one that has no dish yet reads the package's."""
    dishes = load_dishes(session)
    if dishes:
        return Recipes(
            load_foods(session), load_sub_recipes(session), dishes, load_book(session).look, packaged=False
        )
    foods, sub_recipes, packaged = packaged_catalogue()
    return Recipes(foods, sub_recipes, packaged, packaged_book().look, packaged=True)


def load_for(recipes: Recipes, dish: Dish, portions: int, *, variant: str, size: str) -> Load:
    """
    What some portions of a dish need.

    Raises
    ------
    BadInput
        When there is nothing to cook or the size is unknown.
    VariantNotMade
        When the dish is not made so.
    """
    if portions < 1:
        raise BadInput("portions_at_least_one", dish=dish.dish_id)
    made = as_variant(dish, variant, recipes.foods, load_rules())
    regular = portions * _size_ratio(size)
    return Load(made, portions, *in_loads(made, regular, recipes.foods, load_scaling()))


def load_from(recipes: Recipes, dish: Dish, have: str, *, variant: str, size: str) -> Load:
    """
    The largest load for which some of one food, as bought, is enough: ``"pork-belly-skin-on=40kg"``.

    Raises
    ------
    BadInput
        When the amount cannot be read, the dish has none of the food, or it is too little for a portion.
    NotFound
        When there is no such food.
    VariantNotMade
        When the dish is not made so.
    """
    name, equals, amount = have.partition("=")
    if not equals:
        raise BadInput("have_unreadable", have=have)
    food = recipes.food(name.strip())
    have_mg = mg_of(amount, food)
    made = as_variant(dish, variant, recipes.foods, load_rules())
    ratio = _size_ratio(size)
    portions = portions_from(made, food.code, have_mg, recipes.foods, load_scaling(), size=ratio)
    load = load_for(recipes, dish, portions, variant=variant, size=size)
    return replace(load, driven_by=food, have_mg=have_mg)


def dish_document(recipes: Recipes, dish: Dish, variant: str) -> dict[str, Any]:
    """What one portion gives, as the command line and a program read it."""
    foods, made = recipes.foods, as_variant(dish, variant, recipes.foods, load_rules())
    item = item_with_variants(dish, foods, load_rules())
    lacking, least = unknown_nutrients(made, foods), known_part(made, foods, load_retention())
    return {
        "dish": dish.dish_id,
        "name": {"zh": dish.name_zh, "en": dish.name_en},
        "variant": variant,
        "made_as": [REGULAR, *sorted(item.variants)],
        "category": made.category,
        "method": made.method,
        "equipment": made.equipment_kind,
        "minutes": made.batch_minutes,
        "minutes_before": minutes_before(made.uses, recipes.sub_recipes),
        "hot_quality_minutes": made.hot_quality_minutes,
        "supply": made.supply,
        "iddsi_level": made.iddsi_level,
        "portion_g": portion_g(made),
        "yield_ratio": round(made.yield_ratio, 4),
        "food_fen": food_cost_fen(made, foods),
        "main_food": look_of(dish, foods, recipes.look).main_food,
        "colour": made.colour,
        "tags": sorted(diet_tags(made, foods)),
        "allergens": _allergens(made, foods),
        "nutrients": {
            name: round(amount, 3) for name, amount in nutrients_of(made, foods, load_retention()).items()
        },
        "at_least": {name: round(least[name], 3) for name in lacking},
        "unknown_nutrients": lacking,
        "sub_recipes": [_use(use, recipes) for use in made.uses],
        "ingredients": [
            {"food": one.food_code, "name": _names(foods[one.food_code]), "via": one.via}
            | {"net_mg": one.edible_mg}
            for one in made.ingredients
        ],
        "evidence": made.evidence,
        "packaged": recipes.packaged,
    }


def _allergens(made: Dish, foods: Mapping[str, Food]) -> dict[str, list[str]]:
    contains, may_contain, unknown = allergens(made, foods)
    return {
        "contains": sorted(contains),
        "may_contain": sorted(may_contain),
        "unknown": sorted(unknown),
        "free": sorted(allergen_names().keys() - contains - may_contain - unknown),
    }


def _use(use: Use, recipes: Recipes) -> dict[str, Any]:
    """A stock or sauce in one portion, how it is made, and how long it and what it is made of take."""
    made = recipes.sub_recipes[use.sub_recipe]
    return {
        "code": use.sub_recipe,
        "name": _names(made),
        "made_mg": use.made_mg,
        "method": made.method,
        "minutes": minutes_before([use], recipes.sub_recipes),
    }


def load_document(recipes: Recipes, load: Load, *, variant: str, size: str) -> dict[str, Any]:
    """What a load needs, exact and as a scale shows it."""
    rules = load_scaling()
    raw_mg = sum(one.net_mg for one in load.weighed)
    return {
        "dish": load.dish.dish_id,
        "name": {"zh": load.dish.name_zh, "en": load.dish.name_en},
        "variant": variant,
        "size": size,
        "portions": load.portions,
        "loads": load.loads,
        "driven_by": load.driven_by.code if load.driven_by else None,
        "have_mg": load.have_mg,
        "raw_g": round(raw_mg / 1000),
        "ingredients": [
            {
                "food": one.food_code,
                "name": _names(recipes.foods[one.food_code]),
                "via": one.via,
                "net_mg": one.net_mg,
                "gross_mg": one.gross_mg,
                "net_weighed_mg": weighable_mg(one.net_mg, rules),
                "gross_weighed_mg": buyable_mg(one.gross_mg, rules),
                "net_ml": _ml(one.net_mg, recipes.foods[one.food_code]),
                "rule": one.rule,
            }
            for one in load.weighed
        ],
        "packaged": recipes.packaged,
    }


def _ml(mg: int, food: Food) -> float | None:
    """Millilitres of what has a volume; None of what has no density."""
    return round(float(ml_of(mg, food)), 1) if food.density_g_per_ml is not None else None


def _names(thing: Food | SubRecipe) -> dict[str, str]:
    return {"zh": thing.name_zh, "en": thing.name_en}


def _size_ratio(size: str) -> Fraction:
    sizes = load_rules().sizes
    if size not in sizes:
        raise BadInput("size_unknown", size=size, known="、".join(sizes))
    return Fraction(str(sizes[size]))
