"""When the air of a fixed asset reaches its limit, if it goes on as it does."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from telemetry.assets import AssetRules, Point, tracks
from telemetry.readings import ProbeUse, Reading


def limit_reached_at(
    rules: AssetRules, uses: Sequence[ProbeUse], readings: Iterable[Reading], now_at: datetime, ahead_s: int
) -> datetime | None:
    """
    The minute at which an asset within its limits reaches one of them.

    Parameters
    ----------
    rules, uses
        What it must keep; its probes.
    readings
        Of those devices, at least of the last ``rules.defrost_every_s``.
    now_at
        The instant.
    ahead_s
        A limit that is reached later is not foretold.

    Returns
    -------
    datetime | None
        The earliest of its probes' minutes. None unless a probe was, for longer than a defrost and an open
        door may take, nearer to the limit than at any time of ``rules.defrost_every_s`` before, and still
        nears it. What was before must be known for half of that at least: a compressor comes and goes.

    References
    ----------
    docs/assets.md, "The foretold minute".
    """
    told = [track for until_at, track in tracks(uses, readings, now_at) if until_at == now_at]
    above_s = max(rules.defrost_s, rules.delay_s)
    found = [
        reached_at
        for track in told
        for bound_c, sign, lasts_s in ((rules.high_c, 1, above_s), (rules.low_c, -1, rules.delay_s))
        if bound_c is not None
        and (reached_at := _reached_at(rules, _excess(track, bound_c, sign), lasts_s, now_at)) is not None
    ]
    return min((at for at in found if at <= now_at + timedelta(seconds=ahead_s)), default=None)


def _excess(track: Sequence[Point], bound_c: float, sign: int) -> list[Point]:
    """How far each value is beyond a limit; negative within."""
    return [(at, sign * (value_c - bound_c)) for at, value_c in track]


def _reached_at(rules: AssetRules, track: Sequence[Point], lasts_s: int, now_at: datetime) -> datetime | None:
    gap, since_at = timedelta(seconds=rules.gap_s), now_at - timedelta(seconds=lasts_s)
    from_at = now_at - timedelta(seconds=rules.defrost_every_s)
    before = [one for one in track if from_at <= one[0] <= since_at]
    rise = [one for one in track if one[0] > since_at]
    if len(rise) < 2 or not before or now_at - rise[-1][0] > gap:
        return None
    heard = all(two[0] - one[0] <= gap for one, two in pairwise([before[-1], *rise]))
    usual_c = max(value_c for _, value_c in before)
    long_enough = before[-1][0] - before[0][0] >= timedelta(seconds=rules.defrost_every_s / 2)
    if not heard or not long_enough or rise[-1][1] >= 0 or min(value_c for _, value_c in rise) <= usual_c:
        return None
    return _line_meets_limit(rise)


def _line_meets_limit(rise: Sequence[Point]) -> datetime | None:
    """Where the straight line from the middle of a rise to its end meets the limit; None when it falls."""
    middle_at = rise[0][0] + (rise[-1][0] - rise[0][0]) / 2
    first_at, first_c = [one for one in rise if one[0] <= middle_at][-1]
    last_at, last_c = rise[-1]
    if last_c <= first_c:
        return None
    return last_at + (last_at - first_at) * (-last_c / (last_c - first_c))
