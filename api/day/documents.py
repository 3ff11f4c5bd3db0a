"""Outcomes of the day as JSON documents, alike for the API and the command line."""

from collections.abc import Iterable
from typing import Any

from api.day.plan import PlanOutcome, losses
from api.day.summary import Summary
from api.words import said_document
from orders.codes import Excepted


def excepted_documents(items: Iterable[Excepted], language: str) -> list[dict[str, Any]]:
    """Portions that did not go the way of the others, each with its sentence."""
    return [
        said_document(item.reason, language) | {"ref": item.ref, "portions": item.portions} for item in items
    ]


def plan_document(outcome: PlanOutcome, language: str) -> dict[str, Any]:
    """What a planning run gave."""
    day = outcome.day
    told = (*day.findings, *day.notes, *outcome.notes)
    return {
        "version": outcome.version,
        "batches": len(day.batches),
        "boxes": len(day.packed.boxes),
        "trips": len(day.plan.trips),
        "distance_m": day.plan.distance_m,
        "passes": day.passes,
        "losses": excepted_documents(losses(day), language),
        "findings": [said_document(finding, language) for finding in told],
    }


def summary_document(day: Summary, language: str) -> dict[str, Any]:
    """The day's numbers."""
    counts = day.counts
    return {
        "orders": day.orders,
        "diners": day.diners,
        "portions_ordered": counts.portions_ordered,
        "portions_cooked": counts.portions_cooked,
        "portions_extra": counts.portions_extra,
        "portions_spare": counts.portions_spare,
        "portions_by_size": dict(day.by_size),
        "portions_boxed": counts.portions_boxed,
        "portions_spare_boxed": counts.portions_spare_boxed,
        "portions_not_boxed": counts.portions_not_boxed,
        "portions_delivered": counts.portions_delivered,
        "portions_excepted": counts.portions_excepted,
        "exceptions": excepted_documents(day.exceptions, language),
        "batches": day.batches,
        "boxes": day.boxes,
        "stops": day.stops,
        "unserved": day.unserved,
        "trips": day.trips,
        "distance_m": day.distance_m,
        "readings_stored": day.readings_stored,
        "holds": dict(day.holds),
        "alarms": day.alarms,
        "receipts": day.receipts,
        "servings": day.servings,
        "subsidy_fen": day.subsidy_fen,
        "plan_violations": day.plan_violations,
    }
