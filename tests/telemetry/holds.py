"""Holds for the tests: minutes are counted from cooked_at, readings come every five minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kitchen.thermal import CarrierModel
from telemetry.hold_facts import HandCheck, HoldFacts
from telemetry.readings import ProbeUse, Reading, Senses
from tests.kitchen.builders import gb

COOKED_AT = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
MODEL = CarrierModel(tau_s=36_000, drop_ratio=0.05, bound_c=1.0, air_tau_low_s=7_200, air_tau_high_s=14_400)
GB = gb()


def minute(number: float) -> datetime:
    """The instant so many minutes after cooking."""
    return COOKED_AT + timedelta(minutes=number)


def check(at_minute: float, core_c: float) -> HandCheck:
    """A core taken by hand."""
    return HandCheck(minute(at_minute), core_c)


def readings(
    *samples: tuple[float, float], probe: str = "core", device_id: str = "S01"
) -> tuple[Reading, ...]:
    """Readings from (minute, value) pairs."""
    return tuple(
        Reading(device_id, probe, None, "temperature", value_c, minute(at), minute(at), number)
        for number, (at, value_c) in enumerate(samples)
    )


def ramp(
    from_minute: int, to_minute: int, from_c: float, to_c: float, *, every: int = 5
) -> list[tuple[float, float]]:
    """Pairs on a straight line, both ends included."""
    slope = (to_c - from_c) / (to_minute - from_minute)
    return [(at, from_c + slope * (at - from_minute)) for at in range(from_minute, to_minute + 1, every)]


def use(senses: Senses = "core", from_minute: int = 20, to_minute: int | None = None) -> ProbeUse:
    """A probe named like what it senses, in the box since packing."""
    to_at = None if to_minute is None else minute(to_minute)
    return ProbeUse("S01", senses, senses, "box-1", minute(from_minute), to_at)


def hold(
    eaten: float | None, *samples: tuple[float, float], probe: Senses | None = "core", **facts: Any
) -> HoldFacts:
    """
    A hot hold packed at minute 20 at 80 C and handed over at minute 90; ``facts`` replace its fields.

    Parameters
    ----------
    eaten
        Minute of the last portion, None while the hold is open.
    samples
        (minute, value) pairs of the probe.
    probe
        What the probe senses, None for a box without one.
    facts
        Any field of `HoldFacts`.
    """
    fields: dict[str, Any] = {
        "box_code": "X01",
        "cooked_at": COOKED_AT,
        "packed_at": minute(20),
        "profile": GB,
        "model": MODEL,
        "packed_core_c": 80.0,
        "uses": () if probe is None else (use(probe),),
        "readings": readings(*samples, probe=probe or "core"),
        "handed_over_at": minute(90),
        "chain_end_at": None if eaten is None else minute(eaten),
    }
    return HoldFacts(**fields | facts)
