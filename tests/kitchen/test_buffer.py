"""The buffer for walk-ins: a quantile of the past, a ratio before there is one, spread as orders choose."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kitchen.batches import ExtraParams, plan_batches
from kitchen.buffer import site_buffer, spread
from kitchen.past import PastRule
from tests.kitchen.builders import dish, ids, pans, portions

RULE = PastRule(0.8, 8, 4, 0.05)


def test_the_buffer_is_a_quantile_of_the_past():
    """
    Tests five past Mondays by hand: on four of five 3 walk-ins or fewer came.
    """
    found = site_buffer("C01", [0, 3, 1, 9, 2], 60, RULE)
    assert (found.meals, found.services, found.cold) == (3, 5, False)


def test_a_short_past_starts_cold():
    """
    Tests that 5 % of 41 ordered meals is 3, whatever the three past services say.
    """
    assert site_buffer("C01", [9, 9, 9], 41, RULE).meals == 3
    assert site_buffer("C01", [], 0, RULE).meals == 0


@given(
    past=st.lists(st.integers(0, 50), min_size=4, max_size=20),
    quantile=st.floats(0.01, 1),
)
def test_the_buffer_would_have_been_enough_as_often_as_said(past, quantile):
    """
    Tests that so many past services had no more walk-ins than the buffer, and that it is one of them.
    """
    found = site_buffer("C01", past, 10, PastRule(quantile, 8, 4, 0.0)).meals
    assert found in past
    assert sum(came <= found for came in past) >= quantile * len(past) - 1e-6


def test_meals_are_spread_as_the_orders_choose():
    """
    Tests that 3 meals beyond 40, of which 30 had D1, are 3 of D1 and 1 of D2.
    """
    assert spread(3, {"D1": 30, "D2": 10}, 40) == {"D1": 3, "D2": 1}
    assert spread(3, {}, 0) == {}


def test_samples_buffer_and_staff_are_lines_of_their_own():
    """
    Tests that the extras of the batches are those asked for, beside every ordered portion.
    """
    extras = ExtraParams(125, buffer={"D1": 4}, staff={"D1": 3})
    plan = plan_batches(portions(50), {"D1": dish("D1")}, pans(2), extras, ids())
    found = Counter[str]()
    for batch in plan.batches:
        found.update({extra.purpose: extra.portions for extra in batch.extras})
    assert (found["buffer"], found["staff"]) == (4, 3)
    assert sum(batch.portions for batch in plan.batches) == 50 + sum(found.values())
