"""A stored week of menus with what its meals hold: for the page, the poster and the nutrition report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from api.day.menus import LineMeal, line_meal, menus_by_line
from api.day.menus_gather import MenuWork, gather
from api.day.menus_wish import MenuWish
from api.day.services import find_kitchen
from kitchen.menu_facts import DayMenu
from orders.errors import NotFound
from orders.menus import Menu
from orders.service import Meal
from orders.store.menus import Status, newest_menus

WEEK = 7


@dataclass(frozen=True, slots=True)
class StoredDay:
    """
    One day's newest menu.

    Parameters
    ----------
    menu_id, status
        Its row id, and whether it is a draft or published.
    menu
        The menu.
    meals
        Of its lines.
    """

    menu_id: str
    status: Status
    menu: Menu
    meals: tuple[LineMeal, ...]


@dataclass(frozen=True, slots=True)
class StoredWeek:
    """
    A calendar week of planned menus.

    Parameters
    ----------
    monday_on
        Its Monday.
    days
        By date; days without a planned menu are left out.
    work
        What the meals are reckoned from: the catalogue and the rules as they are now.
    menus
        All lines' sets of dishes that the catalogue still has.
    """

    monday_on: date
    days: tuple[StoredDay, ...]
    work: MenuWork
    menus: tuple[DayMenu, ...]


def monday_of(day_on: date) -> date:
    """The Monday of a date's week."""
    return day_on - timedelta(days=day_on.weekday())


def stored_week(session: Session, kitchen_id: str, monday_on: date, meal: Meal) -> StoredWeek:
    """
    The newest planned menus of a week.

    Raises
    ------
    NotFound
        When the kitchen is unknown, or the week has no planned menu.
    """
    zone = find_kitchen(session, kitchen_id).zone
    last_on = monday_on + timedelta(days=WEEK - 1)
    found = [
        one
        for one in newest_menus(session, kitchen_id, monday_on, last_on, zone)
        if one[2].lines and one[2].service.meal == meal
    ]
    if not found:
        raise NotFound("planned_menu", f"{kitchen_id}/{monday_on.isoformat()}/{meal}")
    lines = tuple(dict.fromkeys(line for _, _, menu in found for line in menu.lines))
    dates = [menu.service.service_on for _, _, menu in found]
    work = gather(session, kitchen_id, dates, meal, MenuWish(lines=lines))
    days = tuple(
        StoredDay(
            menu_id, status, menu, tuple(line_meal(work, one) for one in _known(menus_by_line(menu), work))
        )
        for menu_id, status, menu in found
    )
    return StoredWeek(monday_on, days, work, tuple(meal.menu for day in days for meal in day.meals))


def _known(menus: Iterable[DayMenu], work: MenuWork) -> list[DayMenu]:
    """Those whose dishes the catalogue still makes so."""
    return [menu for menu in menus if all(cooked in work.task.made for cooked in menu.dishes)]
