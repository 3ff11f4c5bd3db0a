"""Fixed assets as JSON documents."""

from datetime import datetime
from typing import Any

from api.checks.asset_facts import record_document
from api.checks.asset_views import AssetView
from api.checks.power_cuts import CutView
from api.words import said_document


def asset_document(view: AssetView, language: str) -> dict[str, Any]:
    """How an asset stands."""
    asset, now = view.asset, view.now
    return {
        "code": asset.code,
        "name": asset.name,
        "kind": asset.kind,
        "low_c": asset.rules.low_c,
        "high_c": asset.rules.high_c,
        "state": now.state,
        "value_c": now.value_c,
        "measured_at": _at(now.measured_at),
        "beyond_since_at": _at(now.since_at),
        "door_open_at": _at(now.door_open_at),
        "today": record_document(view.today),
        "probes": list(view.probes),
        "checked": {
            "at": view.checked.happened_at.isoformat(),
            "value_c": view.checked.answers.get("temperature_c"),
            "passed": view.checked.passed,
            "person": view.checked.person,
        }
        if view.checked
        else None,
        "calls": [
            {
                "kind": one.kind,
                "severity": one.severity,
                **said_document(one.reason, language),
                "answered_by": row.acknowledged_name if (row := view.alarms.get(one.key)) else None,
            }
            for one in view.causes
        ],
    }


def cut_document(view: CutView) -> dict[str, Any]:
    """A power cut as known now, with what was said of each lot."""
    cut = view.cut
    return {
        "cut": cut.cut_id,
        "from_at": cut.from_at.isoformat(),
        "to_at": cut.to_at.isoformat(),
        "source": cut.source,
        "person": cut.person,
        "note": cut.note,
        "assets": {code: record_document(record) for code, record in view.records.items()},
        "known_then": dict(cut.known),
        "lots": [
            {
                "lot": inside.lot.code,
                "storage": inside.storage,
                "words": [
                    {"word": one.word, "asset": one.asset_code, "reason": one.reason, "person": one.person}
                    for one in inside.words
                ],
            }
            for inside in view.lots
        ],
    }


def _at(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
