"""Nutrients of dishes and meals, and the targets they are held to."""

import math

import pytest

from kitchen.nutrition import (
    Retention,
    meal_nutrients,
    nutrients_of,
    retention_from_table,
    targets_from_table,
    unknown_nutrients,
)
from kitchen.tables import FieldWrong
from tests.kitchen.builders import packaged_dishes, packaged_foods, table


def lunch():
    """The packaged default lunch target."""
    return targets_from_table("lunch_default_cn", table("nutrition-targets.toml")["target"])


def kept() -> Retention:
    """The packaged factors."""
    return retention_from_table(table("retention.toml"))


def test_a_portions_nutrients_are_its_ingredients():
    """
    Tests red-braised pork with potato against the draft's own sum: 242.4 kcal and 346.1 mg sodium.
    """
    foods = packaged_foods()
    nutrients = nutrients_of(packaged_dishes(foods)["D001"], foods)
    assert math.isclose(nutrients["energy_kcal"], 242.4, abs_tol=0.1)
    assert math.isclose(nutrients["sodium_mg"], 346.1, abs_tol=0.1)


def test_an_unknown_amount_is_left_out_never_nought():
    """
    Tests a dish with rice vinegar, whose protein nobody has measured.
    """
    foods = packaged_foods()
    dishes = packaged_dishes(foods)
    sour = next(
        dish for dish in dishes.values() if any(i.food_code == "rice-vinegar" for i in dish.ingredients)
    )
    nutrients = nutrients_of(sour, foods)
    assert "protein_g" not in nutrients and "energy_kcal" in nutrients
    assert "protein_g" not in meal_nutrients([nutrients])


def test_fat_is_judged_as_part_of_the_energy():
    """
    Tests 20 g of fat in 600 kcal: 180 of 600 kcal.
    """
    meal = meal_nutrients([{"energy_kcal": 600.0, "fat_g": 20.0, "carbohydrate_g": 80.0, "protein_g": 20.0}])
    assert math.isclose(meal["fat_ratio"], 0.3)


def test_a_target_stands_on_its_base():
    """
    Tests that the low-salt lunch changes the sodium and keeps the rest.
    """
    low_salt = targets_from_table("lunch_low_salt", table("nutrition-targets.toml")["target"])
    assert low_salt.bounds["sodium_mg"].most == 750
    assert low_salt.bounds["protein_g"] == lunch().bounds["protein_g"]


def test_a_bad_target_is_named():
    """
    Tests that the block and the field are named.
    """
    tables = {
        "t": {"revision": 1, "evidence": "x", "nutrient": {"protein_g": {"min": 1, "strength": "soft"}}}
    }
    with pytest.raises(ValueError, match=r"target t: nutrient\.protein_g: strength"):
        targets_from_table("t", tables)


@pytest.mark.parametrize(
    ("name", "bound", "words"),
    [
        ("protein_g", {"min": 30, "max": 20}, "min <= target <= max"),
        ("protein_g", {"min": 30, "target": 20}, "min <= target <= max"),
        ("proteen_g", {"min": 30}, "proteen_g is a nutrient that no food states"),
        ("sugar_ratio", {"max": 0.1}, "sugar_ratio is no part of the energy"),
        ("protein_g", {"least": 30}, "least is not known"),
        ("protein_g", {"min": -1}, ">= 0"),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused(name, bound, words):
    """
    Tests that block, nutrient and rule are named.
    """
    nutrient = {name: {**bound, "strength": "hard"}}
    tables = {"t": {"revision": 1, "evidence": "x", "nutrient": nutrient}}
    with pytest.raises(ValueError, match="target t: ") as refused:
        targets_from_table("t", tables, ["protein_g"])
    assert f"nutrient.{name}" in str(refused.value) and words in str(refused.value)


def test_a_days_figure_counts_times_the_lunch_share():
    """
    Tests 1,600 kcal a day at 0.375, a block on top with a share of its own, and the slips that are refused.
    """
    energy = {"day_min": 1600, "max": 760, "strength": "hard"}
    block = {"revision": 1, "evidence": "x", "share_of_day_ratio": 0.375, "nutrient": {"energy_kcal": energy}}
    strict = {"sodium_mg": {"day_max": 1400, "strength": "hard"}}
    tables = {"t": block, "s": {**block, "base": "t", "share_of_day_ratio": 0.4, "nutrient": strict}}
    bounds = targets_from_table("s", tables).bounds
    assert (bounds["energy_kcal"].least, bounds["energy_kcal"].most, bounds["sodium_mg"].most) == (
        600,
        760,
        560,
    )
    for wrong, rule in (
        ({"share_of_day_ratio": 1.5}, "field_part_of_one"),
        ({"nutrient": {"energy_kcal": {**energy, "day_max": 2000}}}, "target_twice"),
        ({"salt": {}}, "field_unknown"),
    ):
        with pytest.raises(FieldWrong) as refused:
            targets_from_table("t", {"t": {**block, **wrong}})
        assert refused.value.rule == rule and refused.value.field.startswith("t.")
    assert targets_from_table("t", tables).bounds["energy_kcal"].of_day == {"min": (0.375, 1600)}
    upside_down = {"energy_kcal": {"day_min": 3000, "day_max": 2000, "strength": "hard"}}
    with pytest.raises(FieldWrong) as refused:
        targets_from_table("t", {"t": {**block, "nutrient": upside_down}})
    assert refused.value.field.endswith("energy_kcal.day_min")
    del block["share_of_day_ratio"]
    with pytest.raises(FieldWrong, match="needs share_of_day_ratio"):
        targets_from_table("t", {"t": block})


def test_targets_that_stand_on_themselves_are_refused():
    """
    Tests a base that names itself, and one that comes back over another.
    """
    block = {"revision": 1, "evidence": "x", "nutrient": {}}
    tables = {"a": {**block, "base": "b"}, "b": {**block, "base": "a"}, "c": {**block, "base": "c"}}
    with pytest.raises(ValueError, match="circle: a -> b -> a"):
        targets_from_table("a", tables)
    with pytest.raises(ValueError, match="circle: c -> c"):
        targets_from_table("c", tables)


def test_cooking_keeps_a_part_of_each_vitamin_and_all_of_the_rest():
    """
    Tests stir-fried pak choi: a quarter of its vitamin C is lost, its energy and sodium are not.
    """
    foods = packaged_foods()
    greens = packaged_dishes(foods)["D064"]
    raw, cooked = nutrients_of(greens, foods), nutrients_of(greens, foods, kept())
    assert cooked["vitamin_c_mg"] == pytest.approx(0.75 * raw["vitamin_c_mg"], rel=0.01)
    assert (cooked["energy_kcal"], cooked["sodium_mg"]) == (raw["energy_kcal"], raw["sodium_mg"])
    assert all(cooked[name] <= raw[name] for name in raw)


def test_a_cold_dish_and_a_seasoning_lose_nothing():
    """
    Tests that what has no heat or no factor keeps all.
    """
    foods = packaged_foods()
    cold = packaged_dishes(foods)["D082"]
    assert nutrients_of(cold, foods, kept()) == nutrients_of(cold, foods)


def test_what_nobody_measured_is_named_with_its_food():
    """
    Tests a sour dish: protein is unknown because of its vinegar.
    """
    foods = packaged_foods()
    sour = next(
        dish
        for dish in packaged_dishes(foods).values()
        if any(i.food_code == "rice-vinegar" for i in dish.ingredients)
    )
    assert "rice-vinegar" in unknown_nutrients(sour, foods)["protein_g"]


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"leaf": {"wet": {"vitamin_c_mg": 1.2}}}, "must lie in"),
        ({"leaf": {"sun": {"vitamin_c_mg": 0.9}}}, "factor.leaf.sun"),
        ({"stone": {"wet": {"vitamin_c_mg": 0.9}}}, "factor.stone.wet"),
    ],
)
def test_a_bad_factor_is_named(block, complaint):
    """
    Tests factors above 1 and blocks that no food or method reaches.
    """
    with pytest.raises(ValueError, match=complaint):
        retention_from_table({**table("retention.toml"), "factor": block})
