"""Settle: what became of every order of a service, billed by the programme in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from api.audit import record
from api.day.holds import acts_of, chain_end_at, packings
from api.day.programmes import book_of, by_programme
from api.permissions import Actor, ensure
from kitchen.store.production import load_production
from kitchen.store.production_rows import BoxLineRow
from orders.bills import Bill, MealEvent
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.programmes.sections import Event
from orders.receipts import Receipt, Serving
from orders.service import Service
from orders.settlement import ledger_lines, settle
from orders.store.diners import load_diners
from orders.store.ledger import load_bills, load_month, save_bills
from orders.store.orders import load_orders


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
    Bills every locked order of a service; a service settled before gives the bills it has.

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
    orders = load_orders(session, service, ("locked",))
    events = _events(session, service, orders, now_at)
    diners = load_diners(session)
    month = load_month(session, service, {event.diner_id for event in events})
    bills = [
        bill
        for programme_id, own in by_programme(session, service, events).items()
        for bill in settle(
            own,
            book_of(session, programme_id),
            diners,
            context=[one.event for one in month if one.programme_id == programme_id],
        )
    ]
    rows = {ids.new(): bill for bill in bills}
    lines = [line for bill in bills for line in ledger_lines(bill)]
    save_bills(session, service, rows, lines, settled_at=now_at)
    found = DaysBills(tuple(bills))
    record(
        session, actor, "settle", service.key, now_at, {"meals": len(bills), "subsidy_fen": found.subsidy_fen}
    )
    return found


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


def _events(session: Session, service: Service, orders: list[Order], now_at: datetime) -> list[MealEvent]:
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("production", service.key)
    acts = acts_of(session, service, production.production_id)
    query = select(BoxLineRow.line_id, BoxLineRow.box_id).where(
        BoxLineRow.production_id == production.production_id
    )
    box_of = dict(session.exec(query).all())
    known = packings(session, [box_id for box_id in acts.receipts if box_id in set(box_of.values())])
    unfinished = {box_id for box_id, packing in known.items() if chain_end_at(packing, acts) is None}
    return [_event(service, o, box_of, acts.receipts, acts.servings, unfinished, now_at) for o in orders]


def _event(
    service: Service,
    order: Order,
    box_of: Mapping[str, str],
    receipts: Mapping[str, Receipt],
    servings: Mapping[str, Serving],
    unfinished: set[str],
    now_at: datetime,
) -> MealEvent:
    boxes = {box_of[line.line_id] for line in order.lines if line.line_id in box_of}
    arrived = [box for box in boxes if box in receipts and receipts[box].portions]
    serving = servings.get(order.order_id)
    if serving is None and not unfinished.isdisjoint(arrived):
        raise Conflict("table_still_open", site=order.site_id, order=order.code)
    event: Event = "served" if serving else "no_show" if arrived else "not_supplied"
    return MealEvent(
        order_id=order.order_id,
        order_code=order.code,
        diner_id=order.diner_id,
        site_id=order.site_id,
        service_on=service.service_on,
        meal=service.meal,
        price_fen=order.price_fen,
        event=event,
        at=serving.happened_at if serving else now_at,
    )
