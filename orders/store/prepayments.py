"""Rows of money taken for orders and given back: evidence, never changed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, Session, col, select

from orders.prepayments import Method, Payment
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY

NUMBERED = text("reference <> ''")


class PrepaymentRow(Row, table=True):
    """One payment or refund; a slip's number counts once for its method and kind."""

    __tablename__ = "prepayments"
    __table_args__ = (
        Index(
            "uq_prepayments_reference",
            "method",
            "kind",
            "reference",
            unique=True,
            sqlite_where=NUMBERED,
            postgresql_where=NUMBERED,
        ),
        CheckConstraint("kind IN ('payment', 'refund')", name="kind"),
        CheckConstraint("method IN ('cash', 'card', 'online')", name="method"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        {"info": APPEND_ONLY},
    )

    payment_id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.order_id", index=True)
    kind: str
    method: str
    amount_fen: int
    reference: str
    bound: bool
    paid_at: datetime = Field(sa_type=UtcDateTime)
    taken_by: str


def save_payment(session: Session, payment: Payment) -> None:
    """
    Keeps a payment or refund.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When this slip was entered before.
    """
    names = Payment.__dataclass_fields__
    session.add(PrepaymentRow(**{name: getattr(payment, name) for name in names}))
    session.flush()


def load_payments(session: Session, order_ids: Sequence[str]) -> dict[str, list[Payment]]:
    """Payments and refunds of each of these orders, by time."""
    found: dict[str, list[Payment]] = defaultdict(list)
    for start in range(0, len(order_ids), 500):
        query = select(PrepaymentRow).where(col(PrepaymentRow.order_id).in_(order_ids[start : start + 500]))
        for row in session.exec(query.order_by(col(PrepaymentRow.paid_at), col(PrepaymentRow.payment_id))):
            found[row.order_id].append(_payment(row))
    return dict(found)


def find_payment(session: Session, method: str, kind: str, reference: str) -> Payment | None:
    """The payment or refund with this slip's number, or None; cash without a number is never found."""
    if not reference:
        return None
    query = select(PrepaymentRow).where(
        PrepaymentRow.method == method, PrepaymentRow.kind == kind, PrepaymentRow.reference == reference
    )
    row = session.exec(query).first()
    return None if row is None else _payment(row)


def _payment(row: PrepaymentRow) -> Payment:
    return Payment(
        payment_id=row.payment_id,
        order_id=row.order_id,
        kind=cast(Any, row.kind),
        method=cast(Method, row.method),
        amount_fen=row.amount_fen,
        reference=row.reference,
        bound=row.bound,
        paid_at=row.paid_at,
        taken_by=row.taken_by,
    )
