"""Yields that can be: dry food takes up water, other food does not."""

import pytest

from kitchen.yields import bounds_from_table, most_yield
from tests.kitchen.builders import packaged_dishes, packaged_foods, table

FOODS, BOUNDS = packaged_foods(), bounds_from_table(table("yields.toml"))


def test_only_dry_food_weighs_much_more_when_it_is_made():
    """
    Tests potato, dry rice, oil, and half rice and half potato: (3 + 1.1) / 2.
    """
    potato, rice = FOODS["potato"], FOODS["rice-white-long-grain-indica"]
    oil = next(food for food in FOODS.values() if food.group == "oil")
    assert most_yield([(potato, 80_000)], BOUNDS) == pytest.approx(1.1)
    assert most_yield([(rice, 80_000)], BOUNDS) == pytest.approx(3)
    assert most_yield([(oil, 5_000)], BOUNDS) == pytest.approx(1.1)
    assert most_yield([(rice, 50_000), (None, 50_000)], BOUNDS) == pytest.approx(2.05)


def test_no_packaged_dish_weighs_more_than_its_foods_can():
    """
    Tests the packaged dishes, their sauces taken apart.
    """
    for dish in packaged_dishes(FOODS).values():
        parts = [(FOODS[one.food_code], one.edible_mg) for one in dish.ingredients]
        assert dish.yield_ratio <= most_yield(parts, BOUNDS), dish.name_en
