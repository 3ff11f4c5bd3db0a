"""Benefits as cities write them: shares of the price, limits of a month, several payers of one settlement."""

import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orders.bills import Bill, MealEvent
from orders.calendars import Calendar
from orders.diners import DinerFact
from orders.programmes.faults import ProgrammeFaults
from orders.programmes.persons import Person
from orders.programmes.schema import read_programme, unset_amounts
from orders.programmes.sections import Event
from orders.settlement import settle
from orders.settling.rules import rule_book

ROOT = Path(__file__).resolve().parents[3]
PLAN = tomllib.loads((ROOT / "docs/examples/programmes/jiangzhou.toml").read_text("utf-8"))
HERE, JIANGBEI = DinerFact("hukou", "990202"), DinerFact("hukou", "990203")
PEOPLE = {
    "A": Person("A", date(1940, 5, 1), None, (HERE,)),
    "B": Person("B", date(1940, 5, 1), None, (JIANGBEI,)),
    "C": Person("C", date(1945, 7, 10), None, (HERE,)),
    "E": Person("E", date(1970, 1, 1), None, (HERE,)),
}


def meal(
    who: str,
    day: int,
    price_fen: int = 1500,
    event: Event = "served",
    carrier: str = "",
) -> MealEvent:
    """A meal of July 2025, paid the day before."""
    at = datetime(2025, 7, day, 4, tzinfo=UTC)
    code, paid_at = f"{who}-{day}", at - timedelta(days=1)
    on = date(2025, 7, day)
    return MealEvent(
        code,
        code,
        who,
        "S1",
        on,
        "lunch",
        price_fen,
        event,
        at,
        carrier=carrier,
        proof=carrier,
        paid_at=paid_at,
    )


def bills(*meals: MealEvent, **changes: Any) -> list[Bill]:
    """The meals settled, with keys of the benefit ``meal-80`` changed."""
    table = deepcopy(PLAN)
    table["benefit"][0] |= changes
    return settle(meals, rule_book([read_programme(table)], lambda _: Calendar({})), PEOPLE)


@pytest.mark.parametrize(
    ("event", "subsidy_fen"),
    [
        (meal("A", 7), 450),
        (meal("A", 7, 1555), 467),  # 466.5, rounded half up
        (meal("A", 7, 3000), 600),
        (meal("B", 7), 600),  # Jiangbei: 40 %
        (meal("B", 7, 3000), 800),
        (meal("C", 7), 225),
        (meal("C", 9), 225),
        (meal("C", 10), 450),  # 80 on this day
        (meal("E", 7), 0),
    ],
)
def test_a_share_of_the_price_is_given_up_to_its_amount(event: MealEvent, subsidy_fen: int) -> None:
    """
    Tests shares by age, their most, the rounding, a district's own share, and the band below 80.
    """
    (bill,) = bills(event)
    assert (bill.subsidy_fen, bill.diner_fen) == (subsidy_fen, event.price_fen - subsidy_fen)
    assert [one.code for one in bill.why].count("no_benefit") == 0


def test_a_month_has_a_limit_and_a_cap() -> None:
    """
    Tests that the earliest payments take them, and that what is not eaten gives its place back.
    """
    july = [meal("A", day) for day in (1, 2, 3)]
    assert [one.subsidy_fen for one in bills(*july, monthly_limit=2)] == [450, 450, 0]
    missed = [meal("A", 1, event="no_show"), *july[1:]]
    assert [one.subsidy_fen for one in bills(*missed, monthly_limit=2)] == [0, 450, 450]
    assert [one.subsidy_fen for one in bills(*july, monthly_cap="10.00")] == [450, 450, 100]
    assert [one.subsidy_fen for one in bills(meal("A", 31), meal("A", 1), monthly_limit=1)] == [450, 0]


def test_deliveries_of_a_month_are_limited() -> None:
    """
    Tests that a trip beyond the month's number brings nothing.
    """
    table = deepcopy(PLAN)
    table["benefit"][3]["monthly_limit"] = 1
    meals = [meal("A", 1, carrier="volunteer"), meal("A", 2, carrier="volunteer")]
    found = settle(meals, rule_book([read_programme(table)], lambda _: Calendar({})), PEOPLE)
    assert [one.delivery_fen for one in found] == [200, 0]


def test_several_payers_share_every_due_without_loss() -> None:
    """
    Tests 5:5 on an odd amount, and that a district's addition stays its own.
    """
    (bill,) = bills(meal("B", 7, 1555))
    assert [(one.payer, one.amount_fen) for one in bill.dues] == [
        ("city", 234),
        ("district", 233),
        ("jiangbei", 155),
    ]


@pytest.mark.parametrize(
    ("section", "entry", "changes", "code"),
    [
        ("benefit", 0, {"share": "30"}, "fault_percent"),
        ("benefit", 0, {"share": "130%"}, "fault_percent"),
        ("benefit", 0, {"price_test": "gt"}, "fault_share_tested"),
        ("settlement", 0, {"payer": "city"}, "fault_payer_and_split"),
        ("settlement", 1, {"split": {"city": 1, "district": 1}}, "fault_split_of"),
        ("settlement", 0, {"split": {"city": 0}}, "fault_at_least"),
        ("overlay", 0, {"may_raise": []}, "fault_district_raises"),
        ("overlay", 0, {"district": [{"district": "990203", "benefit": "meal-80"}]}, "fault_no_amount"),
        (
            "overlay",
            0,
            {"district": [{"district": "990203", "benefit": "meal-80", "amount": "7.00"}]},
            "fault_district_share",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(
    section: str, entry: int, changes: dict[str, Any], code: str
) -> None:
    """
    Tests shares, splits and districts that cannot be meant.
    """
    table = deepcopy(PLAN)
    table[section][entry] |= changes
    with pytest.raises(ProgrammeFaults) as refused:
        read_programme(table)
    assert [one.code for one in refused.value.faults] == [code]


def test_a_benefit_gives_an_amount_or_a_share() -> None:
    """
    Tests that neither is a fault, and an amount left open beside a share is still to be set.
    """
    table = deepcopy(PLAN)
    table["benefit"][0]["amount"] = "unset"
    assert unset_amounts(read_programme(table)) == ["meal-80.amount"]
    del table["benefit"][0]["amount"]
    assert unset_amounts(read_programme(table)) == []
    del table["benefit"][0]["share"], table["overlay"]
    with pytest.raises(ProgrammeFaults, match="fault_no_amount"):
        read_programme(table)
