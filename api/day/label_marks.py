"""A label's mark: the end of its code, by which one label of a version is told from another of the same."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar

from api.reports.label_facts import BoxLabel
from api.reports.sample_facts import SampleLabel
from orders.service import Service

MARK_LONG = 4
MOVING = ("qr_text", "cooked_at", "deliver_by_at", "eat_by_at")
"""What says nothing of the content: instants move with every report of the kitchen."""
L = TypeVar("L", BoxLabel, SampleLabel)


def marked(label: L, service: Service) -> L:
    """
    The label with its mark after its code: a fingerprint of its content, then the minute it is eaten by.

    Returns
    -------
    BoxLabel | SampleLabel
        ``holdchain:box:K1/2026-11-23/lunch:X12:2`` becomes ``...:X12:2:7f3a803``; a sample has no minute.
    """
    eaten = _minute(service, label.eat_by_at) if isinstance(label, BoxLabel) else ""
    return replace(label, qr_text=f"{label.qr_text}:{_fingerprint(label)}{eaten}")


def still_holds(printed: str, label: BoxLabel | SampleLabel, service: Service) -> bool:
    """Whether a mark that was printed has the content of this label, and lets nobody eat later than it."""
    if printed[:MARK_LONG] != _fingerprint(label):
        return False
    return not isinstance(label, BoxLabel) or int(printed[MARK_LONG:]) <= int(
        _minute(service, label.eat_by_at)
    )


def _fingerprint(label: BoxLabel | SampleLabel) -> str:
    said = {name: value for name, value in asdict(label).items() if name not in MOVING}
    body = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(body.encode()).hexdigest()[:MARK_LONG]


def _minute(service: Service, at: datetime) -> str:
    return str(int((at - service.start_at).total_seconds()) // 60)
