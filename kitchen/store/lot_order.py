"""Rows of which lot goes first and which went out: lots to be used now, pick lists made anew."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from kitchen.store.lot_rows import LotMoveRow, LotRow, PickRow


def mark_use_first(session: Session, lot_id: str, use_first: bool) -> None:
    """Keeps whether a lot goes before those that expire earlier."""
    session.execute(update(LotRow).where(col(LotRow.lot_id) == lot_id).values(use_first=use_first))
    session.expire_all()


def issued_since(session: Session, kitchen_id: str, at: datetime) -> set[str]:
    """Lots of a kitchen of which something was handed out at an instant or later."""
    query = (
        select(LotMoveRow.lot_id)
        .join(LotRow, col(LotRow.lot_id) == col(LotMoveRow.lot_id))
        .where(LotRow.kitchen_id == kitchen_id, LotMoveRow.kind == "issue", col(LotMoveRow.at) >= at)
    )
    return set(session.exec(query))


def drop_picks(session: Session, batch_ids: Collection[str]) -> None:
    """Drops what some batches are to take; what they got stays."""
    session.execute(delete(PickRow).where(col(PickRow.batch_id).in_(batch_ids)))
