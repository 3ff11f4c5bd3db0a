"""Orders: the lock at the cut-off, clashes, substitutes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from orders.diners import Diner
from orders.menus import Menu, MenuItem
from orders.order import Order, OrderLine, clashes, close, settle_clash
from orders.service import Service

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
FISH = MenuItem("d1", "鱼", "Fish", "main", contains=frozenset({"fish"}))
PORK = MenuItem("d2", "肉", "Pork", "main", may_contain=frozenset({"soy"}))
MENU = Menu(SERVICE, (FISH, PORK), 1200)
CUT_OFF_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def diner(*allergens: str) -> Diner:
    return Diner("p1", "LZ1", "张三", date(1940, 1, 1), "C01", allergens=frozenset(allergens))


def order(placed_at: datetime = CUT_OFF_AT) -> Order:
    return Order("o1", "0001", "p1", "C01", (OrderLine("l1", "d1", "d1"),), 1200, placed_at, "site")


def test_close_locks_an_order_placed_at_the_very_cut_off():
    """
    Tests that the cut-off is inclusive and that a later order is listed, not lost.
    """
    late = replace(order(CUT_OFF_AT + timedelta(milliseconds=1)), order_id="o2")
    closed = close([order(), late], {"p1": diner()}, MENU, CUT_OFF_AT)
    assert [o.state for o in closed.locked] == ["locked"]
    assert closed.late == (late,)


def test_close_finds_what_judging_each_order_finds():
    """
    Tests diners of the same needs: the dish that suits, that does not, and one that is off the menu.
    """
    needs = {"p0": ("fish",), "p1": ("fish",), "p2": (), "p3": ()}
    eaters = {who: replace(diner(*own), diner_id=who) for who, own in needs.items()}
    orders = [
        replace(order(), order_id=f"o{dish}{who}", diner_id=who, lines=(OrderLine("l1", dish, dish),))
        for dish in ("d1", "d2", "d9")
        for who in eaters
    ]
    found = close(orders, eaters, MENU, CUT_OFF_AT).clashes
    assert found == tuple(clash for one in orders for clash in clashes(one, eaters[one.diner_id], MENU))
    assert [(clash.diner_id, clash.dish_id) for clash in found] == [
        (who, dish) for dish in ("d1", "d9") for who in ("p0", "p1")
    ]


def test_an_allergen_that_may_be_there_counts_as_there():
    """
    Tests that "may contain" clashes for an allergic diner and so is no substitute.
    """
    [clash] = clashes(order(), diner("fish", "soy"), MENU)
    assert clash.reasons[0].params == {"dish": "d1", "allergen": "fish"}
    assert clash.proposed == ()


def test_settling_a_clash_keeps_what_was_ordered_on_record():
    """
    Tests that a substitute keeps the dish asked for, and that a withdrawn line is not cooked.
    """
    [clash] = clashes(order(), diner("fish"), MENU)
    swapped = settle_clash(order(), clash.line_id, clash.proposed[0])
    assert (swapped.lines[0].dish_id, swapped.lines[0].ordered_dish_id) == ("d2", "d1")
    assert settle_clash(order(), clash.line_id, None).portions == 0
