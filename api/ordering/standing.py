"""Standing orders become orders before the cut-off; those that cannot are told."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from api.day.diets import with_diets
from api.day.offered import offered
from api.day.services import out_of_force
from api.ordering.facts import Asked, asked_of_all
from api.ordering.place import STANDING, Eaten, Wanted, put, read_once, require_eating, usual_dishes
from api.ordering.record import Acting
from api.permissions import ensure
from orders.codes import Coded, Excepted
from orders.diners import Diner
from orders.errors import MealError, NotFound
from orders.menus import Menu
from orders.order import Order
from orders.service import Service
from orders.standing import StandingOrder, wanted
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.services import load_order_exceptions, save_order_exceptions
from orders.store.sites import kitchens_of_sites, load_sites
from orders.store.standing import load_pauses, load_standing


@dataclass(frozen=True, slots=True)
class StandingOutcome:
    """
    What became of the standing orders for one service.

    Parameters
    ----------
    placed
        New orders.
    refused
        Diner's number and why no order could be made of it.
    """

    placed: tuple[Order, ...]
    refused: tuple[Excepted, ...]


def place_standing(session: Session, service: Service, acting: Acting) -> StandingOutcome:
    """
    Places every standing order for a service whose diner has not ordered, or cancelled, by hand.

    What cannot be placed is kept among the service's exceptions, once. An order counts as placed in time,
    since it was agreed before; whoever starts it may order at the desk. The caller holds the service's lock.

    Parameters
    ----------
    session, service
        Which service.
    acting
        Who starts it, when.
    """
    ensure(acting.actor, "orders.desk", kitchen_id=service.kitchen_id)
    asked_for = _asked_for(session, service)
    known = {
        order.diner_id
        for order in load_orders(session, service, ("placed", "locked", "waiting", "cancelled"))
    }
    told = {(item.ref, item.reason.code) for item in load_order_exceptions(session, service)}
    open_for = {diner.diner_id: diner for diner, _ in asked_for if diner.diner_id not in known}
    lost = out_of_force(session, service, list(open_for))
    in_force = {diner_id: diner for diner_id, diner in open_for.items() if diner_id not in lost}
    facts = asked_of_all(session, service, with_diets(in_force)) if in_force else {}
    once = read_once(session, service, load_sites(session, service.kitchen_id, service.meal), list(facts))
    menu = offered(session, service)
    placed: list[Order] = []
    refused = [_refused("not_in_force", open_for[diner_id]) for diner_id in lost]
    for diner, standing in asked_for:
        if diner.diner_id not in facts:
            continue
        try:
            order = _place(session, replace(facts[diner.diner_id], once=once), menu, standing, acting)
            placed.append(order)
            once = once.after(order)
        except MealError as error:
            refused.append(_refused(error.code, diner))
    new = [item for item in refused if (item.ref, item.reason.code) not in told]
    save_order_exceptions(session, service, [(acting.ids.new(), item) for item in new], acting.now_at)
    return StandingOutcome(tuple(placed), tuple(refused))


def _refused(why: str, diner: Diner) -> Excepted:
    return Excepted(Coded("standing_not_placed", {"why": why}), diner.code, 1)


def _asked_for(session: Session, service: Service) -> list[tuple[Diner, StandingOrder]]:
    standing, pauses = load_standing(session), load_pauses(session)
    if not standing:
        return []
    kitchens = kitchens_of_sites(session)
    found = []
    for diner_id, diner in load_diners(session, ids=standing.keys()).items():
        own = standing.get(diner_id, ())
        one = wanted(own, pauses.get(diner_id, ()), service.service_on, service.meal)
        if one is not None and kitchens.get(diner.site_id) == service.kitchen_id:
            found.append((diner, one))
    return found


def _place(
    session: Session, facts: Asked, menu: Menu | None, standing: StandingOrder, acting: Acting
) -> Order:
    require_eating(session, facts)
    if menu is None:
        raise NotFound("menu", facts.service.key)
    # What the standing order names where the menu has it and it suits, else what the diner usually gets.
    dishes = usual_dishes(session, facts, menu, [dish for _, dish in standing.choices])
    eaten: Eaten = "home" if standing.delivery in ("volunteer", "direct") else "dine_in"
    asked_for = Wanted(
        standing.diner_id,
        tuple(dishes),
        eaten=eaten if standing.delivery else "",
        channel=STANDING,
        wait=True,
    )
    in_time = replace(acting, written_at=min(acting.now_at, facts.limit_at), reason=STANDING)
    return put(session, facts, menu, asked_for, in_time)[0]
