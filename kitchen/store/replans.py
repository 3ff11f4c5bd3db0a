"""Rows of a day planned again: what went wrong, the version that answers it, and what it changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, update
from sqlmodel import Field, Session, col, select

from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.equipment import Slot
from kitchen.replan import EVENT_KINDS, MINUTE_S, Event, EventKind
from kitchen.store.lot_rows import PickRow
from kitchen.store.production import (
    NOT_IN_ROW,
    Production,
    Stage,
    box_spare,
    publish_production,
    rewrite_batch,
    save_production,
)
from kitchen.store.production_rows import BatchLineRow, BatchRow, BoxLineRow, BoxRow, BoxSpareRow, SlotRow
from orders.codes import Excepted
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

UNDO = "undo"


class ReplanRow(Row, table=True):
    """One event of a day under way, and the version of the production that answers it."""

    __tablename__ = "kitchen_replans"
    __table_args__ = (
        UniqueConstraint("service_key", "version"),
        CheckConstraint(
            "kind IN ('slip', 'burnt', 'ill', 'broken', 'repaired', 'back', 'undo')", name="kind"
        ),
        {"info": APPEND_ONLY},
    )

    replan_id: str = Field(primary_key=True)
    service_key: str
    version: int
    kind: str
    ref: str
    minutes: int
    before: dict[str, Any] = Field(sa_type=JsonColumn)
    found: dict[str, Any] = Field(sa_type=JsonColumn)
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


def save_replan(session: Session, row: ReplanRow) -> None:
    """Keeps an event and its answer."""
    session.add(row)
    session.flush()


def load_replans(session: Session, service_key: str) -> list[ReplanRow]:
    """The events of a service, by version."""
    query = select(ReplanRow).where(ReplanRow.service_key == service_key)
    return list(session.exec(query.order_by(col(ReplanRow.version))))


def standing_rows(rows: Iterable[ReplanRow]) -> list[ReplanRow]:
    """The events without those that were taken back, and without the taking back."""
    kept = list(rows)
    undone = {row.ref for row in kept if row.kind == UNDO}
    return [row for row in kept if row.kind != UNDO and row.replan_id not in undone]


def events_of(rows: Iterable[ReplanRow]) -> list[Event]:
    """What went wrong so far and was no mistake, in the order of the rows."""
    kinds: dict[str, EventKind] = {kind: kind for kind in EVENT_KINDS}
    return [Event(kinds[row.kind], row.ref, row.minutes) for row in standing_rows(rows)]


def wasted_batches(session: Session, service_key: str) -> set[str]:
    """Batches of a service that were lost after they had gone on the heat: their food is waste."""
    rows = standing_rows(load_replans(session, service_key))
    return {str(one["batch_id"]) for row in rows for one in row.found.get("wasted", ())}


def slipped_s(rows: Iterable[ReplanRow], codes: Mapping[str, str]) -> dict[str, int]:
    """Second before which each batch that slipped cannot go on the heat, by id; codes are by id too."""
    found: dict[str, int] = {}
    for row in standing_rows(rows):
        slot = row.before["slots"].get(codes.get(row.ref, ""))
        if row.kind == "slip" and slot is not None:
            found[row.ref] = slot[1] + MINUTE_S * row.minutes
    return found


def revise_production(
    session: Session,
    before: Production,
    after: Production,
    *,
    stays: Collection[str],
    new: Sequence[Batch],
    giving: Sequence[Batch] = (),
    slots: Sequence[Slot],
    boxes_stay: Sequence[Box],
    boxes_new: Sequence[Box],
    exceptions: Iterable[tuple[Stage, Excepted]],
) -> None:
    """
    Publishes a version that takes over what is on the heat and packed, row by row: reports stay true.

    Batches and boxes that are not taken over stay with the version before.

    Parameters
    ----------
    session
        Open transaction.
    before, after
        The published version, and the one that supersedes it.
    stays
        Batches that are taken over.
    new
        Batches that are new.
    giving
        Of those taken over the ones that give spare portions to other lines, as they now are.
    slots
        Of all batches of the new version.
    boxes_stay, boxes_new
        Boxes that are taken over, with their clocks as they now are, and new ones.
    exceptions
        What did not go the way of the others, and batches outside their windows.
    """
    save_production(session, after, batches=new, slots=(), boxes=(), exceptions=exceptions)
    ids, box_ids = sorted(stays), sorted(box.box_id for box in boxes_stay)
    for table in (BatchRow, BatchLineRow):
        moved = update(table).where(col(table.batch_id).in_(ids))
        session.execute(moved.values(production_id=after.production_id))
    for boxes in (BoxRow, BoxLineRow, BoxSpareRow):
        moved = update(boxes).where(col(boxes.box_id).in_(box_ids))
        session.execute(moved.values(production_id=after.production_id))
    for batch in giving:
        rewrite_batch(session, after.production_id, batch)
    session.execute(delete(SlotRow).where(col(SlotRow.batch_id).in_(ids)))
    insert_rows(session, SlotRow, [asdict(slot) for slot in slots])
    session.execute(delete(PickRow).where(col(PickRow.production_id) == before.production_id))
    _keep_boxes(session, after.production_id, [*stays, *(one.batch_id for one in new)], boxes_stay, boxes_new)
    session.expire_all()
    publish_production(session, after.production_id)


def _keep_boxes(
    session: Session,
    production_id: str,
    batch_ids: Sequence[str],
    boxes_stay: Sequence[Box],
    boxes_new: Sequence[Box],
) -> None:
    lines = select(BatchLineRow.line_id, BatchLineRow.batch_id)
    batch_of = dict(session.exec(lines.where(col(BatchLineRow.batch_id).in_(batch_ids))).all())
    clocks = ("cooked_s", "packed_s", "release_s", "eat_by_s", "deliver_by_s")
    for box in boxes_stay:
        times = {name: getattr(box, name) for name in clocks}
        session.execute(update(BoxRow).where(col(BoxRow.box_id) == box.box_id).values(times))
    insert_rows(
        session,
        BoxRow,
        [
            {name: value for name, value in asdict(box).items() if name not in NOT_IN_ROW}
            | {"production_id": production_id}
            for box in boxes_new
        ],
    )
    insert_rows(
        session,
        BoxLineRow,
        [
            {
                "production_id": production_id,
                "box_id": box.box_id,
                "line_id": line_id,
                "batch_id": batch_of[line_id],
                "position": position,
            }
            for box in boxes_new
            for position, line_id in enumerate(box.line_ids)
        ],
    )
    insert_rows(session, BoxSpareRow, [one for box in boxes_new for one in box_spare(production_id, box)])
