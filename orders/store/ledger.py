"""Rows of settled meals and their postings: evidence; an adjustment is a new row that names the old one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, ColumnElement, Index, String, column, exists, func, text, values
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.bills import Bill, LedgerLine, MealEvent
from orders.codes import Coded
from orders.dues import Due
from orders.programmes.sections import Event
from orders.service import Service
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.orders import OrderRow
from orders.store.triggers import APPEND_ONLY

IDS_AT_ONCE = 500
FIRST = text("replaces IS NULL")


class BillRow(Row, table=True):
    """One meal as settled: who pays how much of it, and why."""

    __tablename__ = "bills"
    __table_args__ = (
        Index("uq_bills_order_id", "order_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        Index("uq_bills_replaces", "replaces", unique=True),
        CheckConstraint("subsidy_fen >= 0 AND diner_fen >= 0", name="amounts"),
        CheckConstraint(
            "subsidy_fen + diner_fen + site_bears_fen + operator_fen + charity_fen IN (0, price_fen)",
            name="balance",
        ),
        {"info": APPEND_ONLY},
    )

    bill_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    order_id: str = Field(foreign_key="orders.order_id")
    order_code: str
    diner_id: str
    site_id: str
    service_on: date = Field(index=True)
    meal: str
    price_fen: int
    event: str
    at: datetime = Field(sa_type=UtcDateTime)
    class_id: str
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int
    operator_fen: int = 0
    charity_fen: int = 0
    site_fee_fen: int = 0
    delivery_fen: int = 0
    payer: str
    programme_id: str
    revision: int
    why: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    dues: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    flags: list[str] = Field(sa_type=JsonColumn)
    paid: dict[str, Any] = Field(sa_type=JsonColumn)
    settled_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="bills.bill_id")


class LedgerRow(Row, table=True):
    """One posting of a bill."""

    __tablename__ = "ledger_lines"
    __table_args__ = ({"info": APPEND_ONLY},)

    bill_id: str = Field(primary_key=True, foreign_key="bills.bill_id")
    account: str = Field(primary_key=True)
    order_id: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class KeptBill:
    """
    A bill as it stands.

    Parameters
    ----------
    bill_id, service_key
        Its row, and the service that it belongs to.
    bill
        The bill.
    """

    bill_id: str
    service_key: str
    bill: Bill


def save_bills(
    session: Session,
    service: Service,
    bills: Mapping[str, Bill],
    lines: Iterable[LedgerLine],
    *,
    settled_at: datetime,
    replaces: Mapping[str, str] | None = None,
) -> None:
    """
    Keeps settled meals with their postings.

    Parameters
    ----------
    session
        Open transaction.
    service
        The service they were part of.
    bills
        New row id to bill; one an order.
    lines
        Postings of these bills' orders.
    settled_at
        When they were settled.
    replaces
        New bill id to the id of the bill that it adjusts.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When an order is settled already and the old bill is not named.
    """
    old = replaces or {}
    rows = [_bill_values(service, pair, settled_at, old.get(pair[0])) for pair in bills.items()]
    insert_rows(session, BillRow, rows)
    bill_of = {bill.event.order_id: bill_id for bill_id, bill in bills.items()}
    postings = [
        {
            "bill_id": bill_of[line.order_id],
            "account": line.account,
            "order_id": line.order_id,
            "amount_fen": line.amount_fen,
        }
        for line in lines
    ]
    insert_rows(session, LedgerRow, postings)


def load_bills(session: Session, service: Service) -> dict[str, Bill]:
    """The bills that stand (not adjusted by a later one), by bill id, in the order of settlement."""
    later = aliased(BillRow)
    query = (
        select(BillRow)
        .outerjoin(later, col(later.replaces) == col(BillRow.bill_id))
        .where(BillRow.service_key == service.key, col(later.bill_id).is_(None))
        .order_by(col(BillRow.at), col(BillRow.order_code))
    )
    return {row.bill_id: _bill(row) for row in session.exec(query)}


def load_programme_bills(session: Session, programme_id: str, from_on: date, to_on: date) -> dict[str, Bill]:
    """The bills that stand of a programme's meals on these days, by bill id, in the order of settlement."""
    later = aliased(BillRow)
    query = (
        select(BillRow)
        .outerjoin(later, col(later.replaces) == col(BillRow.bill_id))
        .where(
            BillRow.programme_id == programme_id,
            BillRow.service_on >= from_on,
            BillRow.service_on <= to_on,
            col(later.bill_id).is_(None),
        )
        .order_by(col(BillRow.at), col(BillRow.order_code), col(BillRow.bill_id))
    )
    return {row.bill_id: _bill(row) for row in session.exec(query)}


def load_context(
    session: Session, service: Service, programme_id: str, diner_ids: Iterable[str], *, monthly: bool
) -> list[KeptBill]:
    """
    Bills that stand of these diners' other meals by a programme, at every kitchen.

    Parameters
    ----------
    session, service, programme_id
        Open transaction; beside which service; by which programme.
    diner_ids
        Whose.
    monthly
        Those of the service's whole month, for allowances; else of its day, for daily limits.
    """
    from_on = service.service_on.replace(day=1) if monthly else service.service_on
    next_on = (from_on + timedelta(days=31)).replace(day=1) if monthly else from_on + timedelta(days=1)
    later = aliased(BillRow)
    wanted = sorted(set(diner_ids))
    query = (
        select(BillRow)
        .outerjoin(later, col(later.replaces) == col(BillRow.bill_id))
        .where(
            BillRow.service_on >= from_on,
            BillRow.service_on < next_on,
            BillRow.service_key != service.key,
            BillRow.programme_id == programme_id,
            col(later.bill_id).is_(None),
        )
    )
    return [
        KeptBill(row.bill_id, row.service_key, _bill(row))
        for start in range(0, len(wanted), IDS_AT_ONCE)
        for row in session.exec(query.where(col(BillRow.diner_id).in_(wanted[start : start + IDS_AT_ONCE])))
    ]


def unsettled_orders(session: Session, service_keys: Collection[str]) -> set[tuple[date, str]]:
    """Day and site of the standing orders of those of these services that nobody has settled."""
    found: set[tuple[date, str]] = set()
    ordered = sorted(service_keys)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        rows = [(key,) for key in ordered[start : start + IDS_AT_ONCE]]
        keys = values(column("service_key", String), name="asked").data(rows).cte("asked")
        key: ColumnElement[str] = keys.c.service_key
        query = sqlalchemy.select(key).where(
            ~exists().where(col(BillRow.service_key) == key), exists().where(col(OrderRow.service_key) == key)
        )
        standing = select(col(OrderRow.service_on), col(OrderRow.site_id)).where(
            col(OrderRow.service_key).in_(session.scalars(query).all()),
            col(OrderRow.state).in_(("placed", "locked")),
        )
        found |= {(day_on, site_id) for day_on, site_id in session.exec(standing.distinct())}
    return found


def load_ledger(session: Session, service: Service) -> list[LedgerLine]:
    """Postings of the bills that stand, by order and account."""
    later = aliased(BillRow)
    query = (
        select(LedgerRow)
        .join(BillRow, col(BillRow.bill_id) == col(LedgerRow.bill_id))
        .outerjoin(later, col(later.replaces) == col(BillRow.bill_id))
        .where(BillRow.service_key == service.key, col(later.bill_id).is_(None))
        .order_by(col(BillRow.order_code), col(LedgerRow.account))
    )
    return [LedgerLine(row.order_id, row.account, row.amount_fen) for row in session.exec(query)]


def paid_by(session: Session, programme_id: str, payers: Iterable[str]) -> dict[str, int]:
    """What each of these payers gives for a programme's meals by the bills that stand, fen."""
    later = aliased(BillRow)
    accounts = {f"payer:{payer}": payer for payer in payers}
    query = (
        select(LedgerRow.account, func.sum(LedgerRow.amount_fen))
        .join(BillRow, col(BillRow.bill_id) == col(LedgerRow.bill_id))
        .outerjoin(later, col(later.replaces) == col(BillRow.bill_id))
        .where(
            BillRow.programme_id == programme_id,
            col(LedgerRow.account).in_(accounts),
            col(later.bill_id).is_(None),
        )
        .group_by(LedgerRow.account)
    )
    return {accounts[account]: -int(sum_fen) for account, sum_fen in session.exec(query)}


def _bill(row: BillRow) -> Bill:
    event = MealEvent(
        order_id=row.order_id,
        order_code=row.order_code,
        diner_id=row.diner_id,
        site_id=row.site_id,
        service_on=row.service_on,
        meal=row.meal,
        price_fen=row.price_fen,
        event=cast(Event, row.event),
        at=row.at,
        **_paid_of(row.paid),
    )
    return Bill(
        event=event,
        class_id=row.class_id,
        subsidy_fen=row.subsidy_fen,
        diner_fen=row.diner_fen,
        site_bears_fen=row.site_bears_fen,
        payer=row.payer,
        programme_id=row.programme_id,
        revision=row.revision,
        why=tuple(Coded(reason["code"], reason["params"]) for reason in row.why),
        operator_fen=row.operator_fen,
        charity_fen=row.charity_fen,
        site_fee_fen=row.site_fee_fen,
        delivery_fen=row.delivery_fen,
        dues=tuple(_due(row, due) for due in row.dues),
        flags=tuple(row.flags),
    )


def _paid_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(kept[name]) for name in ("placed_at", "paid_at") if kept.get(name)}
    return {**kept, "payments_fen": tuple(kept.get("payments_fen", ())), **times}


def _paid_values(event: MealEvent) -> dict[str, Any]:
    return {
        "channel": event.channel,
        "payments_fen": list(event.payments_fen),
        "bound": event.bound,
        "placed_at": event.placed_at.isoformat() if event.placed_at else None,
        "paid_at": event.paid_at.isoformat() if event.paid_at else None,
        "carrier": event.carrier,
        "proof": event.proof,
    }


def _due(row: BillRow, due: Mapping[str, Any]) -> Due:
    return Due(
        order_id=row.order_id,
        diner_id=row.diner_id,
        site_id=row.site_id,
        service_on=row.service_on,
        revision=row.revision,
        **due,
    )


def _due_values(due: Due) -> dict[str, Any]:
    return {
        "settlement_id": due.settlement_id,
        "payer": due.payer,
        "payee": due.payee,
        "benefit_id": due.benefit_id,
        "amount_fen": due.amount_fen,
        "held": due.held,
        "minutes": due.minutes,
    }


def _bill_values(
    service: Service, pair: tuple[str, Bill], settled_at: datetime, replaces: str | None
) -> dict[str, Any]:
    bill_id, bill = pair
    event = bill.event
    return {
        "bill_id": bill_id,
        "service_key": service.key,
        "order_id": event.order_id,
        "order_code": event.order_code,
        "diner_id": event.diner_id,
        "site_id": event.site_id,
        "service_on": event.service_on,
        "meal": event.meal,
        "price_fen": event.price_fen,
        "event": event.event,
        "at": event.at,
        "class_id": bill.class_id,
        "subsidy_fen": bill.subsidy_fen,
        "diner_fen": bill.diner_fen,
        "site_bears_fen": bill.site_bears_fen,
        "operator_fen": bill.operator_fen,
        "charity_fen": bill.charity_fen,
        "site_fee_fen": bill.site_fee_fen,
        "delivery_fen": bill.delivery_fen,
        "payer": bill.payer,
        "programme_id": bill.programme_id,
        "revision": bill.revision,
        "why": [{"code": reason.code, "params": dict(reason.params)} for reason in bill.why],
        "dues": [_due_values(due) for due in bill.dues],
        "flags": list(bill.flags),
        "paid": _paid_values(event),
        "settled_at": settled_at,
        "replaces": replaces,
    }
