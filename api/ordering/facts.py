"""What an order of one diner for one service is judged by, read from the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.day.diets import with_diets
from api.day.offered import offered
from api.day.services import cut_off_at, programmes_of, rules_of
from api.permissions import Actor, ensure
from kitchen.store.production import load_production
from orders.capacity import Room
from orders.diners import Diner
from orders.errors import Conflict, Forbidden, NotFound
from orders.menus import Menu
from orders.order import Order
from orders.ordering import MealSet
from orders.programmes.schema import Programme
from orders.service import Service, parse_service
from orders.sites import Site
from orders.store.bindings import diners_of
from orders.store.diners import load_diner
from orders.store.menus import load_menu
from orders.store.orders import load_order
from orders.store.services import load_close
from orders.store.sites import kitchen_of_site, load_kitchen, load_sites


@dataclass(frozen=True, slots=True)
class ReadOnce:
    """
    What many orders of one service are judged by, read before the first of them is placed.

    Parameters
    ----------
    number
        The highest number of an order placed here.
    rooms
        Places by site; none is kept for standing orders.
    closed
        Site to why it takes no order.
    of_day
        Diner to the live orders of the date, with the key of their service.
    last
        Diner to the latest order of this meal.
    """

    number: int
    rooms: Mapping[str, Room]
    closed: Mapping[str, Conflict]
    of_day: Mapping[str, Sequence[tuple[str, Order]]]
    last: Mapping[str, Order]

    def after(self, order: Order) -> "ReadOnce":
        """The same once this new order is placed."""
        room = self.rooms[order.site_id]
        waits = order.state == "waiting"
        now = replace(room, taken=room.taken + (not waits), waiting=room.waiting + waits)
        return replace(self, number=self.number + 1, rooms={**self.rooms, order.site_id: now})


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One diner's side of one service.

    Parameters
    ----------
    service
        Which meal.
    diner
        With what the diets exclude.
    programme
        The diner's own, in force on the date.
    sets
        The sets on offer.
    sites
        That take this meal, by code.
    limit_at
        Last instant in time, by the diner's own programme.
    closed
        Whether the service was closed.
    version
        Of the published plan, 0 while there is none.
    once
        What was read for many orders together; None reads it for this order.
    """

    service: Service
    diner: Diner
    programme: Programme
    sets: tuple[MealSet, ...]
    sites: Mapping[str, Site]
    limit_at: datetime
    closed: bool
    version: int
    once: ReadOnce | None = None


def asked(session: Session, service: Service, diner_id: str) -> Asked:
    """
    What an order of this diner is judged by.

    Raises
    ------
    NotFound
        When there is no such diner or kitchen, or no programme is in force on the date.
    """
    return asked_of_all(session, service, {diner_id: find_diner(session, diner_id)})[diner_id]


def asked_of_all(session: Session, service: Service, diners: Mapping[str, Diner]) -> dict[str, Asked]:
    """The same of several diners, each with the diets applied, by row id; what they share is read once."""
    production = load_production(session, service.key)
    version = production.version if production else 0
    programmes = programmes_of(session, service, list(diners))
    by_id = {programme.id: programme for programme in programmes.values()}
    limits = {name: cut_off_at(service, programme) for name, programme in by_id.items()}
    sets = sets_of(rules_of(session, service).settings)
    sites = load_sites(session, service.kitchen_id, service.meal)
    closed = load_close(session, service) is not None
    return {
        key: Asked(service, diner, programmes[key], sets, sites, limits[programmes[key].id], closed, version)
        for key, diner in diners.items()
    }


def find_diner(session: Session, diner_id: str) -> Diner:
    """The diner with this row id, diets applied; `NotFound` when there is none."""
    diner = load_diner(session, diner_id)
    if diner is None:
        raise NotFound("diner", diner_id)
    return with_diets({diner_id: diner})[diner_id]


def find_order(session: Session, order_id: str) -> tuple[Service, Order]:
    """
    An order and its service.

    Raises
    ------
    NotFound
        When there is none with this row id.
    """
    found = load_order(session, order_id)
    if found is None:
        raise NotFound("order", order_id)
    service = parse_service(found[0])
    kitchen = load_kitchen(session, service.kitchen_id)
    return parse_service(found[0], kitchen.zone if kitchen else service.zone), found[1]


def menu_of(session: Session, service: Service) -> Menu:
    """The published menu as the catalogue declares its dishes now; `NotFound` when there is none."""
    menu = offered(session, service) if load_menu(session, service) else None
    if menu is None:
        raise NotFound("menu", service.key)
    return menu


def sets_of(settings: Mapping[str, Any]) -> tuple[MealSet, ...]:
    """The sets that a kitchen offers; of a kitchen that names none, what its menus are made of."""
    tables = settings.get("sets", ())
    if not tables and (parts := settings.get("menu", {}).get("parts")):
        tables = [{"code": "menu", "price_fen": settings["menu"].get("price_fen", 0), "parts": parts}]
    return tuple(_set(one) for one in tables)


def _set(table: Mapping[str, Any]) -> MealSet:
    name = table.get("name", {})
    parts = dict(table["parts"])
    return MealSet(table["code"], int(table["price_fen"]), parts, name.get("zh", ""), name.get("en", ""))


def kitchen_for(session: Session, diner: Diner) -> str:
    """
    Code of the kitchen that feeds a diner's own site.

    Raises
    ------
    NotFound
        When the site has none.
    """
    kitchen_id = kitchen_of_site(session, diner.site_id)
    if kitchen_id is None:
        raise NotFound("site", diner.site_id)
    return kitchen_id


def require_for(
    session: Session,
    actor: Actor,
    act: str,
    diner_id: str,
    now_at: datetime,
    *,
    service: Service,
    site_id: str,
) -> None:
    """
    Refuses an act for a diner whom the actor may not act for.

    Parameters
    ----------
    session, actor, act
        Who, and a key of `ACTS`.
    diner_id
        For whom; a diner, family or agent acts for those who are bound to them.
    now_at
        When.
    service, site_id
        What it is about; staff act within their kitchen and site.

    Raises
    ------
    Forbidden
        When the role may not, the scope is another, or nobody agreed.
    """
    if not is_outsider(actor):
        ensure(actor, act, kitchen_id=service.kitchen_id, site_id=site_id)
        return
    ensure(actor, act)
    if diner_id not in diners_of(session, actor.user_id, service.local(now_at).date()):
        raise Forbidden("diner_not_bound")


def is_outsider(actor: Actor) -> bool:
    """Whether the actor is a diner, family or an agent, not staff."""
    return actor.role == "diner"


def month_of(day_on: date) -> tuple[date, date]:
    """First and last day of a date's month."""
    first_on = day_on.replace(day=1)
    return first_on, (first_on + timedelta(days=32)).replace(day=1) - timedelta(days=1)
