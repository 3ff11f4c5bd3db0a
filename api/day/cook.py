"""Cook: a batch goes on the heat, and comes off it with its core measured."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.gates import holding_back
from api.day.hand_out import hand_cooked
from api.day.holds import profile_at
from api.day.services import find_kitchen
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from api.stock.desk import StockDesk
from kitchen.acts import Cooked, Started
from kitchen.store.acts import load_cooked, load_started, save_cooked, save_started
from kitchen.store.production_rows import BatchRow, ProductionRow
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.service import Service, parse_service


def batch_started(
    session: Session,
    batch_id: str,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> str:
    """
    Notes that a batch went on the heat; its clock starts only when it is off it.

    Parameters
    ----------
    session
        Open transaction.
    batch_id
        A batch of a published production.
    actor, now_at, ids
        Who, when we learn of it, with which row id.
    happened_at
        When it went on; None is now.

    Returns
    -------
    str
        Row id of the report.

    Raises
    ------
    NotFound
        When no published production has the batch.
    Conflict
        When it is on the heat already, or off it.
    """
    batch, service = published_batch(session, batch_id)
    ensure(actor, "batch.cook", kitchen_id=service.kitchen_id)
    if batch_id in load_cooked(session, batch.production_id):
        raise Conflict("batch_cooked_already", batch=batch.code)
    if batch_id in load_started(session, batch.production_id):
        raise Conflict("batch_started_already", batch=batch.code)
    at, event_id = happened(happened_at, now_at), ids.new()
    save_started(session, event_id, Started(batch_id, actor.user_id, at, now_at))
    record(session, actor, "batch.cook/start", batch.code, now_at, {"at": at.isoformat()})
    return event_id


def batch_cooked(
    session: Session,
    batch_id: str,
    *,
    core_c: float,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> str:
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

    Returns
    -------
    str
        Row id of the report.

    Raises
    ------
    NotFound
        When no published production has the batch.
    BadInput
        When the core is impossible, or too cold to be called cooked, or it was off before it was on.
    Conflict
        When it is off the heat already, or is held back.
    """
    batch, service = published_batch(session, batch_id)
    ensure(actor, "batch.cook", kitchen_id=service.kitchen_id)
    require_cooked_core(session, service, batch, core_c)
    if batch_id in load_cooked(session, batch.production_id):
        raise Conflict("batch_cooked_already", batch=batch.code)
    require_not_held(session, service, batch)
    at, event_id = happened(happened_at, now_at), ids.new()
    started = load_started(session, batch.production_id).get(batch_id)
    if started is not None and at < started[1].happened_at:
        raise BadInput("batch_off_before_on", batch=batch.code)
    save_cooked(session, event_id, Cooked(batch_id, core_c, actor.user_id, at, now_at))
    kitchen = find_kitchen(session, service.kitchen_id)
    hand_cooked(session, StockDesk(kitchen, actor, now_at, ids), service, batch_id)
    record(session, actor, "batch.cook", batch.code, now_at, {"core_c": core_c, "at": at.isoformat()})
    return event_id


def published_batch(session: Session, batch_id: str) -> tuple[BatchRow, Service]:
    """
    A batch of a published production, and its service.

    Raises
    ------
    NotFound
        When no published production has the batch.
    """
    batch = session.get(BatchRow, batch_id)
    production = session.get(ProductionRow, batch.production_id) if batch else None
    if batch is None or production is None or production.status != "published":
        raise NotFound("batch", batch_id)
    service = parse_service(production.service_key)
    return batch, parse_service(production.service_key, find_kitchen(session, service.kitchen_id).zone)


def require_cooked_core(session: Session, service: Service, batch: BatchRow, core_c: float) -> None:
    """Refuses a core that no food has, and one too cold to be called cooked."""
    least_c = profile_at(session, service.kitchen_id).cook_core_min_c
    if likely_core(core_c) < least_c:
        raise BadInput("core_not_cooked", batch=batch.code, core_c=core_c, least_c=least_c)


def require_not_held(session: Session, service: Service, batch: BatchRow) -> None:
    """
    Lets a batch come off the heat.

    Raises
    ------
    Conflict
        ``batch_held_back``, with each thing that is against it as a reason.
    """
    reasons = holding_back(session, service, batch, "cook")
    if reasons:
        refusal = Conflict("batch_held_back", batch=batch.code)
        refusal.reasons = reasons
        raise refusal
