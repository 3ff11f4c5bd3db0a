"""Sizes of the portions of a production that are not regular ones."""

from sqlmodel import Session, select

from kitchen.store.production_rows import BatchLineRow
from orders.menus import REGULAR


def load_sizes(session: Session, production_id: str) -> dict[str, str]:
    """Code of the size of each portion that is large or small, by line id."""
    query = select(BatchLineRow.line_id, BatchLineRow.size).where(
        BatchLineRow.production_id == production_id, BatchLineRow.size != REGULAR
    )
    return dict(session.exec(query).all())
