"""What holds of every month, by every plan and every reading of its clauses."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from api.day.services import calendar_of
from api.programmes.files import find_programme
from api.words import say
from orders.bills import Bill, MealEvent
from orders.diners import DinerFact
from orders.programmes.persons import Person
from orders.programmes.schema import read_programme
from orders.programmes.sections import Event
from orders.programmes.switches import with_settings
from orders.settlement import ledger_lines, settle
from orders.settling.funds import FundMovement
from orders.settling.rules import RuleBook, rule_book
from tests.api.settling.test_guangdong import FILLED

SIXTH = Path(__file__).with_name("sixth.toml")
FIRST_ON = {
    "liuzhou-2020": date(2020, 9, 28),
    "qidong-2022": date(2022, 11, 26),
    "guangdong-2018": date(2021, 2, 26),
    "changping-2023": date(2023, 3, 29),
    "jianxi-2019": date(2019, 6, 1),
    "willow-2024": date(2024, 3, 7),
}
TABLES = {name: find_programme(SIXTH if name == "willow-2024" else name) for name in FIRST_ON}
EVENTS: list[Event] = [
    "served",
    "served",
    "served",
    "no_show",
    "cancelled_before_cutoff",
    "cancelled_after_cutoff",
    "not_supplied",
    "refunded",
    "refused",
]
OLD = Person(
    "old",
    date(1930, 1, 1),
    None,
    tuple(
        DinerFact(name, value)
        for name, value in (
            ("hukou", "450202"),
            ("residence", "450202"),
            ("entitlement.gov_purchased_care", "true"),
            ("entitlement.gov_purchased_care.monthly_amount", "35.00"),
            ("choice.monthly-service", "meals"),
        )
    ),
)
PLACES = ("启东市南城区街道", "110114", "440105", "410305", "990102", "450202")
CARE = tuple(fact for fact in OLD.facts if fact.fact not in ("residence", "hukou"))
PEOPLE = {"old": OLD} | {
    f"{place}-{year}": Person(
        f"{place}-{year}",
        date(year, 4, 15),
        date(2023, 4, 2) if year == 1943 else None,
        (
            *CARE,
            DinerFact("residence", place),
            DinerFact("hukou", "110114"),
            DinerFact("card", "beijing_elderly_disabled_card"),
            DinerFact("flag", "severe_disability"),
        ),
    )
    for place in PLACES
    for year in (1943, 1963)
}
Month = tuple[str, RuleBook, list[MealEvent]]


def option_text(option: object) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)


@st.composite
def months(draw: st.DrawFn) -> Month:
    """A programme with any switches, and up to twelve meals of a few days and people of its area."""
    name = draw(st.sampled_from(sorted(TABLES)))
    table = TABLES[name]
    switches = [
        f"{one['id']}={option_text(draw(st.sampled_from(one['options'])))}"
        for one in table.get("ambiguity", ())
        if draw(st.booleans())
    ]
    policies = draw(st.lists(st.sampled_from(["outsiders.policy=refuse", "meals.second_meal=refuse"])))
    filled = FILLED if name == "guangdong-2018" else ()
    known = policies if "meals" in table else [one for one in policies if not one.startswith("meals")]
    book = rule_book([read_programme(with_settings(table, [*filled, *switches, *known]))], calendar_of)
    region = table["area"]["include"][0][:2]
    people = [who for who in sorted(PEOPLE) if who.startswith(region)] + ["old"]
    count = draw(st.integers(1, 12))
    return name, book, [draw(meals(people, FIRST_ON[name], number)) for number in range(count)]


@st.composite
def meals(draw: st.DrawFn, people: list[str], first_on: date, number: int) -> MealEvent:
    """One meal; every third order has a second person, events come before and after other payments."""
    day_on = first_on + timedelta(days=draw(st.integers(0, 5)))
    paid_at = datetime.combine(day_on, datetime.min.time(), UTC) + timedelta(hours=draw(st.integers(0, 4)))
    price_fen = draw(st.sampled_from([0, 1, 400, 500, 501, 800, 1000, 1200]))
    half = draw(st.sampled_from([(), (price_fen // 2, price_fen - price_fen // 2)]))
    order = f"O{number - 1 if number % 3 == 2 else number}"
    return MealEvent(
        order,
        order,
        draw(st.sampled_from(people)) if number % 3 != 2 else "old",
        draw(st.sampled_from(["S1", "S2"])),
        day_on,
        draw(st.sampled_from(["breakfast", "lunch", "lunch", "dinner"])),
        price_fen,
        draw(st.sampled_from(EVENTS)),
        paid_at + timedelta(hours=draw(st.integers(0, 3))),
        draw(st.sampled_from(["platform", "site_card", "app"])),
        half,
        draw(st.booleans()),
        None,
        paid_at,
        draw(st.sampled_from(["", "volunteer", "platform-courier"])),
        draw(st.sampled_from(["", "photo"])),
    )


FUND = FundMovement("charity", datetime(2018, 1, 1, tzinfo=UTC), 250)


def once(events: list[MealEvent]) -> list[MealEvent]:
    """Each order and person once, as the reader of files leaves them."""
    return list({(one.order_id, one.diner_id): one for one in events}.values())


def total(bill: Bill) -> int:
    return bill.subsidy_fen + bill.diner_fen + bill.site_bears_fen + bill.operator_fen + bill.charity_fen


@tuned(max_examples=120, deadline=None)
@given(months())
def test_every_meal_balances(month: Month) -> None:
    """Tests that shares add up to the price or to nothing, that postings sum to 0, and what is never paid."""
    _, book, events = month
    bills = settle(once(events), book, PEOPLE, funds=[FUND])
    assert len(bills) == len(once(events))
    for bill in bills:
        assert total(bill) in (0, bill.event.price_fen)
        assert sum(line.amount_fen for line in ledger_lines(bill)) == 0
        assert bill.diner_fen >= 0 and bill.subsidy_fen >= 0 and bill.charity_fen >= 0
        said = [say(reason, language) for reason in bill.why for language in ("en", "zh_CN")]
        assert said and not any("{" in sentence for sentence in said)
        if bill.event.event in ("refunded", "refused", "cancelled_before_cutoff", "not_supplied"):
            assert (total(bill), bill.subsidy_fen, bill.site_fee_fen, bill.delivery_fen) == (0, 0, 0, 0)
            assert not bill.dues
        if bill.event.event == "served" and total(bill):
            assert total(bill) == bill.event.price_fen
    assert sum(bill.charity_fen for bill in bills) <= FUND.amount_fen


@tuned(max_examples=120, deadline=None)
@given(months(), st.randoms(use_true_random=False))
def test_order_of_arrival_and_cuts_change_nothing(month: Month, chance: object) -> None:
    """Tests shuffled meals, and meals billed in two runs beside each other."""
    _, book, events = month
    given_once = once(events)
    bills = settle(given_once, book, PEOPLE, funds=[FUND])
    shuffled = list(given_once)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(shuffled, book, PEOPLE, funds=[FUND]) == bills
    half = len(shuffled) // 2
    first = settle(shuffled[:half], book, PEOPLE, context=shuffled[half:], funds=[FUND])
    second = settle(shuffled[half:], book, PEOPLE, context=shuffled[:half], funds=[FUND])
    found = sorted(
        [*first, *second], key=lambda one: (one.event.paid, one.event.order_id, one.event.diner_id)
    )
    assert found == bills


@tuned(max_examples=120, deadline=None)
@given(months())
def test_a_day_is_given_once(month: Month) -> None:
    """Tests that no person has a limited subsidy twice on a day, and no order its fee twice."""
    name, book, events = month
    bills = settle(once(events), book, PEOPLE, funds=[FUND])
    for benefit in ("lunch-5", "meal-5"):
        days = [
            (due.diner_id, due.service_on) for bill in bills for due in bill.dues if due.benefit_id == benefit
        ]
        assert len(days) == len(set(days))
    orders = [due.order_id for bill in bills for due in bill.dues if due.benefit_id == "order-fee"]
    assert name != "willow-2024" or len(orders) == len(set(orders))
