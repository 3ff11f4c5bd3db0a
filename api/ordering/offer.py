"""What may be ordered for a service: dishes, sets and cut-off, at one site and for one diner if named."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.day.services import cut_off_at, require_open, rules_of
from api.ordering.facts import asked, find_diner, menu_of, sets_of
from api.ordering.place import canteen_of, require_site_open
from api.ordering.rooms import rooms
from orders.capacity import Room
from orders.codes import Coded
from orders.errors import BadInput, MealError
from orders.menus import MenuItem
from orders.ordering import MealSet
from orders.service import Service
from orders.store.sites import load_sites
from orders.suitability import unsuitable


@dataclass(frozen=True, slots=True)
class OfferedDish:
    """A dish, and why the named diner must not get it; without a diner it suits."""

    item: MenuItem
    reasons: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What may be ordered for a service.

    Parameters
    ----------
    service, limit_at
        Which meal, and the last instant in time: the diner's own, else the kitchen's.
    sets, price_fen
        The sets on offer; the list price of a meal without sets, fen.
    dishes
        In the order of the menu.
    room
        The site's places, None without a site.
    refusal
        Why the site takes no order, None when it does.
    """

    service: Service
    limit_at: datetime
    sets: tuple[MealSet, ...]
    price_fen: int
    dishes: tuple[OfferedDish, ...]
    room: Room | None
    refusal: Coded | None


def offer_of(session: Session, service: Service, site_id: str = "", diner_id: str = "") -> Offer:
    """
    What may be ordered for a service.

    Parameters
    ----------
    session, service
        Which service.
    site_id
        Where it would be eaten; empty is the diner's own canteen, if one is named.
    diner_id
        Who would eat; empty is anybody.

    Raises
    ------
    ServiceClosed
        When the programme has no service on the date.
    NotFound
        When no menu is published, or there is no such diner.
    BadInput
        When the site takes no such meal.
    """
    rules = rules_of(session, service)
    diner = find_diner(session, diner_id) if diner_id else None
    facts = asked(session, service, diner_id) if diner_id else None
    programme = facts.programme if facts else rules.programme
    require_open(service, programme)
    menu = menu_of(session, service)
    room, refusal = _at_site(session, service, site_id or (canteen_of(facts) if facts else ""))
    return Offer(
        service=service,
        limit_at=cut_off_at(service, programme),
        sets=sets_of(rules.settings),
        price_fen=menu.price_fen,
        dishes=tuple(
            OfferedDish(item, tuple(unsuitable(diner, item)) if diner else ()) for item in menu.items
        ),
        room=room,
        refusal=refusal,
    )


def _at_site(session: Session, service: Service, site_id: str) -> tuple[Room | None, Coded | None]:
    if not site_id:
        return None, None
    sites = load_sites(session, service.kitchen_id, service.meal)
    if site_id not in sites:
        raise BadInput("site_takes_no_meal", site=site_id, meal=service.meal)
    try:
        require_site_open(session, service, sites[site_id])
    except MealError as error:
        return rooms(session, service, sites)[site_id], error.coded
    return rooms(session, service, sites)[site_id], None
