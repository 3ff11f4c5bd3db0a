"""What an event on the road makes of a day, as a JSON document."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from api.day.by_hand import ByHand
from api.day.road_events import RoadReplanned, fetch_document
from api.reports.facts import Named
from api.words import said_document, say
from orders.codes import Coded
from orders.service import Service
from orders.store.sites import load_sites
from routing.store.day_events import event_body, load_day_events
from routing.store.fleet import load_vans

NAMED = frozenset({"vehicle", "site", "stop"})


def road_names(session: Session, service: Service) -> dict[str, Named]:
    """Vehicles and sites as people call them, by their codes."""
    sites = load_sites(session, service.kitchen_id, service.meal)
    vans = load_vans(session, service.kitchen_id)
    return {
        **{site_id: Named(site.name, site.name) for site_id, site in sites.items()},
        **{one.van_id: Named(one.name_zh, one.name_en) for one in vans},
    }


def road_document(
    done: RoadReplanned, service: Service, language: str, names: Mapping[str, Named], *, published: bool
) -> dict[str, Any]:
    """
    What happened, what changes, who fetches what, and each diner's new time, substitute or refund.

    Parameters
    ----------
    done, service, published
        The answer, and whether it is in force; a preview has the published version and its own digest.
    language, names
        Of the sentences; the codes in ``params`` stay as they are.
    """
    return {
        "version": done.version,
        "published": published,
        "digest": done.digest,
        "ahead": done.ahead,
        "events": [{"kind": one.kind, "ref": one.ref} | event_body(one) for one in done.events],
        "changes": [said_named(one, language, names) for one in done.changes],
        "fetched": [dict(fetch_document(service, one)) for one in done.answer.fetched],
        "lost": sorted(done.answer.lost),
        "diners": [one.document(service) for one in done.diners],
    }


def hand_document(
    found: ByHand, service: Service, language: str, names: Mapping[str, Named]
) -> dict[str, Any]:
    """What edits by hand change, and every rule that the plan would break."""
    facts = road_document(found.replanned, service, language, names, published=False)
    return facts | {"violations": [said_named(one, language, names) for one in found.violations]}


def road_events_document(session: Session, service: Service) -> list[dict[str, Any]]:
    """Events and edits by version, with what each version made of them."""
    return [
        {"version": row.version, "kind": row.kind, "ref": row.ref, "at": row.at.isoformat()}
        | {"by": row.actor, "body": row.body, **row.found}
        for row in load_day_events(session, service.key)
    ]


def said_named(one: Coded, language: str, names: Mapping[str, Named]) -> dict[str, Any]:
    """A change whose words have names where its parameters have codes."""
    called = {
        key: names[value].called(language)
        if key in NAMED and isinstance(value, str) and value in names
        else value
        for key, value in one.params.items()
    }
    return said_document(one, language) | {"words": say(Coded(one.code, called), language)}
