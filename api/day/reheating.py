"""Reheating: once, in time, of food that was cooked; and what it does to the clock of a box's hold."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from api.checks.floor import Floor
from api.checks.points import names
from kitchen.acts import Packed, Reheats
from kitchen.haccp import REHEATS, ControlPoint
from kitchen.safety import SafetyProfile
from kitchen.store.production_rows import BoxRow
from kitchen.store.steps import Step
from orders.codes import Coded
from orders.errors import Conflict
from telemetry.hold_facts import HandCheck

LATE = "reheat_too_late"


def require_reheatable(
    floor: Floor, point: ControlPoint, batch_ids: Collection[str], box_id: str | None
) -> None:
    """
    Lets food be reheated: what is off the heat, as often as the profile says, by batch and box together.

    Raises
    ------
    Conflict
        ``reheat_before_cooked``, ``point_discard`` where the box was discarded after one that failed, or
        ``step_done_already`` with how often it may be done.
    """
    for batch in floor.batches:
        if batch.batch_id in batch_ids and batch.batch_id not in floor.cooked_at:
            raise Conflict("reheat_before_cooked", batch=batch.code)
    done = [
        sum(
            try_.passed
            for one in floor.of_batch[batch_id]
            if one.point.code == "reheat"
            for try_ in one.tries
        )
        for batch_id in batch_ids
    ]
    own, named = floor.reheated.get(box_id or ""), names(point)
    if own is not None and own.standing == "discard":
        about = {"ref": next(one.code for one in floor.boxes if one.box_id == box_id), **named}
        raise Conflict("point_discard", **about)
    times = max(done, default=0) + (sum(try_.passed for try_ in own.tries) if own else 0)
    if point.times_max and times >= point.times_max:
        params: dict[str, str | int] = {"times": point.times_max, **named}
        raise Conflict("step_done_already", **params)


def too_late(
    floor: Floor, batch_ids: Collection[str], at: datetime, profile: SafetyProfile
) -> tuple[Coded, ...]:
    """What is wrong with a reheating at this instant: food past its time is not saved by it."""
    found = []
    for batch in floor.batches:
        if batch.batch_id not in batch_ids:
            continue
        dish = floor.dishes.get(batch.dish_id)
        chilled = dish is not None and (dish.supply == "cook_chill" or dish.hold_class == "cold")
        most_s = profile.cold_window_s if chilled else profile.hot_window_s
        waited = at - floor.cooked_at.get(batch.batch_id, at)
        if waited > timedelta(seconds=most_s):
            minutes = int(waited.total_seconds()) // 60
            params: dict[str, str | int] = {
                "batch": batch.code,
                "minutes": minutes,
                "most_minutes": most_s // 60,
            }
            found.append(Coded(LATE, params))
    return tuple(found)


def rejudged(floor: Floor, profile: SafetyProfile) -> list[Step]:
    """
    Standing reheatings of a floor whose time is another one since a minute off the heat was corrected.

    Parameters
    ----------
    floor, profile
        With the minutes as they now stand; the rule.

    Returns
    -------
    list[Step]
        Each as it is to be judged now, with the id that it was kept under.
    """
    inside = {box.box_id: box.batch_ids for box in floor.boxes}
    found = []
    for one in floor.every_point():
        for step in one.tries if one.point.code in REHEATS else ():
            batch_ids = {step.batch_id} if step.batch_id else inside.get(step.box_id or "", frozenset())
            own = tuple(word for word in step.wrong if word.code != LATE)
            wrong = (*own, *too_late(floor, {key for key in batch_ids if key}, step.happened_at, profile))
            if (not wrong) != step.passed:
                found.append(replace(step, wrong=wrong, passed=not wrong))
    return found


def clock_facts(
    box: BoxRow,
    off: Mapping[str, datetime],
    packed: Packed,
    reheats: Reheats,
    profile: SafetyProfile,
) -> tuple[datetime | None, tuple[HandCheck, ...]]:
    """
    When the food of a box was cooked, and the reheating that the judge is to count.

    Parameters
    ----------
    box, off, packed
        The box; when each of its batches came off the heat, by batch id, as reported; that it was closed.
    reheats, profile
        Reheatings that reached their core in time; the rule.

    Returns
    -------
    tuple[datetime | None, tuple[HandCheck, ...]]
        The clock's start as the judge takes it, None when nothing was reported; one reheating or none. Where
        only some batches were reheated the earliest clock of all counts. A chilled box keeps the minute off
        the heat, and its own reheating beside it.

    References
    ----------
    docs/haccp.md, "Reheating"; docs/hold-chain.md.
    """
    cooked_at = min(off.values(), default=None)
    own = reheats.boxes.get(box.box_id)
    if cooked_at is None:
        return cooked_at, ()
    if box.hold_class == "cold":
        return cooked_at, (HandCheck(own.at, own.core_c),) if own else ()
    if own is not None:
        return _counted(cooked_at, HandCheck(own.at, own.core_c), profile)
    before = reheats.before(packed.happened_at)
    starts_at, first = min((before[key].at if key in before else at, key) for key, at in off.items())
    again = before.get(first)
    if again is None:
        return starts_at, ()
    return _counted(cooked_at, HandCheck(again.at, again.core_c), profile)


def _counted(
    cooked_at: datetime, again: HandCheck, profile: SafetyProfile
) -> tuple[datetime, tuple[HandCheck, ...]]:
    if again.at - cooked_at > timedelta(seconds=profile.hot_window_s):
        return again.at, ()
    return cooked_at, (again,)
