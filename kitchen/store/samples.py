"""Rows of samples and of what became of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.samples import Sample, SampleCause, SampleEvent, SampleEventKind
from kitchen.store.check_rows import SampleEventRow, SampleRow
from kitchen.store.production_rows import BatchRow, ProductionRow
from orders.store.base import insert_rows


def save_sample(session: Session, one: Sample, *, replaces: str | None = None, reason: str = "") -> None:
    """Keeps a sample; a second of the same dish must name the one it corrects."""
    insert_rows(session, SampleRow, [asdict(one) | {"replaces": replaces, "reason": reason}])


def save_sample_event(session: Session, one: SampleEvent) -> None:
    """Keeps what became of a sample."""
    query = select(func.count()).where(SampleEventRow.sample_id == one.sample_id)
    number = session.exec(query).one() + 1
    insert_rows(session, SampleEventRow, [asdict(one) | {"number": number}])


def load_samples(session: Session, service_key: str) -> list[Sample]:
    """Standing samples of a service, in the order they were taken."""
    return _samples(session, SampleRow.service_key == service_key)


def replaced_samples(session: Session, service_key: str) -> list[tuple[Sample, datetime, str]]:
    """Samples of a service that a later one corrects, with when and why."""
    later = aliased(SampleRow)
    query = (
        select(SampleRow, later.recorded_at, later.reason)
        .join(later, col(later.replaces) == col(SampleRow.sample_id))
        .where(SampleRow.service_key == service_key)
        .order_by(col(SampleRow.taken_at), col(SampleRow.code))
    )
    return [(_sample(row), at, reason) for row, at, reason in session.exec(query)]


def open_samples(session: Session, kitchen_id: str) -> list[Sample]:
    """A kitchen's samples that nobody has destroyed."""
    gone = select(SampleEventRow.sample_id).where(SampleEventRow.kind == "destroyed")
    of_kitchen = col(SampleRow.service_key).startswith(f"{kitchen_id}/", autoescape=True)
    return _samples(session, of_kitchen & col(SampleRow.sample_id).not_in(gone))


def find_sample(session: Session, sample_id: str) -> Sample | None:
    """One standing sample; None when there is none."""
    return next(iter(_samples(session, SampleRow.sample_id == sample_id)), None)


def count_samples(session: Session, service_key: str) -> int:
    """Samples of a service ever written down, corrected ones included."""
    return session.exec(select(func.count()).where(SampleRow.service_key == service_key)).one()


def load_sample_events(session: Session, sample_ids: Collection[str]) -> dict[str, list[SampleEvent]]:
    """What became of each sample, in order."""
    query = select(SampleEventRow).where(col(SampleEventRow.sample_id).in_(sample_ids))
    found: dict[str, list[SampleEvent]] = defaultdict(list)
    for row in session.exec(query.order_by(col(SampleEventRow.number))):
        found[row.sample_id].append(_event(row))
    return dict(found)


def frozen_by(session: Session, cause: SampleCause, refs: Collection[str]) -> dict[str, list[str]]:
    """Samples that each of some causes froze, as service and code: ``K1/2026-11-23/lunch S01``."""
    query = (
        select(SampleEventRow.ref, SampleRow.service_key, SampleRow.code)
        .join(SampleRow, col(SampleEventRow.sample_id) == col(SampleRow.sample_id))
        .where(SampleEventRow.cause == cause, col(SampleEventRow.ref).in_(refs))
        .distinct()
    )
    found: dict[str, list[str]] = defaultdict(list)
    for ref, key, code in session.exec(query.order_by(col(SampleRow.service_key), col(SampleRow.code))):
        found[ref].append(f"{key} {code}")
    return dict(found)


def samples_of_batches(session: Session, batch_ids: Collection[str]) -> list[Sample]:
    """Standing samples of the dishes that some batches are of, each in its own meal."""
    query = (
        select(ProductionRow.service_key, BatchRow.dish_id, BatchRow.variant)
        .join(BatchRow, col(BatchRow.production_id) == col(ProductionRow.production_id))
        .where(col(BatchRow.batch_id).in_(batch_ids))
        .distinct()
    )
    wanted = set(session.exec(query))
    of_meals = _samples(session, col(SampleRow.service_key).in_({key for key, _, _ in wanted}))
    return [one for one in of_meals if (one.service_key, one.dish_id, one.variant) in wanted]


def _event(row: SampleEventRow) -> SampleEvent:
    kind, cause = cast(SampleEventKind, row.kind), cast(SampleCause, row.cause)
    return SampleEvent(row.sample_id, kind, row.reason, row.person, row.actor, row.at, cause, row.ref)


def _samples(session: Session, wanted: Any) -> list[Sample]:
    later = aliased(SampleRow)
    query = (
        select(SampleRow)
        .where(wanted)
        .where(~select(later.sample_id).where(col(later.replaces) == col(SampleRow.sample_id)).exists())
        .order_by(col(SampleRow.taken_at), col(SampleRow.code))
    )
    return [_sample(row) for row in session.exec(query)]


def _sample(row: SampleRow) -> Sample:
    return Sample(
        row.sample_id,
        row.code,
        row.service_key,
        row.dish_id,
        row.variant,
        row.batch_id,
        row.g,
        row.fridge,
        row.place,
        row.person,
        row.actor,
        row.taken_at,
        row.recorded_at,
        row.keep_until_at,
    )
