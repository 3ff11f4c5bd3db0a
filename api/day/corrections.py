"""Wrong hands: an act in the kitchen is moved, mended, given to another batch or box, or taken back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.carriers.round import note_repacked, note_unpacked
from api.checks.by_whom import ByWhom
from api.checks.desk import CheckDesk
from api.checks.floor import read_floor
from api.checks.points import is_told_by
from api.day.cook import batch_cooked, batch_started, published_batch
from api.day.corrections_fit import closed_boxes, require_batch_fits, require_box_fits, require_still_here
from api.day.holds import packings, profile_at
from api.day.judging import judge_boxes
from api.day.pack_boxes import box_packed
from api.day.probes_in import put_probe_in
from api.day.reheating import rejudged
from api.day.vouched import failing, vouched_act, vouched_minute
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from api.stock.desk import need_kitchen
from kitchen.acts import ActKind, ActRecord
from kitchen.corrections import UNDO, may_undo
from kitchen.store.acts import (
    load_history,
    load_record,
    save_correction,
)
from kitchen.store.production import boxes_with
from kitchen.store.production_rows import BatchRow, BoxRow
from kitchen.store.steps import corrected_steps, load_steps, save_step
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.service import Service
from telemetry.alarms import AlarmStep
from telemetry.readings import ProbeUse
from telemetry.store.alarms import apply_step, open_alarms
from telemetry.store.probe_uses import Correcting, take_away, uses_of_boxes

MEANT = "another batch was meant"
REJUDGED = "the minute off the heat was corrected"
TRAVEL = timedelta(seconds=5)  # the tap of the tenth second is still on its way


@dataclass(frozen=True, slots=True)
class Hand:
    """
    Who corrects, and when.

    Parameters
    ----------
    actor, now_at, ids
        Who, the instant, source of row ids.
    """

    actor: Actor
    now_at: datetime
    ids: IdSource

    def correcting(self, reason: str, since_at: datetime) -> Correcting:
        """What is said of the uses of probes that this hand corrects."""
        return Correcting(self.ids.new(), self.actor.user_id, self.now_at, since_at, reason)


@dataclass(frozen=True, slots=True)
class Mended:
    """
    What is true instead; what is None stays as it was reported.

    Parameters
    ----------
    happened_at
        When it really happened.
    core_c
        What the probe really showed, degrees Celsius.
    sure
        Whether somebody stands by a core that such food hardly has.
    person, reason
        Who says so, and why: both are asked where a failed core becomes a passing one.
    measured
        Whether it is a new measurement, or the correction of one that was asked already.
    """

    happened_at: datetime | None = None
    core_c: float | None = None
    sure: bool = True
    person: str = ""
    reason: str = ""
    measured: bool = False


def mend(session: Session, kind: ActKind, subject_id: str, told: Mended, hand: Hand) -> None:
    """
    Corrects the minute or the core of an act: both records stay, clocks and holds go by the new one.

    A core off the heat may turn out below the limit: then the batch waits for what is done about it.

    Parameters
    ----------
    session
        Open transaction.
    kind, subject_id
        What was reported, of which batch or box.
    told, hand
        What is true instead, and who says so.

    Raises
    ------
    NotFound
        When nothing stands about it.
    BadInput
        When the minute or the core cannot be, or what failed is to pass by it without a name or a reason.
    Conflict
        When the new minute contradicts what else was reported of the batch or its boxes.
    """
    last, service = _standing(session, kind, subject_id, hand)
    stood = failing(session, service, subject_id) if kind == "cooked" else frozenset()
    changed = _changed(session, service, last, told, hand)
    _keep(session, last, changed, hand)
    if kind == "packed":
        box = session.get_one(BoxRow, subject_id)
        at = changed.happened_at
        note_repacked(session, box, at, actor=hand.actor.user_id, now_at=hand.now_at, ids=hand.ids)
        for use in take_away(session, subject_id, hand.correcting("packing_mended", at)):
            _put_in_since(session, use, last.happened_at, at, changed.core_c)
    if kind == "cooked":
        _rejudge_reheatings(session, service, subject_id, hand)
        if not told.measured and not changed.person and stood - failing(session, service, subject_id):
            vouched_minute(session, _desk(session, service, hand), service, changed, told.person)
    judge_boxes(session, _boxes_touched(session, kind, subject_id), hand.now_at, hand.ids)


def _changed(session: Session, service: Service, last: ActRecord, told: Mended, hand: Hand) -> ActRecord:
    """The act as it is to stand: it may stand so, and who says so is known where its core is to pass."""
    kind, subject_id = last.kind, last.subject_id
    at = last.happened_at if told.happened_at is None else happened(told.happened_at, hand.now_at)
    core_c = last.core_c if told.core_c is None else likely_core(told.core_c)
    if kind == "packed":
        require_box_fits(session, subject_id, at, core_c if told.core_c is not None else None, told.sure)
    else:
        require_batch_fits(session, kind, subject_id, at)
    changed = replace(last, happened_at=at, core_c=core_c, reason=told.reason.strip())
    if told.measured:
        return changed
    return vouched_act(session, _desk(session, service, hand), service, last, changed, told.person)


def _desk(session: Session, service: Service, hand: Hand) -> CheckDesk:
    return CheckDesk(need_kitchen(session, service.kitchen_id), hand.actor, hand.now_at, hand.ids)


def take_back(session: Session, kind: ActKind, subject_id: str, hand: Hand, reason: str = "") -> None:
    """
    Takes an act back: it never happened. Ten seconds need no reason.

    Raises
    ------
    NotFound
        When nothing stands about it.
    BadInput
        When ten seconds are over and no reason is given.
    Conflict
        When something rests on it: a closed box on its batch, a departure or a receipt on its box.
    """
    last, _ = _standing(session, kind, subject_id, hand)
    if not reason and not may_undo(last.recorded_at, hand.now_at - TRAVEL):
        raise BadInput("undo_too_late", seconds=int(UNDO.total_seconds()))
    if kind == "packed":
        require_still_here(session, subject_id)
    if kind == "cooked":
        for code in closed_boxes(session, subject_id):
            raise Conflict("batch_in_closed_box", batch=_code(session, kind, subject_id), box=code[0])
    _keep(session, last, replace(last, withdrawn=True, reason=reason), hand)
    if kind == "packed":
        _unpack(session, subject_id, last.happened_at, hand)


def give_to(session: Session, kind: ActKind, subject_id: str, other_id: str, hand: Hand) -> None:
    """
    Gives an act to the batch or box that was really meant, with its minute and its core.

    Raises
    ------
    NotFound
        When nothing stands about the first, or the other is not of the same published production.
    Conflict
        As `take_back`, and as reporting the act of the other one.
    """
    last, service = _standing(session, kind, subject_id, hand)
    if _production_id(session, kind, other_id) != _production_id(session, kind, subject_id):
        raise NotFound("box" if kind == "packed" else "batch", other_id)
    sensors = _loose_sensors(session, subject_id) if kind == "packed" else []
    take_back(session, kind, subject_id, hand, reason="meant_another")
    told: dict[str, Any] = {
        "actor": hand.actor,
        "now_at": hand.now_at,
        "ids": hand.ids,
        "happened_at": last.happened_at,
    }
    if kind == "started":
        batch_started(session, other_id, **told)
    elif kind == "cooked":
        batch_cooked(session, other_id, core_c=_core(last), **told)
        _tell_of(session, service, last, other_id, hand)
    else:
        carrier = packings(session, [other_id])[other_id].carrier
        told |= {"by": _by(last), "sensors": sensors}
        box_packed(session, other_id, core_c=_core(last), carrier_code=carrier.code, **told)
        judge_boxes(session, [other_id], hand.now_at, hand.ids)


def _tell_of(session: Session, service: Service, last: ActRecord, other_id: str, hand: Hand) -> None:
    """Lets the measurement that an act was told with name its probe and person for the other batch."""
    acts = load_history(session, "cooked", last.subject_id)
    gone = corrected_steps(session, service.key)
    steps = load_steps(session, service.key, [last.subject_id], every=True)
    own = [one for one in steps if one.step_id not in gone and any(is_told_by(act, one) for act in acts)]
    for step in own[-1:]:
        anew = replace(step, step_id=hand.ids.new(), actor=hand.actor.user_id, recorded_at=hand.now_at)
        told = replace(anew, batch_id=other_id, value_c=_core(last), happened_at=last.happened_at)
        save_step(session, replace(told, replaces=step.step_id, reason=MEANT))


def use_carrier(session: Session, box_id: str, carrier_code: str, hand: Hand) -> None:
    """
    Says that a box was closed in another carrier, a spare one of its kind.

    Raises
    ------
    NotFound
        When the box is not closed.
    BadInput
        When the carrier may not stand in.
    Conflict
        As `take_back`, or when the carrier is not clean.
    """
    last, _ = _standing(session, "packed", box_id, hand)
    sensors = _loose_sensors(session, box_id)
    take_back(session, "packed", box_id, hand, reason="meant_another")
    box_packed(
        session,
        box_id,
        core_c=_core(last),
        carrier_code=carrier_code,
        actor=hand.actor,
        now_at=hand.now_at,
        ids=hand.ids,
        by=_by(last),
        happened_at=last.happened_at,
        sensors=sensors,
    )
    judge_boxes(session, [box_id], hand.now_at, hand.ids)


def _standing(session: Session, kind: ActKind, subject_id: str, hand: Hand) -> tuple[ActRecord, Service]:
    """The report that stands, and its service; the actor must be allowed to make it."""
    if kind == "packed":
        service = packings(session, [subject_id])[subject_id].service
        ensure(hand.actor, "box.pack", kitchen_id=service.kitchen_id)
    else:
        service = published_batch(session, subject_id)[1]
        ensure(hand.actor, "batch.cook", kitchen_id=service.kitchen_id)
    last = load_record(session, kind, subject_id)
    if last is None or last.withdrawn:
        raise NotFound("act", _code(session, kind, subject_id))
    return last, service


def _keep(session: Session, last: ActRecord, changed: ActRecord, hand: Hand) -> None:
    event_id = hand.ids.new()
    kept = replace(
        changed,
        event_id=event_id,
        actor=hand.actor.user_id,
        recorded_at=hand.now_at,
        replaces=last.event_id,
    )
    save_correction(session, kept)
    act = "box.pack/correct" if last.kind == "packed" else "batch.cook/correct"
    detail: dict[str, Any] = {"kind": last.kind, "event": event_id, "replaces": last.event_id}
    detail |= {"before": _said(last), "after": _said(kept), "reason": kept.reason}
    code = _code(session, last.kind, last.subject_id)
    record(session, hand.actor, act, code, hand.now_at, detail)


def _rejudge_reheatings(session: Session, service: Service, batch_id: str, hand: Hand) -> None:
    """Keeps anew the reheatings that are in time, or no longer are, by the corrected minute off the heat."""
    box_ids = _boxes_touched(session, "cooked", batch_id)
    floors = [read_floor(session, service, [batch_id]), read_floor(session, service, box_ids=box_ids)]
    profile = profile_at(session, service.kitchen_id)
    found = {one.step_id: one for floor in floors if floor for one in rejudged(floor, profile)}
    for old_id, step in found.items():
        anew = replace(step, step_id=hand.ids.new(), actor=hand.actor.user_id, recorded_at=hand.now_at)
        save_step(session, replace(anew, replaces=old_id, reason=REJUDGED))


def _said(one: ActRecord) -> dict[str, Any] | None:
    return None if one.withdrawn else {"at": one.happened_at.isoformat(), "core_c": one.core_c}


def _core(last: ActRecord) -> float:
    if last.core_c is None:
        raise BadInput("core_not_possible", core_c="-")
    return last.core_c


def _by(last: ActRecord) -> ByWhom:
    return ByWhom(last.probe, last.person, last.warnings)


def _code(session: Session, kind: ActKind, subject_id: str) -> str:
    if kind == "packed":
        return session.get_one(BoxRow, subject_id).code
    return session.get_one(BatchRow, subject_id).code


def _production_id(session: Session, kind: ActKind, subject_id: str) -> str:
    row = session.get(BoxRow, subject_id) if kind == "packed" else session.get(BatchRow, subject_id)
    return row.production_id if row else ""


def _boxes_touched(session: Session, kind: ActKind, subject_id: str) -> list[str]:
    if kind == "packed":
        return [subject_id]
    if kind == "started":
        return []
    return boxes_with(session, [subject_id])


def _loose_sensors(session: Session, box_id: str) -> list[str]:
    """The sensors in a box that are not fixed to its carrier, as a scanner reads them."""
    fixed = packings(session, [box_id])[box_id].carrier.sensor_id
    uses = uses_of_boxes(session, [box_id])[box_id]
    return list(dict.fromkeys(f"{one.device_id}/{one.probe}" for one in uses if one.device_id != fixed))


def _put_in_since(
    session: Session, use: ProbeUse, packed_at: datetime, at: datetime, core_c: float | None
) -> None:
    """Puts a probe in anew since the mended minute; one that was put in later stays so."""
    from_at = at if use.from_at == packed_at else max(use.from_at, at)
    if use.to_at is None or from_at <= use.to_at:
        put_probe_in(session, replace(use, from_at=from_at, core_c=core_c))


def _unpack(session: Session, box_id: str, packed_at: datetime, hand: Hand) -> None:
    """Frees the carrier and the probe of a box that was never closed, and ends its alarms."""
    box = session.get_one(BoxRow, box_id)
    note_unpacked(session, box, actor=hand.actor.user_id, now_at=hand.now_at, ids=hand.ids)
    take_away(session, box_id, hand.correcting("packing_withdrawn", packed_at))
    ended = tuple(replace(alarm, cleared_at=hand.now_at) for alarm in open_alarms(session, box_id))
    if ended:
        apply_step(session, box_id, AlarmStep((), ended), hand.ids.new)
