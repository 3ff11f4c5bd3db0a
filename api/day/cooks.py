"""Who may cook in a service: skilled, with a valid health certificate, not sent home, within their hours."""

from datetime import time

from sqlmodel import Session

from kitchen.equipment import Cook
from kitchen.staff import Worker, fit_on
from kitchen.store.checks import morning_checks
from kitchen.store.staff import load_workers
from orders.codes import Coded
from orders.service import Service

DAY_S = 24 * 3600


def cooks_of(session: Session, service: Service) -> tuple[tuple[Cook, ...], tuple[Coded, ...]]:
    """
    Who may cook, and what is to be said about the others.

    Whoever the morning check of the date sent home does not cook; the evening before nobody is checked yet.

    Parameters
    ----------
    session
        Open.
    service
        When and where.

    Returns
    -------
    tuple[tuple[Cook, ...], tuple[Coded, ...]]
        No cook and a finding where the house lists nobody: then equipment alone decides.
    """
    cooks, notes = list[Cook](), list[Coded]()
    checks = morning_checks(session, service.kitchen_id, service.service_on)
    for worker in load_workers(session, service.kitchen_id, service.service_on).values():
        if not worker.cooks:
            continue
        reasons = fit_on(worker, checks, service.service_on)
        notes += reasons
        if not reasons:
            cooks.append(_cook(worker, service))
    if not cooks:
        notes.append(Coded("cooks_not_listed", {"kitchen": service.kitchen_id}))
    return tuple(cooks), tuple(notes)


def _cook(worker: Worker, service: Service) -> Cook:
    """A worker with hours in seconds; who has none may be there from the day before on."""

    def second(at: time | None, otherwise_s: int) -> int:
        return otherwise_s if at is None else service.seconds(service.at_local(at))

    from_s, to_s = second(worker.works_from, -DAY_S), second(worker.works_to, DAY_S)
    return Cook(worker.worker_id, worker.skills, from_s, to_s)
