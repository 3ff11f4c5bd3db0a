"""Pack: a box is closed; from here its sensor tells what happens inside."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.holds import Packing, packings
from api.day.moments import happened
from api.day.probes import likely_core
from api.permissions import Actor, ensure
from kitchen.acts import Packed
from kitchen.store.acts import load_cooked, load_packed, save_packed
from kitchen.store.production_rows import BatchRow, ProductionRow
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from telemetry.readings import ProbeUse
from telemetry.store.probe_uses import put_in


def box_packed(
    session: Session,
    box_id: str,
    *,
    core_c: float,
    carrier_code: str,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> None:
    """
    Notes that a box was closed, and which probe sits in it.

    Parameters
    ----------
    session
        Open transaction.
    box_id
        A box of a published production.
    core_c
        Calibrated hand probe in the coldest food, degrees Celsius.
    carrier_code
        As scanned from the carrier.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.
    happened_at
        When it was closed; None is now.

    Raises
    ------
    NotFound
        When no published production has the box.
    BadInput
        When another carrier was scanned than the one planned, or the core is impossible.
    Conflict
        When a batch in it is not off the heat yet, the box is closed already, or its probe sits elsewhere.
    """
    packing = packings(session, [box_id])[box_id]
    _require_published(session, packing)
    ensure(actor, "box.pack", kitchen_id=packing.service.kitchen_id)
    if carrier_code != packing.carrier.code:
        raise BadInput("carrier_not_planned", scanned=carrier_code, planned=packing.carrier.code)
    if box_id in load_packed(session, packing.box.production_id):
        raise Conflict("box_packed_already", box=packing.box.code)
    at = happened(happened_at, now_at)
    _require_cooked(session, packing, at)
    packed = Packed(box_id, packing.carrier.carrier_id, likely_core(core_c), actor.user_id, at, now_at)
    save_packed(session, ids.new(), packed)
    carrier = packing.carrier
    if carrier.sensor_id is not None and carrier.senses is not None:
        use = ProbeUse(carrier.sensor_id, carrier.senses, carrier.senses, box_id, at, None, core_c)
        put_in(session, use)
    detail = {"core_c": core_c, "carrier": carrier_code, "at": at.isoformat()}
    record(session, actor, "box.pack", packing.box.code, now_at, detail)


def _require_published(session: Session, packing: Packing) -> None:
    production = session.get(ProductionRow, packing.box.production_id)
    if production is None or production.status != "published":
        raise NotFound("box", packing.box.box_id)


def _require_cooked(session: Session, packing: Packing, at: datetime) -> None:
    cooked = load_cooked(session, packing.box.production_id)
    for batch_id in sorted(packing.batch_ids):
        if batch_id not in cooked or cooked[batch_id][1].happened_at > at:
            batch = session.get_one(BatchRow, batch_id)
            raise Conflict("batch_not_cooked", batch=batch.code, box=packing.box.code)
