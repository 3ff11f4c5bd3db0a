"""The price of an order in three lines, and what its ending would cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlmodel import Session

from api.day.funds import left_in
from api.day.programmes import book_of
from api.ordering.facts import Asked, month_of
from orders.bills import MealEvent
from orders.order import Ending, Order
from orders.ordering import Quote, ending_of, quote
from orders.prepayments import Payment, held_fen, refund_due_fen
from orders.service import Meal, Service, parse_service
from orders.store.orders import orders_of_diner
from orders.store.prepayments import load_payments

EATEN_AT: dict[Meal, time] = {"breakfast": time(7), "lunch": time(12), "dinner": time(18)}


@dataclass(frozen=True, slots=True)
class Consequence:
    """
    What becomes of an order that is cancelled now.

    Parameters
    ----------
    ending
        Before or after the cut-off, or not supplied by the house.
    quote
        The price as it is settled then.
    held_fen, refund_fen
        Paid so far; of which goes back.
    """

    ending: Ending
    quote: Quote
    held_fen: int
    refund_fen: int


def quote_order(session: Session, asked: Asked, order: Order) -> Quote:
    """The order's price if it is eaten, beside the diner's other orders of the month."""
    return _quote(session, asked, _event(session, asked.service, order))


def consequence(
    session: Session, asked: Asked, order: Order, at: datetime, ending: Ending | None = None
) -> Consequence:
    """
    What cancelling an order at an instant costs.

    Parameters
    ----------
    session, asked, order
        Which order.
    at
        When it ends.
    ending
        How; None is by the cut-off. Who waited for a place owes nothing.
    """
    how = ending or ("cancelled_before_cutoff" if order.state == "waiting" else ending_of(at, asked.limit_at))
    price = _quote(session, asked, replace(_event(session, asked.service, order), event=how, at=at))
    payments = load_payments(session, [order.order_id]).get(order.order_id, [])
    return Consequence(how, price, held_fen(payments), refund_due_fen(payments, price.diner_fen))


def owed_quote(session: Session, asked: Asked, order: Order) -> Quote:
    """The order's price as it stands: if it is eaten, or as it ended."""
    if order.state != "cancelled" or order.ending is None or order.ended_at is None:
        return quote_order(session, asked, order)
    return consequence(session, asked, order, order.ended_at, order.ending).quote


def event_of(service: Service, order: Order, payments: Sequence[Payment]) -> MealEvent:
    """The order as a meal that is eaten when such meals are, or that ended as it did."""
    paid = [one for one in payments if one.kind == "payment"]
    return MealEvent(
        order_id=order.order_id,
        order_code=order.code,
        diner_id=order.diner_id,
        site_id=order.site_id,
        service_on=service.service_on,
        meal=service.meal,
        price_fen=order.price_fen,
        event=order.ending or "served",
        at=order.ended_at or service.at_local(EATEN_AT[service.meal]),
        channel=order.channel,
        payments_fen=tuple(one.amount_fen for one in paid),
        bound=all(one.bound for one in paid),
        placed_at=order.placed_at,
        paid_at=paid[0].paid_at if paid else None,
    )


def _quote(session: Session, asked: Asked, event: MealEvent) -> Quote:
    book = book_of(session, asked.programme.id)
    funds = left_in(session, asked.programme.id, book.funds())
    return quote(event, _others(session, asked), book, {asked.diner.diner_id: asked.diner}, funds=funds)


def _event(session: Session, service: Service, order: Order) -> MealEvent:
    payments = load_payments(session, [order.order_id])
    return replace(event_of(service, order, payments.get(order.order_id, ())), event="served")


def _others(session: Session, asked: Asked) -> list[MealEvent]:
    """The diner's meals of the month; those that ended late still use up what the programme says."""
    days = month_of(asked.service.service_on)
    found = orders_of_diner(session, asked.diner.diner_id, *days, ("placed", "locked", "cancelled"))
    payments = load_payments(session, [order.order_id for _, order in found])
    return [
        event_of(parse_service(key, asked.service.zone), order, payments.get(order.order_id, ()))
        for key, order in found
        if order.state != "cancelled" or order.ending is not None
    ]
