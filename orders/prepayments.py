"""Prepayments: what was paid for an order before it was eaten, and what goes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orders.errors import BadInput, Conflict

Method = Literal["cash", "card", "online"]


@dataclass(frozen=True, slots=True)
class Payment:
    """
    Money taken for an order, or given back.

    Parameters
    ----------
    payment_id, order_id
        Row id; which order.
    kind
        ``"payment"`` or ``"refund"``.
    method
        Cash, card or online.
    amount_fen
        Above 0, fen.
    reference
        Number of the slip or of the online payment; cash may have none.
    bound
        Whether the card or account is bound to the diner.
    paid_at, taken_by
        When, and by which user.
    """

    payment_id: str
    order_id: str
    kind: Literal["payment", "refund"]
    method: Method
    amount_fen: int
    reference: str
    bound: bool
    paid_at: datetime
    taken_by: str

    def __post_init__(self) -> None:
        if self.amount_fen <= 0:
            raise ValueError(f"amount_fen must be > 0, got {self.amount_fen}.")


def held_fen(payments: Iterable[Payment]) -> int:
    """What is held for an order: paid less given back, fen."""
    return sum(one.amount_fen if one.kind == "payment" else -one.amount_fen for one in payments)


def refund_due_fen(payments: Iterable[Payment], owed_fen: int) -> int:
    """What goes back to the diner who owes this much in the end, fen; 0 when nothing does."""
    return max(0, held_fen(payments) - owed_fen)


def require_payable(new: Payment, payments: Iterable[Payment], owed_fen: int) -> None:
    """
    Refuses a payment of more than is owed, and a refund of more than is due.

    Raises
    ------
    BadInput
        When a card's or an online payment has no reference.
    Conflict
        ``paid_too_much`` or ``refund_too_large``, naming what would be right.
    """
    if new.method != "cash" and not new.reference.strip():
        raise BadInput("payment_needs_reference", method=new.method)
    kept = list(payments)
    due_fen = refund_due_fen(kept, owed_fen)
    if new.kind == "refund" and new.amount_fen > due_fen:
        raise Conflict("refund_too_large", due_fen=due_fen)
    open_fen = owed_fen - held_fen(kept)
    if new.kind == "payment" and new.amount_fen > open_fen:
        raise Conflict("paid_too_much", open_fen=max(0, open_fen))
