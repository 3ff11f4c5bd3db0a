"""Stock as JSON documents, alike for the API and the command line."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from api.stock.holding import TouchedBatch
from api.stock.purchase import Purchase
from api.stock.views import LotFile, LotView, PickList
from api.words import said_document
from kitchen.lots import Declaration
from kitchen.receiving import Supplier
from kitchen.store.deliveries import KeptDelivery
from orders.codes import Coded

MG_PER_G = 1000


def lot_document(view: LotView, language: str) -> dict[str, Any]:
    """One lot."""
    lot = view.lot
    return {
        "lot_id": lot.lot_id,
        "code": lot.code,
        "food_code": lot.food_code,
        "food": view.food.called(language),
        "supplier": view.supplier,
        "received_at": lot.received_at.isoformat(),
        "expires_on": _on(lot.expires_on),
        "expiry": view.expiry,
        "received_g": lot.received_mg / MG_PER_G,
        "left_g": lot.left_mg / MG_PER_G,
        "state": lot.state,
        "verdict": view.delivery.verdict,
        "wanting": _said(view.delivery.wanting, language),
        "papers": dict(lot.papers),
        "temperature_c": lot.temperature_c,
        "declared": declared_document(lot.declared),
        "photos": [photo.digest for photo in view.photos],
    }


def lot_file_document(file: LotFile, language: str) -> dict[str, Any]:
    """One lot with what became of it and the batches that it went into."""
    return lot_document(file.view, language) | {
        "moves": [
            {
                "kind": one.kind,
                "delta_g": one.delta_mg / MG_PER_G,
                "reason": one.reason,
                "batch_id": one.batch_id,
                "by": one.actor,
                "at": one.at.isoformat(),
            }
            for one in file.movements.moves
        ],
        "marks": [
            {
                "state": one.state,
                "reason": one.reason,
                "by_name": one.by_name,
                "by": one.actor,
                "at": one.at.isoformat(),
            }
            for one in file.movements.marks
        ],
        "batches": batches_document(file.batches),
    }


def batches_document(batches: Iterable[TouchedBatch]) -> list[dict[str, Any]]:
    """Batches that a lot went into, and what stands still of them."""
    return [
        {
            "service": one.service_key,
            "batch_id": one.batch_id,
            "batch": one.code,
            "g": one.mg / MG_PER_G,
            "on_hold": one.on_hold,
            "boxes": list(one.boxes),
            "sites": list(one.sites),
        }
        for one in batches
    ]


def delivery_document(kept: KeptDelivery, language: str) -> dict[str, Any]:
    """What became of a delivery."""
    lot = kept.lot
    return {
        "lot_id": lot.lot_id,
        "code": lot.code,
        "food_code": lot.food_code,
        "verdict": kept.verdict,
        "wanting": _said(kept.wanting, language),
        "expires_on": _on(lot.expires_on),
        "received_g": lot.received_mg / MG_PER_G,
    }


def picks_document(picks: PickList, language: str) -> dict[str, Any]:
    """The pick list of a service."""
    return {
        "service": picks.service.key,
        "version": picks.version,
        "waiting": picks.waiting,
        "batches": [
            {
                "batch_id": batch.batch_id,
                "batch": batch.code,
                "dish": batch.dish.called(language),
                "lines": [
                    {
                        "food": line.food.called(language),
                        "lot": line.lot_code,
                        "expires_on": _on(line.expires_on),
                        "g": line.mg / MG_PER_G,
                        "issued": line.issued,
                        "barred": line.barred,
                    }
                    for line in batch.lines
                ],
            }
            for batch in picks.batches
        ],
        "short": [{"food": food.called(language), "g": mg / MG_PER_G} for food, mg in picks.short],
    }


def purchase_document(plan: Purchase, language: str) -> dict[str, Any]:
    """What to buy, by supplier."""
    return {
        "from_on": plan.from_on.isoformat(),
        "to_on": plan.to_on.isoformat(),
        "services": [
            {
                "service": need.service.key,
                "basis": need.basis,
                "ordered": need.ordered,
                "expected": sum(need.portions.values()),
                "past": need.past,
                "extras": dict(need.extras),
            }
            for need in plan.needs
        ],
        "suppliers": [
            {
                "supplier": plan.suppliers[one].code if one else None,
                "name": plan.suppliers[one].name if one else "",
                "cost_fen": sum(line.cost_fen for line in plan.of_supplier(one)),
                "lines": [
                    {
                        "food_code": line.food_code,
                        "food": _food(plan, line.food_code, language),
                        "short_g": line.short_mg / MG_PER_G,
                        "order_g": line.order_mg / MG_PER_G,
                        "needed_on": line.needed_on.isoformat(),
                        "cost_fen": line.cost_fen,
                    }
                    for line in plan.of_supplier(one)
                ],
            }
            for one in plan.supplier_ids
        ],
        "findings": _said(plan.findings, language),
    }


def supplier_document(one: Supplier) -> dict[str, Any]:
    """A supplier."""
    return {
        "code": one.code,
        "name": one.name,
        "contact": one.contact,
        "phone": one.phone,
        "licences": [
            {"kind": licence.kind, "number": licence.number, "valid_to_on": _on(licence.valid_to_on)}
            for licence in one.licences
        ],
        "groups": sorted(one.groups),
    }


def declared_document(declared: Declaration | None) -> dict[str, list[str]] | None:
    """What a label says of allergens; None when it says nothing of its own."""
    if declared is None:
        return None
    return {
        "contains": sorted(declared.contains),
        "may_contain": sorted(declared.may_contain),
        "unknown": sorted(declared.unknown),
    }


def _food(plan: Purchase, food_code: str, language: str) -> str:
    food = plan.foods[food_code]
    return food.name_zh if language == "zh_CN" else food.name_en


def _on(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _said(codes: Iterable[Coded], language: str) -> list[dict[str, Any]]:
    return [said_document(one, language) for one in codes]
