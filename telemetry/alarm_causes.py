"""What is wrong with a hold at an instant, cause by cause: the core, then each of its probes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, get_args

from kitchen.thermal import as_it_cools, keeps_for_s, shown_tau_s, stays_under_for_s
from orders.codes import Coded, Param
from telemetry.alarm_rules import AlarmParams, Severity
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.low_battery import low_since
from telemetry.readings import ProbeUse, Reading
from telemetry.trusted import trusted

AlarmKind = Literal[
    "breach",
    "core_in_doubt",
    "predicted_breach",
    "silence",
    "gap",
    "lid_open",
    "door_open",
    "battery",
    "calibration",
]
ALARM_KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)
SLOPE_S = 600
SETTLED_S = 1200


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
    ambient_c
        Surroundings of the carrier, degrees Celsius; None foretells nothing.
    """

    hold: HoldFacts
    verdict: HoldVerdict
    last_plate_at: datetime | None = None
    ambient_c: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """
    Why something should ring.

    Parameters
    ----------
    kind, source
        What makes it the same episode; the source is empty when it is the box itself.
    severity
        How bad it is.
    reason
        What is said.
    """

    kind: AlarmKind
    source: str
    severity: Severity
    reason: Coded

    @property
    def key(self) -> tuple[str, str]:
        """What makes two causes of a box the same episode."""
        return (self.kind, self.source)


Rings = Callable[[AlarmKind, str], bool]


def core_cause(facts: AlarmFacts, now_at: datetime, params: AlarmParams, rings: Rings) -> Cause | None:
    """What is wrong with the core: broken, in doubt, or foretold to break; the worst of them alone."""
    found = _breach(facts, now_at) or _doubt(facts, params, rings)
    return found or _predicted(facts, now_at, params, rings)


def probe_causes(facts: AlarmFacts, now_at: datetime, params: AlarmParams, rings: Rings) -> Iterator[Cause]:
    """What is wrong with each probe in the box, by device and probe."""
    hold = facts.hold
    for use in sorted(hold.uses, key=lambda one: (one.device_id, one.probe, one.from_at)):
        if not use.holds_at(now_at):
            continue
        read = series(hold, use, now_at)
        found = (
            _silence(hold, use, read, now_at),
            _gap(facts, use, read),
            _lid(hold, use, read, params, rings),
            _battery(hold, use, now_at, params, rings),
        )
        yield from (one for one in found if one is not None)
    for said in hold.uncalibrated:
        yield Cause("calibration", str(said.params["probe"]), "info", said)


def ambient_c(hold: HoldFacts, now_at: datetime, assumed_c: float | None) -> float | None:
    """What a probe outside the box told last, else what is assumed."""
    outside = [
        (one.measured_at, one.value)
        for use in hold.uses
        if use.senses == "ambient" and use.holds_at(now_at)
        for one in series(hold, use, now_at)
    ]
    return max(outside)[1] if outside else assumed_c


def _breach(facts: AlarmFacts, now_at: datetime) -> Cause | None:
    """Core proven under the limit at or after the check, or before it with food to be eaten after it."""
    hold, verdict = facts.hold, facts.verdict
    check_at = _check_at(facts)
    params: dict[str, Param] = {"box": hold.box_code, "limit_c": _limit_c(hold)}
    params["check_minutes"] = hold.profile.hot_check_s // 60
    if verdict.verdict == "breached" and verdict.rests_on == "clock":
        return Cause("breach", "", "critical", Coded("alarm_past_eat_by", params))
    if verdict.end_high_c is not None:
        params["high_c"] = verdict.end_high_c
    if verdict.verdict == "breached":
        code = "alarm_chilled_unsound" if hold.hold_class == "cold" else "alarm_below_limit"
        return Cause("breach", "", "critical", Coded(code, params))
    if verdict.below_since_at is not None and _needs_proof(facts) and now_at <= check_at:
        params["minutes_left"] = int((check_at - now_at).total_seconds() // 60)
        return Cause("breach", "", "critical", Coded("alarm_below_before_check", params))
    return None


def _doubt(facts: AlarmFacts, params: AlarmParams, rings: Rings) -> Cause | None:
    """Core that may be past the limit: time to measure it by hand, before food is eaten that needs proof."""
    hold, low_c, high_c = facts.hold, facts.verdict.end_low_c, facts.verdict.end_high_c
    limit_c, is_cold = _limit_c(hold), hold.hold_class == "cold"
    if low_c is None or high_c is None:
        return None
    margin_c = params.clear_margin_c if rings("core_in_doubt", "") else 0.0
    sound = (
        high_c <= limit_c - margin_c if is_cold else low_c >= limit_c + margin_c or not _needs_proof(facts)
    )
    if sound or (is_cold and facts.verdict.clock_at > hold.cooked_at):
        return None
    said: dict[str, Param] = {"box": hold.box_code, "limit_c": limit_c, "low_c": low_c, "high_c": high_c}
    code = "alarm_chilled_in_doubt" if is_cold else "alarm_core_in_doubt"
    return Cause("core_in_doubt", "", "warning", Coded(code, said))


def _predicted(facts: AlarmFacts, now_at: datetime, params: AlarmParams, rings: Rings) -> Cause | None:
    """Food whose core is foretold to pass its limit before the last plate is eaten."""
    hold, is_cold = facts.hold, facts.hold.hold_class == "cold"
    foretold = (_stays_cold if is_cold else _stays_hot)(facts, now_at, params.predicted_ahead_s)
    if foretold is None or foretold[0] >= params.predicted_ahead_s:
        return None
    kept_s, numbers = foretold
    limit_at = now_at + timedelta(seconds=kept_s)
    eat_by_at = limit_at if is_cold else max(limit_at, _check_at(facts))
    window_s = hold.profile.cold_window_s if is_cold else hold.profile.hot_window_s
    last_at = facts.last_plate_at or facts.verdict.clock_at + timedelta(seconds=window_s)
    margin_s = params.predicted_margin_s if rings("predicted_breach", "") else 0
    if eat_by_at >= last_at + timedelta(seconds=margin_s):
        return None
    said: dict[str, Param] = {
        "box": hold.box_code,
        "limit_c": _limit_c(hold),
        "limit_at": limit_at.isoformat(),
        "eat_by_at": eat_by_at.isoformat(),
    }
    code = "alarm_predicted_warm" if is_cold else "alarm_predicted_breach"
    return Cause("predicted_breach", "", "critical", Coded(code, said | numbers))


def _stays_hot(facts: AlarmFacts, now_at: datetime, ahead_s: int) -> tuple[int, dict[str, Param]] | None:
    """Seconds for which the lowest core that is allowed stays hot; None where nothing is to be foretold."""
    hold, low_c, ambient_c = facts.hold, facts.verdict.end_low_c, facts.ambient_c
    if low_c is None or ambient_c is None or not _needs_proof(facts):
        return None
    model = hold.model
    if (shown := _shown(hold, now_at)) is not None:
        model = as_it_cools(model, *shown, ambient_c)
    kept_s = keeps_for_s(low_c, ambient_c, model, hold.profile.hot_hold_min_c, ahead_s)
    return kept_s, {"low_c": low_c, "bound_c": hold.model.bound_c}


def _stays_cold(facts: AlarmFacts, now_at: datetime, ahead_s: int) -> tuple[int, dict[str, Param]] | None:
    """
    Seconds for which the warmest core that is allowed stays cold; None where nothing is to be foretold.

    Cold packs stand in no model: a core warms as its probe shows it, or quickest towards the air inside.
    """
    hold, high_c = facts.hold, facts.verdict.end_high_c
    if high_c is None or facts.verdict.clock_at > hold.cooked_at:
        return None
    shown, towards_c = _shown(hold, now_at), facts.ambient_c
    tau_s: float | None = hold.model.air_tau_low_s
    if shown is None:
        towards_c = _air_c(hold, now_at)
    elif towards_c is not None:
        tau_s = shown_tau_s(*shown, towards_c) if shown[1] > shown[0] else None
    if towards_c is None or tau_s is None:
        return None
    kept_s = stays_under_for_s(high_c, towards_c, tau_s, hold.profile.cold_hold_max_c, ahead_s)
    return kept_s, {"high_c": high_c}


def _air_c(hold: HoldFacts, now_at: datetime) -> float | None:
    """The warmest air that was read inside over the last ten minutes."""
    since_at = now_at - timedelta(seconds=SLOPE_S)
    inside = (use for use in hold.uses if use.senses == "air" and use.holds_at(now_at))
    read = (one for use in inside for one in series(hold, use, now_at) if one.measured_at >= since_at)
    return max((one.value for one in read), default=None)


def _shown(hold: HoldFacts, now_at: datetime) -> tuple[float, float, int] | None:
    """A core ten minutes ago, the last one, and the seconds between; None before the food has settled."""
    settled_at = hold.packed_at + timedelta(seconds=SETTLED_S)
    for use in hold.uses:
        if use.senses != "core" or not use.holds_at(now_at):
            continue
        read = [one for one in series(hold, use, now_at) if one.measured_at >= settled_at]
        since_at = read[-1].measured_at - timedelta(seconds=SLOPE_S) if read else now_at
        before = [one for one in read if one.measured_at <= since_at]
        if before:
            passed_s = int((read[-1].measured_at - before[-1].measured_at).total_seconds())
            return before[-1].value, read[-1].value, passed_s
    return None


def _silence(hold: HoldFacts, use: ProbeUse, read: list[Reading], now_at: datetime) -> Cause | None:
    heard_at = read[-1].measured_at if read else max(hold.packed_at, use.from_at)
    silent_s = (now_at - heard_at).total_seconds()
    if silent_s <= hold.profile.records.max_every_s:
        return None
    said: dict[str, Param] = {"box": hold.box_code, "probe": source_of(use), "minutes": int(silent_s // 60)}
    return Cause("silence", source_of(use), "warning", Coded("alarm_silence", said))


def _gap(facts: AlarmFacts, use: ProbeUse, read: list[Reading]) -> Cause | None:
    """A time without readings that is too long to prove anything, until a hand probe has spoken after it."""
    hold = facts.hold
    if hold.hold_class == "hot" and not _needs_proof(facts):
        return None
    by_hand = [check.at for check in (*hold.checks, *hold.reheats)]
    if hold.handed_over_at is not None and hold.handed_over_core_c is not None:
        by_hand.append(hold.handed_over_at)
    heard = [max(hold.packed_at, use.from_at), *(one.measured_at for one in read)]
    gaps = [
        (after, before)
        for before, after in pairwise(sorted(heard))
        if (after - before).total_seconds() > hold.profile.records.gap_max_s
    ]
    if not gaps or any(at >= gaps[-1][0] for at in by_hand):
        return None
    ended_at, began_at = gaps[-1]
    said: dict[str, Param] = {
        "box": hold.box_code,
        "probe": source_of(use),
        "from_at": began_at.isoformat(),
        "to_at": ended_at.isoformat(),
    }
    return Cause("gap", source_of(use), "warning", Coded("alarm_gap", said))


def _lid(
    hold: HoldFacts, use: ProbeUse, read: list[Reading], params: AlarmParams, rings: Rings
) -> Cause | None:
    """A closed box whose air falls fast; over when less than half of the fall is left."""
    if use.senses != "air" or hold.handed_over_at is not None:
        return None
    source = source_of(use)
    drop_c = params.lid_drop_c / (2 if rings("lid_open", source) else 1)
    falls_c = _falls_c(read, params.lid_within_s)
    if not falls_c or falls_c[-1] < drop_c:
        return None
    first_c = next(fallen_c for fallen_c in falls_c if fallen_c >= drop_c)
    reason = Coded("alarm_lid_open", {"box": hold.box_code, "fallen_c": first_c})
    return Cause("lid_open", source, "info", reason)


def _battery(
    hold: HoldFacts, use: ProbeUse, now_at: datetime, params: AlarmParams, rings: Rings
) -> Cause | None:
    is_ringing = rings("battery", use.device_id)
    said: dict[str, Param] = {"box": hold.box_code, "device": use.device_id}
    percent = low_battery(hold.readings, use.device_id, now_at, params, is_ringing)
    if percent is not None:
        return Cause("battery", use.device_id, "info", Coded("alarm_battery", said | {"percent": percent}))
    if is_called_low(hold.readings, use.device_id, now_at, params, is_ringing):
        return Cause("battery", use.device_id, "info", Coded("alarm_battery_low", said))
    return None


def low_battery(
    readings: Iterable[Reading], device_id: str, now_at: datetime, params: AlarmParams, is_ringing: bool
) -> int | None:
    """The charge in percent of a device whose charge has been low for long enough; None for another."""
    told = sorted(
        (one.measured_at, one.value)
        for one in readings
        if (one.device_id, one.quantity) == (device_id, "battery")
        and one.doubt != "time"
        and one.measured_at <= now_at
    )
    low = params.battery_low + (params.battery_margin if is_ringing else 0.0)
    last_well = max((number for number, (_, value) in enumerate(told) if value >= low), default=-1)
    since = told[last_well + 1 :]
    if not since:
        return None
    if not is_ringing and (now_at - since[0][0]).total_seconds() < params.battery_lasts_s:
        return None
    return round(since[-1][1])


def is_called_low(
    readings: Iterable[Reading], device_id: str, now_at: datetime, params: AlarmParams, is_ringing: bool
) -> bool:
    """Whether a device has called its battery low for long enough, as those do that tell volts."""
    own = (one for one in readings if one.device_id == device_id and one.measured_at <= now_at)
    since_at = low_since(own)
    if since_at is None:
        return False
    return is_ringing or (now_at - since_at).total_seconds() >= params.battery_lasts_s


def _check_at(facts: AlarmFacts) -> datetime:
    return facts.verdict.clock_at + timedelta(seconds=facts.hold.profile.hot_check_s)


def _limit_c(hold: HoldFacts) -> float:
    """The limit that the core of such food must keep."""
    return hold.profile.cold_hold_max_c if hold.hold_class == "cold" else hold.profile.hot_hold_min_c


def _needs_proof(facts: AlarmFacts) -> bool:
    """Whether hot food is still to be eaten after the check."""
    late = facts.last_plate_at is None or facts.last_plate_at > _check_at(facts)
    return late and facts.hold.hold_class == "hot"


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


def series(hold: HoldFacts, use: ProbeUse, now_at: datetime) -> list[Reading]:
    """Temperatures of one probe from packing to now, in order of time."""
    own: Iterable[Reading] = (one for one in hold.readings if one.device_id == use.device_id)
    found = [
        reading
        for reading in trusted(own)
        if reading.probe == use.probe
        and hold.packed_at <= reading.measured_at <= now_at
        and use.holds_at(reading.measured_at)
    ]
    return sorted(found, key=lambda reading: (reading.measured_at, reading.sequence, reading.value))


def source_of(use: ProbeUse) -> str:
    """Device and probe as one text."""
    return f"{use.device_id}/{use.probe}"
