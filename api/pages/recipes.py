"""The page of recipes: what a portion gives, and what a load of it needs."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.day.diets import load_rules
from api.names import allergen_names, variant_names
from api.permissions import Actor
from api.recipe_cards import Recipes, dish_document, load_document, load_for, load_from, recipes_of
from api.web.access import HouseHere, may
from api.web.pinyin import initials
from api.web.render import render
from kitchen.recipes import Dish
from orders.errors import BadInput
from orders.menus import CATEGORIES, REGULAR

router = APIRouter(prefix="/recipes", include_in_schema=False)
Reader = Annotated[Actor, may("menu.plan")]
MOST_PORTIONS = 1_000_000
LONGEST = 100
PORTIONS = "100"
SHOWN = (
    "energy_kcal",
    "protein_g",
    "fat_g",
    "carbohydrate_g",
    "fibre_g",
    "sodium_mg",
    "calcium_mg",
    "vitamin_a_rae_ug",
    "vitamin_c_mg",
    "thiamin_mg",
)


@router.get("")
def page(request: Request, house: HouseHere, _actor: Reader) -> Response:
    """Every dish, found by name or initials."""
    with house.database.read() as session:
        recipes = recipes_of(session)
    groups = {
        category: [
            (dish, f"{dish.name_zh} {dish.name_en} {initials(dish.name_zh)} {dish.dish_id}".lower())
            for dish in recipes.dishes.values()
            if dish.category == category
        ]
        for category in CATEGORIES
    }
    return render(request, "recipes.html", groups=groups, packaged=recipes.packaged)


@router.get("/{dish}")
def one(
    request: Request,
    house: HouseHere,
    _actor: Reader,
    dish: str,
    variant: Annotated[str, Query(max_length=LONGEST)] = REGULAR,
    portions: Annotated[str, Query(max_length=LONGEST)] = PORTIONS,
    have: Annotated[str, Query(max_length=LONGEST)] = "",
    food: Annotated[str, Query(max_length=LONGEST)] = "",
    size: Annotated[str, Query(max_length=LONGEST)] = REGULAR,
) -> Response:
    """One dish as a variant: its portion, and the load of so many or of what there is of one food."""
    with house.database.read() as session:
        recipes = recipes_of(session)
    chosen = recipes.dish(dish)
    asked = {"variant": variant, "portions": portions, "have": have, "food": food, "size": size}
    portion = dish_document(recipes, chosen, variant)
    load, refusal = None, None
    try:
        load = _load(recipes, chosen, asked)
    except BadInput as error:
        refusal = error.coded
    facts: dict[str, Any] = {
        "portion": portion,
        "load": load,
        "refusal": refusal,
        "asked": asked,
        "shown": SHOWN,
        "variants": variant_names(),
        "allergens": allergen_names(),
        "sizes": load_rules().sizes,
        "foods": {one["food"]: one["name"] for one in portion["ingredients"]},
        "sauces": {one["code"]: one["name"] for one in portion["sub_recipes"]},
        "packaged": recipes.packaged,
    }
    return render(request, "recipe.html", **facts)


def _load(recipes: Recipes, dish: Dish, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the form asks for: a stock of one food when an amount is given, else portions."""
    how = {"variant": asked["variant"], "size": asked["size"]}
    if asked["have"].strip():
        load = load_from(recipes, dish, f"{asked['food']}={asked['have']}", **how)
    else:
        number = asked["portions"].strip()
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= MOST_PORTIONS:
            raise BadInput("portions_unreadable", portions=number, most=MOST_PORTIONS)
        load = load_for(recipes, dish, int(number), **how)
    return load_document(recipes, load, **how)
