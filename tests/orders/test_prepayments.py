"""Prepayments: not more than is owed, not more back than is due."""

from dataclasses import replace

import pytest

from orders.errors import BadInput, Conflict
from orders.prepayments import Payment, held_fen, refund_due_fen, require_payable
from tests.orders.store_facts import NOW_AT

CASH = Payment("p1", "o1", "payment", "cash", 700, "", False, NOW_AT, "u1")
BACK = replace(CASH, payment_id="p2", kind="refund", amount_fen=200)


def test_what_is_held_is_paid_less_given_back():
    """Tests the sum, and what goes back when less is owed in the end."""
    assert held_fen([CASH, BACK]) == 500
    assert refund_due_fen([CASH, BACK], 0) == 500
    assert refund_due_fen([CASH], 700) == refund_due_fen([], 700) == 0


def test_nobody_pays_or_gets_back_too_much():
    """Tests a payment beyond what is open, and a refund beyond what is due."""
    require_payable(CASH, [], 700)
    require_payable(BACK, [CASH], 500)
    with pytest.raises(Conflict) as twice:
        require_payable(CASH, [CASH], 700)
    assert (twice.value.code, twice.value.params) == ("paid_too_much", {"open_fen": 0})
    with pytest.raises(Conflict) as back:
        require_payable(BACK, [CASH], 600)
    assert (back.value.code, back.value.params) == ("refund_too_large", {"due_fen": 100})


def test_a_card_needs_its_slip_and_an_amount_is_above_nothing():
    """Tests a card without reference and an amount of 0."""
    with pytest.raises(BadInput) as lacking:
        require_payable(replace(CASH, method="card"), [], 700)
    assert lacking.value.code == "payment_needs_reference"
    with pytest.raises(ValueError, match="> 0"):
        replace(CASH, amount_fen=0)
