"""Suitability judged again when a diner's needs, a dish or a lot changes after the close."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.holds_facts import Packing
from api.day.suits import needy_diners, own_suits, planned_portions, suits_of, under_way
from api.day.taken_out import taken_out
from api.db import hold
from kitchen.store.catalogue import load_dishes
from orders.errors import Conflict
from orders.ids import IdSource
from orders.order import Clash, Order
from orders.service import Service, parse_service
from orders.store.clashes import update_open_clashes
from orders.store.orders import load_clashes, load_orders, save_clashes, settle_clash_row
from orders.store.receipts import served_orders
from orders.store.services import closed_services, load_close
from orders.store.sites import load_kitchens

AHEAD = timedelta(days=60)
BY_ITSELF = "recheck"


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
    return sum(recheck_service(session, one, codes, now_at=now_at, ids=ids) for one in coming)


def recheck_service(
    session: Session,
    service: Service,
    codes: Collection[str] | None = None,
    *,
    now_at: datetime,
    ids: IdSource,
    lots: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> int:
    """
    Brings the list of open clashes of a closed service up to what holds now.

    What is new is added, what is known otherwise is corrected, and what holds no more is closed with the
    dish as it is. Once something is off the heat, a portion that is cooked in the wrong variant or packed
    with others clashes too, since no new plan mends it. A meal that was served is left alone.

    Parameters
    ----------
    session, service
        Open transaction; which service. One that is not closed has no clash yet.
    codes
        Codes of the diners to look at; None for all.
    now_at, ids
        When, with which row ids.
    lots
        Dish to what the lots of a draft bring in, instead of those of the published production.

    Returns
    -------
    int
        Clashes added.
    """
    if load_close(session, service) is None:
        return 0
    hold(session, service.key)
    orders = load_orders(session, service, ("locked",))
    suits = suits_of(session, service, orders, lots)
    if suits is None:
        return 0
    served = served_orders(session, [order.order_id for order in orders])
    theirs = [
        order
        for order in orders
        if order.order_id not in served and (codes is None or suits.diners[order.diner_id].code in codes)
    ]
    found = [clash for order in theirs for clash in suits.clashes(order)]
    if under_way(session, service):
        found += [clash for order in theirs for clash in suits.misfits(order)]
    return _keep(session, service, theirs, {(one.line_id, one.dish_id): one for one in found}, now_at, ids)


def require_fit(session: Session, packing: Packing) -> None:
    """
    Refuses to close a box that holds what its diner must not get.

    Raises
    ------
    Conflict
        ``box_holds_clash`` naming the first such portion, which is to be settled; ``box_holds_settled``
        naming the first that is settled and lies in its container until somebody says it is taken out.
    """
    service, dish_of = packing.service, packing.dish_of
    inside = [
        replace(order, lines=tuple(line for line in order.lines if line.line_id in dish_of))
        for order in load_orders(session, service, ("locked",), order_ids=set(packing.order_of.values()))
    ]
    diners = needy_diners(session, inside)
    orders = [order for order in inside if order.diner_id in diners]
    planned = planned_portions(session, service, [line.line_id for one in orders for line in one.lines])
    suits = own_suits(session, service, orders, diners, planned)
    if suits is None:
        return
    clash = next((one for order in orders for one in suits.unfit(_as_cooked(order, dish_of))), None)
    if clash is not None:
        told = {"box": packing.box.code, "order": clash.order_code}
        raise Conflict("box_holds_clash", **told, **_dish_named(session, clash.dish_id))
    out = taken_out(session, service)
    left = [one for order in orders for one in suits.left_in(order) if one.line_id not in out]
    if left:
        told = {"box": packing.box.code, "order": left[0].order_code}
        raise Conflict("box_holds_settled", **told, **_dish_named(session, left[0].dish_id))


def _dish_named(session: Session, dish_id: str) -> dict[str, str]:
    """A dish for a sentence, by name; one that is not there goes by its id."""
    dish = load_dishes(session, [dish_id]).get(dish_id)
    return {"dish_zh": dish.name_zh, "dish_en": dish.name_en} if dish else {"dish": dish_id}


def _as_cooked(order: Order, dish_of: Mapping[str, str]) -> Order:
    """The order with the portions alone that were cooked as they are ordered now."""
    return replace(order, lines=tuple(one for one in order.lines if dish_of.get(one.line_id) == one.dish_id))


def _keep(
    session: Session,
    service: Service,
    orders: Collection[Order],
    found: Mapping[tuple[str, str], Clash],
    now_at: datetime,
    ids: IdSource,
) -> int:
    looked_at = {order.code for order in orders}
    waiting = {
        (clash.line_id, clash.dish_id): (clash_id, clash)
        for clash_id, clash in load_clashes(session, service, open_only=True).items()
        if clash.order_code in looked_at
    }
    new = [clash for key, clash in found.items() if key not in waiting]
    save_clashes(session, service, [(ids.new(), clash) for clash in new], now_at)
    known = [(waiting[key][0], clash) for key, clash in found.items() if key in waiting]
    update_open_clashes(session, known)
    for key in waiting.keys() - found.keys():
        clash_id, clash = waiting[key]
        settle_clash_row(session, clash_id, clash.dish_id, BY_ITSELF, now_at)
    return len(new)
