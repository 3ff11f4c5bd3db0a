"""Qidong, November 2022: the operator's statement with delivery in it, and the volunteers' beside it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from orders.bills import MealEvent
from orders.calendars import Calendar
from orders.diners import DinerFact
from orders.programmes.persons import Person
from orders.programmes.schema import read_programme
from orders.programmes.switches import with_settings
from orders.settlement import settle
from orders.settling.rules import rule_book
from orders.statements import statements
from tests.api.settlement.town import table_of

FIRST_ON = date(2022, 11, 1)
RULES = read_programme(table_of("qidong-2022"))


def person(who: str, amount: str | None, choice: str = "meals") -> Person:
    """Somebody with a monthly amount of government-purchased care, and what it is spent on."""
    facts = [DinerFact("residence", RULES.area.include[0]), DinerFact("flag", "living_alone")]
    if amount is not None:
        facts += [
            DinerFact("entitlement.gov_purchased_care", "true"),
            DinerFact("entitlement.gov_purchased_care.monthly_amount", amount),
            DinerFact("choice.monthly-service", choice, date(2022, 10, 1)),
        ]
    return Person(who, date(1940, 1, 1), None, tuple(facts))


def meals(who: str, count: int, carrier: str = "", proof: str = "delivered") -> Iterator[MealEvent]:
    """So many lunches of 10.00 in November, brought home by a carrier where one is named."""
    for number in range(count):
        on = FIRST_ON + timedelta(number)
        at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
        code = f"{who}-{number}-{carrier}"
        yield MealEvent(
            code,
            code,
            who,
            "S1",
            on,
            "lunch",
            1000,
            "served",
            at,
            channel="phone",
            carrier=carrier,
            proof=proof if carrier else "",
        )


def test_the_operator_and_the_volunteers() -> None:
    """Tests 100.00 and 60.00 for free meals, drops at their rates, nothing for a drop without proof."""
    people = {"QA": person("QA", "105.00"), "QB": person("QB", "100.00"), "QE": person("QE", None)}
    eaten = [
        *meals("QA", 14, "platform-courier"),
        *meals("QB", 6, "platform-courier"),
        *meals("QE", 8, "volunteer"),
    ]
    unproved = replace(eaten[-1], order_id="late", order_code="late", proof="")
    eaten.append(unproved)
    bills = settle(eaten, rule_book([RULES], lambda _: Calendar({})), people)
    dues = [due for bill in bills for due in bill.dues]
    found = statements(dues, RULES.settlements, FIRST_ON, date(2022, 11, 30))
    shown = {(one.settlement_id, one.payee): (one.total_fen, one.due_on) for one in found}
    assert shown["operator-monthly", "operator"] == (16000 + 20 * 300, date(2022, 12, 15))
    assert shown["volunteers-monthly", "volunteer"][0] == 8 * 100


def test_a_prorated_month_rounds_half_up() -> None:
    """Tests 100.00 for 16 of 30 days: 53.33, five free meals, 50.00 on the operator's statement."""
    rules = read_programme(with_settings(table_of("qidong-2022"), ["Q3=daily"]))
    facts = [one for one in person("QD", "100.00").facts if one.fact != "choice.monthly-service"]
    facts.append(DinerFact("choice.monthly-service", "meals", date(2022, 11, 15)))
    late = Person("QD", date(1940, 1, 1), None, tuple(facts))
    eaten = [one for one in meals("QD", 30) if one.service_on >= date(2022, 11, 15)][:8]
    bills = settle(eaten, rule_book([rules], lambda _: Calendar({})), {"QD": late})
    dues = [due for bill in bills for due in bill.dues]
    found = statements(dues, rules.settlements, FIRST_ON, date(2022, 11, 30))
    assert {one.settlement_id: one.total_fen for one in found}["operator-monthly"] == 5000
