"""A hold as a chart and its table draw it: readings, bounds, hand probes and events by the minute."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Literal

from kitchen.safety import SafetyProfile
from telemetry.cold_chain import Chilled
from telemetry.core_track import frame_of, tracks
from telemetry.hold_facts import HoldFacts, HoldVerdict

EventName = Literal[
    "cooked", "packed", "handed_over", "refused", "left", "first_plate", "last_plate", "check"
]
Note = tuple[datetime | None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class HoldPoint:
    """
    What was known about the box at one minute; None where nothing was.

    Parameters
    ----------
    at
        When.
    core_c, other_c
        Read by a core probe, and by the other one.
    low_c, high_c
        Bounds on the core by the carrier's model.
    hand_c
        Read by a calibrated hand probe.
    event
        What happened then.
    """

    at: datetime
    core_c: float | None = None
    other_c: float | None = None
    low_c: float | None = None
    high_c: float | None = None
    hand_c: float | None = None
    event: EventName | None = None


def chart_points(
    facts: HoldFacts, verdict: HoldVerdict, profile: SafetyProfile, *, is_refused: bool = False
) -> tuple[HoldPoint, ...]:
    """
    Everything known about a hold, gathered by the minute, in order of time.

    Parameters
    ----------
    facts
        The hold.
    verdict
        Its judgement: the start of its clock, and how far it was judged.
    profile
        The rule.
    is_refused
        Whether the box was turned away at the door instead of handed over.
    """
    by_minute: dict[datetime, dict[str, Any]] = defaultdict(dict)
    events = _events(facts, verdict, profile, "refused" if is_refused else "handed_over")
    for notes in (_readings(facts), _bounds(facts, verdict), _hands(facts), events):
        for at, values in notes:
            if at is not None:
                by_minute[at.replace(second=0, microsecond=0)].update(values)
    return tuple(HoldPoint(at=at, **values) for at, values in sorted(by_minute.items()))


def _readings(facts: HoldFacts) -> Iterator[Note]:
    for reading in facts.readings:
        if reading.quantity == "temperature":
            name = "core_c" if reading.senses == "core" else "other_c"
            yield reading.measured_at, {name: reading.value}


def _bounds(facts: HoldFacts, verdict: HoldVerdict) -> Iterator[Note]:
    frame = frame_of(facts, verdict.clock_at, verdict.judged_to_at)
    if facts.hold_class == "cold":
        heated_at = min((one.at for one in facts.reheats), default=verdict.judged_to_at)
        facts, frame = (part := Chilled.of(facts, heated_at)).facts, part.frame
    air = next((track for track in tracks(facts, frame) if track.basis == "air"), None)
    for point in air.points if air else ():
        if isfinite(point.low_c) and isfinite(point.high_c):
            at = frame.clock_at + timedelta(seconds=point.at_s)
            yield at, {"low_c": point.low_c, "high_c": point.high_c}


def _hands(facts: HoldFacts) -> Iterator[Note]:
    taken = [(facts.packed_at, facts.packed_core_c), (facts.handed_over_at, facts.handed_over_core_c)]
    taken += [(check.at, check.core_c) for check in (*facts.checks, *facts.reheats)]
    for at, core_c in taken:
        if core_c is not None:
            yield at, {"hand_c": core_c}


def _events(
    facts: HoldFacts, verdict: HoldVerdict, profile: SafetyProfile, at_door: EventName
) -> Iterator[Note]:
    """
    What happened, the later of two that share a minute being the one that is named.

    Chilled food came off the heat long before, and has no check at two hours.
    """
    is_hot = facts.hold_class == "hot"
    check_at = verdict.clock_at + timedelta(seconds=profile.hot_check_s)
    way = facts.second_leg
    happened: list[tuple[datetime | None, EventName]] = [
        (check_at if is_hot and check_at <= verdict.judged_to_at else None, "check"),
        (facts.cooked_at if is_hot else None, "cooked"),
        (facts.first_served_at, "first_plate"),
        (facts.last_served_at, "last_plate"),
        (facts.packed_at, "packed"),
        (facts.handed_over_at, at_door),
        (way.left_at if way is not None and way.in_box else None, "left"),
    ]
    for at, event in happened:
        yield at, {"event": event}
