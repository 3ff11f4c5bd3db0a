"""Off the heat: a core that is hot enough starts the batch's clock, one that is not is kept as failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import CheckDesk, watch_of
from api.checks.floor import need_floor
from api.checks.points import COOK, STOPS
from api.day.cook import batch_cooked, published_batch
from api.day.measure import StepTold, keep_cold_core, record_step
from api.day.services import find_kitchen
from api.permissions import Actor, ensure
from kitchen.store.acts import load_cooked
from kitchen.store.steps import Step
from orders.errors import Conflict
from orders.ids import IdSource
from orders.service import Service


@dataclass(frozen=True, slots=True)
class CoreTold:
    """
    A core at the stove, as somebody tells it.

    Parameters
    ----------
    core_c
        Of the earliest finished pan, as the probe showed it, degrees Celsius.
    probe, person
        Which hand probe, who held it; empty where nobody says.
    happened_at
        When; None is now.
    """

    core_c: float
    probe: str = ""
    person: str = ""
    happened_at: datetime | None = None


def take_off(
    session: Session, batch_id: str, told: CoreTold, *, actor: Actor, now_at: datetime, ids: IdSource
) -> Step | None:
    """
    Notes that a batch came off the heat, or that its core was too cold for it.

    Parameters
    ----------
    session
        Open transaction.
    batch_id, told
        A batch of a published production; its core.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.

    Returns
    -------
    Step | None
        The measurement that failed and was kept: the batch waits for an action. None when it is off the heat.

    Raises
    ------
    NotFound
        When no published production has the batch.
    BadInput
        When the core is impossible, the probe or the person is not listed, or not named where they are, or it
        was off before it was on.
    Conflict
        When it is off the heat already, or is held back.
    """
    batch, service = published_batch(session, batch_id)
    ensure(actor, "batch.cook", kitchen_id=service.kitchen_id)
    runs = batch_id in load_cooked(session, batch.production_id, [batch_id])
    if runs and not _waits(session, service, batch_id):
        raise Conflict("batch_cooked_already", batch=batch.code)
    desk = CheckDesk(find_kitchen(session, service.kitchen_id), actor, now_at, ids)
    core = StepTold("cook", batch.code, told.core_c, told.probe, told.person, happened_at=told.happened_at)
    cold = keep_cold_core(session, desk, service, batch_id, core)
    if cold is not None:
        return cold
    watch = watch_of(session, service.kitchen_id, service.service_on)
    if runs or watch.probes or watch.workers or told.probe or told.person:
        record_step(session, desk, service, core)
        return None
    at = told.happened_at
    batch_cooked(session, batch_id, core_c=told.core_c, actor=actor, now_at=now_at, ids=ids, happened_at=at)
    return None


def _waits(session: Session, service: Service, batch_id: str) -> bool:
    """Whether the core of a batch off the heat turned out too cold, so that it is measured again."""
    floor = need_floor(session, service, [batch_id])
    own = (one for one in floor.of_batch[batch_id] if one.point.code == COOK)
    return any(one.standing in STOPS for one in own)
