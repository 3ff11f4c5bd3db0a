"""Sizes and variants: what is weighed for a day is what its portions take, whatever their mix."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kitchen.as_cooked import cooked_key
from kitchen.batches import ExtraParams, plan_batches
from kitchen.demand import Portion
from kitchen.equipment import Equipment
from kitchen.recipes import portion_g
from kitchen.scaling import rules_from_table, scaled
from kitchen.variants import VariantNotMade, as_variant, makeable
from orders.menus import REGULAR
from tests.kitchen.builders import ids, packaged_dishes, packaged_foods, table, variant_rules

FOODS = packaged_foods()
DISHES = packaged_dishes(FOODS)
VARIANTS = variant_rules()
SCALING = rules_from_table(table("scaling.toml"))


def ways_to_cook():
    """Every packaged dish in every variant that it is made as, by `cooked_key`."""
    found = {}
    for dish in DISHES.values():
        for variant in (REGULAR, *sorted(makeable(dish, VARIANTS))):
            try:
                found[cooked_key(dish.dish_id, variant)] = as_variant(dish, variant, FOODS, VARIANTS)
            except VariantNotMade:
                continue
    return found


MADE = ways_to_cook()
KINDS = {dish.equipment_kind for dish in DISHES.values()}
KITCHEN = [Equipment(f"E-{kind}", kind, kind, kind) for kind in KINDS]
MIX = st.lists(
    st.tuples(st.sampled_from(sorted(MADE)), st.sampled_from(sorted(VARIANTS.sizes)), st.integers(1, 70)),
    min_size=1,
    max_size=4,
)


def asked(mix):
    """The portions of a mix."""
    found = []
    for key, size, number in mix:
        dish_id, _, variant = key.partition(":")
        start = len(found)
        found += [
            Portion(
                f"L{start + i}",
                f"O{start + i}",
                "P",
                "C01",
                dish_id,
                variant or REGULAR,
                size=VARIANTS.size(size),
            )
            for i in range(number)
        ]
    return found


@settings(max_examples=40)
@given(MIX)
def test_the_matrix_takes_what_the_portions_take(mix):
    """
    Tests that what all loads take of each food, as bought, is the sum over portions of the variant's recipe
    times the size, times the load's factor where a food does not grow evenly, but for each load's rounding.
    """
    portions = asked(mix)
    batches = plan_batches(portions, MADE, KITCHEN, ExtraParams(0), ids()).batches
    batch_of = {line_id: batch for batch in batches for line_id in batch.line_ids}
    weighed, wanted, slack = defaultdict(int), defaultdict(Fraction), defaultdict(Fraction)
    for batch in batches:
        made = MADE[cooked_key(batch.dish_id, batch.variant)]
        for one in scaled(made, batch.regular_portions, FOODS, SCALING):
            weighed[one.food_code] += one.gross_mg
            edible = Fraction(str(FOODS[one.food_code].edible_ratio))
            slack[one.food_code] += 1 + 1 / edible
    for portion in portions:
        made = MADE[cooked_key(portion.dish_id, portion.variant)]
        load = batch_of[portion.line_id].regular_portions
        for one in made.ingredients:
            rule = SCALING.rule_for(FOODS[one.food_code], made.method)
            factor = rule.factor(load) if rule else 1
            edible = Fraction(str(FOODS[one.food_code].edible_ratio))
            wanted[one.food_code] += one.edible_mg * portion.size.ratio * factor / edible
    assert weighed.keys() == wanted.keys()
    assert all(abs(weighed[food] - wanted[food]) <= slack[food] for food in wanted)


@settings(max_examples=40)
@given(MIX)
def test_portions_and_kilograms_balance(mix):
    """Tests that batches cook every portion once, as heavy together as the portions, none above its pan."""
    portions = asked(mix)
    batches = plan_batches(portions, MADE, KITCHEN, ExtraParams(0), ids()).batches
    cooked_g = sum(one.food_g(portion_g(MADE[cooked_key(one.dish_id, one.variant)])) for one in batches)
    weights = (one.size.of_g(portion_g(MADE[cooked_key(one.dish_id, one.variant)])) for one in portions)
    assert cooked_g == sum(weights)
    assert sum(sum(batch.by_size.values()) for batch in batches) == len(portions)
    assert all(batch.needs_ratio <= 1 + 1e-9 for batch in batches)
