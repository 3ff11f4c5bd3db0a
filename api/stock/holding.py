"""Holding a lot, setting it free, destroying it: each with its reason and the person who decided."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.audit import record
from api.freezing import Freeze, freeze_batches, hold_floor
from api.stock.desk import StockDesk, need_lot, need_text, open_desk
from kitchen.lots import Lot, LotState
from kitchen.store.lots import (
    LotMark,
    LotMove,
    batches_of_lot,
    chilled_of_lot,
    find_lot,
    save_mark,
    save_move,
)
from kitchen.store.production_rows import BatchRow
from orders.errors import Conflict


@dataclass(frozen=True, slots=True)
class TouchedBatch:
    """
    A batch that took of a lot, or is to.

    Parameters
    ----------
    service_key, batch_id, code
        Which batch of which service.
    mg
        How much, milligrams as bought.
    """

    service_key: str
    batch_id: str
    code: str
    mg: int


def hold_lot(session: Session, desk: StockDesk, code: str, reason: str) -> tuple[TouchedBatch, ...]:
    """
    Holds a lot: nothing is issued of it from now on, and the samples of the dishes that it is in are frozen.

    Returns
    -------
    tuple[TouchedBatch, ...]
        The batches that it is in, or is to be in.

    Raises
    ------
    BadInput
        Without a reason.
    Conflict
        When it is destroyed already.
    """
    lot = _marked(session, desk, code, "held", reason, "")
    return touched(session, lot.lot_id)


def release_lot(session: Session, desk: StockDesk, code: str, reason: str, by_name: str) -> Lot:
    """
    Sets a held lot free again.

    Raises
    ------
    BadInput
        Without a reason or a person.
    Conflict
        When it is not held.
    """
    lot = need_lot(session, desk, code)
    if lot.state != "held":
        raise Conflict("lot_not_ok", lot=lot.code, state=lot.state)
    return _marked(session, desk, code, "ok", reason, need_text(by_name, "stock_person_missing"))


def destroy_lot(session: Session, desk: StockDesk, code: str, reason: str, by_name: str) -> Lot:
    """
    Writes down that what is left of a lot was destroyed, and by whom.

    Raises
    ------
    BadInput
        Without a reason or a person.
    Conflict
        When it is destroyed already.
    """
    person = need_text(by_name, "stock_person_missing")
    lot = _marked(session, desk, code, "destroyed", reason, person)
    if lot.left_mg:
        move = LotMove(lot.lot_id, "destroy", -lot.left_mg, desk.actor.user_id, desk.now_at, reason.strip())
        save_move(session, desk.ids.new(), move)
    return find_lot(session, desk.kitchen.kitchen_id, lot.lot_id) or lot


def touched(session: Session, lot_id: str) -> tuple[TouchedBatch, ...]:
    """Batches that took of a lot, or are to, by service; then chilled ones that no plan drew from yet."""
    went = batches_of_lot(session, lot_id)
    wanted = col(BatchRow.batch_id).in_([batch_id for _, batch_id, _ in went])
    codes = dict(session.exec(select(BatchRow.batch_id, BatchRow.code).where(wanted)).all())
    found = [TouchedBatch(key, batch_id, codes[batch_id], mg) for key, batch_id, mg in went]
    early = (TouchedBatch(key, "", code, mg) for key, code, mg in chilled_of_lot(session, lot_id))
    return (*found, *early)


def _marked(session: Session, desk: StockDesk, code: str, state: LotState, reason: str, by_name: str) -> Lot:
    hold_floor(session, [desk.kitchen.kitchen_id])
    open_desk(session, desk, "stock.keep")
    why = need_text(reason, "stock_reason_missing")
    lot = need_lot(session, desk, code)
    if lot.state == "destroyed":
        raise Conflict("lot_not_ok", lot=lot.code, state=lot.state)
    save_mark(
        session,
        desk.ids.new(),
        LotMark(lot.lot_id, state, why, by_name, desk.actor.user_id, desk.now_at),
    )
    subject = f"{desk.kitchen.kitchen_id}/{lot.code}"
    record(session, desk.actor, f"stock.keep/{state}", subject, desk.now_at, {"reason": why})
    if state != "ok":
        batch_ids = [batch_id for _, batch_id, _ in batches_of_lot(session, lot.lot_id)]
        freeze_batches(session, batch_ids, Freeze("lot", lot.code, desk.actor, desk.now_at, why))
    return find_lot(session, desk.kitchen.kitchen_id, lot.lot_id) or lot
