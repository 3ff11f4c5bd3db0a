"""Lots are used first-expired-first-out, never when held or expired, and nothing is lost on the way."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.lots import (
    Declaration,
    Lot,
    Need,
    expiry_state,
    first_expired_first,
    issue,
    pick,
)

ON = date(2026, 11, 23)
RECEIVED_AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
FOODS = ("pork", "tofu", "rice")


def lot(number: int = 1, **facts) -> Lot:
    """A kilogram of pork that keeps for two more days."""
    base = {
        "lot_id": f"l{number}",
        "code": f"L{number:04d}",
        "food_code": "pork",
        "supplier_id": "s1",
        "received_at": RECEIVED_AT,
        "expires_on": ON + timedelta(days=2),
        "received_mg": 1_000_000,
        "left_mg": 1_000_000,
    }
    return Lot(**{**base, **facts})


@st.composite
def stocks(draw) -> list[Lot]:
    """Some lots of three foods: fresh, expired, held, destroyed, empty."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        days = draw(st.none() | st.integers(-3, 5))
        received_mg = draw(st.integers(1, 5_000))
        found.append(
            lot(
                number,
                food_code=draw(st.sampled_from(FOODS)),
                expires_on=None if days is None else ON + timedelta(days=days),
                received_mg=received_mg,
                left_mg=draw(st.integers(0, received_mg)),
                state=draw(st.sampled_from(["ok", "ok", "held", "destroyed"])),
            )
        )
    return found


NEEDS = st.lists(
    st.builds(Need, st.sampled_from(["b1", "b2", "b3"]), st.sampled_from(FOODS), st.integers(1, 6_000)),
    max_size=8,
)


@given(stocks(), NEEDS)
def test_quantities_balance(lots, needs):
    """
    Tests that of each food picked and short add up to what was needed, and no lot gives more than it has.
    """
    plan = pick(needs, lots, ON)
    wanted, given_mg, taken = Counter(), Counter(), Counter()
    for need in needs:
        wanted[need.food_code] += need.mg
    for one in plan.picks:
        given_mg[one.food_code] += one.mg
        taken[one.lot_id] += one.mg
    for need in plan.short:
        given_mg[need.food_code] += need.mg
    assert given_mg == wanted
    left = {one.lot_id: one.left_mg for one in lots}
    assert all(0 < mg <= left[lot_id] for lot_id, mg in taken.items())


@given(stocks(), NEEDS)
def test_nothing_comes_from_a_lot_that_may_not_be_used(lots, needs):
    """
    Tests that held, destroyed and expired lots give nothing, and no lot gives another food.
    """
    by_id = {one.lot_id: one for one in lots}
    for one in pick(needs, lots, ON).picks:
        source = by_id[one.lot_id]
        assert source.state == "ok" and source.food_code == one.food_code
        assert source.expires_on is None or source.expires_on >= ON


@given(stocks(), NEEDS)
def test_what_expires_first_goes_first(lots, needs):
    """
    Tests that a later lot is opened only when every usable lot of the food before it is empty, and that a
    food is short only when all of its lots are.
    """
    plan = pick(needs, lots, ON)
    taken = Counter()
    for one in plan.picks:
        taken[one.lot_id] += one.mg
    for food in FOODS:
        usable = [one for one in first_expired_first(lots) if one.usable_on(ON) and one.food_code == food]
        opened = [one for one in usable if taken[one.lot_id]]
        if opened:
            before = usable[: usable.index(opened[-1])]
            assert all(taken[one.lot_id] == one.left_mg for one in before)
        if food in plan.short_mg:
            assert all(taken[one.lot_id] == one.left_mg for one in usable)


def test_the_second_lot_is_opened_when_the_first_is_empty():
    """
    Tests 1.5 kg out of two lots of a kilogram: 1 kg of the one that expires first, half of the other.
    """
    later, sooner = lot(1, expires_on=ON + timedelta(days=9)), lot(2, expires_on=ON)
    plan = issue({"pork": 1_500_000, "tofu": 7}, [later, sooner], ON)
    assert [(one.lot_id, one.mg) for one in plan.picks] == [("l2", 1_000_000), ("l1", 500_000)]
    assert plan.short_mg == {"tofu": 7}


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "past"), (0, "today"), (2, "soon"), (3, "good"), (None, "none")]
)
def test_expiry_is_shown_by_the_days_left(days, state):
    """
    Tests the word that goes with a last day.
    """
    expires_on = None if days is None else ON + timedelta(days=days)
    assert expiry_state(lot(expires_on=expires_on), ON, 2) == state


def test_an_allergen_stands_once_on_a_label():
    """
    Tests what a label says altogether, and that it cannot say two things of one allergen.
    """
    label = Declaration(frozenset({"soy"}), frozenset({"egg"}), frozenset({"fish"}))
    assert label.counts_as_containing == {"soy", "egg", "fish"}
    with pytest.raises(ValueError, match="one set"):
        Declaration(frozenset({"soy"}), frozenset({"soy"}))
