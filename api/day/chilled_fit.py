"""Chilled food that no plan draws from: undercooked, cooled too slowly, or not measured while it cooled."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from api.checks.desk import limits_of
from api.checks.points import Measured, Trail, batch_points, counted_from, names
from kitchen.acts import ActRecord
from kitchen.haccp import SETTLED
from kitchen.store.checks import load_remedies
from kitchen.store.chilled import ChilledBatch, ChilledCooked
from kitchen.store.chilled_after import drawing_batches, load_chilled_steps
from kitchen.store.steps import Step, load_steps
from kitchen.store.watched import load_probes
from orders.codes import Coded


def unfit_chilled(
    session: Session,
    kitchen_id: str,
    off_heat: Sequence[tuple[ChilledBatch, ChilledCooked]],
    now_at: datetime | None,
) -> dict[str, Coded]:
    """
    Chilled batches that nothing may be drawn of, each with the first thing that is wrong.

    Where no probes are listed nobody watches for what is not measured; what failed always counts.

    Parameters
    ----------
    session, kitchen_id
        Open; whose limits.
    off_heat
        Batches, each with its report as it stands.
    now_at
        By when a stage must have been measured whose time is over; None where the minute does not matter.
    """
    if not off_heat:
        return {}
    due_at = now_at if load_probes(session, kitchen_id) else None
    found = {}
    for batch, act, points in _points(session, kitchen_id, off_heat):
        if wrong := next((one for one in points if _bars(one, points, act, due_at)), None):
            code = "chilled_not_measured" if wrong.standing == "missing" else "chilled_not_kept"
            found[batch.chilled_id] = Coded(code, {"batch": batch.code, **names(wrong.point)})
    return found


def failing_chilled(session: Session, batch: ChilledBatch, act: ChilledCooked) -> frozenset[str]:
    """Codes of the control points that a chilled batch fails, were this the report of it."""
    ((_, _, points),) = _points(session, batch.kitchen_id, [(batch, act)])
    return frozenset(one.point.code for one in points if one.standing not in (*SETTLED, "missing"))


def _points(
    session: Session, kitchen_id: str, off_heat: Sequence[tuple[ChilledBatch, ChilledCooked]]
) -> Iterator[tuple[ChilledBatch, ChilledCooked, tuple[Measured, ...]]]:
    """Chilled batches with their reports, and how their control points stand by those."""
    rules = limits_of(session, kitchen_id).floor
    steps = _steps(session, [batch.chilled_id for batch, _ in off_heat])
    remedies = load_remedies(session, {step.step_id for own in steps.values() for step in own})
    for batch, act in off_heat:
        own = steps.get(batch.chilled_id, [])
        replaced = frozenset(step.replaces for step in own if step.replaces)
        trail = Trail(own, [_act(act)], replaced, remedies)
        yield batch, act, batch_points(rules, trail, chilled=True, cook_chill=True)


def _bars(one: Measured, points: Collection[Measured], act: ChilledCooked, due_at: datetime | None) -> bool:
    """Whether a point failed, or was to be measured by then and was not."""
    if one.standing != "missing":
        return one.standing not in SETTLED
    if due_at is None or one.point.within_s is None:
        return False
    starts_at = counted_from(one.point, points, act.happened_at, due_at)
    return starts_at is not None and starts_at + timedelta(seconds=one.point.within_s) < due_at


def _steps(session: Session, chilled_ids: Sequence[str]) -> Mapping[str, list[Step]]:
    """Measurements by chilled batch: once plans draw from it those of their batches, with all before."""
    drawing: dict[str, dict[str, str]] = defaultdict(dict)
    for chilled_id, service_key, batch_id in drawing_batches(session, chilled_ids):
        drawing[service_key][batch_id] = chilled_id
    found: dict[str, list[Step]] = defaultdict(list)
    for service_key, batches in drawing.items():
        for step in load_steps(session, service_key, list(batches), every=True):
            found[batches[step.batch_id or ""]].append(step)
    for chilled_id, step in load_chilled_steps(session, [one for one in chilled_ids if one not in found]):
        found[chilled_id].append(step)
    return found


def _act(act: ChilledCooked) -> ActRecord:
    told = (act.core_c, act.actor, act.happened_at, act.recorded_at)
    return ActRecord("", "cooked", act.chilled_id, "", *told)
