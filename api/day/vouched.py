"""A failed value at a control point that is corrected to a passing one: a named person says so, and why."""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, Watch, person_named
from api.checks.floor import Floor, read_floor
from api.checks.points import COOK, STOPS, Measured
from api.stock.desk import need_text
from kitchen.acts import ActKind, ActRecord
from kitchen.haccp import judge
from kitchen.store.acts import load_record
from kitchen.store.production import boxes_with
from kitchen.store.steps import Step, save_step
from orders.service import Service


def require_vouched(old_passed: bool, passed: bool, person: str, reason: str) -> None:
    """
    Lets a correction stand by itself unless it makes a failed value pass: that one has a person and a reason.

    Raises
    ------
    BadInput
        When one of the two is missing.
    """
    if passed and not old_passed:
        need_text(person, "check_person_missing")
        need_text(reason, "check_reason_missing")


def vouched_act(
    session: Session, desk: CheckDesk, service: Service, last: ActRecord, changed: ActRecord, person: str
) -> ActRecord:
    """
    The corrected act with who stands by it, where its failed core becomes a passing one.

    Parameters
    ----------
    session, desk
        Open transaction; whose floor, and when.
    service, last, changed
        Of which service; the act as it stood, and as it is to stand, with its reason.
    person
        Who says so, as told.

    Returns
    -------
    ActRecord
        As it is to be kept; of a batch the measurement that names the person is kept here.

    Raises
    ------
    BadInput
        When the person or the reason is missing, or the person is not of the staff.
    """
    if last.core_c is None or changed.core_c is None or changed.core_c == last.core_c:
        return changed
    found = _point(session, service, last)
    if found is None:
        return changed
    floor, measured = found
    if not judge(measured.point, last.core_c) or judge(measured.point, changed.core_c):
        return changed
    require_vouched(False, True, person, changed.reason)
    name = person_named(session, desk, floor.watch, person)
    if last.kind == "cooked":
        save_step(session, _told(desk, floor, measured, changed, name))
    return replace(changed, person=name)


def vouched_minute(
    session: Session, desk: CheckDesk, service: Service, changed: ActRecord, person: str
) -> None:
    """
    Keeps who stands by a corrected minute off the heat by which a control point that failed no longer does.

    Raises
    ------
    BadInput
        When the person or the reason is missing, or the person is not of the staff: nothing of it is kept.
    """
    require_vouched(False, True, person, changed.reason)
    found = _point(session, service, changed)
    if found is None:
        return
    floor, measured = found
    name = person_named(session, desk, floor.watch, person)
    if changed.core_c is not None:
        save_step(session, _told(desk, floor, measured, changed, name))
    subject = f"{service.key}/{changed.subject_id}"
    record(session, desk.actor, "batch.cook/vouched", subject, desk.now_at, {"person": name})


def failing(session: Session, service: Service, batch_id: str) -> frozenset[tuple[str, str]]:
    """Id and control point of what fails now of a batch, and of the boxes that it is in."""
    boxes = boxes_with(session, [batch_id])
    floors = [read_floor(session, service, [batch_id])]
    floors += [read_floor(session, service, box_ids=boxes)] if boxes else []
    return frozenset(
        (food_id, one.point.code)
        for floor in floors
        if floor
        for food_id, one in _standing(floor)
        if one.standing in STOPS
    )


def _standing(floor: Floor) -> Iterator[tuple[str, Measured]]:
    """Every point of a floor with the id of its batch or box."""
    yield from ((key, one) for key, points in floor.of_batch.items() for one in points)
    yield from floor.of_box.items()
    yield from floor.reheated.items()


def late_act(session: Session, service: Service, kind: ActKind, subject_id: str) -> Watch | None:
    """Who may stand by another minute of an act, by which something might pass; None where nothing fails."""
    act = load_record(session, kind, subject_id) if kind == "cooked" else None
    if act is None or not any(code != COOK for _, code in failing(session, service, subject_id)):
        return None
    found = _point(session, service, act)
    return found[0].watch if found else None


def failed_act(session: Session, service: Service, kind: ActKind, subject_id: str) -> Watch | None:
    """Who may stand by the correction of an act whose core fails; None of one that passes, or has none."""
    act = load_record(session, kind, subject_id)
    found = _point(session, service, act) if act is not None and act.core_c is not None else None
    if act is None or act.core_c is None or found is None or not judge(found[1].point, act.core_c):
        return None
    return found[0].watch


def _point(session: Session, service: Service, act: ActRecord) -> tuple[Floor, Measured] | None:
    """The control point at which the core of an act counts; None of an act without one."""
    if act.kind == "started":
        return None
    of_box = act.kind == "packed"
    ids = [act.subject_id]
    floor = read_floor(session, service, box_ids=ids) if of_box else read_floor(session, service, ids)
    if floor is None:
        return None
    if of_box:
        return floor, floor.of_box[act.subject_id]
    return floor, next(one for one in floor.of_batch[act.subject_id] if one.point.code == COOK)


def _told(desk: CheckDesk, floor: Floor, measured: Measured, act: ActRecord, name: str) -> Step:
    """The measurement that tells the corrected act: the row of a batch's act names nobody itself."""
    point = measured.point
    return Step(
        step_id=desk.ids.new(),
        service_key=floor.service.key,
        point=point.code,
        batch_id=act.subject_id,
        box_id=None,
        value_c=act.core_c or 0.0,
        least_c=point.least_c,
        most_c=point.most_c,
        elapsed_s=None,
        within_s=None,
        wrong=(),
        passed=True,
        probe=measured.probe,
        person=name,
        actor=desk.actor.user_id,
        happened_at=act.happened_at,
        recorded_at=desk.now_at,
        revision=floor.limits.revision,
        reason=act.reason,
    )
