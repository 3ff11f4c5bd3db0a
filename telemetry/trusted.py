"""Which readings are judged: temperatures whose instant can be, without what a sensor says as it starts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from telemetry.readings import Reading

FAR_C = 10.0
SOON_S = 300  # a board's longest usual pause: Tasmota's TelePeriod


def trusted(readings: Iterable[Reading]) -> list[Reading]:
    """
    The temperatures among some readings that may be judged.

    Parameters
    ----------
    readings
        Of any devices, quantities and order; uptimes among them tell when a device started.

    Returns
    -------
    list[Reading]
        By device, probe, instant and counter. A value that may be what the sensor says as it starts is
        left out when it is the first after a start, or `FAR_C` away from both neighbours; while the next
        is still to come, being that far from the one before is enough. The first reading of all may have had
        others before it: it is the first after a start only within `SOON_S` of it.

    References
    ----------
    DS18B20 datasheet, "Operation, measuring temperature": the register holds 85 deg C at power-on.
    """
    temperatures: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    started: dict[str, set[datetime]] = defaultdict(set)
    for reading in readings:
        if reading.doubt == "time":
            continue
        if reading.quantity == "uptime":
            started[reading.device_id].add(_started_at(reading))
        elif reading.quantity == "temperature":
            temperatures[reading.device_id, reading.probe].append(reading)
    return [
        reading
        for (device_id, _), mine in sorted(temperatures.items())
        for reading in _without_starts(sorted(mine, key=_order), sorted(started[device_id]))
    ]


def _started_at(uptime: Reading) -> datetime:
    """When the device started; one that says it ran longer than there are dates, at the first of them."""
    try:
        return uptime.measured_at - timedelta(seconds=uptime.value)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _without_starts(mine: list[Reading], started: Sequence[datetime]) -> Iterable[Reading]:
    for number, reading in enumerate(mine):
        before = mine[number - 1] if number else None
        after = mine[number + 1] if number + 1 < len(mine) else None
        if reading.doubt != "power_on" or not _is_start(reading, before, after, started):
            yield reading


def _is_start(
    reading: Reading, before: Reading | None, after: Reading | None, started: Sequence[datetime]
) -> bool:
    at = reading.measured_at
    since_at = at - timedelta(seconds=SOON_S) if before is None else before.measured_at
    if any(since_at < start_at <= at for start_at in started):
        return True
    if before is None:
        return False
    return all(abs(reading.value - one.value) >= FAR_C for one in (before, after) if one is not None)


def _order(reading: Reading) -> tuple[datetime, int, float]:
    return (reading.measured_at, reading.sequence, reading.value)
