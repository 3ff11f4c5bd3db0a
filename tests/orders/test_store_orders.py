"""Orders, clashes, closes and exceptions come back as they were kept."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy.exc import IntegrityError

from api.db import Database
from orders.codes import Coded, Excepted
from orders.order import Clash, settle_clash
from orders.store.diners import save_diners
from orders.store.orders import (
    count_orders,
    known_refs,
    load_clashes,
    load_order,
    load_orders,
    lock_orders,
    save_clashes,
    save_orders,
    settle_clash_row,
    update_orders,
)
from orders.store.services import (
    ServiceClose,
    closed_services,
    load_close,
    load_order_exceptions,
    save_close,
    save_order_exceptions,
)
from tests.orders.store_facts import LI, LUNCH, NOW_AT, ZHANG, keep_orders, keep_registers, order


def test_orders_come_back_in_the_order_of_their_numbers(database: Database) -> None:
    """Tests that order 10 follows order 9, and every portion comes back in its place."""
    orders = [order(10, ZHANG), order(9), order(100)]
    with database.begin() as session:
        keep_orders(session, *orders)
    with database.read() as session:
        assert load_orders(session, LUNCH) == [order(9), order(10, ZHANG), order(100)]
        assert load_order(session, "o10") == (LUNCH.key, order(10, ZHANG))
        assert load_order(session, "o11") is None
        assert count_orders(session, LUNCH) == 3
        assert load_orders(session, replace(LUNCH, meal="dinner")) == []


def test_sending_an_order_twice_is_found_out(database: Database) -> None:
    """Tests that the source's own reference tells a repeated order, and the database refuses it."""
    with database.begin() as session:
        keep_registers(session)
        save_orders(session, LUNCH, [order(1)], "import", {"o1": "row 2"})
    with database.read() as session:
        assert known_refs(session, "import", ["row 2", "row 3"]) == {"row 2": "o1"}
        assert known_refs(session, "phone", ["row 2"]) == {}
    with pytest.raises(IntegrityError), database.begin() as session:
        save_orders(session, LUNCH, [order(2)], "import", {"o2": "row 2"})


def test_an_order_of_nobody_is_refused(database: Database) -> None:
    """Tests that an order names a known diner and a known site."""
    stranger = replace(LI, diner_id="d9")
    with pytest.raises(IntegrityError), database.begin() as session:
        keep_orders(session, order(1, stranger))


def test_updates_write_state_price_and_portions(database: Database) -> None:
    """Tests that a settled and locked order is stored, and a cancelled one with its price."""
    with database.begin() as session:
        keep_orders(session, order(1), order(2))
    settled = settle_clash(replace(order(1), state="locked"), "o1-1", "D9")
    cancelled = replace(order(2), state="cancelled", price_fen=1)
    with database.begin() as session:
        update_orders(session, [settled, cancelled])
        update_orders(session, [])
    with database.read() as session:
        assert load_orders(session, LUNCH) == [settled]
        (gone,) = load_orders(session, LUNCH, ["cancelled"])
    assert gone.price_fen == 1


def test_locking_writes_nothing_but_the_lock(database: Database) -> None:
    """Tests that the orders named are locked with portions and price as they are, and no other one is."""
    with database.begin() as session:
        keep_orders(session, order(1), order(2), order(3))
        lock_orders(session, [])
        lock_orders(session, ["o1", "o3"])
    with database.read() as session:
        assert load_orders(session, LUNCH, ["locked"]) == [
            replace(order(number), state="locked") for number in (1, 3)
        ]
        assert load_orders(session, LUNCH, ["placed"]) == [order(2)]


def test_a_clash_is_settled_once(database: Database) -> None:
    """Tests that of two people settling one clash, the second learns that it is done."""
    reason = Coded("clash_allergen", {"dish": "D1", "allergen": "egg"})
    clash = Clash("1", "o1-1", "d1", "D1", (reason,), ("D3", "D4"))
    with database.begin() as session:
        keep_orders(session, order(1))
        save_clashes(session, LUNCH, [("c1", clash)], NOW_AT)
    with database.begin() as session:
        assert load_clashes(session, LUNCH, open_only=True) == {"c1": clash}
        assert settle_clash_row(session, "c1", "D3", "u1", NOW_AT)
        assert not settle_clash_row(session, "c1", None, "u2", NOW_AT)
        assert load_clashes(session, LUNCH, open_only=True) == {}
        assert load_clashes(session, LUNCH) == {"c1": clash}


def test_a_service_is_closed_once(database: Database) -> None:
    """Tests that the database refuses a second close of a service."""
    close = ServiceClose(LUNCH, NOW_AT, NOW_AT + timedelta(minutes=1), "u1")
    with database.begin() as session:
        keep_registers(session)
        assert load_close(session, LUNCH) is None
        save_close(session, close)
    with database.read() as session:
        assert load_close(session, LUNCH) == close
        assert closed_services(session, LUNCH.service_on, LUNCH.service_on) == [LUNCH.key]
    with pytest.raises(IntegrityError), database.begin() as session:
        save_close(session, close)


def test_exceptions_are_listed_with_their_reasons(database: Database) -> None:
    """Tests that portions which left the way come back with code and parameters."""
    late = Excepted(Coded("order_late", {"placed_at": "2026-11-22T09:00:00+00:00"}), "7", 4)
    with database.begin() as session:
        save_order_exceptions(session, LUNCH, [("x1", late)], NOW_AT)
    with database.read() as session:
        assert load_order_exceptions(session, LUNCH) == [late]


def test_twenty_thousand_orders_take_seconds(database: Database) -> None:
    """Tests that a large order book is kept and read in a few seconds."""
    diners = [replace(LI, diner_id=f"x{n}", code=f"X{n}", facts=()) for n in range(2_000)]
    orders = [order(n, diners[n % 2_000], ("D1", "D2", "D3")) for n in range(1, 20_001)]
    began_s = perf_counter()
    with database.begin() as session:
        keep_registers(session)
        save_diners(session, diners, "bulk")
        save_orders(session, LUNCH, orders, "bulk")
    with database.read() as session:
        loaded = load_orders(session, LUNCH)
    assert (len(loaded), loaded[-1]) == (20_000, orders[-1])
    assert perf_counter() - began_s < 30
