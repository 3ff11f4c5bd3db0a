"""The register as the API and the command line print it; no ID number, only its last four."""

from datetime import date
from typing import Any

from sqlmodel import Session

from api.register.finding import Found, WholePerson
from orders.bindings import Binding
from orders.credentials import Credential
from orders.enrolment import Enrolment
from orders.standing import Pause, StandingOrder
from orders.store.applications import ApplicationRow
from orders.store.diner_facts import RecordedFact
from orders.store.standing import load_pauses, load_standing


def found_document(found: Found) -> dict[str, Any]:
    """One hit of a search."""
    entry = found.entry
    return {
        "diner_id": entry.diner_id,
        "code": entry.code,
        "name": entry.name,
        "born_on": entry.born_on.isoformat(),
        "site_id": entry.site_id,
        "id_last_four": found.last_four,
        "revoked": found.revoked.reason if found.revoked else "",
    }


def person_document(whole: WholePerson) -> dict[str, Any]:
    """Everything the register has about a diner."""
    diner = whole.diner
    return {
        "diner_id": diner.diner_id,
        "code": diner.code,
        "name": diner.name,
        "born_on": diner.born_on.isoformat(),
        "site_id": diner.site_id,
        "delivery": diner.delivery,
        "diets": sorted(diner.diets),
        "allergens": sorted(diner.allergens),
        "texture": diner.texture,
        "id_last_four": whole.last_four,
        "stopped_by": whole.stopped_by or "",
        "programme_id": whole.programme_id or "",
        "facts": [fact_document(one) for one in whole.history],
        "cards": [credential_document(one) for one in whole.credentials],
        "enrolments": [enrolment_document(one) for one in whole.enrolments],
        "bindings": [binding_document(one, whole.logins[one.user_id][0]) for one in whole.bindings],
        "standing": [standing_document(one) for one in whole.standing],
        "pauses": [pause_document(one) for one in whole.pauses],
    }


def fact_document(one: RecordedFact) -> dict[str, Any]:
    """One row of a diner's history of facts."""
    fact = one.fact
    return {
        "position": one.position,
        "fact": fact.fact,
        "value": fact.value,
        "from_on": _day(fact.from_on),
        "to_on": _day(fact.to_on),
        "evidence": fact.evidence,
        "approved_by": fact.approved_by,
        "recorded_at": fact.recorded_at.isoformat() if fact.recorded_at else None,
        "recorded_by": one.recorded_by,
        "replaces": one.replaces,
        "withdrawn": one.withdrawn,
        "stands": one.stands,
    }


def credential_document(one: Credential) -> dict[str, Any]:
    """A card or a telephone, by what a list may show of it."""
    return {
        "credential_id": one.credential_id,
        "kind": one.kind,
        "shown": one.shown,
        "issued_at": one.issued_at.isoformat(),
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
        "reason": one.reason,
    }


def enrolment_document(one: Enrolment) -> dict[str, Any]:
    """A diner's days in a programme."""
    return {
        "enrolment_id": one.enrolment_id,
        "programme_id": one.programme_id,
        "from_on": _day(one.from_on),
        "to_on": _day(one.to_on),
        "state": one.state,
    }


def binding_document(one: Binding, login: str) -> dict[str, Any]:
    """Who acts for a diner, with what consent."""
    return {
        "binding_id": one.binding_id,
        "login": login,
        "relation": one.relation,
        "consent_how": one.consent_how,
        "consent_at": one.consent_at.isoformat(),
        "from_on": _day(one.from_on),
        "to_on": _day(one.to_on),
    }


def standing_document(one: StandingOrder) -> dict[str, Any]:
    """A meal wanted every week."""
    return {
        "standing_id": one.standing_id,
        "meal": one.meal,
        "weekdays": list(one.weekdays),
        "choices": dict(one.choices),
        "delivery": one.delivery,
        "from_on": _day(one.from_on),
        "to_on": _day(one.to_on),
    }


def pause_document(one: Pause) -> dict[str, Any]:
    """Days without standing orders."""
    return {
        "pause_id": one.pause_id,
        "from_on": _day(one.from_on),
        "to_on": _day(one.to_on),
        "reason": one.reason,
    }


def week_document(session: Session, diner_id: str) -> dict[str, Any]:
    """A diner's standing orders and pauses."""
    standing = load_standing(session, [diner_id]).get(diner_id, ())
    pauses = load_pauses(session, [diner_id]).get(diner_id, ())
    return {
        "diner_id": diner_id,
        "standing": [standing_document(one) for one in standing],
        "pauses": [pause_document(one) for one in pauses],
    }


def application_document(row: ApplicationRow) -> dict[str, Any]:
    """What somebody said online."""
    return {
        "application_id": row.application_id,
        "site_id": row.site_id,
        "name": row.name,
        "born_on": row.born_on.isoformat(),
        "id_last_four": row.last_four,
        "submitted_at": row.submitted_at.isoformat(),
        "state": row.state,
        **row.said,
    }


def _day(day_on: date | None) -> str | None:
    return None if day_on is None else day_on.isoformat()
