"""Rows of a production: one version of what a kitchen cooks and packs for a service."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, cast

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from kitchen.batches import Batch, Extra, ExtraPurpose
from kitchen.boxes import Box, CarrierKind, Spare
from kitchen.demand import REGULAR_SIZE, Size
from kitchen.equipment import Slot
from kitchen.store.production_rows import (
    BatchExtraRow,
    BatchLineRow,
    BatchRow,
    BoxLineRow,
    BoxRow,
    BoxSpareRow,
    ProductionExceptionRow,
    ProductionRow,
    SlotRow,
)
from orders.codes import Coded, Excepted, Param
from orders.menus import HoldClass
from orders.store.base import insert_rows

Status = Literal["draft", "published", "superseded"]
NOT_IN_ROW = ("line_ids", "batch_ids", "spare")
Stage = Literal["batches", "schedule", "packing", "routes"]


@dataclass(frozen=True, slots=True)
class Production:
    """
    One version of a service's production.

    Parameters
    ----------
    production_id
        Row id.
    service_key, version
        Of which service, which version.
    status
        ``"draft"``, ``"published"`` or ``"superseded"``.
    input_digest
        Digest of everything it was planned from.
    revisions
        Revisions of the configuration it used, by name.
    created_at, created_by
        When, and by whom.
    """

    production_id: str
    service_key: str
    version: int
    input_digest: str
    revisions: Mapping[str, Any]
    created_at: datetime
    created_by: str
    status: Status = "draft"


def save_production(
    session: Session,
    production: Production,
    *,
    batches: Sequence[Batch],
    slots: Sequence[Slot],
    boxes: Sequence[Box],
    exceptions: Iterable[tuple[Stage, Excepted]],
) -> None:
    """Keeps a production with all its rows, in the status it has."""
    key = production.production_id
    session.add(ProductionRow(**{**asdict(production), "revisions": dict(production.revisions)}))
    session.flush()
    insert_rows(session, BatchRow, [_batch_values(key, batch) for batch in batches])
    insert_rows(session, BatchLineRow, [values for batch in batches for values in _batch_lines(key, batch)])
    insert_rows(session, BatchExtraRow, [values for batch in batches for values in _extras(batch)])
    insert_rows(session, SlotRow, [asdict(slot) for slot in slots])
    batch_of = {line_id: batch.batch_id for batch in batches for line_id in batch.line_ids}
    insert_rows(session, BoxRow, [_box_values(key, box) for box in boxes])
    insert_rows(session, BoxLineRow, [values for box in boxes for values in _box_lines(key, box, batch_of)])
    insert_rows(session, BoxSpareRow, [values for box in boxes for values in box_spare(key, box)])
    found = enumerate(exceptions, 1)
    insert_rows(
        session, ProductionExceptionRow, [_exception(key, n, stage, item) for n, (stage, item) in found]
    )


def rewrite_batch(session: Session, production_id: str, batch: Batch) -> None:
    """The lines and extras of a batch as they now are, in the production that has taken it over."""
    for table in (BatchLineRow, BatchExtraRow):
        session.execute(delete(table).where(col(table.batch_id) == batch.batch_id))
    insert_rows(session, BatchLineRow, _batch_lines(production_id, batch))
    insert_rows(session, BatchExtraRow, _extras(batch))
    portions = update(BatchRow).where(col(BatchRow.batch_id) == batch.batch_id)
    session.execute(portions.values(portions=batch.portions))


def publish_production(session: Session, production_id: str) -> None:
    """Publishes a draft; the version published before it is superseded."""
    row = session.get_one(ProductionRow, production_id)
    session.execute(
        update(ProductionRow)
        .where(col(ProductionRow.service_key) == row.service_key, col(ProductionRow.status) == "published")
        .values(status="superseded")
    )
    row.status = "published"
    session.flush()


def load_production(session: Session, service_key: str, version: int | None = None) -> Production | None:
    """A version of a service's production, or the published one; None when there is none."""
    query = select(ProductionRow).where(ProductionRow.service_key == service_key)
    if version is None:
        query = query.where(ProductionRow.status == "published")
    else:
        query = query.where(ProductionRow.version == version)
    row = session.exec(query).first()
    return None if row is None else _production(row)


def latest_production_version(session: Session, service_key: str) -> int:
    """The highest version of a service's production, 0 when there is none."""
    query = select(func.max(ProductionRow.version)).where(ProductionRow.service_key == service_key)
    return session.exec(query).one() or 0


def load_batches(session: Session, production_id: str) -> list[Batch]:
    """The batches of a production, by code."""
    of_production = BatchRow.production_id == production_id
    lines: dict[str, list[BatchLineRow]] = defaultdict(list)
    query = select(BatchLineRow).where(BatchLineRow.production_id == production_id)
    for line in session.exec(query.order_by(col(BatchLineRow.position))):
        lines[line.batch_id].append(line)
    extras: dict[str, list[Extra]] = defaultdict(list)
    batch_ids = select(BatchRow.batch_id).where(of_production)
    for extra in session.exec(select(BatchExtraRow).where(col(BatchExtraRow.batch_id).in_(batch_ids))):
        extras[extra.batch_id].append(Extra(cast(ExtraPurpose, extra.purpose), extra.portions))
    rows = session.exec(
        select(BatchRow).where(of_production).order_by(func.length(BatchRow.code), col(BatchRow.code))
    )
    return [_batch(row, lines[row.batch_id], extras[row.batch_id]) for row in rows]


def load_slots(session: Session, production_id: str) -> list[Slot]:
    """The planned minutes of a production's batches, by start."""
    rows = session.exec(
        select(SlotRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(SlotRow.batch_id))
        .where(BatchRow.production_id == production_id)
        .order_by(col(SlotRow.start_s), col(BatchRow.code))
    )
    return [_slot(row) for row in rows]


def load_boxes(session: Session, production_id: str, site_id: str | None = None) -> list[Box]:
    """The boxes of a production, to one site or to all, by code; one whose lines are gone is left out."""
    boxes = select(BoxRow).where(BoxRow.production_id == production_id)
    inside = select(BoxLineRow.box_id, BoxLineRow.line_id, BoxLineRow.batch_id).where(
        BoxLineRow.production_id == production_id
    )
    if site_id is not None:
        boxes = boxes.where(BoxRow.site_id == site_id)
        here = select(BoxRow.box_id).where(BoxRow.production_id == production_id, BoxRow.site_id == site_id)
        inside = inside.where(col(BoxLineRow.box_id).in_(here))
    lines: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for box_id, line_id, batch_id in session.exec(inside.order_by(col(BoxLineRow.position))):
        lines[box_id].append((line_id, batch_id))
    rows = session.exec(boxes.order_by(func.length(BoxRow.code), col(BoxRow.code)))
    spare = load_spare(session, production_id)
    known = [(row, lines[row.box_id], spare.get(row.box_id, ())) for row in rows]
    return [_box(row, own, beside) for row, own, beside in known if own or beside]


def load_spare(
    session: Session, production_id: str, box_ids: Collection[str] | None = None
) -> dict[str, tuple[Spare, ...]]:
    """What is in the boxes of a production for walk-ins, those named or all, by box id."""
    query = (
        select(BoxSpareRow.box_id, BoxSpareRow.batch_id, BatchRow.dish_id, BoxSpareRow.portions)
        .join(BatchRow, col(BatchRow.batch_id) == col(BoxSpareRow.batch_id))
        .where(BoxSpareRow.production_id == production_id)
        .order_by(col(BatchRow.dish_id), col(BatchRow.batch_id))
    )
    if box_ids is not None:
        query = query.where(col(BoxSpareRow.box_id).in_(box_ids))
    found: dict[str, list[Spare]] = defaultdict(list)
    for box_id, batch_id, dish_id, portions in session.exec(query):
        found[box_id].append(Spare(batch_id, dish_id, portions))
    return {box_id: tuple(own) for box_id, own in found.items()}


def boxes_with(session: Session, batch_ids: Collection[str]) -> list[str]:
    """Ids of the boxes that hold food of some batches, ordered or spare, in order."""
    tables = (BoxLineRow, BoxSpareRow)
    queries = (select(table.box_id).where(col(table.batch_id).in_(batch_ids)).distinct() for table in tables)
    return sorted({box_id for query in queries for box_id in session.exec(query)})


def load_exceptions(session: Session, production_id: str) -> list[tuple[Stage, Excepted]]:
    """What went into no batch or no box, in the order it was found."""
    rows = session.exec(
        select(ProductionExceptionRow)
        .where(ProductionExceptionRow.production_id == production_id)
        .order_by(col(ProductionExceptionRow.number))
    )
    return [
        (
            cast(Stage, row.stage),
            Excepted(Coded(row.code, cast(dict[str, Param], row.params)), row.ref, row.portions),
        )
        for row in rows
    ]


def _slot(row: SlotRow) -> Slot:
    times = row.start_s, row.ready_s
    return Slot(row.batch_id, row.equipment_id, *times, cook_id=row.cook_id, deep_clean=row.deep_clean)


def _production(row: ProductionRow) -> Production:
    return Production(
        row.production_id,
        row.service_key,
        row.version,
        row.input_digest,
        row.revisions,
        row.created_at,
        row.created_by,
        cast(Status, row.status),
    )


def _batch_values(production_id: str, batch: Batch) -> dict[str, Any]:
    return {
        "production_id": production_id,
        "batch_id": batch.batch_id,
        "code": batch.code,
        "dish_id": batch.dish_id,
        "variant": batch.variant,
        "equipment_kind": batch.equipment_kind,
        "needs_ratio": batch.needs_ratio,
        "cook_s": batch.cook_s,
        "portions": batch.portions,
        "chilled_id": batch.chilled_id or None,
    }


def _batch_lines(production_id: str, batch: Batch) -> list[dict[str, Any]]:
    special = set(batch.special_line_ids)
    return [
        {
            "production_id": production_id,
            "batch_id": batch.batch_id,
            "line_id": line_id,
            "position": position,
            "special": line_id in special,
            "size": batch.size_of(line_id).code,
            "size_ratio": float(batch.size_of(line_id).ratio),
        }
        for position, line_id in enumerate(batch.line_ids)
    ]


def _extras(batch: Batch) -> list[dict[str, Any]]:
    return [{"batch_id": batch.batch_id, **asdict(extra)} for extra in batch.extras]


def _batch(row: BatchRow, lines: Sequence[BatchLineRow], extras: Sequence[Extra]) -> Batch:
    return Batch(
        row.batch_id,
        row.code,
        row.dish_id,
        row.variant,
        row.equipment_kind,
        row.needs_ratio,
        tuple(line.line_id for line in lines),
        tuple(line.line_id for line in lines if line.special),
        tuple(sorted(extras, key=lambda extra: extra.purpose, reverse=True)),
        row.cook_s,
        sizes={line.line_id: size_of(line) for line in lines if line.size != REGULAR_SIZE.code},
        chilled_id=row.chilled_id or "",
    )


def size_of(line: BatchLineRow) -> Size:
    """The size that a portion was planned with, whatever has become of the list since."""
    return Size(line.size, Fraction(str(line.size_ratio)))


def _box_values(production_id: str, box: Box) -> dict[str, Any]:
    values = asdict(box) | {"production_id": production_id}
    return {name: value for name, value in values.items() if name not in NOT_IN_ROW}


def box_spare(production_id: str, box: Box) -> list[dict[str, Any]]:
    """The rows of what is in a box for walk-ins."""
    return [
        {
            "production_id": production_id,
            "box_id": box.box_id,
            "batch_id": one.batch_id,
            "portions": one.portions,
        }
        for one in box.spare
    ]


def _box_lines(production_id: str, box: Box, batch_of: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "production_id": production_id,
            "box_id": box.box_id,
            "line_id": line_id,
            "batch_id": batch_of[line_id],
            "position": position,
        }
        for position, line_id in enumerate(box.line_ids)
    ]


def _box(row: BoxRow, lines: Sequence[tuple[str, str]], spare: Sequence[Spare]) -> Box:
    return Box(
        row.box_id,
        row.code,
        row.carrier_id,
        cast(CarrierKind, row.kind),
        row.site_id,
        row.stop_id,
        cast(HoldClass, row.hold_class),
        line_ids=tuple(line_id for line_id, _ in lines),
        batch_ids=tuple(dict.fromkeys([*(own for _, own in lines), *(one.batch_id for one in spare)])),
        cooked_s=row.cooked_s,
        packed_s=row.packed_s,
        release_s=row.release_s,
        eat_by_s=row.eat_by_s,
        deliver_by_s=row.deliver_by_s,
        gross_g=row.gross_g,
        units=row.units,
        second_leg=row.second_leg,
        for_diner=row.for_diner,
        spare=tuple(spare),
    )


def _exception(production_id: str, number: int, stage: Stage, item: Excepted) -> dict[str, Any]:
    return {
        "production_id": production_id,
        "number": number,
        "stage": stage,
        "code": item.reason.code,
        "params": dict(item.reason.params),
        "ref": item.ref,
        "portions": item.portions,
    }
