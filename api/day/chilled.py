"""Chilled food off the heat: reported on the day before, drawn for whichever service may still eat it."""

import math
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session

from api.audit import record
from api.day.chilled_fit import unfit_chilled
from api.day.hand_out import hand_chilled
from api.day.holds import profile_at
from api.day.services import find_kitchen
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from api.stock.desk import StockDesk
from kitchen.cooled import Cooled
from kitchen.safety import SafetyProfile
from kitchen.store.chilled import (
    ChilledBatch,
    ChilledCooked,
    chilled_barred,
    chilled_event,
    chilled_off_heat,
    chilled_used,
    find_chilled,
    save_chilled_cooked,
)
from kitchen.store.chilled_after import chilled_wasted
from orders.codes import Coded
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.service import Service, parse_service


def chilled_cooked(
    session: Session,
    chilled_id: str,
    *,
    portions: int | None,
    core_c: float,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> ChilledCooked:
    """
    Notes that a chilled batch came off the heat: its clock starts, and it is drawn before anything is cooked.

    Parameters
    ----------
    session
        Open transaction.
    chilled_id
        A batch of a forecast.
    portions, core_c
        Regular portions that it gave, None for as many as planned; core at the end of cooking.
    actor, now_at, ids
        Who, when we learn of it, with which row id.
    happened_at
        When it was off the heat; None is now.

    Raises
    ------
    NotFound
        When there is no such batch.
    BadInput
        When the core is impossible or too cold to be called cooked, or nothing came of it.
    Conflict
        When it was reported already.
    """
    batch = find_chilled(session, chilled_id)
    if batch is None:
        raise NotFound("batch", chilled_id)
    ensure(actor, "batch.cook", kitchen_id=batch.kitchen_id)
    least_c = profile_at(session, batch.kitchen_id).cook_core_min_c
    if likely_core(core_c) < least_c:
        raise BadInput("core_not_cooked", batch=batch.code, core_c=core_c, least_c=least_c)
    given = batch.portions if portions is None else portions
    if given < 1:
        raise BadInput("chilled_portions", batch=batch.code)
    before = chilled_event(session, chilled_id)
    if before is not None and not before[1].withdrawn:
        raise Conflict("batch_cooked_already", batch=batch.code)
    at = happened(happened_at, now_at)
    act = ChilledCooked(
        chilled_id, given, core_c, actor.user_id, at, now_at, replaces=before[0] if before else ""
    )
    save_chilled_cooked(session, ids.new(), act)
    detail = {"core_c": core_c, "portions": given, "at": act.happened_at.isoformat()}
    record(session, actor, "batch.cook/chilled", batch.code, now_at, detail)
    kitchen = find_kitchen(session, batch.kitchen_id)
    hand_chilled(
        session, StockDesk(kitchen, actor, at, ids), parse_service(batch.service_key, kitchen.zone), batch
    )
    return act


def cooled_stock(
    session: Session,
    service: Service,
    profile: SafetyProfile,
    last_plate_s: int,
    now_at: datetime | None = None,
) -> tuple[Cooled, ...]:
    """
    Chilled food that a service may still eat: what was cooked for it, and what others have left.

    What has got of a lot that is held or destroyed stands still and is not drawn from, nor is what
    `api.day.chilled_fit.unfit_chilled` names.

    Parameters
    ----------
    session, service
        Open; for which service.
    profile
        The rule: chilled food is eaten within ``cold_window_s``.
    last_plate_s
        When the last plate of the service is eaten, seconds from `Service.start_at`.
    now_at
        By when a cooling stage must have been measured whose time is over; None where nothing is drawn anew.
    """
    off_heat = _lasting(session, service, profile, last_plate_s)
    unfit = unfit_chilled(session, service.kitchen_id, off_heat, now_at)
    off_heat = [(one, act) for one, act in off_heat if one.chilled_id not in unfit]
    used = chilled_used(session, [one.chilled_id for one, _ in off_heat], service.key)
    wasted = chilled_wasted(session, [one.chilled_id for one, _ in off_heat])
    closed_for = {one.chilled_id: one.service_key for one, _ in off_heat}
    found = []
    for one, act in off_heat:
        left = math.floor(act.portions - used.get(one.chilled_id, Fraction())) - wasted.get(one.chilled_id, 0)
        is_own = closed_for[one.chilled_id] == service.key
        if left < 1 or not (is_own or one.chilled_id in used):
            continue
        ready_s = service.seconds(act.happened_at)
        found.append(
            Cooled(
                one.chilled_id,
                one.code,
                one.dish_id,
                one.variant,
                one.equipment_kind,
                one.equipment_id,
                one.cook_id,
                ready_s - (one.ready_s - one.start_s),
                ready_s,
                left,
                is_own,
            )
        )
    return tuple(found)


def left_out(
    session: Session, service: Service, profile: SafetyProfile, last_plate_s: int, now_at: datetime
) -> tuple[Coded, ...]:
    """Chilled food that would last and is not drawn from, because it was not cooked or cooled as it must."""
    off_heat = _lasting(session, service, profile, last_plate_s)
    used = chilled_used(session, [one.chilled_id for one, _ in off_heat], service.key)
    ours = [pair for pair in off_heat if pair[0].service_key == service.key or pair[0].chilled_id in used]
    return tuple(unfit_chilled(session, service.kitchen_id, ours, now_at).values())


def _lasting(
    session: Session, service: Service, profile: SafetyProfile, last_plate_s: int
) -> list[tuple[ChilledBatch, ChilledCooked]]:
    """Chilled batches that may be eaten to the last plate of a service, without what a held lot stops."""
    least_at = service.instant(last_plate_s) - timedelta(seconds=profile.cold_window_s)
    off_heat = [
        (one, act)
        for one, act in chilled_off_heat(session, service.kitchen_id, least_at)
        if act.happened_at < service.instant(last_plate_s)
    ]
    barred = chilled_barred(session, [one.chilled_id for one, _ in off_heat])
    return [(one, act) for one, act in off_heat if one.chilled_id not in barred]
