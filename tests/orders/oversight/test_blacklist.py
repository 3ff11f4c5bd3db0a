"""Who is shut out on a day."""

from datetime import date

import pytest

from orders.oversight.blacklist import Shut, shut_on

MAY = Shut("site", "C01", date(2026, 5, 1), date(2026, 5, 31), "两次重复")
OPEN = Shut("site", "C01", date(2026, 5, 20), None, "伪造签收")


def test_an_entry_holds_from_its_first_to_its_last_day() -> None:
    """Tests both ends, and that another subject or kind is not touched."""
    assert shut_on([MAY], "site", "C01", date(2026, 5, 1)) is MAY
    assert shut_on([MAY], "site", "C01", date(2026, 5, 31)) is MAY
    assert shut_on([MAY], "site", "C01", date(2026, 6, 1)) is None
    assert shut_on([MAY], "person", "C01", date(2026, 5, 1)) is None
    assert shut_on([MAY], "site", "C02", date(2026, 5, 1)) is None


def test_of_several_the_one_that_ends_last_is_told() -> None:
    """Tests that one until further notice is told before one that ends."""
    assert shut_on([MAY, OPEN], "site", "C01", date(2026, 5, 25)) is OPEN


def test_an_entry_does_not_end_before_it_begins() -> None:
    """Tests the slip."""
    with pytest.raises(ValueError, match="before it begins"):
        Shut("site", "C01", date(2026, 5, 2), date(2026, 5, 1), "x")
