"""Purchase: what the coming services will lack, by supplier, while there is time to buy it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from sqlmodel import Session, col, func, or_, select

from api.permissions import ensure
from api.stock.bills import load_mg, needs_of, packaged_variants
from api.stock.desk import StockDesk, receiving_rules
from api.store.config import load_config
from kitchen.foods import Food
from kitchen.purchasing import DayNeed, PurchaseLine, expected_portions, purchase_lines, shortages
from kitchen.receiving import ReceivingRules, Supplier
from kitchen.recipes import Dish, portion_g
from kitchen.safety import profile_from_table
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.lot_rows import DeliveryRow
from kitchen.store.lots import issued_to, load_lots, lots_watched
from kitchen.store.production import load_batches, load_production
from kitchen.store.suppliers import load_suppliers
from kitchen.units import food_called
from orders.codes import Coded
from orders.diners import PORTION_SIZE
from orders.menus import REGULAR, Menu
from orders.service import Service, parse_service
from orders.store.diner_facts import standing_facts
from orders.store.menus import load_menu, load_menus
from orders.store.orders import OrderLineRow, OrderRow
from orders.store.services import closed_services, load_close
from orders.store.sites import load_kitchen_settings

Basis = Literal["planned", "closed", "expected"]
DAYS_AHEAD = 3
PAST_SERVICES = 4
PAST_WEEKS = 8
BUFFER = "walk_in_buffer_ratio"
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """
    What one service needs, and by what that is known.

    Parameters
    ----------
    service
        Which.
    basis
        Its published batches, its locked orders, or what is expected before the cut-off.
    portions
        Reckoned with, by dish.
    ordered
        Portions ordered so far.
    past
        Past services that the expectation rests on.
    mg
        Still to be taken from stock, milligrams as bought by food.
    """

    service: Service
    basis: Basis
    portions: Mapping[str, int]
    ordered: int
    past: int
    mg: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Purchase:
    """
    What to buy.

    Parameters
    ----------
    from_on, to_on
        Dates of the services reckoned with.
    needs
        Each service, by date.
    lines
        What to buy, by supplier.
    suppliers, foods
        By id and by code.
    findings
        What stands on weak ground: no past, no menu, no supplier, no lots.
    """

    from_on: date
    to_on: date
    needs: tuple[ServiceNeed, ...]
    lines: tuple[PurchaseLine, ...]
    suppliers: Mapping[str, Supplier]
    foods: Mapping[str, Food]
    findings: tuple[Coded, ...]

    def of_supplier(self, supplier_id: str) -> tuple[PurchaseLine, ...]:
        """What one supplier is asked for."""
        return tuple(line for line in self.lines if line.supplier_id == supplier_id)

    @property
    def supplier_ids(self) -> tuple[str, ...]:
        """Suppliers in the order of the list; the empty one is for foods that nobody delivers."""
        return tuple(dict.fromkeys(line.supplier_id for line in self.lines))


@dataclass(frozen=True, slots=True)
class _Books:
    """What every service is reckoned by."""

    foods: Mapping[str, Food]
    dishes: Mapping[str, Dish]
    rules: ReceivingRules
    sample_g: int
    buffer_ratio: float


def purchase_plan(
    session: Session,
    desk: StockDesk,
    from_on: date | None = None,
    days: int = DAYS_AHEAD,
    foods: Mapping[str, Food] | None = None,
) -> Purchase:
    """
    What the kitchen lacks for the services of some dates.

    Parameters
    ----------
    session, desk
        Reading transaction, and who asks.
    from_on, days
        First date, today when None, and how many dates.
    foods
        By code, where they have been read already.

    References
    ----------
    docs/stock.md, "What is expected".
    """
    kitchen = desk.kitchen
    ensure(desk.actor, "stock.read", kitchen_id=kitchen.kitchen_id)
    first_on = from_on or desk.today_on
    last_on = first_on + timedelta(days=days - 1)
    books = _books(session, desk, foods or load_foods(session))
    menus = load_menus(session, kitchen.kitchen_id, first_on, last_on, kitchen.zone)
    needs = tuple(_need(session, menu, books) for menu in menus)
    by_day: dict[date, dict[str, int]] = defaultdict(dict)
    for need in needs:
        of_day = by_day[need.service.service_on]
        for food_code, mg in need.mg.items():
            of_day[food_code] = of_day.get(food_code, 0) + mg
    lots = load_lots(session, kitchen.kitchen_id).values()
    lacking = shortages([DayNeed(on, mg) for on, mg in by_day.items()], lots)
    suppliers = load_suppliers(session, kitchen.kitchen_id)
    who = _supplier_of(
        session, kitchen.kitchen_id, [one.food_code for one in lacking], books.foods, suppliers
    )
    lines = purchase_lines(lacking, books.foods, who)
    findings = (*_weak(session, kitchen.kitchen_id, needs), *_nobody(lines, books.foods))
    return Purchase(first_on, last_on, needs, lines, suppliers, books.foods, findings)


def _books(session: Session, desk: StockDesk, foods: Mapping[str, Food]) -> _Books:
    _, settings = load_kitchen_settings(session, desk.kitchen.kitchen_id)
    name = str(settings.get("safety_profile", "gb"))
    kept = load_config(session, "safety_profile", name)
    return _Books(
        foods=foods,
        dishes=load_dishes(session),
        rules=receiving_rules(session, desk.kitchen.kitchen_id),
        sample_g=profile_from_table(name, kept[1]).sample_min_g if kept else 0,
        buffer_ratio=float(settings.get("assumption", {}).get(BUFFER, 0.0)),
    )


def _need(session: Session, menu: Menu, books: _Books) -> ServiceNeed:
    """A service's need: from its batches once they are published, else from orders and the past."""
    service = menu.service
    known = _portions(session, [service.key]).get(service.key, {})
    ordered = sum(known.values())
    production = load_production(session, service.key)
    if production is not None:
        batches = load_batches(session, production.production_id)
        mg: dict[str, int] = {}
        for need in needs_of(batches, books.dishes, books.foods, books.rules):
            mg[need.food_code] = mg.get(need.food_code, 0) + need.mg
        for one in issued_to(session, [batch.batch_id for batch in batches]):
            mg[one.food_code] = max(0, mg.get(one.food_code, 0) - one.mg)
        cooked: dict[str, int] = defaultdict(int)
        for batch in batches:
            cooked[batch.dish_id] += batch.portions
        return ServiceNeed(service, "planned", cooked, ordered, 0, mg)
    if load_close(session, service) is not None:
        mg = _to_cook(known, books, _beyond_regular(session, service))
        return ServiceNeed(service, "closed", known, ordered, 0, mg)
    past = _past(session, service)
    categories = {item.dish_id: item.category for item in menu.items}
    expected = expected_portions(categories, known, past)
    mg = _to_cook(expected, books, _beyond_regular(session, service))
    return ServiceNeed(service, "expected", expected, ordered, len(past), mg)


def _to_cook(portions: Mapping[str, int], books: _Books, beyond: Mapping[str, Fraction]) -> dict[str, int]:
    """
    What the portions need with their samples and buffer, as bought; one load a dish, all plain.

    ``beyond`` is what the sizes ordered so far make of each dish beyond regular portions, or less.
    """
    found: dict[str, int] = {}
    for dish_id, count in portions.items():
        dish = books.dishes.get(dish_id)
        if dish is None or not count:
            continue
        extra = -(-books.sample_g // portion_g(dish)) + math.ceil(count * books.buffer_ratio - ROUNDING)
        regular = count + extra + beyond.get(dish_id, 0)
        for food_code, mg in load_mg(dish, REGULAR, regular, books.foods).items():
            if books.rules.rule_for(books.foods[food_code]).tracked:
                found[food_code] = found.get(food_code, 0) + mg
    return found


def _beyond_regular(session: Session, service: Service) -> dict[str, Fraction]:
    """Regular portions by dish that large ones ordered so far are more, and small ones less."""
    facts, on = standing_facts(None).subquery(), service.service_on
    query = (
        select(OrderLineRow.dish_id, facts.c.value, func.count())
        .join(OrderRow, col(OrderLineRow.order_id) == col(OrderRow.order_id))
        .join(facts, col(OrderRow.diner_id) == facts.c.diner_id)
        .where(OrderRow.service_key == service.key, col(OrderRow.state).in_(("placed", "locked")))
        .where(OrderLineRow.state != "withdrawn", facts.c.fact == PORTION_SIZE)
        .where(or_(facts.c.from_on.is_(None), facts.c.from_on <= on))
        .where(or_(facts.c.to_on.is_(None), facts.c.to_on >= on))
        .group_by(col(OrderLineRow.dish_id), facts.c.value)
    )
    found: dict[str, Fraction] = defaultdict(Fraction)
    for dish_id, size, count in session.exec(query):
        found[dish_id] += count * (packaged_variants().size(size).ratio - 1)
    return found


def _past(session: Session, service: Service) -> list[dict[str, int]]:
    """Portions by category of the last services of this meal on this weekday, the newest first."""
    since_on = service.service_on - timedelta(weeks=PAST_WEEKS)
    keys = closed_services(session, since_on, service.service_on - timedelta(days=1))
    alike = [
        one
        for one in (parse_service(key, service.zone) for key in keys)
        if (one.kitchen_id, one.meal) == (service.kitchen_id, service.meal)
        and one.service_on.weekday() == service.service_on.weekday()
    ]
    newest = sorted(alike, key=lambda one: one.service_on, reverse=True)[:PAST_SERVICES]
    portions = _portions(session, [one.key for one in newest])
    found = []
    for one in newest:
        menu = load_menu(session, one)
        by_category: dict[str, int] = defaultdict(int)
        for dish_id, count in portions.get(one.key, {}).items():
            item = menu.item(dish_id) if menu else None
            if item is not None:
                by_category[item.category] += count
        found.append(dict(by_category))
    return found


def _portions(session: Session, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """Portions ordered by service and dish."""
    query = (
        select(OrderRow.service_key, OrderLineRow.dish_id, func.count())
        .join(OrderLineRow, col(OrderLineRow.order_id) == col(OrderRow.order_id))
        .where(col(OrderRow.service_key).in_(keys), col(OrderRow.state).in_(("placed", "locked")))
        .where(OrderLineRow.state != "withdrawn")
        .group_by(col(OrderRow.service_key), col(OrderLineRow.dish_id))
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, dish_id, count in session.exec(query):
        found[key][dish_id] = count
    return found


def _supplier_of(
    session: Session,
    kitchen_id: str,
    food_codes: Sequence[str],
    foods: Mapping[str, Food],
    suppliers: Mapping[str, Supplier],
) -> dict[str, str]:
    """The supplier that a food names, else who delivered it last, else who is asked for its group."""
    query = (
        select(DeliveryRow.food_code, DeliveryRow.supplier_id)
        .where(DeliveryRow.kitchen_id == kitchen_id, col(DeliveryRow.food_code).in_(food_codes))
        .order_by(col(DeliveryRow.received_at), col(DeliveryRow.code))
    )
    last = dict(iter(session.exec(query)))
    by_code = {one.code: one.supplier_id for one in suppliers.values()}
    found = {}
    for food_code in food_codes:
        food = foods[food_code]
        asked = (one.supplier_id for one in suppliers.values() if food.group in one.groups)
        found[food_code] = by_code.get(food.supplier) or last.get(food_code) or next(asked, "")
    return found


def _weak(session: Session, kitchen_id: str, needs: Sequence[ServiceNeed]) -> list[Coded]:
    found = [] if lots_watched(session, kitchen_id) else [Coded("lots_not_watched")]
    guessed = (one for one in needs if one.basis == "expected" and not one.past)
    return found + [Coded("purchase_no_history", {"service": one.service.key}) for one in guessed]


def _nobody(lines: Sequence[PurchaseLine], foods: Mapping[str, Food]) -> list[Coded]:
    lost = (line for line in lines if not line.supplier_id)
    return [Coded("purchase_no_supplier", {"food": food_called(foods[line.food_code])}) for line in lost]
