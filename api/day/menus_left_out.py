"""Every dish that a planning run could not use, with line, days and rule: none drops in silence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from api.day.menus_gather import MenuWork, out_of_season
from api.day.menus_near import EVERY_LINE
from kitchen.menu_facts import DayRule, Line
from kitchen.menu_grounds import Ban
from kitchen.menu_options import reason_against, unknown_of
from kitchen.recipes import diet_tags

BANNED, SEASON, NEAR, STANDING, VARIANT = "ban", "season", "near", "standing", "variant"


@dataclass(frozen=True, slots=True)
class LeftOutDish:
    """
    A dish that cannot stand, and why.

    Parameters
    ----------
    dish_id
        Which.
    line
        Of which line; empty for all.
    reason
        ``"ban"``, or a word of ``code:against.``.
    days
        On which dates; empty for all that are planned.
    ban
        The ban that names it; None for another reason.
    lacking
        Nutrient to the foods that do not state it.
    """

    dish_id: str
    line: str
    reason: str
    days: tuple[date, ...] = ()
    ban: Ban | None = None
    lacking: Mapping[str, tuple[str, ...]] | None = None


def left_out(work: MenuWork) -> tuple[LeftOutDish, ...]:
    """Dishes that a ban, a line's rule, the season, the moon or a menu nearby keeps off, by id."""
    found = [LeftOutDish(one, EVERY_LINE, BANNED, ban=ban) for one, ban in work.banned.items()]
    for dish_id in work.dishes.keys() - work.banned.keys():
        for line in work.task.lines:
            against = _against_line(dish_id, line, work)
            found += [against] if against else _against_days(dish_id, line, work)
    return tuple(sorted(_joined(found, work), key=lambda one: (one.dish_id, one.line, one.reason)))


def _against_line(dish_id: str, line: Line, work: MenuWork) -> LeftOutDish | None:
    task = work.task
    made = [task.made[dish_id, one] for one in line.variants if (dish_id, one) in task.made]
    reasons = [reason_against(dish, line, task) for dish in made]
    if None in reasons:
        return None
    reason = next((one for one in reasons if one), VARIANT)
    lacking = unknown_of(made[0], line, task) if reason == "nutrient_unknown" else None
    return LeftOutDish(dish_id, line.code, reason, lacking=lacking)


def _against_days(dish_id: str, line: Line, work: MenuWork) -> Iterator[LeftOutDish]:
    """Dates of a dish that fits the line: out of season, barred by the moon, too near another menu."""
    task, days = work.task, dict[str, list[date]]()
    for day_on in task.days:
        rule = task.day_rules.get(day_on, DayRule())
        every, own = (rule.barred_dishes.get(code, frozenset()) for code in (EVERY_LINE, line.code))
        if diet_tags(work.dishes[dish_id], task.foods) & rule.barred_tags:
            days.setdefault(STANDING, []).append(day_on)
        elif dish_id in every | own:
            late = out_of_season({dish_id: work.dishes[dish_id]}, task, day_on)
            days.setdefault(SEASON if late else NEAR, []).append(day_on)
    for reason, dates in days.items():
        yield LeftOutDish(dish_id, line.code, reason, () if len(dates) == len(task.days) else tuple(dates))


def _joined(found: list[LeftOutDish], work: MenuWork) -> Iterator[LeftOutDish]:
    """What all lines have alike is said once, of every line."""
    lines = [line.code for line in work.task.lines]
    by_rest: dict[str, list[LeftOutDish]] = {}
    for one in found:
        by_rest.setdefault(repr((one.dish_id, one.reason, one.days, one.lacking)), []).append(one)
    for alike in by_rest.values():
        if len(lines) > 1 and [one.line for one in alike] == lines:
            first = alike[0]
            yield LeftOutDish(first.dish_id, EVERY_LINE, first.reason, first.days, first.ban, first.lacking)
        else:
            yield from alike
