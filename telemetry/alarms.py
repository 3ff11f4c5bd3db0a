"""Alarms of an open hold: raised once an episode, when their cause has lasted; cleared when it is over."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orders.codes import Coded
from telemetry.alarm_causes import (
    ALARM_KINDS,
    AlarmFacts,
    AlarmKind,
    Cause,
    core_cause,
    probe_causes,
)
from telemetry.alarm_rules import SEVERITIES, AlarmParams, Severity
from telemetry.hold_chain import judge

__all__ = [
    "ALARM_KINDS",
    "SEVERITIES",
    "Alarm",
    "AlarmFacts",
    "AlarmKind",
    "AlarmParams",
    "AlarmStep",
    "Severity",
    "step",
]

USUAL = AlarmParams()
WORST_FIRST: tuple[AlarmKind, ...] = ("breach", "core_in_doubt", "predicted_breach")


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    One episode of one box.

    Parameters
    ----------
    kind
        One of `ALARM_KINDS`, as docs/alarms.md says.
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
    open_alarms: tuple[Alarm, ...], facts: AlarmFacts, now_at: datetime, params: AlarmParams = USUAL
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
        Thresholds, delays and margins.

    Returns
    -------
    AlarmStep
        Both empty when nothing changed. The end of the chain clears everything.

    References
    ----------
    docs/alarms.md, "When an alarm rings".
    """
    ringing = {alarm.key: alarm for alarm in open_alarms}
    due = {cause.key: cause for cause in _due(ringing.keys(), facts, now_at, params)}
    raised = [
        Alarm(cause.kind, cause.source, cause.severity, cause.reason, now_at)
        for key, cause in due.items()
        if key not in ringing and _has_lasted(cause.kind, facts, now_at, params)
    ]
    over = (alarm for key, alarm in ringing.items() if key not in due)
    return AlarmStep(tuple(raised), tuple(replace(alarm, cleared_at=now_at) for alarm in over))


def _due(
    ringing: Set[tuple[str, str]], facts: AlarmFacts, now_at: datetime, params: AlarmParams
) -> list[Cause]:
    if facts.hold.chain_end_at is not None:
        return []

    def rings(kind: AlarmKind, source: str) -> bool:
        return (kind, source) in ringing

    core = core_cause(facts, now_at, params, rings)
    return [*([] if core is None else [core]), *probe_causes(facts, now_at, params, rings)]


def _has_lasted(kind: AlarmKind, facts: AlarmFacts, now_at: datetime, params: AlarmParams) -> bool:
    """Whether the core's cause was there for as long as it must last: at the start and at each reading."""
    delays_s = {"core_in_doubt": params.doubt_lasts_s, "predicted_breach": params.predicted_lasts_s}
    lasts_s = delays_s.get(kind, 0)
    since_at = now_at - timedelta(seconds=lasts_s)
    if lasts_s == 0:
        return True
    if since_at < facts.hold.packed_at:
        return False
    measured = {one.measured_at for one in facts.hold.readings if since_at < one.measured_at < now_at}
    return all(_was(kind, facts, at, params) for at in sorted({since_at, *measured}))


def _was(kind: AlarmKind, facts: AlarmFacts, at: datetime, params: AlarmParams) -> bool:
    then = replace(facts, verdict=judge(facts.hold, at))
    cause = core_cause(then, at, params, lambda *_: False)
    return cause is not None and WORST_FIRST.index(cause.kind) <= WORST_FIRST.index(kind)
