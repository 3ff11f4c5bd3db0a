"""Rows of standing orders and their pauses."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.service import MEALS, Meal
from orders.standing import Pause, StandingOrder
from orders.store.base import JsonColumn, Row, upsert

_MEALS = ", ".join(f"'{meal}'" for meal in MEALS)


class StandingOrderRow(Row, table=True):
    """One meal on certain weekdays; it is ended, never deleted."""

    __tablename__ = "standing_orders"
    __table_args__ = (
        CheckConstraint(f"meal IN ({_MEALS})", name="meal"),
        CheckConstraint("delivery IN ('', 'dine_in', 'volunteer', 'direct')", name="delivery"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="days"),
    )

    standing_id: str = Field(primary_key=True)
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    meal: str
    weekdays: list[int] = Field(sa_type=JsonColumn)
    choices: list[list[str]] = Field(sa_type=JsonColumn)
    delivery: str = ""
    from_on: date | None = None
    to_on: date | None = None
    ended: bool = False


class PauseRow(Row, table=True):
    """Days without standing orders; one that was ended before its first day is marked, never deleted."""

    __tablename__ = "standing_pauses"
    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),)

    pause_id: str = Field(primary_key=True)
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    from_on: date
    to_on: date | None = None
    reason: str
    ended: bool = False


def save_standing(session: Session, standing: StandingOrder, *, ended: bool = False) -> None:
    """Keeps a standing order, new or changed; an ended one no longer counts on any day."""
    values = {
        "standing_id": standing.standing_id,
        "diner_id": standing.diner_id,
        "meal": standing.meal,
        "weekdays": list(standing.weekdays),
        "choices": [list(choice) for choice in standing.choices],
        "delivery": standing.delivery,
        "from_on": standing.from_on,
        "to_on": standing.to_on,
        "ended": ended,
    }
    upsert(session, StandingOrderRow, [values])


def load_standing(
    session: Session, diner_ids: Iterable[str] | None = None
) -> dict[str, tuple[StandingOrder, ...]]:
    """Diner id to that diner's standing orders, the earliest first; None for every diner."""
    query = select(StandingOrderRow).where(col(StandingOrderRow.ended).is_(False))
    if diner_ids is not None:
        query = query.where(col(StandingOrderRow.diner_id).in_(list(diner_ids)))
    found: dict[str, list[StandingOrder]] = defaultdict(list)
    for row in session.exec(
        query.order_by(col(StandingOrderRow.from_on).asc().nulls_first(), col(StandingOrderRow.standing_id))
    ):
        found[row.diner_id].append(_standing(row))
    return {diner_id: tuple(own) for diner_id, own in found.items()}


def save_pause(session: Session, pause: Pause, *, ended: bool = False) -> None:
    """Keeps a pause, new or changed; an ended one no longer counts on any day."""
    values: dict[str, Any] = {
        "pause_id": pause.pause_id,
        "diner_id": pause.diner_id,
        "from_on": pause.from_on,
        "to_on": pause.to_on,
        "reason": pause.reason,
        "ended": ended,
    }
    upsert(session, PauseRow, [values])


def load_pauses(session: Session, diner_ids: Iterable[str] | None = None) -> dict[str, tuple[Pause, ...]]:
    """Diner id to that diner's pauses, the earliest first; None for every diner."""
    query = select(PauseRow).where(col(PauseRow.ended).is_(False))
    if diner_ids is not None:
        query = query.where(col(PauseRow.diner_id).in_(list(diner_ids)))
    found: dict[str, list[Pause]] = defaultdict(list)
    for row in session.exec(query.order_by("from_on", "pause_id")):
        found[row.diner_id].append(Pause(row.diner_id, row.from_on, row.to_on, row.reason, row.pause_id))
    return {diner_id: tuple(own) for diner_id, own in found.items()}


def _standing(row: StandingOrderRow) -> StandingOrder:
    return StandingOrder(
        standing_id=row.standing_id,
        diner_id=row.diner_id,
        meal=cast(Meal, row.meal),
        weekdays=tuple(row.weekdays),
        choices=tuple((course, dish) for course, dish in row.choices),
        delivery=row.delivery,
        from_on=row.from_on,
        to_on=row.to_on,
    )
