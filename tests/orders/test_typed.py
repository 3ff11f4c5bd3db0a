"""Numbers as people type them."""

from decimal import Decimal

import pytest

from orders.errors import BadInput
from orders.typed import typed_number


@pytest.mark.parametrize("typed", ["1,200", " 20，500 ", "-3,141", "123,000"])
def test_a_comma_that_may_be_either_is_asked_back(typed):
    """Tests that one before exactly three digits is refused, with both readings."""
    with pytest.raises(BadInput) as refused:
        typed_number(typed)
    known = typed.strip().replace("，", ",")
    assert refused.value.code == "number_comma"
    assert refused.value.params["thousands"] == known.replace(",", "")
    assert refused.value.params["decimal"] == known.replace(",", ".")


@pytest.mark.parametrize(
    ("typed", "number"), [("1,2", "1.2"), ("0,500", "0.5"), ("1234,567", "1234.567"), ("1200", "1200")]
)
def test_a_comma_that_can_only_be_decimal_is_one(typed, number):
    """Tests that a tablet's decimal comma is understood."""
    assert typed_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "1,200,000", "12 kg", "nan", "inf"])
def test_what_is_no_number_is_none(typed):
    """Tests words, several commas and what does not end."""
    assert typed_number(typed) is None
