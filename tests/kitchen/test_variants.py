"""A dish made otherwise: what changes, for whom, and what forbids it."""

import dataclasses
from datetime import date
from typing import Any

import pytest

from kitchen.nutrition import nutrients_of
from kitchen.recipes import Ingredient, Making, Swap, allergens, diet_tags, food_cost_fen, portion_g
from kitchen.variants import (
    VariantNotMade,
    as_variant,
    item_with_variants,
    makeable,
    rules_from_table,
    variant_for,
)
from orders.diners import Diner
from tests.kitchen.builders import dish, packaged_dishes, packaged_foods, table, variant_rules

FOODS = packaged_foods()
DISHES = packaged_dishes(FOODS)
RULES = variant_rules()


def diner(**facts: Any) -> Diner:
    """A diner without needs unless told otherwise."""
    return Diner("1", "D1", "n", date(1940, 1, 1), "C01", **facts)


def test_every_variant_of_every_packaged_dish_is_a_dish():
    """
    Tests that each can be weighed, priced and reckoned, and that a texture has its level.
    """
    for one in DISHES.values():
        item = item_with_variants(one, FOODS, RULES)
        for variant in item.variants:
            made = as_variant(one, variant, FOODS, RULES)
            assert portion_g(made) > 0 and food_cost_fen(made, FOODS) >= 0
            assert nutrients_of(made, FOODS)["energy_kcal"] > 0
            if "minced" in variant:
                assert made.iddsi_level == item.made_as(variant).iddsi_level == 5


def test_low_salt_halves_salt_and_salty_seasonings_only():
    """
    Tests red-braised pork: salt and soy sauce are halved, meat and sugar are not.
    """
    made = as_variant(DISHES["D001"], "low_salt", FOODS, RULES)
    before = {one.food_code: one.edible_mg for one in DISHES["D001"].ingredients}
    after = {one.food_code: one.edible_mg for one in made.ingredients}
    for salty in ("table-salt", "soy-sauce-light"):
        assert after[salty] * 2 == before[salty]
    same = before.keys() - {"table-salt", "soy-sauce-light", "soy-sauce-dark"}
    assert {code: after[code] for code in same} == {code: before[code] for code in same}
    sodium_mg = nutrients_of(made, FOODS)["sodium_mg"]
    assert sodium_mg < 0.6 * nutrients_of(DISHES["D001"], FOODS)["sodium_mg"]


def test_a_variant_that_would_change_nothing_is_not_offered():
    """
    Tests that plain rice, which has no salt, is not cooked in a low-salt pan of its own.
    """
    assert "low_salt" in makeable(DISHES["D100"], RULES)
    assert item_with_variants(DISHES["D100"], FOODS, RULES).variants == frozenset()


def test_a_vegetarian_swap_takes_its_tags_and_brings_its_allergens():
    """
    Tests minced pork with aubergine: tofu comes in with soy, pork goes out with its tags.
    """
    made = as_variant(DISHES["D047"], "vegetarian", FOODS, RULES)
    assert not diet_tags(made, FOODS) & {"pork", "red_meat"}
    assert "soy" in allergens(made, FOODS)[0]


def test_what_is_left_in_forbids_a_variant():
    """
    Tests a vegetarian making that forgets the meat: it is refused, and no menu offers it.
    """
    forgetful = dataclasses.replace(DISHES["D047"], makings=(Making("vegetarian"),))
    with pytest.raises(VariantNotMade) as refused:
        as_variant(forgetful, "vegetarian", FOODS, RULES)
    assert refused.value.code == "dish_variant_barred"
    assert "vegetarian" not in item_with_variants(forgetful, FOODS, RULES).variants


def test_halal_is_a_persons_word():
    """
    Tests that a dish is halal only when somebody is named for it, and never with pork in it.
    """
    plain = dish(makings=(Making("halal"),))
    vouched = dish(makings=(Making("halal", asserted_by="马师傅"),))
    assert "halal" not in makeable(plain, RULES)
    assert "halal" in makeable(vouched, RULES)
    pork = dataclasses.replace(DISHES["D001"], makings=vouched.makings)
    with pytest.raises(VariantNotMade):
        as_variant(pork, "halal", FOODS, RULES)


def test_a_dish_is_not_made_as_what_nobody_lists():
    """
    Tests that steamed bun has no minced form, and that bones forbid one that is listed.
    """
    with pytest.raises(VariantNotMade, match="dish_variant_unknown"):
        as_variant(DISHES["D104"], "minced", FOODS, RULES)
    boned = dish(iddsi_level=7, tags=frozenset({"bone"}), makings=(Making("minced"),))
    with pytest.raises(VariantNotMade, match="dish_variant_barred"):
        as_variant(boned, "minced", FOODS, RULES)


def test_a_making_overrides_the_rules_minutes_and_yield():
    """
    Tests a dish that says itself how long its minced form takes and what it weighs.
    """
    one = dish(
        ingredients=(Ingredient("potato", 150_000), Ingredient("white-sugar", 2_000)),
        makings=(
            Making("minced", (Swap("white-sugar"),), extra_minutes=3, yield_factor=0.5, evidence="measured"),
        ),
    )
    made = as_variant(one, "minced", FOODS, RULES)
    assert made.batch_minutes == one.batch_minutes + 3
    assert made.yield_ratio == 0.5
    assert "white-sugar" not in {part.food_code for part in made.ingredients}


@pytest.mark.parametrize(
    ("dish_id", "facts", "expected"),
    [
        ("D001", {}, "regular"),
        ("D001", {"texture": "soft"}, "regular"),
        ("D001", {"texture": "minced"}, "minced"),
        ("D001", {"texture": "pureed", "diets": frozenset({"low_salt"})}, "low_salt+pureed"),
        ("D001", {"diets": frozenset({"low_salt"})}, "low_salt"),
        ("D100", {"diets": frozenset({"low_salt"})}, "regular"),
        ("D023", {"diets": frozenset({"vegetarian"}), "avoids_tags": frozenset({"red_meat"})}, "vegetarian"),
        ("D041", {"diets": frozenset({"vegetarian"}), "avoids_tags": frozenset({"red_meat"})}, "regular"),
        ("D097", {"diets": frozenset({"diabetic"}), "avoids_tags": frozenset({"added_sugar"})}, "diabetic"),
        ("D097", {"diets": frozenset({"diabetic"})}, "regular"),
        ("D104", {"texture": "minced"}, "regular"),
    ],
)
def test_a_portion_is_changed_only_as_far_as_its_diner_needs(dish_id, facts, expected):
    """
    Tests who gets which variant; where nothing suits it is the plain dish, which suitability refuses.
    """
    item = item_with_variants(DISHES[dish_id], FOODS, RULES)
    assert variant_for(diner(**facts), item, RULES) == expected


def test_a_variant_never_clears_an_allergen_of_the_plain_dish():
    """
    Tests tofu with pork in soy sauce made low-salt: what the plain pan contains counts for the other pan.
    """
    item = item_with_variants(DISHES["D071"], FOODS, RULES)
    assert "crustacean" in item.counts_as_containing
    assert "crustacean" in item.made_as("vegetarian").counts_as_containing


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"combinations": [["low_salt", "liquid"]]}, "liquid"),
        ({"size": {"large": {"ratio": 1.3}}}, "regular"),
        ({"variant": {"soft": {"kind": "taste", "applies": "listed"}}}, "variant soft: kind"),
    ],
)
def test_a_bad_rule_is_named(change, complaint):
    """
    Tests that the complaint says what to mend.
    """
    with pytest.raises(ValueError, match=complaint):
        rules_from_table({**table("variants.toml"), **change})
