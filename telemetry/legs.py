"""The legs of a hold, and the seconds that its core spent, or may have spent, in the danger zone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from math import inf, isfinite

from kitchen.thermal import CoreBound
from telemetry.core_track import Frame, Track
from telemetry.hold_facts import HoldFacts, Leg, LegName, SecondLeg

Interval = tuple[float, float]
Ends = tuple[LegName, datetime, datetime | None]


def proven_exposure(track: Track, *, above_c: float, below_c: float) -> list[Interval]:
    """Intervals, seconds from the clock's start, in which the upper bound lay between two limits."""
    return _joined(_inside(span, _high_c, above_c, below_c) for span in track.spans)


def possible_exposure(track: Track, *, below_c: float) -> list[Interval]:
    """Intervals in which the lower bound lay under a limit: exposure that nothing excludes."""
    return _joined(_inside(span, _low_c, -inf, below_c) for span in track.spans)


def proven_warmth(track: Track, limit_c: float) -> list[Interval]:
    """Intervals in which the lower bound lay above a limit: chilled food that is proven too warm."""
    return _joined(_inside(span, _low_c, limit_c, inf) for span in track.spans)


def possible_warmth(track: Track, limit_c: float) -> list[Interval]:
    """Intervals in which the upper bound lay above a limit: warmth that nothing excludes."""
    return _joined(_over(span, limit_c) for span in track.spans)


def exposed_s(intervals: Iterable[Interval], from_s: float = 0, to_s: float = inf) -> int:
    """Whole seconds of the intervals that lie between two seconds."""
    return int(sum(max(0.0, min(end_s, to_s) - max(start_s, from_s)) for start_s, end_s in intervals))


def legs_of(facts: HoldFacts, frame: Frame, track: Track, exposure: list[Interval]) -> tuple[Leg, ...]:
    """
    The legs as far as the chain has come.

    Parameters
    ----------
    facts
        The hold.
    frame
        The part of it that is judged.
    track
        What the verdict rests on.
    exposure
        Its proven exposure.

    Returns
    -------
    tuple[Leg, ...]
        Kitchen, transport, hot well once handed over and not eaten at the door, and second leg where
        portions went on to a door.
    """
    way = _way(facts, frame)
    ends: list[Ends] = [("kitchen", facts.cooked_at, facts.packed_at)]
    ends += [("transport", facts.packed_at, facts.handed_over_at), *_hot_well(facts, way, frame)]
    legs = tuple(_leg(name, from_at, to_at, frame, track, exposure) for name, from_at, to_at in ends)
    return legs if way is None else (*legs, _second_leg(facts, way, frame, track, exposure))


def _hot_well(facts: HoldFacts, way: SecondLeg | None, frame: Frame) -> list[Ends]:
    """From the hand-over to the end, or until the box leaves again; none where nobody noted when it left."""
    from_at, to_at = facts.handed_over_at, frame.end_at if frame.final else None
    if way is not None and way.in_box:
        if way.left_at is None:
            return []
        to_at = way.left_at
    stays = from_at is not None and from_at < frame.end_at and from_at != to_at
    return [("hot_well", from_at, to_at)] if from_at is not None and stays else []


def _way(facts: HoldFacts, frame: Frame) -> SecondLeg | None:
    """The second leg, where some of its portions were eaten, or still may be, within the frame."""
    way = facts.second_leg
    if way is None or (way.given_at is None and frame.final):
        return None
    began_at = way.left_at or way.given_at
    return way if began_at is not None and began_at <= frame.end_at else None


def _second_leg(
    facts: HoldFacts, way: SecondLeg, frame: Frame, track: Track, exposure: list[Interval]
) -> Leg:
    """The way to the doors: by the box's own probe where the box went, else without evidence."""
    from_at = way.left_at or facts.handed_over_at or facts.packed_at
    to_at = way.given_at if frame.final else None
    if way.in_box:
        leg = _leg("second_leg", from_at, to_at, frame, track, exposure)
        return replace(leg, missing=leg.missing or way.left_at is None)
    needs_proof = to_at is not None and frame.seconds(to_at) > facts.profile.uncontrolled_window_s
    return Leg("second_leg", from_at, to_at, needs_proof, None, None, 0)


def _leg(
    name: LegName,
    from_at: datetime,
    to_at: datetime | None,
    frame: Frame,
    track: Track,
    exposure: list[Interval],
) -> Leg:
    from_s, to_s = frame.seconds(from_at), frame.end_s if to_at is None else frame.seconds(to_at)
    bound = track.at(min(to_s, frame.end_s)) if to_s >= 0 else CoreBound(to_s, -inf, inf)
    unended = to_at is None and frame.final
    return Leg(
        name=name,
        from_at=from_at,
        to_at=to_at,
        missing=unended or (to_s >= 0 and not isfinite(bound.low_c)),
        core_low_c=known(bound.low_c),
        core_high_c=known(bound.high_c),
        exposed_s=exposed_s(exposure, from_s, to_s),
    )


def known(value_c: float) -> float | None:
    """A bound, or None where nothing bounds it."""
    return value_c if isfinite(value_c) else None


def _low_c(bound: CoreBound) -> float:
    return bound.low_c


def _high_c(bound: CoreBound) -> float:
    return bound.high_c


def _inside(
    span: tuple[CoreBound, CoreBound], value: Callable[[CoreBound], float], above_c: float, below_c: float
) -> Interval | None:
    """The part of a span in which a value, linear between its ends, lies between two limits."""
    before, after = span
    from_s, to_s, from_c, to_c = before.at_s, after.at_s, value(before), value(after)
    if from_c >= below_c and to_c >= below_c:
        return None
    if from_c == to_c or not (isfinite(from_c) and isfinite(to_c)):
        inside = above_c < min(from_c, to_c) < below_c or (above_c == -inf and min(from_c, to_c) < below_c)
        return (from_s, to_s) if inside else None
    rate_s = (to_s - from_s) / (to_c - from_c)
    crossings = sorted(from_s + (limit_c - from_c) * rate_s for limit_c in (above_c, below_c))
    start_s, end_s = max(from_s, crossings[0]), min(to_s, crossings[1])
    return (start_s, end_s) if start_s < end_s else None


def _over(span: tuple[CoreBound, CoreBound], limit_c: float) -> Interval | None:
    """The part of a span in which the upper bound, unknown or linear, lies above a limit."""
    before, after = span
    if not (isfinite(before.high_c) and isfinite(after.high_c)):
        return (before.at_s, after.at_s)
    return _inside(span, _high_c, limit_c, inf)


def _joined(intervals: Iterable[Interval | None]) -> list[Interval]:
    joined: list[Interval] = []
    for interval in intervals:
        if interval is None or interval[0] >= interval[1]:
            continue
        if joined and interval[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], interval[1])
        else:
            joined.append(interval)
    return joined
