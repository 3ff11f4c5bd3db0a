"""What will be lacking is found before the cut-off, from orders and from the past."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kitchen.lots import issue
from kitchen.purchasing import (
    STEP_MG,
    DayNeed,
    Shortage,
    expected_portions,
    purchase_lines,
    shortages,
)
from tests.kitchen.builders import packaged_foods
from tests.kitchen.test_lots import FOODS, ON, lot, stocks

MENU = {"D1": "main", "D2": "main", "D3": "soup"}


def test_the_past_is_shared_by_the_dishes_of_a_category():
    """
    Tests 101 mains on average for two mains, of which one has more orders than its share already.
    """
    past = [{"main": 100, "soup": 40}, {"main": 101, "soup": 41}]
    assert expected_portions(MENU, {"D2": 70}, past) == {"D1": 51, "D2": 70, "D3": 41}


def test_without_a_past_only_orders_count():
    """
    Tests the first week of a house.
    """
    assert expected_portions(MENU, {"D1": 3}, []) == {"D1": 3, "D2": 0, "D3": 0}


@given(
    st.dictionaries(st.sampled_from(sorted(MENU)), st.integers(0, 500)),
    st.lists(st.dictionaries(st.sampled_from(["main", "soup"]), st.integers(0, 900)), max_size=5),
)
def test_never_fewer_than_ordered(known, past):
    """
    Tests that a forecast never forgets an order, and covers a category's average.
    """
    expected = expected_portions(MENU, known, past)
    assert all(expected[dish_id] >= portions for dish_id, portions in known.items())
    if past:
        mains = sum(one.get("main", 0) for one in past) / len(past)
        assert expected["D1"] + expected["D2"] >= mains


@given(stocks(), st.dictionaries(st.sampled_from(FOODS), st.integers(1, 9_000)))
def test_one_days_shortage_is_what_its_issue_lacks(lots, mg):
    """
    Tests that planning ahead and issuing agree.
    """
    found = {one.food_code: one.mg for one in shortages([DayNeed(ON, mg)], lots)}
    assert found == issue(mg, lots, ON).short_mg


def test_what_monday_takes_tuesday_lacks_and_what_expires_does_not_help():
    """
    Tests that dates take one after another, and that a lot of yesterday is no stock.
    """
    tuesday = ON + timedelta(days=1)
    days = [DayNeed(tuesday, {"pork": 800_000}), DayNeed(ON, {"pork": 700_000})]
    one, stale = lot(1), lot(2, expires_on=ON - timedelta(days=1))
    assert shortages(days, [one, stale]) == (Shortage("pork", 500_000, tuesday),)
    expires_today = replace(one, expires_on=ON)
    assert shortages(days, [expires_today]) == (Shortage("pork", 800_000, tuesday),)


def test_orders_are_rounded_up_and_unknown_suppliers_come_last():
    """
    Tests weight, price and order of a purchase list.
    """
    foods = packaged_foods()
    codes = sorted(foods)[:2]
    lacking = [Shortage(codes[0], 1, ON), Shortage(codes[1], STEP_MG + 1, ON)]
    first, last = purchase_lines(lacking, foods, {codes[1]: "s1"})
    assert (first.supplier_id, first.order_mg, first.short_mg) == ("s1", 2 * STEP_MG, STEP_MG + 1)
    assert first.cost_fen == round(foods[codes[1]].price_fen_per_kg * 0.2)
    assert (last.supplier_id, last.order_mg) == ("", STEP_MG)
