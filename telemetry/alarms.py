"""Alarms of an open hold: raised once an episode, cleared when the episode is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from orders.codes import Coded, Param
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.readings import ProbeUse, Reading
from telemetry.trusted import trusted

AlarmKind = Literal["breach", "core_in_doubt", "silence", "lid_open"]
Severity = Literal["critical", "warning", "info"]
ALARM_KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class AlarmParams:
    """
    When the air's fall tells of an open lid; system defaults.

    Parameters
    ----------
    lid_drop_c
        Fall of the air inside the box, degrees Celsius.
    lid_within_s
        Time within which it falls so far, seconds.
    """

    lid_drop_c: float = 5.0
    lid_within_s: int = 300


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    One episode of one box.

    Parameters
    ----------
    kind
        ``"breach"``; ``"core_in_doubt"``: the air no longer excludes one; ``"silence"`` or ``"lid_open"``.
    source
        ``device/probe`` that it comes from; empty when it is the box itself.
    severity
        ``"critical"``, ``"warning"`` or ``"info"``.
    reason
        What is said.
    raised_at, cleared_at
        Begin and end of the episode; None while it lasts.
    """

    kind: AlarmKind
    source: str
    severity: Severity
    reason: Coded
    raised_at: datetime
    cleared_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two alarms of a box the same episode while neither is cleared."""
        return (self.kind, self.source)


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """
    What alarms are judged by.

    Parameters
    ----------
    hold
        The hold.
    verdict
        Its verdict at the same instant.
    last_plate_at
        When the site plans to serve the last plate; None when it is not known, which counts as late.
    """

    hold: HoldFacts
    verdict: HoldVerdict
    last_plate_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """
    What changed.

    Parameters
    ----------
    raised
        New alarms.
    cleared
        Alarms that were open, each with the end of its episode.
    """

    raised: tuple[Alarm, ...]
    cleared: tuple[Alarm, ...]


def step(
    open_alarms: tuple[Alarm, ...], facts: AlarmFacts, now_at: datetime, params: AlarmParams = AlarmParams()
) -> AlarmStep:
    """
    Compares what is wrong now with the alarms that are open.

    Parameters
    ----------
    open_alarms
        Alarms of this box that are not cleared.
    facts
        The hold and its verdict at ``now_at``.
    now_at
        The instant.
    params
        Thresholds.

    Returns
    -------
    AlarmStep
        Both empty when nothing changed. The end of the chain clears everything.
    """
    ringing = {alarm.key: alarm for alarm in open_alarms}
    due = {alarm.key: alarm for alarm in _due(ringing, facts, now_at, params)}
    raised = tuple(alarm for key, alarm in due.items() if key not in ringing)
    over = (alarm for key, alarm in ringing.items() if key not in due)
    return AlarmStep(raised, tuple(replace(alarm, cleared_at=now_at) for alarm in over))


def _due(
    ringing: dict[tuple[str, str], Alarm], facts: AlarmFacts, now_at: datetime, params: AlarmParams
) -> list[Alarm]:
    hold = facts.hold
    if hold.chain_end_at is not None:
        return []
    core = _breach(facts, now_at) or _doubt(facts, now_at)
    due = [] if core is None else [core]
    for use in sorted(hold.uses, key=lambda one: (one.device_id, one.probe, one.from_at)):
        if not use.holds_at(now_at):
            continue
        read = _series(hold, use, now_at)
        silence = _silence(hold, use, read, now_at)
        if silence is not None:
            due.append(silence)
        if use.senses == "air" and hold.handed_over_at is None:
            source = _source(use)
            drop_c = params.lid_drop_c / (2 if ("lid_open", source) in ringing else 1)
            falls_c = _falls_c(read, params.lid_within_s)
            if falls_c and falls_c[-1] >= drop_c:
                first_c = next(fallen_c for fallen_c in falls_c if fallen_c >= drop_c)
                reason = Coded("alarm_lid_open", {"box": hold.box_code, "fallen_c": first_c})
                due.append(Alarm("lid_open", source, "info", reason, now_at))
    return due


def _breach(facts: AlarmFacts, now_at: datetime) -> Alarm | None:
    """Core proven under the limit at or after the check, or before it with food to be eaten after it."""
    hold, verdict = facts.hold, facts.verdict
    check_at = verdict.clock_at + timedelta(seconds=hold.profile.hot_check_s)
    params: dict[str, Param] = {"box": hold.box_code, "limit_c": _limit_c(hold)}
    if verdict.verdict == "breached" and verdict.rests_on == "clock":
        return Alarm("breach", "", "critical", Coded("alarm_past_eat_by", params), now_at)
    if verdict.end_high_c is not None:
        params["high_c"] = verdict.end_high_c
    if verdict.verdict == "breached":
        code = "alarm_chilled_unsound" if hold.hold_class == "cold" else "alarm_below_limit"
        return Alarm("breach", "", "critical", Coded(code, params), now_at)
    if verdict.below_since_at is not None and _needs_proof(facts) and now_at <= check_at:
        params["minutes_left"] = int((check_at - now_at).total_seconds() // 60)
        return Alarm("breach", "", "critical", Coded("alarm_below_before_check", params), now_at)
    return None


def _doubt(facts: AlarmFacts, now_at: datetime) -> Alarm | None:
    """Core that may be past the limit: time to measure it by hand, before food is eaten that needs proof."""
    hold, low_c, high_c = facts.hold, facts.verdict.end_low_c, facts.verdict.end_high_c
    limit_c, is_cold = _limit_c(hold), hold.hold_class == "cold"
    if low_c is None or high_c is None:
        return None
    sound = high_c <= limit_c if is_cold else low_c >= limit_c or not _needs_proof(facts)
    if sound or (is_cold and facts.verdict.clock_at > hold.cooked_at):
        return None
    params: dict[str, Param] = {"box": hold.box_code, "limit_c": limit_c, "low_c": low_c, "high_c": high_c}
    code = "alarm_chilled_in_doubt" if is_cold else "alarm_core_in_doubt"
    return Alarm("core_in_doubt", "", "warning", Coded(code, params), now_at)


def _limit_c(hold: HoldFacts) -> float:
    """The limit that the core of such food must keep."""
    return hold.profile.cold_hold_max_c if hold.hold_class == "cold" else hold.profile.hot_hold_min_c


def _needs_proof(facts: AlarmFacts) -> bool:
    """Whether hot food is still to be eaten after the check."""
    hold, clock_at = facts.hold, facts.verdict.clock_at
    check_at = clock_at + timedelta(seconds=hold.profile.hot_check_s)
    late = facts.last_plate_at is None or facts.last_plate_at > check_at
    return late and hold.hold_class == "hot"


def _silence(hold: HoldFacts, use: ProbeUse, read: list[Reading], now_at: datetime) -> Alarm | None:
    heard_at = read[-1].measured_at if read else max(hold.packed_at, use.from_at)
    silent_s = (now_at - heard_at).total_seconds()
    if silent_s <= hold.profile.records.max_every_s:
        return None
    params: dict[str, Param] = {"box": hold.box_code, "probe": _source(use), "minutes": int(silent_s // 60)}
    return Alarm("silence", _source(use), "warning", Coded("alarm_silence", params), now_at)


def _falls_c(read: list[Reading], within_s: int) -> list[float]:
    """How far each of the last values lies under the warmest of the time before it, oldest first."""
    within = timedelta(seconds=within_s)
    recent = [one for one in read if one.measured_at >= read[-1].measured_at - within]
    before = [one for one in read if one.measured_at >= read[-1].measured_at - 2 * within]
    return [
        max(one.value for one in before if last.measured_at - within <= one.measured_at <= last.measured_at)
        - last.value
        for last in recent
    ]


def _series(hold: HoldFacts, use: ProbeUse, now_at: datetime) -> list[Reading]:
    """Temperatures of one probe from packing to now, in order of time."""
    found = [
        reading
        for reading in trusted(one for one in hold.readings if one.device_id == use.device_id)
        if reading.probe == use.probe
        and hold.packed_at <= reading.measured_at <= now_at
        and use.holds_at(reading.measured_at)
    ]
    return sorted(found, key=lambda reading: (reading.measured_at, reading.sequence, reading.value))


def _source(use: ProbeUse) -> str:
    return f"{use.device_id}/{use.probe}"
