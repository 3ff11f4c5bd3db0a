"""Fixed assets that keep food: how long each was beyond its limits, what is unknown, how it stands now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, get_args

from telemetry.readings import ProbeUse, Reading
from telemetry.trusted import trusted

AssetKind = Literal["cold_room", "freezer", "sample_fridge", "hot_cabinet", "van_compartment"]
ASSET_KINDS: tuple[AssetKind, ...] = get_args(AssetKind)
AssetState = Literal["within", "tolerated", "beyond", "silent", "no_sensor"]
Side = Literal["above", "below"]
Span = tuple[datetime, datetime]
Point = tuple[datetime, float]
MARK = "asset/"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AssetRules:
    """
    What an asset must keep, and what is tolerated.

    Parameters
    ----------
    low_c, high_c
        The air between; None leaves that side open.
    defrost_s, defrost_every_s
        Above the limit at most so long in any stretch of so many seconds; 0 tolerates nothing.
    delay_s
        Beyond a limit at most so long at a time.
    door_s
        A door may stand open so long.
    gap_s
        A longer time between two readings proves nothing.
    """

    low_c: float | None
    high_c: float | None
    defrost_s: int
    defrost_every_s: int
    delay_s: int
    door_s: int
    gap_s: int

    def __post_init__(self) -> None:
        if self.low_c is None and self.high_c is None:
            raise ValueError("An asset needs a limit.")
        if self.low_c is not None and self.high_c is not None and self.low_c >= self.high_c:
            raise ValueError(f"low_c must be under high_c, got {self.low_c} and {self.high_c}.")
        if min(self.defrost_s, self.delay_s, self.door_s) < 0 or min(self.defrost_every_s, self.gap_s) < 1:
            raise ValueError("An asset's times must be >= 0, its stretch and longest gap >= 1 s.")

    def breached_by(self, value_c: float) -> Side | None:
        """On which wrong side of the limits a value is; None for within. The limit itself holds."""
        if self.high_c is not None and value_c > self.high_c:
            return "above"
        return "below" if self.low_c is not None and value_c < self.low_c else None


@dataclass(frozen=True, slots=True)
class Asset:
    """
    A fixed thing that keeps food hot or cold.

    Parameters
    ----------
    asset_id
        Row id, beginning with `MARK`: where a probe is mounted stands as the box of its `ProbeUse`.
    code, name
        What is written on it, and what people call it.
    kind
        One of `ASSET_KINDS`.
    rules
        What it must keep.
    storage
        Which lots a receipt puts there: ``"chilled"``, ``"frozen"``, or empty for none.
    """

    asset_id: str
    code: str
    name: str
    kind: AssetKind
    rules: AssetRules
    storage: str = ""

    def __post_init__(self) -> None:
        if not is_asset(self.asset_id) or not self.code:
            raise ValueError(f"An asset needs a code and an id that begins with {MARK!r}.")


@dataclass(frozen=True, slots=True)
class AssetGap:
    """
    A stretch in which nobody knows how warm it was.

    Parameters
    ----------
    from_at, to_at
        The stretch.
    before_c, after_c
        Last value before and first value after it; None for none.
    """

    from_at: datetime
    to_at: datetime
    before_c: float | None
    after_c: float | None


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """
    An asset between two instants.

    Parameters
    ----------
    from_at, to_at
        The interval.
    above, below
        Stretches proven beyond each limit, in order, apart from each other.
    gaps
        Stretches of which nothing is known, in order.
    """

    from_at: datetime
    to_at: datetime
    above: tuple[Span, ...]
    below: tuple[Span, ...]
    gaps: tuple[AssetGap, ...]

    @property
    def above_s(self) -> int:
        """Proven above the upper limit, whole seconds."""
        return _total_s(self.above)

    @property
    def below_s(self) -> int:
        """Proven below the lower limit, whole seconds."""
        return _total_s(self.below)

    @property
    def beyond_s(self) -> int:
        """Proven beyond either limit, whole seconds."""
        return _total_s(_united([*self.above, *self.below]))

    @property
    def longest_s(self) -> int:
        """The longest time at once proven beyond a limit, whole seconds."""
        return max((_total_s([span]) for span in (*self.above, *self.below)), default=0)

    @property
    def beyond_at_most_s(self) -> int:
        """As `beyond_s`, had it been beyond a limit in every gap."""
        gaps = [(gap.from_at, gap.to_at) for gap in self.gaps]
        return _total_s(_united([*self.above, *self.below, *gaps]))


@dataclass(frozen=True, slots=True)
class AssetNow:
    """
    How an asset stands at an instant.

    Parameters
    ----------
    state
        ``"within"`` its limits, beyond them but ``"tolerated"``, ``"beyond"``, ``"silent"``, ``"no_sensor"``.
    value_c, measured_at
        The latest value, the worst probe's where several told at that time; None for none.
    since_at
        Since when it is beyond a limit; None while it is not.
    door_open_at
        Since when a door stands open; None for closed or unknown.
    door_too_long
        Whether that is longer than it may.
    """

    state: AssetState
    value_c: float | None = None
    measured_at: datetime | None = None
    since_at: datetime | None = None
    door_open_at: datetime | None = None
    door_too_long: bool = False


def is_asset(place_id: str) -> bool:
    """Whether a probe's place is an asset, not a box."""
    return place_id.startswith(MARK)


def record_of(
    rules: AssetRules,
    uses: Sequence[ProbeUse],
    readings: Iterable[Reading],
    from_at: datetime,
    to_at: datetime,
) -> AssetRecord:
    """
    How long an asset was beyond its limits; the order in which its readings arrived does not matter.

    Parameters
    ----------
    rules
        What it must keep.
    uses
        Which probes were mounted in it, and when. One that senses the surroundings is not judged.
    readings
        Of those devices, at least from ``rules.gap_s`` before the interval on.
    from_at, to_at
        The interval.

    Returns
    -------
    AssetRecord
        Between two readings the air is on a straight line; the latest stands for ``rules.gap_s`` at most.
        With several probes it is beyond a limit while any is, and unknown while none tells.

    References
    ----------
    docs/assets.md, "Minutes beyond the limit".
    """
    told_by, within = tracks(uses, readings, to_at), (from_at, to_at)
    gap = timedelta(seconds=rules.gap_s)
    pieces = [piece for until_at, track in told_by for piece in _pieces(track, until_at, gap)]
    known = _united(_cut([(start[0], end[0]) for start, end in pieces], within))
    told = sorted(point for _, track in told_by for point in track)
    return AssetRecord(
        from_at,
        to_at,
        tuple(_united(_cut(_past_all(pieces, rules.high_c, "above"), within))),
        tuple(_united(_cut(_past_all(pieces, rules.low_c, "below"), within))),
        tuple(_gap(span, told) for span in _holes(known, within)),
    )


def asset_now(
    rules: AssetRules, uses: Sequence[ProbeUse], readings: Iterable[Reading], now_at: datetime
) -> AssetNow:
    """
    How an asset stands, with what a defrost and a door are allowed.

    Parameters
    ----------
    rules, uses
        What it must keep; its probes.
    readings
        Of those devices, at least of the last ``rules.defrost_every_s`` and ``rules.gap_s``.
    now_at
        The instant.
    """
    every = list(readings)
    open_at = _door_open_at(uses, every, now_at)
    too_long = open_at is not None and now_at - open_at > timedelta(seconds=rules.door_s)
    if not any(is_judged(use) and use.holds_at(now_at) for use in uses):
        return AssetNow("no_sensor", door_open_at=open_at, door_too_long=too_long)
    points = [track[-1] for until_at, track in tracks(uses, every, now_at) if until_at == now_at]
    if not points:
        return AssetNow("silent", door_open_at=open_at, door_too_long=too_long)
    fresh = [one for one in points if now_at - one[0] <= timedelta(seconds=rules.gap_s)]
    measured_at, value_c = max(fresh or points, key=lambda one: (_excess(rules, one[1]), one[0]))
    state, since_at = _standing(rules, uses, every, value_c, now_at) if fresh else ("silent", None)
    return AssetNow(state, value_c, measured_at, since_at, open_at, too_long)


def common_gap(records: Iterable[AssetRecord]) -> Span | None:
    """The longest stretch in which no asset is known, the earliest of equal ones; None when there is none."""
    common: list[Span] | None = None
    for record in records:
        own = [(gap.from_at, gap.to_at) for gap in record.gaps]
        common = own if common is None else [span for one in own for span in _cut(common, one)]
    return max(common or [], key=lambda span: (span[1] - span[0], -span[0].timestamp()), default=None)


def _standing(
    rules: AssetRules, uses: Sequence[ProbeUse], readings: list[Reading], value_c: float, now_at: datetime
) -> tuple[AssetState, datetime | None]:
    side = rules.breached_by(value_c)
    if side is None:
        return "within", None
    from_at = now_at - timedelta(seconds=rules.defrost_every_s)
    record = record_of(rules, uses, readings, from_at, now_at)
    spans = record.above if side == "above" else record.below
    since_at = spans[-1][0] if spans else now_at
    perhaps_at = min((gap.from_at for gap in record.gaps if gap.to_at == since_at), default=since_at)
    allowed_s = rules.defrost_s if side == "above" else 0
    short = now_at - perhaps_at <= timedelta(seconds=rules.delay_s)
    used_s = _total_s([*spans, (perhaps_at, since_at)])
    return ("tolerated" if short or 0 < used_s <= allowed_s else "beyond"), since_at


def _excess(rules: AssetRules, value_c: float) -> float:
    """How far beyond its limits a value is; negative within."""
    above = -1e9 if rules.high_c is None else value_c - rules.high_c
    below = -1e9 if rules.low_c is None else rules.low_c - value_c
    return max(above, below)


def is_judged(use: ProbeUse) -> bool:
    """Whether a probe tells of what is inside, not of the surroundings or the door alone."""
    return use.senses != "ambient"


def tracks(
    uses: Sequence[ProbeUse], readings: Iterable[Reading], to_at: datetime
) -> list[tuple[datetime, list[Point]]]:
    """Each use with temperatures: until when it counts, and its values in order of time."""
    told: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in trusted(readings):
        if reading.measured_at <= to_at:
            told[reading.device_id, reading.probe].append(reading)
    found = []
    for use in uses:
        inside = (one for one in told[use.device_id, use.probe] if use.holds_at(one.measured_at))
        points = sorted({(one.measured_at, one.value) for one in inside})
        if points and is_judged(use):
            found.append((min(to_at, use.to_at or to_at), points))
    return found


def _pieces(track: list[Point], until_at: datetime, gap: timedelta) -> Iterable[tuple[Point, Point]]:
    """Straight pieces of a track; its last value stands for a while."""
    yield from ((one, two) for one, two in pairwise(track) if two[0] - one[0] <= gap)
    last_at, value_c = track[-1]
    if last_at < until_at and until_at - last_at <= gap:
        yield track[-1], (until_at, value_c)


def _past_all(pieces: Iterable[tuple[Point, Point]], bound_c: float | None, side: Side) -> list[Span]:
    """The parts of straight pieces that are past a limit; none where there is no limit."""
    if bound_c is None:
        return []
    found = (_past(start, end, bound_c, side) for start, end in pieces)
    return [span for span in found if span is not None]


def _past(start: Point, end: Point, bound_c: float, side: Side) -> Span | None:
    """The part of a straight piece that is past a limit."""
    sign = 1.0 if side == "above" else -1.0
    first_c, last_c = sign * (start[1] - bound_c), sign * (end[1] - bound_c)
    if first_c <= 0 and last_c <= 0:
        return None
    if first_c > 0 and last_c > 0:
        return start[0], end[0]
    crossed_at = start[0] + (end[0] - start[0]) * (first_c / (first_c - last_c))
    return (start[0], crossed_at) if first_c > 0 else (crossed_at, end[0])


def _cut(spans: Iterable[Span], within: Span) -> list[Span]:
    cut = ((max(one[0], within[0]), min(one[1], within[1])) for one in spans)
    return [one for one in cut if one[0] < one[1]]


def _united(spans: Iterable[Span]) -> list[Span]:
    """The same stretches in order, those that touch as one."""
    found: list[Span] = []
    for from_at, to_at in sorted(spans):
        if found and from_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], to_at))
        else:
            found.append((from_at, to_at))
    return found


def _holes(known: Sequence[Span], within: Span) -> list[Span]:
    edges = [within[0], *(at for span in known for at in span), within[1]]
    return [(one, two) for one, two in zip(edges[::2], edges[1::2], strict=True) if one < two]


def _gap(span: Span, told: Sequence[Point]) -> AssetGap:
    before = [value_c for at, value_c in told if at <= span[0]]
    after = [value_c for at, value_c in told if at >= span[1]]
    return AssetGap(*span, before[-1] if before else None, after[0] if after else None)


def _door_open_at(uses: Sequence[ProbeUse], readings: Sequence[Reading], now_at: datetime) -> datetime | None:
    """Since when a door stands open, the earliest of several."""
    doors: dict[tuple[str, str], list[tuple[datetime, int, bool]]] = defaultdict(list)
    for one in readings:
        if one.quantity != "open" or one.doubt == "time" or one.measured_at > now_at:
            continue
        door = (one.device_id, one.probe)
        if any((use.device_id, use.probe) == door and use.holds_at(one.measured_at) for use in uses):
            doors[door].append((one.measured_at, one.sequence, one.value >= 0.5))
    found = []
    for events in map(sorted, doors.values()):
        if not events[-1][2]:
            continue
        closed = max((number for number, event in enumerate(events) if not event[2]), default=-1)
        found.append(events[closed + 1][0])
    return min(found, default=None)


def _total_s(spans: Iterable[Span]) -> int:
    return round(sum((to_at - from_at) / SECOND for from_at, to_at in spans))
