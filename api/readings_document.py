"""Readings as `holdchain decode` and `holdchain readings` print them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from telemetry.readings import NO_SEQUENCE, Reading

COLUMNS = (
    "device",
    "probe",
    "senses",
    "quantity",
    "value",
    "unit",
    "measured_at",
    "sequence",
    "backfill",
    "doubt",
)


def readings_document(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """
    Readings as rows of a document, in their order.

    Parameters
    ----------
    readings
        Any.

    Returns
    -------
    list[dict[str, Any]]
        With `COLUMNS`; None where a frame gave no counter, no sense, or nothing to doubt.
    """
    return [
        {
            "device": one.device_id,
            "probe": one.probe,
            "senses": one.senses,
            "quantity": one.quantity,
            "value": one.value,
            "unit": one.unit,
            "measured_at": _text(one.measured_at),
            "sequence": None if one.sequence == NO_SEQUENCE else one.sequence,
            "backfill": one.backfill,
            "doubt": one.doubt or None,
        }
        for one in readings
    ]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
