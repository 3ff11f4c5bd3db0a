"""The packaged foods, sub-recipes and dishes."""

import csv

from api.packaged import read_toml
from api.paths import config_dir
from kitchen.catalogue import dishes_from_rows, foods_from_rows, sub_recipes_from_rows
from kitchen.foods import Food
from kitchen.recipes import Dish
from kitchen.sub_recipes import SubRecipe


def packaged_catalogue() -> tuple[dict[str, Food], dict[str, SubRecipe], dict[str, Dish]]:
    """
    Foods, sub-recipes and dishes as the package has them, by code and id.

    Raises
    ------
    ValueError
        Naming the file, the line and the field that cannot be used.
    """
    allergens = read_toml(config_dir() / "allergens.toml")["allergen"]
    foods = foods_from_rows(_rows("foods.csv"), allergens)
    sauces = sub_recipes_from_rows(_rows("sub_recipes.csv"), _rows("sub_recipe_parts.csv"), foods)
    dishes = dishes_from_rows(
        _rows("dishes.csv"), _rows("dish_ingredients.csv"), foods, _rows("dish_variants.csv"), sauces
    )
    return foods, sauces, dishes


def _rows(name: str) -> list[dict[str, str]]:
    with (config_dir() / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
