"""What the page of the store room shows: lots by expiry, the pick list, what came, what to buy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlmodel import Session, col, select

from api.permissions import ensure
from api.reports.facts import Named
from api.stock.desk import StockDesk, receiving_rules
from api.stock.holding import TouchedBatch, touched
from api.stock.picking import plan_picks
from kitchen.foods import Food
from kitchen.lots import ExpiryState, Lot, Pick, expiry_state, first_expired_first
from kitchen.receiving import ReceivingRules, Supplier
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.deliveries import KeptDelivery, LotPhoto, deliveries_of, load_deliveries, load_photos
from kitchen.store.lots import (
    LotMark,
    Movements,
    issued_to,
    last_marks,
    load_lots,
    load_movements,
    load_picks,
    lots_watched,
)
from kitchen.store.production import load_batches, load_production
from kitchen.store.production_rows import ProductionRow
from kitchen.store.suppliers import load_suppliers
from orders.service import Service, parse_service


@dataclass(frozen=True, slots=True)
class LotView:
    """
    One lot with what people call it.

    Parameters
    ----------
    lot, food, supplier
        The lot; its food by name; its supplier's name.
    expiry
        How near its last day is.
    delivery
        How it came.
    mark
        The last word about it, when it was ever held.
    photos
        Of the delivery.
    """

    lot: Lot
    food: Named
    supplier: str
    expiry: ExpiryState
    delivery: KeptDelivery
    mark: LotMark | None
    photos: tuple[LotPhoto, ...]

    @property
    def calm(self) -> bool:
        """Whether nobody needs to look at it now: usable, not to be used soon, its label as the food's."""
        plain = self.lot.state == "ok" and not self.lot.declared and not self.lot.use_first
        return plain and self.expiry in ("good", "none")


@dataclass(frozen=True, slots=True)
class LotFile:
    """
    Everything about one lot.

    Parameters
    ----------
    view
        The lot.
    movements
        What became of it.
    batches
        What it went into, or is to.
    """

    view: LotView
    movements: Movements
    batches: tuple[TouchedBatch, ...]


@dataclass(frozen=True, slots=True)
class PickLine:
    """
    What is handed out of one lot for one batch.

    Parameters
    ----------
    food, lot_code, expires_on, mg
        What, from which lot, with which last day, how much as bought.
    issued, barred
        Whether it is out already; whether its lot was held or destroyed since.
    """

    food: Named
    lot_code: str
    expires_on: date | None
    mg: int
    issued: bool
    barred: bool


@dataclass(frozen=True, slots=True)
class PickBatch:
    """
    What one batch is handed.

    Parameters
    ----------
    batch_id, code, dish
        Which batch of which dish.
    lines
        By food.
    """

    batch_id: str
    code: str
    dish: Named
    lines: tuple[PickLine, ...]

    @property
    def mg(self) -> int:
        """What it is handed of everything, milligrams as bought."""
        return sum(line.mg for line in self.lines)


@dataclass(frozen=True, slots=True)
class PickList:
    """
    The pick list of a published service.

    Parameters
    ----------
    service, version
        Whose, and of which version of its production.
    batches
        In the order of their codes.
    short
        What no lot covers now: food and milligrams as bought.
    """

    service: Service
    version: int
    batches: tuple[PickBatch, ...]
    short: tuple[tuple[Named, int], ...]

    @property
    def waiting(self) -> int:
        """Lines that are still to be handed out."""
        return sum(not line.issued for batch in self.batches for line in batch.lines)

    @property
    def of_lots(self) -> tuple[tuple[PickLine, int, int], ...]:
        """What is fetched of each lot: one of its lines, milligrams in all, and those not handed out yet."""
        lines = sorted((one for batch in self.batches for one in batch.lines), key=lambda one: one.lot_code)
        own = (list(group) for _, group in groupby(lines, key=lambda one: one.lot_code))
        return tuple(
            (group[0], sum(one.mg for one in group), sum(one.mg for one in group if not one.issued))
            for group in own
        )


@dataclass(frozen=True, slots=True)
class StockView:
    """
    The store room's page.

    Parameters
    ----------
    today_on, watched
        The date at the kitchen; whether it keeps lots at all.
    lots
        Those with something left: first expired first, held ones after them.
    came
        Deliveries of today, sent back ones included, with the food by name.
    picks
        The next published service that still waits for something, None without one.
    foods, suppliers, rules
        What a delivery may be of, by whom, and what is asked of it.
    """

    today_on: date
    watched: bool
    lots: tuple[LotView, ...]
    came: tuple[tuple[KeptDelivery, Named], ...]
    picks: PickList | None
    foods: Mapping[str, Food]
    suppliers: Mapping[str, Supplier]
    rules: ReceivingRules


def stock_view(session: Session, desk: StockDesk) -> StockView:
    """The store room's page."""
    kitchen_id = desk.kitchen.kitchen_id
    ensure(desk.actor, "stock.read", kitchen_id=kitchen_id)
    foods, rules = load_foods(session), receiving_rules(session, kitchen_id)
    return StockView(
        today_on=desk.today_on,
        watched=lots_watched(session, kitchen_id),
        lots=_listed(session, desk, foods),
        came=tuple((one, named(foods, one.lot.food_code)) for one in came_on(session, desk, desk.today_on)),
        picks=_next_picks(session, desk, foods),
        foods={code: food for code, food in foods.items() if rules.rule_for(food).tracked},
        suppliers=load_suppliers(session, kitchen_id),
        rules=rules,
    )


def list_lots(session: Session, desk: StockDesk, *, every: bool = False) -> tuple[LotView, ...]:
    """Lots that have something left, or all: first expired first, those that are barred after the others."""
    ensure(desk.actor, "stock.read", kitchen_id=desk.kitchen.kitchen_id)
    return _listed(session, desk, load_foods(session), every=every)


def lot_file(session: Session, desk: StockDesk, lot: Lot) -> LotFile:
    """Everything about one lot."""
    ensure(desk.actor, "stock.read", kitchen_id=desk.kitchen.kitchen_id)
    (view,) = _views(session, desk, [lot], load_foods(session))
    return LotFile(view, load_movements(session, lot.lot_id), touched(session, lot.lot_id))


def came_on(
    session: Session, desk: StockDesk, from_on: date, to_on: date | None = None
) -> list[KeptDelivery]:
    """Deliveries of a date, or of the dates from one to another, both included."""
    kitchen = desk.kitchen

    def midnight_at(on: date) -> datetime:
        return Service(kitchen.kitchen_id, on, "lunch", kitchen.zone).start_at

    last_on = (to_on or from_on) + timedelta(days=1)
    return load_deliveries(
        session, kitchen.kitchen_id, from_at=midnight_at(from_on), to_at=midnight_at(last_on)
    )


def pick_list(session: Session, desk: StockDesk, service: Service) -> PickList | None:
    """What a published service is handed, or was; None when nothing is published."""
    ensure(desk.actor, "stock.read", kitchen_id=service.kitchen_id)
    return _picks(session, service, load_foods(session))


def _picks(session: Session, service: Service, foods: Mapping[str, Food]) -> PickList | None:
    production = load_production(session, service.key)
    if production is None:
        return None
    batches = load_batches(session, production.production_id)
    issued = issued_to(session, [batch.batch_id for batch in batches])
    has_some = {one.batch_id for one in issued}
    planned = [one for one in load_picks(session, production.production_id) if one.batch_id not in has_some]
    lots = load_lots(session, service.kitchen_id, lot_ids={one.lot_id for one in (*issued, *planned)})
    dishes = load_dishes(session, {batch.dish_id for batch in batches})
    lines = {batch.batch_id: list[PickLine]() for batch in batches}
    for out, picks in ((True, issued), (False, planned)):
        for one in picks:
            lines[one.batch_id].append(_line(one, lots[one.lot_id], foods, out))
    unserved = [batch for batch in batches if batch.batch_id not in has_some]
    waiting = plan_picks(session, service, unserved, foods)
    found = tuple(
        PickBatch(
            batch.batch_id,
            batch.code,
            Named(dishes[batch.dish_id].name_zh, dishes[batch.dish_id].name_en)
            if batch.dish_id in dishes
            else Named(batch.dish_id, batch.dish_id),
            tuple(lines[batch.batch_id]),
        )
        for batch in batches
    )
    lacking = waiting.short_mg if waiting else {}
    short = tuple((named(foods, food_code), mg) for food_code, mg in sorted(lacking.items()))
    return PickList(service, production.version, found, short)


def named(foods: Mapping[str, Food], food_code: str) -> Named:
    """A food by its names."""
    food = foods.get(food_code)
    return Named(food.name_zh, food.name_en) if food else Named(food_code, food_code)


def _line(one: Pick, lot: Lot, foods: Mapping[str, Food], issued: bool) -> PickLine:
    return PickLine(named(foods, one.food_code), lot.code, lot.expires_on, one.mg, issued, lot.state != "ok")


def _listed(
    session: Session, desk: StockDesk, foods: Mapping[str, Food], *, every: bool = False
) -> tuple[LotView, ...]:
    lots = load_lots(session, desk.kitchen.kitchen_id, open_only=not every)
    in_order = first_expired_first(lots.values())
    return _views(session, desk, sorted(in_order, key=lambda lot: lot.state != "ok"), foods)


def _views(
    session: Session, desk: StockDesk, lots: Sequence[Lot], foods: Mapping[str, Food]
) -> tuple[LotView, ...]:
    kitchen_id, ids = desk.kitchen.kitchen_id, [lot.lot_id for lot in lots]
    suppliers = load_suppliers(session, kitchen_id)
    soon_days = receiving_rules(session, kitchen_id).soon_days
    deliveries, marks, photos = (
        deliveries_of(session, ids),
        last_marks(session, ids),
        load_photos(session, ids),
    )
    return tuple(
        LotView(
            lot=lot,
            food=named(foods, lot.food_code),
            supplier=suppliers[lot.supplier_id].name if lot.supplier_id in suppliers else "",
            expiry=expiry_state(lot, desk.today_on, soon_days),
            delivery=deliveries[lot.lot_id],
            mark=marks.get(lot.lot_id),
            photos=tuple(photos.get(lot.lot_id, ())),
        )
        for lot in lots
    )


def _next_picks(session: Session, desk: StockDesk, foods: Mapping[str, Food]) -> PickList | None:
    """The first published service from today on that still waits for something, else the last."""
    found = None
    for service in _published_from(session, desk):
        found = _picks(session, service, foods)
        if found is not None and (found.waiting or found.short):
            return found
    return found


def _published_from(session: Session, desk: StockDesk) -> list[Service]:
    kitchen = desk.kitchen
    query = (
        select(ProductionRow.service_key)
        .where(ProductionRow.status == "published")
        .where(col(ProductionRow.service_key) >= f"{kitchen.kitchen_id}/{desk.today_on.isoformat()}")
        .where(col(ProductionRow.service_key).startswith(f"{kitchen.kitchen_id}/", autoescape=True))
    )
    services = [parse_service(key, kitchen.zone) for key in session.exec(query)]
    return sorted((one for one in services if one.service_on >= desk.today_on), key=lambda one: one.start_at)
