"""Rows of overrides of clashes, evidence never changed; and clashes that are judged anew."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, update
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.order import Clash, Override
from orders.service import Service
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.orders import ClashRow
from orders.store.triggers import APPEND_ONLY


class ClashOverrideRow(Row, table=True):
    """A named person's word that a diner gets a portion in spite of a clash."""

    __tablename__ = "clash_overrides"
    __table_args__ = (
        CheckConstraint("reason <> '' AND by_name <> ''", name="answered_for"),
        {"info": APPEND_ONLY},
    )

    clash_id: str = Field(primary_key=True, foreign_key="clashes.clash_id")
    service_key: str = Field(index=True)
    line_id: str = Field(foreign_key="order_lines.line_id")
    dish_id: str
    reasons: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    reason: str
    by_name: str
    recorded_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)


def save_override(
    session: Session, service: Service, clash_id: str, override: Override, recorded_by: str
) -> None:
    """Keeps a person's word about a clash."""
    row = {
        "clash_id": clash_id,
        "service_key": service.key,
        "line_id": override.line_id,
        "dish_id": override.dish_id,
        "reasons": _documents(override.reasons),
        "reason": override.reason,
        "by_name": override.by_name,
        "recorded_by": recorded_by,
        "decided_at": override.decided_at,
    }
    insert_rows(session, ClashOverrideRow, [row])


def load_overrides(session: Session, service: Service) -> list[Override]:
    """Every override of a service, by time."""
    query = select(ClashOverrideRow).where(ClashOverrideRow.service_key == service.key)
    rows = session.exec(query.order_by(col(ClashOverrideRow.decided_at), col(ClashOverrideRow.clash_id)))
    return [
        Override(
            row.line_id,
            row.dish_id,
            tuple(Coded(one["code"], one["params"]) for one in row.reasons),
            row.reason,
            row.by_name,
            row.decided_at,
        )
        for row in rows
    ]


def update_open_clashes(session: Session, clashes: Iterable[tuple[str, Clash]]) -> None:
    """Writes what is known now of clashes that wait for a person, by row id."""
    for clash_id, clash in clashes:
        session.execute(
            update(ClashRow)
            .where(col(ClashRow.clash_id) == clash_id, col(ClashRow.settled_at).is_(None))
            .values(reasons=_documents(clash.reasons), proposed=list(clash.proposed))
        )


def _documents(reasons: Iterable[Coded]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "params": dict(reason.params)} for reason in reasons]
