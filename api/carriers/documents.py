"""Carriers as JSON documents."""

from typing import Any

from api.carriers.views import CarriersView, CarrierView, SiteOwes
from api.words import gettext, said_document
from kitchen.carriers import CarrierEvent


def carriers_document(view: CarriersView, language: str) -> dict[str, Any]:
    """Every carrier with its state, and what is not watched."""
    return {
        "carriers": [carrier_document(one, language) for one in view.every],
        "fit": view.fit,
        "missing": [one.carrier.code for one in view.missing],
        "findings": [said_document(one, language) for one in view.findings],
    }


def carrier_document(one: CarrierView, language: str) -> dict[str, Any]:
    """One carrier."""
    status, washed = one.status, one.status.washed
    return {
        "code": one.carrier.code,
        "kind": one.carrier.kind,
        "state": status.state,
        "words": gettext(f"carrier_state.{status.state or 'unknown'}", language),
        "since_at": status.since_at.isoformat() if status.since_at else None,
        "site_id": status.site_id or None,
        "site": one.site_name or None,
        "note": status.note,
        "washed": event_document(washed) if washed else None,
        "acts": list(one.acts),
    }


def event_document(event: CarrierEvent) -> dict[str, Any]:
    """One event, as it was written down."""
    return {
        "event_id": event.event_id,
        "act": event.act,
        "at": event.happened_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": event.actor,
        "method": event.method,
        "person": event.person,
        "note": event.note,
        "site_id": event.site_id or None,
        "replaces": event.replaces,
        "withdrawn": event.withdrawn,
    }


def balance_document(owed: tuple[SiteOwes, ...]) -> list[dict[str, Any]]:
    """What each site has of ours."""
    return [
        {
            "site_id": one.balance.site_id,
            "site": one.name,
            "empty": list(one.empty),
            "not_empty": list(one.not_empty),
            "away": one.balance.away,
            "oldest_at": one.balance.oldest_at.isoformat(),
        }
        for one in owed
    ]
