"""Rows of cores that were taken by hand after the hand-over: at the hot well, on leaving, at a door."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY

Occasion = Literal["hot_well", "leaving", "door"]
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)


@dataclass(frozen=True, slots=True)
class SiteCore:
    """
    One core of a box after its hand-over.

    Parameters
    ----------
    core_id, box_id
        Which, of which box.
    occasion
        At the hot well, when the box left the site, or at a door.
    core_c
        As the hand probe showed it in the coldest pack, degrees Celsius; None takes `replaces` back.
    at, recorded_at
        When it was measured, and when we learnt of it.
    actor
        Who says so, as a user id.
    replaces, reason
        The one that it corrects, and why; None and empty for a first one.
    """

    core_id: str
    box_id: str
    occasion: Occasion
    core_c: float | None
    at: datetime
    recorded_at: datetime
    actor: str
    replaces: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.replaces is None and self.core_c is None:
            raise ValueError("Only a correction takes a core back.")


class SiteCoreRow(Row, table=True):
    """One `SiteCore`; one that is corrected stays, and counts no more."""

    __tablename__ = "telemetry_site_cores"
    __table_args__ = (
        CheckConstraint(f"occasion IN {OCCASIONS}", name="occasion"),
        CheckConstraint("core_c IS NOT NULL OR replaces IS NOT NULL", name="core"),
        UniqueConstraint("replaces"),
        {"info": APPEND_ONLY},
    )

    core_id: str = Field(primary_key=True, max_length=36)
    box_id: str = Field(index=True, max_length=36)
    occasion: str = Field(max_length=8)
    core_c: float | None = None
    at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=36)
    replaces: str | None = Field(default=None, foreign_key="telemetry_site_cores.core_id")
    reason: str = Field(max_length=500)


def save_site_core(session: Session, one: SiteCore) -> None:
    """
    Keeps a core.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the one it replaces was corrected before.
    """
    session.add(SiteCoreRow(**{name: getattr(one, name) for name in SiteCoreRow.model_fields}))
    session.flush()


def site_cores(session: Session, box_ids: Collection[str]) -> Mapping[str, tuple[SiteCore, ...]]:
    """The standing cores of these boxes, in order of time; a box without one is left out."""
    later = aliased(SiteCoreRow)
    corrected = select(later.core_id).where(col(later.replaces) == col(SiteCoreRow.core_id)).exists()
    query = select(SiteCoreRow).where(
        col(SiteCoreRow.box_id).in_(box_ids), col(SiteCoreRow.core_c).is_not(None), ~corrected
    )
    found = defaultdict[str, list[SiteCore]](list)
    for row in session.exec(query.order_by(col(SiteCoreRow.at), col(SiteCoreRow.core_id))):
        found[row.box_id].append(_fact(row))
    return {box_id: tuple(own) for box_id, own in found.items()}


def _fact(row: SiteCoreRow) -> SiteCore:
    plain = {name: getattr(row, name) for name in SiteCoreRow.model_fields}
    return SiteCore(**plain | {"occasion": cast(Occasion, row.occasion)})
