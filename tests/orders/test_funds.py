"""A fund's book: never below nothing, and what a meal drew before is its own."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orders.settling.funds import FundMovement, fund_book

START = datetime(2021, 3, 1, tzinfo=UTC)
MEALS = st.lists(st.integers(0, 300), max_size=12)


def by(number: int) -> tuple[str, str, str]:
    """A meal that asks the fund."""
    return "charity", f"o{number}", "P"


@given(came=st.integers(0, 900), before=MEALS, after=MEALS)
def test_no_yuan_is_given_twice(came: int, before: list, after: list) -> None:
    """Tests that meals settled again beside new ones get what they had, and no more than came is given."""
    first = fund_book([FundMovement("charity", START, came)])
    drawn = {
        by(number): first.draw(by(number), wanted, START + timedelta(minutes=number), None)
        for number, wanted in enumerate(before)
    }
    left = came - sum(drawn.values())
    again = fund_book([FundMovement("charity", START, left)], drawn)
    meals = [(number, wanted) for number, wanted in enumerate(before)]
    meals += [(100 + number, wanted) for number, wanted in enumerate(after)]
    taken = {
        by(number): again.draw(by(number), wanted, START + timedelta(minutes=number), None)
        for number, wanted in reversed(meals)
    }
    assert {meal: taken[meal] for meal in drawn} == drawn
    assert 0 <= sum(taken.values()) <= came
