"""Foods and dishes from the rows of their files."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast, get_args

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, Making, ServiceMode, Swap
from kitchen.tables import Table, codes, number, text, whole
from orders.menus import CATEGORIES, Supply

FIRST_LINE = 2  # a file's line 1 holds its headers
NUTRIENT_UNITS = ("_kcal", "_g", "_mg", "_ug")
Fact = TypeVar("Fact")


def foods_from_rows(rows: Iterable[Table]) -> dict[str, Food]:
    """
    Foods by code, from the rows of ``foods.csv``.

    Raises
    ------
    ValueError
        Naming the line and the field that cannot be used.
    """
    foods: dict[str, Food] = {}
    for food in _each(rows, _food):
        if food.code in foods:
            raise ValueError(f"food {food.code} stands twice.")
        foods[food.code] = food
    return foods


def dishes_from_rows(
    dish_rows: Iterable[Table],
    ingredient_rows: Iterable[Table],
    foods: Mapping[str, Food],
    variant_rows: Iterable[Table] = (),
) -> dict[str, Dish]:
    """
    Dishes by id, from the rows of ``dishes.csv``, ``dish_ingredients.csv`` and ``dish_variants.csv``.

    Raises
    ------
    ValueError
        Naming the line and the field that cannot be used, an unknown food, or a dish that stands twice.
    """
    bills: dict[str, list[Ingredient]] = defaultdict(list)
    for dish_id, ingredient in _each(ingredient_rows, _ingredient):
        if ingredient.food_code not in foods:
            raise ValueError(f"dish {dish_id}: food_code {ingredient.food_code} is no food.")
        bills[dish_id].append(ingredient)
    makings: dict[str, list[Making]] = defaultdict(list)
    for dish_id, making in _each(variant_rows, lambda row: _dish_making(row, foods)):
        makings[dish_id].append(making)
    dishes: dict[str, Dish] = {}
    for dish in _each(
        dish_rows, lambda row: dish_from_row(row, bills[text(row, "code")], makings[text(row, "code")])
    ):
        if dish.dish_id in dishes:
            raise ValueError(f"dish {dish.dish_id} stands twice.")
        dishes[dish.dish_id] = dish
    return dishes


def _each(rows: Iterable[Table], read: Callable[[Table], Fact]) -> list[Fact]:
    facts = []
    for line, row in enumerate(rows, FIRST_LINE):
        try:
            facts.append(read(row))
        except ValueError as error:
            raise ValueError(f"line {line}: {error}") from error
    return facts


def _food(row: Table) -> Food:
    return Food(
        code=text(row, "code"),
        name_zh=text(row, "name_zh"),
        name_en=text(row, "name_en"),
        group=text(row, "group"),
        edible_ratio=number(row, "edible_ratio"),
        contains=codes(row, "allergens_contains"),
        may_contain=codes(row, "allergens_may_contain"),
        unknown=codes(row, "allergens_unknown"),
        price_fen_per_kg=whole(row, "price_fen_per_kg"),
        nutrients={
            field: number(row, field)
            for field, value in row.items()
            if field.endswith(NUTRIENT_UNITS) and value not in (None, "")
        },
        source=f"{text(row, 'source', '')} {text(row, 'source_id', '')}".strip(),
        evidence=text(row, "evidence", "draft"),
        tags=codes(row, "tags"),
    )


def _ingredient(row: Table) -> tuple[str, Ingredient]:
    return text(row, "dish_code"), Ingredient(text(row, "food_code"), whole(row, "raw_edible_mg"))


def _dish_making(row: Table, foods: Mapping[str, Food]) -> tuple[str, Making]:
    swaps = tuple(_swap(word) for word in text(row, "swaps", "").split())
    for code in (code for swap in swaps for code in (swap.food_code, swap.by) if code):
        if code not in foods:
            raise ValueError(f"swaps: {code} is no food.")
    return text(row, "dish_code"), Making(
        variant=text(row, "variant"),
        swaps=swaps,
        extra_minutes=whole(row, "extra_minutes") if row.get("extra_minutes") else None,
        yield_factor=number(row, "yield_factor") if row.get("yield_factor") else None,
        asserted_by=text(row, "asserted_by", ""),
        evidence=text(row, "evidence", "draft"),
    )


def _swap(word: str) -> Swap:
    """A swap as the file writes it: ``pork>tofu``, ``pork>tofu*1.2``, or ``sugar>`` for nothing instead."""
    code, arrow, by = word.partition(">")
    if not arrow:
        raise ValueError(f"swaps must read food>food, food>food*ratio or food>, got {word!r}.")
    by, _, ratio = by.partition("*")
    return Swap(code, by, number({"ratio": ratio}, "ratio", 1.0))


def dish_from_row(row: Table, ingredients: Iterable[Ingredient], makings: Iterable[Making] = ()) -> Dish:
    """
    One dish from its row, its bill of materials and what else it can be made as.

    Raises
    ------
    ValueError
        Naming the field that cannot be used.
    """
    category, mode = text(row, "category"), text(row, "service_mode")
    if category not in CATEGORIES:
        raise ValueError(f"category must be one of {CATEGORIES}, got {category!r}.")
    if mode not in get_args(ServiceMode):
        raise ValueError(f"service_mode must be one of {get_args(ServiceMode)}, got {mode!r}.")
    supply = text(row, "supply", "serve_hot")
    if supply not in get_args(Supply):
        raise ValueError(f"supply must be one of {get_args(Supply)}, got {supply!r}.")
    return Dish(
        dish_id=text(row, "code"),
        name_zh=text(row, "name_zh"),
        name_en=text(row, "name_en"),
        category=category,
        method=text(row, "method"),
        equipment_kind=text(row, "equipment_kind"),
        ingredients=tuple(ingredients),
        yield_ratio=number(row, "yield_ratio"),
        batch_minutes=whole(row, "batch_minutes"),
        batch_portions=whole(row, "batch_portions"),
        hot_quality_minutes=whole(row, "hot_quality_minutes"),
        service_mode=cast(ServiceMode, mode),
        iddsi_level=whole(row, "iddsi_level"),
        tags=codes(row, "tags"),
        extra_allergens=codes(row, "allergens_extra"),
        evidence=text(row, "evidence", "draft"),
        supply=cast(Supply, supply),
        makings=tuple(makings),
        main_food=text(row, "main_food", ""),
        colour=text(row, "colour", ""),
        popularity=number(row, "popularity") if row.get("popularity") else None,
    )
