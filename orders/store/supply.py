"""Rows of who cooks for a site, and of a mobile van's halts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import time
from typing import cast

from sqlalchemy import CheckConstraint, delete
from sqlmodel import Field, Session, col, select

from orders.oversight.supply import FORMS, Supply, SupplyForm, VanStop
from orders.service import Meal
from orders.store.base import Row, insert_rows, upsert

_FORMS = ", ".join(f"'{form}'" for form in FORMS)


class SupplyRow(Row, table=True):
    """Who cooks one meal of a site."""

    __tablename__ = "site_supplies"
    __table_args__ = (CheckConstraint(f"form IN ({_FORMS})", name="form"),)

    site_id: str = Field(primary_key=True, foreign_key="site_files.site_id")
    meal: str = Field(primary_key=True)
    form: str
    supplier: str


class VanStopRow(Row, table=True):
    """One halt in the week of a mobile van."""

    __tablename__ = "van_stops"
    __table_args__ = (CheckConstraint("weekday BETWEEN 1 AND 7 AND closes > opens", name="halt"),)

    site_id: str = Field(primary_key=True, foreign_key="site_files.site_id")
    position: int = Field(primary_key=True)
    weekday: int
    opens: time
    closes: time
    place: str


def save_supply(session: Session, site_id: str, supply: Supply) -> None:
    """Keeps who cooks a meal of a site."""
    upsert(session, SupplyRow, [{"site_id": site_id, **asdict(supply)}])


def load_supplies(session: Session, site_id: str) -> list[Supply]:
    """Who cooks for a site, by meal."""
    query = select(SupplyRow).where(SupplyRow.site_id == site_id).order_by(col(SupplyRow.meal))
    return [
        Supply(cast(Meal, row.meal), cast(SupplyForm, row.form), row.supplier) for row in session.exec(query)
    ]


def save_van_stops(session: Session, site_id: str, stops: Sequence[VanStop]) -> None:
    """Keeps a van's whole timetable in place of the one before."""
    session.execute(delete(VanStopRow).where(col(VanStopRow.site_id) == site_id))
    rows = [{"site_id": site_id, "position": number, **asdict(one)} for number, one in enumerate(stops, 1)]
    insert_rows(session, VanStopRow, rows)


def load_van_stops(session: Session, site_id: str) -> list[VanStop]:
    """A van's halts by weekday and time; none for a site that stands still."""
    query = (
        select(VanStopRow)
        .where(VanStopRow.site_id == site_id)
        .order_by(col(VanStopRow.weekday), col(VanStopRow.opens))
    )
    return [VanStop(row.weekday, row.opens, row.closes, row.place) for row in session.exec(query)]
