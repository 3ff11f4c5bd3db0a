"""Foods and dishes from the rows of their files."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast, get_args

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, ServiceMode
from kitchen.tables import Table, codes, number, text, whole
from orders.menus import CATEGORIES

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
    dish_rows: Iterable[Table], ingredient_rows: Iterable[Table], foods: Mapping[str, Food]
) -> dict[str, Dish]:
    """
    Dishes by id, from the rows of ``dishes.csv`` and ``dish_ingredients.csv``.

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
    dishes: dict[str, Dish] = {}
    for dish in _each(dish_rows, lambda row: dish_from_row(row, bills[text(row, "code")])):
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


def dish_from_row(row: Table, ingredients: Iterable[Ingredient]) -> Dish:
    """
    One dish from its row and its bill of materials.

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
    )
