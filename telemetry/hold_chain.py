"""The verdict on a hold: what happened to one box between the heat and the last mouth."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from kitchen.safety import SafetyProfile
from kitchen.thermal import CoreBound
from orders.codes import Coded
from telemetry.cold_chain import Chilled, judge_chilled
from telemetry.core_track import Frame, Track, frame_of, minutes, tracks
from telemetry.hold_facts import HandCheck, HoldFacts, HoldVerdict, Leg, Verdict
from telemetry.legs import exposed_s, known, legs_of, possible_exposure, proven_exposure
from telemetry.outcomes import Outcome, numbers_of, rest_of, rests_on_bound, weigh
from telemetry.readings import ProbeUse
from telemetry.skew import skew_params, skews

__all__ = ["HandCheck", "HoldFacts", "HoldVerdict", "Leg", "Verdict", "judge"]

_WORST_FIRST: tuple[Verdict, ...] = ("breached", "cannot_be_judged", "passed")


def judge(facts: HoldFacts, now_at: datetime) -> HoldVerdict:
    """
    Judges a hold from everything known about it; the order in which it became known does not matter.

    Parameters
    ----------
    facts
        The hold.
    now_at
        While the hold is open it is judged as if its last portion were eaten now.

    Returns
    -------
    HoldVerdict
        Final once the chain has ended.

    References
    ----------
    docs/hold-chain.md; the profile's clause.
    """
    verdict = _judged(facts, now_at)
    said = tuple(one for one in (*facts.uncalibrated, *_clocks(facts)) if one not in verdict.reasons)
    return replace(
        verdict, reasons=(*verdict.reasons, *said), readings=_judged_by(facts, verdict.judged_to_at)
    )


def _judged(facts: HoldFacts, now_at: datetime) -> HoldVerdict:
    end_at = now_at if facts.chain_end_at is None else facts.last_served_at or facts.chain_end_at
    clock_at, resets = _clock(facts, end_at)
    if facts.hold_class == "cold":
        return _judge_cold(facts, clock_at, end_at, resets)
    verdict = _judge(facts, frame_of(facts, clock_at, end_at), resets)
    if facts.first_served_at is None or facts.first_served_at >= clock_at:
        return verdict
    before = _judge(
        replace(facts, reheats=(), chain_end_at=clock_at), frame_of(facts, facts.cooked_at, clock_at), ()
    )
    if _WORST_FIRST.index(before.verdict) >= _WORST_FIRST.index(verdict.verdict):
        return verdict
    reasons = (*before.reasons, Coded("hold_eaten_before_reheating"), *resets)
    return replace(verdict, verdict=before.verdict, reasons=reasons, rests_on=before.rests_on)


def _clocks(facts: HoldFacts) -> tuple[Coded, ...]:
    """That a sensor's clock was wrong: its minutes are judged as it told them."""
    told = (one for one in facts.readings if one.doubt != "time")
    return tuple(
        Coded("hold_clock_wrong", {"sensor": device_id, "minutes": round(wrong_s / 60, 1)})
        for device_id, wrong_s in skews(told, skew_params(facts.profile.records)).items()
    )


def _judged_by(facts: HoldFacts, to_at: datetime) -> int:
    """How many temperatures its probes told in the box up to an instant, by a clock that can be right."""
    told = (one for one in facts.readings if one.quantity == "temperature" and one.doubt != "time")
    early = {one.key for one in told if one.measured_at <= to_at}
    inside = defaultdict[tuple[str, str], list[ProbeUse]](list)
    for use in facts.uses:
        inside[use.device_id, use.probe].append(use)
    return sum(any(use.holds_at(key[3]) for use in inside[key[:2]]) for key in early)


def _clock(facts: HoldFacts, end_at: datetime) -> tuple[datetime, tuple[Coded, ...]]:
    """Start of the clock, and what is to be said about each recorded reheating."""
    profile, clock_at, counted, said = facts.profile, facts.cooked_at, 0, []
    window = timedelta(seconds=profile.cold_window_s if facts.hold_class == "cold" else profile.hot_window_s)
    for reheat in sorted(facts.reheats, key=lambda check: (check.at, check.core_c)):
        if not facts.cooked_at <= reheat.at <= end_at:
            continue
        in_time = reheat.at - clock_at <= window
        counts = reheat.core_c >= profile.reheat_core_min_c and in_time and counted < profile.reheat_times_max
        params = {"core_c": reheat.core_c, "minute": _minutes_between(facts.cooked_at, reheat.at)}
        said.append(Coded("hold_reheated" if counts else "hold_reheat_not_counted", params))
        if counts:
            clock_at, counted = reheat.at, counted + 1
    return clock_at, tuple(said)


def _judge_cold(
    facts: HoldFacts, clock_at: datetime, end_at: datetime, resets: tuple[Coded, ...]
) -> HoldVerdict:
    """Chilled food: cold until it is reheated; from then on hot food out of its box, away from the probe."""
    is_warm = clock_at > facts.cooked_at
    part = Chilled.of(facts, clock_at if is_warm else end_at)
    track, evidence = judge_chilled(part)
    cold = _by_clock(facts, frame_of(facts, facts.cooked_at, end_at))
    if cold is None:
        cold = part.heated(facts, _with_legs(part.facts, part.frame, track, evidence), is_warm)
    verdict = part.verdict(track, evidence, replace(cold, reasons=(*cold.reasons, *resets)), end_at)
    if not is_warm or cold.rests_on == "clock":
        return verdict
    warm = _judge(replace(facts, hold_class="hot", uses=()), frame_of(facts, clock_at, end_at), ())
    verdict = replace(verdict, clock_at=clock_at, eat_by_at=min(verdict.eat_by_at, warm.eat_by_at))
    if _WORST_FIRST.index(cold.verdict) <= _WORST_FIRST.index(warm.verdict):
        return verdict
    reasons = (*warm.reasons, *verdict.reasons)
    return replace(verdict, verdict=warm.verdict, reasons=reasons, rests_on=warm.rests_on)


def _judge(facts: HoldFacts, frame: Frame, resets: tuple[Coded, ...]) -> HoldVerdict:
    profile = facts.profile
    track, evidence = weigh(tracks(facts, frame), lambda one: _outcome(one, frame, profile))
    outcome = _by_clock(facts, frame) or _with_legs(facts, frame, track, evidence)
    proven = _proven(track, profile)
    possible = possible_exposure(track, below_c=profile.hot_hold_min_c)
    check = track.at(profile.hot_check_s) if frame.end_s >= profile.hot_check_s else None
    end = track.at(frame.end_s)
    below = next((point for point in track.points if point.high_c < profile.hot_hold_min_c), None)
    return HoldVerdict(
        box_code=facts.box_code,
        verdict=outcome.verdict,
        final=frame.final,
        reasons=(*outcome.reasons, *resets),
        rests_on=outcome.rests_on,
        check_low_c=None if check is None else known(check.low_c),
        check_high_c=None if check is None else known(check.high_c),
        end_low_c=known(end.low_c),
        end_high_c=known(end.high_c),
        exposed_s=exposed_s(proven),
        exposed_at_most_s=exposed_s(possible),
        longest_excursion_s=max((int(to_s - from_s) for from_s, to_s in proven), default=0),
        below_since_at=None if below is None else frame.clock_at + timedelta(seconds=below.at_s),
        legs=legs_of(facts, frame, track, proven),
        clock_at=frame.clock_at,
        judged_to_at=frame.end_at,
        eat_by_at=frame.clock_at + timedelta(seconds=_window_s(facts, evidence)),
        profile=profile.code,
        profile_revision=profile.revision,
        clause=profile.clause,
    )


def _window_s(facts: HoldFacts, evidence: Outcome) -> int:
    """How long after the clock's start hot food may be eaten: longer only while the evidence holds."""
    profile = facts.profile
    return profile.hot_window_s if evidence.verdict == "passed" else profile.uncontrolled_window_s


def _by_clock(facts: HoldFacts, frame: Frame) -> Outcome | None:
    """What the clock alone decides; None where it needs evidence."""
    if facts.contradicts_itself:
        return Outcome("cannot_be_judged", (Coded("hold_times_contradict"),), "nothing")
    profile, eaten_after = facts.profile, frame.end_at - frame.clock_at
    window_s = profile.cold_window_s if facts.hold_class == "cold" else profile.hot_window_s
    took = {"minutes": _minutes_between(frame.clock_at, frame.end_at)}
    if eaten_after <= timedelta(seconds=profile.uncontrolled_window_s):
        limit = {"limit_minutes": minutes(profile.uncontrolled_window_s)}
        return Outcome("passed", (Coded("hold_within_free_window", took | limit),), "clock")
    if eaten_after > timedelta(seconds=window_s):
        limit = {"limit_minutes": minutes(window_s)}
        return Outcome("breached", (Coded("hold_past_window", took | limit),), "clock")
    return None


def _outcome(track: Track, frame: Frame, profile: SafetyProfile) -> Outcome:
    """What one track says about food eaten after the free window."""
    check_s, limit_c = min(profile.hot_check_s, frame.end_s), profile.hot_hold_min_c
    check, later = track.at(check_s), [point for point in track.points if point.at_s > check_s]
    if check.high_c < limit_c:
        return _breached("hold_below_at_check", check, track, profile)
    for point in later:
        if point.high_c < limit_c:
            return _breached("hold_below_after_check", point, track, profile)
    in_zone_s = exposed_s(_proven(track, profile))
    if in_zone_s > profile.uncontrolled_window_s:
        params = {"minutes": minutes(in_zone_s), "limit_minutes": minutes(profile.uncontrolled_window_s)}
        return Outcome("breached", (Coded("hold_exposed_too_long", params),), track.basis)
    if track.findings:
        return Outcome("cannot_be_judged", track.findings, rest_of(track))
    lowest = min([check, *later, track.at(frame.end_s)], key=lambda bound: bound.low_c)
    numbers = _numbers(lowest, profile)
    if lowest.low_c >= limit_c:
        return Outcome("passed", (Coded("hold_kept", numbers),), track.basis)
    rests_on = rest_of(track)
    if known(lowest.low_c) is None or known(lowest.high_c) is None:
        return Outcome("cannot_be_judged", (Coded("hold_core_unknown", numbers),), rests_on)
    return Outcome("cannot_be_judged", (Coded("hold_bounds_straddle", numbers),), rests_on)


def _with_legs(facts: HoldFacts, frame: Frame, track: Track, evidence: Outcome) -> Outcome:
    """The evidence's outcome, with missing legs named; a chain without its hand-over cannot pass."""
    if evidence.verdict == "breached" or not frame.final:
        return evidence
    missing = [leg.name for leg in legs_of(facts, frame, track, []) if leg.missing]
    named = tuple(Coded("hold_leg_missing", {"leg": name}) for name in missing)
    if not named:
        return evidence
    if evidence.verdict == "passed":
        return Outcome("cannot_be_judged", named, evidence.rests_on)
    return replace(evidence, reasons=(*evidence.reasons, *named))


def _breached(code: str, bound: CoreBound, track: Track, profile: SafetyProfile) -> Outcome:
    return Outcome("breached", (Coded(code, _numbers(bound, profile)),), rests_on_bound(track, bound))


def _numbers(bound: CoreBound, profile: SafetyProfile) -> dict[str, float]:
    when = {"minute": minutes(bound.at_s), "check_minutes": minutes(profile.hot_check_s)}
    return {"limit_c": profile.hot_hold_min_c} | when | numbers_of(bound)


def _proven(track: Track, profile: SafetyProfile) -> list[tuple[float, float]]:
    return proven_exposure(track, above_c=profile.cold_hold_max_c, below_c=profile.hot_hold_min_c)


def _minutes_between(from_at: datetime, to_at: datetime) -> int:
    return minutes((to_at - from_at).total_seconds())
