"""What people in the kitchen reported: evidence, so a correction is a new row that names the old one."""

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.acts import Cooked, Packed
from kitchen.store.production_rows import BatchEventRow, BatchRow, BoxEventRow, BoxRow


def save_cooked(session: Session, event_id: str, act: Cooked, *, replaces: str | None = None) -> None:
    """Keeps that a batch came off the heat; a second report must name the event it replaces."""
    session.add(
        BatchEventRow(
            event_id=event_id,
            batch_id=act.batch_id,
            kind="cooked",
            core_c=act.core_c,
            actor=act.actor,
            happened_at=act.happened_at,
            recorded_at=act.recorded_at,
            replaces=replaces,
        )
    )
    session.flush()


def load_cooked(session: Session, production_id: str) -> dict[str, tuple[str, Cooked]]:
    """Standing reports of a production's batches: batch id to event id and act."""
    later = aliased(BatchEventRow)
    rows = session.exec(
        select(BatchEventRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchEventRow.batch_id))
        .where(BatchRow.production_id == production_id)
        .where(~select(later.event_id).where(col(later.replaces) == col(BatchEventRow.event_id)).exists())
    )
    return {
        row.batch_id: (
            row.event_id,
            Cooked(row.batch_id, row.core_c, row.actor, row.happened_at, row.recorded_at),
        )
        for row in rows
    }


def save_packed(session: Session, event_id: str, act: Packed, *, replaces: str | None = None) -> None:
    """Keeps that a box was closed; a second report must name the event it replaces."""
    session.add(
        BoxEventRow(
            event_id=event_id,
            box_id=act.box_id,
            kind="packed",
            carrier_id=act.carrier_id,
            core_c=act.core_c,
            actor=act.actor,
            happened_at=act.happened_at,
            recorded_at=act.recorded_at,
            replaces=replaces,
        )
    )
    session.flush()


def load_packed(session: Session, production_id: str) -> dict[str, tuple[str, Packed]]:
    """Standing reports of a production's boxes: box id to event id and act."""
    later = aliased(BoxEventRow)
    rows = session.exec(
        select(BoxEventRow)
        .join(BoxRow, col(BoxRow.box_id) == col(BoxEventRow.box_id))
        .where(BoxRow.production_id == production_id)
        .where(~select(later.event_id).where(col(later.replaces) == col(BoxEventRow.event_id)).exists())
    )
    return {
        row.box_id: (
            row.event_id,
            Packed(row.box_id, row.carrier_id, row.core_c, row.actor, row.happened_at, row.recorded_at),
        )
        for row in rows
    }
