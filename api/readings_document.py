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
        With `COLUMNS`, of which ``doubt`` stands only in a row that is judged by nobody; None where a frame
        gave no counter or no sense.
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
        }
        | ({"doubt": one.doubt} if one.doubt else {})
        for one in readings
    ]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
