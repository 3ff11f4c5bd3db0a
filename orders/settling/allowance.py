"""Monthly allowances: which meals of a month are free, the earliest service first."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from orders.bills import MealEvent
from orders.codes import Coded
from orders.diners import DinerFact
from orders.money import fen, round_fen
from orders.programmes.benefits import MonthlyAllowance
from orders.programmes.classes import KnownPerson
from orders.programmes.sections import Choice
from orders.service import MEALS
from orders.settling.refusals import MealKey
from orders.settling.rules import RuleBook, Rules

Month = tuple[int, int]
CONSUMING = ("pay", "consume")


@dataclass(frozen=True, slots=True)
class FreeMeal:
    """
    What an allowance gives for one meal.

    Parameters
    ----------
    amount_fen
        What the allowance takes off the price, fen; 0 for nothing.
    why
        The reason.
    """

    amount_fen: int
    why: Coded


@dataclass(frozen=True, slots=True)
class _Purse:
    """What is left of a month's amount, and what goes on into the next, fen."""

    balance_fen: int

    def carried(self, benefit: MonthlyAllowance) -> int:
        whole, rest = divmod(self.balance_fen, benefit.standard) if benefit.standard else (0, 0)
        return (whole * benefit.standard if benefit.carry_over else 0) + (
            rest if benefit.remainder == "carry" else 0
        )


def free_meals(
    meals: Iterable[MealEvent], book: RuleBook, people: Mapping[str, KnownPerson]
) -> dict[MealKey, dict[str, FreeMeal]]:
    """
    What monthly allowances give, for every meal that they are for.

    The order in which meals are given changes nothing: the earliest service uses a free meal first, and a
    meal that is refunded frees its place for the next. A month carries into the next from the first month
    that any of the meals lies in.

    Returns
    -------
    dict
        Order's and diner's id to benefit's id to what it gives.
    """
    by_purse: dict[tuple[str, str], list[tuple[MealEvent, Rules, MonthlyAllowance]]] = defaultdict(list)
    for meal in meals:
        rules = book.on(meal.service_on)
        if rules is None or not rules.allowances() or rules.closed_reason(meal.service_on):
            continue
        kind = rules.standing_on(people[meal.diner_id], meal.service_on).kind
        for benefit in rules.for_diner(kind.id, meal.meal) if kind else ():
            if isinstance(benefit, MonthlyAllowance):
                by_purse[benefit.id, meal.diner_id].append((meal, rules, benefit))
    given: dict[MealKey, dict[str, FreeMeal]] = defaultdict(dict)
    first = min((_month(entry[0].service_on) for own in by_purse.values() for entry in own), default=(1, 1))
    for (benefit_id, diner_id), own in by_purse.items():
        for key, free in _months_of(own, people[diner_id], first):
            given[key][benefit_id] = free
    return given


def _months_of(
    own: list[tuple[MealEvent, Rules, MonthlyAllowance]], person: KnownPerson, first: Month
) -> Iterable[tuple[MealKey, FreeMeal]]:
    by_month: dict[Month, list[tuple[MealEvent, Rules, MonthlyAllowance]]] = defaultdict(list)
    for entry in own:
        by_month[_month(entry[0].service_on)].append(entry)
    carried_fen = 0
    month = first
    while month <= max(by_month):
        entries = sorted(by_month.get(month, ()), key=_by_service)
        rules, benefit = (entries or own)[0][1:]
        purse = _Purse(carried_fen + month_amount(benefit, rules.programme.choice, person, month))
        for meal, own_rules, own_benefit in entries:
            free, purse = _use(meal, own_rules, own_benefit, person, purse)
            yield (meal.order_id, meal.diner_id), free
        carried_fen = purse.carried(benefit)
        month = month[0] + month[1] // 12, month[1] % 12 + 1


def _use(
    meal: MealEvent, rules: Rules, benefit: MonthlyAllowance, person: KnownPerson, purse: _Purse
) -> tuple[FreeMeal, _Purse]:
    """What one meal gets, and the purse after it."""
    if not chosen(benefit, rules.programme.choice, person, meal.service_on):
        return FreeMeal(0, rules.coded("choice_is_other", benefit=benefit.id)), purse
    outcome = rules.outcome(meal.event)
    if meal.event != "served" and outcome.subsidy not in CONSUMING:
        return FreeMeal(0, rules.coded("free_meal_not_used", benefit=benefit.id, event=meal.event)), purse
    if benefit.over_standard == "not_allowed" and meal.price_fen > benefit.standard:
        return FreeMeal(
            0, rules.coded("over_standard", benefit=benefit.id, amount_fen=benefit.standard)
        ), purse
    pays_fen = min(meal.price_fen, benefit.standard)
    debit_fen = pays_fen if benefit.under_standard == "debit_price" else benefit.standard
    if purse.balance_fen < debit_fen:
        if benefit.remainder != "partial_meal" or not purse.balance_fen:
            return FreeMeal(0, rules.coded("allowance_used_up", benefit=benefit.id, cite=benefit.cite)), purse
        pays_fen, debit_fen = min(pays_fen, purse.balance_fen), purse.balance_fen
    left = _Purse(purse.balance_fen - debit_fen)
    why = Coded(
        "free_meal",
        {"benefit": benefit.id, "amount_fen": pays_fen, "left_fen": left.balance_fen, "cite": benefit.cite},
    )
    return FreeMeal(pays_fen, why), left


def month_amount(benefit: MonthlyAllowance, choice: Choice | None, person: KnownPerson, month: Month) -> int:
    """
    What a person may use in a month before anything is carried over, fen.

    Parameters
    ----------
    benefit, choice
        The allowance and the programme's monthly choice, None where it has none.
    person, month
        Who and when; the amount is the one that stood on the first of the month.
    """
    first_on = date(*month, 1)
    last_on = date(*month, monthrange(*month)[1])
    known = [fact for fact in person.facts if fact.fact == benefit.cap.from_ and fact.holds_on(first_on)]
    amount_fen = _amount(max(known, key=_begun).value) if known else 0
    if benefit.requires_choice is None:
        return amount_fen
    turns = last_on.day if choice is not None and choice.change_effective == "immediately" else 1
    days = [first_on + timedelta(days=step) for step in range(turns)]
    begins_on = next((day for day in days if chosen(benefit, choice, person, day)), None)
    if begins_on is None:
        return 0
    if benefit.proration == "none" or begins_on == first_on:
        return amount_fen
    days_left = (last_on - begins_on).days + 1
    return round_fen(Decimal(amount_fen) * days_left / last_on.day)


def chosen(benefit: MonthlyAllowance, choice: Choice | None, person: KnownPerson, day_on: date) -> bool:
    """Whether the person's choice in force on a day is the one that the benefit asks for."""
    wanted = benefit.requires_choice
    if wanted is None or choice is None:
        return True
    return choice_on(choice, person, day_on) == wanted.option


def choice_on(choice: Choice, person: KnownPerson, day_on: date) -> str:
    """
    A person's monthly choice in force on a day.

    A change counts from the next month when it was asked for by the deadline of the month before, or at once
    where the programme says so. Of several the one asked for last counts; one that ended before the month
    counts only while a change that came too late waits.
    """
    asked_by = first_on = day_on
    if choice.change_effective == "next_month":
        first_on = day_on.replace(day=1)
        before_on = first_on - timedelta(days=1)
        asked_by = before_on.replace(day=min(choice.deadline_day, before_on.day))
    facts = [fact for fact in person.facts if fact.fact == f"choice.{choice.id}"]
    asked = max((fact for fact in facts if fact.holds_on(asked_by)), key=_begun, default=None)
    if asked is None:
        return choice.default
    changed = any(_begun(fact) > _begun(asked) and (fact.from_on or date.max) < first_on for fact in facts)
    ended = asked.to_on is not None and asked.to_on < first_on
    return choice.default if ended and not changed else asked.value


def _begun(fact: DinerFact) -> tuple[date, str]:
    """Puts facts of one name in the order in which they began."""
    return fact.from_on or date.min, fact.value


def _amount(value: str) -> int:
    try:
        return fen(value)
    except (ValueError, InvalidOperation):
        return 0


def _month(day_on: date) -> Month:
    return day_on.year, day_on.month


def _by_service(entry: tuple[MealEvent, Rules, MonthlyAllowance]) -> tuple[object, ...]:
    meal = entry[0]
    rank = MEALS.index(meal.meal) if meal.meal in MEALS else len(MEALS)
    return meal.service_on, rank, meal.paid, meal.order_id
