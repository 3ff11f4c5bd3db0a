"""Forecast: chilled dishes by the past of the same weekday, never below what is ordered."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.forecast import forecast
from kitchen.past import PastRule, past_rule
from tests.kitchen.builders import table

RULE = past_rule({}, table("forecast.toml"))
HERE = ("C01", "regular")


def one_line(past, ordered, rule=RULE):
    """The line of one dish at one site."""
    known = {"D1": {HERE: Fraction(ordered)}} if ordered else {}
    (line,) = forecast(["D1"], {"D1": [{HERE: Fraction(count)} for count in past]}, known, rule)
    return line


def test_the_median_of_the_past_is_cooked():
    """Tests four Tuesdays of 10, 20, 30 and 40: two of four were served with 20."""
    line = one_line([40, 10, 30, 20], 5)
    assert (line.portions, line.basis, line.past) == (20, "history", (40, 10, 30, 20))
    assert (line.reason.code, line.reason.params["services"]) == ("forecast_by_history", 4)


def test_orders_are_a_lower_bound():
    """Tests that more orders than the past suggests are all cooked, half portions rounded up."""
    line = one_line([10, 10, 10], Fraction(127, 10))
    assert (line.portions, line.basis) == (13, "orders")


def test_too_short_a_past_starts_from_the_orders():
    """Tests two past services where three are wanted: 20 ordered and a tenth on top."""
    line = one_line([90, 90], 20)
    assert (line.portions, line.basis) == (22, "cold")


def test_a_site_that_never_asked_is_not_cooked_for():
    """Tests that a dish without past and orders has no line."""
    assert forecast(["D1"], {"D1": [{}, {}, {}]}, {}, RULE) == ()


def test_a_rule_that_cannot_be_is_refused():
    """Tests a quantile above one."""
    with pytest.raises(ValueError, match="quantile"):
        PastRule(1.5, 8, 3, 0.1)


COUNTS = st.lists(st.integers(0, 80), max_size=10)


@given(COUNTS, st.integers(0, 80), st.floats(0.1, 1))
def test_a_forecast_covers_the_orders_and_its_quantile(past, ordered, quantile):
    """Tests that it is at least what is ordered, and enough for its part of the past services."""
    rule = PastRule(quantile, 8, 3, 0.1)
    known = {"D1": {HERE: Fraction(ordered)}}
    lines = forecast(["D1"], {"D1": [{HERE: Fraction(count)} for count in past]}, known, rule)
    portions = sum(line.portions for line in lines)
    assert portions >= ordered
    if len(past) >= 3:
        assert sum(count <= portions for count in past) >= quantile * len(past) - 1e-6
