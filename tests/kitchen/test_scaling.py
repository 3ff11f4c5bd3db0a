"""From one portion to a load and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.recipes import Ingredient
from kitchen.scaling import buyable_mg, in_loads, portions_from, rules_from_table, scaled, weighable_mg
from kitchen.variants import as_variant
from orders.errors import BadInput
from tests.kitchen.builders import dish, packaged_dishes, packaged_foods, table, variant_rules

FOODS = packaged_foods()
DISHES = packaged_dishes(FOODS)
RULES = rules_from_table(table("scaling.toml"))
dish_ids = st.sampled_from(sorted(DISHES))


@given(dish_id=dish_ids, portions=st.integers(1, 10_000))
def test_a_load_keeps_the_recipes_proportions_but_for_the_rules(dish_id, portions):
    """
    Tests 1 to 10,000 portions: each ingredient is its milligrams times the portions, times its rule's factor.
    """
    one = DISHES[dish_id]
    for ingredient, weighed in zip(one.ingredients, scaled(one, portions, FOODS, RULES), strict=True):
        rule = RULES.rule_for(FOODS[ingredient.food_code], one.method)
        factor = rule.factor(Fraction(portions)) if rule else 1
        assert abs(weighed.net_mg - ingredient.edible_mg * portions * factor) <= Fraction(1, 2)
        assert bool(weighed.rule) == (rule is not None)
        assert weighed.gross_mg * FOODS[ingredient.food_code].edible_ratio >= weighed.net_mg * (1 - 1e-9)


@given(
    mg=st.integers(1, 10**6),
    portions=st.fractions(Fraction(1, 10), 10_000),
    food=st.sampled_from(["table-salt", "soybean-oil", "water", "star-anise"]),
)
def test_rounding_loses_no_ingredient(mg, portions, food):
    """
    Tests that the least pinch for a tenth of a portion is still on the list, and on the scale.
    """
    one = dish(ingredients=(Ingredient("potato", 1000), Ingredient(food, mg)))
    load = scaled(one, portions, FOODS, RULES)
    assert len(load) == 2 and min(weighed.net_mg for weighed in load) >= 1
    assert all(weighable_mg(weighed.net_mg, RULES) >= 1 for weighed in load)


@given(dish_id=dish_ids, fewer=st.integers(1, 5_000), more=st.integers(0, 5_000))
def test_more_portions_never_need_less(dish_id, fewer, more):
    """
    Tests that no ingredient shrinks as the load grows.
    """
    small, large = (scaled(DISHES[dish_id], n, FOODS, RULES) for n in (fewer, fewer + more))
    assert all(a.net_mg <= b.net_mg and a.gross_mg <= b.gross_mg for a, b in zip(small, large, strict=True))


def test_salt_oil_and_water_follow_their_rules():
    """
    Tests a braised load of 300: 3 % less salt and a tenth less oil a portion, and even meat.
    """
    one = DISHES["D001"]
    raw = {ingredient.food_code: ingredient.edible_mg for ingredient in one.ingredients}
    load = {weighed.food_code: weighed for weighed in scaled(one, 300, FOODS, RULES)}
    assert load["table-salt"].net_mg == raw["table-salt"] * 291
    assert load["soybean-oil"].net_mg == raw["soybean-oil"] * 270
    assert load["pork-belly-skin-on"].net_mg == raw["pork-belly-skin-on"] * 300
    assert (load["table-salt"].rule, load["potato"].rule) == ("salt", "")


def test_the_water_of_rice_is_never_cut():
    """
    Tests that steamed rice takes its water evenly at any load.
    """
    rice = DISHES["D100"]
    assert all(weighed.rule == "" for weighed in scaled(rice, 400, FOODS, RULES))


def test_gross_is_what_must_be_bought():
    """
    Tests potatoes with a tenth of peel: gross times the edible part is at least the net.
    """
    (weighed,) = scaled(dish(), 100, FOODS, RULES)
    assert weighed.net_mg == 15_000_000
    assert weighed.gross_mg == -(-15_000_000 * 1000 // 902)


def test_many_portions_are_even_loads():
    """
    Tests that 301 portions of a pan of 150 are three loads of a third each, salted as pans of about 100.
    """
    one = DISHES["D001"]
    loads, together = in_loads(one, 301, FOODS, RULES)
    each = scaled(one, Fraction(301, 3), FOODS, RULES)
    assert loads == 3
    assert [weighed.net_mg for weighed in together] == [3 * weighed.net_mg for weighed in each]


def test_forty_kilos_of_pork_drive_the_scale():
    """
    Tests that 40 kg of belly at 45 g net a portion are as many portions as they are enough for, and no more;
    of small portions too.
    """
    one = DISHES["D001"]
    portions = portions_from(one, "pork-belly-skin-on", 40_000_000, FOODS, RULES)
    edible_ratio = FOODS["pork-belly-skin-on"].edible_ratio
    assert portions == int(40_000_000 * edible_ratio / 45_000)
    small = Fraction(7, 10)
    of_small = portions_from(one, "pork-belly-skin-on", 40_000_000, FOODS, RULES, size=small)
    for more, is_enough in ((0, True), (1, False)):
        _, needed = in_loads(one, (of_small + more) * small, FOODS, RULES)
        gross_mg = sum(part.gross_mg for part in needed if part.food_code == "pork-belly-skin-on")
        assert (gross_mg <= 40_000_000) is is_enough


@given(dish_id=dish_ids, portions=st.integers(1, 10_000), at=st.integers(0, 30))
def test_what_a_load_needs_is_enough_for_it(dish_id, portions, at):
    """
    Tests the way back: what is bought of any ingredient of a load is enough for at least that load.
    """
    one = DISHES[dish_id]
    _, load = in_loads(one, portions, FOODS, RULES)
    code = load[at % len(load)].food_code
    gross_mg = sum(weighed.gross_mg for weighed in load if weighed.food_code == code)
    found = portions_from(one, code, gross_mg, FOODS, RULES)
    _, again = in_loads(one, found, FOODS, RULES)
    assert found >= portions
    assert sum(weighed.gross_mg for weighed in again if weighed.food_code == code) <= gross_mg


def test_a_food_that_the_dish_lacks_or_too_little_of_it_is_refused():
    """
    Tests that the refusal names the food and what the dish is made of.
    """
    with pytest.raises(BadInput, match="dish_lacks_food") as refused:
        portions_from(DISHES["D001"], "broccoli", 1_000_000, FOODS, RULES)
    assert FOODS["potato"].name_zh in refused.value.params["foods"]
    with pytest.raises(BadInput, match="too_little_for_a_portion"):
        portions_from(DISHES["D001"], "potato", 1000, FOODS, RULES)
    with pytest.raises(ValueError, match="above 0"):
        scaled(DISHES["D001"], 0, FOODS, RULES)


def test_a_variant_is_scaled_as_it_is_cooked():
    """
    Tests that a low-salt load weighs half the salt of the plain one.
    """
    made = as_variant(DISHES["D001"], "low_salt", FOODS, variant_rules())
    salt = {
        weighed.food_code: weighed.net_mg for weighed in scaled(made, 100, FOODS, RULES) if not weighed.via
    }["table-salt"]
    assert salt == 100 * 200 // 2


@pytest.mark.parametrize(
    ("mg", "shown_mg"),
    [(1, 10), (37, 40), (149, 100), (9_960, 10_000), (14_505, 15_000), (1_234_567, 1_230_000)],
)
def test_a_scale_shows_its_steps_and_never_nothing(mg, shown_mg):
    """
    Tests half up to the step of the amount; one milligram is still one step.
    """
    assert weighable_mg(mg, RULES) == shown_mg


@pytest.mark.parametrize(
    ("points", "complaint"),
    [
        ([], "rising portions"),
        ([[100, 1.0], [50, 1.0]], "rising portions"),
        ([[100, 0.0]], "factors must be > 0"),
        ([[100, 1.0], [110, 0.5]], "need less than fewer"),
    ],
)
def test_a_rule_by_which_more_need_less_is_refused(points, complaint):
    """
    Tests that a bad rule is named.
    """
    document = table("scaling.toml")
    document["rule"]["salt"]["points"] = points
    with pytest.raises(ValueError, match=rf"rule salt: .*{complaint}"):
        rules_from_table(document)


@pytest.mark.parametrize(("mg", "bought"), [(1, 10), (101, 200), (10_001, 11_000), (1_004_000, 1_010_000)])
def test_what_is_bought_is_rounded_up(mg, bought):
    """
    Tests that a weight drawn from the store is never short of what the pan needs.
    """
    assert buyable_mg(mg, RULES) == bought
