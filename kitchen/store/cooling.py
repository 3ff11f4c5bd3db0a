"""How chilled batches cooled, by the newest measurement at each stage."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.store.catalogue import DishRow
from kitchen.store.check_rows import StepRow
from kitchen.store.production_rows import BatchRow

Cooled = Literal["kept", "broken", "unknown"]


def cook_chill_batches(session: Session, batch_ids: Collection[str]) -> frozenset[str]:
    """Those of these batches whose dish is cooked and chilled, and so reheated before it is eaten."""
    query = (
        select(BatchRow.batch_id)
        .join(DishRow, col(DishRow.dish_id) == col(BatchRow.dish_id))
        .where(col(BatchRow.batch_id).in_(batch_ids), DishRow.supply == "cook_chill")
    )
    return frozenset(session.exec(query))


def load_cooling(
    session: Session, batch_ids: Collection[str], stages: Collection[str]
) -> Mapping[str, Cooled]:
    """
    Whether batches kept every stage of their cooling.

    Parameters
    ----------
    session, batch_ids
        Open; which batches.
    stages
        Codes of the control points of cooling.

    Returns
    -------
    Mapping[str, Cooled]
        By batch id: kept when the newest standing measurement of each stage passed, broken when that of one
        failed, else unknown.
    """
    later = aliased(StepRow)
    query = (
        select(StepRow.batch_id, StepRow.point, StepRow.passed)
        .where(col(StepRow.batch_id).in_(batch_ids), col(StepRow.point).in_(stages))
        .where(~select(later.step_id).where(col(later.replaces) == col(StepRow.step_id)).exists())
        .order_by(col(StepRow.happened_at), col(StepRow.recorded_at), col(StepRow.step_id))
    )
    newest: dict[str, dict[str, bool]] = defaultdict(dict)
    for batch_id, point, passed in session.exec(query):
        newest[batch_id or ""][point] = passed
    return {batch_id: _cooled(newest[batch_id], stages) for batch_id in batch_ids}


def _cooled(newest: Mapping[str, bool], stages: Collection[str]) -> Cooled:
    if not all(newest.values()):
        return "broken"
    return "kept" if stages and newest.keys() >= set(stages) else "unknown"
