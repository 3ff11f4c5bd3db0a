"""Rows of places' word that they keep back food that was put on hold."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from kitchen.withheld import PlaceKind, StopSeen
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class StopSeenRow(Row, table=True):
    """A place has seen a hold on food; once each."""

    __tablename__ = "kitchen_stop_seen"
    __table_args__ = (
        CheckConstraint("kind IN ('site', 'van')", name="kind"),
        CheckConstraint("person <> ''", name="told"),
        {"info": APPEND_ONLY},
    )

    withheld_id: str = Field(primary_key=True, foreign_key="kitchen_withheld.withheld_id")
    kind: str = Field(primary_key=True)
    place_id: str = Field(primary_key=True)
    person: str
    comment: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


def save_seen(session: Session, seen: StopSeen) -> None:
    """Keeps a place's word."""
    session.add(
        StopSeenRow(
            withheld_id=seen.withheld_id,
            kind=seen.kind,
            place_id=seen.place_id,
            person=seen.person,
            comment=seen.comment,
            actor=seen.actor,
            at=seen.at,
        )
    )
    session.flush()


def load_seen(session: Session, withheld_ids: Collection[str]) -> dict[str, dict[tuple[str, str], StopSeen]]:
    """Which places have seen these holds: by hold, by kind and id of the place."""
    found: dict[str, dict[tuple[str, str], StopSeen]] = {one: {} for one in withheld_ids}
    query = select(StopSeenRow).where(col(StopSeenRow.withheld_id).in_(withheld_ids))
    for row in session.exec(query):
        kind = cast(PlaceKind, row.kind)
        seen = StopSeen(row.withheld_id, kind, row.place_id, row.person, row.comment, row.actor, row.at)
        found[row.withheld_id][row.kind, row.place_id] = seen
    return found
