"""Capacity: a full site stops selling, and whoever waits longest moves up."""

from dataclasses import replace
from datetime import timedelta

from orders.capacity import Room, moving_up, place_in_line
from tests.orders.store_facts import NOW_AT, order


def test_a_full_site_stops_selling_and_those_who_wait_come_first():
    """Tests the last place, a full site, an overbooked one, and a free place with a waiter."""
    assert Room("C01", 80, 79).sells
    assert not Room("C01", 80, 80).sells
    assert Room("C01", 80, 85).free == 0
    assert not Room("C01", 80, 79, waiting=1).sells


def test_the_first_in_the_line_moves_up():
    """Tests that the earlier order goes first and that equal ones go by number."""
    later = replace(order(1), state="waiting", placed_at=NOW_AT + timedelta(minutes=1))
    line = [later, replace(order(10), state="waiting"), replace(order(9), state="waiting")]
    assert [one.code for one in moving_up(line, 2)] == ["9", "10"]
    assert moving_up(line, 0) == moving_up(line, -3) == []
    assert place_in_line(line, "o1") == 3
    assert place_in_line(line, "o7") == 0
