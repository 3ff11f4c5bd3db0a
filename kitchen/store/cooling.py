"""Which batches are cooked and chilled."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from kitchen.store.catalogue import DishRow
from kitchen.store.production_rows import BatchRow


def cook_chill_batches(session: Session, batch_ids: Collection[str]) -> frozenset[str]:
    """Those of these batches whose dish is cooked and chilled, and so reheated before it is eaten."""
    query = (
        select(BatchRow.batch_id)
        .join(DishRow, col(DishRow.dish_id) == col(BatchRow.dish_id))
        .where(col(BatchRow.batch_id).in_(batch_ids), DishRow.supply == "cook_chill")
    )
    return frozenset(session.exec(query))
