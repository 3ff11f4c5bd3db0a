"""What is wrong with a fixed asset at an instant, and what that changes with its open alarms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orders.codes import Coded, Param
from telemetry.alarm_causes import Cause, Rings, is_called_low, low_battery, source_of
from telemetry.alarm_rules import AlarmParams
from telemetry.alarms import Alarm, AlarmStep
from telemetry.asset_forecast import limit_reached_at
from telemetry.assets import Asset, AssetNow, Span, is_judged, record_of, tracks
from telemetry.readings import ProbeUse, Reading

USUAL = AlarmParams()


@dataclass(frozen=True, slots=True)
class AssetWatched:
    """
    What an asset's alarms are judged by.

    Parameters
    ----------
    asset, stands
        The asset, and how it stands at the instant, as `telemetry.assets.asset_now` says.
    uses, readings
        Its probes, and what their devices told of late.
    checked_at
        When it was last measured by hand; None for not of late.
    cuts
        Power cuts that are written down.
    overdue
        What is to be said of probes whose calibration was due.
    """

    asset: Asset
    stands: AssetNow
    uses: Sequence[ProbeUse] = ()
    readings: Sequence[Reading] = ()
    checked_at: datetime | None = None
    cuts: Sequence[Span] = ()
    overdue: Sequence[Coded] = ()


def asset_causes(
    watched: AssetWatched, now_at: datetime, params: AlarmParams, rings: Rings
) -> Iterator[Cause]:
    """
    What is wrong with an asset, the worst first; what a defrost or an open door is allowed is not.

    Parameters
    ----------
    watched
        The asset at the instant.
    now_at
        The same instant.
    params
        Thresholds and margins.
    rings
        Whether an alarm of a kind and source is open: it ends only when its cause is surely over.
    """
    if not any(is_judged(use) and use.holds_at(now_at) for use in watched.uses):
        yield from (one for one in (_door(watched, now_at),) if one is not None)
        return
    beyond = _breach(watched, now_at, params, rings)
    found = (
        beyond or _foretold(watched, now_at, params, rings),
        _door(watched, now_at),
        _gap(watched, now_at),
    )
    yield from (one for one in found if one is not None)
    yield from _silences(watched, now_at)
    for device_id in dict.fromkeys(use.device_id for use in watched.uses if use.holds_at(now_at)):
        ringing = rings("battery", device_id)
        if (percent := low_battery(watched.readings, device_id, now_at, params, ringing)) is not None:
            said = _said(watched, device=device_id, percent=percent)
            yield Cause("battery", device_id, "info", Coded("asset_battery", said))
        elif is_called_low(watched.readings, device_id, now_at, params, ringing):
            said = _said(watched, device=device_id)
            yield Cause("battery", device_id, "info", Coded("asset_battery_low", said))
    for due in watched.overdue:
        yield Cause("calibration", str(due.params["probe"]), "info", due)


def asset_step(
    open_alarms: Sequence[Alarm], watched: AssetWatched, now_at: datetime, params: AlarmParams = USUAL
) -> AlarmStep:
    """
    Compares what is wrong with an asset now with its alarms that are open; one alarm an episode.

    References
    ----------
    docs/assets.md, "Alarms".
    """
    ringing = {alarm.key: alarm for alarm in open_alarms}
    causes = asset_causes(watched, now_at, params, lambda kind, source: (kind, source) in ringing)
    due = {cause.key: cause for cause in causes}
    raised = (
        Alarm(cause.kind, cause.source, cause.severity, cause.reason, now_at)
        for key, cause in due.items()
        if key not in ringing
    )
    over = (replace(alarm, cleared_at=now_at) for key, alarm in ringing.items() if key not in due)
    return AlarmStep(tuple(raised), tuple(over))


def _breach(watched: AssetWatched, now_at: datetime, params: AlarmParams, rings: Rings) -> Cause | None:
    """Beyond a limit for too long; over when it is proven back within by a margin, not by silence."""
    asset, stands = watched.asset, watched.stands
    if stands.state == "beyond" and stands.value_c is not None and stands.since_at is not None:
        side = asset.rules.breached_by(stands.value_c)
        limit_c = asset.rules.high_c if side == "above" else asset.rules.low_c
        minutes = _minutes(stands.since_at, now_at)
        said = _said(watched, value_c=stands.value_c, limit_c=limit_c or 0.0, minutes=minutes)
        return Cause("breach", "", "critical", Coded("asset_beyond", said))
    if rings("breach", "") and not _is_back(asset, stands, params.clear_margin_c):
        return Cause("breach", "", "critical", Coded("asset_not_back", _said(watched)))
    return None


def _is_back(asset: Asset, stands: AssetNow, margin_c: float) -> bool:
    """Whether the air is within its limits by a margin that leaves room between them."""
    low_c, high_c, value_c = asset.rules.low_c, asset.rules.high_c, stands.value_c
    if stands.state != "within" or value_c is None:
        return False
    if low_c is not None and high_c is not None:
        margin_c = min(margin_c, (high_c - low_c) / 4)
    return (high_c is None or value_c <= high_c - margin_c) and (low_c is None or value_c >= low_c + margin_c)


def _foretold(watched: AssetWatched, now_at: datetime, params: AlarmParams, rings: Rings) -> Cause | None:
    """Within its limits, and nearing one; a value just past it, or none, does not end what was foretold."""
    stands, is_ringing = watched.stands, rings("predicted_breach", "")
    if stands.state in ("tolerated", "silent"):
        said = _said(watched)
        return Cause("predicted_breach", "", "warning", Coded("asset_not_back", said)) if is_ringing else None
    ahead_s = params.predicted_ahead_s + (params.predicted_margin_s if is_ringing else 0)
    rules, value_c = watched.asset.rules, stands.value_c
    reached_at = limit_reached_at(rules, watched.uses, watched.readings, now_at, ahead_s)
    if reached_at is None or value_c is None:
        return None
    said = _said(watched, value_c=value_c, limit_at=reached_at.isoformat())
    return Cause("predicted_breach", "", "warning", Coded("asset_foretold", said))


def _door(watched: AssetWatched, now_at: datetime) -> Cause | None:
    stands = watched.stands
    if not stands.door_too_long or stands.door_open_at is None:
        return None
    said = _said(watched, minutes=_minutes(stands.door_open_at, now_at))
    return Cause("door_open", "", "warning", Coded("asset_door_open", said))


def _gap(watched: AssetWatched, now_at: datetime) -> Cause | None:
    """A time of which nobody knows how warm it was, until a hand check after it or a power cut."""
    rules = watched.asset.rules
    mounted_at = min(use.from_at for use in watched.uses if is_judged(use))
    from_at = max(mounted_at, now_at - timedelta(seconds=rules.defrost_every_s))
    gaps = record_of(rules, watched.uses, watched.readings, from_at, now_at).gaps
    long = timedelta(seconds=rules.gap_s)
    for gap in reversed([one for one in gaps if one.after_c is not None and one.to_at - one.from_at > long]):
        looked_at = watched.checked_at is not None and watched.checked_at >= gap.to_at
        if not looked_at and not any(cut[0] < gap.to_at and gap.from_at < cut[1] for cut in watched.cuts):
            said = _said(watched, from_at=gap.from_at.isoformat(), to_at=gap.to_at.isoformat())
            return Cause("gap", "", "warning", Coded("asset_gap", said))
    return None


def _silences(watched: AssetWatched, now_at: datetime) -> Iterator[Cause]:
    """Each probe inside that tells nothing."""
    for use in watched.uses:
        if not is_judged(use) or not use.holds_at(now_at):
            continue
        told = [track[-1][0] for _, track in tracks([use], watched.readings, now_at)]
        heard_at = max(told, default=use.from_at)
        if now_at - heard_at <= timedelta(seconds=watched.asset.rules.gap_s):
            continue
        said = _said(watched, probe=source_of(use), minutes=_minutes(heard_at, now_at))
        code = "asset_silent" if told else "asset_never_heard"
        yield Cause("silence", source_of(use), "warning", Coded(code, said))


def _said(watched: AssetWatched, **params: Param) -> dict[str, Param]:
    return {"asset": watched.asset.code, **params}


def _minutes(from_at: datetime, to_at: datetime) -> int:
    return int((to_at - from_at).total_seconds() // 60)
