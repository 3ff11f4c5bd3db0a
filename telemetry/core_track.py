"""What one probe says about the core, second by second, and whether that is enough data."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from math import inf, isinf
from typing import Literal

from kitchen.safety import RecordRules
from kitchen.thermal import CoreBound, core_bounds
from orders.codes import Coded
from telemetry.hold_facts import HoldFacts
from telemetry.readings import ProbeUse
from telemetry.trusted import trusted

Basis = Literal["core", "air", "hand"]
Sample = tuple[int, float]
UNSEEN_C = 30.0  # the air around chilled food where nothing was read: system default


@dataclass(frozen=True, slots=True)
class Track:
    """
    Bounds on the core by one probe and the hand probe together. Seconds from the start of the clock.

    Parameters
    ----------
    basis
        What it rests on: a core probe, the air through the carrier's model, or hand probes alone.
    points
        Bounds where something was measured, in order of time.
    spans
        Bounds at both ends of adjoining intervals from 0 to the end of the judgement; linear within.
    findings
        What the data lacks, empty when it is enough.
    """

    basis: Basis
    points: tuple[CoreBound, ...]
    spans: tuple[tuple[CoreBound, CoreBound], ...]
    findings: tuple[Coded, ...]

    def at(self, at_s: float) -> CoreBound:
        """Bounds at a second between 0 and the end: those measured there, else those of its span."""
        for point in self.points:
            if point.at_s == at_s:
                return point
        ends_s = [after.at_s for _, after in self.spans]
        before, after = self.spans[min(bisect_right(ends_s, at_s), len(ends_s) - 1)]
        if before.at_s == after.at_s:
            return after
        part = (at_s - before.at_s) / (after.at_s - before.at_s)
        low_c = _between(before.low_c, after.low_c, part)
        return CoreBound(int(at_s), low_c, _between(before.high_c, after.high_c, part))


@dataclass(frozen=True, slots=True)
class Frame:
    """
    The part of a hold that is judged, in seconds from the start of its clock.

    Parameters
    ----------
    clock_at, end_at
        Start of the clock, end of the judgement.
    from_s
        When data must begin: packing, or the reheating that started the clock.
    handed_over_s
        The hand-over, None before it.
    end_s
        End of the judgement.
    warmed_s
        Last recorded reheating, None without one.
    final
        Whether the chain has ended.
    chilled
        Whether it is chilled food: then what is warmest is the worst, and nothing only cools.
    left_s
        When the box left the site for a door, None when it did not.
    """

    clock_at: datetime
    end_at: datetime
    from_s: int
    handed_over_s: int | None
    end_s: int
    warmed_s: int | None
    final: bool
    chilled: bool = False
    left_s: int | None = None

    def seconds(self, at: datetime) -> int:
        """Whole seconds from the start of the clock."""
        return int((at - self.clock_at).total_seconds())

    def only_cools(self, from_s: float, to_s: float) -> bool:
        """Whether nothing can have warmed the food between two seconds: no reheating, no hot well."""
        if self.chilled or (self.warmed_s is not None and from_s < self.warmed_s <= to_s):
            return False
        on_the_road = self.handed_over_s is None or to_s <= self.handed_over_s
        return on_the_road or (self.left_s is not None and from_s >= self.left_s)


def frame_of(facts: HoldFacts, clock_at: datetime, end_at: datetime) -> Frame:
    """The part of a hold from the start of its clock to the end of the judgement."""
    handed_over_at, way = facts.handed_over_at, facts.second_leg
    left_at = way.left_at if way is not None and way.in_box else None
    warmings = [check.at for check in facts.reheats if clock_at <= check.at <= end_at]

    def seconds(at: datetime) -> int:
        return int((at - clock_at).total_seconds())

    return Frame(
        clock_at=clock_at,
        end_at=end_at,
        from_s=max(0, seconds(facts.packed_at)),
        handed_over_s=None if handed_over_at is None or handed_over_at > end_at else seconds(handed_over_at),
        end_s=max(0, seconds(end_at)),
        warmed_s=seconds(max(warmings)) if warmings else None,
        final=facts.chain_end_at is not None,
        chilled=facts.hold_class == "cold",
        left_s=None if left_at is None or left_at > end_at else seconds(left_at),
    )


def tracks(facts: HoldFacts, frame: Frame) -> list[Track]:
    """
    One track for each probe that sat in the box, or one of the hand probe's readings alone.

    Parameters
    ----------
    facts
        The hold.
    frame
        What part of it is judged.

    Returns
    -------
    list[Track]
        Core probes first, then air, then those that no model covers; each kind by device and probe.
    """
    anchors = _anchors(facts, frame)
    probes = {(use.device_id, use.probe, use.senses) for use in facts.uses}
    if not probes:
        return [
            _track("hand", _exact(anchors, frame), frame, facts.profile.records, (Coded("hold_no_probe"),))
        ]
    ranks = {"core": 0, "air": 1}
    ordered = sorted(probes, key=lambda probe: (ranks.get(probe[2], 2), probe))
    return [
        _probe_track(facts, frame, anchors, [use for use in facts.uses if _probe(use) == probe])
        for probe in ordered
    ]


def _probe(use: ProbeUse) -> tuple[str, str, str]:
    return (use.device_id, use.probe, use.senses)


def _probe_track(facts: HoldFacts, frame: Frame, anchors: list[Sample], uses: list[ProbeUse]) -> Track:
    senses, rules = uses[0].senses, facts.profile.records
    read = _samples(facts, frame, uses)
    samples, stuck = _without_stuck(read, rules)
    findings = (*_lacking(samples, anchors, frame, rules), *stuck)
    if senses == "core":
        return _track("core", _exact([*samples, *anchors], frame), frame, rules, findings)
    if senses == "air" and anchors:
        return _track("air", _from_air(samples, anchors, facts, frame), frame, rules, findings)
    lacks = Coded("hold_air_without_core") if senses == "air" else Coded("hold_no_model", {"senses": senses})
    return _track("hand", _exact(anchors, frame), frame, rules, (lacks, *findings))


def _samples(facts: HoldFacts, frame: Frame, uses: list[ProbeUse]) -> list[Sample]:
    """A probe's values while it sat in the box, by time; the worst where one second has several."""
    device_id, probe = uses[0].device_id, uses[0].probe
    worst, worst_c = (max if frame.chilled else min), dict[int, float]()
    for reading in trusted(one for one in facts.readings if one.device_id == device_id):
        at = reading.measured_at
        if reading.probe != probe:
            continue
        if frame.clock_at <= at <= frame.end_at and any(use.holds_at(at) for use in uses):
            at_s = frame.seconds(at)
            worst_c[at_s] = worst(reading.value, worst_c.get(at_s, reading.value))
    return sorted(worst_c.items())


def _anchors(facts: HoldFacts, frame: Frame) -> list[Sample]:
    """Hand probe readings of the core within the frame, in order of time."""
    taken = [(check.at, check.core_c) for check in (*facts.checks, *facts.reheats)]
    if facts.packed_core_c is not None:
        taken.append((facts.packed_at, facts.packed_core_c))
    if facts.handed_over_at is not None and facts.handed_over_core_c is not None:
        taken.append((facts.handed_over_at, facts.handed_over_core_c))
    within = [(frame.seconds(at), core_c) for at, core_c in taken if frame.clock_at <= at <= frame.end_at]
    return sorted(within)


def _exact(samples: list[Sample], frame: Frame) -> list[CoreBound]:
    """Core values as points, judged as read; the worst where one second has several."""
    worst = max if frame.chilled else min
    ordered = groupby(sorted(samples), key=lambda sample: sample[0])
    found = [(at_s, worst(core_c for _, core_c in several)) for at_s, several in ordered]
    return [CoreBound(at_s, core_c, core_c) for at_s, core_c in found]


def _from_air(
    samples: list[Sample], anchors: list[Sample], facts: HoldFacts, frame: Frame
) -> list[CoreBound]:
    """Bounds at each reading of the air, from the hand reading before it and from later ones backwards."""
    points = [CoreBound(at_s, -inf, inf) for at_s, _ in samples if at_s < anchors[0][0]]
    limits_s = [at_s for at_s, _ in anchors[1:]] + [frame.end_s + 1]
    for (at_s, core_c), until_s in zip(anchors, limits_s, strict=True):
        known = [sample for sample in samples if sample[0] < until_s]
        accuracy_c = facts.profile.probe_accuracy_c
        bounds = core_bounds(
            known,
            start_s=at_s,
            core_c=core_c,
            accuracy_c=accuracy_c,
            model=facts.model,
            unseen_c=UNSEEN_C if frame.chilled else None,
        )
        points += [CoreBound(at_s, core_c, core_c), *bounds[1:]]
    return [_raised(point, anchors, facts, frame) for point in points]


def _raised(point: CoreBound, anchors: list[Sample], facts: HoldFacts, frame: Frame) -> CoreBound:
    """The point with its low bound raised to a later hand reading, where the food can only have cooled."""
    later_c = [
        core_c - facts.profile.probe_accuracy_c
        for at_s, core_c in anchors
        if at_s > point.at_s and frame.only_cools(point.at_s, at_s)
    ]
    low_c = max([point.low_c, *later_c])
    return CoreBound(point.at_s, low_c, max(low_c, point.high_c))


def _without_stuck(samples: list[Sample], rules: RecordRules) -> tuple[list[Sample], tuple[Coded, ...]]:
    """The samples without the repeats of a stuck probe, and the longest such run as a finding."""
    runs = [list(run) for _, run in groupby(samples, key=lambda sample: sample[1])]
    stuck = [run for run in runs if len(run) >= rules.stuck_count and _length_s(run) > rules.gap_max_s]
    if not stuck:
        return samples, ()
    longest = max(stuck, key=_length_s)
    params = {"count": len(longest), "value_c": longest[0][1], "minutes": minutes(_length_s(longest))}
    kept = [sample for run in runs for sample in (run[:1] if run in stuck else run)]
    return kept, (Coded("hold_stuck", params),)


def _length_s(run: list[Sample]) -> int:
    return run[-1][0] - run[0][0]


def _lacking(samples: list[Sample], anchors: list[Sample], frame: Frame, rules: RecordRules) -> list[Coded]:
    """Which data rules a series breaks; hand readings close gaps, but neither begin nor end the transport."""
    if not samples:
        overdue = frame.final or frame.end_s - frame.from_s > rules.first_within_s
        return [Coded("hold_no_readings")] if overdue else []
    found = []
    late_s = samples[0][0] - frame.from_s
    if late_s > rules.first_within_s:
        found.append(Coded("hold_first_reading_late", {"minutes": minutes(late_s)}))
    if frame.handed_over_s is not None:
        before = [at_s for at_s, _ in samples if at_s <= frame.handed_over_s]
        silent_s = frame.handed_over_s - max(before, default=frame.from_s)
        if silent_s > rules.last_within_s:
            found.append(Coded("hold_silent_before_hand_over", {"minutes": minutes(silent_s)}))
    measured_s = sorted({at_s for at_s, _ in (*samples, *(a for a in anchors if a[0] > samples[0][0]))})
    silent_s = frame.end_s - measured_s[-1]
    if silent_s > rules.last_within_s:
        found.append(Coded("hold_silent_before_end", {"minutes": minutes(silent_s)}))
    gap_s, at_s = max(((after - before, before) for before, after in pairwise(measured_s)), default=(0, 0))
    if gap_s > rules.gap_max_s:
        found.append(Coded("hold_gap", {"minutes": minutes(gap_s), "from_minute": minutes(at_s)}))
    return found


def _track(
    basis: Basis,
    points: list[CoreBound],
    frame: Frame,
    rules: RecordRules,
    findings: tuple[Coded, ...],
) -> Track:
    return Track(basis, tuple(points), tuple(_spans(points, frame, rules)), findings)


def _spans(points: list[CoreBound], frame: Frame, rules: RecordRules) -> list[tuple[CoreBound, CoreBound]]:
    """Adjoining intervals from 0 to the end; where nothing is known, only what cooling alone allows."""
    if not points:
        return [(CoreBound(0, -inf, inf), CoreBound(frame.end_s, -inf, inf))]
    first, last = points[0], points[-1]
    spans = _unknown(None, first, 0, first.at_s, frame)
    for before, after in pairwise(points):
        near = after.at_s - before.at_s <= rules.gap_max_s
        spans += [(before, after)] if near else _unknown(before, after, before.at_s, after.at_s, frame)
    if frame.end_s - last.at_s <= rules.last_within_s:
        return [*spans, (last, CoreBound(frame.end_s, last.low_c, last.high_c))]
    return spans + _unknown(last, None, last.at_s, frame.end_s, frame)


def _unknown(
    before: CoreBound | None, after: CoreBound | None, from_s: int, to_s: int, frame: Frame
) -> list[tuple[CoreBound, CoreBound]]:
    """A time without data, cut where the food may have been warmed; between, it only cools."""
    warmings_s = {at_s for at_s in (frame.handed_over_s, frame.left_s, frame.warmed_s) if at_s is not None}
    cuts_s = [from_s, *sorted(at_s for at_s in warmings_s if from_s < at_s < to_s), to_s]
    spans = []
    for start_s, end_s in pairwise(cuts_s):
        low_c = after.low_c if after is not None and frame.only_cools(start_s, to_s) else -inf
        high_c = before.high_c if before is not None and frame.only_cools(from_s, end_s) else inf
        low_c = min(low_c, high_c)
        spans.append((CoreBound(start_s, low_c, high_c), CoreBound(end_s, low_c, high_c)))
    return spans


def _between(before_c: float, after_c: float, part: float) -> float:
    if isinf(before_c) or isinf(after_c):
        return before_c if isinf(before_c) else after_c
    return before_c + (after_c - before_c) * part


def minutes(seconds: float) -> int:
    """Whole minutes, as sentences name them."""
    return int(seconds // 60)
