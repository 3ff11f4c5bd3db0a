"""Receipts, servings, discards and the ledger: kept once, corrected by a row that names the old one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from api.db import Database
from orders.codes import Coded
from orders.receipts import Receipt, Serving
from orders.bills import Bill, MealEvent
from orders.settlement import ledger_lines
from orders.store.ledger import load_bills, load_ledger, save_bills
from orders.store.programmes import load_programme, load_programmes, save_programme
from orders.store.receipts import (
    Discard,
    load_discards,
    load_receipts,
    load_servings,
    receipt_of_box,
    save_discard,
    save_receipt,
    save_servings,
    served_orders,
)
from tests.orders.store_facts import LUNCH, NOW_AT, keep_orders, order

RECEIPT = Receipt("box1", "C01", 1, "accepted", 40, 66.5, "u1", NOW_AT, NOW_AT + timedelta(minutes=3))
SERVING = Serving("o1", "C01", 2, NOW_AT, NOW_AT, offline=True)
EVENT = MealEvent("o1", "1", "d1", "C01", LUNCH.service_on, "lunch", 1500, "served", NOW_AT)
BILL = Bill(EVENT, "class1", 500, 1000, 0, "district", "p", 2, (Coded("class_is", {"class_id": "class1"}),))
DISCARD = Discard("C01", "box1", 3, "past_eat_by", "u1", NOW_AT, NOW_AT)


@pytest.fixture
def day(database: Database) -> Database:
    """A database with two orders."""
    with database.begin() as session:
        keep_orders(session, order(1), order(2))
    return database


def test_a_box_has_one_receipt_unless_it_is_corrected(day: Database) -> None:
    """Tests that a second receipt needs to name the first, and then stands in its place."""
    corrected = replace(RECEIPT, portions=39)
    with day.begin() as session:
        save_receipt(session, LUNCH, "r1", RECEIPT, signature="M0 0")
    with pytest.raises(IntegrityError), day.begin() as session:
        save_receipt(session, LUNCH, "r2", RECEIPT)
    with day.begin() as session:
        save_receipt(session, LUNCH, "r2", corrected, replaces="r1")
    with pytest.raises(IntegrityError), day.begin() as session:
        save_receipt(session, LUNCH, "r3", RECEIPT, replaces="r1")
    with day.read() as session:
        assert load_receipts(session, LUNCH) == {"r2": corrected}
        assert receipt_of_box(session, "box1") == ("r2", corrected)
        assert receipt_of_box(session, "box2") is None


def test_a_refused_box_brings_nothing(day: Database) -> None:
    """Tests that the database holds the rule of the fact: refused means 0 portions."""
    bad = replace(RECEIPT)
    object.__setattr__(bad, "condition", "refused")
    with pytest.raises(IntegrityError), day.begin() as session:
        save_receipt(session, LUNCH, "r1", bad)


def test_an_order_is_served_once(day: Database) -> None:
    """Tests that of two tablets serving one order, the second is refused, and a correction stands."""
    taken_back = replace(SERVING, portions=0)
    with day.begin() as session:
        save_servings(session, LUNCH, [("s1", SERVING), ("s2", replace(SERVING, order_id="o2"))], "u1")
    with pytest.raises(IntegrityError), day.begin() as session:
        save_servings(session, LUNCH, [("s3", SERVING)], "u2")
    with day.begin() as session:
        save_servings(session, LUNCH, [("s3", taken_back)], "u1", replaces="s1")
    with day.read() as session:
        assert set(load_servings(session, LUNCH)) == {"s2", "s3"}
        assert served_orders(session, ["o1", "o9"]) == {"o1": ("s3", taken_back)}


def test_discards_are_listed(day: Database) -> None:
    """Tests that what was thrown away comes back."""
    with day.begin() as session:
        save_discard(session, LUNCH, "x1", DISCARD)
    with day.read() as session:
        assert load_discards(session, LUNCH) == [DISCARD]


def test_a_meal_is_settled_once_unless_adjusted(day: Database) -> None:
    """Tests that bills come back with their reasons, and that postings of an adjusted bill leave the sum."""
    adjusted = replace(BILL, subsidy_fen=0, diner_fen=1500, payer="", why=())
    with day.begin() as session:
        save_bills(session, LUNCH, {"b1": BILL}, ledger_lines(BILL), settled_at=NOW_AT)
    with day.read() as session:
        assert load_bills(session, LUNCH) == {"b1": BILL}
        assert sum(line.amount_fen for line in load_ledger(session, LUNCH)) == 0
    with pytest.raises(IntegrityError), day.begin() as session:
        save_bills(session, LUNCH, {"b2": BILL}, [], settled_at=NOW_AT)
    with day.begin() as session:
        lines = ledger_lines(adjusted)
        save_bills(session, LUNCH, {"b2": adjusted}, lines, settled_at=NOW_AT, replaces={"b2": "b1"})
    with day.read() as session:
        assert load_bills(session, LUNCH) == {"b2": adjusted}
        assert sorted(load_ledger(session, LUNCH), key=str) == sorted(ledger_lines(adjusted), key=str)


def test_a_bill_that_does_not_balance_is_refused(day: Database) -> None:
    """Tests that the database itself asserts price = subsidy + diner + site."""
    bad = replace(BILL)
    object.__setattr__(bad, "diner_fen", 999)
    with pytest.raises(IntegrityError), day.begin() as session:
        save_bills(session, LUNCH, {"b1": bad}, [], settled_at=NOW_AT)


def test_a_programme_keeps_every_revision(database: Database) -> None:
    """Tests that a changed plan is a new revision and the same plan is not."""
    valid = (date(2026, 1, 1), date(2027, 12, 31))

    def keep(body: dict[str, int]) -> int:
        with database.begin() as session:
            return save_programme(session, "p", body, valid=valid, author="u1", made_at=NOW_AT)

    assert [keep({"a": 1}), keep({"a": 1}), keep({"a": 2})] == [1, 1, 2]
    with database.read() as session:
        assert load_programmes(session, date(2026, 11, 23)) == {"p": (2, {"a": 2})}
        assert load_programmes(session, date(2028, 1, 1)) == {}
        assert load_programme(session, "p", 1) == {"a": 1}
        assert load_programme(session, "p", 3) is None


def _receipt(session: Session) -> None:
    save_receipt(session, LUNCH, "r1", RECEIPT)


def _serving(session: Session) -> None:
    save_servings(session, LUNCH, [("s1", SERVING)], "u1")


def _bill(session: Session) -> None:
    save_bills(session, LUNCH, {"b1": BILL}, ledger_lines(BILL), settled_at=NOW_AT)


def _discard(session: Session) -> None:
    save_discard(session, LUNCH, "x1", DISCARD)


@pytest.mark.parametrize(
    ("table", "keep"),
    [
        ("receipts", _receipt),
        ("servings", _serving),
        ("bills", _bill),
        ("ledger_lines", _bill),
        ("discards", _discard),
    ],
)
def test_evidence_is_never_changed(day: Database, table: str, keep: Callable[[Session], None]) -> None:
    """Tests that the database refuses to rewrite or delete what was recorded."""
    with day.begin() as session:
        keep(session)
    column = "amount_fen" if table == "ledger_lines" else "service_key"
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="evidence"), day.begin() as session:
            session.execute(text(statement))
