"""Cook: a batch comes off the heat, its core measured."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.holds import profile_at
from api.day.moments import happened
from api.day.probes import likely_core
from api.day.services import find_kitchen
from api.permissions import Actor, ensure
from api.stock.desk import StockDesk
from api.stock.picking import issue_cooked
from kitchen.acts import Cooked
from kitchen.store.acts import load_cooked, save_cooked
from kitchen.store.production_rows import BatchRow, ProductionRow
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.service import parse_service


def batch_cooked(
    session: Session,
    batch_id: str,
    *,
    core_c: float,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> None:
    """
    Notes that a batch came off the heat: its clock starts.

    Parameters
    ----------
    session
        Open transaction.
    batch_id
        A batch of a published production.
    core_c
        Core of the earliest finished pan, by hand probe.
    actor, now_at, ids
        Who, when we learn of it, with which row id.
    happened_at
        When it was off the heat; None is now.

    Raises
    ------
    NotFound
        When no published production has the batch.
    BadInput
        When the core is impossible, or too cold to be called cooked.
    Conflict
        When it is off the heat already.
    """
    batch = session.get(BatchRow, batch_id)
    production = session.get(ProductionRow, batch.production_id) if batch else None
    if batch is None or production is None or production.status != "published":
        raise NotFound("batch", batch_id)
    service = parse_service(production.service_key)
    kitchen_id = service.kitchen_id
    ensure(actor, "batch.cook", kitchen_id=kitchen_id)
    least_c = profile_at(session, kitchen_id).cook_core_min_c
    if likely_core(core_c) < least_c:
        raise BadInput("core_not_cooked", batch=batch.code, core_c=core_c, least_c=least_c)
    if batch_id in load_cooked(session, batch.production_id):
        raise Conflict("batch_cooked_already", batch=batch.code)
    at = happened(happened_at, now_at)
    save_cooked(session, ids.new(), Cooked(batch_id, core_c, actor.user_id, at, now_at))
    kitchen = find_kitchen(session, kitchen_id)
    issue_cooked(session, StockDesk(kitchen, actor, now_at, ids), service, batch_id)
    record(session, actor, "batch.cook", batch.code, now_at, {"core_c": core_c, "at": at.isoformat()})
