"""Planned menus when what they rest on has changed: which dates stay as they are, which drafts still hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from api.day.menus_gather import MenuWork
from api.day.menus_words import with_names
from api.day.services import find_kitchen
from kitchen.menu_check import check_menus
from kitchen.menu_facts import DayMenu
from orders.codes import Coded
from orders.service import Meal, Service
from orders.store.menus import load_menu
from orders.store.orders import load_orders
from orders.store.services import load_close


def left_alone(session: Session, kitchen_id: str, dates: Sequence[date], meal: Meal) -> dict[date, Coded]:
    """Dates whose menu stays as it is: their service is closed, or people have ordered from it."""
    zone, found = find_kitchen(session, kitchen_id).zone, {}
    for day_on in dates:
        service, day = Service(kitchen_id, day_on, meal, zone), day_on.isoformat()
        if load_close(session, service):
            found[day_on] = Coded("menu_date_closed", {"day": day})
        elif orders := len(load_orders(session, service)):
            found[day_on] = Coded("menu_date_ordered", {"day": day, "orders": orders})
    return found


def standing_menus(session: Session, services: Iterable[Service]) -> tuple[Coded, ...]:
    """The dates that have a published menu, which stands until a draft is published in its place."""
    return tuple(
        Coded("menu_date_published", {"day": service.service_on.isoformat()})
        for service in services
        if load_menu(session, service) is not None
    )


def still_good(
    days: Sequence[DayMenu], before: MenuWork, now: MenuWork
) -> tuple[tuple[DayMenu, ...], tuple[Coded, ...]]:
    """
    Menus planned from what was known before that may be kept now, and what to say.

    A date is kept or not as a whole: not when it is not to be planned any more, or when one of its menus
    breaks a rule as catalogue, rules and neighbours are now. Kinds of food belong to whole weeks and were
    judged when the week was planned.

    Parameters
    ----------
    days
        The planner's menus.
    before, now
        What they were planned from, and the same gathered again.
    """
    open_days = [one for one in days if one.service_on in now.task.days]
    gone = [
        Coded("menu_dish_gone", {"day": one.service_on.isoformat(), "line": one.line, "dish": cooked[0]})
        for one in open_days
        for cooked in one.dishes
        if cooked not in now.task.made
    ]
    whole = [one for one in open_days if all(cooked in now.task.made for cooked in one.dishes)]
    rules = replace(now.task.rules, kinds_bind=False)
    broken = [*gone, *check_menus(whole, replace(now.task, rules=rules))]
    lost = {str(one.params["day"]) for one in broken}
    kept = tuple(one for one in open_days if one.service_on.isoformat() not in lost)
    reasons = [one for one in broken if one.code != "menu_missing"]
    closed = [now.closed[on] for on in before.task.days if on in now.closed]
    said = (*_changes(before, now), *closed, *(with_names(one, now) for one in reasons))
    return kept, (Coded("menu_changed"), *said) if said else ()


def _changes(before: MenuWork, now: MenuWork) -> list[Coded]:
    """What has changed, each kind of thing once."""
    codes = []
    if dishes := _differing(before.dishes, now.dishes):
        names = [(now.dishes.get(one) or before.dishes[one]) for one in dishes]
        named = {"dishes_zh": "、".join(one.name_zh for one in names)}
        named |= {"dishes_en": ", ".join(one.name_en for one in names), "dishes": " ".join(dishes)}
        codes.append(Coded("menu_changed_dishes", named))
    if foods := _differing(before.task.foods, now.task.foods):
        both = {**before.task.foods, **now.task.foods}
        named = {"foods_zh": "、".join(both[one].name_zh for one in foods)}
        named |= {"foods_en": ", ".join(both[one].name_en for one in foods), "foods": " ".join(foods)}
        codes.append(Coded("menu_changed_foods", named))
    if (before.task.lines, before.task.rules, before.book) != (now.task.lines, now.task.rules, now.book):
        codes.append(Coded("menu_changed_rules"))
    if before.task.grounds != now.task.grounds:
        codes.append(Coded("menu_changed_near"))
    return codes


def _differing(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    return sorted(one for one in before.keys() | now.keys() if before.get(one) != now.get(one))
