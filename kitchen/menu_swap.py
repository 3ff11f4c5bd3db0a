"""One dish of a day's menus for another: the best substitutes with their cost, or the rules that clash."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

import numpy as np

from kitchen.menu_bound import kinds_of_days
from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of, missed_percent
from kitchen.menu_day import Effort, clash_codes, day_in_the_way
from kitchen.menu_facts import Cooked, DayMenu, DayRule, Line, MenuTask
from kitchen.menu_numbers import NO_RULE, numbers_of
from kitchen.menu_options import reason_against
from orders.codes import Coded
from orders.menus import Category

MEASURES = {
    "menu_nutrient_low": ("amount", -1),
    "menu_nutrient_high": ("amount", 1),
    "menu_food_dear": ("fen", 1),
    "menu_equipment_minutes": ("minutes", 1),
    "menu_alike": ("times", 1),
    "menu_kinds": ("kinds", -1),
    "menu_repeat": ("days", -1),
    "menu_near": ("days", -1),
}
"""By finding, which parameter says how bad it is, and the way it gets worse."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """
    Another dish, and what it costs.

    Parameters
    ----------
    dish_id
        Which.
    menus
        The day's menus with it, one a line.
    food_fen, penalty_fen
        How much food and penalties of the week change, over all meals.
    missed
        By line and nutrient, how many more percent of a weekly target the week then misses; less is negative.
    """

    dish_id: str
    menus: tuple[DayMenu, ...]
    food_fen: int
    penalty_fen: int
    missed: Mapping[tuple[str, str], float]

    @property
    def total_fen(self) -> int:
        """Food and penalties."""
        return self.food_fen + self.penalty_fen


def substitutes(
    week: Sequence[DayMenu], task: MenuTask, day_on: date, dish_id: str, lines: Sequence[str], most: int = 3
) -> tuple[Substitute, ...]:
    """
    The cheapest dishes of the same category that may take a dish's place.

    Parameters
    ----------
    week
        Menus of the week of the day, all lines.
    task
        What they keep: the days of that week, with dishes barred that stand too near outside it.
    day_on, dish_id, lines
        Which dish goes, from which lines of which day.
    most
        How many substitutes.
    """
    alone = _one_day(week, task, day_on)
    before, now = cost_of(week, task), check_menus(_of_day(week, day_on), alone)
    found = []
    for other in _candidates(task, dish_id):
        changed = _changed(week, task, day_on, dish_id, lines, other)
        if changed is None or worse(now, check_menus(_of_day(changed, day_on), alone)):
            continue
        after = cost_of(changed, task)
        food_fen, penalty_fen = after.food_fen - before.food_fen, after.penalty_fen - before.penalty_fen
        day = tuple(menu for menu in changed if menu.service_on == day_on)
        found.append(Substitute(other, day, food_fen, penalty_fen, _balance(week, changed, task, lines)))
    found.sort(key=lambda one: (one.total_fen, one.dish_id))
    fine = (one for one in found if not _new_breaks(week, one, task, day_on))
    return tuple(one for one, _ in zip(fine, range(most), strict=False))


def clash(
    week: Sequence[DayMenu], task: MenuTask, day_on: date, dish_id: str, lines: Sequence[str], seed: int = 1
) -> tuple[Coded, ...]:
    """The smallest set of rules found that no other dish in this place can keep together; never empty."""
    alone = _one_day(week, task, day_on)
    kept = tuple(
        (menu.line, other)
        for menu in week
        if menu.service_on == day_on
        for other in menu.dish_ids
        if not (other == dish_id and menu.line in lines)
    )
    rule = alone.day_rules.get(day_on, NO_RULE)
    barred = {**rule.barred_dishes}
    for line in lines:
        barred[line] = barred.get(line, frozenset()) | {dish_id}
    category = task.made[dish_id, "regular"].category
    parts = _parts_of(week, task, day_on, lines)
    asked = replace(rule, pins=kept, barred_dishes=barred, parts={**rule.parts, category: parts[category]})
    numbers = numbers_of(replace(alone, day_rules={day_on: asked}))
    (kind,) = kinds_of_days(numbers, [0])
    found = clash_codes(day_in_the_way(numbers, kind, Effort(units=10.0, seed=seed)), day_on)
    return found or (Coded("menu_no_substitute", {"day": day_on.isoformat(), "dish": dish_id}),)


def barred_near(menus: Iterable[DayMenu], days: Sequence[date], day_on: date, task: MenuTask) -> DayRule:
    """
    The rule of a day with every dish barred that stands too near on another one.

    Parameters
    ----------
    menus
        Of all days that are known, those about the day too.
    days
        All their service dates, rising.
    day_on, task
        Which day, and its windows.
    """
    place = {on: number for number, on in enumerate(days)}
    rule = task.day_rules.get(day_on, NO_RULE)
    barred = dict(rule.barred_dishes)
    for menu in menus:
        apart = abs(place[menu.service_on] - place[day_on])
        near = {
            one
            for one, _ in menu.dishes
            if (one, "regular") in task.made
            and 0 < apart < task.rules.repeat_days.get(task.made[one, "regular"].category, 1)
        }
        barred[menu.line] = barred.get(menu.line, frozenset()) | near
    return replace(rule, barred_dishes=barred)


def _candidates(task: MenuTask, dish_id: str) -> list[str]:
    category = task.made[dish_id, "regular"].category
    return sorted(
        one
        for (one, variant), dish in task.made.items()
        if variant == "regular" and dish.category == category and one != dish_id
    )


def _changed(
    week: Sequence[DayMenu], task: MenuTask, day_on: date, dish_id: str, lines: Sequence[str], other: str
) -> list[DayMenu] | None:
    """The week with another dish in the place of one, as each line eats it; None when one cannot."""
    by_code = {line.code: line for line in task.lines}
    changed = []
    for menu in week:
        if menu.service_on != day_on or menu.line not in lines or dish_id not in menu.dish_ids:
            changed.append(menu)
            continue
        cooked = _cooked(task, by_code[menu.line], other)
        if cooked is None or other in menu.dish_ids:
            return None
        dishes = tuple(cooked if one == dish_id else (one, variant) for one, variant in menu.dishes)
        changed.append(replace(menu, dishes=dishes))
    return changed


def _cooked(task: MenuTask, line: Line, dish_id: str) -> Cooked | None:
    made = ((dish_id, variant) for variant in line.variants if (dish_id, variant) in task.made)
    return next((one for one in made if reason_against(task.made[one], line, task) is None), None)


def _one_day(week: Sequence[DayMenu], task: MenuTask, day_on: date) -> MenuTask:
    """The day alone, with what stands near it barred."""
    rule = barred_near(week, task.days, day_on, task)
    rules = replace(task.rules, kinds_bind=False)
    return replace(task, days=(day_on,), day_rules={day_on: replace(rule, pins=())}, rules=rules)


def _new_breaks(week: Sequence[DayMenu], one: Substitute, task: MenuTask, day_on: date) -> bool:
    """Whether the whole week then breaks a rule that it keeps now, or one more than now."""
    rest = [menu for menu in week if menu.service_on != day_on]
    plain = replace(task, day_rules={})
    return worse(check_menus(week, plain), check_menus([*rest, *one.menus], plain))


def _of_day(menus: Iterable[DayMenu], day_on: date) -> list[DayMenu]:
    return [menu for menu in menus if menu.service_on == day_on]


def worse(before: Iterable[Coded], after: Iterable[Coded]) -> bool:
    """Whether a finding is new, or one that was there before has grown."""
    known = {_what(one): _how_bad(one) for one in before}
    return any(_how_bad(one) > known.get(_what(one), -inf) for one in after)


def _what(finding: Coded) -> tuple[str, frozenset[tuple[str, object]]]:
    """A finding without how much it is."""
    measure, _ = MEASURES.get(finding.code, ("", 0))
    return finding.code, frozenset((key, value) for key, value in finding.params.items() if key != measure)


def _how_bad(finding: Coded) -> float:
    measure, sign = MEASURES.get(finding.code, ("", 0))
    return sign * float(finding.params.get(measure, 0))


def _balance(
    week: Sequence[DayMenu], changed: Sequence[DayMenu], task: MenuTask, lines: Sequence[str]
) -> dict[tuple[str, str], float]:
    balance = {}
    for line in task.lines:
        if line.code in lines:
            now = missed_percent([one for one in week if one.line == line.code], line, task)
            then = missed_percent([one for one in changed if one.line == line.code], line, task)
            for nutrient in sorted(now.keys() | then.keys()):
                more = then.get(nutrient, 0.0) - now.get(nutrient, 0.0)
                if abs(more) >= 0.05:
                    balance[line.code, nutrient] = round(more, 1)
    return balance


def _parts_of(
    week: Sequence[DayMenu], task: MenuTask, day_on: date, lines: Sequence[str]
) -> dict[Category, tuple[int, int]]:
    """How many dishes of each category the day's lines have now."""
    counts: dict[Category, list[int]] = {}
    for menu in week:
        if menu.service_on == day_on and menu.line in lines:
            categories = [task.made[cooked].category for cooked in menu.dishes]
            for category in np.unique(categories).tolist():
                counts.setdefault(category, []).append(categories.count(category))
    return {category: (min(numbers), max(numbers)) for category, numbers in counts.items()}
