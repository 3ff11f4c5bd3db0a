"""Dishes: what a portion gives, and what a load needs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.permissions import Actor
from api.recipe_cards import dish_document, load_document, load_for, load_from, recipes_of
from api.web.access import HouseHere, may
from orders.errors import BadInput
from orders.menus import REGULAR

router = APIRouter(prefix="/api/v1/dishes", tags=["dishes"])
MOST_PORTIONS = 1_000_000
LONGEST = 100


@router.get("/{dish}")
def show(
    dish: str,
    house: HouseHere,
    _actor: Annotated[Actor, may("menu.read")],
    variant: Annotated[str, Query(max_length=LONGEST)] = REGULAR,
) -> dict[str, Any]:
    """What one portion of a dish gives, reckoned from its recipe."""
    with house.database.read() as session:
        recipes = recipes_of(session)
        return dish_document(recipes, recipes.dish(dish), variant)


@router.get("/{dish}/load")
def load(
    dish: str,
    house: HouseHere,
    _actor: Annotated[Actor, may("day.read")],
    portions: Annotated[int | None, Query(ge=1, le=MOST_PORTIONS)] = None,
    have: Annotated[str | None, Query(max_length=LONGEST)] = None,
    variant: Annotated[str, Query(max_length=LONGEST)] = REGULAR,
    size: Annotated[str, Query(max_length=LONGEST)] = REGULAR,
) -> dict[str, Any]:
    """What a load of a dish needs, from its portions or from some of one food (``potato=40kg``)."""
    with house.database.read() as session:
        recipes = recipes_of(session)
        chosen = recipes.dish(dish)
        if have is not None and portions is None:
            made = load_from(recipes, chosen, have, variant=variant, size=size)
        elif portions is not None and have is None:
            made = load_for(recipes, chosen, portions, variant=variant, size=size)
        else:
            raise BadInput("portions_or_have")
        return load_document(recipes, made, variant=variant, size=size)
