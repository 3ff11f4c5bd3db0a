"""The fewest rules of which each dish breaks one."""

import pytest

from kitchen.menu_hitting import smallest_hitting


def test_as_few_as_can_be_are_chosen():
    """
    Tests that one rule that all break is preferred to two, and two to the three of a greedy choice.
    """
    sets = [frozenset(one) for one in ("ab", "ac", "ad")]
    assert smallest_hitting(sets) == {"a"}
    greedy = [frozenset(one) for one in ("ax", "bx", "ay", "by", "a", "b")]
    assert smallest_hitting(greedy) == {"a", "b"}
    assert smallest_hitting([]) == frozenset()


def test_what_breaks_nothing_cannot_be_hit():
    """
    Tests that an empty set is a slip.
    """
    with pytest.raises(ValueError, match="empty"):
        smallest_hitting([frozenset()])
