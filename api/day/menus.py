"""Menus: a week of set menus within the nutrition targets, drafts until somebody publishes them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, func, select

from api.audit import record
from api.day.services import Rules, calendar_of, find_kitchen, rules_of
from api.db import Database
from api.permissions import Actor, ensure
from api.store.config import config_names, load_config
from kitchen.foods import Food
from kitchen.menu_check import check_menus
from kitchen.menu_facts import MenuPlan, MenuRules
from kitchen.menu_plan import MenuParams, plan_menus
from kitchen.nutrition import Targets, meal_nutrients, nutrients_of, targets_from_table
from kitchen.recipes import Dish, food_cost_fen, menu_item
from kitchen.store.catalogue import dish_revisions, load_dishes, load_foods
from kitchen.store.equipment import load_equipment
from orders.codes import Coded
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.menus import CATEGORIES, Category, Menu
from orders.service import Meal, Service
from orders.store.menus import find_menu, latest_menu_version, load_menus, publish_menu, save_menu
from orders.store.orders import OrderRow, load_orders
from orders.store.services import load_close

TARGET = "lunch_default_cn"
LOOK_BACK = timedelta(days=28)
MOST_IN_WEEK: Mapping[Category, int] = {"staple": 3}
MEALS_UNKNOWN = 100  # system default where the kitchen has had no order yet


@dataclass(frozen=True, slots=True)
class MenuTask:
    """
    Everything that a kitchen's menus are planned from.

    Parameters
    ----------
    services
        One for each date that is served, by date.
    closed
        The other dates, with the reason.
    dishes, foods
        The catalogue by id and code.
    targets, rules
        What the menus must keep.
    price_fen
        What one set costs a diner, before any subsidy.
    revisions
        Of what the menus rest on.
    """

    services: tuple[Service, ...]
    closed: Mapping[date, Coded]
    dishes: Mapping[str, Dish]
    foods: Mapping[str, Food]
    targets: Targets
    rules: MenuRules
    price_fen: int
    revisions: Mapping[str, Any]


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
    nutrients
        Of one meal by name with unit; one that is unknown for an ingredient is left out.
    food_fen
        What the food of one meal costs.
    """

    menu_id: str
    menu: Menu
    nutrients: Mapping[str, float]
    food_fen: int


@dataclass(frozen=True, slots=True)
class WeekOutcome:
    """
    What a planning run gave.

    Parameters
    ----------
    drafts
        By date; empty when there is no menu.
    closed
        Dates without service, with the reason.
    meals
        Meals a day that the kitchen was taken to cook.
    plans
        What the solver says of each calendar week: price, bound, missed targets.
    reasons
        Why there is no menu.
    """

    drafts: tuple[DraftMenu, ...]
    closed: Mapping[date, Coded]
    meals: int
    plans: tuple[MenuPlan, ...]
    reasons: tuple[Coded, ...]

    @property
    def food_fen(self) -> int:
        """Food of all meals of all days."""
        return sum(plan.food_fen for plan in self.plans)

    @property
    def objective_fen(self) -> int:
        """Food and the price of missed weekly targets."""
        return sum(plan.objective_fen for plan in self.plans)

    @property
    def bound_fen(self) -> int:
        """What that is at least, as far as the search has proved."""
        return sum(plan.bound_fen for plan in self.plans)


def plan_week(
    database: Database,
    kitchen_id: str,
    from_on: date,
    days: int,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    seed: int,
    meal: Meal = "lunch",
    params: MenuParams | None = None,
) -> WeekOutcome:
    """
    Plans set menus for the service days among some dates and keeps them as drafts: all of them, or none.

    The solver runs outside any transaction; when the catalogue changed meanwhile, nothing is kept. What it
    gives is judged by `kitchen.menu_check` first. The same catalogue and seed give the same menus.

    Raises
    ------
    NotFound
        When the kitchen, its programme or its nutrition target is unknown.
    Conflict
        When the catalogue changed while the solver ran.
    """
    ensure(actor, "menu.plan", kitchen_id=kitchen_id)
    dates = [from_on + timedelta(days=step) for step in range(days)]
    with database.read() as session:
        task = gather(session, kitchen_id, dates, meal)
    plans, meals = solve_weeks(task, seed, params or MenuParams()), task.rules.portions
    if plans and plans[-1].reasons:
        return WeekOutcome((), task.closed, meals, (), plans[-1].reasons)
    with database.begin(lock=f"menus/{kitchen_id}") as session:
        if digest_of(gather(session, kitchen_id, dates, meal)) != digest_of(task):
            raise Conflict("catalogue_changed", kitchen=kitchen_id)
        drafts = _save(session, task, plans, actor, now_at, ids)
        about = f"{kitchen_id}/{from_on.isoformat()}"
        record(session, actor, "menu.plan", about, now_at, {"menus": len(drafts), "seed": seed})
    return WeekOutcome(drafts, task.closed, meals, plans, ())


def publish_draft(session: Session, menu_id: str, *, actor: Actor, now_at: datetime) -> Menu:
    """
    Publishes a menu; the version before is superseded.

    Raises
    ------
    NotFound
        When there is no such menu.
    Conflict
        When it is no draft, the service is closed, or somebody has ordered a dish that it lacks.
    """
    found = find_menu(session, menu_id)
    if found is None:
        raise NotFound("menu", menu_id)
    status, menu = found
    ensure(actor, "menu.publish", kitchen_id=menu.service.kitchen_id)
    if status != "draft":
        raise Conflict("menu_not_draft", service=menu.service.key, version=menu.version)
    if load_close(session, menu.service):
        raise Conflict("service_closed_already", service=menu.service.key)
    orders = load_orders(session, menu.service)
    lacking = sum(any(menu.item(line.dish_id) is None for line in order.lines) for order in orders)
    if lacking:
        raise Conflict("menu_lacks_ordered", service=menu.service.key, orders=lacking)
    publish_menu(session, menu_id)
    record(session, actor, "menu.publish", menu.service.key, now_at, {"version": menu.version})
    return menu


def gather(session: Session, kitchen_id: str, dates: Sequence[date], meal: Meal) -> MenuTask:
    """Everything that the menus of these dates are planned from, as the tables have it now."""
    zone = find_kitchen(session, kitchen_id).zone
    services = [Service(kitchen_id, day_on, meal, zone) for day_on in dates]
    rules = rules_of(session, services[0])
    shut = _shut(rules, services)
    wanted = rules.settings.get("menu", {})
    targets = _targets(session, str(wanted.get("target", TARGET)), dates[0])
    dishes = load_dishes(session)
    return MenuTask(
        services=tuple(service for service in services if service.service_on not in shut),
        closed=shut,
        dishes=dishes,
        foods=load_foods(session),
        targets=targets,
        rules=_menu_rules(session, services[0], rules),
        price_fen=_price_fen(session, services[0], wanted),
        revisions={
            "kitchen": rules.revision,
            "programme": f"{rules.programme.id} {rules.programme.revision}",
            "nutrition_target": f"{targets.code} {targets.revision}",
            "dishes": dish_revisions(session, dishes.keys()),
        },
    )


def solve_weeks(task: MenuTask, seed: int, params: MenuParams) -> tuple[MenuPlan, ...]:
    """The set menus of each calendar week, judged; no week is planned after one that has no menu."""
    plans = []
    for _, week in groupby(task.services, lambda service: service.service_on.isocalendar()[:2]):
        days = [service.service_on for service in week]
        plan = plan_menus(task.dishes, task.foods, task.targets, days, task.rules, params=params, seed=seed)
        if broken := check_menus(plan.days, task.dishes, task.foods, task.targets, task.rules):
            raise ValueError(f"The menus from {days[0]} break rules: {broken}.")
        plans.append(plan)
        if plan.reasons:
            break
    return tuple(plans)


def digest_of(task: MenuTask) -> str:
    """SHA-256 of everything the menus rest on."""
    facts = asdict(task) | {"closed": sorted(map(str, task.closed))}
    text = json.dumps(facts, default=_text, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: object) -> str | list[str]:
    return sorted(str(part) for part in value) if isinstance(value, frozenset | set) else str(value)


def _shut(rules: Rules, services: Iterable[Service]) -> dict[date, Coded]:
    days, calendar = rules.programme.service_days(), calendar_of(rules.programme)
    reasons = {service.service_on: days.closed_reason(service.service_on, calendar) for service in services}
    return {
        on: Coded("day_closed", {"day": on.isoformat(), "reason": reason})
        for on, reason in reasons.items()
        if reason is not None
    }


def _menu_rules(session: Session, first: Service, rules: Rules) -> MenuRules:
    wanted, hours = rules.settings.get("menu", {}), rules.settings["meal"][first.meal]
    parts = wanted.get("parts", dict.fromkeys(CATEGORIES, 1))
    return MenuRules(
        parts={category: int(parts[category]) for category in CATEGORIES if category in parts},
        portions=_meals(session, first),
        equipment=tuple(load_equipment(session, first.kitchen_id)),
        cook_minutes=_minutes(hours["cook_to"]) - _minutes(hours["cook_from"]),
        most_in_week=dict(wanted.get("most_in_week", MOST_IN_WEEK)),
    )


def _minutes(wall: str) -> int:
    at = time.fromisoformat(wall)
    return 60 * at.hour + at.minute


def _meals(session: Session, first: Service) -> int:
    """Meals a day: the most that were ordered for one date of the four weeks before."""
    counts = (
        select(func.count())
        .where(OrderRow.kitchen_id == first.kitchen_id, OrderRow.meal == first.meal)
        .where(OrderRow.state != "cancelled", col(OrderRow.service_on) <= first.service_on)
        .where(col(OrderRow.service_on) >= first.service_on - LOOK_BACK)
        .group_by(col(OrderRow.service_on))
    )
    return max(session.exec(counts), default=MEALS_UNKNOWN)


def _price_fen(session: Session, first: Service, wanted: Mapping[str, Any]) -> int:
    """The kitchen's price of a set, else that of its menu published last."""
    if "price_fen" in wanted:
        return int(wanted["price_fen"])
    before_on, day_before = first.service_on - LOOK_BACK, first.service_on - timedelta(days=1)
    published = load_menus(session, first.kitchen_id, before_on, day_before, first.zone)
    own = [menu for menu in published if menu.service.meal == first.meal]
    if not own:
        raise Conflict("menu_price_missing", kitchen=first.kitchen_id)
    return own[-1].price_fen


def _targets(session: Session, code: str, day_on: date) -> Targets:
    tables = {}
    for name in config_names(session, "nutrition_target"):
        kept = load_config(session, "nutrition_target", name, day_on)
        if kept is not None:
            tables[name] = kept[1] | {"revision": kept[0]}
    if code not in tables:
        raise NotFound("nutrition_target", code)
    return targets_from_table(code, tables)


def _save(
    session: Session,
    task: MenuTask,
    plans: Iterable[MenuPlan],
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> tuple[DraftMenu, ...]:
    service_of = {service.service_on: service for service in task.services}
    digest, drafts = digest_of(task), []
    for day in (day for plan in plans for day in plan.days):
        service = service_of[day.service_on]
        dishes = [task.dishes[dish_id] for dish_id in day.dish_ids]
        items = tuple(menu_item(dish, task.foods) for dish in dishes)
        menu = Menu(service, items, task.price_fen, latest_menu_version(session, service) + 1)
        menu_id = ids.new()
        used = {dish.dish_id: task.revisions["dishes"][dish.dish_id] for dish in dishes}
        revisions = {**task.revisions, "dishes": used}
        save_menu(
            session, menu_id, menu, author=actor.user_id, made_at=now_at, digest=digest, revisions=revisions
        )
        nutrients = meal_nutrients(nutrients_of(dish, task.foods) for dish in dishes)
        food_fen = sum(food_cost_fen(dish, task.foods) for dish in dishes)
        drafts.append(DraftMenu(menu_id, menu, nutrients, food_fen))
    return tuple(drafts)
