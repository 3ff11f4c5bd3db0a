"""Money: nothing is lost, nothing is rounded twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.money import fen, share_fen, yuan


@pytest.mark.parametrize("text", ["-1", "1.005", "", "NaN", "Infinity", "twelve"])
def test_fen_refuses_what_is_no_amount(text):
    """
    Tests that a negative amount, a third decimal or a word is refused.
    """
    with pytest.raises(ValueError, match=r"amount|decimals"):
        fen(text)


@given(st.integers(0, 10**9))
def test_yuan_and_fen_are_inverse(amount_fen):
    """
    Tests that an amount survives being printed and read.
    """
    assert fen(yuan(amount_fen)) == amount_fen


@given(st.integers(0, 10**6), st.lists(st.integers(0, 50), min_size=1).filter(any))
def test_share_fen_loses_nothing(total_fen, weights):
    """
    Tests that the parts of a split bill add up to the bill.
    """
    assert sum(share_fen(total_fen, weights)) == total_fen
