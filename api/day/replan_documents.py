"""A re-plan as a JSON document, and what people call by a code as row ids."""

from collections import Counter
from typing import Any

from sqlmodel import Session

from api.day.replan import Replanned
from api.words import said_document
from kitchen.store.production import load_batches, load_production
from kitchen.store.staff import load_workers
from orders.errors import NotFound
from orders.service import Service


def ref_of(session: Session, service: Service, kind: str, code: str) -> str:
    """
    Row id of the batch or cook of a code; equipment goes by its code.

    Raises
    ------
    NotFound
        When nothing is published, or there is no such batch or cook.
    """
    if kind in ("broken", "repaired"):
        return code
    if kind in ("ill", "back"):
        workers = load_workers(session, service.kitchen_id, service.service_on)
        found = next((one.worker_id for one in workers.values() if one.code == code), None)
        if found is None:
            raise NotFound("worker", code)
        return found
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("plan", service.key)
    batches = load_batches(session, production.production_id)
    batch_id = next((batch.batch_id for batch in batches if batch.code == code), None)
    if batch_id is None:
        raise NotFound("batch", code)
    return batch_id


def replan_document(done: Replanned, language: str) -> dict[str, Any]:
    """What a re-plan gave: changes, findings, and who gets what instead, by diner and in sums by site."""
    instead = [one.document for one in done.answer.instead]
    sums = Counter((one.site_id, one.from_dish, one.to_dish) for one in done.answer.instead)
    return {
        "version": done.version,
        "event": {"kind": done.event.kind, "ref": done.event.ref, "minutes": done.event.minutes},
        "changes": [said_document(one, language) for one in done.changes],
        "findings": [said_document(one, language) for one in done.answer.late],
        "instead": instead,
        "by_site": [
            {"site_id": site_id, "from_dish": old, "to_dish": new, "portions": portions}
            for (site_id, old, new), portions in sorted(sums.items())
        ],
        "undelivered": len(done.answer.undelivered),
    }
