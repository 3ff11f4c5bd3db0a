"""Hand out: food leaves the store for batches, and every meal of the service is judged again."""

from sqlmodel import Session

from api.day.recheck import recheck_service
from api.stock.batch_lots import Handed, issue_lot, put_back
from api.stock.chilled import issue_chilled
from api.stock.desk import StockDesk, open_desk
from api.stock.picking import Issued, issue_service
from kitchen.lots import Lot
from kitchen.store.chilled import ChilledBatch, load_chilled, load_forecast
from kitchen.store.lots import lots_watched
from kitchen.store.production import load_production
from orders.service import Service


def hand_out(session: Session, desk: StockDesk, service: Service) -> Issued:
    """
    Hands a service what it has not got yet; another lot than planned may bring a clash.

    Before it is published these are the chilled batches of its forecast.
    """
    open_desk(session, desk, "stock.keep")
    forecast = load_forecast(session, service.key)
    if forecast is not None and load_production(session, service.key) is None:
        return issue_chilled(session, desk, service, load_chilled(session, forecast.forecast_id))
    issued = issue_service(session, desk, service)
    if issued.picks:
        recheck_service(session, service, now_at=desk.now_at, ids=desk.ids)
    return issued


def hand_cooked(session: Session, desk: StockDesk, service: Service, batch_id: str) -> None:
    """Hands a batch that has just been cooked what it had not got yet, so that it always knows its lots."""
    if not lots_watched(session, desk.kitchen.kitchen_id):
        return
    if issue_service(session, desk, service, [batch_id]).picks:
        recheck_service(session, service, now_at=desk.now_at, ids=desk.ids)


def hand_chilled(session: Session, desk: StockDesk, service: Service, batch: ChilledBatch) -> Issued:
    """Hands a chilled batch that has just been cooked what it had not got yet; says what no lot covered."""
    return issue_chilled(session, desk, service, [batch])


def hand_lot(session: Session, desk: StockDesk, told: Handed, *, back: bool = False) -> Lot:
    """Hands some of a named lot to a batch, or puts some back; a label of its own may bring a clash."""
    lot = (put_back if back else issue_lot)(session, desk, told)
    recheck_service(session, told.service, now_at=desk.now_at, ids=desk.ids)
    return lot
