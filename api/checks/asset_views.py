"""What the page of assets shows: how each stands, today's minutes beyond its limits, the last hand check."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.checks.asset_facts import AssetFacts, asset_facts
from api.checks.desk import CheckDesk, Watch, watch_of
from api.checks.power_cuts import CutView, cut_found, cut_views
from api.permissions import ensure
from kitchen.store.checks import Check, load_checks
from telemetry.asset_alarms import AssetCause, asset_causes
from telemetry.assets import Asset, AssetNow, AssetRecord, Span

CHECKED_WITHIN = timedelta(days=7)
HAND_CHECKS = frozenset({"asset_morning", "asset_evening"})


@dataclass(frozen=True, slots=True)
class AssetView:
    """
    One asset.

    Parameters
    ----------
    asset, now, causes
        The asset, how it stands, what is wrong with it.
    today
        Its record since midnight, or since its first probe was mounted.
    probes
        Full names of the probes that are mounted.
    checked
        The last hand check of a week; None for none.
    """

    asset: Asset
    now: AssetNow
    causes: tuple[AssetCause, ...]
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
        Every asset, those that call first.
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
    every = load_checks(session, kitchen_id, today_on - CHECKED_WITHIN, today_on)
    by_hand = sorted((one for one in every if one.register in HAND_CHECKS), key=lambda one: one.happened_at)
    checked = {one.subject: one for one in by_hand}
    views = [
        _view(one, midnight_at, desk.now_at, checked.get(one.asset.code))
        for one in asset_facts(session, watch.assets.values(), since_at, desk.now_at)
    ]
    return AssetsView(
        today_on,
        watch,
        tuple(sorted(views, key=lambda one: not one.causes)),
        cut_found(session, desk),
        cut_views(session, desk),
    )


def _view(facts: AssetFacts, midnight_at: datetime, now_at: datetime, checked: Check | None) -> AssetView:
    stands = facts.now(now_at)
    inside = (f"{use.device_id}/{use.probe}" for use in facts.uses if use.holds_at(now_at))
    mounted_at = min((use.from_at for use in facts.uses), default=midnight_at)
    return AssetView(
        asset=facts.asset,
        now=stands,
        causes=tuple(asset_causes(facts.asset, stands, now_at)),
        today=facts.record(max(midnight_at, mounted_at), now_at),
        probes=tuple(inside),
        checked=checked,
    )
