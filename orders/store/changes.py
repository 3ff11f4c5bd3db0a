"""Rows of what was done to orders: evidence, never changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from orders.late_changes import ChangedLine, ChangeKind, OrderChange
from orders.service import Service
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

KINDS = "kind IN ('placed', 'amended', 'cancelled', 'moved_up', 'moved', 'walk_in')"


class OrderChangeRow(Row, table=True):
    """One act on an order."""

    __tablename__ = "order_changes"
    __table_args__ = (
        UniqueConstraint("order_id", "step"),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint("since_version IS NULL OR since_version >= 0", name="since_version"),
        {"info": APPEND_ONLY},
    )

    change_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    order_id: str = Field(foreign_key="orders.order_id", index=True)
    order_code: str
    diner_id: str
    kind: str
    counted_at: datetime = Field(sa_type=UtcDateTime)
    entered_at: datetime = Field(sa_type=UtcDateTime)
    by: str
    reason: str
    since_version: int | None = None
    step: int
    added: list[dict[str, str]] = Field(sa_type=JsonColumn)
    removed: list[dict[str, str]] = Field(sa_type=JsonColumn)


ENTERED = (col(OrderChangeRow.entered_at), col(OrderChangeRow.step), col(OrderChangeRow.order_id))


def save_changes(session: Session, service: Service, changes: Iterable[OrderChange]) -> None:
    """Keeps what was done to orders of a service, each as the next step of its order."""
    for change in changes:
        steps = select(func.count()).select_from(OrderChangeRow)
        step = session.exec(steps.where(OrderChangeRow.order_id == change.order_id)).one() + 1
        insert_rows(session, OrderChangeRow, [_values(service, change) | {"step": step}])


def load_changes(session: Session, service: Service, *, late_only: bool = False) -> list[OrderChange]:
    """What was done to the orders of a service, as it was entered; only after the close if asked."""
    query = select(OrderChangeRow).where(OrderChangeRow.service_key == service.key)
    if late_only:
        query = query.where(col(OrderChangeRow.since_version).is_not(None))
    rows = session.exec(query.order_by(*ENTERED))
    return [_change(row) for row in rows]


def changes_of_order(session: Session, order_id: str) -> list[OrderChange]:
    """What was done to one order, in the order it was entered."""
    query = select(OrderChangeRow).where(OrderChangeRow.order_id == order_id)
    rows = session.exec(query.order_by(*ENTERED))
    return [_change(row) for row in rows]


def _values(service: Service, change: OrderChange) -> dict[str, Any]:
    return {
        "change_id": change.change_id,
        "service_key": service.key,
        "order_id": change.order_id,
        "order_code": change.order_code,
        "diner_id": change.diner_id,
        "kind": change.kind,
        "counted_at": change.counted_at,
        "entered_at": change.entered_at,
        "by": change.by,
        "reason": change.reason,
        "since_version": change.since_version,
        "added": [_line_values(line) for line in change.added],
        "removed": [_line_values(line) for line in change.removed],
    }


def _line_values(line: ChangedLine) -> dict[str, str]:
    return {"line_id": line.line_id, "dish_id": line.dish_id, "site_id": line.site_id}


def _line(values: Mapping[str, str]) -> ChangedLine:
    return ChangedLine(values["line_id"], values["dish_id"], values["site_id"])


def _change(row: OrderChangeRow) -> OrderChange:
    return OrderChange(
        change_id=row.change_id,
        order_id=row.order_id,
        order_code=row.order_code,
        diner_id=row.diner_id,
        kind=cast(ChangeKind, row.kind),
        counted_at=row.counted_at,
        entered_at=row.entered_at,
        by=row.by,
        reason=row.reason,
        since_version=row.since_version,
        added=tuple(_line(values) for values in row.added),
        removed=tuple(_line(values) for values in row.removed),
    )
