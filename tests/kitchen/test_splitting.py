"""Splitting: even cooks, by number and by weight."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kitchen.splitting import even_split, split_by_weight

SIZES = st.lists(st.sampled_from([Fraction(7, 10), Fraction(1), Fraction(13, 10)]), min_size=1, max_size=150)


def test_even_split_keeps_cooks_even():
    """
    Tests that no cook is more than one portion larger than another: 250 in pans of 100.
    """
    assert even_split(250, 100) == [84, 83, 83]


def test_large_portions_fill_a_pan_sooner():
    """Tests 100 large portions in pans of 100 regular ones: 130 regular ones are two cooks of 50."""
    assert split_by_weight([Fraction(13, 10)] * 100, 100) == [50, 50]


def test_regular_portions_are_split_as_before():
    """Tests that without sizes the largest cook comes first."""
    assert split_by_weight([Fraction(1)] * 250, 100) == even_split(250, 100)


@given(SIZES, st.integers(2, 60))
def test_no_cook_is_overfilled_and_none_is_far_from_even(ratios, most):
    """
    Tests that every place is in one cook, none heavier than the pan, and cooks alike within two large ones.
    """
    counts = split_by_weight(ratios, most)
    assert sum(counts) == len(ratios) and min(counts) >= 1
    starts = [sum(counts[:i]) for i in range(len(counts))]
    weights = [sum(ratios[at : at + count]) for at, count in zip(starts, counts, strict=True)]
    assert max(weights) <= most
    assert max(weights) - min(weights) <= 2 * Fraction(13, 10) or len(counts) > -(-sum(ratios) // most)
