"""What the page of assets shows: how each stands, today's minutes beyond its limits, the last hand check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.alarm_rules import alarm_rules
from api.checks.asset_facts import AssetFacts, asset_facts
from api.checks.asset_watch import hand_checks, watch_facts
from api.checks.desk import CheckDesk, Watch, watch_of
from api.checks.power_cuts import CutView, cut_found, cut_views
from api.permissions import ensure
from kitchen.store.checks import Check
from telemetry.alarm_causes import Cause
from telemetry.alarm_rules import SEVERITIES, AlarmParams
from telemetry.asset_alarms import AssetWatched, asset_causes
from telemetry.assets import Asset, AssetNow, AssetRecord, Span
from telemetry.store.alarms import AlarmRow, alarm_rows

CHECKED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AssetView:
    """
    One asset.

    Parameters
    ----------
    asset, now, causes
        The asset, how it stands, what is wrong with it.
    alarms
        Its alarms that are open, by kind and source: who has answered which.
    today
        Its record since midnight, or since its first probe was mounted.
    probes
        Full names of the probes that are mounted.
    checked
        The last hand check of a week; None for none.
    """

    asset: Asset
    now: AssetNow
    causes: tuple[Cause, ...]
    alarms: Mapping[tuple[str, str], AlarmRow]
    today: AssetRecord
    probes: tuple[str, ...]
    checked: Check | None


@dataclass(frozen=True, slots=True)
class AssetsView:
    """
    The page of assets.

    Parameters
    ----------
    today_on, watch
        The date at the kitchen; what the house lists.
    assets
        Every asset, those that call first, the worst before the others.
    found
        A silence of all assets that no power cut explains; None for none.
    cuts
        Power cuts of the last days, the latest first.
    """

    today_on: date
    watch: Watch
    assets: tuple[AssetView, ...]
    found: Span | None
    cuts: tuple[CutView, ...]


def assets_view(session: Session, desk: CheckDesk) -> AssetsView:
    """The assets of a kitchen as known now; `Forbidden` for who may not read checks."""
    kitchen_id, today_on = desk.kitchen.kitchen_id, desk.today_on
    ensure(desk.actor, "checks.read", kitchen_id=kitchen_id)
    watch = watch_of(session, kitchen_id, today_on)
    midnight_at = datetime.combine(today_on, time(), ZoneInfo(desk.kitchen.zone)).astimezone(UTC)
    longest_s = max((one.rules.defrost_every_s for one in watch.assets.values()), default=0)
    since_at = min(midnight_at, desk.now_at - timedelta(seconds=longest_s))
    checked = {
        one.subject: one
        for one in hand_checks(session, desk.kitchen, desk.now_at - CHECKED_WITHIN, desk.now_at)
    }
    facts = asset_facts(session, watch.assets.values(), since_at, desk.now_at)
    watched = watch_facts(session, desk.kitchen, facts, desk.now_at)
    alarms = alarm_rows(session, list(watched), only_open=True)
    params = alarm_rules(session).params
    views = [
        _view(
            one,
            _calls(watched[one.asset.asset_id], alarms, desk.now_at, params),
            midnight_at,
            desk.now_at,
            checked.get(one.asset.code),
        )
        for one in facts
    ]
    return AssetsView(
        today_on,
        watch,
        tuple(sorted(views, key=_urgency)),
        cut_found(session, desk),
        cut_views(session, desk),
    )


def _urgency(view: AssetView) -> int:
    """0 for the worst severity; beyond all severities for an asset that calls for nothing."""
    return min((SEVERITIES.index(one.severity) for one in view.causes), default=len(SEVERITIES))


def _calls(
    watched: AssetWatched, alarms: Sequence[AlarmRow], now_at: datetime, params: AlarmParams
) -> tuple[tuple[Cause, ...], dict[tuple[str, str], AlarmRow]]:
    """What is wrong with an asset in today's words, and its own open alarms."""
    own = {(row.kind, row.source): row for row in alarms if row.box_id == watched.asset.asset_id}
    found = asset_causes(watched, now_at, params, lambda kind, source: (kind, source) in own)
    return tuple(found), own


def _view(
    facts: AssetFacts,
    calls: tuple[tuple[Cause, ...], dict[tuple[str, str], AlarmRow]],
    midnight_at: datetime,
    now_at: datetime,
    checked: Check | None,
) -> AssetView:
    inside = (f"{use.device_id}/{use.probe}" for use in facts.uses if use.holds_at(now_at))
    mounted_at = min((use.from_at for use in facts.uses), default=midnight_at)
    causes, alarms = calls
    return AssetView(
        asset=facts.asset,
        now=facts.now(now_at),
        causes=causes,
        alarms=alarms,
        today=facts.record(max(midnight_at, mounted_at), now_at),
        probes=tuple(inside),
        checked=checked,
    )
