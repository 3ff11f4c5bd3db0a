"""What two programmes hold differently."""

from datetime import date

from orders.programmes.differences import Difference, differences


def test_differences_are_keyed_by_ids() -> None:
    """
    Tests added, removed and changed keys, entries by their id, and dates as text.
    """
    before = {"a": 1, "class": [{"id": "x", "n": 1}], "when": date(2023, 3, 6), "gone": True}
    after = {
        "a": 1,
        "class": [{"id": "x", "n": 2}, {"id": "y", "n": 3}],
        "when": "2023-03-06",
        "new": ["p", "q"],
    }
    assert differences(before, after) == (
        Difference("class.x.n", "changed", "1", "2"),
        Difference("gone", "removed", "true", ""),
        Difference("class.y.id", "added", "", "y"),
        Difference("class.y.n", "added", "", "3"),
        Difference("new", "added", "", "p, q"),
    )


def test_another_order_of_entries_is_a_difference() -> None:
    """
    Tests that two classes changing places is told, since the first that matches wins.
    """
    before, after = ({"class": [{"id": name} for name in names]} for names in ("xy", "yx"))
    assert differences(before, after) == (Difference("class.(order)", "changed", "x, y", "y, x"),)
