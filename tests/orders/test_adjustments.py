"""Closed statements never change: what they should have been comes later, and names them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.adjustments import Adjustment, claw_back, differences
from orders.dues import Due

LUNCH_ON = date(2023, 4, 19)


def due(order_id: str, amount_fen: int = 500, *, held: bool = False) -> Due:
    """What a lunch earns a site."""
    return Due(
        "diner-subsidy", "town", "site", "meal-5", order_id, "F", "S1", LUNCH_ON, amount_fen, 1, held=held
    )


def test_a_backdated_class_gives_each_meal_its_amount():
    """
    Tests that a lunch nobody paid for becomes a proposal of 5.00 that names the statement and no line.
    """
    (found,) = differences("april", {1: due("o1")}, [due("o1"), due("o2")])
    assert found == Adjustment(due("o2"), "april", None, 0, 500, "settled_again")


def test_a_refunded_meal_is_taken_back():
    """
    Tests that a meal refunded after the close gives its amount back and names its line.
    """
    (found,) = differences("april", {7: due("o1")}, [])
    assert (found.due.amount_fen, found.line_no, found.was_fen, found.now_fen) == (-500, 7, 500, 0)


def test_a_review_that_ended_pays_and_one_that_began_does_not_take():
    """
    Tests a held line set free, a held line dropped, and a paid line that is held afterwards.
    """
    held = due("o1", held=True)
    assert [one.due.amount_fen for one in differences("s", {1: held}, [due("o1")])] == [500]
    assert differences("s", {1: held}, []) == []
    assert differences("s", {1: held}, [held]) == []
    assert differences("s", {1: due("o1")}, [held]) == []


@given(st.lists(st.integers(0, 900), min_size=5, max_size=5), st.lists(st.integers(0, 900), min_size=5))
def test_what_is_proposed_is_proposed_once(before, after):
    """
    Tests that the adjustments bring the old sum to the new one, and that with them nothing differs.
    """
    kept = {line_no: due(f"o{line_no}", amount_fen) for line_no, amount_fen in enumerate(before)}
    fresh = [due(f"o{number}", amount_fen) for number, amount_fen in enumerate(after)]
    found = differences("s", kept, fresh)
    assert sum(before) + sum(one.due.amount_fen for one in found) == sum(after)
    assert differences("s", kept, fresh, [one.due for one in found]) == []
    assert differences("s", kept, fresh[::-1]) == found


def test_a_claw_back_takes_each_line_once():
    """
    Tests that whole lines come back, held ones have nothing to give, and a second time takes nothing.
    """
    kept = {1: due("o1"), 2: due("o2", 300), 3: due("o3", held=True)}
    found = claw_back("s", kept, [1, 3], reason="fraud")
    assert [(one.line_no, one.due.amount_fen, one.reason) for one in found] == [(1, -500, "fraud")]
    assert claw_back("s", kept, [1], [one.due for one in found]) == []
    with pytest.raises(KeyError):
        claw_back("s", kept, [9])


def test_an_adjustment_must_add_up():
    """
    Tests that the amount is the difference and never 0.
    """
    with pytest.raises(ValueError, match="is not"):
        Adjustment(due("o1"), "s", 1, 500, 0, "fraud")
    with pytest.raises(ValueError, match="is 0"):
        Adjustment(replace(due("o1"), amount_fen=0), "s", 1, 500, 500, "fraud")
