"""Batteries that are told in volts, or only as low: when the maker of the device calls them so."""

from collections.abc import Iterable
from datetime import datetime

from telemetry.readings import Reading

_WORDS = ("battery_low", "battery_voltage")


def low_since(readings: Iterable[Reading]) -> datetime | None:
    """
    The instant from which a device has called its battery low without a word against it, or None.

    Parameters
    ----------
    readings
        Of one device, in any order. A voltage without the word ``battery_low`` beside it is a word against.
    """
    words: dict[datetime, bool] = {}
    for one in readings:
        if one.quantity in _WORDS and one.doubt != "time":
            is_low = one.quantity == "battery_low" and one.value > 0
            words[one.measured_at] = words.get(one.measured_at, False) or is_low
    since_at = None
    for at, is_low in sorted(words.items()):
        since_at = (since_at or at) if is_low else None
    return since_at
