"""A batch's lots by hand: another lot than the list says, or some put back."""

from dataclasses import dataclass

from sqlmodel import Session

from api.audit import record
from api.stock.desk import StockDesk, need_lot, need_text, open_desk
from api.stock.moves import back_in, grams, require_left
from kitchen.lots import Lot, MoveKind
from kitchen.store.lots import LotMove, issued_to, issued_to_chilled, save_move
from kitchen.store.production import load_batches, load_production
from orders.errors import BadInput, Conflict, NotFound
from orders.service import Service


@dataclass(frozen=True, slots=True)
class Handed:
    """
    Some of a lot for a batch, by hand.

    Parameters
    ----------
    service, batch_code
        Which batch of which published service.
    lot_code, mg
        From which lot, how much as bought, milligrams.
    reason
        Why; needed to put back.
    """

    service: Service
    batch_code: str
    lot_code: str
    mg: int
    reason: str = ""


def issue_lot(session: Session, desk: StockDesk, told: Handed) -> Lot:
    """
    Hands some of a named lot to a batch, whatever the pick list says.

    Raises
    ------
    NotFound
        When nothing is published, or it has no such batch or lot.
    Conflict
        When the lot is held, destroyed or past its last day.
    BadInput
        When less is left.
    """
    open_desk(session, desk, "stock.keep")
    lot, (batch_id, chilled_id) = need_lot(session, desk, told.lot_code), _ids(session, told)
    if lot.state != "ok":
        raise Conflict("lot_not_ok", lot=lot.code, state=lot.state)
    if lot.expires_on is not None and lot.expires_on < told.service.service_on:
        raise Conflict("lot_past", lot=lot.code, expires_on=lot.expires_on.isoformat())
    require_left(lot, told.mg)
    move = LotMove(
        lot.lot_id,
        "issue",
        -told.mg,
        desk.actor.user_id,
        desk.now_at,
        told.reason.strip(),
        batch_id,
        chilled_id,
    )
    save_move(session, desk.ids.new(), move)
    _recorded(session, desk, told, lot, "issue")
    return need_lot(session, desk, lot.lot_id)


def put_back(session: Session, desk: StockDesk, told: Handed) -> Lot:
    """
    Puts some of what a batch got back into its lot; both moves stay on record.

    What comes back of a destroyed lot is written down as destroyed at once.

    Raises
    ------
    NotFound
        When nothing is published, or it has no such batch or lot.
    BadInput
        Without a reason, or when the batch got less of the lot.
    """
    open_desk(session, desk, "stock.keep")
    need_text(told.reason, "stock_reason_missing")
    lot, into = need_lot(session, desk, told.lot_code), _ids(session, told)
    batch_id, chilled_id = into
    got = issued_to(session, [batch_id]) if batch_id else issued_to_chilled(session, [chilled_id or ""])
    got_mg = sum(one.mg for one in got if one.lot_id == lot.lot_id)
    if told.mg > got_mg:
        raise BadInput("stock_too_little", lot=lot.code, left=grams(got_mg), wanted=grams(told.mg))
    back_in(session, desk, lot, into, told.mg, told.reason.strip())
    _recorded(session, desk, told, lot, "put_back")
    return need_lot(session, desk, lot.lot_id)


def _ids(session: Session, told: Handed) -> tuple[str | None, str | None]:
    """The batch's id, or that of the chilled one that it is drawn from."""
    production = load_production(session, told.service.key)
    if production is None:
        raise NotFound("plan", told.service.key)
    batches = load_batches(session, production.production_id)
    found = next((one for one in batches if one.code == told.batch_code.strip()), None)
    if found is None:
        raise NotFound("batch", told.batch_code)
    return (None, found.chilled_id) if found.chilled_id else (found.batch_id, None)


def _recorded(session: Session, desk: StockDesk, told: Handed, lot: Lot, kind: MoveKind) -> None:
    detail = {"lot": lot.code, "batch": told.batch_code, "mg": told.mg, "reason": told.reason}
    record(session, desk.actor, f"stock.keep/{kind}", told.service.key, desk.now_at, detail)
