"""Portions that somebody took out of a sealed container after their clash was settled."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from api.day.holds_facts import Packing
from orders.codes import Coded, Excepted
from orders.ids import IdSource
from orders.service import Service
from orders.store.orders import load_orders
from orders.store.services import load_order_exceptions, save_order_exceptions

TAKEN_OUT = "portion_taken_out"


def taken_out(session: Session, service: Service) -> frozenset[str]:
    """Line ids of the portions that are in their container no more."""
    told = load_order_exceptions(session, service, TAKEN_OUT)
    return frozenset(str(one.reason.params["line"]) for one in told)


def take_out(
    session: Session, packing: Packing, order_codes: Collection[str], by: str, now_at: datetime, ids: IdSource
) -> None:
    """
    Writes down that the settled portions of these orders are out of their containers in a box.

    A portion that is still ordered as it was cooked stays in.

    Parameters
    ----------
    session, packing
        Open transaction; which box.
    order_codes
        Whose containers were opened.
    by
        Who says so, as a user id.
    now_at, ids
        When, with which row ids.
    """
    service, out = packing.service, taken_out(session, packing.service)
    theirs = load_orders(session, service, ("locked",), order_ids=set(packing.order_of.values()))
    found = [
        Excepted(Coded(TAKEN_OUT, {**told, "dish": dish_id, "line": line.line_id}), order.code, 0)
        for order in theirs
        if order.code in order_codes
        for told in [{"box": packing.box.code, "order": order.code, "by": by}]
        for line in order.lines
        if (dish_id := packing.dish_of.get(line.line_id)) is not None and line.line_id not in out
        if line.state == "withdrawn" or line.dish_id != dish_id
    ]
    save_order_exceptions(session, service, [(ids.new(), one) for one in found], now_at)
