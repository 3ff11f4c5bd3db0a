"""Meals of which no benefit is looked at: refused, on closed days, unnamed, second ones, of the dead."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from orders.bills import MealEvent
from orders.codes import Coded
from orders.programmes.conditions import DinerClass
from orders.programmes.persons import Standing
from orders.settling.rules import RuleBook, Rules

MealKey = tuple[str, str]


def given_back_at(meal: MealEvent, rules: Rules) -> datetime | None:
    """When the payment is given back and what it used is free again, None when it stands."""
    if meal.event == "served":
        return None
    outcome = rules.outcome(meal.event)
    return meal.at if outcome.diner == "refund" or outcome.subsidy == "release" else None


def second_meals(meals: Iterable[MealEvent], book: RuleBook) -> frozenset[MealKey]:
    """
    Orders and diners whose meal is refused since an earlier one was paid that day and not given back.

    Only where the programme refuses second meals; a meal that it does not name neither is nor makes one.
    """
    if all(rules.programme.meals.second_meal != "refuse" for rules in book.revisions):
        return frozenset()
    days: dict[tuple[str, date], list[MealEvent]] = defaultdict(list)
    for meal in meals:
        rules = book.on(meal.service_on)
        if rules is not None and rules.programme.meals.second_meal == "refuse" and not _unserved(meal, rules):
            days[meal.diner_id, meal.service_on].append(meal)
    found: set[MealKey] = set()
    for (_, day_on), own in days.items():
        rules = book.on(day_on)
        standing: list[datetime | None] = []
        for meal in sorted(own, key=lambda one: (one.paid, one.order_id)):
            if any(until is None or until > meal.paid for until in standing):
                found.add((meal.order_id, meal.diner_id))
            elif rules is not None:
                standing.append(given_back_at(meal, rules))
    return frozenset(found)


def refusal(
    meal: MealEvent, rules: Rules, standing: Standing, seconds: Collection[MealKey]
) -> tuple[Coded, ...]:
    """Why no benefit of a meal is looked at, empty when they are."""
    if meal.event == "refused":
        return (rules.coded("order_refused"),)
    if reason := rules.closed_reason(meal.service_on):
        return (rules.coded("day_not_served", reason=reason),)
    if rules.programme.meals.rule(meal.meal) is None:
        return (class_reason(standing.kind, rules), rules.coded("meal_not_named", meal=meal.meal))
    if seconds and (meal.order_id, meal.diner_id) in seconds:
        return (rules.coded("second_meal_not_given"),)
    if standing.gone:
        return (rules.coded("died_before"),)
    if standing.kind is None and rules.programme.outsiders.policy == "refuse":
        return (rules.coded("outsider_refused"),)
    return ()


def class_reason(kind: DinerClass | None, rules: Rules) -> Coded:
    """Of which class the diner was that day, and by which clause."""
    if kind is None:
        return rules.coded("class_none", programme=rules.programme.id)
    return rules.coded("class_is", class_id=kind.id, cite=kind.cite)


def _unserved(meal: MealEvent, rules: Rules) -> bool:
    closed = rules.closed_reason(meal.service_on) is not None
    return meal.event == "refused" or closed or rules.programme.meals.rule(meal.meal) is None
