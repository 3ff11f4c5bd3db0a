"""The menus before, between and after the dates of a planning run, and what they keep from those dates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from kitchen.recipes import Dish
from orders.menus import Category, Menu
from orders.service import Meal
from orders.store.menus import newest_menus

NEAR = timedelta(days=28)
EVERY_LINE = ""


@dataclass(frozen=True, slots=True)
class Near:
    """
    What stands near the dates of a planning run.

    Parameters
    ----------
    number
        Of each date, counted in service days.
    stood
        Date, line (``""`` for every line) and dishes.
    """

    number: Mapping[date, int]
    stood: tuple[tuple[date, str, frozenset[str]], ...]

    def barred(
        self, day_on: date, dishes: Mapping[str, Dish], repeat_days: Mapping[Category, int]
    ) -> dict[str, frozenset[str]]:
        """By line, the dishes that stand too near a date."""
        found: dict[str, frozenset[str]] = {}
        for other_on, line, dish_ids in self.stood:
            apart = abs(self.number[other_on] - self.number[day_on])
            soon = {
                one for one in dish_ids & dishes.keys() if apart < repeat_days.get(dishes[one].category, 1)
            }
            if soon:
                found[line] = found.get(line, frozenset()) | soon
        return found


def load_near(
    session: Session,
    kitchen_id: str,
    dates: Sequence[date],
    meal: Meal,
    zone: str,
    is_open: Callable[[date], bool],
) -> Near:
    """
    The newest menus, drafts and published, four weeks before and after some dates.

    Parameters
    ----------
    session, kitchen_id, meal, zone
        Whose menus.
    dates
        Which are planned, rising; their own menus do not count.
    is_open
        Whether a date is served.
    """
    found = newest_menus(session, kitchen_id, dates[0] - NEAR, dates[-1] + NEAR, zone)
    menus = [
        menu for _, _, menu in found if menu.service.meal == meal and menu.service.service_on not in dates
    ]
    return Near(_numbers({*dates, *(menu.service.service_on for menu in menus)}, is_open), _stood(menus))


def _numbers(known: set[date], is_open: Callable[[date], bool]) -> dict[date, int]:
    first_on, last_on = min(known), max(known)
    span = [first_on + timedelta(days=step) for step in range((last_on - first_on).days + 1)]
    counted = [on for on in span if on in known or is_open(on)]
    return {on: number for number, on in enumerate(counted)}


def _stood(menus: Iterable[Menu]) -> tuple[tuple[date, str, frozenset[str]], ...]:
    """A menu without lines is one set that every line may have eaten of."""
    stood = []
    for menu in menus:
        on = menu.service.service_on
        if menu.lines:
            stood += [
                (on, line, frozenset(dish_id for dish_id, _ in dishes)) for line, dishes in menu.lines.items()
            ]
        else:
            stood.append((on, EVERY_LINE, frozenset(item.dish_id for item in menu.items)))
    return tuple(stood)
