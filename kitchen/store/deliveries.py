"""Rows of deliveries: what came to the door, with its papers and photos."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func
from sqlmodel import Session, col, select

from kitchen.lots import Lot
from kitchen.receiving import Storage
from kitchen.store.lot_rows import DeliveryRow, LotMoveRow, LotPhotoRow, LotRow
from kitchen.store.lots import LotMark, lot_of, save_mark
from orders.codes import Coded

Verdict = Literal["accepted", "held", "refused"]


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """
    One delivery as it is kept.

    Parameters
    ----------
    lot
        What came, whole.
    verdict
        Taken in, taken in but held, or sent back.
    wanting
        What was wrong with it.
    supplier_lot, storage
        The supplier's own number, and how it came.
    rules_revision, actor, recorded_at
        By which rules, by whom, and when it was written down.
    source, external_ref
        Where the row came from, for imports.
    """

    lot: Lot
    verdict: Verdict
    wanting: tuple[Coded, ...]
    supplier_lot: str
    storage: Storage
    rules_revision: int
    actor: str
    recorded_at: datetime
    source: str = "holdchain"
    external_ref: str | None = None


@dataclass(frozen=True, slots=True)
class LotPhoto:
    """
    A photo of a delivery.

    Parameters
    ----------
    lot_id, digest, media_type, size
        Of which delivery; SHA-256 of its bytes, what they are, how many.
    """

    lot_id: str
    digest: str
    media_type: str
    size: int


def deliveries_known(session: Session, kitchen_id: str) -> int:
    """How many deliveries the kitchen has written down."""
    query = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.kitchen_id == kitchen_id)
    return session.exec(query).one()


def save_delivery(session: Session, kitchen_id: str, kept: KeptDelivery, move_id: str, mark_id: str) -> None:
    """Keeps a delivery; unless it was sent back, it is a lot from then on, held when it was taken in so."""
    lot = kept.lot
    session.add(DeliveryRow(**_delivery_values(kitchen_id, kept)))
    session.flush()
    if kept.verdict == "refused":
        return
    session.add(
        LotRow(
            lot_id=lot.lot_id, kitchen_id=kitchen_id, left_mg=lot.received_mg, state="ok", moves=1, marks=0
        )
    )
    session.flush()
    session.add(
        LotMoveRow(
            move_id=move_id,
            lot_id=lot.lot_id,
            number=1,
            kind="receive",
            delta_mg=lot.received_mg,
            left_mg=lot.received_mg,
            reason="",
            actor=kept.actor,
            at=lot.received_at,
        )
    )
    session.flush()
    if kept.verdict == "held":
        save_mark(session, mark_id, LotMark(lot.lot_id, "held", "", "", kept.actor, kept.recorded_at))


def load_deliveries(
    session: Session,
    kitchen_id: str,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    refs: tuple[str, Collection[str]] | None = None,
) -> list[KeptDelivery]:
    """Deliveries in the order of receipt, from one instant until before another, or by source and refs."""
    query = (
        select(DeliveryRow)
        .where(DeliveryRow.kitchen_id == kitchen_id)
        .order_by(col(DeliveryRow.received_at), col(DeliveryRow.code))
    )
    if from_at is not None:
        query = query.where(col(DeliveryRow.received_at) >= from_at)
    if to_at is not None:
        query = query.where(col(DeliveryRow.received_at) < to_at)
    if refs is not None:
        query = query.where(DeliveryRow.source == refs[0], col(DeliveryRow.external_ref).in_(refs[1]))
    return [_delivery(row) for row in session.exec(query)]


def deliveries_of(session: Session, lot_ids: Collection[str]) -> dict[str, KeptDelivery]:
    """How each of these lots came, by lot id."""
    query = select(DeliveryRow).where(col(DeliveryRow.lot_id).in_(lot_ids))
    return {row.lot_id: _delivery(row) for row in session.exec(query)}


def save_photo(session: Session, photo_id: str, photo: LotPhoto, *, actor: str, at: datetime) -> None:
    """Keeps that there is a photo of a delivery."""
    session.add(
        LotPhotoRow(
            photo_id=photo_id,
            lot_id=photo.lot_id,
            digest=photo.digest,
            media_type=photo.media_type,
            size=photo.size,
            actor=actor,
            at=at,
        )
    )
    session.flush()


def load_photos(session: Session, lot_ids: Collection[str]) -> dict[str, list[LotPhoto]]:
    """The photos of deliveries, by lot id."""
    query = select(LotPhotoRow).where(col(LotPhotoRow.lot_id).in_(lot_ids)).order_by(col(LotPhotoRow.at))
    found: dict[str, list[LotPhoto]] = defaultdict(list)
    for row in session.exec(query):
        found[row.lot_id].append(LotPhoto(row.lot_id, row.digest, row.media_type, row.size))
    return dict(found)


def photo_of(session: Session, digest: str) -> tuple[str, LotPhoto] | None:
    """The kitchen and the facts of a photo, by its digest."""
    query = (
        select(DeliveryRow.kitchen_id, LotPhotoRow)
        .join(LotPhotoRow, col(LotPhotoRow.lot_id) == col(DeliveryRow.lot_id))
        .where(LotPhotoRow.digest == digest)
    )
    found = session.exec(query).first()
    if found is None:
        return None
    kitchen_id, row = found
    return kitchen_id, LotPhoto(row.lot_id, row.digest, row.media_type, row.size)


def _delivery_values(kitchen_id: str, kept: KeptDelivery) -> dict[str, Any]:
    lot = kept.lot
    declared = None
    if lot.declared is not None:
        sets = ("contains", "may_contain", "unknown")
        declared = {name: sorted(getattr(lot.declared, name)) for name in sets}
    return {
        "lot_id": lot.lot_id,
        "kitchen_id": kitchen_id,
        "code": lot.code,
        "food_code": lot.food_code,
        "supplier_id": lot.supplier_id,
        "supplier_lot": kept.supplier_lot,
        "received_at": lot.received_at,
        "received_mg": lot.received_mg,
        "expires_on": lot.expires_on,
        "storage": kept.storage,
        "temperature_c": lot.temperature_c,
        "papers": dict(lot.papers),
        "declared": declared,
        "verdict": kept.verdict,
        "wanting": [{"code": one.code, "params": dict(one.params)} for one in kept.wanting],
        "rules_revision": kept.rules_revision,
        "actor": kept.actor,
        "recorded_at": kept.recorded_at,
        "source": kept.source,
        "external_ref": kept.external_ref,
    }


def _delivery(row: DeliveryRow) -> KeptDelivery:
    return KeptDelivery(
        lot=lot_of(row, None),
        verdict=cast(Verdict, row.verdict),
        wanting=tuple(Coded(one["code"], one["params"]) for one in row.wanting),
        supplier_lot=row.supplier_lot,
        storage=cast(Storage, row.storage),
        rules_revision=row.rules_revision,
        actor=row.actor,
        recorded_at=row.recorded_at,
        source=row.source,
        external_ref=row.external_ref,
    )
