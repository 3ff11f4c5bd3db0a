"""Foods, sub-recipes and dishes from the rows of their files."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar, cast, get_args

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, Making, ServiceMode, Swap, Use
from kitchen.sub_recipes import Part, SubRecipe, circle_in, foods_of
from kitchen.tables import Table, codes, number, text, whole
from orders.menus import CATEGORIES, Supply

FIRST_LINE = 2  # a file's line 1 holds its headers
ALL_OTHERS = "*"
NUTRIENT_UNITS = ("_kcal", "_g", "_mg", "_ug")
Fact = TypeVar("Fact")


def foods_from_rows(rows: Iterable[Table], allergens: Collection[str] = ()) -> dict[str, Food]:
    """
    Foods by code, from the rows of ``foods.csv``.

    Parameters
    ----------
    rows
        One food each.
    allergens
        Every code that there is: one that a food says nothing about is unknown, and ``*`` among
        ``allergens_free`` declares all the others absent. Empty takes the rows at their word.

    Raises
    ------
    ValueError
        Naming the file, the line and the field that cannot be used.
    """
    foods: dict[str, Food] = {}
    for food in _each("foods.csv", rows, lambda row: _food(row, frozenset(allergens))):
        if food.code in foods:
            raise ValueError(f"foods.csv: food {food.code} stands twice.")
        foods[food.code] = food
    return foods


def sub_recipes_from_rows(
    rows: Iterable[Table], part_rows: Iterable[Table], foods: Mapping[str, Food]
) -> dict[str, SubRecipe]:
    """
    Sub-recipes by code, from the rows of ``sub_recipes.csv`` and ``sub_recipe_parts.csv``.

    Raises
    ------
    ValueError
        Naming the file, the line and the field that cannot be used, or the line that closes a circle.
    """
    file, parts, lines = "sub_recipe_parts.csv", defaultdict(list), {}
    for line, (code, one) in enumerate(_each(file, part_rows, _part), FIRST_LINE):
        if one.food_code and one.food_code not in foods:
            raise ValueError(f"{file} line {line}: food_code {one.food_code} is no food.")
        parts[code].append(one)
        lines[code, one.sub_recipe] = line
    found: dict[str, SubRecipe] = {}
    for made in _each("sub_recipes.csv", rows, lambda row: _sub_recipe(row, parts[text(row, "code")])):
        if made.code in found:
            raise ValueError(f"sub_recipes.csv: sub-recipe {made.code} stands twice.")
        found[made.code] = made
    for (code, inner), line in lines.items():
        if code not in found or (inner and inner not in found):
            raise ValueError(f"{file} line {line}: {inner if code in found else code} is no sub-recipe.")
    if circle := circle_in(found):
        raise ValueError(f"{file} line {lines[circle[-2], circle[-1]]}: circle {' > '.join(circle)}.")
    return found


def dishes_from_rows(
    dish_rows: Iterable[Table],
    ingredient_rows: Iterable[Table],
    foods: Mapping[str, Food],
    variant_rows: Iterable[Table] = (),
    sub_recipes: Mapping[str, SubRecipe] | None = None,
) -> dict[str, Dish]:
    """
    Dishes by id, from the rows of ``dishes.csv``, ``dish_ingredients.csv`` and ``dish_variants.csv``.

    Parameters
    ----------
    dish_rows, ingredient_rows, variant_rows
        Dishes, their bills of materials, and what else they can be made as.
    foods, sub_recipes
        What the bills may name.

    Raises
    ------
    ValueError
        Naming the file, the line and the field that cannot be used, an unknown food or sub-recipe, or a
        dish that stands twice.
    """
    known = sub_recipes or {}
    bills: dict[str, list[Ingredient]] = defaultdict(list)
    uses: dict[str, list[Use]] = defaultdict(list)
    for dish_id, one in _each("dish_ingredients.csv", ingredient_rows, lambda row: _line(row, foods, known)):
        if isinstance(one, Use):
            uses[dish_id].append(one)
        else:
            bills[dish_id].append(one)
    makings: dict[str, list[Making]] = defaultdict(list)
    for dish_id, making in _each("dish_variants.csv", variant_rows, lambda row: _dish_making(row, foods)):
        makings[dish_id].append(making)

    def dish(row: Table) -> Dish:
        code = text(row, "code")
        bill = [*bills[code], *foods_of(uses[code], known)]
        made = dish_from_row(row, bill, makings[code], uses[code])
        if made.main_food and made.main_food not in {one.food_code for one in bill}:
            raise ValueError(f"main_food {made.main_food} is not among its ingredients.")
        return made

    dishes: dict[str, Dish] = {}
    for one_dish in _each("dishes.csv", dish_rows, dish):
        if one_dish.dish_id in dishes:
            raise ValueError(f"dishes.csv: dish {one_dish.dish_id} stands twice.")
        dishes[one_dish.dish_id] = one_dish
    return dishes


def _each(file: str, rows: Iterable[Table], read: Callable[[Table], Fact]) -> list[Fact]:
    facts = []
    for line, row in enumerate(rows, FIRST_LINE):
        try:
            facts.append(read(row))
        except ValueError as error:
            raise ValueError(f"{file} line {line}: {error}") from error
    return facts


def _food(row: Table, known: frozenset[str]) -> Food:
    contains, may_contain = codes(row, "allergens_contains"), codes(row, "allergens_may_contain")
    unknown, free = codes(row, "allergens_unknown"), codes(row, "allergens_free")
    if known and (stray := (contains | may_contain | unknown | free) - known - {ALL_OTHERS}):
        raise ValueError(f"{', '.join(sorted(stray))} is no allergen of the list.")
    months = codes(row, "season_months")
    said = contains | may_contain | unknown
    if ALL_OTHERS in free:
        free = known - said
    elif known:
        unknown |= known - said - free
    return Food(
        code=text(row, "code"),
        name_zh=text(row, "name_zh"),
        name_en=text(row, "name_en"),
        group=text(row, "group"),
        edible_ratio=number(row, "edible_ratio"),
        contains=contains,
        may_contain=may_contain,
        unknown=unknown,
        price_fen_per_kg=whole(row, "price_fen_per_kg"),
        nutrients={
            field: number(row, field)
            for field, value in row.items()
            if field.endswith(NUTRIENT_UNITS) and value not in (None, "")
        },
        source=f"{text(row, 'source', '')} {text(row, 'source_id', '')}".strip(),
        evidence=text(row, "evidence", "draft"),
        tags=codes(row, "tags"),
        free=free,
        season=frozenset(whole({"season_months": one}, "season_months") for one in months),
        supplier=text(row, "supplier", ""),
        density_g_per_ml=number(row, "density_g_per_ml") if row.get("density_g_per_ml") else None,
    )


def _line(
    row: Table, foods: Mapping[str, Food], sub_recipes: Mapping[str, SubRecipe]
) -> tuple[str, Ingredient | Use]:
    """One line of a dish's bill of materials: a food, or some of a sub-recipe."""
    dish_id, food, inner = text(row, "dish_code"), text(row, "food_code", ""), text(row, "sub_recipe", "")
    if bool(food) == bool(inner):
        raise ValueError(f"dish {dish_id}: a line names a food_code or a sub_recipe.")
    if food and food not in foods:
        raise ValueError(f"dish {dish_id}: food_code {food} is no food.")
    if inner and inner not in sub_recipes:
        raise ValueError(f"dish {dish_id}: sub_recipe {inner} is no sub-recipe.")
    mg = whole(row, "raw_edible_mg")
    return dish_id, Ingredient(food, mg) if food else Use(inner, mg)


def _part(row: Table) -> tuple[str, Part]:
    kept = number(row, "kept_ratio", 1.0)
    return text(row, "sub_recipe_code"), Part(
        text(row, "food_code", ""), text(row, "part_code", ""), whole(row, "raw_edible_mg"), kept
    )


def _sub_recipe(row: Table, parts: Iterable[Part]) -> SubRecipe:
    return SubRecipe(
        code=text(row, "code"),
        name_zh=text(row, "name_zh"),
        name_en=text(row, "name_en"),
        method=text(row, "method"),
        minutes=whole(row, "minutes"),
        parts=tuple(parts),
        yield_ratio=number(row, "yield_ratio"),
        evidence=text(row, "evidence", "draft"),
    )


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


def dish_from_row(
    row: Table, ingredients: Iterable[Ingredient], makings: Iterable[Making] = (), uses: Iterable[Use] = ()
) -> Dish:
    """
    One dish from its row, its bill of materials, what else it can be made as, and its sub-recipes.

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
        uses=tuple(uses),
        makings=tuple(makings),
        main_food=text(row, "main_food", ""),
        colour=text(row, "colour", ""),
        popularity=number(row, "popularity") if row.get("popularity") else None,
    )
