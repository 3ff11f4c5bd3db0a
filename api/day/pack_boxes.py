"""Pack: a box is closed; from here its sensor tells what happens inside."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, select

from api.audit import record
from api.carriers.desk import carrier_code as code_on
from api.carriers.round import note_packed, require_clean
from api.checks.by_whom import NOBODY, ByWhom, by_whom
from api.checks.desk import CheckDesk, watch_of
from api.checks.floor import read_floor
from api.checks.gates import batch_reasons
from api.day.holds import packings
from api.day.holds_facts import Packing
from api.day.probes_in import put_probe_in, sensors_in
from api.day.recheck import require_fit
from api.day.services import find_kitchen
from api.day.taken_out import take_out
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from kitchen.acts import Packed
from kitchen.boxes import Carrier
from kitchen.corrections import is_likely, meant_c
from kitchen.store.acts import load_cooked, load_packed, save_packed
from kitchen.store.equipment import load_carriers
from kitchen.store.production_rows import BatchRow, BoxRow, ProductionRow
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.menus import HoldClass
from telemetry.readings import ProbeUse


def box_packed(
    session: Session,
    box_id: str,
    *,
    core_c: float,
    carrier_code: str,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    by: ByWhom = NOBODY,
    happened_at: datetime | None = None,
    sure: bool = True,
    emptied: Collection[str] = (),
    sensors: Collection[str] = (),
) -> str:
    """
    Notes that a box was closed, and which probes sit in it.

    Parameters
    ----------
    session
        Open transaction.
    box_id
        A box of a published production.
    core_c
        Calibrated hand probe in the coldest food, degrees Celsius.
    carrier_code
        As scanned from the carrier: the planned one, or a spare one of its kind.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.
    by
        Which hand probe, who held it; both are asked for where the kitchen lists them.
    happened_at
        When it was closed; None is now.
    sure
        Whether somebody stands by a core that such food hardly has; else it is asked back.
    emptied
        Codes of orders whose settled portions the packer has taken out of their containers.
    sensors
        Loose sensors as scanned into it, beside the one that is fixed to the carrier.

    Returns
    -------
    str
        Row id of the report.

    Raises
    ------
    NotFound
        When no published production has the box.
    BadInput
        When a carrier was scanned that may not stand in for the planned one, probe or person is not named or
        not listed, a scanned sensor is not known, or the core is impossible, or unlikely and nobody is sure.
    Conflict
        When a batch in it is not off the heat yet or is held back, it holds what its diner must not get,
        its carrier is not clean, the box is closed already, or its probe sits elsewhere.
    """
    packing = packings(session, [box_id])[box_id]
    _require_published(session, packing)
    service, box = packing.service, packing.box
    ensure(actor, "box.pack", kitchen_id=service.kitchen_id)
    carrier = _carrier_used(session, packing, code_on(carrier_code))
    if load_packed(session, box.production_id, [box_id]):
        raise Conflict("box_packed_already", box=box.code)
    require_likely(likely_core(core_c), "cold" if box.hold_class == "cold" else "hot", box.code, sure)
    at = happened(happened_at, now_at)
    desk = CheckDesk(find_kitchen(session, service.kitchen_id), actor, now_at, ids)
    watch = watch_of(session, service.kitchen_id, service.service_on)
    measured = by_whom(session, desk, watch, by, at)
    require_cooked(session, packing, at)
    _require_not_held(session, packing)
    take_out(session, packing, emptied, actor.user_id, now_at, ids)
    require_fit(session, packing)
    require_clean(session, service.kitchen_id, carrier, at)
    event_id = ids.new()
    told = (measured.probe, measured.person, measured.warnings or ())
    act = Packed(box_id, carrier.carrier_id, core_c, actor.user_id, at, now_at, *told)
    save_packed(session, event_id, act)
    note_packed(session, box, carrier.carrier_id, actor=actor.user_id, at=at, now_at=now_at, ids=ids)
    inside = sensors_in(session, carrier, service.kitchen_id, sensors, at)
    for device_id, probe, senses in inside:
        put_probe_in(session, ProbeUse(device_id, probe, senses, box_id, at, None, core_c))
    detail = {"core_c": core_c, "carrier": carrier.code, "at": at.isoformat()}
    detail |= {"sensors": [f"{device_id}/{probe}" for device_id, probe, _ in inside]}
    record(session, actor, "box.pack", box.code, now_at, detail)
    return event_id


def require_likely(core_c: float, hold_class: HoldClass, ref: str, sure: bool) -> None:
    """
    Asks back when such food hardly has such a core: 6.5 was typed for 65.

    Raises
    ------
    BadInput
        ``core_meant`` with what may have been meant, ``core_unlikely`` when nothing is near.
    """
    if sure or is_likely(core_c, hold_class):
        return
    meant = meant_c(core_c, hold_class)
    if meant is not None:
        raise BadInput("core_meant", ref=ref, core_c=core_c, meant_c=meant)
    raise BadInput("core_unlikely", ref=ref, core_c=core_c)


def require_cooked(session: Session, packing: Packing, at: datetime) -> None:
    """
    Lets a box be closed at an instant.

    Raises
    ------
    Conflict
        When a batch in it was not off the heat by then.
    """
    cooked = load_cooked(session, packing.box.production_id, packing.batch_ids)
    for batch_id in sorted(packing.batch_ids):
        if batch_id not in cooked or cooked[batch_id][1].happened_at > at:
            batch = session.get_one(BatchRow, batch_id)
            raise Conflict("batch_not_cooked", batch=batch.code, box=packing.box.code)


def spare_carriers(session: Session, packing: Packing) -> list[Carrier]:
    """Carriers that may stand in for the planned one: of its kind, and planned or used for no other box."""
    box, kitchen_id = packing.box, packing.service.kitchen_id
    planned = set(session.exec(select(BoxRow.carrier_id).where(BoxRow.production_id == box.production_id)))
    used = {act.carrier_id for _, act in load_packed(session, box.production_id).values()}
    return [
        one
        for one in load_carriers(session, kitchen_id)
        if one.kind == packing.carrier.kind and one.carrier_id not in planned | used
    ]


def _carrier_used(session: Session, packing: Packing, scanned: str) -> Carrier:
    if scanned == packing.carrier.code.upper():
        return packing.carrier
    found = next((one for one in spare_carriers(session, packing) if one.code.upper() == scanned), None)
    if found is None:
        raise BadInput("carrier_not_planned", scanned=scanned, planned=packing.carrier.code)
    return found


def _require_published(session: Session, packing: Packing) -> None:
    production = session.get(ProductionRow, packing.box.production_id)
    if production is None or production.status != "published":
        raise NotFound("box", packing.box.box_id)


def _require_not_held(session: Session, packing: Packing) -> None:
    floor = read_floor(session, packing.service, packing.batch_ids)
    reasons = tuple(
        reason
        for batch_id in sorted(packing.batch_ids)
        if floor is not None
        for reason in batch_reasons(floor, batch_id, "pack")
    )
    if reasons:
        refusal = Conflict("box_held_back", box=packing.box.code)
        refusal.reasons = reasons
        raise refusal
