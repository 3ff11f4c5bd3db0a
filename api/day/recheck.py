"""Suitability judged again when a diner's needs or what a dish contains change after the close."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.diets import with_diets
from api.day.offered import offered
from api.db import hold
from orders.ids import IdSource
from orders.order import clashes
from orders.service import Service, parse_service
from orders.store.diners import load_diners
from orders.store.orders import load_clashes, load_orders, save_clashes
from orders.store.services import closed_services
from orders.store.sites import load_kitchens

AHEAD = timedelta(days=60)


def recheck_diners(
    session: Session, codes: Collection[str] | None, *, now_at: datetime, ids: IdSource
) -> int:
    """
    Adds the clashes that these diners' locked orders have now and had not at the close.

    The orders stay as they are: a person settles each clash, and no plan is made while one is open.

    Parameters
    ----------
    session
        Open transaction.
    codes
        Codes of diners whose allergens, diets or texture changed; None for all, when dishes changed.
    now_at, ids
        When, with which row ids.

    Returns
    -------
    int
        Clashes added, over every closed service from today on.
    """
    if codes is not None and not codes:
        return 0
    zones = {kitchen.kitchen_id: kitchen.zone for kitchen in load_kitchens(session)}
    near = closed_services(session, now_at.date() - timedelta(days=1), now_at.date() + AHEAD)
    services = [parse_service(key, zones[key.partition("/")[0]]) for key in near]
    coming = [service for service in services if service.service_on >= service.local(now_at).date()]
    return sum(_recheck(session, service, codes, now_at, ids) for service in coming)


def _recheck(
    session: Session, service: Service, codes: Collection[str] | None, now_at: datetime, ids: IdSource
) -> int:
    hold(session, service.key)
    menu = offered(session, service)
    if menu is None:
        return 0
    orders = load_orders(session, service, ("locked",))
    wanted = None if codes is None else list(codes)
    diners = with_diets(load_diners(session, codes=wanted, ids={order.diner_id for order in orders}))
    known = {(clash.line_id, clash.dish_id) for clash in load_clashes(session, service).values()}
    theirs = [order for order in orders if order.diner_id in diners]
    found = [clash for order in theirs for clash in clashes(order, diners[order.diner_id], menu)]
    new = [clash for clash in found if (clash.line_id, clash.dish_id) not in known]
    save_clashes(session, service, [(ids.new(), clash) for clash in new], now_at)
    return len(new)
