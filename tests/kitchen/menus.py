"""Menu tasks that the tests start from: the packaged dishes in the example kitchen."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from api.day.diets import load_retention, load_rules
from kitchen.equipment import equipment_from_document
from kitchen.menu_book import book_from_table
from kitchen.menu_facts import Line, MenuRules, MenuTask
from kitchen.menu_plan import MenuParams
from kitchen.menu_rules import MenuBook, banned, look_of
from kitchen.nutrition import targets_from_table
from kitchen.variants import VariantNotMade, as_variant
from tests.kitchen.builders import packaged_dishes, packaged_foods, table

MONDAY = date(2026, 11, 30)
QUICK = MenuParams(moves=60_000)
ALL_LINES = ("regular", "soft", "low-salt")


def weekdays(days: int, first_on: date = MONDAY) -> tuple[date, ...]:
    """Mondays to Fridays."""
    dates = (first_on + timedelta(days=step) for step in range(2 * days + 7))
    return tuple([on for on in dates if on.weekday() < 5][:days])


@cache
def book() -> MenuBook:
    """The packaged rules."""
    return book_from_table("default", table("menu-rules.toml")["rules"]["default"])


@cache
def line(code: str) -> Line:
    """A packaged line of 200 meals."""
    rule = book().lines[code]
    return Line(
        code,
        targets_from_table(rule.targets, table("nutrition-targets.toml")["target"]),
        200,
        rule.variants,
        rule.softest,
        rule.barred_tags,
        rule.barred_allergens,
        rule.most_food_fen,
    )


@cache
def whole() -> MenuTask:
    """A week of the regular line from all packaged dishes that the example's licence allows."""
    foods = packaged_foods()
    dishes = {
        one: dish
        for one, dish in packaged_dishes(foods).items()
        if banned(dish, foods, book(), ["热食类食品制售"]) is None
    }
    made, rules = {}, load_rules()
    for one, dish in dishes.items():
        for variant in ("regular", "soft", "minced", "pureed", "low_salt"):
            try:
                made[one, variant] = as_variant(dish, variant, foods, rules)
            except VariantNotMade:
                continue
    own = book()
    return MenuTask(
        days=weekdays(5),
        lines=(line("regular"),),
        made=made,
        foods=foods,
        looks={one: look_of(dish, foods, own.look) for one, dish in dishes.items()},
        rules=MenuRules(
            own.parts,
            tuple(equipment_from_document(table("examples/liuzhou/equipment.toml"))),
            150,
            own.repeat_days,
            own.least_hot_minutes,
            own.most_of_method,
            own.most_of_colour,
            own.kinds_in_week,
            own.kinds_bind,
        ),
        points=own.points,
        retention=load_retention(),
    )


def menu_task(days: int = 5, lines: tuple[str, ...] = ("regular",), **changes: Any) -> MenuTask:
    """The packaged task for some service days and lines."""
    return replace(whole(), days=weekdays(days), lines=tuple(line(code) for code in lines), **changes)
