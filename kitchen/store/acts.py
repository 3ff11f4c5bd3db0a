"""What people in the kitchen reported: evidence, so a correction is a new row that names the old one."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, cast

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.acts import ActKind, ActRecord, Cooked, Packed, Started
from kitchen.store.checks import kept_codes, read_codes
from kitchen.store.chilled import chilled_reports
from kitchen.store.production_rows import BatchEventRow, BatchRow, BoxEventRow, BoxRow


def save_started(session: Session, event_id: str, act: Started, *, replaces: str | None = None) -> None:
    """Keeps that a batch went on the heat; a second report must name the event it replaces."""
    _save_batch(session, event_id, "started", act, None, replaces)


def save_cooked(session: Session, event_id: str, act: Cooked, *, replaces: str | None = None) -> None:
    """Keeps that a batch came off the heat; a second report must name the event it replaces."""
    _save_batch(session, event_id, "cooked", act, act.core_c, replaces)


def save_packed(session: Session, event_id: str, act: Packed, *, replaces: str | None = None) -> None:
    """Keeps that a box was closed; a second report must name the event it replaces."""
    session.add(
        BoxEventRow(
            event_id=event_id,
            box_id=act.box_id,
            kind="packed",
            carrier_id=act.carrier_id,
            core_c=act.core_c,
            actor=act.actor,
            happened_at=act.happened_at,
            recorded_at=act.recorded_at,
            replaces=replaces or _withdrawn_before(session, "packed", act.box_id),
            probe=act.probe,
            person=act.person,
            warnings=kept_codes(act.warnings),
        )
    )
    session.flush()


def save_correction(session: Session, record: ActRecord) -> None:
    """Keeps a row that names the one it replaces: other facts, or that it never happened."""
    values: dict[str, Any] = {
        "event_id": record.event_id,
        "kind": record.kind,
        "core_c": record.core_c,
        "actor": record.actor,
        "happened_at": record.happened_at,
        "recorded_at": record.recorded_at,
        "replaces": record.replaces,
        "withdrawn": record.withdrawn,
        "reason": record.reason,
    }
    if record.kind == "packed":
        values |= {"probe": record.probe, "person": record.person, "warnings": kept_codes(record.warnings)}
        session.add(BoxEventRow(box_id=record.subject_id, carrier_id=record.carrier_id, **values))
    else:
        session.add(BatchEventRow(batch_id=record.subject_id, **values))
    session.flush()


def load_started(session: Session, production_id: str) -> dict[str, tuple[str, Started]]:
    """Standing reports of a production's batches on the heat: batch id to event id and act."""
    rows = (row for row in _batch_heads(session, production_id, "started") if not row.withdrawn)
    return {
        row.batch_id: (row.event_id, Started(row.batch_id, row.actor, row.happened_at, row.recorded_at))
        for row in rows
    }


def load_cooked(
    session: Session, production_id: str, batch_ids: Collection[str] | None = None
) -> dict[str, tuple[str, Cooked]]:
    """
    Standing reports of batches off the heat, of these or of all: batch id to event id and act.

    A batch that is drawn from chilled food was reported as that came off the heat.
    """
    chilled = {
        batch_id: report
        for batch_id, report in chilled_reports(session, production_id).items()
        if batch_ids is None or batch_id in batch_ids
    }
    heads = _batch_heads(session, production_id, "cooked", batch_ids)
    rows = (row for row in heads if not row.withdrawn)
    return chilled | {
        row.batch_id: (
            row.event_id,
            Cooked(row.batch_id, row.core_c, row.actor, row.happened_at, row.recorded_at),
        )
        for row in rows
    }


def load_packed(
    session: Session, production_id: str, box_ids: Collection[str] | None = None
) -> dict[str, tuple[str, Packed]]:
    """Standing reports of a production's boxes, of these or of all: box id to event id and act."""
    later = aliased(BoxEventRow)
    query = (
        select(BoxEventRow)
        .join(BoxRow, col(BoxRow.box_id) == col(BoxEventRow.box_id))
        .where(BoxRow.production_id == production_id, ~col(BoxEventRow.withdrawn))
        .where(~select(later.event_id).where(col(later.replaces) == col(BoxEventRow.event_id)).exists())
    )
    if box_ids is not None:
        query = query.where(col(BoxEventRow.box_id).in_(box_ids))
    rows = session.exec(query)
    return {
        row.box_id: (
            row.event_id,
            Packed(
                row.box_id,
                row.carrier_id,
                row.core_c,
                row.actor,
                row.happened_at,
                row.recorded_at,
                row.probe,
                row.person,
                read_codes(row.warnings),
            ),
        )
        for row in rows
    }


def load_record(session: Session, kind: ActKind, subject_id: str) -> ActRecord | None:
    """The last row about a batch or box, one that withdraws among them; None when nothing was reported."""
    history = load_history(session, kind, subject_id)
    return history[-1] if history else None


def load_history(session: Session, kind: ActKind, subject_id: str) -> list[ActRecord]:
    """Every row about one act of a batch or box, each after the one it replaces."""
    return load_histories(session, kind, [subject_id]).get(subject_id, [])


def load_histories(
    session: Session, kind: ActKind, subject_ids: Collection[str]
) -> dict[str, list[ActRecord]]:
    """Every row about one act of some batches or boxes by their ids, each after the one it replaces."""
    if kind == "packed":
        boxes = select(BoxEventRow).where(col(BoxEventRow.box_id).in_(subject_ids))
        records = [_box_record(row) for row in session.exec(boxes)]
    else:
        batches = select(BatchEventRow).where(
            col(BatchEventRow.batch_id).in_(subject_ids), BatchEventRow.kind == kind
        )
        records = [_batch_record(row) for row in session.exec(batches)]
    after: dict[str, dict[str | None, ActRecord]] = defaultdict(dict)
    for record in records:
        after[record.subject_id][record.replaces] = record
    found: dict[str, list[ActRecord]] = {}
    for subject_id, own in after.items():
        chain = [own[None]]
        while chain[-1].event_id in own:
            chain.append(own[chain[-1].event_id])
        found[subject_id] = chain
    return found


def _save_batch(
    session: Session,
    event_id: str,
    kind: ActKind,
    act: Started | Cooked,
    core_c: float | None,
    replaces: str | None,
) -> None:
    session.add(
        BatchEventRow(
            event_id=event_id,
            batch_id=act.batch_id,
            kind=kind,
            core_c=core_c,
            actor=act.actor,
            happened_at=act.happened_at,
            recorded_at=act.recorded_at,
            replaces=replaces or _withdrawn_before(session, kind, act.batch_id),
        )
    )
    session.flush()


def _withdrawn_before(session: Session, kind: ActKind, subject_id: str) -> str | None:
    """The row that took an earlier report back: a new report goes on from there."""
    last = load_record(session, kind, subject_id)
    return last.event_id if last is not None and last.withdrawn else None


def _batch_heads(
    session: Session, production_id: str, kind: ActKind, batch_ids: Collection[str] | None = None
) -> list[BatchEventRow]:
    later = aliased(BatchEventRow)
    query = (
        select(BatchEventRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchEventRow.batch_id))
        .where(BatchRow.production_id == production_id, BatchEventRow.kind == kind)
        .where(~select(later.event_id).where(col(later.replaces) == col(BatchEventRow.event_id)).exists())
    )
    if batch_ids is not None:
        query = query.where(col(BatchEventRow.batch_id).in_(batch_ids))
    return list(session.exec(query))


def _batch_record(row: BatchEventRow) -> ActRecord:
    return ActRecord(
        row.event_id,
        cast(ActKind, row.kind),
        row.batch_id,
        "",
        row.core_c,
        row.actor,
        row.happened_at,
        row.recorded_at,
        row.replaces,
        row.withdrawn,
        row.reason,
    )


def _box_record(row: BoxEventRow) -> ActRecord:
    return ActRecord(
        row.event_id,
        cast(ActKind, row.kind),
        row.box_id,
        row.carrier_id,
        row.core_c,
        row.actor,
        row.happened_at,
        row.recorded_at,
        row.replaces,
        row.withdrawn,
        row.reason,
        row.probe,
        row.person,
        read_codes(row.warnings),
    )
