"""Purchase: what the coming services will lack, by supplier, while there is time to buy it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from api.permissions import ensure
from api.stock.bills import as_cooked, load_mg, needs_of
from api.stock.desk import StockDesk, receiving_rules
from api.stock.picking import still_needed
from kitchen.as_cooked import cooked_key
from kitchen.batches import ExtraPurpose
from kitchen.foods import Food
from kitchen.lots import Need, Pick
from kitchen.purchasing import DayNeed, PurchaseLine, ServiceAsk, purchase_lines, shortages
from kitchen.receiving import ReceivingRules, Supplier
from kitchen.recipes import Dish, portion_g
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.chilled import load_chilled, load_forecast
from kitchen.store.lot_rows import DeliveryRow
from kitchen.store.lots import issued_to, issued_to_chilled, load_lots, lots_watched
from kitchen.store.production import load_batches, load_production
from kitchen.store.suppliers import load_suppliers
from kitchen.units import food_called
from orders.codes import Coded
from orders.menus import REGULAR, Menu
from orders.service import Service
from orders.store.menus import load_menus

Basis = Literal["planned", "closed", "expected"]
DAYS_AHEAD = 3
AskedOf = Callable[[Session, Menu], ServiceAsk]


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
    extras
        Portions beyond those, by purpose: samples, walk-ins, staff meals.
    """

    service: Service
    basis: Basis
    portions: Mapping[str, int]
    ordered: int
    past: int
    mg: Mapping[str, int]
    extras: Mapping[ExtraPurpose, int]


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


def purchase_plan(
    session: Session,
    desk: StockDesk,
    asked_of: AskedOf,
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
    asked_of
        Gives what a service of a menu asks of the kitchen before it is planned.
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
    needs = tuple(_need(session, menu, books, asked_of) for menu in menus)
    lacking = shortages(_by_day(needs), load_lots(session, kitchen.kitchen_id).values())
    suppliers = load_suppliers(session, kitchen.kitchen_id)
    who = _supplier_of(
        session, kitchen.kitchen_id, [one.food_code for one in lacking], books.foods, suppliers
    )
    lines = purchase_lines(lacking, books.foods, who)
    findings = (*_weak(session, kitchen.kitchen_id, needs), *_nobody(lines, books.foods))
    return Purchase(first_on, last_on, needs, lines, suppliers, books.foods, findings)


def _by_day(needs: Iterable[ServiceNeed]) -> list[DayNeed]:
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    for need in needs:
        by_day[need.service.service_on].update(need.mg)
    return [DayNeed(on, mg) for on, mg in by_day.items()]


def _books(session: Session, desk: StockDesk, foods: Mapping[str, Food]) -> _Books:
    rules = receiving_rules(session, desk.kitchen.kitchen_id)
    return _Books(foods=foods, dishes=load_dishes(session), rules=rules)


def _need(session: Session, menu: Menu, books: _Books, asked_of: AskedOf) -> ServiceNeed:
    """A service's need: from its batches once they are published, else from orders and the past."""
    service = menu.service
    production = load_production(session, service.key)
    if production is None:
        return _unplanned(service, asked_of(session, menu), books, _issued_ahead(session, service))
    batches = load_batches(session, production.production_id)
    to_cook = [batch for batch in batches if not batch.chilled_id]
    whole = needs_of(to_cook, books.dishes, books.foods, books.rules)
    mg = _by_food(still_needed(whole, issued_to(session, [batch.batch_id for batch in to_cook])))
    cooked: dict[str, int] = defaultdict(int)
    extras: dict[ExtraPurpose, int] = defaultdict(int)
    for batch in batches:
        cooked[batch.dish_id] += len(batch.line_ids)
        for extra in batch.extras:
            extras[extra.purpose] += extra.portions
    return ServiceNeed(service, "planned", cooked, sum(cooked.values()), 0, mg, extras)


def _by_food(needs: Iterable[Need]) -> dict[str, int]:
    mg: dict[str, int] = {}
    for need in needs:
        mg[need.food_code] = mg.get(need.food_code, 0) + need.mg
    return mg


def _issued_ahead(session: Session, service: Service) -> list[Pick]:
    """What chilled food of the day before has got already, by dish variant."""
    forecast = load_forecast(session, service.key)
    batches = load_chilled(session, forecast.forecast_id) if forecast else []
    of_dish = {one.chilled_id: cooked_key(one.dish_id, one.variant) for one in batches}
    return [replace(one, batch_id=of_dish[one.batch_id]) for one in issued_to_chilled(session, of_dish)]


def _unplanned(service: Service, ask: ServiceAsk, books: _Books, issued: Iterable[Pick]) -> ServiceNeed:
    """What is asked, variant by variant, with samples, buffer and staff meals of their own; as bought."""
    needs: list[Need] = []
    counts: dict[str, int] = defaultdict(int)
    extras: dict[ExtraPurpose, int] = defaultdict(int)
    for one in ask.dishes:
        counts[one.dish_id] += one.portions
        dish = books.dishes.get(one.dish_id)
        if dish is None or not one.portions:
            continue
        plain = one.variant == REGULAR
        beyond: dict[ExtraPurpose, int] = {
            "sample": -(-ask.sample_g // portion_g(as_cooked(dish, one.variant, books.foods))),
            "buffer": ask.buffer.get(one.dish_id, 0) if plain else 0,
            "staff": ask.staff.get(one.dish_id, 0) if plain else 0,
        }
        for purpose, portions in beyond.items():
            extras[purpose] += portions
        load = load_mg(dish, one.variant, one.regular + sum(beyond.values()), books.foods)
        key = cooked_key(one.dish_id, one.variant)
        tracked = (code for code in load if books.rules.rule_for(books.foods[code]).tracked)
        needs += [Need(key, food_code, load[food_code]) for food_code in tracked]
    mg = _by_food(still_needed(needs, issued))
    found = {purpose: portions for purpose, portions in extras.items() if portions}
    return ServiceNeed(service, ask.basis, counts, ask.ordered, ask.past, mg, found)


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
