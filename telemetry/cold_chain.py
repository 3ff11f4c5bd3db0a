"""The verdict on chilled food: how it cooled, whether it stayed cold, whether it was reheated."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kitchen.safety import SafetyProfile
from kitchen.thermal import CoreBound
from orders.codes import Coded
from telemetry.core_track import Frame, Track, frame_of, minutes, tracks
from telemetry.hold_facts import HoldFacts, HoldVerdict, Leg
from telemetry.legs import Interval, exposed_s, known, legs_of, possible_warmth, proven_warmth
from telemetry.outcomes import Outcome, numbers_of, rest_of, rests_on_bound, weigh


@dataclass(frozen=True, slots=True)
class Chilled:
    """
    The part of a chilled hold that is judged cold: off the heat to its reheating, or to its end.

    Parameters
    ----------
    facts
        The hold, without its reheating.
    frame
        The part.
    """

    facts: HoldFacts
    frame: Frame

    @classmethod
    def of(cls, facts: HoldFacts, until_at: datetime) -> "Chilled":
        """The part of a hold up to an instant."""
        cold = replace(facts, reheats=())
        return cls(cold, frame_of(cold, facts.cooked_at, until_at))

    @property
    def limit_c(self) -> float:
        """Core of chilled food at or below."""
        return self.facts.profile.cold_hold_max_c

    def heated(self, facts: HoldFacts, outcome: Outcome, is_warm: bool) -> Outcome:
        """The outcome with what is to be said about the reheating before it is eaten."""
        if is_warm and facts.first_served_at is not None and facts.first_served_at < self.frame.end_at:
            return _not_passed(outcome, Coded("hold_eaten_before_reheating"))
        if is_warm or not self.frame.final or facts.heated_at == "nowhere":
            return outcome
        if facts.heated_at == "home":
            return replace(outcome, reasons=(*outcome.reasons, Coded("hold_heated_by_diner")))
        return _not_passed(outcome, Coded("hold_not_reheated"))

    def verdict(self, track: Track, evidence: Outcome, outcome: Outcome, end_at: datetime) -> HoldVerdict:
        """The judgement of the hold up to ``end_at``, as far as the cold part tells it."""
        facts, frame, profile = self.facts, self.frame, self.facts.profile
        proven = _since_packing(proven_warmth(track, self.limit_c), frame)
        end = track.at(frame.end_s)
        return HoldVerdict(
            box_code=facts.box_code,
            verdict=outcome.verdict,
            final=frame.final,
            reasons=outcome.reasons,
            rests_on=outcome.rests_on,
            check_low_c=None,
            check_high_c=None,
            end_low_c=known(end.low_c),
            end_high_c=known(end.high_c),
            exposed_s=exposed_s(proven),
            exposed_at_most_s=exposed_s(_since_packing(possible_warmth(track, self.limit_c), frame)),
            longest_excursion_s=max((int(to_s - from_s) for from_s, to_s in proven), default=0),
            below_since_at=None,
            legs=self._legs(track, proven, end_at),
            clock_at=frame.clock_at,
            judged_to_at=end_at,
            eat_by_at=self._eat_by_at(track, evidence),
            profile=profile.code,
            profile_revision=profile.revision,
            clause=profile.cold_clause,
        )

    def _eat_by_at(self, track: Track, evidence: Outcome) -> datetime:
        """The window of chilled food, and no longer than it is known to be sound."""
        clock_at, profile = self.frame.clock_at, self.facts.profile
        last_at = clock_at + timedelta(seconds=profile.cold_window_s)
        if evidence.verdict != "breached":
            return last_at
        if self.facts.cooling == "broken":
            return clock_at + timedelta(seconds=profile.uncontrolled_window_s)
        warm = _too_warm(track, self.frame, profile)
        return last_at if warm is None else clock_at + timedelta(seconds=warm.at_s)

    def _legs(self, track: Track, proven: list[Interval], end_at: datetime) -> tuple[Leg, ...]:
        """The legs up to the reheating, and the one after it where there was a reheating."""
        frame = self.frame
        legs = tuple(
            replace(one, name="site_cold") if one.name == "hot_well" else one
            for one in legs_of(self.facts, frame, track, proven)
        )
        if end_at <= frame.end_at:
            return legs
        return (*legs, Leg("reheated", frame.end_at, end_at if frame.final else None, False, None, None, 0))


def judge_chilled(part: Chilled) -> tuple[Track, Outcome]:
    """
    What is known of food that was cooked, cooled and carried cold, and is eaten after the free window.

    Parameters
    ----------
    part
        The hold as long as it was cold.

    Returns
    -------
    tuple[Track, Outcome]
        The track that decides, and what it says.

    References
    ----------
    docs/hold-chain.md, "The rule"; the profile's ``cold_hold`` and ``cooling``.
    """
    facts, frame = part.facts, part.frame
    track, outcome = weigh(tracks(facts, frame), lambda one: _kept_cold(one, frame, facts.profile))
    if facts.cooling == "broken":
        return track, Outcome("breached", (Coded("hold_cooled_too_slowly"),), "hand")
    if outcome.verdict == "breached" or facts.cooling == "kept":
        return track, outcome
    lacking = outcome.reasons if outcome.verdict == "cannot_be_judged" else ()
    return track, Outcome("cannot_be_judged", (Coded("hold_no_cooling_curve"), *lacking), "nothing")


def _kept_cold(track: Track, frame: Frame, profile: SafetyProfile) -> Outcome:
    """What one track says about the core from packing on."""
    warm = _too_warm(track, frame, profile)
    if warm is not None:
        reason = Coded("hold_above_limit", _params(warm, profile))
        return Outcome("breached", (reason,), rests_on_bound(track, warm))
    if track.findings:
        return Outcome("cannot_be_judged", track.findings, rest_of(track))
    warmest = max(_points(track, frame), key=lambda bound: bound.high_c)
    if warmest.high_c <= profile.cold_hold_max_c:
        return Outcome("passed", (Coded("hold_kept_cold", _params(warmest, profile)),), track.basis)
    is_bounded = known(warmest.low_c) is not None and known(warmest.high_c) is not None
    code = "hold_bounds_straddle" if is_bounded else "hold_core_unknown"
    return Outcome("cannot_be_judged", (Coded(code, _params(warmest, profile)),), rest_of(track))


def _points(track: Track, frame: Frame) -> list[CoreBound]:
    return [*(one for one in track.points if one.at_s >= frame.from_s), track.at(frame.end_s)]


def _too_warm(track: Track, frame: Frame, profile: SafetyProfile) -> CoreBound | None:
    """Where the core was first proven above the limit since packing, None when it never was."""
    return next((one for one in _points(track, frame) if one.low_c > profile.cold_hold_max_c), None)


def _params(bound: CoreBound, profile: SafetyProfile) -> dict[str, float]:
    return {"limit_c": profile.cold_hold_max_c, "minute": minutes(bound.at_s)} | numbers_of(bound)


def _since_packing(intervals: list[Interval], frame: Frame) -> list[Interval]:
    return [(max(from_s, frame.from_s), to_s) for from_s, to_s in intervals if to_s > frame.from_s]


def _not_passed(outcome: Outcome, reason: Coded) -> Outcome:
    """The outcome with a reason for which it cannot pass."""
    if outcome.verdict == "passed":
        return Outcome("cannot_be_judged", (reason, *outcome.reasons), outcome.rests_on)
    return replace(outcome, reasons=(*outcome.reasons, reason))
