"""Receipts, servings, discards and the ledger: kept once, corrected by a row that names the old one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from api.db import Database
from orders.bills import Bill, MealEvent
from orders.codes import Coded
from orders.drops import Drop, picture
from orders.receipts import Receipt, Serving, TurnedAway
from orders.settlement import ledger_lines
from orders.store.drops import (
    drops_of_orders,
    load_drops,
    load_proof,
    load_turned_away,
    save_drop,
    save_proof,
    save_turned_away,
    site_of_proof,
)
from orders.store.ledger import load_bills, load_ledger, save_bills
from orders.store.programmes import load_programme, load_programmes, save_programme
from orders.store.receipts import (
    Discard,
    corrected_servings,
    load_discards,
    load_receipts,
    load_servings,
    receipt_of_box,
    save_discard,
    save_receipt,
    save_servings,
    served_orders,
    serving_of,
    servings_of_diners,
)
from tests.orders.store_facts import LUNCH, NOW_AT, keep_orders, order

RECEIPT = Receipt("box1", "C01", 1, "accepted", 40, 66.5, "u1", NOW_AT, NOW_AT + timedelta(minutes=3))
SERVING = Serving("o1", "C01", 2, NOW_AT, NOW_AT, offline=True)
EVENT = MealEvent("o1", "1", "d1", "C01", LUNCH.service_on, "lunch", 1500, "served", NOW_AT)
BILL = Bill(EVENT, "class1", 500, 1000, 0, "district", "p", 2, (Coded("class_is", {"class_id": "class1"}),))
DISCARD = Discard("C01", "box1", 3, "past_eat_by", "u1", NOW_AT, NOW_AT)
PICTURE = picture(b"\x89PNG\r\n\x1a\nsignature")
DROP = Drop(
    "o1", "C01", "handed_over", "volunteer", "u1", NOW_AT, NOW_AT, "signature", PICTURE.digest, offline=True
)
AWAY = TurnedAway("C01", Coded("nothing_left", {"order": "1"}), NOW_AT, NOW_AT, "u1", "o1", "d1", "phone")


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


def test_what_an_act_is_about_is_read_alone(day: Database) -> None:
    """Tests that receipts, servings and discards of some boxes, sites and orders leave the others unread."""
    other = replace(SERVING, order_id="o2")
    with day.begin() as session:
        save_receipt(session, LUNCH, "r1", RECEIPT)
        save_servings(session, LUNCH, [("s1", SERVING), ("s2", other)], "u1")
        save_discard(session, LUNCH, "x1", DISCARD)
        assert load_receipts(session, LUNCH, [RECEIPT.box_id]) == {"r1": RECEIPT}
        assert load_receipts(session, LUNCH, ["b9"]) == {}
        assert set(load_servings(session, LUNCH, site_ids=[SERVING.site_id])) == {"s1", "s2"}
        assert load_servings(session, LUNCH, site_ids=["S9"], order_ids=["o2"]) == {"s2": other}
        assert load_servings(session, LUNCH, site_ids=[]) == {}
        assert load_discards(session, LUNCH, [DISCARD.box_id]) == [DISCARD]
        assert load_discards(session, LUNCH, ["b9"]) == []


def test_a_serving_taken_back_is_served_again_by_a_third_row(day: Database) -> None:
    """Tests that the correction stands until the next serving names it, with what is known of each."""
    known = replace(
        SERVING,
        identified_by="qr",
        credential_id="c",
        doubt=Coded("past_eat_by", {"order": "1"}),
        drawn={"b": 2},
    )
    with day.begin() as session:
        save_servings(session, LUNCH, [("s1", known)], "u1")
        assert servings_of_diners(session, ["d1", "d2"], LUNCH.service_on) == {"d1": [(LUNCH.key, known)]}
        save_servings(session, LUNCH, [("s2", replace(known, portions=0))], "u1", "s1", "slip")
        assert load_servings(session, LUNCH) == {"s2": replace(known, portions=0)}
        assert serving_of(session, "s1") == (LUNCH.key, known, False)
        assert servings_of_diners(session, ["d1"], LUNCH.service_on) == {}
        [(was, back, by, why)] = corrected_servings(session, LUNCH)
        assert (was, back.portions, by, why) == (known, 0, "u1", "slip")
        save_servings(session, LUNCH, [("s3", SERVING)], "u1", "s2")
    with day.read() as session:
        assert load_servings(session, LUNCH) == {"s3": SERVING}


def test_the_last_word_about_a_drop_stands_with_its_proof(day: Database) -> None:
    """Tests the order of words of one instant, the picture's bytes, and claims that were refused."""
    taken = replace(DROP, outcome="taken", proof=None, proof_digest="")
    with day.begin() as session:
        save_proof(session, PICTURE, NOW_AT)
        save_proof(session, PICTURE, NOW_AT)
        for drop_id, drop in (("z", taken), ("a", DROP)):
            save_drop(session, LUNCH, drop_id, drop)
        save_turned_away(session, LUNCH, "t1", AWAY)
    with day.read() as session:
        assert load_drops(session, LUNCH) == drops_of_orders(session, ["o1", "o2"]) == {"o1": DROP}
        assert load_proof(session, PICTURE.digest) == PICTURE
        assert site_of_proof(session, PICTURE.digest) == "C01"
        assert load_turned_away(session, LUNCH) == [AWAY]


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


def _drop(session: Session) -> None:
    save_proof(session, PICTURE, NOW_AT)
    save_drop(session, LUNCH, "p1", DROP)


def _away(session: Session) -> None:
    save_turned_away(session, LUNCH, "t1", AWAY)


@pytest.mark.parametrize(
    ("table", "keep"),
    [
        ("receipts", _receipt),
        ("servings", _serving),
        ("bills", _bill),
        ("ledger_lines", _bill),
        ("discards", _discard),
        ("drops", _drop),
        ("proofs", _drop),
        ("turned_away", _away),
    ],
)
def test_evidence_is_never_changed(day: Database, table: str, keep: Callable[[Session], None]) -> None:
    """Tests that the database refuses to rewrite or delete what was recorded."""
    with day.begin() as session:
        keep(session)
    column = {"ledger_lines": "amount_fen", "proofs": "body"}.get(table, "service_key")
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="evidence"), day.begin() as session:
            session.execute(text(statement))
