"""The waiting list: when a place gets free, whoever asked first gets it."""

from dataclasses import replace

from sqlmodel import Session

from api.ordering.facts import asked
from api.ordering.record import Acting, write
from api.ordering.rooms import rooms
from orders.capacity import moving_up
from orders.order import Order
from orders.service import Service
from orders.store.orders import load_orders
from orders.store.sites import load_sites


def move_up(session: Session, service: Service, site_id: str, acting: Acting) -> tuple[Order, ...]:
    """
    Gives the free places of a site to those who wait, as long as their own cut-off has not passed.

    Parameters
    ----------
    session, service, site_id
        Which line; the caller holds the service's lock.
    acting
        Whose act made a place free.

    Returns
    -------
    tuple[Order, ...]
        The orders that now have a place, the first in line first.
    """
    sites = load_sites(session, service.kitchen_id, service.meal)
    if site_id not in sites:
        return ()
    free = rooms(session, service, {site_id: sites[site_id]})[site_id].free
    waiting = load_orders(session, service, ("waiting",), site_id)
    facts = {order.order_id: asked(session, service, order.diner_id) for order in waiting} if free else {}
    in_time = [one for one in waiting if free and facts[one.order_id].limit_at >= acting.now_at]
    # The reason and the paper are those of whoever made the place, not of who moves into it.
    own = Acting(acting.actor, acting.now_at, acting.ids)
    moved = []
    for order in moving_up(in_time, free):
        one = facts[order.order_id]
        with_place = replace(order, state="locked" if one.closed else "placed")
        write(session, one, order, with_place, "moved_up", own)
        moved.append(with_place)
    return tuple(moved)
