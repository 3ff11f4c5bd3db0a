"""Stocks and sauces: taken apart into foods, and never made of themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.catalogue import dishes_from_rows, sub_recipes_from_rows
from kitchen.nutrition import nutrients_of, retention_from_table
from kitchen.recipes import Use, portion_g
from kitchen.sub_recipes import Part, SubRecipe, circle_in, foods_of, minutes_before, users_of
from tests.kitchen.builders import (
    csv_rows,
    dish,
    packaged_dishes,
    packaged_foods,
    packaged_sub_recipes,
    table,
)

FOODS = packaged_foods()
HEAD = {"name_zh": "汁", "name_en": "Sauce", "method": "simmer", "minutes": "10", "yield_ratio": "1"}


def sauce(code: str, *parts: Part, yield_ratio: float = 1.0) -> SubRecipe:
    """A sauce of these parts."""
    return SubRecipe(code, "汁", "Sauce", "simmer", 10, parts, yield_ratio)


def test_a_sauce_gives_its_foods_in_proportion():
    """
    Tests 50 g of a sauce of 3 parts soy sauce to 1 of sugar that boils down to half: 75 and 25 g raw.
    """
    known = {"S": sauce("S", Part("soy-sauce-light", "", 300), Part("white-sugar", "", 100), yield_ratio=0.5)}
    foods = foods_of([Use("S", 50_000)], known)
    assert [(one.food_code, one.edible_mg, one.via) for one in foods] == [
        ("soy-sauce-light", 75_000, "S"),
        ("white-sugar", 25_000, "S"),
    ]
    assert portion_g(dish(ingredients=foods)) == 50


def test_a_gravy_of_a_stock_brings_the_stocks_foods():
    """
    Tests two levels: 100 g of gravy, half of it stock that boils down to 0.8, weighs 100 g in the dish.
    """
    known = {
        "G": sauce("G", Part("", "S", 500), Part("corn-starch", "", 500)),
        "S": sauce("S", Part("whole-chicken", "", 100, 0.1), Part("water", "", 900), yield_ratio=0.8),
    }
    foods = foods_of([Use("G", 100_000)], known)
    assert {one.food_code: one.edible_mg for one in foods} == {
        "whole-chicken": 6_250,
        "water": 56_250,
        "corn-starch": 50_000,
    }
    assert {one.via for one in foods} == {"G"}
    assert portion_g(dish(ingredients=foods)) == 100


def test_what_is_strained_off_gives_less():
    """
    Tests that bones kept to a tenth give a tenth of their protein.
    """
    full = dish(ingredients=foods_of([Use("S", 1000)], {"S": sauce("S", Part("whole-chicken", "", 1))}))
    strained = dish(
        ingredients=foods_of([Use("S", 1000)], {"S": sauce("S", Part("whole-chicken", "", 1, 0.1))})
    )
    whole_g, kept_g = (nutrients_of(one, FOODS)["protein_g"] for one in (full, strained))
    assert kept_g == pytest.approx(whole_g / 10)


@given(
    made_mg=st.integers(1, 10**8),
    weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    yield_ratio=st.floats(0.2, 2),
)
def test_no_food_of_a_sauce_is_lost_and_the_weight_is_kept(made_mg, weights, yield_ratio):
    """
    Tests that each part stays, and that what the parts bring is the sauce, but for rounding to milligrams.
    """
    one = sauce("S", *(Part("potato", "", mg) for mg in weights), yield_ratio=yield_ratio)
    foods = foods_of([Use("S", made_mg)], {"S": one})
    assert len(foods) == len(weights) and min(food.edible_mg for food in foods) >= 1
    brought_mg = sum(food.edible_mg * food.brings_ratio for food in foods)
    assert abs(brought_mg - made_mg) <= len(weights) * yield_ratio


def test_a_circle_is_found_and_walked():
    """
    Tests a stock in its own gravy, and that sauces that merely share a stock are no circle.
    """
    stock, gravy = sauce("S", Part("", "G", 1)), sauce("G", Part("", "S", 1))
    assert circle_in({"S": stock, "G": gravy}) == ("S", "G", "S")
    shared = {"A": sauce("A", Part("", "C", 1)), "B": sauce("B", Part("", "C", 1), Part("", "A", 1))}
    assert circle_in(shared | {"C": sauce("C", Part("water", "", 1))}) == ()
    with pytest.raises(ValueError, match="S > G > S"):
        foods_of([Use("S", 1)], {"S": stock, "G": gravy})


def test_everything_made_with_a_sauce_is_found():
    """
    Tests that a change of the stock reaches the gravy made of it.
    """
    known = packaged_sub_recipes(FOODS)
    assert users_of(["S02"], known) == {"S02", "S03"}


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ([("A", "", "B"), ("B", "", "A")], r"sub_recipe_parts.csv line [23]: circle [AB] > [AB] > [AB]"),
        ([("A", "", "A")], "sub_recipe_parts.csv line 2: circle A > A"),
        ([("A", "air", "")], "sub_recipe_parts.csv line 2: food_code air is no food"),
        ([("A", "water", ""), ("A", "", "Z")], "sub_recipe_parts.csv line 3: Z is no sub-recipe"),
        ([("A", "water", ""), ("Q", "water", "")], "sub_recipe_parts.csv line 3: Q is no sub-recipe"),
        ([("A", "water", "B")], "sub_recipe_parts.csv line 2: a part names"),
        ([("B", "water", "")], "sub_recipes.csv line 2: A needs parts"),
    ],
)
def test_a_bad_sub_recipe_is_named_by_file_and_line(parts, complaint):
    """
    Tests circles, unknown foods and unknown sub-recipes.
    """
    rows = [{"code": code, **HEAD} for code in ("A", "B") if code == "A" or any(code in one for one in parts)]
    lines = [
        {"sub_recipe_code": code, "food_code": food, "part_code": part, "raw_edible_mg": "1"}
        for code, food, part in parts
    ]
    with pytest.raises(ValueError, match=complaint):
        sub_recipes_from_rows(rows, lines, FOODS)


def test_a_sauce_of_no_yield_is_refused():
    """
    Tests that the row with a yield of 0 is named.
    """
    part = {"sub_recipe_code": "A", "food_code": "water", "raw_edible_mg": "1"}
    with pytest.raises(ValueError, match=r"sub_recipes.csv line 2: A needs parts, a yield above 0"):
        sub_recipes_from_rows([{"code": "A", **HEAD, "yield_ratio": "0"}], [part], FOODS)


def test_a_dish_of_an_unknown_sauce_is_named_by_line():
    """
    Tests that the complaint says where to look.
    """
    line = {"dish_code": "D001", "sub_recipe": "S99", "raw_edible_mg": "1"}
    with pytest.raises(ValueError, match=r"dish_ingredients.csv line 2: dish D001: sub_recipe S99"):
        dishes_from_rows(csv_rows("dishes.csv")[:1], [line], FOODS)


def test_the_packaged_red_braise_is_the_sauce_and_the_rest():
    """
    Tests that a dish lists its own foods first and the sauce's after, marked with it.
    """
    one = packaged_dishes(FOODS)["D001"]
    assert one.uses == (Use("S01", 9_100),)
    assert {food.food_code for food in one.ingredients if food.via == "S01"} >= {"rock-sugar", "star-anise"}


def test_a_sauces_food_is_cooked_by_the_sauce_and_once_more_by_the_dish():
    """
    Tests spinach stewed in a stock (0.65 of its vitamin C is left), then fried in the dish (0.75 of that).
    """
    retention = retention_from_table(table("retention.toml"))
    known = {"S": SubRecipe("S", "汤", "Stock", "stew", 60, (Part("spinach", "", 100),), 1.0)}
    inside = foods_of([Use("S", 100_000)], known)
    assert inside[0].cooked_by == ("stew",)
    raw = FOODS["spinach"].nutrients["vitamin_c_mg"]
    fried = nutrients_of(dish(ingredients=inside, method="stir-fry"), FOODS, retention)
    assert fried["vitamin_c_mg"] == pytest.approx(0.65 * 0.75 * raw)


def test_a_gravy_waits_for_its_stock():
    """
    Tests the minutes before a dish: its gravy's and the stock's that the gravy is made of, not its sauce's.
    """
    known = {
        "G": SubRecipe("G", "芡", "Gravy", "simmer", 10, (Part("", "S", 1),), 1.0),
        "S": SubRecipe("S", "汤", "Stock", "stew", 120, (Part("water", "", 1),), 1.0),
        "H": sauce("H", Part("water", "", 1)),
    }
    assert minutes_before([Use("G", 1), Use("H", 1)], known) == 130
    assert minutes_before([], known) == 0
