"""Late changes: what differs is named by portion, and even sums are left out."""

from dataclasses import replace
from datetime import timedelta

from orders.late_changes import OrderChange, as_planned, difference, dishes_by_site, since_version
from orders.order import ended, with_dishes
from tests.orders.store_facts import NOW_AT, order

LOCKED = replace(order(1), state="locked")


def changed(number: int, before, after, version: int | None = 2, kind="amended") -> OrderChange:
    """A change of an order after the close."""
    added, removed = difference(before, after)
    at = NOW_AT + timedelta(minutes=number)
    return OrderChange(f"c{number}", "o1", "1", "d1", kind, at, at, "u1", "called", version, added, removed)


def test_another_dish_is_one_portion_less_and_one_more():
    """Tests that a locked order keeps its withdrawn line, and that the dish which stays is not touched."""
    after = with_dishes(LOCKED, {"D1": "x1", "D3": "x3"})
    assert [(line.line_id, line.state) for line in after.lines] == [
        ("o1-1", "ordered"), ("o1-2", "withdrawn"), ("x3", "ordered"),
    ]  # fmt: skip
    assert after.dish_ids == ("D1", "D3")
    assert dishes_by_site([changed(1, LOCKED, after)]) == {("C01", "D2"): -1, ("C01", "D3"): 1}


def test_an_open_order_forgets_the_dish_it_no_longer_has():
    """Tests that nothing is withdrawn before the close, and lines stand in the order of the choice."""
    after = with_dishes(order(1), {"D3": "x3", "D1": "x1"})
    assert [line.line_id for line in after.lines] == ["x3", "o1-1"]


def test_moving_to_another_site_moves_every_portion():
    """Tests that a move is less there and more here."""
    moved = replace(LOCKED, site_id="C02")
    assert dishes_by_site([changed(1, LOCKED, moved)]) == {
        ("C01", "D1"): -1, ("C01", "D2"): -1, ("C02", "D1"): 1, ("C02", "D2"): 1,
    }  # fmt: skip


def test_a_change_and_its_undoing_even_out():
    """Tests that cancelling and placing anew leaves no difference."""
    gone = ended(LOCKED, "cancelled_after_cutoff", NOW_AT)
    again = replace(order(1), order_id="o2", state="locked")
    changes = [changed(1, LOCKED, gone, kind="cancelled"), changed(2, None, again, kind="placed")]
    assert dishes_by_site(changes) == {}


def test_only_what_the_version_does_not_know_is_told():
    """Tests other versions, changes before the close, walk-ins, and orders that only wait."""
    after = with_dishes(LOCKED, {"D1": "x1"})
    told = changed(2, LOCKED, after)
    others = [
        changed(1, LOCKED, after, version=1),
        changed(3, LOCKED, after, version=None),
        changed(4, None, LOCKED, kind="walk_in"),
        changed(5, None, replace(order(1), state="waiting"), kind="placed"),
    ]
    assert since_version([*others, told], 2) == [told]
    assert [one.is_late for one in others[:2]] == [True, False]


def test_the_published_plan_is_told_as_it_was():
    """Tests an exchanged dish, a move, a cancellation, a new order and one that nobody touched."""
    exchanged = with_dishes(LOCKED, {"D1": "x1", "D3": "x3"})
    moved = replace(LOCKED, site_id="C02")
    gone = ended(LOCKED, "cancelled_after_cutoff", NOW_AT)
    for after in (exchanged, moved, gone):
        (planned,) = as_planned([after], [changed(1, LOCKED, after)])
        assert (planned.site_id, planned.dish_ids, planned.state) == ("C01", ("D1", "D2"), "locked")
    new = replace(order(2), state="locked")
    assert as_planned([new, LOCKED], [changed(1, None, new)]) == [LOCKED]
    back = [changed(1, LOCKED, exchanged), changed(2, exchanged, gone)]
    assert as_planned([ended(exchanged, "cancelled_after_cutoff", NOW_AT)], back)[0].dish_ids == ("D1", "D2")
