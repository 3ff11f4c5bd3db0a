"""A dish of a menu swapped for another: substitutes with their cost, and the new draft."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.day.menus import DraftMenu, keep, menus_by_line
from api.day.menus_gather import MenuWork, digest_of, gather
from api.day.menus_pins import find_dish
from api.day.menus_wish import MenuWish
from api.day.menus_words import COMMAS, with_names
from api.day.services import find_kitchen
from api.db import Database
from api.permissions import Actor, ensure
from kitchen.menu_facts import Cooked, DayMenu, DayRule, Line
from kitchen.menu_swap import Substitute, candidates, clash, nearest, substitutes
from kitchen.recipes import Dish
from orders.codes import Coded
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.menus import REGULAR, Menu
from orders.service import Meal, Service
from orders.store.menus import menu_revisions, newest_menus

A_WEEK = timedelta(days=7)
SHOWN = 3  # substitutes


@dataclass(frozen=True, slots=True)
class SwapOutcome:
    """
    What can take a dish's place.

    Parameters
    ----------
    service, dish_id, lines
        Which dish, of which day's menu, on which lines.
    by_hand
        Whether the menu was set by hand, without lines: its dishes are a choice on one
        regular line, and what one meal holds and costs is not judged.
    work
        What it was reckoned from.
    options
        The best substitutes, cheapest first.
    nearest
        Where these are fewer than three, the dishes that come nearest, with what each breaks.
    clashing
        The fewest rules that are in the way of every dish, when there is no substitute.
    draft
        The new draft, when one was chosen.
    """

    service: Service
    dish_id: str
    lines: tuple[str, ...]
    by_hand: bool
    work: MenuWork
    options: tuple[Substitute, ...]
    nearest: tuple[Substitute, ...]
    clashing: tuple[Coded, ...]
    draft: DraftMenu | None = None


def swap_dish(
    database: Database,
    kitchen_id: str,
    day_on: date,
    dish: str,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    line: str = "",
    to: str = "",
    meal: Meal = "lunch",
) -> SwapOutcome:
    """
    The three best substitutes of a dish, and the draft with one of them when it is named.

    Parameters
    ----------
    database, kitchen_id, day_on, meal
        Which menu; its newest version, draft or published.
    dish, to
        Code or name of the dish that goes, and of the one that comes; empty to see what there is.
    line
        On one line only; empty for every line that eats it.
    actor, now_at, ids
        Who, when, with which row ids.

    Raises
    ------
    NotFound
        When there is no menu that day, it has no such dish, or nobody knows the other.
    Conflict
        When the dish is pinned, the menu has a dish that cannot be made now, the one named cannot take its
        place, with the rules that it would break, or menu or catalogue changed meanwhile.
    """
    ensure(actor, "menu.plan", kitchen_id=kitchen_id)
    with database.read() as session:
        menu, work, week = _found(session, kitchen_id, day_on, meal)
    dish_id = find_dish(work.dishes, dish).dish_id
    lines = _lines(menu, dish_id, line)
    _refuse_pinned(work, day_on, dish_id, lines)
    found = [
        replace(one, broken=tuple(with_names(each, work) for each in one.broken))
        for one in candidates(week, work.task, day_on, dish_id, lines)
    ]
    best = substitutes(found, SHOWN)
    clashing = () if best else tuple(with_names(one, work) for one in clash(found, day_on, dish_id))
    near = nearest(found, SHOWN - len(best))
    outcome = SwapOutcome(menu.service, dish_id, lines, not menu.lines, work, best, near, clashing)
    if not to:
        return outcome
    chosen = _chosen(found, work, find_dish(work.dishes, to), day_on)
    with database.begin(lock=f"menus/{kitchen_id}") as session:
        now, again, _ = _found(session, kitchen_id, day_on, meal)
        if now.version != menu.version or digest_of(again) != digest_of(work):
            raise Conflict("catalogue_changed", kitchen=kitchen_id)
        by_hand = None if menu.lines else menu
        (draft,) = keep(session, work, chosen.menus, actor=actor, now_at=now_at, ids=ids, by_hand=by_hand)
        detail = {"out": dish_id, "in": chosen.dish_id, "lines": list(lines)}
        record(session, actor, "menu.plan", menu.service.key, now_at, detail)
    return replace(outcome, draft=draft)


def _chosen(found: Sequence[Substitute], work: MenuWork, dish: Dish, day_on: date) -> Substitute:
    """
    The candidate that was named.

    Raises
    ------
    Conflict
        With the rules that it would break, or why it is none.
    """
    zh, en, day = dish.name_zh, dish.name_en, day_on.isoformat()
    if dish.dish_id in work.banned:
        why_zh, why_en = work.banned[dish.dish_id].name
        raise Conflict(
            "menu_swap_banned", dish=zh, dish_en=en, day=day, why=why_zh, why_zh=why_zh, why_en=why_en
        )
    chosen = next((one for one in found if one.dish_id == dish.dish_id), None)
    if chosen is None:
        raise Conflict("menu_swap_other_category", dish=zh, dish_en=en, day=day)
    if chosen.broken:
        refusal = Conflict("menu_swap_breaks", dish=zh, dish_en=en, day=day)
        refusal.reasons = chosen.broken
        raise refusal
    return chosen


def _refuse_pinned(work: MenuWork, day_on: date, dish_id: str, lines: Sequence[str]) -> None:
    pins = work.task.day_rules.get(day_on, DayRule()).pins
    if any(one == dish_id and line in lines for line, one in pins):
        raise Conflict("menu_swap_pinned", dish=work.dishes[dish_id].name_zh, day=day_on.isoformat())


def _found(
    session: Session, kitchen_id: str, day_on: date, meal: Meal
) -> tuple[Menu, MenuWork, list[DayMenu]]:
    """The menu of a day, with the work and the menus of its week."""
    zone = find_kitchen(session, kitchen_id).zone
    found = newest_menus(session, kitchen_id, day_on - A_WEEK, day_on + A_WEEK, zone)
    planned = {menu_id: one for menu_id, _, one in found if one.service.meal == meal}
    own = next((key for key, one in planned.items() if one.service.service_on == day_on), None)
    if own is None:
        missing = NotFound("planned_menu", f"{kitchen_id}/{day_on.isoformat()}/{meal}")
        missing.reasons = (Coded("menu_plan_first", {"day": day_on.isoformat()}),)
        raise missing
    kept = menu_revisions(session, own)
    work, week = _week(session, planned[own], list(planned.values()), frozenset(kept.get("standing", ())))
    rule = work.task.day_rules.get(day_on, DayRule())
    pinned = replace(rule, pins=tuple((line, dish_id) for line, dish_id in kept.get("pins", ())))
    task = replace(work.task, day_rules={**work.task.day_rules, day_on: pinned})
    return planned[own], replace(work, task=task), week


def _week(
    session: Session, menu: Menu, planned: Sequence[Menu], standing: frozenset[str]
) -> tuple[MenuWork, list[DayMenu]]:
    """The work of the menu's week, which bars what stands too near outside it, and the week's menus."""
    wanted = menu.service.service_on.isocalendar()[:2]
    same = [
        one
        for one in planned
        if one.service.service_on.isocalendar()[:2] == wanted and one.lines.keys() == menu.lines.keys()
    ]
    dates = [one.service.service_on for one in same]
    wish = MenuWish(lines=tuple(_lines_of(menu)), standing=standing)
    work = gather(session, menu.service.kitchen_id, dates, menu.service.meal, wish)
    if set(work.task.days) != set(dates):
        raise Conflict("menu_week_closed", day=dates[0].isoformat())
    _refuse_unknown(menu, work)
    if not menu.lines:
        work = replace(work, task=replace(work.task, lines=_unbounded(work.task.lines)))
    sets = [one for each in same for one in menus_by_line(replace(each, lines=_lines_of(each)))]
    return work, [one for one in sets if work.task.made.keys() >= set(one.dishes)]


def _lines_of(menu: Menu) -> Mapping[str, tuple[Cooked, ...]]:
    """The lines of a menu; one that was set by hand is one regular line of all its dishes."""
    return menu.lines or {REGULAR: tuple((item.dish_id, REGULAR) for item in menu.items)}


def _unbounded(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without nutrition targets and a dearest meal: nobody eats all dishes of a choice."""
    return tuple(
        replace(line, targets=replace(line.targets, bounds={}), most_food_fen=None) for line in lines
    )


def _refuse_unknown(menu: Menu, work: MenuWork) -> None:
    made = {one for dishes in _lines_of(menu).values() for one in dishes} - work.task.made.keys()
    if gone := [item for item in menu.items if any(item.dish_id == one for one, _ in made)]:
        zh = COMMAS["zh"].join(item.name_zh for item in gone)
        en = COMMAS["en"].join(item.name_en for item in gone)
        day = menu.service.service_on.isoformat()
        raise Conflict("menu_dishes_unknown", day=day, dishes=zh, dishes_zh=zh, dishes_en=en)


def _lines(menu: Menu, dish_id: str, line: str) -> tuple[str, ...]:
    having = tuple(
        code
        for code, dishes in _lines_of(menu).items()
        if line in ("", code) and any(one == dish_id for one, _ in dishes)
    )
    if not having:
        raise NotFound("dish_on_menu", f"{menu.service.key} {line} {dish_id}".strip())
    return having
