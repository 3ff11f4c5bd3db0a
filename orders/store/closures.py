"""Rows of closures and of places by meal: when a site gives out nothing, and how much it gives out."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, or_, select

from orders.closures import Closure, ClosureKind
from orders.service import Meal
from orders.store.base import JsonColumn, Row, UtcDateTime, upsert
from orders.store.triggers import APPEND_ONLY


class ClosureRow(Row, table=True):
    """A site closes for some days; one that was announced in error ends by a row of its own."""

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint("kind IN ('pause', 'stop', 'renovate', 'move')", name="kind"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),
        {"info": APPEND_ONLY},
    )

    closure_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="sites.site_id", index=True)
    kind: str
    from_on: date
    to_on: date | None = None
    meals: list[str] = Field(sa_type=JsonColumn)
    reason: str
    announced_on: date
    emergency: bool
    entered_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str


class ReopeningRow(Row, table=True):
    """A closure ends earlier than announced: its last closed day, the day before it began for none."""

    __tablename__ = "closure_endings"
    __table_args__ = ({"info": APPEND_ONLY},)

    closure_id: str = Field(primary_key=True, foreign_key="closures.closure_id")
    to_on: date
    entered_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str


class PlacesRow(Row, table=True):
    """How many orders a site takes for one meal, where that differs from the site's own capacity."""

    __tablename__ = "site_places"
    __table_args__ = (CheckConstraint("places >= 0", name="places"),)

    site_id: str = Field(primary_key=True, foreign_key="sites.site_id")
    meal: str = Field(primary_key=True)
    places: int


def save_closure(session: Session, closure: Closure, entered_at: datetime, entered_by: str) -> None:
    """Keeps a closure."""
    session.add(
        ClosureRow(
            closure_id=closure.closure_id,
            site_id=closure.site_id,
            kind=closure.kind,
            from_on=closure.from_on,
            to_on=closure.to_on,
            meals=list(closure.meals),
            reason=closure.reason,
            announced_on=closure.announced_on,
            emergency=closure.emergency,
            entered_at=entered_at,
            entered_by=entered_by,
        )
    )
    session.flush()


def end_closure(
    session: Session, closure_id: str, to_on: date, entered_at: datetime, entered_by: str
) -> None:
    """
    Keeps that a closure ends earlier.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When it was ended before.
    """
    session.add(
        ReopeningRow(closure_id=closure_id, to_on=to_on, entered_at=entered_at, entered_by=entered_by)
    )
    session.flush()


def load_closures(
    session: Session, site_ids: Sequence[str] | None, from_on: date, to_on: date | None = None
) -> list[Closure]:
    """
    Closures that touch these days, by first day, as they stand after what ended earlier.

    Parameters
    ----------
    session
        Open transaction.
    site_ids
        Only of these sites; None for all.
    from_on, to_on
        First and last day asked for; None is without end.
    """
    query = (
        select(ClosureRow, col(ReopeningRow.to_on))
        .outerjoin(ReopeningRow, col(ReopeningRow.closure_id) == col(ClosureRow.closure_id))
        .where(or_(col(ClosureRow.to_on).is_(None), col(ClosureRow.to_on) >= from_on))
        .order_by(col(ClosureRow.from_on), col(ClosureRow.closure_id))
    )
    if to_on is not None:
        query = query.where(ClosureRow.from_on <= to_on)
    if site_ids is not None:
        query = query.where(col(ClosureRow.site_id).in_(site_ids))
    found = [(row, row.to_on if ended_on is None else ended_on) for row, ended_on in session.exec(query)]
    return [
        _closure(row, last_on)
        for row, last_on in found
        if last_on is None or (last_on >= row.from_on and last_on >= from_on)
    ]


def load_closure(session: Session, closure_id: str) -> Closure | None:
    """One closure as it was announced, or None."""
    row = session.get(ClosureRow, closure_id)
    return None if row is None else _closure(row, row.to_on)


def save_places(session: Session, site_id: str, meal: Meal, places: int) -> None:
    """Keeps how many orders a site takes for a meal."""
    upsert(session, PlacesRow, [{"site_id": site_id, "meal": meal, "places": places}])


def load_places(session: Session, meal: Meal) -> dict[str, int]:
    """Site to the orders it takes for this meal, where that was set."""
    return dict(session.exec(select(PlacesRow.site_id, PlacesRow.places).where(PlacesRow.meal == meal)).all())


def _closure(row: ClosureRow, to_on: date | None) -> Closure:
    return Closure(
        closure_id=row.closure_id,
        site_id=row.site_id,
        kind=cast(ClosureKind, row.kind),
        from_on=row.from_on,
        to_on=to_on,
        meals=tuple(cast(Meal, meal) for meal in row.meals),
        reason=row.reason,
        announced_on=row.announced_on,
        emergency=row.emergency,
    )
