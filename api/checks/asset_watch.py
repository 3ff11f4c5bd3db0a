"""What an asset's alarms are judged by, gathered from its sensors, hand checks, power cuts and registers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.checks.asset_facts import AssetFacts, asset_facts
from kitchen.store.checks import Check, load_checks
from kitchen.store.watched import load_probes
from orders.codes import Coded
from orders.sites import Kitchen
from telemetry.asset_alarms import AssetWatched
from telemetry.assets import Asset
from telemetry.store.assets import load_cuts

HAND_CHECKS = frozenset({"asset_morning", "asset_evening"})


def watched_assets(
    session: Session, kitchen: Kitchen, assets: Sequence[Asset], now_at: datetime
) -> dict[str, AssetWatched]:
    """
    What is known now of some assets of a kitchen, by id.

    Parameters
    ----------
    session
        Open transaction.
    kitchen, assets
        Whose, and which.
    now_at
        The instant.
    """
    longest_s = max((one.rules.defrost_every_s for one in assets), default=0)
    since_at = now_at - timedelta(seconds=longest_s)
    return watch_facts(session, kitchen, asset_facts(session, assets, since_at, now_at), now_at)


def watch_facts(
    session: Session, kitchen: Kitchen, facts: Sequence[AssetFacts], now_at: datetime
) -> dict[str, AssetWatched]:
    """The same of assets whose readings were read before, from as long ago as their defrosts are counted."""
    longest_s = max((one.asset.rules.defrost_every_s for one in facts), default=0)
    since_at = now_at - timedelta(seconds=longest_s)
    checked = {one.subject: one.happened_at for one in hand_checks(session, kitchen, since_at, now_at)}
    cuts = [(one.from_at, one.to_at) for one in load_cuts(session, kitchen.kitchen_id, since_at)]
    today_on = _date(kitchen, now_at)
    due = {
        code: Coded("hold_calibration_overdue", {"probe": code, "due_on": one.due_on.isoformat()})
        for code, one in load_probes(session, kitchen.kitchen_id).items()
        if one.due_on is not None and one.due_on < today_on
    }
    return {
        one.asset.asset_id: AssetWatched(
            one.asset,
            one.now(now_at),
            one.uses,
            one.readings,
            checked.get(one.asset.code),
            cuts,
            [due[name] for name in dict.fromkeys(_inside(one, now_at)) if name in due],
        )
        for one in facts
    }


def hand_checks(session: Session, kitchen: Kitchen, from_at: datetime, to_at: datetime) -> list[Check]:
    """The hand checks of a kitchen's assets on the dates of two instants, in order of time."""
    dates = _date(kitchen, from_at), _date(kitchen, to_at)
    every = load_checks(session, kitchen.kitchen_id, *dates)
    return sorted((one for one in every if one.register in HAND_CHECKS), key=lambda one: one.happened_at)


def _date(kitchen: Kitchen, at: datetime) -> date:
    return at.astimezone(ZoneInfo(kitchen.zone)).date()


def _inside(facts: AssetFacts, now_at: datetime) -> list[str]:
    return [use.device_id for use in facts.uses if use.holds_at(now_at)]
