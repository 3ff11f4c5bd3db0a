"""The register as JSON documents, alike for the API and the command line."""

from collections.abc import Iterable
from typing import Any

from api.oversight.sites_views import RegisterView, SiteRow, SiteView
from api.oversight.siting import Checked
from api.words import said_document, say
from orders.codes import Coded
from orders.oversight.life_cycle import SiteEvent, Standing
from orders.oversight.siting import Check


def standing_document(standing: Standing | None) -> dict[str, Any] | None:
    """A state with its first day, and the last of a pause that has one."""
    if standing is None:
        return None
    until_on = standing.until_on.isoformat() if standing.until_on else None
    return {"state": standing.state, "since_on": standing.since_on.isoformat(), "until_on": until_on}


def act_document(site_id: str, act: str, standing: Standing) -> dict[str, Any]:
    """What an act on a site led to."""
    return {"site_id": site_id, "act": act, "standing": standing_document(standing)}


def row_document(row: SiteRow) -> dict[str, Any]:
    """One site in the list."""
    file = row.file
    return {
        "site_id": file.site_id,
        "name": file.name,
        "programme": file.programme_id,
        "district": file.district,
        "street": file.street,
        "standing": standing_document(row.standing),
        "announced": [standing_document(one) for one in row.announced],
        "grade": row.grade.grade if row.grade else None,
        "licences_due": [
            {
                "kind": licence.kind,
                "holder": licence.holder,
                "to_on": licence.to_on.isoformat() if licence.to_on else None,
                "status": status,
            }
            for status, licence in row.due
        ],
        "overdue": row.overdue,
    }


def register_document(view: RegisterView) -> dict[str, Any]:
    """Every site, and canteens of the day's register that nobody filed."""
    return {
        "day_on": view.day_on.isoformat(),
        "sites": [row_document(row) for row in view.rows],
        "unfiled": sorted(view.unfiled),
    }


def checks_document(checked: Checked, language: str) -> dict[str, Any]:
    """Rules held against a site or an area; what the plan does not state is named as defaulted."""
    return {
        "subject": checked.subject,
        "programme": checked.ruled.programme_id,
        "revision": checked.ruled.revision,
        "cite": checked.ruled.rules.cite,
        "defaulted": sorted(checked.ruled.defaulted),
        "checks": [check_document(one, language) for one in checked.checks],
        "kept": all(one.verdict == "met" for one in checked.checks),
    }


def check_document(check: Check, language: str) -> dict[str, Any]:
    """One rule with its bound and its measure."""
    return {
        "item": check.item,
        "words": say(Coded("site_check_is", {"check": check.item}), language),
        "verdict": check.verdict,
        "wanted": check.wanted,
        "found": check.found,
        "ref": check.ref,
    }


def site_document(view: SiteView, language: str) -> dict[str, Any]:
    """One site whole, without the names of its staff."""
    file = view.file
    return {
        "site_id": file.site_id,
        "name": file.name,
        "programme": file.programme_id,
        "address": file.address,
        "district": file.district,
        "street": file.street,
        "village": file.village,
        "operator": file.operator,
        "phone": file.phone,
        "standing": standing_document(view.standing),
        "announced": [standing_document(one) for one in view.announced],
        "acts": list(view.acts),
        "history": [_event(one) for one in view.events],
        "checks": [check_document(one, language) for one in view.checks],
        "checklist": [
            {"item": one.item_id, "zh": one.zh, "en": one.en, "source": one.source} for one in view.items
        ],
        "opening_lacks": _said(view.lacks, language),
        "supplies": [{"meal": one.meal, "form": one.form, "supplier": one.supplier} for one in view.supplies],
        "grade": view.grade.grade if view.grade else None,
        "staff": len(view.people),
        "inspections": len(view.visits),
    }


def _said(codes: Iterable[Coded], language: str) -> list[dict[str, Any]]:
    return [said_document(one, language) for one in codes]


def _event(event: SiteEvent) -> dict[str, Any]:
    return {
        "act": event.act,
        "by": event.by,
        "happened_on": event.happened_on.isoformat(),
        "effect_on": event.effect_on.isoformat(),
        "until_on": event.until_on.isoformat() if event.until_on else None,
        "grounds": event.grounds,
        "reason": event.reason,
        "passed": event.passed,
        "documents": [
            {"kind": one.kind, "ref": one.ref, "dated_on": one.dated_on.isoformat()}
            for one in event.documents
        ],
    }
