"""Planned menus as JSON documents, alike for the API, the command line and the pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.day.menus import DraftMenu, LineMeal, MenuOutcome
from api.day.menus_gather import MenuWork
from api.day.menus_left_out import LeftOutDish, left_out
from api.reports.menu_facts import amount_shown
from api.words import gettext, said_document, say
from kitchen.menu_calendar import calendar_day
from kitchen.menu_cost import by_week, kinds_in, missed_percent, unweighed, week_nutrients
from kitchen.menu_facts import Cost, DayMenu, Line, MenuPlan, MenuTask
from kitchen.menu_grounds import Name
from kitchen.menu_rules import MenuBook
from kitchen.nutrition import Bound
from kitchen.recipes import Dish
from orders.codes import Coded
from orders.menus import Menu

DIGITS = 3


def outcome_document(outcome: MenuOutcome, language: str) -> dict[str, Any]:
    """Draft menus with nutrients, targets met or missed and prices, or the reasons why there are none."""
    work, plan = outcome.work, outcome.plan
    return {
        **plan_document(plan, work),
        "lines": lines_document(work),
        "menus": [_draft(draft, work) for draft in outcome.drafts],
        "weeks": weeks_document(plan.days, work.task),
        "closed": [
            said_document(reason, language) | {"service_on": on.isoformat()}
            for on, reason in work.closed.items()
        ],
        "left_out": left_out_documents(work, language),
        "reasons": [said_document(reason, language) for reason in plan.reasons],
        "unweighed": [said_document(one, language) for one in unweighed_codes(work.task)],
        "standing": [said_document(one, language) for one in outcome.standing],
        "changed": [said_document(one, language) for one in outcome.changed],
    }


def left_out_documents(work: MenuWork, language: str) -> list[dict[str, Any]]:
    """Every dish that could not stand, with its line, its dates and the rule in words."""
    return [_left_out(one, work, language) for one in left_out(work)]


def unweighed_codes(task: MenuTask) -> tuple[Coded, ...]:
    """Each line's weekly targets that the search does not weigh, or not fully."""
    return tuple(
        Coded("menu_unweighed", {"line": line.code, "nutrient": nutrient})
        for line in task.lines
        for nutrient in unweighed(line, task.points)
    )


def menu_document(menu: Menu) -> dict[str, Any]:
    """A menu of one service."""
    return {
        "service": menu.service.key,
        "service_on": menu.service.service_on.isoformat(),
        "version": menu.version,
        "price_fen": menu.price_fen,
        "lines": {line: [list(cooked) for cooked in dishes] for line, dishes in menu.lines.items()},
        "dishes": [
            {
                "dish_id": item.dish_id,
                "name_zh": item.name_zh,
                "name_en": item.name_en,
                "category": item.category,
                "contains": sorted(item.contains),
                "may_contain": sorted(item.may_contain | item.unknown),
            }
            for item in menu.items
        ],
    }


def plan_document(plan: MenuPlan, work: MenuWork) -> dict[str, Any]:
    """How good a plan is, and how long it took; amounts over all meals of all days unless they say a meal."""
    cost = plan.cost or Cost(0, {})
    days, meals = len(work.task.days), sum(line.meals for line in work.task.lines)
    whole = max(1, days * meals)
    return {
        "status": status_of(plan),
        "objective_fen": cost.total_fen,
        "bound_fen": plan.bound_fen,
        "gap_ratio": round(plan.gap_ratio, 5),
        "gap_fen": plan.gap_fen,
        "gap_fen_a_meal": round(plan.gap_fen / whole, DIGITS),
        "food_fen": cost.food_fen,
        "penalty_fen": cost.penalty_fen,
        "penalty_fen_a_meal": round(cost.penalty_fen / whole, DIGITS),
        "penalty_ratio": round(cost.penalty_ratio, 5),
        "penalty_gap_ratio": round(plan.penalty_gap_ratio, 5),
        "penalties": dict(cost.penalties),
        "seconds": round(plan.seconds, 2),
        "first_menu_seconds": round(plan.first_menu_seconds, 2),
        "moves": plan.moves,
        "days": days,
        "meals": meals,
    }


def status_of(plan: MenuPlan) -> str:
    """
    How a plan ended.

    ``"optimal"``, ``"feasible"``, ``"infeasible"`` where that is proved, ``"unknown"`` where only none was
    found in time, or, where no date is to be planned, ``"closed"``.
    """
    if plan.reasons:
        return "infeasible" if plan.proved_none else "unknown"
    if not plan.days:
        return "closed"
    return "optimal" if plan.gap_fen == 0 else "feasible"


def lines_document(work: MenuWork) -> list[dict[str, Any]]:
    """The lines with their names and meals a day."""
    return [
        {"code": line.code, "name_zh": work.book.lines[line.code].name[0]}
        | {"name_en": work.book.lines[line.code].name[1], "meals": line.meals, "targets": line.targets.code}
        for line in work.task.lines
    ]


def weeks_document(menus: tuple[DayMenu, ...], task: MenuTask) -> list[dict[str, Any]]:
    """For each week and line: the mean of each nutrient with its target, met or missed, and kinds of food."""
    weeks = []
    for line in task.lines:
        own = sorted((menu for menu in menus if menu.line == line.code), key=lambda menu: menu.service_on)
        for week in by_week(own):
            year, number, _ = week[0].service_on.isocalendar()
            weeks.append(
                {
                    "week": f"{year}-W{number:02d}",
                    "line": line.code,
                    "days": len(week),
                    "kinds": len(kinds_in(week, task)),
                    "kinds_least": task.rules.kinds_in(len(week)),
                    "targets": targets_document(week, line, task),
                }
            )
    return sorted(weeks, key=lambda one: str(one["week"]))


def targets_document(week: list[DayMenu], line: Line, task: MenuTask) -> list[dict[str, Any]]:
    """
    Each target of a line with the mean of its week.

    One is met when the mean, rounded as pages and papers show it, reaches what is asked, rounded alike; it
    misses nothing then.
    """
    mean, partly = week_nutrients(week, task)
    missed, shown_only = missed_percent(week, line, task), unweighed(line, task.points)
    return [
        {
            "nutrient": nutrient,
            "strength": bound.strength,
            "weighed": bound.strength != "report" and nutrient not in shown_only,
            "least": bound.least,
            "most": bound.most,
            "target": bound.target,
            "mean": round(mean[nutrient], DIGITS) if nutrient in mean else None,
            "partly_unknown": nutrient in partly,
            "missed_percent": 0.0 if is_met else round(missed.get(nutrient, 0.0), 2),
            "met": is_met,
        }
        for nutrient, bound in line.targets.bounds.items()
        for is_met in (_met(nutrient, mean.get(nutrient), bound),)
    ]


def calendar_document(day_on: date, book: MenuBook) -> dict[str, Any]:
    """A date in the Chinese calendar: lunar month and day, solar term, festivals."""
    day = calendar_day(day_on, book.festivals)
    return {
        "lunar_month": day.lunar_month,
        "lunar_day": day.lunar_day,
        "leap": day.leap,
        "term": None if day.term is None else name_document(day.term),
        "festivals": [name_document(name) for name in day.festivals],
    }


def meal_document(meal: LineMeal, dishes: Mapping[str, Dish]) -> dict[str, Any]:
    """One meal of a line: dishes as cooked, nutrients and what its food costs."""
    return {
        "line": meal.menu.line,
        "dishes": [
            {"dish_id": one, "variant": variant, "category": dishes[one].category}
            | {"name_zh": dishes[one].name_zh, "name_en": dishes[one].name_en}
            for one, variant in meal.menu.dishes
        ],
        "nutrients": {name: round(amount, DIGITS) for name, amount in meal.nutrients.items()},
        "food_fen": meal.food_fen,
    }


def named(name: Name, language: str) -> str:
    """A name in a language."""
    return name[0] if language == "zh_CN" else name[1]


def name_document(name: Name) -> dict[str, str]:
    """A name in both languages."""
    return {"zh": name[0], "en": name[1]}


def _left_out(one: LeftOutDish, work: MenuWork, language: str) -> dict[str, Any]:
    dish = work.dishes[one.dish_id]
    why = named(one.ban.name, language) if one.ban else gettext(f"code:against.{one.reason}", language)
    if one.lacking:
        comma = "、" if language == "zh_CN" else ", "
        codes = sorted({code for lacking in one.lacking.values() for code in lacking})
        foods = comma.join(
            named((food.name_zh, food.name_en), language) for food in map(work.task.foods.__getitem__, codes)
        )
        nutrients = comma.join(gettext(f"code:nutrient.{name}", language) for name in one.lacking)
        why = say(Coded("menu_lacks_nutrient", {"nutrients": nutrients, "foods": foods}), language)
    return {
        "dish_id": one.dish_id,
        "name_zh": dish.name_zh,
        "name_en": dish.name_en,
        "line": one.line,
        "reason": one.reason,
        "days": [day_on.isoformat() for day_on in one.days],
        "ban": one.ban.code if one.ban else "",
        "why": why,
    }


def _met(nutrient: str, mean: float | None, bound: Bound) -> bool:
    least = bound.least if bound.strength == "hard" else bound.target or bound.least
    if mean is None:
        return least is None and bound.most is None and bound.target is None
    held = amount_shown(nutrient, mean)
    return (least is None or held >= amount_shown(nutrient, least)) and (
        bound.most is None or held <= amount_shown(nutrient, bound.most)
    )


def _draft(draft: DraftMenu, work: MenuWork) -> dict[str, Any]:
    return menu_document(draft.menu) | {
        "menu_id": draft.menu_id,
        "calendar": calendar_document(draft.menu.service.service_on, work.book),
        "meals": [meal_document(meal, work.dishes) for meal in draft.meals],
    }
