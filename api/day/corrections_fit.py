"""Whether a corrected minute or core can be, beside what else was reported of the batch or the box."""

from datetime import datetime

from sqlmodel import Session, col, select

from api.day.holds import packings
from api.day.pack_boxes import require_cooked, require_likely
from kitchen.acts import ActKind
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.production import boxes_with
from kitchen.store.production_rows import BatchRow, BoxRow
from orders.errors import BadInput, Conflict
from orders.store.receipts import receipt_of_box
from routing.store.plans import VisitBoxRow, load_plan, trip_events


def closed_boxes(session: Session, batch_id: str) -> list[tuple[str, datetime]]:
    """Closed boxes that hold food of a batch: their codes and when they were closed."""
    batch = session.get_one(BatchRow, batch_id)
    packed = load_packed(session, batch.production_id)
    rows = session.exec(
        select(BoxRow.box_id, BoxRow.code).where(col(BoxRow.box_id).in_(boxes_with(session, [batch_id])))
    )
    found = [(code, packed[box_id][1].happened_at) for box_id, code in rows if box_id in packed]
    return sorted(found, key=lambda one: (one[1], one[0]))


def require_batch_fits(session: Session, kind: ActKind, batch_id: str, at: datetime) -> None:
    """Lets the minute of a batch be moved: on before off, off before its boxes were closed."""
    batch = session.get_one(BatchRow, batch_id)
    started = load_started(session, batch.production_id).get(batch_id)
    cooked = load_cooked(session, batch.production_id).get(batch_id)
    on_at = at if kind == "started" else started[1].happened_at if started else None
    off_at = at if kind == "cooked" else cooked[1].happened_at if cooked else None
    if on_at is not None and off_at is not None and off_at < on_at:
        raise BadInput("batch_off_before_on", batch=batch.code)
    if kind == "cooked":
        for code, closed_at in closed_boxes(session, batch_id)[:1]:
            if closed_at < at:
                raise Conflict("batch_not_cooked", batch=batch.code, box=code)


def require_box_fits(session: Session, box_id: str, at: datetime, core_c: float | None, sure: bool) -> None:
    """Lets the minute and core of a box be moved: after its batches, before it left and was signed for."""
    packing = packings(session, [box_id])[box_id]
    box = packing.box
    require_cooked(session, packing, at)
    if core_c is not None:
        require_likely(core_c, "cold" if box.hold_class == "cold" else "hot", box.code, sure)
    receipt = receipt_of_box(session, box_id)
    left_at = _left_at(session, box_id)
    ends = [one for one in (left_at, receipt[1].happened_at if receipt else None) if one is not None]
    if ends and at > min(ends):
        raise Conflict("box_left_before", box=box.code, at=min(ends).isoformat())


def require_still_here(session: Session, box_id: str) -> None:
    """Lets a box be opened again: neither on the road nor signed for."""
    box = session.get_one(BoxRow, box_id)
    if (receipt := receipt_of_box(session, box_id)) is not None:
        raise Conflict("box_signed_already", box=box.code, at=receipt[1].happened_at.isoformat())
    if (left_at := _left_at(session, box_id)) is not None:
        raise Conflict("box_left_already", box=box.code, at=left_at.isoformat())


def _left_at(session: Session, box_id: str) -> datetime | None:
    """When the van with a box left the dock, None while it has not."""
    service = packings(session, [box_id])[box_id].service
    loaded = load_plan(session, service.key)
    if loaded is None:
        return None
    plan_id = loaded[0].plan_id
    trip_id = session.exec(
        select(VisitBoxRow.trip_id).where(VisitBoxRow.plan_id == plan_id, VisitBoxRow.box_id == box_id)
    ).first()
    return trip_events(session, plan_id).get(trip_id or "", {}).get("departed")
