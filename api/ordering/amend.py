"""Amend and cancel: before the cut-off freely, after it as the programme's outcomes say and with a reason."""

from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session

from api.ordering.facts import Asked, asked, find_order, menu_of, require_for
from api.ordering.place import Eaten, require_eating, require_place, require_site_open, where
from api.ordering.quotes import Consequence, consequence, quote_order
from api.ordering.record import Acting, require_in_time, require_late, write
from api.ordering.waiting import move_up
from orders.errors import BadInput, Conflict
from orders.order import Order, OrderState, ended, with_dishes
from orders.ordering import Quote, check_dishes, price_of, require_confirmed
from orders.service import Service
from orders.store.receipts import served_orders


@dataclass(frozen=True, slots=True)
class Amendment:
    """
    What is to be otherwise.

    Parameters
    ----------
    dish_ids
        The dishes from now on; empty leaves them.
    site_id
        The site from now on; empty leaves it.
    eaten
        At the site or at home from now on; empty leaves it.
    """

    dish_ids: tuple[str, ...] = ()
    site_id: str = ""
    eaten: Eaten = ""


@dataclass(frozen=True, slots=True)
class Amended:
    """The order as it is now, and its price in three lines."""

    order: Order
    quote: Quote


@dataclass(frozen=True, slots=True)
class Cancelled:
    """
    A cancelled order, what it costs, and who moved up.

    Parameters
    ----------
    order, consequence
        The order, and what the diner pays and gets back.
    moved_up
        Orders that had waited and now have a place.
    """

    order: Order
    consequence: Consequence
    moved_up: tuple[Order, ...]


def amend(session: Session, service: Service, order_id: str, change: Amendment, acting: Acting) -> Amended:
    """
    Changes dishes, site or home of an order; the caller holds the service's lock.

    Raises
    ------
    NotFound
        When there is no such order.
    Conflict
        When it ended or was served, the cut-off has passed, or the new site is closed or full.
    BadInput
        When a dish does not suit, home was not approved, or a late change has no reason.
    """
    _, order = find_order(session, order_id)
    facts = _may_change(session, service, order, acting)
    require_in_time(facts, acting)
    require_eating(session, facts)
    amended = _moved(session, facts, order, change)
    amended = _with_dishes(session, facts, amended, change, acting)
    if amended == order:
        return Amended(order, quote_order(session, facts, order))
    write(session, facts, order, amended, "amended", acting)
    if amended.site_id != order.site_id:
        move_up(session, service, order.site_id, acting)
    return Amended(amended, quote_order(session, facts, amended))


def cancel(
    session: Session, service: Service, order_id: str, acting: Acting, *, shown_fen: int | None = None
) -> Cancelled:
    """
    Cancels an order; whoever waits longest moves up. Cancelled before, it stays as it was.

    Parameters
    ----------
    session, service, order_id
        Which order; the caller holds the service's lock.
    acting
        Who, when and why.
    shown_fen
        What the person was told that the diner still pays, fen.

    Raises
    ------
    Conflict
        ``confirm_consequence`` while the cost was not shown; when the meal was served.
    BadInput
        When it comes after the cut-off without a reason.
    """
    _, order = find_order(session, order_id)
    if order.state == "cancelled" and order.ending is not None and order.ended_at is not None:
        facts = _asked_for(session, service, order, acting)
        return Cancelled(order, consequence(session, facts, order, order.ended_at, order.ending), ())
    facts = _may_change(session, service, order, acting)
    found = consequence(session, facts, order, acting.counted_at)
    require_confirmed(shown_fen, found.quote.diner_fen)
    if found.ending == "cancelled_after_cutoff":
        require_late(facts, acting)
    return _end(session, facts, order, found, acting)


def what_if_cancelled(session: Session, service: Service, order_id: str, acting: Acting) -> Consequence:
    """What cancelling the order now would cost, to be shown before it is confirmed."""
    _, order = find_order(session, order_id)
    facts = _may_change(session, service, order, acting)
    return consequence(session, facts, order, acting.counted_at)


def end_unsupplied(session: Session, service: Service, order: Order, acting: Acting) -> Cancelled:
    """Ends an order that the house cannot supply; the diner owes what the programme says of that."""
    facts = asked(session, service, order.diner_id)
    found = consequence(session, facts, order, acting.now_at, "not_supplied")
    return _end(session, facts, order, found, acting)


def move_to(session: Session, service: Service, order: Order, site_id: str, acting: Acting) -> Order:
    """Moves an order to another site that takes the meal, is open and has a place."""
    facts = asked(session, service, order.diner_id)
    moved = _moved(session, facts, order, Amendment(site_id=site_id))
    write(session, facts, order, moved, "moved", acting)
    return moved


def _end(session: Session, facts: Asked, order: Order, found: Consequence, acting: Acting) -> Cancelled:
    gone = ended(order, found.ending, acting.counted_at)
    write(session, facts, order, gone, "cancelled", acting)
    moved: tuple[Order, ...] = ()
    if order.state != "waiting" and found.ending != "not_supplied":
        moved = move_up(session, facts.service, order.site_id, acting)
    return Cancelled(gone, found, moved)


def _asked_for(session: Session, service: Service, order: Order, acting: Acting) -> Asked:
    require_for(
        session, acting.actor, "orders.place", order.diner_id, acting.now_at,
        service=service, site_id=order.site_id,
    )  # fmt: skip
    return asked(session, service, order.diner_id)


def _may_change(session: Session, service: Service, order: Order, acting: Acting) -> Asked:
    facts = _asked_for(session, service, order, acting)
    if order.state == "cancelled":
        raise Conflict("order_cancelled", order=order.code)
    served = served_orders(session, [order.order_id])
    if served:
        at = served[order.order_id][1].happened_at
        raise Conflict("order_served", order=order.code, served_at=at.isoformat())
    return facts


def _moved(session: Session, facts: Asked, order: Order, change: Amendment) -> Order:
    eaten: Literal["dine_in", "home"] = "dine_in" if order.brought(facts.diner) == "dine_in" else "home"
    if not change.site_id and change.eaten in ("", eaten):
        return order
    wanted = change.eaten or eaten
    kept = order.site_id if order.site_id != facts.diner.site_id or wanted == "dine_in" else ""
    site, delivery = where(facts, change.site_id or (kept if _is_canteen(facts, kept) else ""), wanted)
    require_site_open(session, facts.service, site)
    if site.site_id == order.site_id:
        return replace(order, delivery=delivery)
    require_place(session, facts, site.site_id)
    placed: OrderState = "locked" if facts.closed else "placed"
    state = placed if order.state == "waiting" else order.state
    return replace(order, site_id=site.site_id, delivery=delivery, state=state)


def _is_canteen(facts: Asked, site_id: str) -> bool:
    site = facts.sites.get(site_id)
    return site is not None and site.kind == "canteen"


def _with_dishes(session: Session, facts: Asked, order: Order, change: Amendment, acting: Acting) -> Order:
    if not change.dish_ids or sorted(change.dish_ids) == sorted(order.dish_ids):
        return order
    menu = menu_of(session, facts.service)
    check_dishes(facts.diner, menu, change.dish_ids)
    lines = {item.dish_id: acting.ids.new() for item in menu.items if item.dish_id in change.dish_ids}
    if len(lines) != len(change.dish_ids):
        raise BadInput("no_dish_chosen")
    return replace(with_dishes(order, lines), price_fen=price_of(menu, facts.sets, change.dish_ids))
