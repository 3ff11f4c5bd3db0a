"""Holding a lot, setting it free, destroying it: each with its reason and the person who decided."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.audit import record
from api.freezing import Freeze, freeze_batches, hold_floor
from api.permissions import ensure
from api.stock.desk import StockDesk, need_lot, need_text, open_desk
from kitchen.lots import Lot, LotState
from kitchen.store.lot_rows import LotRow
from kitchen.store.lots import (
    LotMark,
    LotMove,
    batches_of_lot,
    chilled_of_lot,
    find_lot,
    issued_to,
    save_mark,
    save_move,
)
from kitchen.store.production_rows import BatchRow, ProductionRow
from kitchen.store.withheld import (
    boxes_of,
    save_end,
    save_withheld,
    withheld_of_batches,
    withheld_with_lot,
)
from kitchen.withheld import Ending, Withheld
from orders.errors import Conflict
from orders.service import parse_service
from orders.store.sites import canteen_names


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
    on_hold, boxes, sites
        Whether it stands still now; then the boxes that it is or will be in, by code, and the sites by name.
    """

    service_key: str
    batch_id: str
    code: str
    mg: int
    on_hold: bool = False
    boxes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def hold_lot(
    session: Session, desk: StockDesk, code: str, reason: str, by_name: str = ""
) -> tuple[TouchedBatch, ...]:
    """
    Holds a lot: nothing is issued of it from now on, and the food that has got of it stands still.

    The batches of today and of later days are put on hold by the same act, for the same reason, by the same
    person: the one named, else who writes it down. The samples of every dish that it is in are frozen.

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
    lot = _marked(session, desk, code, "held", reason, by_name.strip())
    return touched(session, lot.lot_id)


def release_lot(session: Session, desk: StockDesk, code: str, reason: str, by_name: str) -> Lot:
    """
    Sets a held lot free again, and lifts the holds that it set; those that somebody else set stand.

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
    kept = _marked(session, desk, code, "ok", reason, need_text(by_name, "stock_person_missing"))
    _let_go(session, desk, kept, reason.strip(), by_name.strip())
    return kept


def destroy_lot(session: Session, desk: StockDesk, code: str, reason: str, by_name: str) -> Lot:
    """
    Writes down that what is left of a lot was destroyed, and by whom.

    The food that has got of it stands still as when it is held, until a named person discards or lifts it.

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
    batch_ids = [batch_id for _, batch_id, _ in went]
    wanted = col(BatchRow.batch_id).in_(batch_ids)
    codes = dict(session.exec(select(BatchRow.batch_id, BatchRow.code).where(wanted)).all())
    held = {one.batch_id for one in withheld_of_batches(session, batch_ids) if one.end is None}
    boxes = boxes_of(session, [batch_id for batch_id in batch_ids if batch_id in held])
    names = canteen_names(session)
    found = [
        TouchedBatch(
            key,
            batch_id,
            codes[batch_id],
            mg,
            batch_id in held,
            tuple(box for own, box, _ in boxes if own == batch_id),
            tuple(dict.fromkeys(names.get(site_id, site_id) for own, _, site_id in boxes if own == batch_id)),
        )
        for key, batch_id, mg in went
    ]
    barred = session.get_one(LotRow, lot_id).state != "ok"
    early = (TouchedBatch(key, "", code, mg, barred) for key, code, mg in chilled_of_lot(session, lot_id))
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
        _stop_food(session, desk, lot, why, by_name or desk.actor.name)
        batch_ids = [batch_id for _, batch_id, _ in batches_of_lot(session, lot.lot_id)]
        freeze_batches(session, batch_ids, Freeze("lot", lot.code, desk.actor, desk.now_at, why))
    return find_lot(session, desk.kitchen.kitchen_id, lot.lot_id) or lot


def _stop_food(session: Session, desk: StockDesk, lot: Lot, why: str, person: str) -> None:
    """Puts the unfinished food that has got of a lot on hold, once each; no inspector keeps stock."""
    kitchen_id = desk.kitchen.kitchen_id
    ensure(desk.actor, "food.hold", kitchen_id=kitchen_id)
    unfinished = _unfinished(session, desk, lot.lot_id)
    before = withheld_of_batches(session, [batch_id for _, batch_id, _ in unfinished])
    stopped = {one.batch_id for one in before if one.bars and (one.end is not None or one.lot == lot.code)}
    for service_key, batch_id, code in unfinished:
        if batch_id in stopped:
            continue
        kept = Withheld(
            withheld_id=desk.ids.new(),
            service_key=service_key,
            batch_id=batch_id,
            box_id=None,
            code=code,
            reason=f"{lot.code}: {why}",
            person=person,
            by_inspector=False,
            actor=desk.actor.user_id,
            at=desk.now_at,
        )
        save_withheld(session, kitchen_id, kept, lot.lot_id)
        detail = {"reason": why, "lot": lot.code}
        record(session, desk.actor, "food.hold", f"{service_key}/{code}", desk.now_at, detail)


def _let_go(session: Session, desk: StockDesk, lot: Lot, why: str, person: str) -> None:
    """Lifts the holds that stand with a lot."""
    ensure(desk.actor, "food.lift", kitchen_id=desk.kitchen.kitchen_id)
    for one in withheld_with_lot(session, lot.lot_id):
        if one.end is not None:
            continue
        end = Ending("lifted", f"{lot.code}: {why}", person, desk.actor.user_id, desk.now_at)
        save_end(session, one.withheld_id, end)
        subject, detail = f"{one.service_key}/{one.code}", {"reason": why, "lot": lot.code}
        record(session, desk.actor, "food.lift/lifted", subject, desk.now_at, detail)


def _unfinished(session: Session, desk: StockDesk, lot_id: str) -> list[tuple[str, str, str]]:
    """Service, id and code of the published batches of today and later that were handed some of a lot."""
    went = [batch_id for _, batch_id, _ in batches_of_lot(session, lot_id)]
    handed = {one.batch_id for one in issued_to(session, went) if one.lot_id == lot_id}
    query = (
        select(ProductionRow.service_key, BatchRow.batch_id, BatchRow.code)
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(col(BatchRow.batch_id).in_(handed), ProductionRow.status == "published")
        .order_by(col(ProductionRow.service_key), col(BatchRow.code))
    )
    rows = [(key, batch_id, code) for key, batch_id, code in session.exec(query)]
    return [row for row in rows if parse_service(row[0]).service_on >= desk.today_on]
