"""A statement's way: submitted, returned with a reason, submitted again, signed in order, paid."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orders.errors import BadInput, Conflict
from orders.programmes.paying import Settlement
from orders.statement_states import Standing, StatementAct, ensure_act, four_eyes, standing_of, steps_of

STEPS = ("operator", "street", "civil-affairs")


def act(kind, step="", note="because"):
    """An act of Li."""
    return StatementAct(kind, step, note, "u1", "Li", "bureau", datetime(2023, 7, 1, tzinfo=UTC))


def test_the_way_to_the_money():
    """
    Tests each standing from the draft to the payment, and that a return starts the signatures again.
    """
    acts = []
    expected = [
        (None, Standing("draft")),
        (act("submit"), Standing("submitted", (), "operator")),
        (act("sign", "operator"), Standing("submitted", ("operator",), "street")),
        (act("return"), Standing("returned")),
        (act("resubmit"), Standing("submitted", (), "operator")),
        (act("sign", "operator"), Standing("submitted", ("operator",), "street")),
        (act("sign", "street"), Standing("submitted", ("operator", "street"), "civil-affairs")),
        (act("sign", "civil-affairs"), Standing("signed", STEPS)),
        (act("pay"), Standing("paid", STEPS)),
    ]
    for new, standing in expected:
        if new is not None:
            ensure_act(standing_of(acts, STEPS), new.kind, new.step)
            acts.append(new)
        assert standing_of(acts, STEPS) == standing


@pytest.mark.parametrize(
    ("standing", "kind", "step"),
    [
        (Standing("draft"), "sign", "operator"),
        (Standing("draft"), "pay", ""),
        (Standing("submitted", (), "operator"), "sign", "street"),
        (Standing("submitted", (), "operator"), "submit", ""),
        (Standing("submitted", (), "operator"), "pay", ""),
        (Standing("signed", STEPS), "return", ""),
        (Standing("returned"), "submit", ""),
        (Standing("paid", STEPS), "pay", ""),
    ],
)
def test_no_step_is_jumped(standing, kind, step):
    """
    Tests that acts out of order are refused.
    """
    with pytest.raises(Conflict):
        ensure_act(standing, kind, step)


def test_a_return_says_why():
    """
    Tests that a return without a reason is refused.
    """
    with pytest.raises(BadInput):
        act("return", note=" ")


def test_who_signs():
    """
    Tests approvals as named, else the hands before the payee, else the payer.
    """
    plain = Settlement(id="a", benefits=(), payer="town", payee="site")
    assert steps_of(plain) == ("town",)
    assert steps_of(plain.model_copy(update={"flow": ("district", "town", "site")})) == ("district", "town")
    assert steps_of(plain.model_copy(update={"approvals": ("site", "town")})) == ("site", "town")
    assert standing_of([act("submit")], ()) == Standing("signed")


@pytest.mark.parametrize(
    ("acts", "payers_step", "code"),
    [
        ([act("submit")], True, "you_handed_it_in"),
        ([act("submit")], False, None),
        ([act("submit"), act("sign", "site")], False, "you_signed_before"),
        ([act("submit"), act("sign", "site"), act("return")], False, None),
        ([act("submit"), act("return"), replace(act("resubmit"), user_id="u2")], True, "you_handed_it_in"),
        ([replace(act("submit"), user_id="u2"), act("return")], True, None),
        ([replace(act("submit"), user_id="u2"), act("sign", "street")], True, "you_signed_before"),
    ],
)
def test_two_people_stand_behind_a_payment(acts, payers_step, code):
    """
    Tests that nobody signs for the payer what they handed in, and nobody signs two steps.
    """
    refused = four_eyes(acts, "u1", payers_step=payers_step)
    assert (refused.code if refused else None) == code
