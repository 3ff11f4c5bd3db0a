"""Menus: sets of several lines within the nutrition targets, drafts until somebody publishes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.diets import load_rules
from api.day.menus_changed import left_alone, standing_menus, still_good
from api.day.menus_gather import MenuWork, digest_of, gather
from api.day.menus_wish import MenuWish
from api.day.menus_words import with_names
from api.db import Database
from api.permissions import Actor, ensure
from kitchen import menu_search
from kitchen.menu_check import check_menus
from kitchen.menu_facts import DayMenu, DayRule, MenuPlan
from kitchen.menu_plan import MenuParams, plan_menus
from kitchen.nutrition import meal_nutrients, nutrients_of
from kitchen.recipes import food_cost_fen
from kitchen.variants import item_with_variants
from orders.codes import Coded
from orders.ids import IdSource
from orders.menus import Menu, MenuItem
from orders.service import Meal
from orders.store.menus import latest_menu_version, save_menu


@dataclass(frozen=True, slots=True)
class LineMeal:
    """
    One meal of a line.

    Parameters
    ----------
    menu
        The line's set.
    nutrients
        By name with unit; one that is unknown for an ingredient is left out.
    food_fen
        What its food costs.
    """

    menu: DayMenu
    nutrients: Mapping[str, float]
    food_fen: int


@dataclass(frozen=True, slots=True)
class DraftMenu:
    """
    One day's menu, kept as a draft.

    Parameters
    ----------
    menu_id
        Row id.
    menu
        What may be ordered.
    meals
        By line, in the order of the lines.
    """

    menu_id: str
    menu: Menu
    meals: tuple[LineMeal, ...]


@dataclass(frozen=True, slots=True)
class MenuOutcome:
    """
    What a planning run gave.

    Parameters
    ----------
    drafts
        By date; empty when there is no menu.
    work
        What they were planned from.
    plan
        What the planner says: cost, bound, seconds, or the reasons why there are none.
    standing
        Dates whose published menu stands until the draft is published.
    changed
        What changed while the planner ran, and dates whose menus could not be kept for it; empty when nothing
        did.
    """

    drafts: tuple[DraftMenu, ...]
    work: MenuWork
    plan: MenuPlan
    standing: tuple[Coded, ...] = ()
    changed: tuple[Coded, ...] = ()


def plan_weeks(
    database: Database,
    kitchen_id: str,
    dates: Sequence[date],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    seed: int,
    meal: Meal = "lunch",
    wish: MenuWish | None = None,
    params: MenuParams | None = None,
) -> MenuOutcome:
    """
    Plans the sets of some lines for the service days among some dates, as drafts.

    Dates whose service is closed or that people have ordered for stay as they are, told among the closed.
    The planner runs outside any transaction, and what it gives is judged by `kitchen.menu_check`. When
    anything changed meanwhile, each date is judged once more by what is known now, and kept if it holds.
    Without seconds, the same catalogue and seed give the same.

    Raises
    ------
    NotFound
        When the kitchen, its programme, a nutrition target, a line or a pinned dish is unknown.
    """
    ensure(actor, "menu.plan", kitchen_id=kitchen_id)
    with database.read() as session:
        work = _gathered(session, kitchen_id, dates, meal, wish)
    plan = solve(work, seed, params or MenuParams())
    if not plan.days:
        reasons = tuple(with_names(one, work) for one in plan.reasons)
        return MenuOutcome((), work, replace(plan, reasons=reasons))
    with database.begin(lock=f"menus/{kitchen_id}") as session:
        now = _gathered(session, kitchen_id, dates, meal, wish)
        changed: tuple[Coded, ...] = ()
        if digest_of(now) != digest_of(work):
            kept, changed = still_good(plan.days, work, now)
            plan = replace(plan, days=kept)
        drafts = keep(
            session, now, plan.days, actor=actor, now_at=now_at, ids=ids, planned_from=digest_of(work)
        )
        standing = standing_menus(session, [draft.menu.service for draft in drafts])
        detail = {"menus": len(drafts), "seed": seed, "changed": [one.code for one in changed]}
        record(session, actor, "menu.plan", f"{kitchen_id}/{dates[0].isoformat()}", now_at, detail)
    return MenuOutcome(drafts, now, plan, standing, changed)


def _gathered(
    session: Session, kitchen_id: str, dates: Sequence[date], meal: Meal, wish: MenuWish | None
) -> MenuWork:
    """What is planned from, the dates apart that stay as they are."""
    return gather(session, kitchen_id, dates, meal, wish, left_alone(session, kitchen_id, dates, meal))


def solve(work: MenuWork, seed: int, params: MenuParams) -> MenuPlan:
    """
    The planner's menus, judged; without any date that is served there are none, and no reason.

    The search is compiled first, so that the seconds of ``params`` are its own even on a new machine.
    """
    if not work.task.days:
        return MenuPlan(())
    menu_search.warm()
    plan = plan_menus(work.task, params=params, seed=seed)
    if plan.days and (broken := check_menus(plan.days, work.task)):
        raise ValueError(f"The menus from {work.task.days[0]} break rules: {broken}.")
    return plan


def keep(
    session: Session,
    work: MenuWork,
    days: Iterable[DayMenu],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    planned_from: str = "",
    by_hand: Menu | None = None,
) -> tuple[DraftMenu, ...]:
    """
    Keeps menus as the newest drafts of their services.

    Where ``planned_from``, the digest of what they were planned from, is not the work's, their rows say so.
    In the place of a menu that was set ``by_hand``, they keep its price and have no lines either.
    """
    service_of = {service.service_on: service for service in work.services}
    digest, drafts = digest_of(work), []
    older = {"planned_from": planned_from} if planned_from not in ("", digest) else {}
    for day_on, own in groupby(days, key=lambda menu: menu.service_on):
        sets, service = list(own), service_of[day_on]
        lines = {menu.line: menu.dishes for menu in sets} if by_hand is None else {}
        price_fen = work.price_fen if by_hand is None else by_hand.price_fen
        version = latest_menu_version(session, service) + 1
        menu = Menu(service, items_of(work, sets), price_fen, version, lines)
        used = {one: work.revisions["dishes"][one] for menu in sets for one in menu.dish_ids}
        menu_id = ids.new()
        save_menu(
            session,
            menu_id,
            menu,
            author=actor.user_id,
            made_at=now_at,
            digest=digest,
            revisions={**work.revisions, "dishes": used, **wish_kept(work, day_on), **older},
        )
        drafts.append(DraftMenu(menu_id, menu, tuple(line_meal(work, one) for one in sets)))
    return tuple(drafts)


def wish_kept(work: MenuWork, day_on: date) -> dict[str, Any]:
    """What was asked of a day beside the rules, for its row: a swap and the publication keep to it."""
    rule = work.task.day_rules.get(day_on, DayRule())
    return {"standing": sorted(work.standing), "pins": [list(pin) for pin in rule.pins]}


def items_of(work: MenuWork, sets: Iterable[DayMenu]) -> tuple[MenuItem, ...]:
    """The dishes of all lines of a day, in the order of a set's parts, each once."""
    foods, order = work.task.foods, list(work.task.rules.parts)
    dish_ids = {dish_id for one in sets for dish_id in one.dish_ids}
    dishes = sorted(
        (work.dishes[one] for one in dish_ids), key=lambda one: (order.index(one.category), one.dish_id)
    )
    return tuple(item_with_variants(dish, foods, load_rules()) for dish in dishes)


def line_meal(work: MenuWork, menu: DayMenu) -> LineMeal:
    """A line's set with what one meal holds and costs."""
    task = work.task
    dishes = [task.made[cooked] for cooked in menu.dishes]
    nutrients = meal_nutrients(nutrients_of(dish, task.foods, task.retention) for dish in dishes)
    return LineMeal(menu, nutrients, sum(food_cost_fen(dish, task.foods) for dish in dishes))


def menus_by_line(menu: Menu) -> tuple[DayMenu, ...]:
    """A stored menu as the planner's facts."""
    return tuple(DayMenu(menu.service.service_on, line, dishes) for line, dishes in menu.lines.items())
