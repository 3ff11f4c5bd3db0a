"""A re-plan as a JSON document, and what people call by a code as row ids."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from api.day.offered import offered
from api.day.replan import Replanned
from api.reports.facts import Named
from api.words import said_document, say
from kitchen.store.equipment import load_equipment
from kitchen.store.production import load_batches, load_production
from kitchen.store.replans import ReplanRow
from kitchen.store.staff import load_workers
from orders.codes import Coded
from orders.errors import NotFound
from orders.service import Service
from orders.store.sites import load_sites


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


def names_of(session: Session, service: Service) -> dict[str, Named]:
    """Equipment, sites, cooks and dishes as people call them, by what a re-plan's changes call them."""
    pieces = load_equipment(session, service.kitchen_id)
    sites = load_sites(session, service.kitchen_id, service.meal)
    workers = load_workers(session, service.kitchen_id, service.service_on)
    menu = offered(session, service)
    return {
        **{one.dish_id: Named(one.name_zh, one.name_en) for one in (menu.items if menu else ())},
        **{one.equipment_id: Named(one.name_zh, one.name_en) for one in pieces},
        **{site_id: Named(site.name, site.name) for site_id, site in sites.items()},
        **{one.worker_id: Named(one.name, one.name) for one in workers.values()},
    }


def replan_document(
    done: Replanned, language: str, names: Mapping[str, Named], *, published: bool
) -> dict[str, Any]:
    """
    What a re-plan gave, or would give: changes, findings, who gets what instead, by diner and by site.

    Parameters
    ----------
    done, published
        The answer, and whether it is in force; a preview has the published version and its own digest.
    language, names
        Of the sentences; the codes in ``params`` stay as they are.
    """
    instead = [one.document for one in done.answer.instead]
    sums = Counter((one.site_id, one.from_dish, one.to_dish) for one in done.answer.instead)
    return {
        "version": done.version,
        "published": published,
        "digest": done.digest,
        "event": {"kind": done.event.kind, "ref": done.event.ref, "minutes": done.event.minutes},
        "changes": [_said(one, language, names) for one in done.changes],
        "findings": [_said(one, language, names) for one in (*done.answer.late, *done.answer.notes)],
        "instead": instead,
        "by_site": [
            {"site_id": site_id, "from_dish": old, "to_dish": new, "portions": portions}
            for (site_id, old, new), portions in sorted(sums.items())
        ],
        "undelivered": len(done.answer.undelivered),
    }


def events_document(rows: Iterable[ReplanRow]) -> list[dict[str, Any]]:
    """What went wrong on a day, what each version changed, and which of them was taken back by which."""
    kept = list(rows)
    undone = {row.ref: row.version for row in kept if row.kind == "undo"}
    return [
        {
            "version": row.version,
            "kind": row.kind,
            "at": row.at.isoformat(),
            "undone_by": undone.get(row.replan_id),
            **row.found,
        }
        for row in kept
    ]


def _said(one: Coded, language: str, names: Mapping[str, Named]) -> dict[str, Any]:
    """A change whose words have names where its parameters have codes."""
    called = {
        key: names[value].called(language) if isinstance(value, str) and value in names else value
        for key, value in one.params.items()
    }
    return said_document(one, language) | {"words": say(Coded(one.code, called), language)}
