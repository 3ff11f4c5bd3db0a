"""Pinned dishes, each on the lines that can eat it; one that cannot stand is refused with the reason."""

from collections.abc import Mapping, Sequence
from datetime import date

from api.day.menus_near import EVERY_LINE, Near
from api.day.menus_wish import Pin
from kitchen.menu_facts import DayRule, Line, MenuTask
from kitchen.menu_grounds import Ban
from kitchen.menu_options import reason_against
from kitchen.recipes import Dish, diet_tags
from orders.errors import Conflict, NotFound

Pinned = tuple[tuple[str, str], ...]


def find_dish(dishes: Mapping[str, Dish], named: str) -> Dish:
    """
    The dish of this code or name.

    Raises
    ------
    NotFound
        When there is none.
    """
    if named in dishes:
        return dishes[named]
    found = next((one for one in dishes.values() if named in (one.name_zh, one.name_en)), None)
    if found is None:
        raise NotFound("dish", named)
    return found


def pins_of(
    pins: Sequence[Pin], task: MenuTask, dishes: Mapping[str, Dish], barred: Mapping[str, Ban]
) -> dict[date, Pinned]:
    """
    Line and dish of what is pinned to each date; a pin for every line stands on those that can eat it.

    Parameters
    ----------
    pins
        As they are wished.
    task
        Days, lines and dishes, without rules of single days.
    dishes, barred
        The whole catalogue, and what no menu may have.

    Raises
    ------
    NotFound
        When nobody knows the dish.
    Conflict
        When the date or line is not planned, the dish is banned, no line meant can eat it, or it is pinned
        twice within its repeat days.
    """
    found: dict[date, Pinned] = {}
    for pin in pins:
        dish = find_dish(dishes, pin.dish)
        day = pin.day_on.isoformat()
        if pin.day_on not in task.days:
            raise Conflict("menu_pin_outside", day=day, dish=dish.name_zh)
        if dish.dish_id in barred:
            zh, en = barred[dish.dish_id].name
            raise Conflict("menu_pin_banned", day=day, dish=dish.name_zh, why=zh, why_zh=zh, why_en=en)
        own = tuple((line.code, dish.dish_id) for line in _lines(pin, dish, task))
        found[pin.day_on] = tuple(dict.fromkeys((*found.get(pin.day_on, ()), *own)))
    _refuse_repeats(found, task)
    return found


def refuse_barred(
    rules: Mapping[date, DayRule], near: Near, task: MenuTask, dishes: Mapping[str, Dish]
) -> None:
    """
    Refuses pins that their own date bars.

    Raises
    ------
    Conflict
        Naming the standing rule, the season, or the other menu that is too near.
    """
    for day_on, rule in rules.items():
        too_near = near.barred(day_on, dishes, task.rules.repeat_days)
        for line, dish_id in rule.pins:
            every, own = (
                rule.barred_dishes.get(EVERY_LINE, frozenset()),
                rule.barred_dishes.get(line, frozenset()),
            )
            if diet_tags(dishes[dish_id], task.foods) & rule.barred_tags:
                raise _against(day_on, line, dishes[dish_id], "standing")
            if dish_id in every | own:
                soon = too_near.get(EVERY_LINE, frozenset()) | too_near.get(line, frozenset())
                raise _against(day_on, line, dishes[dish_id], "near" if dish_id in soon else "season")


def _lines(pin: Pin, dish: Dish, task: MenuTask) -> list[Line]:
    """The lines that a pin means and that can eat the dish."""
    meant = [line for line in task.lines if pin.line in (EVERY_LINE, line.code)]
    if not meant:
        raise Conflict("menu_pin_line", day=pin.day_on.isoformat(), dish=dish.name_zh, line=pin.line)
    against = {line.code: _reason(dish, line, task) for line in meant}
    fit = [line for line in meant if against[line.code] is None]
    if not fit:
        raise _against(pin.day_on, meant[0].code, dish, against[meant[0].code] or "category")
    return fit


def _reason(dish: Dish, line: Line, task: MenuTask) -> str | None:
    """Why a line cannot eat a dish in any of its variants; None when it can."""
    made = [task.made[dish.dish_id, one] for one in line.variants if (dish.dish_id, one) in task.made]
    reasons = [reason_against(one, line, task) for one in made]
    return None if None in reasons else next(iter(reasons), "variant")


def _against(day_on: date, line: str, dish: Dish, why: str) -> Conflict:
    return Conflict("menu_pin_against", day=day_on.isoformat(), line=line, dish=dish.name_zh, against=why)


def _refuse_repeats(pins: Mapping[date, Pinned], task: MenuTask) -> None:
    stood: dict[tuple[str, str], int] = {}
    for number, day_on in enumerate(task.days):
        for line, dish_id in pins.get(day_on, ()):
            dish, last = task.made[dish_id, "regular"], stood.get((line, dish_id))
            least = task.rules.repeat_days.get(dish.category, 1)
            if last is not None and number - last < least:
                other = task.days[last].isoformat()
                raise Conflict(
                    "menu_pin_twice", day=day_on.isoformat(), other=other, dish=dish.name_zh, least=least
                )
            stood[line, dish_id] = number
