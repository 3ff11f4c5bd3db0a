"""Control points: a measurement is written down, corrected, and acted upon before the batch goes on."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.by_whom import ByWhom, by_whom, probe_named
from api.checks.desk import CheckDesk, open_checks, person_named
from api.checks.floor import Floor, need_floor, read_floor
from api.checks.points import COOK, Measured, counted_from, names
from api.day.core_clock import clock_of, require_clock, start_clock
from api.day.holds import profile_at
from api.day.reheating import require_reheatable, too_late
from api.day.vouched import failing, require_vouched
from api.freezing import Freeze, freeze_batches
from api.moments import happened
from api.probes import likely_core
from api.stock.desk import need_text
from kitchen.haccp import REHEATS, ControlPoint, judge
from kitchen.store.checks import Remedy, save_remedy
from kitchen.store.steps import Step, corrected_steps, find_step, save_step
from orders.codes import Coded
from orders.errors import BadInput, Conflict, NotFound
from orders.service import Service


@dataclass(frozen=True, slots=True)
class StepTold:
    """
    A measurement as somebody tells it.

    Parameters
    ----------
    point, ref
        At which control point, of which batch or box: its code or id.
    value_c
        As the probe showed it, degrees Celsius.
    probe, person
        Which probe, who held it.
    happened_at
        When; None is now, of a correction the minute of what it corrects.
    replaces, reason
        The measurement that it corrects, and why; probe and person are the same where none is named. A
        failed one that is to pass names a person.
    """

    point: str
    ref: str
    value_c: float
    probe: str = ""
    person: str = ""
    happened_at: datetime | None = None
    replaces: str | None = None
    reason: str = ""


def record_step(session: Session, desk: CheckDesk, service: Service, told: StepTold) -> Step:
    """
    Writes a measurement down; a core at the end of cooking that is hot enough starts the batch's clock.

    Raises
    ------
    NotFound
        When the service is not published, or has no such point, batch or box.
    BadInput
        When the value is impossible, or the probe or the person is not listed, or not named where they are.
    Conflict
        When the point before is missing, a failed one has no action yet, it may not be done again, or it was
        corrected before.

    References
    ----------
    docs/haccp.md, "Steps of a batch".
    """
    open_checks(session, desk, "checks.keep")
    floor = need_floor(session, service)
    point = floor.limits.floor.points.get(told.point)
    if point is None:
        raise NotFound("control_point", told.point)
    batch_id, box_id, points = _place(floor, point, told.ref)
    old, at = _replaced(session, service, told), happened(told.happened_at, desk.now_at)
    clock = clock_of(session, floor, batch_id if point.code == COOK else None, old)
    person = told.person
    if old is not None:
        told, at = _as_before(told, old), at if told.happened_at else clock.old_at or old.happened_at
    _require_turn(point, points, told)
    late = _late_reheating(session, floor, point, told, at, (batch_id, box_id))
    by = by_whom(session, desk, floor.watch, ByWhom(told.probe, told.person), at)
    elapsed_s = _elapsed_s(floor, point, points, at, batch_id)
    judged = _judged(desk, floor, point, told, at, elapsed_s)
    step = replace(
        judged,
        wrong=(*judged.wrong, *late),
        passed=judged.passed and not late,
        batch_id=batch_id,
        box_id=box_id,
        probe=by.probe,
        person=by.person,
        replaces=told.replaces,
        warnings=by.warnings or (),
    )
    require_vouched(old is None or old.passed, step.passed, person, told.reason)
    require_clock(point, step, clock, told.ref)
    stood = failing(session, service, batch_id) if old is not None and batch_id else frozenset()
    _keep(session, desk, step, told.ref)
    start_clock(session, desk, step, clock)
    if stood and batch_id and stood - failing(session, service, batch_id):
        require_vouched(False, True, person, told.reason)
    return step


def keep_cold_core(
    session: Session, desk: CheckDesk, service: Service, batch_id: str, told: StepTold
) -> Step | None:
    """
    Keeps a core at the end of cooking that is below the limit, whoever told it and with whatever probe.

    Where the house lists probes and people and nobody named one, the probe stays empty and the person is the
    one signed in: a failure is worth more with a name missing than not at all.

    Returns
    -------
    Step | None
        The measurement that failed; None when the core passes, and nothing is kept.

    Raises
    ------
    BadInput
        When the value is impossible, the probe or the person is not listed.
    Conflict
        When an earlier one that failed has no action yet, or the batch is discarded.
    """
    open_checks(session, desk, "checks.keep")
    floor = read_floor(session, service, [batch_id])
    point = floor.limits.floor.points.get(told.point) if floor else None
    if floor is None or point is None or not judge(point, likely_core(told.value_c)):
        return None
    _require_turn(point, floor.of_batch[batch_id], told)
    at = happened(told.happened_at, desk.now_at)
    probe, warnings = probe_named(desk, floor.watch, told.probe, at) if told.probe else ("", ())
    person = person_named(session, desk, floor.watch, told.person) if told.person else desk.actor.name
    found = _judged(desk, floor, point, told, at, None)
    step = replace(found, batch_id=batch_id, probe=probe, person=person, warnings=warnings)
    _keep(session, desk, step, told.ref)
    return step


def _late_reheating(
    session: Session,
    floor: Floor,
    point: ControlPoint,
    told: StepTold,
    at: datetime,
    of: tuple[str | None, str | None],
) -> tuple[Coded, ...]:
    """What is wrong with the moment of a reheating; nothing with any other measurement."""
    if point.code not in REHEATS:
        return ()
    batch_id, box_id = of
    inside = {batch_id} if batch_id else next(one.batch_ids for one in floor.boxes if one.box_id == box_id)
    batch_ids = {one for one in inside if one is not None}
    if told.replaces is None:
        require_reheatable(floor, point, batch_ids, box_id)
    return too_late(floor, batch_ids, at, profile_at(session, floor.service.kitchen_id))


def _judged(
    desk: CheckDesk, floor: Floor, point: ControlPoint, told: StepTold, at: datetime, elapsed_s: int | None
) -> Step:
    """A measurement with its limits and what is wrong with it, of no batch or box yet."""
    wrong = judge(point, likely_core(told.value_c), elapsed_s)
    return Step(
        step_id=desk.ids.new(),
        service_key=floor.service.key,
        point=point.code,
        batch_id=None,
        box_id=None,
        value_c=told.value_c,
        least_c=point.least_c,
        most_c=point.most_c,
        elapsed_s=elapsed_s,
        within_s=point.within_s,
        wrong=wrong,
        passed=not wrong,
        probe="",
        person="",
        actor=desk.actor.user_id,
        happened_at=at,
        recorded_at=desk.now_at,
        revision=floor.limits.revision,
        reason=told.reason.strip(),
    )


def _keep(session: Session, desk: CheckDesk, step: Step, ref: str) -> None:
    save_step(session, step)
    detail = {"point": step.point, "value_c": step.value_c, "passed": step.passed}
    record(session, desk.actor, "checks.keep/step", f"{step.service_key}/{ref}", desk.now_at, detail)


def act_on_step(
    session: Session, desk: CheckDesk, service: Service, ref: str, action: str, person: str, note: str = ""
) -> Remedy:
    """
    Writes down what was done about a measurement that failed.

    Parameters
    ----------
    session, desk
        Open transaction; whose floor.
    service, ref
        Of which service, and the id that `Measured.ref` gives.
    action, person, note
        Which action, who did it, in whose words.

    Raises
    ------
    NotFound
        When nothing measured has this id.
    BadInput
        When the point knows no such action, or the person is not listed.
    Conflict
        When the measurement did not fail, the food is discarded, or the action cannot help any more: its time
        is over, or the food was reheated before.
    """
    open_checks(session, desk, "checks.keep")
    floor = need_floor(session, service)
    found = find_measured(floor, ref)
    if found.standing in ("passed", "discard"):
        raise Conflict(f"step_{found.standing}", **names(found.point))
    if action not in found.point.actions:
        raise BadInput("action_unknown", action=action[:40])
    if action not in found.actions:
        raise Conflict("action_in_vain", **names(found.point))
    name = person_named(session, desk, floor.watch, person)
    effect = floor.limits.floor.actions[action].effect
    done = Remedy(ref, action, effect, note.strip(), name, desk.actor.user_id, desk.now_at)
    save_remedy(session, desk.kitchen.kitchen_id, desk.ids.new(), done)
    record(session, desk.actor, "checks.keep/action", ref, desk.now_at, {"action": action})
    if effect == "discard":
        batch_ids, code = _food(floor, found)
        freeze_batches(session, batch_ids, Freeze("discard", code, desk.actor, desk.now_at, note.strip()))
    return done


def find_measured(floor: Floor, ref: str) -> Measured:
    """The point of a floor whose newest measurement has this id; `NotFound` when none has."""
    found = next((one for one in floor.every_point() if one.ref and one.ref == ref), None)
    if found is None:
        raise NotFound("measurement", ref)
    return found


def _food(floor: Floor, one: Measured) -> tuple[frozenset[str], str]:
    """The batches of which something is discarded, and the code of the batch or box that is."""
    for batch in floor.batches:
        if one in floor.of_batch[batch.batch_id]:
            return frozenset({batch.batch_id}), batch.code
    box = next(
        box for box in floor.boxes if one in (floor.of_box[box.box_id], floor.reheated.get(box.box_id))
    )
    return box.batch_ids, box.code


def _place(
    floor: Floor, point: ControlPoint, ref: str
) -> tuple[str | None, str | None, tuple[Measured, ...]]:
    """Ids of batch and box that a measurement is of, and how their points stand."""
    if point.of_box:
        box = next((one for one in floor.boxes if ref in (one.code, one.box_id)), None)
        if box is None:
            raise NotFound("box", ref)
        again = floor.reheated.get(box.box_id)
        return None, box.box_id, (floor.of_box[box.box_id], *([again] if again else []))
    batch = next((one for one in floor.batches if ref in (one.code, one.batch_id)), None)
    if batch is None:
        raise NotFound("batch", ref)
    return batch.batch_id, None, floor.of_batch[batch.batch_id]


def _require_turn(point: ControlPoint, points: tuple[Measured, ...], told: StepTold) -> None:
    own = next((one for one in points if one.point.code == point.code), None)
    if own is None or told.replaces is not None:
        return
    if own.standing in ("failed", "discard"):
        raise Conflict(f"point_{own.standing}", ref=told.ref, **names(point))
    done = sum(one.passed for one in own.tries)
    if point.times_max and done >= point.times_max:
        params: dict[str, str | int] = {"times": point.times_max, **names(point)}
        raise Conflict("step_done_already", **params)


def _elapsed_s(
    floor: Floor, point: ControlPoint, points: tuple[Measured, ...], at: datetime, batch_id: str | None
) -> int | None:
    if not point.after:
        return None
    cooked_at = floor.cooked_at.get(batch_id or "")
    starts_at = counted_from(point, points, cooked_at, at)
    if starts_at is None:
        before = next((one for one in points if one.point.code == point.after[0]), None)
        if before is None or before.at is None:
            raise Conflict("step_before_missing", **names(point))
        raise BadInput("step_before_the_last", at=at.isoformat())
    return round((at - starts_at).total_seconds())


def _replaced(session: Session, service: Service, told: StepTold) -> Step | None:
    """The measurement that is corrected: of this service and point, and once; of a clock, of this batch."""
    if told.replaces is None:
        return None
    need_text(told.reason, "check_reason_missing")
    found = find_step(session, told.replaces)
    if found is None or found.service_key != service.key or found.point != told.point:
        raise NotFound("measurement", told.replaces)
    if found.step_id in corrected_steps(session, service.key):
        raise Conflict("step_corrected_already")
    return found


def _as_before(told: StepTold, old: Step) -> StepTold:
    """A correction with what it leaves unsaid: probe and person are those of what it corrects."""
    return replace(told, probe=told.probe or old.probe, person=told.person or old.person)
