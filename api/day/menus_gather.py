"""What a kitchen's menus are planned from: its rules, lines, dishes, dates and what stood before."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session, col, func, select

from api.day.diets import load_retention, load_rules
from api.day.menus_near import EVERY_LINE, Near, load_near
from api.day.menus_pins import Pinned, pins_of, refuse_barred
from api.day.menus_wish import MenuWish
from api.day.services import Rules, calendar_of, find_kitchen, rules_of
from api.packaged import read_toml
from api.paths import config_dir
from api.store.config import config_names, load_config
from kitchen.foods import Food
from kitchen.menu_book import book_from_table, parts_from_table
from kitchen.menu_calendar import standing_on
from kitchen.menu_facts import MOST_LINES, Cooked, DayRule, Line, MenuRules, MenuTask
from kitchen.menu_grounds import Ban, Grounds
from kitchen.menu_rules import (
    LineRule,
    MenuBook,
    banned,
    in_season,
    look_of,
)
from kitchen.nutrition import Targets, targets_from_table
from kitchen.recipes import Dish
from kitchen.store.catalogue import dish_revisions, load_dishes, load_foods
from kitchen.store.equipment import load_equipment
from kitchen.tables import FieldWrong
from kitchen.variants import VariantNotMade, as_variant
from orders.codes import Coded
from orders.errors import BadInput, Conflict, NotFound
from orders.menus import REGULAR
from orders.service import Meal, Service
from orders.store.menus import load_menus
from orders.store.orders import OrderRow

NOTHING: Mapping[date, Coded] = {}
LOOK_BACK = timedelta(days=28)
MEALS_UNKNOWN = 100  # system default where the kitchen has had no order yet
RULES_KIND, RULES_NAME = "menu_rules", "default"


@dataclass(frozen=True, slots=True)
class MenuWork:
    """
    Everything that a kitchen's menus are planned from.

    Parameters
    ----------
    services
        One for each date that is served, by date.
    closed
        The other dates, with the reason.
    task
        What the planner and the checker get; without days when no date is served.
    book
        The house's menu rules.
    dishes
        The catalogue by id.
    banned
        Dishes that the licence or the list of forbidden food keeps off every menu.
    price_fen
        What one set costs a diner, before any subsidy.
    revisions
        Of what the menus rest on.
    standing
        Standing rules that hold though they are not active.
    """

    services: tuple[Service, ...]
    closed: Mapping[date, Coded]
    task: MenuTask
    book: MenuBook
    dishes: Mapping[str, Dish]
    banned: Mapping[str, Ban]
    price_fen: int
    revisions: Mapping[str, Any]
    standing: frozenset[str] = frozenset()


def gather(
    session: Session,
    kitchen_id: str,
    dates: Sequence[date],
    meal: Meal,
    wish: MenuWish | None = None,
    left: Mapping[date, Coded] = NOTHING,
) -> MenuWork:
    """
    Everything that the menus of these dates are planned from, as the tables have it now.

    Dates that are ``left`` as they are count as those without service, and their menus as menus nearby.

    Raises
    ------
    NotFound
        When the kitchen, its programme, a line, a target, a standing rule or a pinned dish is unknown.
    Conflict
        When nothing says what a set costs, or a pinned dish cannot stand.
    """
    wish = wish or MenuWish()
    zone = find_kitchen(session, kitchen_id).zone
    services = [Service(kitchen_id, day_on, meal, zone) for day_on in dates]
    rules = rules_of(session, services[0])
    wanted, shut = rules.settings.get("menu", {}), {**_shut(rules, services), **left}
    book, dishes = load_book(session, dates[0]), load_dishes(session)
    open_on = tuple(service.service_on for service in services if service.service_on not in shut)
    near = load_near(session, kitchen_id, open_on or dates, meal, zone, _is_open(rules))
    grounds = _grounds(book, rules, near, wish.standing)
    foods = load_foods(session)
    barred = _banned(dishes, foods, book, grounds.scope)
    free = {one: dish for one, dish in dishes.items() if one not in barred}
    lines = _lines(session, wish, wanted, book, services[0], _named(foods))
    plain = MenuTask(
        days=open_on,
        lines=lines,
        made=made_of(free, foods, lines, lambda dish: banned(dish, foods, book, grounds.scope) is not None),
        foods=foods,
        looks={one: look_of(dish, foods, book.look) for one, dish in free.items()},
        rules=_menu_rules(session, services[0], rules, book, wanted),
        points=book.points,
        retention=load_retention(),
        grounds=grounds,
    )
    pins = pins_of(wish.pins, plain, dishes, barred)
    task = replace(plain, day_rules=_day_rules(plain, pins, free, near))
    refuse_barred(task.day_rules, near, task, dishes)
    return MenuWork(
        services=tuple(service for service in services if service.service_on not in shut),
        closed=shut,
        task=task,
        book=book,
        dishes=dishes,
        banned=barred,
        price_fen=_price_fen(session, services[0], wanted),
        revisions=_revisions(session, rules, book, lines, dishes),
        standing=wish.standing,
    )


def _grounds(book: MenuBook, rules: Rules, near: Near, asked: frozenset[str]) -> Grounds:
    """
    What rules of single days follow from.

    Raises
    ------
    NotFound
        When a standing rule that is asked for is unknown.
    """
    for code in asked - {one.code for one in book.standing}:
        raise NotFound("standing_rule", code)
    return Grounds(
        bans=book.bans,
        scope=frozenset(rules.settings.get("licence", {}).get("scope", ())),
        standing=tuple(one for one in book.standing if one.active or one.code in asked),
        season_from_ratio=book.season_from_ratio,
        days=tuple(sorted(near.number)),
        stood=near.stood,
    )


def _named(foods: Mapping[str, Food]) -> frozenset[str]:
    """Nutrients that some food states."""
    return frozenset(name for food in foods.values() for name in food.nutrients)


def _revisions(
    session: Session, rules: Rules, book: MenuBook, lines: Iterable[Line], dishes: Mapping[str, Dish]
) -> dict[str, Any]:
    return {
        "kitchen": rules.revision,
        "programme": f"{rules.programme.id} {rules.programme.revision}",
        "menu_rules": f"{book.code} {book.revision}",
        "nutrition_target": " ".join(f"{line.targets.code} {line.targets.revision}" for line in lines),
        "dishes": dish_revisions(session, dishes.keys()),
    }


def load_book(session: Session, day_on: date | None = None) -> MenuBook:
    """The menu rules of the house, on a date if one is given: its own revision, else the packaged ones."""
    kept = load_config(session, RULES_KIND, RULES_NAME, day_on)
    if kept is not None:
        return book_from_table(RULES_NAME, kept[1] | {"revision": kept[0]})
    return packaged_book()


@cache
def packaged_book() -> MenuBook:
    """The packaged menu rules."""
    return book_from_table(RULES_NAME, read_toml(config_dir() / "menu-rules.toml")["rules"][RULES_NAME])


def digest_of(work: MenuWork) -> str:
    """SHA-256 of everything the menus rest on."""
    facts = asdict(work) | {"closed": sorted(map(str, work.closed))}
    text = json.dumps(_keyed(facts), default=_text, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _keyed(value: Any) -> Any:
    """The same, with text for every key."""
    if isinstance(value, Mapping):
        return {str(key): _keyed(one) for key, one in value.items()}
    return [_keyed(one) for one in value] if isinstance(value, list | tuple) else value


def _text(value: object) -> str | list[str]:
    return sorted(str(part) for part in value) if isinstance(value, frozenset | set) else str(value)


def _day_before(day_on: date) -> date:
    return day_on - timedelta(days=1)


def _shut(rules: Rules, services: Iterable[Service]) -> dict[date, Coded]:
    days, calendar = rules.programme.service_days(), calendar_of(rules.programme)
    reasons = {service.service_on: days.closed_reason(service.service_on, calendar) for service in services}
    return {
        on: Coded("day_closed", {"day": on.isoformat(), "reason": reason})
        for on, reason in reasons.items()
        if reason is not None
    }


def _is_open(rules: Rules) -> Callable[[date], bool]:
    days, calendar = rules.programme.service_days(), calendar_of(rules.programme)
    return lambda day_on: days.closed_reason(day_on, calendar) is None


def _banned(
    dishes: Mapping[str, Dish], foods: Mapping[str, Food], book: MenuBook, scope: Collection[str]
) -> dict[str, Ban]:
    found = {one: banned(dish, foods, book, scope) for one, dish in dishes.items()}
    return {one: ban for one, ban in found.items() if ban is not None}


def _lines(
    session: Session,
    wish: MenuWish,
    wanted: Mapping[str, Any],
    book: MenuBook,
    first: Service,
    nutrients: Collection[str],
) -> tuple[Line, ...]:
    if len(wish.lines) > MOST_LINES or len(wish.lines) != len(set(wish.lines)):
        raise BadInput("menu_too_many_lines", lines=" ".join(wish.lines), most=MOST_LINES)
    for code in wish.lines:
        if code not in book.lines:
            raise NotFound("menu_line", code)
    chosen = [book.lines[code] for code in wish.lines]
    shares = sum(line.share for line in chosen)
    meals = _meals(session, first)
    tables = _target_tables(session, first.service_on)
    return tuple(
        Line(
            code=rule.code,
            targets=_targets(tables, _target_code(rule, wanted), nutrients),
            meals=max(1, round(meals * rule.share / shares)),
            variants=rule.variants,
            softest=rule.softest,
            barred_tags=rule.barred_tags,
            barred_allergens=rule.barred_allergens,
            most_food_fen=rule.most_food_fen,
        )
        for rule in chosen
    )


def _target_code(rule: LineRule, wanted: Mapping[str, Any]) -> str:
    """A kitchen may name its own targets for the regular line."""
    return str(wanted.get("target", rule.targets)) if rule.code == "regular" else rule.targets


def _target_tables(session: Session, day_on: date) -> dict[str, dict[str, Any]]:
    tables = {}
    for name in config_names(session, "nutrition_target"):
        kept = load_config(session, "nutrition_target", name, day_on)
        if kept is not None:
            tables[name] = kept[1] | {"revision": kept[0]}
    return tables


def _targets(tables: Mapping[str, dict[str, Any]], code: str, nutrients: Collection[str]) -> Targets:
    if code not in tables:
        raise NotFound("nutrition_target", code)
    try:
        return targets_from_table(code, tables, nutrients)
    except FieldWrong as error:
        raise BadInput(
            "menu_target_unusable", file="nutrition-targets.toml", field=error.field, rule=error.rule
        ) from error


def made_of(
    dishes: Mapping[str, Dish],
    foods: Mapping[str, Food],
    lines: Iterable[Line],
    is_barred: Callable[[Dish], bool],
) -> dict[Cooked, Dish]:
    """Each dish plain and as every variant that some line eats, that can be made and that no ban names."""
    rules = load_rules()
    variants = {variant for line in lines for variant in line.variants} | {REGULAR}
    made: dict[Cooked, Dish] = {}
    for dish_id, dish in dishes.items():
        for variant in sorted(variants):
            try:
                one = as_variant(dish, variant, foods, rules)
            except VariantNotMade:
                continue
            if variant == REGULAR or not is_barred(one):
                made[dish_id, variant] = one
    return made


def _menu_rules(
    session: Session, first: Service, rules: Rules, book: MenuBook, wanted: Mapping[str, Any]
) -> MenuRules:
    hours = rules.settings["meal"][first.meal]
    return MenuRules(
        parts=parts_from_table(wanted["parts"]) if "parts" in wanted else book.parts,
        equipment=tuple(load_equipment(session, first.kitchen_id)),
        cook_minutes=_minutes(hours["cook_to"]) - _minutes(hours["cook_from"]),
        repeat_days=book.repeat_days,
        least_hot_minutes=book.least_hot_minutes,
        most_of_method=book.most_of_method,
        most_of_colour=book.most_of_colour,
        kinds_in_week=book.kinds_in_week,
        kinds_bind=book.kinds_bind,
    )


def _minutes(wall: str) -> int:
    at = time.fromisoformat(wall)
    return 60 * at.hour + at.minute


def _day_rules(
    task: MenuTask, pins: Mapping[date, Pinned], dishes: Mapping[str, Dish], near: Near
) -> dict[date, DayRule]:
    rules = {}
    for day_on in task.days:
        barred = near.barred(day_on, dishes, task.rules.repeat_days)
        late = out_of_season(dishes, task, day_on)
        barred[EVERY_LINE] = barred.get(EVERY_LINE, frozenset()) | late
        standing = standing_on(day_on, task.grounds.standing)
        rules[day_on] = DayRule(
            barred_tags=frozenset().union(*(one.barred_tags for one in standing)),
            barred_dishes={line: dish_ids for line, dish_ids in barred.items() if dish_ids},
            pins=pins.get(day_on, ()),
            parts={category: numbers for one in standing for category, numbers in one.parts.items()},
        )
    return {day_on: rule for day_on, rule in rules.items() if rule != DayRule()}


def out_of_season(dishes: Mapping[str, Dish], task: MenuTask, day_on: date) -> frozenset[str]:
    """Dishes that the season keeps off a date."""
    month, from_ratio = day_on.month, task.grounds.season_from_ratio
    return frozenset(
        one for one, dish in dishes.items() if not in_season(dish, task.foods, month, from_ratio)
    )


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
    before_on, day_before = first.service_on - LOOK_BACK, _day_before(first.service_on)
    published = load_menus(session, first.kitchen_id, before_on, day_before, first.zone)
    own = [menu for menu in published if menu.service.meal == first.meal]
    if not own:
        raise Conflict("menu_price_missing", kitchen=first.kitchen_id)
    return own[-1].price_fen
