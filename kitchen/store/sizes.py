"""Sizes of the portions of a production that are not regular ones."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from kitchen.store.production_rows import BatchLineRow
from orders.menus import REGULAR


def load_sizes(session: Session, production_id: str, line_ids: Collection[str]) -> dict[str, str]:
    """Code of the size of each of these portions that is large or small, by line id."""
    query = select(BatchLineRow.line_id, BatchLineRow.size).where(
        BatchLineRow.production_id == production_id,
        BatchLineRow.size != REGULAR,
        col(BatchLineRow.line_id).in_(line_ids),
    )
    return dict(session.exec(query).all())
