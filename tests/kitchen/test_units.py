"""Amounts as a kitchen says them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.units import MG, mg_of, ml_of
from orders.errors import BadInput
from tests.kitchen.builders import packaged_foods

FOODS = packaged_foods()
PORK, OIL, WATER = FOODS["pork-belly-skin-on"], FOODS["soybean-oil"], FOODS["water"]


@pytest.mark.parametrize(
    ("amount", "food", "mg"),
    [
        ("40kg", PORK, 40_000_000),
        ("500 g", PORK, 500_000),
        ("3斤", PORK, 1_500_000),
        ("2.5 两", PORK, 125_000),
        ("1公斤", PORK, 1_000_000),
        ("1.5L", WATER, 1_500_000),
        ("2升", OIL, 1_840_000),
        ("200ml", OIL, 184_000),
    ],
)
def test_amounts_are_read(amount, food, mg):
    """
    Tests metric, Chinese and volume units; oil is lighter than water.
    """
    assert mg_of(amount, food) == mg


@pytest.mark.parametrize("amount", ["1L", "200 ml", "3升"])
def test_a_volume_without_a_density_is_refused_by_the_foods_name(amount):
    """
    Tests that nobody pours a litre of pork.
    """
    with pytest.raises(BadInput) as refused:
        mg_of(amount, PORK)
    assert refused.value.code == "density_unknown"
    assert PORK.name_zh in refused.value.params["food"] and PORK.name_en in refused.value.params["food"]
    with pytest.raises(BadInput, match="density_unknown"):
        ml_of(1000, PORK)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("40", "weight_unreadable"),
        ("kg", "weight_unreadable"),
        ("0kg", "weight_unreadable"),
        ("-1kg", "weight_unreadable"),
        ("2 pounds", "unit_unknown"),
        ("3桶", "unit_unknown"),
    ],
)
def test_what_is_no_amount_is_refused(amount, code):
    """
    Tests numbers without units, nothing, less than nothing and foreign units.
    """
    with pytest.raises(BadInput, match=code):
        mg_of(amount, PORK)


@given(number=st.integers(1, 10**6), unit=st.sampled_from(sorted(MG)))
def test_weights_convert_exactly(number, unit):
    """
    Tests that a weight is its number times its unit, whatever the food.
    """
    assert mg_of(f"{number}{unit}", PORK) == number * MG[unit]


@given(
    food=st.sampled_from(sorted(FOODS)), litres=st.integers(1, 1000), density=st.none() | st.floats(0.1, 3)
)
def test_a_food_has_a_volume_only_by_its_density(food, litres, density):
    """
    Tests every packaged food with any density or none: litres weigh by it, or are refused by the food's name.
    """
    one = replace(FOODS[food], density_g_per_ml=density)
    if density is None:
        with pytest.raises(BadInput, match="density_unknown") as refused:
            mg_of(f"{litres}L", one)
        assert refused.value.params["food"] == f"{one.name_zh} / {one.name_en}"
    else:
        assert abs(mg_of(f"{litres}L", one) - litres * 1_000_000 * density) <= 1


@given(st.integers(1, 10**9))
def test_a_volume_and_back_is_the_same_weight(mg):
    """
    Tests the round trip over millilitres of oil.
    """
    assert ml_of(mg, OIL) * Decimal("0.92") * 1000 == pytest.approx(mg)
