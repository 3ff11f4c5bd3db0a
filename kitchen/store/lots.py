"""Rows of lots: how they came, what moved, which batches they went into and which batch had which."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from kitchen.lots import Declaration, Lot, LotState, MoveKind, Pick
from kitchen.store.chilled import ChilledRow
from kitchen.store.lot_rows import (
    DeliveryRow,
    LotMarkRow,
    LotMoveRow,
    LotRow,
    PickRow,
)
from kitchen.store.production_rows import BatchRow, ProductionRow
from orders.service import Service
from orders.store.base import insert_rows

BARRED: tuple[LotState, ...] = ("held", "destroyed")
ONLY_HELD: tuple[LotState, ...] = ("held",)
_WENT_INTO = (col(BatchRow.batch_id) == col(LotMoveRow.batch_id)) | (
    col(BatchRow.chilled_id) == col(LotMoveRow.chilled_id)
)


@dataclass(frozen=True, slots=True)
class LotMove:
    """
    Something that went in or out of a lot.

    Parameters
    ----------
    lot_id, kind, delta_mg
        Of which lot, why, and how much; below 0 goes out.
    actor, at
        By whom, and when.
    reason, batch_id, chilled_id
        In somebody's words; for or from which batch, or which chilled one of the day before.
    """

    lot_id: str
    kind: MoveKind
    delta_mg: int
    actor: str
    at: datetime
    reason: str = ""
    batch_id: str | None = None
    chilled_id: str | None = None


@dataclass(frozen=True, slots=True)
class LotMark:
    """
    A lot held, set free or destroyed.

    Parameters
    ----------
    lot_id, state
        Which lot, and what it is from then on.
    reason, by_name
        Why, and the person who decided or destroyed it, by name.
    actor, at
        Who wrote it down, and when.
    """

    lot_id: str
    state: LotState
    reason: str
    by_name: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Movements:
    """
    What became of a lot.

    Parameters
    ----------
    moves, marks
        In order.
    """

    moves: tuple[LotMove, ...] = ()
    marks: tuple[LotMark, ...] = field(default=())


def lots_watched(session: Session, kitchen_id: str) -> bool:
    """Whether the kitchen has ever taken a lot in."""
    return (
        session.exec(select(LotRow.lot_id).where(LotRow.kitchen_id == kitchen_id).limit(1)).first()
        is not None
    )


def save_move(session: Session, move_id: str, move: LotMove) -> int:
    """
    Keeps what went in or out of a lot; gives what is left.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When more is taken than there is, or somebody else moved the lot in the same moment.
    """
    row = session.get_one(LotRow, move.lot_id, populate_existing=True)
    number, left_mg = row.moves + 1, row.left_mg + move.delta_mg
    session.execute(
        update(LotRow).where(col(LotRow.lot_id) == move.lot_id).values(left_mg=left_mg, moves=number)
    )
    values = {
        "move_id": move_id,
        "lot_id": move.lot_id,
        "number": number,
        "kind": move.kind,
        "delta_mg": move.delta_mg,
        "left_mg": left_mg,
        "batch_id": move.batch_id,
        "chilled_id": move.chilled_id,
        "reason": move.reason,
        "actor": move.actor,
        "at": move.at,
    }
    insert_rows(session, LotMoveRow, [values])
    session.expire(row)
    return left_mg


def save_mark(session: Session, mark_id: str, mark: LotMark) -> None:
    """Keeps that a lot is held, set free or destroyed."""
    row = session.get_one(LotRow, mark.lot_id, populate_existing=True)
    number = row.marks + 1
    session.execute(
        update(LotRow).where(col(LotRow.lot_id) == mark.lot_id).values(state=mark.state, marks=number)
    )
    values = {
        "mark_id": mark_id,
        "lot_id": mark.lot_id,
        "number": number,
        "state": mark.state,
        "reason": mark.reason,
        "by_name": mark.by_name,
        "actor": mark.actor,
        "at": mark.at,
    }
    insert_rows(session, LotMarkRow, [values])
    session.expire(row)


def load_lots(
    session: Session, kitchen_id: str, *, open_only: bool = True, lot_ids: Collection[str] | None = None
) -> dict[str, Lot]:
    """A kitchen's lots by id, in the order of receipt: those with something left, or all, or these."""
    query = (
        select(DeliveryRow, LotRow)
        .join(LotRow, col(LotRow.lot_id) == col(DeliveryRow.lot_id))
        .where(LotRow.kitchen_id == kitchen_id)
        .order_by(col(DeliveryRow.received_at), col(DeliveryRow.code))
    )
    if lot_ids is not None:
        query = query.where(col(LotRow.lot_id).in_(lot_ids))
    elif open_only:
        query = query.where(LotRow.left_mg > 0)
    return {row.lot_id: lot_of(row, kept) for row, kept in session.exec(query)}


def find_lot(session: Session, kitchen_id: str, code: str) -> Lot | None:
    """The lot with this code, or this id; None when there is none."""
    query = (
        select(DeliveryRow, LotRow)
        .join(LotRow, col(LotRow.lot_id) == col(DeliveryRow.lot_id))
        .where(LotRow.kitchen_id == kitchen_id)
        .where((DeliveryRow.code == code) | (DeliveryRow.lot_id == code))
    )
    found = session.exec(query).first()
    return None if found is None else lot_of(*found)


def load_movements(session: Session, lot_id: str) -> Movements:
    """Everything that became of a lot."""
    moves = session.exec(
        select(LotMoveRow).where(LotMoveRow.lot_id == lot_id).order_by(col(LotMoveRow.number))
    )
    marks = session.exec(
        select(LotMarkRow).where(LotMarkRow.lot_id == lot_id).order_by(col(LotMarkRow.number))
    )
    return Movements(
        tuple(
            LotMove(
                row.lot_id,
                cast(MoveKind, row.kind),
                row.delta_mg,
                row.actor,
                row.at,
                row.reason,
                row.batch_id,
                row.chilled_id,
            )
            for row in moves
        ),
        tuple(_mark(row) for row in marks),
    )


def last_marks(session: Session, lot_ids: Collection[str]) -> dict[str, LotMark]:
    """The last word about each lot that was ever held, by lot id."""
    query = (
        select(LotMarkRow)
        .join(LotRow, col(LotRow.lot_id) == col(LotMarkRow.lot_id))
        .where(col(LotMarkRow.lot_id).in_(lot_ids), col(LotMarkRow.number) == col(LotRow.marks))
    )
    return {row.lot_id: _mark(row) for row in session.exec(query)}


def _mark(row: LotMarkRow) -> LotMark:
    return LotMark(row.lot_id, cast(LotState, row.state), row.reason, row.by_name, row.actor, row.at)


def save_picks(session: Session, production_id: str, picks: Iterable[Pick]) -> None:
    """Keeps what a production is to take from which lot."""
    values = [
        {"batch_id": one.batch_id, "lot_id": one.lot_id, "production_id": production_id, "mg": one.mg}
        for one in picks
    ]
    insert_rows(session, PickRow, values)


def load_picks(session: Session, production_id: str) -> list[Pick]:
    """What a production is to take from which lot."""
    query = (
        select(PickRow, DeliveryRow.food_code)
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(PickRow.lot_id))
        .where(PickRow.production_id == production_id)
        .order_by(col(PickRow.batch_id), col(PickRow.lot_id))
    )
    return [Pick(row.batch_id, row.lot_id, food_code, row.mg) for row, food_code in session.exec(query)]


def issued_to(session: Session, batch_ids: Collection[str]) -> list[Pick]:
    """
    What was issued to batches, less what came back, by batch and lot.

    A batch that is drawn from a chilled one has all that this one was cooked from the day before.
    """
    issued = func.sum(-col(LotMoveRow.delta_mg))
    query = (
        select(BatchRow.batch_id, LotMoveRow.lot_id, DeliveryRow.food_code, issued)
        .join(LotMoveRow, _WENT_INTO)
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(LotMoveRow.lot_id))
        .where(col(BatchRow.batch_id).in_(batch_ids))
        .group_by(col(BatchRow.batch_id), col(LotMoveRow.lot_id), col(DeliveryRow.food_code))
        .order_by(col(BatchRow.batch_id), col(LotMoveRow.lot_id))
    )
    rows = session.exec(query)
    return [Pick(str(batch_id), lot_id, food, int(mg)) for batch_id, lot_id, food, mg in rows if mg > 0]


def lots_of_batches(session: Session, service: Service) -> dict[str, list[tuple[str, int]]]:
    """
    Lots of each batch of a published production, with milligrams as bought.

    What was issued to a batch counts; a batch that nothing was issued to has what it is to take.
    """
    query = (
        select(BatchRow.batch_id, ProductionRow.production_id)
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(ProductionRow.service_key == service.key, ProductionRow.status == "published")
    )
    productions = dict(iter(session.exec(query)))
    issued = issued_to(session, productions.keys())
    has_some = {one.batch_id for one in issued}
    picked = [one for key in set(productions.values()) for one in load_picks(session, key)]
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in (*issued, *(pick for pick in picked if pick.batch_id not in has_some)):
        found[one.batch_id].append((one.lot_id, one.mg))
    return dict(found)


def batches_of_lot(session: Session, lot_id: str) -> list[tuple[str, str, int]]:
    """
    Service, batch and milligrams of everything that a lot went into.

    Batches of a published production that are still to take of it count with what they are to take.
    """
    went = func.sum(-col(LotMoveRow.delta_mg))
    issued = (
        select(ProductionRow.service_key, BatchRow.batch_id, went)
        .join(BatchRow, _WENT_INTO)
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(LotMoveRow.lot_id == lot_id)
        .group_by(col(ProductionRow.service_key), col(BatchRow.batch_id))
    )
    picked = (
        select(ProductionRow.service_key, PickRow.batch_id, PickRow.mg)
        .join(ProductionRow, col(ProductionRow.production_id) == col(PickRow.production_id))
        .where(PickRow.lot_id == lot_id, ProductionRow.status == "published")
    )
    found = {batch_id: (key, batch_id, int(mg)) for key, batch_id, mg in session.exec(issued) if mg > 0}
    begun = _begun(session, [batch_id for _, batch_id, _ in session.exec(picked)])
    for key, batch_id, mg in session.exec(picked):
        if batch_id not in begun:
            found.setdefault(batch_id, (key, batch_id, mg))
    return sorted(found.values())


def _begun(session: Session, batch_ids: Sequence[str]) -> set[str]:
    """Batches that something was issued to."""
    query = (
        select(BatchRow.batch_id).join(LotMoveRow, _WENT_INTO).where(col(BatchRow.batch_id).in_(batch_ids))
    )
    return set(session.exec(query.distinct()))


def issued_to_chilled(session: Session, chilled_ids: Collection[str]) -> list[Pick]:
    """What was issued to chilled batches of the day before, less what came back, by batch and lot."""
    issued = func.sum(-col(LotMoveRow.delta_mg))
    query = (
        select(LotMoveRow.chilled_id, LotMoveRow.lot_id, DeliveryRow.food_code, issued)
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(LotMoveRow.lot_id))
        .where(col(LotMoveRow.chilled_id).in_(chilled_ids))
        .group_by(col(LotMoveRow.chilled_id), col(LotMoveRow.lot_id), col(DeliveryRow.food_code))
        .order_by(col(LotMoveRow.chilled_id), col(LotMoveRow.lot_id))
    )
    rows = session.exec(query)
    return [Pick(str(chilled_id), lot_id, food, int(mg)) for chilled_id, lot_id, food, mg in rows if mg > 0]


def chilled_of_lot(session: Session, lot_id: str) -> list[tuple[str, str, int]]:
    """Service, code and milligrams of chilled batches that a lot went into and no plan has drawn from yet."""
    went = func.sum(-col(LotMoveRow.delta_mg))
    drawn = select(BatchRow.batch_id).where(col(BatchRow.chilled_id) == col(ChilledRow.chilled_id))
    query = (
        select(ChilledRow.service_key, ChilledRow.code, went)
        .join(LotMoveRow, col(LotMoveRow.chilled_id) == col(ChilledRow.chilled_id))
        .where(LotMoveRow.lot_id == lot_id, ~drawn.exists())
        .group_by(col(ChilledRow.service_key), col(ChilledRow.code))
    )
    return sorted((key, code, int(mg)) for key, code, mg in session.exec(query) if mg > 0)


def held_lots_of(
    session: Session, batch_ids: Collection[str], states: Collection[LotState] = BARRED
) -> dict[str, list[str]]:
    """Codes of lots that are held or destroyed, by batch that has taken or is to take of them."""
    barred = col(LotRow.state).in_(sorted(states))
    moved = (
        select(BatchRow.batch_id, DeliveryRow.code)
        .join(LotMoveRow, _WENT_INTO)
        .join(LotRow, col(LotRow.lot_id) == col(LotMoveRow.lot_id))
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(LotMoveRow.lot_id))
        .where(col(BatchRow.batch_id).in_(batch_ids), barred)
        .group_by(col(BatchRow.batch_id), col(DeliveryRow.code))
        .having(func.sum(LotMoveRow.delta_mg) < 0)
    )
    begun = _begun(session, list(batch_ids))
    planned = (
        select(PickRow.batch_id, DeliveryRow.code)
        .join(LotRow, col(LotRow.lot_id) == col(PickRow.lot_id))
        .join(DeliveryRow, col(DeliveryRow.lot_id) == col(PickRow.lot_id))
        .where(col(PickRow.batch_id).in_(set(batch_ids) - begun), barred)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for batch_id, code in (*session.exec(moved), *session.exec(planned)):
        found[str(batch_id)].append(code)
    return {batch_id: sorted(codes) for batch_id, codes in found.items()}


def _declared(row: DeliveryRow) -> Declaration | None:
    if row.declared is None:
        return None
    return Declaration(**{name: frozenset(codes) for name, codes in row.declared.items()})


def lot_of(row: DeliveryRow, kept: LotRow | None) -> Lot:
    """A delivery as a lot, whole when nothing is known of what is left."""
    return Lot(
        row.lot_id,
        row.code,
        row.food_code,
        row.supplier_id,
        row.received_at,
        row.expires_on,
        row.received_mg,
        kept.left_mg if kept else row.received_mg,
        row.papers,
        row.temperature_c,
        _declared(row),
        cast(LotState, kept.state) if kept else "ok",
        kept.use_first if kept else False,
    )
