"""Rows of measurements at control points."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.acts import Reheated, Reheats
from kitchen.haccp import REHEATS
from kitchen.store.check_rows import MeasuredRow, StepRow
from kitchen.store.checks import kept_codes, read_codes
from orders.codes import Coded
from orders.store.base import insert_rows


@dataclass(frozen=True, slots=True)
class Step:
    """
    One measurement at a control point.

    Parameters
    ----------
    step_id, service_key, point
        Which, of which service, at which point.
    batch_id, box_id
        On which of the two; on neither, and of no service, while no plan draws from a chilled batch.
    value_c, least_c, most_c
        As the probe showed it, and the limits it was judged by, degrees Celsius.
    elapsed_s, within_s
        Seconds since the point before, and how many were allowed; None without a time.
    wrong, passed
        What is wrong with it.
    probe, person
        Which probe, who held it, by name.
    actor, happened_at, recorded_at
        Who wrote it down; when it was measured, and when written down.
    revision
        Of the profile that it was judged by.
    replaces, reason
        The measurement that it corrects, and why.
    warnings
        What there was to warn of when it was measured: a probe whose calibration was overdue.
    """

    step_id: str
    service_key: str
    point: str
    batch_id: str | None
    box_id: str | None
    value_c: float
    least_c: float | None
    most_c: float | None
    elapsed_s: int | None
    within_s: int | None
    wrong: tuple[Coded, ...]
    passed: bool
    probe: str
    person: str
    actor: str
    happened_at: datetime
    recorded_at: datetime
    revision: int
    replaces: str | None = None
    reason: str = ""
    warnings: tuple[Coded, ...] = ()


def save_step(session: Session, one: Step) -> None:
    """Keeps a measurement."""
    of = {name: getattr(one, name) for name in ("service_key", "batch_id", "box_id", "replaces", "reason")}
    insert_rows(session, StepRow, [measured_values(one) | of])


def load_steps(
    session: Session,
    service_key: str,
    batch_ids: Collection[str] | None = None,
    box_ids: Collection[str] = (),
    *,
    every: bool = False,
) -> list[Step]:
    """Measurements of a service, or of these batches and boxes, in order: the standing ones, or all."""
    query = (
        select(StepRow)
        .where(StepRow.service_key == service_key)
        .order_by(col(StepRow.happened_at), col(StepRow.recorded_at), col(StepRow.step_id))
    )
    if not every:
        later = aliased(StepRow)
        query = query.where(
            ~select(later.step_id).where(col(later.replaces) == col(StepRow.step_id)).exists()
        )
    if batch_ids is not None:
        query = query.where(col(StepRow.batch_id).in_(batch_ids) | col(StepRow.box_id).in_(box_ids))
    return [_step(row) for row in session.exec(query)]


def corrected_steps(session: Session, service_key: str) -> frozenset[str]:
    """Ids of a service's measurements that a later one corrects."""
    query = select(StepRow.replaces).where(StepRow.service_key == service_key)
    return frozenset(one for one in session.exec(query.where(col(StepRow.replaces).is_not(None))) if one)


def load_reheats(session: Session, service_key: str, box_ids: Collection[str] | None = None) -> Reheats:
    """Standing reheatings of a service that count: of its batches, and of these boxes or all."""
    later = aliased(StepRow)
    query = (
        select(StepRow)
        .where(StepRow.service_key == service_key, col(StepRow.point).in_(REHEATS))
        .where(~select(later.step_id).where(col(later.replaces) == col(StepRow.step_id)).exists())
        .order_by(col(StepRow.happened_at).desc())
    )
    batches, boxes, failed = {}, {}, set[str]()
    for row in session.exec(query):
        if row.batch_id is not None and row.passed:
            batches[row.batch_id] = Reheated(row.happened_at, row.value_c)
        elif row.box_id is not None and (box_ids is None or row.box_id in box_ids):
            if row.passed:
                boxes[row.box_id] = Reheated(row.happened_at, row.value_c)
            else:
                failed.add(row.box_id)
    return Reheats(batches, boxes, frozenset(failed))


def find_step(session: Session, step_id: str) -> Step | None:
    """One measurement; None when there is none."""
    row = session.get(StepRow, step_id)
    return None if row is None else _step(row)


def measured_values(one: Step) -> dict[str, Any]:
    """The columns of a measurement, as `read_measured` takes them."""
    codes = {"wrong": kept_codes(one.wrong), "warnings": kept_codes(one.warnings)}
    return {name: getattr(one, name) for name in MeasuredRow.model_fields} | codes


def read_measured(
    row: MeasuredRow,
    service_key: str,
    batch_id: str | None = None,
    box_id: str | None = None,
    replaces: str | None = None,
    reason: str = "",
) -> Step:
    """A row's measurement, of a service's batch or box."""
    codes = {"wrong": read_codes(row.wrong), "warnings": read_codes(row.warnings)}
    plain = {name: getattr(row, name) for name in MeasuredRow.model_fields} | codes
    return Step(
        **plain, service_key=service_key, batch_id=batch_id, box_id=box_id, replaces=replaces, reason=reason
    )


def _step(row: StepRow) -> Step:
    return read_measured(row, row.service_key, row.batch_id, row.box_id, row.replaces, row.reason)
