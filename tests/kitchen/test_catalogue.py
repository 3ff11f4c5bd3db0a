"""Foods, dishes, equipment and carriers as the packaged files state them."""

import pytest

from kitchen.boxes import carriers_from_document
from kitchen.catalogue import dishes_from_rows, foods_from_rows
from kitchen.equipment import equipment_from_document
from kitchen.recipes import allergens, food_cost_fen, menu_item, portion_g
from tests.kitchen.builders import csv_rows, packaged_dishes, packaged_foods, table

ALLERGENS = table("allergens.toml")["allergen"]


def test_every_packaged_dish_has_known_foods_and_a_weight():
    """
    Tests the packaged dishes as a whole.
    """
    foods = packaged_foods()
    dishes = packaged_dishes(foods)
    assert len(dishes) >= 111 and len(foods) >= 293
    assert all(50 <= portion_g(dish) <= 600 for dish in dishes.values())
    assert all(0 < food_cost_fen(dish, foods) < 1_000 for dish in dishes.values())


def test_a_dish_contains_what_its_foods_contain():
    """
    Tests red-braised pork with potato: soy sauce brings soy and gluten; 177.3 g raw give 112 g.
    """
    foods = packaged_foods()
    dish = packaged_dishes(foods)["D001"]
    assert allergens(dish, foods) == (frozenset({"gluten", "soy"}), frozenset(), frozenset())
    assert portion_g(dish) == 112
    assert menu_item(dish, foods).counts_as_containing == frozenset({"gluten", "soy"})


def test_possible_and_undeclared_allergens_are_kept_apart_but_never_twice():
    """
    Tests that what is contained is not also possible or unknown.
    """
    row = csv_rows("foods.csv")[0]
    foods = foods_from_rows(
        [
            {**row, "code": "a", "allergens_contains": "soy"},
            {**row, "code": "b", "allergens_may_contain": "soy egg", "allergens_unknown": "egg milk soy"},
        ]
    )
    lines = [{"dish_code": "D1", "food_code": code, "raw_edible_mg": "1000"} for code in ("a", "b")]
    dishes = dishes_from_rows([{**csv_rows("dishes.csv")[0], "code": "D1"}], lines, foods)
    assert allergens(dishes["D1"], foods) == (frozenset({"soy"}), frozenset({"egg"}), frozenset({"milk"}))


def test_an_allergen_that_nobody_speaks_of_is_unknown():
    """
    Tests the four states: contained, possible, declared absent, and all that no cell names.
    """
    row = {**csv_rows("foods.csv")[0], "allergens_contains": "soy", "allergens_may_contain": "egg"}
    (silent,) = foods_from_rows([{**row, "allergens_free": "milk"}], ALLERGENS).values()
    assert silent.free == {"milk"} and silent.unknown == set(ALLERGENS) - {"soy", "egg", "milk"}
    (spoken,) = foods_from_rows(
        [{**row, "allergens_unknown": "fish", "allergens_free": "*"}], ALLERGENS
    ).values()
    assert spoken.unknown == {"fish"} and spoken.free == set(ALLERGENS) - {"soy", "egg", "fish"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"variant": "soft", "swaps": "potato"}, "dish_variants.csv line 2: swaps must read"),
        ({"variant": "soft", "swaps": "potato>air"}, "dish_variants.csv line 2: swaps: air is no food"),
        ({"variant": "soft", "yield_factor": "0"}, "dish_variants.csv line 2: .*yield_factor"),
    ],
)
def test_a_bad_variant_of_a_dish_is_named_by_line(row, complaint):
    """
    Tests that the complaint says where to look.
    """
    dish = csv_rows("dishes.csv")[0]
    bill = [{"dish_code": dish["code"], "food_code": "potato", "raw_edible_mg": "1"}]
    with pytest.raises(ValueError, match=complaint):
        dishes_from_rows([dish], bill, packaged_foods(), [{"dish_code": dish["code"], **row}])


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("edible_ratio", "2", "foods.csv line 2: edible_ratio"),
        ("edible_ratio", "0", "foods.csv line 2: edible_ratio"),
        ("season_months", "3 13", "foods.csv line 2: season must name months"),
        ("density_g_per_ml", "0", "foods.csv line 2: density_g_per_ml"),
        ("allergens_contains", "gluten moonlight", "foods.csv line 2: moonlight is no allergen"),
        ("protein_g", "much", "line 2: protein_g must be a number"),
        ("code", "", "line 2: code is missing"),
    ],
)
def test_a_bad_food_is_named_by_line_and_field(field, value, complaint):
    """
    Tests that the complaint says where to look.
    """
    with pytest.raises(ValueError, match=complaint):
        foods_from_rows([{**csv_rows("foods.csv")[0], field: value}], ALLERGENS)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("category", "dessert", "dishes.csv line 2: category"),
        ("yield_ratio", "0", "dishes.csv line 2: .* yield above 0"),
        ("supply", "frozen", "dishes.csv line 2: supply"),
        ("main_food", "beetroot", "dishes.csv line 2: main_food beetroot"),
        ("popularity", "7", "dishes.csv line 2: popularity"),
        ("service_mode", "frozen", "line 2: service_mode"),
        ("batch_portions", "0", "batch_portions must be >= 1"),
        ("batch_minutes", "7.5", "line 2: batch_minutes must be a whole number"),
    ],
)
def test_a_bad_dish_is_named_by_line_and_field(field, value, complaint):
    """
    Tests that the complaint says where to look.
    """
    row = {**csv_rows("dishes.csv")[0], field: value}
    bill = [{"dish_code": row["code"], "food_code": "potato", "raw_edible_mg": "1"}]
    with pytest.raises(ValueError, match=complaint):
        dishes_from_rows([row], bill, packaged_foods())


def test_what_stands_twice_or_refers_to_nothing_is_refused():
    """
    Tests a doubled food, a doubled dish and an unknown ingredient.
    """
    food, dish = csv_rows("foods.csv")[0], csv_rows("dishes.csv")[0]
    with pytest.raises(ValueError, match="stands twice"):
        foods_from_rows([food, food])
    with pytest.raises(ValueError, match="stands twice"):
        dishes_from_rows(
            [dish, dish],
            [{"dish_code": dish["code"], "food_code": "potato", "raw_edible_mg": "1"}],
            packaged_foods(),
        )
    with pytest.raises(ValueError, match="is no food"):
        dishes_from_rows(
            [dish], [{"dish_code": "D001", "food_code": "air", "raw_edible_mg": "1"}], packaged_foods()
        )


def test_the_example_kitchen_has_equipment_for_every_dish():
    """
    Tests that every kind a dish asks for stands in the example kitchen, with its changeover.
    """
    pieces = equipment_from_document(table("examples/liuzhou/equipment.toml"))
    shared = {piece.kind for piece in pieces if not piece.specials_only}
    asked = {
        dish.equipment_kind
        for dish in packaged_dishes(packaged_foods()).values()
        if dish.service_mode != "cold"
    }
    assert asked <= shared
    assert all(piece.changeover_s > 0 for piece in pieces)


def test_the_example_carriers_are_read_with_their_sensors():
    """
    Tests that each carrier is complete and no sensor sits in two.
    """
    carriers = carriers_from_document(table("examples/liuzhou/carriers.toml"))
    sensors = [carrier.sensor_id for carrier in carriers if carrier.sensor_id]
    assert {carrier.kind for carrier in carriers} == {"bulk", "packed", "bag", "special"}
    assert len(set(sensors)) == len(sensors)


def test_a_carrier_of_an_unknown_sense_is_refused_by_name():
    """
    Tests that the carrier and the field are named.
    """
    document = table("examples/liuzhou/carriers.toml")
    document["carrier"][0]["senses"] = "smell"
    with pytest.raises(ValueError, match=r"carrier G01: senses must be one of"):
        carriers_from_document(document)
