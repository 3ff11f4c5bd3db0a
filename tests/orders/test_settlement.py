"""Settlement by the Liuzhou rules; the cases were worked by hand from the published plan."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.bills import MealEvent
from orders.calendars import Calendar
from orders.diners import Diner, DinerFact
from orders.programmes.schema import read_programme
from orders.programmes.sections import Event
from orders.settlement import ledger_lines, settle
from orders.settling.rules import rule_book
from tests.builders import liuzhou_2020

PROGRAMME = read_programme(liuzhou_2020())
BOOK = rule_book([PROGRAMME], lambda _: Calendar({}))
HUKOU = DinerFact("hukou", "450200")
HOME = DinerFact("residence", "450202")


def diner(diner_id: str, born_on: date, *facts: DinerFact) -> Diner:
    return Diner(diner_id, diner_id, diner_id, born_on, "S1", facts=facts)


DINERS = {
    "A": diner("A", date(1938, 3, 5), HUKOU, HOME),
    "B": diner("B", date(1950, 6, 1), HUKOU, HOME),
    "C": diner("C", date(1940, 10, 15), HUKOU, HOME),
    "D": diner(
        "D", date(1935, 1, 1), HUKOU, HOME, DinerFact("institution_resident", "true", date(2020, 10, 20))
    ),
    "F": diner("F", date(1935, 1, 1), DinerFact("hukou", "450100"), HOME),
}


def meal(who: str, day: int, event: Event = "served", price_fen: int = 1200, hour: int = 12) -> MealEvent:
    served_at = datetime(2020, 10, day, hour, tzinfo=UTC)
    code = f"{who}-{day}-{hour}"
    return MealEvent(code, code, who, "S1", date(2020, 10, day), "lunch", price_fen, event, served_at)


@pytest.mark.parametrize(
    ("event", "subsidy_fen", "diner_fen", "site_bears_fen"),
    [
        (meal("A", 9), 500, 700, 0),
        (meal("A", 13, "cancelled_before_cutoff"), 0, 0, 0),
        (meal("A", 14, "cancelled_after_cutoff"), 0, 700, 500),
        (meal("A", 15, "no_show"), 0, 700, 500),
        (meal("A", 15, "not_supplied"), 0, 0, 0),
        (meal("A", 16, price_fen=400), 400, 0, 0),
        (meal("C", 14), 0, 1200, 0),
        (meal("C", 15), 500, 700, 0),
        (meal("B", 15), 0, 1200, 0),
        (meal("D", 19), 500, 700, 0),
        (meal("D", 20), 0, 1200, 0),
        (meal("F", 15), 0, 1200, 0),
    ],
)
def test_settle_splits_the_price_as_the_plan_says(event, subsidy_fen, diner_fen, site_bears_fen):
    """
    Tests who pays what for one meal of each kind.
    """
    [bill] = settle([event], BOOK, DINERS)
    assert (bill.subsidy_fen, bill.diner_fen, bill.site_bears_fen) == (subsidy_fen, diner_fen, site_bears_fen)


def test_settle_gives_the_subsidy_once_a_day():
    """
    Tests that a second lunch of the same day is served at list price.
    """
    first, second = settle([meal("A", 12, hour=13), meal("A", 12, hour=12)], BOOK, DINERS)
    assert (first.subsidy_fen, second.subsidy_fen) == (500, 0)
    assert second.why[-1].code == "benefit_used_today"


@given(st.permutations([meal("A", day, hour=hour) for day in (12, 13, 14) for hour in (11, 12)]))
def test_settle_does_not_depend_on_the_order_of_arrival(events):
    """
    Tests that shuffled events give the same bills.
    """
    assert settle(events, BOOK, DINERS) == settle(sorted(events, key=lambda e: e.at), BOOK, DINERS)


@given(
    st.sampled_from(["A", "B", "C", "D", "F"]), st.integers(0, 5000), st.sampled_from(["served", "no_show"])
)
def test_every_bill_balances(who, price_fen, event):
    """
    Tests that the parts are the price and that the postings of each meal sum to 0.
    """
    [bill] = settle([meal(who, 15, event, price_fen)], BOOK, DINERS)
    assert bill.subsidy_fen + bill.diner_fen + bill.site_bears_fen == price_fen
    assert sum(line.amount_fen for line in ledger_lines(bill)) == 0


def test_service_days_of_october_2020_need_its_calendar():
    """
    Tests that weekends are closed and weekdays open inside the validity only.
    """
    days = PROGRAMME.service_days()
    calendar = Calendar({date(2020, 10, 1): "holiday", date(2020, 10, 10): "makeup_workday"})
    assert days.closed_reason(date(2020, 10, 1), calendar) == "holiday"
    assert days.closed_reason(date(2020, 10, 10), calendar) == "makeup_workday"
    assert days.closed_reason(date(2020, 10, 12), calendar) is None
    assert days.closed_reason(date(2022, 1, 4), calendar) == "outside_validity"
    assert days.next_open(date(2020, 10, 9), calendar) == date(2020, 10, 9) + timedelta(days=3)
