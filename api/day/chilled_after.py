"""Chilled food after the heat: how it cooled, a report that was wrong, and what is thrown away."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.checks.by_whom import NOBODY, ByWhom, by_whom
from api.checks.desk import CheckDesk, limits_of, open_checks, person_named, watch_of
from api.day.chilled_fit import failing_chilled
from api.day.corrections_fit import closed_boxes
from api.day.holds import profile_at
from api.day.judging import judge_boxes
from api.day.vouched import require_vouched
from api.moments import happened
from api.permissions import ensure
from api.probes import likely_core
from api.stock.desk import StockDesk, need_text, open_desk
from kitchen.haccp import ControlPoint, judge
from kitchen.store.chilled import (
    ChilledBatch,
    ChilledCooked,
    chilled_event,
    chilled_off_heat,
    chilled_used,
    find_chilled,
    save_chilled_cooked,
)
from kitchen.store.chilled_after import (
    ChilledWaste,
    carry_steps,
    chilled_wasted,
    drawing_batches,
    load_chilled_steps,
    save_chilled_step,
    save_chilled_waste,
)
from kitchen.store.production import boxes_with
from kitchen.store.steps import Step
from orders.errors import BadInput, Conflict, NotFound

COOK = "cook"
SHOWN_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class CoolingTold:
    """
    A measurement of a chilled batch as somebody tells it.

    Parameters
    ----------
    point, value_c
        At which stage of the cooling, and what the probe showed, degrees Celsius.
    by
        Which probe, who held it.
    happened_at
        When; None is now.
    """

    point: str
    value_c: float
    by: ByWhom = NOBODY
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mended:
    """
    How a report of a chilled batch should have been.

    Parameters
    ----------
    reason
        Why it is corrected, in somebody's words.
    portions, core_c, happened_at
        What is right; None leaves what was told.
    withdrawn
        Whether it was never off the heat.
    person
        Who stands by it: asked where a control point that failed is to pass by it.
    """

    reason: str
    portions: int | None = None
    core_c: float | None = None
    happened_at: datetime | None = None
    withdrawn: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class ChilledLeft:
    """
    What is left of a chilled batch that came off the heat.

    Parameters
    ----------
    batch, cooked
        Which, and its report.
    drawn, wasted, left
        Regular portions that published services take, that were thrown away, and that are over.
    eat_by_at
        Until when what is over may be eaten.
    """

    batch: ChilledBatch
    cooked: ChilledCooked
    drawn: int
    wasted: int
    left: int
    eat_by_at: datetime


def chilled_measured(session: Session, desk: CheckDesk, chilled_id: str, told: CoolingTold) -> Step:
    """
    Writes down how a chilled batch cools; every plan that draws from it takes the measurement over.

    Raises
    ------
    NotFound
        When there is no such batch, or no such stage.
    BadInput
        When the value is impossible, or probe or person is not listed, or not named where they are.
    Conflict
        When the batch is not off the heat, or the stage before was not measured.
    """
    batch, act = _cooked(session, chilled_id)
    open_checks(session, desk, "checks.keep")
    limits = limits_of(session, batch.kitchen_id)
    point = limits.floor.points.get(told.point)
    if point is None or point.applies != "cook_chill":
        raise NotFound("control_point", told.point)
    at = happened(told.happened_at, desk.now_at)
    by = by_whom(session, desk, watch_of(session, batch.kitchen_id, desk.date_of(at)), told.by, at)
    elapsed_s = _elapsed_s(session, point, batch, act, at)
    wrong = judge(point, likely_core(told.value_c), elapsed_s)
    step = Step(
        step_id=desk.ids.new(),
        service_key="",
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
        probe=by.probe,
        person=by.person,
        actor=desk.actor.user_id,
        happened_at=at,
        recorded_at=desk.now_at,
        revision=limits.revision,
        warnings=by.warnings or (),
    )
    save_chilled_step(session, chilled_id, step)
    detail = {"point": step.point, "value_c": step.value_c, "passed": step.passed}
    record(session, desk.actor, "checks.keep/step", f"{batch.service_key}/{batch.code}", desk.now_at, detail)
    drawing = drawing_batches(session, [chilled_id])
    for service_key in sorted({key for _, key, _ in drawing}):
        carry_steps(session, service_key)
    judge_boxes(session, boxes_with(session, [one for _, _, one in drawing]), desk.now_at, desk.ids)
    return step


def mend_chilled(session: Session, desk: CheckDesk, chilled_id: str, mended: Mended) -> int:
    """
    Corrects the report of a chilled batch; both reports stay, and clocks and counts follow the last one.

    A core off the heat may turn out below the limit: then nothing of it goes on, nor is any drawn.

    Returns
    -------
    int
        Regular portions that published services take and the batch never had: they are to be planned anew.

    Raises
    ------
    NotFound
        When there is no such batch.
    BadInput
        Without a reason, without a named person where a point that failed is to pass, or when the core or the
        count cannot be.
    Conflict
        When it is not off the heat, or a closed box holds food of it that by this was never cooked by then.
    """
    batch, act = _cooked(session, chilled_id)
    ensure(desk.actor, "batch.cook", kitchen_id=batch.kitchen_id)
    reason = need_text(mended.reason, "check_reason_missing")
    core_c = act.core_c if mended.core_c is None else likely_core(mended.core_c)
    if mended.portions is not None and mended.portions < 1:
        raise BadInput("chilled_portions", batch=batch.code)
    found = chilled_event(session, chilled_id)
    right = replace(
        act,
        portions=act.portions if mended.portions is None else mended.portions,
        core_c=core_c,
        actor=desk.actor.user_id,
        happened_at=happened(mended.happened_at, desk.now_at) if mended.happened_at else act.happened_at,
        recorded_at=desk.now_at,
        replaces=found[0] if found else "",
        withdrawn=mended.withdrawn,
        reason=reason,
    )
    drawn_into = [one for _, _, one in drawing_batches(session, [chilled_id])]
    _require_boxes_fit(session, batch, drawn_into, right)
    right = replace(right, person=_who_stands_by(session, desk, batch, (act, right), mended.person))
    save_chilled_cooked(session, desk.ids.new(), right)
    detail = {"portions": right.portions, "core_c": core_c, "withdrawn": right.withdrawn, "reason": reason}
    detail |= {"at": right.happened_at.isoformat(), "person": right.person}
    record(session, desk.actor, "batch.cook/chilled_corrected", batch.code, desk.now_at, detail)
    judge_boxes(session, boxes_with(session, drawn_into), desk.now_at, desk.ids)
    drawn = _drawn(session, [chilled_id]).get(chilled_id, 0)
    gone = chilled_wasted(session, [chilled_id]).get(chilled_id, 0)
    given = 0 if right.withdrawn else max(0, right.portions - gone)
    return max(0, drawn - given)


def _who_stands_by(
    session: Session,
    desk: CheckDesk,
    batch: ChilledBatch,
    reports: tuple[ChilledCooked, ChilledCooked],
    person: str,
) -> str:
    """The name of who says so, where a point that failed by the old report no longer does by the new one."""
    told, right = reports
    watch = watch_of(session, batch.kitchen_id, desk.today_on)
    if not right.withdrawn:
        saved = failing_chilled(session, batch, told) - failing_chilled(session, batch, right)
        require_vouched(not saved, True, person, right.reason)
    return person_named(session, desk, watch, person) if person else ""


def chilled_left(session: Session, desk: StockDesk) -> tuple[ChilledLeft, ...]:
    """Chilled batches off the heat of which something is over, or was thrown away, of the last two days."""
    off_heat = chilled_off_heat(session, desk.kitchen.kitchen_id, desk.now_at - SHOWN_FOR)
    if not off_heat:
        return ()
    open_for = timedelta(seconds=profile_at(session, desk.kitchen.kitchen_id).cold_window_s)
    chilled_ids = [one.chilled_id for one, _ in off_heat]
    taken, wasted = _drawn(session, chilled_ids), chilled_wasted(session, chilled_ids)
    found = []
    for batch, act in off_heat:
        drawn, gone = taken.get(batch.chilled_id, 0), wasted.get(batch.chilled_id, 0)
        left = max(0, act.portions - drawn - gone)
        if left or gone:
            found.append(ChilledLeft(batch, act, drawn, gone, left, act.happened_at + open_for))
    return tuple(found)


def throw_away(
    session: Session, desk: StockDesk, code: str, portions: int | None, reason: str, person: str
) -> ChilledWaste:
    """
    Writes down that what is over of a chilled batch was thrown away; no plan draws it from then on.

    Parameters
    ----------
    session, desk
        Open transaction, and who writes.
    code
        The batch's code, or its id.
    portions
        How many; None is all that is over.
    reason, person
        Why, and who did it.

    Raises
    ------
    NotFound
        When nothing of such a batch is over.
    BadInput
        Without a reason, or when more is thrown away than there is.
    """
    open_desk(session, desk, "stock.keep")
    over = [one for one in chilled_left(session, desk) if code in (one.batch.code, one.batch.chilled_id)]
    one = next((one for one in over if one.left), None)
    if one is None:
        raise NotFound("batch", code)
    many = one.left if portions is None else portions
    if not 1 <= many <= one.left:
        raise BadInput("chilled_waste_amount", batch=one.batch.code, left=one.left)
    why, who = need_text(reason, "stock_reason_missing"), person.strip() or desk.actor.name
    waste = ChilledWaste(one.batch.chilled_id, many, why, who, desk.actor.user_id, desk.now_at)
    save_chilled_waste(session, desk.ids.new(), waste)
    detail = {"portions": many, "reason": why, "person": who}
    record(session, desk.actor, "stock.keep/chilled_waste", one.batch.code, desk.now_at, detail)
    return waste


def _cooked(session: Session, chilled_id: str) -> tuple[ChilledBatch, ChilledCooked]:
    batch, found = find_chilled(session, chilled_id), chilled_event(session, chilled_id)
    if batch is None:
        raise NotFound("batch", chilled_id)
    if found is None or found[1].withdrawn:
        raise Conflict("chilled_not_cooked", batch=batch.code)
    return batch, found[1]


def _elapsed_s(
    session: Session, point: ControlPoint, batch: ChilledBatch, act: ChilledCooked, at: datetime
) -> int | None:
    if not point.after:
        return None
    first = point.after[0]
    before = [one for _, one in load_chilled_steps(session, [batch.chilled_id]) if one.point == first]
    passed = [one.happened_at for one in before if one.passed] or [one.happened_at for one in before]
    starts_at = act.happened_at if first == COOK else max((one for one in passed if one <= at), default=None)
    if starts_at is None or at < starts_at:
        raise Conflict("step_before_missing", point_zh=point.name_zh, point_en=point.name_en)
    return round((at - starts_at).total_seconds())


def _require_boxes_fit(
    session: Session, batch: ChilledBatch, drawn_into: Iterable[str], right: ChilledCooked
) -> None:
    """Lets a report stand so: what is in a closed box was off the heat before."""
    closed = [box for batch_id in drawn_into for box in closed_boxes(session, batch_id)]
    for code, closed_at in sorted(closed, key=lambda one: (one[1], one[0])):
        if right.withdrawn:
            raise Conflict("batch_in_closed_box", batch=batch.code, box=code)
        if closed_at < right.happened_at:
            raise Conflict("batch_not_cooked", batch=batch.code, box=code)


def _drawn(session: Session, chilled_ids: Sequence[str]) -> dict[str, int]:
    """Regular portions, rounded up, that published services take of chilled batches, by id."""
    return {one: math.ceil(used) for one, used in chilled_used(session, chilled_ids, "").items()}
