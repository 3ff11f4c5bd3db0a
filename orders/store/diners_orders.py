"""What diners ordered, for many diners at once."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from orders.order import LIVE, Order
from orders.store.orders import OrderRow, orders_where

AT_ONCE = 500


def orders_on(session: Session, diner_ids: Sequence[str], day_on: date) -> dict[str, list[tuple[str, Order]]]:
    """Each diner's live orders of a date with the key of their service, by meal and number."""
    found: dict[str, list[tuple[str, Order]]] = {}
    for start in range(0, len(diner_ids), AT_ONCE):
        own = col(OrderRow.diner_id).in_(diner_ids[start : start + AT_ONCE])
        live = (col(OrderRow.service_on) == day_on, col(OrderRow.state).in_(LIVE))
        for key, order in orders_where(session, own, *live):
            found.setdefault(order.diner_id, []).append((key, order))
    return {diner_id: sorted(own, key=_by_meal) for diner_id, own in found.items()}


def last_orders(session: Session, diner_ids: Sequence[str], meal: str, before_on: date) -> dict[str, Order]:
    """Each diner's latest order of this meal before a date that was not cancelled."""
    found: dict[str, Order] = {}
    for start in range(0, len(diner_ids), AT_ONCE):
        found |= _last_orders(session, diner_ids[start : start + AT_ONCE], meal, before_on)
    return found


def _last_orders(session: Session, diner_ids: Sequence[str], meal: str, before_on: date) -> dict[str, Order]:
    counted = (OrderRow.meal == meal, col(OrderRow.state).in_(("placed", "locked")))
    newest = (
        select(OrderRow.diner_id, func.max(OrderRow.service_on).label("service_on"))
        .where(col(OrderRow.diner_id).in_(diner_ids), *counted)
        .where(col(OrderRow.service_on) < before_on)
        .group_by(OrderRow.diner_id)
        .subquery()
    )
    query = select(OrderRow.order_id).join(
        newest,
        (col(OrderRow.diner_id) == newest.c.diner_id) & (col(OrderRow.service_on) == newest.c.service_on),
    )
    order_ids = session.exec(query.where(*counted)).all()
    found: dict[str, Order] = {}
    for start in range(0, len(order_ids), AT_ONCE):
        own = col(OrderRow.order_id).in_(order_ids[start : start + AT_ONCE])
        found |= {order.diner_id: order for _, order in orders_where(session, own)}
    return found


def _by_meal(one: tuple[str, Order]) -> tuple[str, int, str]:
    return one[0].rpartition("/")[2], len(one[1].code), one[1].code
