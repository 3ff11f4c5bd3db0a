"""What goes out of a lot otherwise than into food: waste, returns, counts."""

from collections.abc import Mapping

from sqlmodel import Session

from api.audit import record
from api.stock.desk import StockDesk, need_lot, need_text, open_desk
from kitchen.lots import Lot, MoveKind
from kitchen.store.lots import LotMove, find_lot, save_move
from orders.errors import BadInput, Conflict

GRAMS = 1000


def waste(session: Session, desk: StockDesk, code: str, mg: int, reason: str) -> Lot:
    """
    Throws away some of a lot; gives the lot as it is then.

    Raises
    ------
    BadInput
        Without a reason, or when there is less.
    Conflict
        When it is destroyed already.
    """
    return _out(session, desk, "waste", code, mg, reason)


def send_back(session: Session, desk: StockDesk, code: str, mg: int, reason: str) -> Lot:
    """Sends some of a lot back to its supplier; refused as `waste` is."""
    return _out(session, desk, "return", code, mg, reason)


def take_stock(
    session: Session, desk: StockDesk, counted_mg: Mapping[str, int], reason: str
) -> dict[str, int]:
    """
    Writes down what was counted of some lots; the difference to the book becomes a move.

    Parameters
    ----------
    session, desk
        Open transaction, and who counts.
    counted_mg
        By the lots' codes, milligrams as bought.
    reason
        Why a difference is there; needed when there is one.

    Returns
    -------
    dict[str, int]
        Difference by code, 0 where the book was right.

    Raises
    ------
    BadInput
        Without a reason for a difference, or with a weight below 0.
    """
    open_desk(session, desk, "stock.keep")
    lots = {code: need_lot(session, desk, code) for code in counted_mg}
    differences = {code: counted_mg[code] - lot.left_mg for code, lot in lots.items()}
    if any(differences.values()):
        reason = need_text(reason, "stock_reason_missing")
    for code, delta_mg in differences.items():
        _require_there(lots[code])
        if counted_mg[code] < 0:
            raise BadInput("stock_amount", most_kg=0)
        move = LotMove(lots[code].lot_id, "count", delta_mg, desk.actor.user_id, desk.now_at, reason)
        save_move(session, desk.ids.new(), move)
    record(
        session, desk.actor, "stock.keep/take", desk.kitchen.kitchen_id, desk.now_at, {"lots": differences}
    )
    return differences


def require_left(lot: Lot, mg: int) -> None:
    """Refuses to take more of a lot than there is."""
    if mg > lot.left_mg:
        raise BadInput("stock_too_little", lot=lot.code, left=grams(lot.left_mg), wanted=grams(mg))


def back_in(
    session: Session, desk: StockDesk, lot: Lot, into: tuple[str | None, str | None], mg: int, reason: str
) -> None:
    """
    Puts what a batch did not use back into its lot; into one that is destroyed, as destroyed too.

    ``into`` is the batch's id, or that of a chilled one of the day before.
    """
    back = LotMove(lot.lot_id, "put_back", mg, desk.actor.user_id, desk.now_at, reason, *into)
    save_move(session, desk.ids.new(), back)
    if lot.state == "destroyed":
        gone = LotMove(lot.lot_id, "destroy", -mg, desk.actor.user_id, desk.now_at, reason)
        save_move(session, desk.ids.new(), gone)


def grams(mg: int) -> str:
    """A weight in kilograms with the grams behind the point, for a sentence."""
    return f"{mg / GRAMS / 1000:.3f} kg"


def _require_there(lot: Lot) -> None:
    if lot.state == "destroyed":
        raise Conflict("lot_not_ok", lot=lot.code, state=lot.state)


def _out(session: Session, desk: StockDesk, kind: MoveKind, code: str, mg: int, reason: str) -> Lot:
    open_desk(session, desk, "stock.keep")
    why = need_text(reason, "stock_reason_missing")
    lot = need_lot(session, desk, code)
    _require_there(lot)
    require_left(lot, mg)
    move = LotMove(lot.lot_id, kind, -mg, desk.actor.user_id, desk.now_at, why)
    save_move(session, desk.ids.new(), move)
    subject = f"{desk.kitchen.kitchen_id}/{lot.code}"
    record(session, desk.actor, f"stock.keep/{kind}", subject, desk.now_at, {"mg": mg, "reason": why})
    return find_lot(session, desk.kitchen.kitchen_id, lot.lot_id) or lot
