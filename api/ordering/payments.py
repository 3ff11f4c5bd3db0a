"""Prepayments: money taken for an order, or given back, with its slip; gateways come later."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from api.audit import record
from api.ordering.facts import asked, find_order
from api.ordering.quotes import owed_quote
from api.ordering.record import Acting
from api.permissions import ensure
from orders.errors import Conflict
from orders.prepayments import Payment, held_fen, refund_due_fen, require_payable
from orders.store.prepayments import find_payment, load_payments, save_payment


@dataclass(frozen=True, slots=True)
class Account:
    """
    An order's money.

    Parameters
    ----------
    owed_fen, held_fen, refund_due_fen
        What the diner pays in the end, has paid, and gets back, fen.
    payments
        By time.
    """

    owed_fen: int
    held_fen: int
    refund_due_fen: int
    payments: tuple[Payment, ...]

    @property
    def open_fen(self) -> int:
        """What is still to be paid, fen."""
        return max(0, self.owed_fen - self.held_fen)


def account_of(session: Session, order_id: str) -> Account:
    """
    What was paid for an order, and what is open or due back.

    Raises
    ------
    NotFound
        When there is no such order.
    """
    service, order = find_order(session, order_id)
    owed = owed_quote(session, asked(session, service, order.diner_id), order).diner_fen
    payments = load_payments(session, [order_id]).get(order_id, [])
    return Account(owed, held_fen(payments), refund_due_fen(payments, owed), tuple(payments))


def take(session: Session, payment: Payment, acting: Acting) -> Account:
    """
    Records money taken or given back; the same slip again changes nothing.

    Parameters
    ----------
    session
        Open transaction; the caller holds the service's lock.
    payment
        Its id, instant and taker are set here.
    acting
        Who takes it, when.

    Raises
    ------
    NotFound
        When there is no such order.
    Conflict
        When it is more than is owed or due, or the slip belongs to something else.
    BadInput
        When a card's or an online payment has no reference.
    """
    service, order = find_order(session, payment.order_id)
    ensure(acting.actor, "payments.take", kitchen_id=service.kitchen_id, site_id=order.site_id)
    new = replace(payment, payment_id=acting.ids.new(), paid_at=acting.now_at, taken_by=acting.actor.user_id)
    earlier = find_payment(session, new.method, new.kind, new.reference)
    if earlier is not None:
        if (earlier.order_id, earlier.amount_fen) != (new.order_id, new.amount_fen):
            raise Conflict("slip_used_already", reference=new.reference)
        return account_of(session, order.order_id)
    before = account_of(session, order.order_id)
    require_payable(new, before.payments, before.owed_fen)
    save_payment(session, new)
    detail = {"order": order.code, "kind": new.kind, "method": new.method, "amount_fen": new.amount_fen}
    record(session, acting.actor, "payments.take", service.key, acting.now_at, detail)
    return account_of(session, order.order_id)
