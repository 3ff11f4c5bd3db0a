"""Settle: what became of every order of a service, billed by the programme in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.funds import hold_funds, left_in
from api.day.outcomes import final_outcomes
from api.day.programmes import book_of, by_programme
from api.db import hold
from api.oversight.flags import look_for_flags
from api.permissions import Actor, ensure
from orders.bills import Bill, MealEvent
from orders.errors import NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.outcomes import OrderOutcome
from orders.prepayments import Payment
from orders.programmes.sections import Event
from orders.service import Service, parse_service
from orders.settlement import ledger_lines, settle
from orders.settling.funds import drawn_by
from orders.settling.rules import RuleBook
from orders.store.diners import load_diners
from orders.store.ledger import KeptBill, load_bills, load_context, save_bills
from orders.store.orders import load_orders
from orders.store.prepayments import load_payments


@dataclass(frozen=True, slots=True)
class DaysBills:
    """
    A service's bills.

    Parameters
    ----------
    bills
        One an order, by time and number.
    subsidy_fen, diner_fen, site_bears_fen
        Sums, fen.
    """

    bills: tuple[Bill, ...]

    @property
    def subsidy_fen(self) -> int:
        """Paid by the programme, fen."""
        return sum(bill.subsidy_fen for bill in self.bills)

    @property
    def diner_fen(self) -> int:
        """Paid by diners, fen."""
        return sum(bill.diner_fen for bill in self.bills)

    @property
    def site_bears_fen(self) -> int:
        """Borne by sites, fen."""
        return sum(bill.site_bears_fen for bill in self.bills)


def settle_service(
    session: Session, service: Service, *, actor: Actor, now_at: datetime, ids: IdSource
) -> DaysBills:
    """
    Bills every locked or cancelled order of a service; a service settled before gives the bills it has.

    What the same diners had earlier that day or month is rated again: a bill that changes is replaced by one
    that names it. The day's servings are then looked at, so that what looks wrong holds its fees.

    Raises
    ------
    NotFound
        When the service has no published production.
    Conflict
        When a site's table is still open: a delivered order neither served nor thrown away.
    """
    ensure(actor, "settle", kitchen_id=service.kitchen_id)
    if kept := load_bills(session, service):
        return DaysBills(tuple(kept.values()))
    orders = load_orders(session, service, ("locked", "cancelled"))
    events = _events(session, service, orders, now_at)
    bills = bill_meals(session, service, events, now_at=now_at, ids=ids)
    look_for_flags(session, service.service_on, service.service_on, actor=actor, now_at=now_at, ids=ids)
    found = DaysBills(tuple(bills))
    record(
        session, actor, "settle", service.key, now_at, {"meals": len(bills), "subsidy_fen": found.subsidy_fen}
    )
    return found


def bill_meals(
    session: Session, service: Service, events: Sequence[MealEvent], *, now_at: datetime, ids: IdSource
) -> list[Bill]:
    """
    Bills meals of a service and keeps the bills, by time and number.

    Two services wait for each other where one programme pays both: neither may give the same day, month or
    fund's yuan twice. A meal of another service keeps what it drew before.
    """
    bills: list[Bill] = []
    for programme_id, own in sorted(by_programme(session, service, events).items()):
        hold(session, f"settle/{programme_id}")
        book = book_of(session, programme_id)
        funds = book.funds()
        if funds:
            hold_funds(session, programme_id)
        context = _context(session, service, book, own)
        kept = [before.bill for before in context.values()]
        meals = [*own, *(one.event for one in kept)]
        settled = settle(
            meals,
            book,
            load_diners(session, ids={meal.diner_id for meal in meals}),
            funds=left_in(session, programme_id, funds),
            drawn=drawn_by(kept, funds),
        )
        for bill in settled:
            before = context.get(bill.event.order_id)
            if before is None:
                bills.append(bill)
            elif bill != before.bill:
                _save(session, parse_service(before.service_key), [bill], now_at, ids, before.bill_id)
    bills.sort(key=lambda bill: (bill.event.at, bill.event.order_code))
    _save(session, service, bills, now_at, ids)
    return bills


def bill_of(session: Session, service: Service, order_code: str) -> Bill:
    """
    The bill of one order.

    Raises
    ------
    NotFound
        When the order is not settled.
    """
    for bill in load_bills(session, service).values():
        if bill.event.order_code == order_code:
            return bill
    raise NotFound("bill", order_code)


def _context(
    session: Session, service: Service, book: RuleBook, events: Sequence[MealEvent]
) -> dict[str, KeptBill]:
    """Bills by a programme of what the same diners had that day, or that month for an allowance, by order."""
    monthly = any(rules.counts_months() for rules in book.revisions)
    diner_ids = {meal.diner_id for meal in events}
    programme_id = book.revisions[0].programme.id
    kept = load_context(session, service, programme_id, diner_ids, monthly=monthly)
    return {one.bill.event.order_id: one for one in kept}


def _save(
    session: Session,
    service: Service,
    bills: Sequence[Bill],
    now_at: datetime,
    ids: IdSource,
    replaces: str | None = None,
) -> None:
    rows = {ids.new(): bill for bill in bills}
    lines = [line for bill in bills for line in ledger_lines(bill)]
    old = dict.fromkeys(rows, replaces) if replaces else None
    save_bills(session, service, rows, lines, settled_at=now_at, replaces=old)


def _events(session: Session, service: Service, orders: list[Order], now_at: datetime) -> list[MealEvent]:
    standing = [order for order in orders if order.state == "locked"]
    found = final_outcomes(session, service, standing, now_at)
    payments = load_payments(session, [order.order_id for order in orders])
    return [
        _event(service, order, found.get(order.order_id), payments.get(order.order_id, ()), now_at)
        for order in orders
        if order.state == "locked" or order.ending is not None
    ]


def _event(
    service: Service,
    order: Order,
    outcome: OrderOutcome | None,
    payments: Sequence[Payment],
    now_at: datetime,
) -> MealEvent:
    """A meal from its order; one without an outcome was cancelled. Nobody is bound to what nobody noted."""
    event: Event = outcome.event if outcome else order.ending or "cancelled_before_cutoff"
    paid = [payment for payment in payments if payment.kind == "payment"]
    return MealEvent(
        order_id=order.order_id,
        order_code=order.code,
        diner_id=order.diner_id,
        site_id=order.site_id,
        service_on=service.service_on,
        meal=service.meal,
        price_fen=order.price_fen,
        event=event,
        at=(outcome.at if outcome else order.ended_at) or now_at,
        channel=order.channel,
        bound=bool(paid) and all(payment.bound for payment in paid),
        placed_at=order.placed_at,
        paid_at=min((payment.paid_at for payment in paid), default=None),
        carrier=outcome.carrier if outcome else "",
        proof=outcome.proof if outcome else "",
    )
