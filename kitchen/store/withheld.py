"""Rows of food that was put on hold, and of how each hold ended."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, col, or_, select

from kitchen.store.lot_rows import DeliveryRow
from kitchen.store.production_rows import BatchRow, BoxLineRow, BoxRow, BoxSpareRow
from kitchen.withheld import Ending, EndKind, Stop, Withheld, stop_of
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class WithheldRow(Row, table=True):
    """A batch or a box was put on hold."""

    __tablename__ = "kitchen_withheld"
    __table_args__ = (
        CheckConstraint("(batch_id IS NULL) <> (box_id IS NULL)", name="of_one"),
        CheckConstraint("reason <> '' AND person <> ''", name="told"),
        {"info": APPEND_ONLY},
    )

    withheld_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    service_key: str = Field(index=True)
    batch_id: str | None = Field(default=None, foreign_key="kitchen_batches.batch_id")
    box_id: str | None = Field(default=None, foreign_key="kitchen_boxes.box_id")
    lot_id: str | None = Field(default=None, foreign_key="kitchen_lots.lot_id", index=True)
    reason: str
    person: str
    by_inspector: bool
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class WithheldEndRow(Row, table=True):
    """A hold on food was lifted, or the food discarded; once each."""

    __tablename__ = "kitchen_withheld_ends"
    __table_args__ = (
        CheckConstraint("kind IN ('lifted', 'discarded')", name="kind"),
        CheckConstraint("reason <> '' AND person <> ''", name="told"),
        {"info": APPEND_ONLY},
    )

    withheld_id: str = Field(primary_key=True, foreign_key="kitchen_withheld.withheld_id")
    kind: str
    reason: str
    person: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


def save_withheld(session: Session, kitchen_id: str, one: Withheld, lot_id: str | None = None) -> None:
    """Keeps that food was put on hold, and the id of the lot that it stands with."""
    row = WithheldRow(
        withheld_id=one.withheld_id,
        kitchen_id=kitchen_id,
        service_key=one.service_key,
        batch_id=one.batch_id,
        box_id=one.box_id,
        lot_id=lot_id,
        reason=one.reason,
        person=one.person,
        by_inspector=one.by_inspector,
        actor=one.actor,
        at=one.at,
    )
    session.add(row)
    session.flush()


def save_end(session: Session, withheld_id: str, end: Ending) -> None:
    """Keeps how a hold on food ended."""
    row = WithheldEndRow(
        withheld_id=withheld_id,
        kind=end.kind,
        reason=end.reason,
        person=end.person,
        actor=end.actor,
        at=end.at,
    )
    session.add(row)
    session.flush()


def load_withheld(session: Session, service_key: str) -> list[Withheld]:
    """Food of a service that was put on hold, in that order, ended holds among it."""
    return _withheld(session, WithheldRow.service_key == service_key)


def open_withheld(session: Session, kitchen_id: str) -> list[Withheld]:
    """A kitchen's food that is on hold now."""
    ended = select(WithheldEndRow.withheld_id)
    return _withheld(
        session, (col(WithheldRow.kitchen_id) == kitchen_id) & col(WithheldRow.withheld_id).not_in(ended)
    )


def ended_since(session: Session, kitchen_id: str, since_at: datetime) -> list[Withheld]:
    """A kitchen's holds on food that ended at an instant or later."""
    own = col(WithheldRow.kitchen_id) == kitchen_id
    return _withheld(session, own & (col(WithheldEndRow.at) >= since_at))


def withheld_with_lot(session: Session, lot_id: str) -> list[Withheld]:
    """What was put on hold with a lot, in that order, ended holds among it."""
    return _withheld(session, WithheldRow.lot_id == lot_id)


def withheld_of_batches(session: Session, batch_ids: Collection[str]) -> list[Withheld]:
    """Holds on some batches themselves, not on boxes of them, ended holds among them."""
    return _withheld(session, col(WithheldRow.batch_id).in_(batch_ids))


def boxes_of(session: Session, batch_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """Batch, code and site of every box that batches are in, spare portions too, in the order of codes."""
    queries = (
        select(table.batch_id, BoxRow.code, BoxRow.site_id)
        .join(BoxRow, col(BoxRow.box_id) == col(table.box_id))
        .where(col(table.batch_id).in_(batch_ids))
        for table in (BoxLineRow, BoxSpareRow)
    )
    found = {(*row,) for query in queries for row in session.exec(query)}
    return sorted(found, key=lambda one: (one[1], one[0]))


def find_withheld(session: Session, withheld_id: str) -> Withheld | None:
    """One hold on food; None when there is none."""
    return next(iter(_withheld(session, WithheldRow.withheld_id == withheld_id)), None)


def batches_withheld(session: Session, one: Withheld) -> list[str]:
    """The batches that a hold is about: the one named, or those in the box."""
    if one.batch_id is not None:
        return [one.batch_id]
    tables = (BoxLineRow, BoxSpareRow)
    queries = (select(table.batch_id).where(col(table.box_id) == one.box_id).distinct() for table in tables)
    return sorted({batch_id for query in queries for batch_id in session.exec(query)})


def lines_stopped(session: Session, stops: Mapping[str, Stop]) -> dict[str, Stop]:
    """Order lines that nobody may eat of, by line id, from what stops batches and boxes by their ids."""
    if not stops:
        return {}
    query = select(BoxLineRow.line_id, BoxLineRow.batch_id, BoxLineRow.box_id).where(
        or_(col(BoxLineRow.batch_id).in_(stops), col(BoxLineRow.box_id).in_(stops))
    )
    found = {line: stop_of(stops, batch, box) for line, batch, box in session.exec(query)}
    return {line: stop for line, stop in found.items() if stop is not None}


def _withheld(session: Session, wanted: Any) -> list[Withheld]:
    query = (
        select(WithheldRow, WithheldEndRow, func.coalesce(BatchRow.code, BoxRow.code, ""), DeliveryRow.code)
        .join(WithheldEndRow, col(WithheldEndRow.withheld_id) == col(WithheldRow.withheld_id), isouter=True)
        .join(BatchRow, col(BatchRow.batch_id) == col(WithheldRow.batch_id), isouter=True)
        .join(BoxRow, col(BoxRow.box_id) == col(WithheldRow.box_id), isouter=True)
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(WithheldRow.lot_id), isouter=True)
        .where(wanted)
        .order_by(col(WithheldRow.at), col(WithheldRow.withheld_id))
    )
    return [
        Withheld(
            row.withheld_id,
            row.service_key,
            row.batch_id,
            row.box_id,
            code,
            row.reason,
            row.person,
            row.by_inspector,
            row.actor,
            row.at,
            Ending(cast(EndKind, end.kind), end.reason, end.person, end.actor, end.at) if end else None,
            lot or "",
        )
        for row, end, code, lot in session.exec(query)
    ]
