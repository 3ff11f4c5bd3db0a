"""Cooks who may not work and batches that still stand on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from kitchen.staff import Worker, fit_on
from kitchen.store.acts import load_cooked, load_started
from kitchen.store.checks import morning_checks
from kitchen.store.production import load_batches, load_production, load_slots
from kitchen.store.staff import load_workers
from orders.codes import Coded
from orders.service import Service


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Batches that somebody is to cook who may not work.

    Parameters
    ----------
    service_key
        Of which service.
    worker, reasons
        Who, and why not.
    batches
        Codes of those that are not on the heat, by report or by their planned minute.
    """

    service_key: str
    worker: Worker
    reasons: tuple[Coded, ...]
    batches: tuple[str, ...]


def left_standing(session: Session, service: Service, now_at: datetime) -> tuple[Standing, ...]:
    """The cooks of a published service who may not work on its date and have batches ahead, by code."""
    production = load_production(session, service.key)
    if production is None:
        return ()
    checks = morning_checks(session, service.kitchen_id, service.service_on)
    workers = load_workers(session, service.kitchen_id, service.service_on).values()
    barred = [(one, why) for one in workers if (why := fit_on(one, checks, service.service_on))]
    if not barred:
        return ()
    key, now_s = production.production_id, service.seconds(now_at)
    begun = load_started(session, key).keys() | load_cooked(session, key).keys()
    codes = {batch.batch_id: batch.code for batch in load_batches(session, key)}
    ahead = [one for one in load_slots(session, key) if one.start_s > now_s and one.batch_id not in begun]
    found = []
    for worker, reasons in sorted(barred, key=lambda one: one[0].code):
        own = tuple(codes[slot.batch_id] for slot in ahead if slot.cook_id == worker.worker_id)
        if own:
            found.append(Standing(service.key, worker, reasons, own))
    return tuple(found)
