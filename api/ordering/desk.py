"""What the desk shows: the service that calls are about, who is meant, and what waits for somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.services import cut_off_at, is_open, rules_of
from api.names import allergens_named
from api.ordering.facts import asked, find_diner, menu_of
from api.ordering.payments import account_of
from api.ordering.place import Wanted, drafted
from api.ordering.quotes import quote_order
from api.ordering.record import Acting
from api.ordering.rooms import rooms
from api.ordering.views import local_day
from api.permissions import Actor
from api.reports.facts import Named
from orders.capacity import Room, moving_up
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import MealError
from orders.order import Order
from orders.ordering import Quote
from orders.service import Service
from orders.sites import Kitchen, Site
from orders.store.changes import load_changes
from orders.store.menus import load_menus
from orders.store.orders import load_orders, orders_of_diner
from orders.store.prepayments import load_payments
from orders.store.sites import kitchen_of_site, load_kitchens, load_sites

AHEAD_DAYS = 7
MOST_SERVICES = 5
PRICED = 4


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Somebody a search found.

    Parameters
    ----------
    diner, avoid
        Who, and allergens the diner must not get.
    site
        Name of the diner's own site.
    order
        The order for this service, None without one.
    dishes, quote
        Without an order the usual dishes and their price; with one the ordered dishes.
    refusal
        Why the usual cannot be ordered.
    """

    diner: Diner
    avoid: tuple[Named, ...]
    site: str
    order: Order | None
    dishes: tuple[Named, ...]
    quote: Quote | None
    refusal: Coded | None


@dataclass(frozen=True, slots=True)
class RefundDue:
    """Money that goes back for an order."""

    order: Order
    diner: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class InLine:
    """
    Somebody who waits for a place, or who got one and is to be told.

    Parameters
    ----------
    order, diner, phone
        The order, the name and the telephone, empty when none is known.
    site
        Name of the site.
    moved_up_at
        When the place got free, None of one who still waits.
    """

    order: Order
    diner: Diner
    phone: str
    site: str
    moved_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeskView:
    """
    The desk's side of one service.

    Parameters
    ----------
    service, in_time, limit
        Which service, and whether the kitchen's own cut-off has passed.
    orders, waiting
        How many orders it has, and how many wait.
    places
        Each canteen with its room.
    refunds
        What goes back.
    channels
        How orders may come.
    line
        Who got a place after waiting, then who still waits, in the order of the line.
    unpaid
        Orders for which nothing was paid though the kitchen's programme wants it when ordering.
    """

    service: Service
    in_time: bool
    orders: int
    waiting: int
    places: tuple[tuple[Site, Room], ...]
    refunds: tuple[RefundDue, ...]
    channels: tuple[str, ...]
    line: tuple[InLine, ...]
    unpaid: int


def kitchen_of(session: Session, actor: Actor) -> Kitchen | None:
    """The kitchen whose orders a person takes: the own one, that of the own site, else the first."""
    wanted = actor.kitchen_id or (kitchen_of_site(session, actor.site_id) if actor.site_id else None)
    kitchens = load_kitchens(session)
    return next((one for one in kitchens if wanted in (None, one.kitchen_id)), None)


def services_ahead(session: Session, kitchen: Kitchen, acting: Acting) -> list[Service]:
    """The services of the next days that have a menu, today's among them, by date."""
    today_on = local_day(kitchen, acting.now_at)
    last_on = today_on + timedelta(days=AHEAD_DAYS)
    menus = load_menus(session, kitchen.kitchen_id, today_on, last_on, kitchen.zone)
    found = [menu.service for menu in menus]
    return [one for one in found if is_open(one, rules_of(session, one).programme)][:MOST_SERVICES]


def next_to_order(session: Session, services: Sequence[Service], acting: Acting) -> Service | None:
    """The first service whose own cut-off has not passed, else the last one there is."""
    for service in services:
        if cut_off_at(service, rules_of(session, service).programme) >= acting.now_at:
            return service
    return services[-1] if services else None


def desk_view(session: Session, service: Service, acting: Acting) -> DeskView:
    """The desk's side of one service."""
    sites = load_sites(session, service.kitchen_id, service.meal)
    own = acting.actor.site_id
    canteens = {k: one for k, one in sites.items() if one.kind == "canteen" and own in (None, k)}
    room = rooms(session, service, canteens)
    orders = load_orders(session, service, ("placed", "locked", "waiting", "cancelled"), own)
    programme = rules_of(session, service).programme
    return DeskView(
        service=service,
        in_time=acting.now_at <= cut_off_at(service, programme),
        orders=sum(one.state in ("placed", "locked") for one in orders),
        waiting=sum(one.state == "waiting" for one in orders),
        places=tuple((site, room[key]) for key, site in canteens.items()),
        refunds=_refunds(session, orders),
        channels=channels_of(programme.ordering.channels),
        line=_line(session, service, orders, sites),
        unpaid=_unpaid(session, orders) if programme.ordering.prepay else 0,
    )


def channels_of(known: Sequence[str]) -> tuple[str, ...]:
    """How orders may come, the telephone first: that is what the desk is for."""
    return tuple(sorted(known or ("phone",), key=lambda one: not one.endswith(("phone", "phone_number"))))


def callers(session: Session, service: Service, diner_ids: Sequence[str], acting: Acting) -> list[Caller]:
    """Each of these diners with the order there is, else the usual; only the first few are priced."""
    return [
        _caller(session, service, diner_id, acting, priced=place < PRICED)
        for place, diner_id in enumerate(diner_ids)
    ]


def _caller(session: Session, service: Service, diner_id: str, acting: Acting, *, priced: bool) -> Caller:
    diner = find_diner(session, diner_id)
    sites = load_sites(session, service.kitchen_id, service.meal)
    site = sites[diner.site_id].name if diner.site_id in sites else diner.site_id
    on = service.service_on
    live = orders_of_diner(session, diner_id, on, on)
    order = next((one for key, one in live if key == service.key), None)
    plain = Caller(diner, allergens_named(diner.allergens), site, order, (), None, None)
    if not priced:
        return plain
    try:
        facts = asked(session, service, diner_id)
        menu = menu_of(session, service)
        shown = order or drafted(session, facts, menu, Wanted(diner_id), acting)
        items = (menu.item(dish_id) for dish_id in shown.dish_ids)
        dishes = tuple(Named(one.name_zh, one.name_en) for one in items if one)
        quote = quote_order(session, facts, shown)
    except MealError as error:
        return Caller(diner, plain.avoid, site, order, (), None, error.coded)
    return Caller(diner, plain.avoid, site, order, dishes, quote, None)


def _line(
    session: Session, service: Service, orders: Sequence[Order], sites: Mapping[str, Site]
) -> tuple[InLine, ...]:
    changes = load_changes(session, service)
    moved = {one.order_id: one.entered_at for one in changes if one.kind == "moved_up"}
    live = {one.order_id: one for one in orders if one.state in ("placed", "locked")}
    got = sorted((at, order_id) for order_id, at in moved.items() if order_id in live)
    waiting = [one for one in orders if one.state == "waiting"]
    shown = [live[order_id] for _, order_id in got] + moving_up(waiting, len(waiting))
    found = []
    for order in shown:
        diner = find_diner(session, order.diner_id)
        site = sites[order.site_id].name if order.site_id in sites else order.site_id
        phone = diner.fact("phone", service.service_on) or ""
        found.append(InLine(order, diner, phone, site, moved.get(order.order_id)))
    return tuple(found)


def _unpaid(session: Session, orders: Sequence[Order]) -> int:
    live = [one.order_id for one in orders if one.state in ("placed", "locked")]
    return len(live) - len(load_payments(session, live))


def _refunds(session: Session, orders: Sequence[Order]) -> tuple[RefundDue, ...]:
    paid = load_payments(session, [one.order_id for one in orders])
    found = []
    for order in orders:
        if order.order_id in paid:
            amount_fen = account_of(session, order.order_id).refund_due_fen
            if amount_fen:
                found.append(RefundDue(order, find_diner(session, order.diner_id).name, amount_fen))
    return tuple(found)
