"""Periods, due dates, statements that are there even when nothing happened, the random check."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.dues import Due
from orders.programmes.paying import DueRule, Settlement
from orders.statements import (
    Period,
    check_lines,
    due_on,
    period_of,
    periods_within,
    statement_totals,
    statements,
)

QUARTER = Settlement(
    id="diner-subsidy",
    benefits=("meal-5",),
    payer="town",
    payee="site",
    pay_by="quarter",
    due=DueRule(after_period_end_days=30),
)
HALF = Settlement(
    id="site-operating",
    benefits=("fee",),
    payer="town",
    payee="site",
    pay_by="half-year",
    due=DueRule(after_period_end_months=3, day="last"),
)
MONTH = Settlement(
    id="operator-monthly",
    benefits=("meals",),
    payer="bureau",
    payee="operator",
    due=DueRule(after_period_end_days=15),
)
ONCE = Settlement(
    id="award", benefits=("centre",), payer="district", payee="investor", account_by="once", pay_by="once"
)
APRIL = date(2023, 4, 1)


def due(day_on: date, order_id: str = "o1", amount_fen: int = 500, *, site_id: str = "S1") -> Due:
    """What a lunch earns a site."""
    return Due("diner-subsidy", "town", "site", "meal-5", order_id, "A", site_id, day_on, amount_fen, 1)


@pytest.mark.parametrize(
    ("settlement", "day_on", "label", "from_on", "to_on", "paid_by"),
    [
        (MONTH, date(2020, 2, 29), "2020-02", date(2020, 2, 1), date(2020, 2, 29), date(2020, 3, 15)),
        (MONTH, date(2022, 11, 30), "2022-11", date(2022, 11, 1), date(2022, 11, 30), date(2022, 12, 15)),
        (QUARTER, date(2023, 6, 30), "2023-Q2", APRIL, date(2023, 6, 30), date(2023, 7, 30)),
        (HALF, date(2023, 1, 1), "2023-H1", date(2023, 1, 1), date(2023, 6, 30), date(2023, 9, 30)),
        (HALF, date(2023, 12, 31), "2023-H2", date(2023, 7, 1), date(2023, 12, 31), date(2024, 3, 31)),
        (ONCE, date(2019, 5, 6), "once", date(2019, 5, 6), date(2019, 5, 6), None),
    ],
)
def test_period_and_due_date(settlement, day_on, label, from_on, to_on, paid_by):
    """
    Tests each kind of period and of due date, at its edges.
    """
    period = period_of(settlement, day_on)
    assert period == Period(label, from_on, to_on)
    assert due_on(settlement, period) == paid_by


def test_a_template_has_no_period():
    """
    Tests that a settlement whose period is unset refuses.
    """
    unset = Settlement.model_validate({"id": "city-defined", "benefits": [], "pay_by": "unset"})
    with pytest.raises(ValueError, match="city-defined: pay_by"):
        period_of(unset, APRIL)


def test_changping_s_second_quarter():
    """
    Tests 30.00 in April, 21 meals in May and 20 in June: 235.00, due on 30 July.
    """
    days = [APRIL + timedelta(n) for n in range(6)]
    days += [date(2023, 5, 1) + timedelta(n) for n in range(21)]
    days += [date(2023, 6, 1) + timedelta(n) for n in range(20)]
    dues = [due(day_on, f"o{n}") for n, day_on in enumerate(days)]
    (quarter,) = statements(dues, [QUARTER], APRIL, date(2023, 6, 30))
    assert (quarter.period.label, quarter.payee, len(quarter.lines)) == ("2023-Q2", "S1", 47)
    assert (quarter.total_fen, quarter.due_on) == (23500, date(2023, 7, 30))


def test_an_empty_month_has_its_statement():
    """
    Tests that every known site and every period has a statement, with 0 rows where nothing happened.
    """
    found = statements([due(APRIL)], [QUARTER, MONTH], APRIL, date(2023, 7, 1), payees=["S1", "S2"])
    shown = [(one.payee, one.period.label, len(one.lines), one.total_fen) for one in found]
    assert shown == [
        ("S1", "2023-Q2", 1, 500),
        ("S2", "2023-Q2", 0, 0),
        ("S1", "2023-Q3", 0, 0),
        ("S2", "2023-Q3", 0, 0),
        ("operator", "2023-04", 0, 0),
        ("operator", "2023-05", 0, 0),
        ("operator", "2023-06", 0, 0),
        ("operator", "2023-07", 0, 0),
    ]
    assert statements([], [QUARTER], APRIL, APRIL)[0].payee == "site"
    assert periods_within(ONCE, APRIL, date(2024, 1, 1)) == []


def test_what_is_held_is_listed_and_not_paid():
    """
    Tests that a line under review is in the lines and in no total.
    """
    dues = [due(APRIL), replace(due(APRIL, "o2", 300), held=True)]
    (one,) = statements(dues, [QUARTER], APRIL, APRIL)
    assert (len(one.lines), one.total_fen, one.held_fen) == (2, 500, 300)


def test_several_payers_have_a_statement_each():
    """
    Tests that shares of one meal go to the statements of their own payers.
    """
    shared = Settlement(id="four-way", benefits=("share",), payee="operator", pay_by="month")
    dues = [
        Due("four-way", payer, "operator", "share", "o1", "A", "S1", APRIL, amount_fen, 1)
        for payer, amount_fen in (("government", 300), ("charity", 100))
    ]
    found = statements(dues, [shared], APRIL, APRIL)
    assert [(one.payer, one.payee, one.total_fen) for one in found] == [
        ("charity", "operator", 100),
        ("government", "operator", 300),
    ]
    expected = statements([], [shared], APRIL, APRIL, payers={"four-way": ["government"]})
    assert [(one.payer, one.total_fen) for one in expected] == [("government", 0)]


MANY = st.lists(
    st.builds(
        Due,
        st.sampled_from(["diner-subsidy"]),
        st.sampled_from(["town", "district"]),
        st.just("site"),
        st.sampled_from(["meal-5", "other"]),
        st.sampled_from(["o1", "o2", "o3"]),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["S1", "S2", ""]),
        st.dates(date(2023, 3, 1), date(2023, 8, 1)),
        st.integers(-900, 900),
        st.sampled_from([1, 2]),
        st.booleans(),
    ),
    max_size=30,
)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_dues_changes_nothing(dues, random):
    """
    Tests that shuffled dues give equal statements, that the totals path agrees and that no fen is lost.
    """
    shuffled = random.sample(dues, len(dues))
    found = statements(dues, [QUARTER], APRIL, date(2023, 6, 30), payees=["S1"])
    assert statements(shuffled, [QUARTER], APRIL, date(2023, 6, 30), payees=["S1"]) == found
    totals = statement_totals(shuffled, [QUARTER], APRIL, date(2023, 6, 30), payees=["S1"])
    assert [(t.payer, t.payee, t.period, t.lines, t.total_fen, t.held_fen, t.due_on) for t in totals] == [
        (s.payer, s.payee, s.period, len(s.lines), s.total_fen, s.held_fen, s.due_on) for s in found
    ]
    assert sum(one.total_fen + one.held_fen for one in found) == sum(one.amount_fen for one in dues)


def test_a_check_list_can_be_drawn_again():
    """
    Tests that a seed draws the same lines from shuffled ones, another seed others, and grants are left out.
    """
    dues = [due(APRIL + timedelta(n % 30), f"o{n}") for n in range(200)]
    grant = replace(due(APRIL, ""), diner_id="")
    drawn = check_lines([grant, *reversed(dues)], 10, "2023-Q2/7")
    assert drawn == check_lines(dues, 10, "2023-Q2/7") and len(set(drawn)) == 10
    assert drawn != check_lines(dues, 10, "2023-Q2/8")
    assert check_lines(dues[:3], 10, "x") == dues[:3]
