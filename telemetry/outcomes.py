"""What one track of a hold, or several of them, say about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kitchen.thermal import CoreBound
from orders.codes import Coded
from telemetry.core_track import Track
from telemetry.hold_facts import RestsOn, Verdict
from telemetry.legs import known


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    A verdict with its reasons.

    Parameters
    ----------
    verdict, reasons
        What is said, the decisive reason first.
    rests_on
        On what it rests.
    """

    verdict: Verdict
    reasons: tuple[Coded, ...]
    rests_on: RestsOn


def weigh(every: Sequence[Track], outcome_of: Callable[[Track], Outcome]) -> tuple[Track, Outcome]:
    """The track that decides: core probes with enough data, else any; a breach before a pass."""
    weighed = [track for track in every if track.basis == "core" and not track.findings] or every
    outcomes = [(track, outcome_of(track)) for track in weighed]
    for wanted in ("breached", "passed"):
        for track, outcome in outcomes:
            if outcome.verdict == wanted:
                return track, outcome
    return outcomes[0]


def rest_of(track: Track) -> RestsOn:
    """What a track that says something rests on."""
    return track.basis if track.points else "nothing"


def rests_on_bound(track: Track, bound: CoreBound) -> RestsOn:
    """What a bound rests on: a value that was read in a track of the air was read by hand."""
    return "hand" if bound.low_c == bound.high_c and track.basis == "air" else track.basis


def numbers_of(bound: CoreBound) -> dict[str, float]:
    """The ends of a bound that are known, as sentences name them."""
    ends = {"low_c": bound.low_c, "high_c": bound.high_c}
    return {name: value_c for name, value_c in ends.items() if known(value_c) is not None}
