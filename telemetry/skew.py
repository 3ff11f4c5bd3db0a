"""Whether a device's clock is wrong, by what it tells live: its times and their arrivals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kitchen.safety import RecordRules
from telemetry.readings import Reading


@dataclass(frozen=True, slots=True)
class SkewParams:
    """
    When a clock is called wrong.

    Parameters
    ----------
    limit_s
        Most seconds between a device's time and its arrival, either way.
    steady_s
        By how much this may change between arrivals: a backlog catches up, a wrong clock does not.
    over_s, arrivals
        How long it must be so, by how many arrivals at least.
    """

    limit_s: float = 120.0
    steady_s: float = 30.0
    over_s: float = 240.0
    arrivals: int = 4

    def __post_init__(self) -> None:
        if min(self.limit_s, self.steady_s, self.over_s, self.arrivals) <= 0:
            raise ValueError("limit_s, steady_s, over_s and arrivals must be > 0.")


def skew_params(rules: RecordRules) -> SkewParams:
    """When a safety profile's rules of a record call a clock wrong."""
    return SkewParams(rules.clock_limit_s, rules.clock_steady_s, rules.clock_over_s, rules.clock_arrivals)


def skew_s(readings: Iterable[Reading], params: SkewParams | None = None) -> float | None:
    """
    By how many seconds a device's clock is wrong.

    Parameters
    ----------
    readings
        Of one device, in any order.
    params
        When it is called wrong; None for the defaults.

    Returns
    -------
    float | None
        Behind when positive, ahead when negative: the least of the latest arrivals, in amount. None when it
        is within the limit, or not steady for long enough: then it may be a backlog.
    """
    params = params or SkewParams()
    newest: dict[datetime, datetime] = {}
    for reading in readings:
        at = newest.get(reading.received_at)
        newest[reading.received_at] = reading.measured_at if at is None else max(at, reading.measured_at)
    steady: list[float] = []
    last_at = max(newest, default=None)
    for came_at, told_at in sorted(newest.items(), reverse=True):
        steady.append((came_at - told_at).total_seconds())
        if max(steady) - min(steady) > params.steady_s:
            return None
        is_long = last_at is not None and (last_at - came_at).total_seconds() >= params.over_s
        if is_long and len(steady) >= params.arrivals:
            least = min(steady, key=abs)
            return least if abs(least) > params.limit_s else None
    return None


def skews(readings: Iterable[Reading], params: SkewParams | None = None) -> dict[str, float]:
    """The devices among some readings whose clock is wrong, by their names, with the seconds of `skew_s`."""
    by_device: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_device[reading.device_id].append(reading)
    found = {device_id: skew_s(own, params) for device_id, own in sorted(by_device.items())}
    return {device_id: wrong_s for device_id, wrong_s in found.items() if wrong_s is not None}
