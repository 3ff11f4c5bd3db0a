"""Look at fixed assets: an alarm rings once an episode, calls by the timetable, and ends with its cause."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from api.alarm_rules import alarm_rules
from api.checks.asset_list import assets_by_id
from api.checks.asset_watch import watched_assets
from api.day.escalate import ask_for_steps, call_nobody_else
from api.day.services import find_kitchen
from api.db import hold
from orders.ids import IdSource
from telemetry.alarms import AlarmStep
from telemetry.asset_alarms import asset_step
from telemetry.store.alarms import apply_step, cleared_alarms, open_alarms_of

LOOK_EVERY = timedelta(minutes=1)


class AssetRounds:
    """When all assets are looked at without news of them, by the house's clock: silence and doors need it."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None

    def is_due(self, now_at: datetime) -> bool:
        """Whether a minute has passed since it last was; it counts as done then."""
        if self._looked_at is not None and now_at - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now_at
        return True


def judge_assets(session: Session, asset_ids: Collection[str], now_at: datetime, ids: IdSource) -> int:
    """
    Keeps what changed with the alarms of these assets, and whom they call; gives how many now ring anew.

    Parameters
    ----------
    session
        Open transaction.
    asset_ids
        Assets of any kitchens; one that nobody knows is passed over.
    now_at
        The instant.
    ids
        Source of row ids.
    """
    for asset_id in sorted(asset_ids):
        hold(session, f"judge/{asset_id}")
    rules, rung = alarm_rules(session), 0
    for asset_id, change in asset_changes(session, asset_ids, now_at).items():
        raised = apply_step(session, asset_id, change, ids.new)
        ask_for_steps(session, raised, rules, ids)
        call_nobody_else(session, cleared_alarms(session, asset_id, now_at), now_at)
        rung += len(raised)
    return rung


def asset_changes(session: Session, asset_ids: Collection[str], now_at: datetime) -> dict[str, AlarmStep]:
    """What would change with the alarms of these assets, by id; one without a change is left out."""
    by_kitchen: dict[str, list[str]] = {}
    known = assets_by_id(session, asset_ids)
    for asset_id, (kitchen_id, _) in known.items():
        by_kitchen.setdefault(kitchen_id, []).append(asset_id)
    ringing, params = open_alarms_of(session, list(known)), alarm_rules(session).params
    found: dict[str, AlarmStep] = {}
    for kitchen_id, own in by_kitchen.items():
        assets = [known[asset_id][1] for asset_id in own]
        for asset_id, one in watched_assets(
            session, find_kitchen(session, kitchen_id), assets, now_at
        ).items():
            change = asset_step(ringing[asset_id], one, now_at, params)
            if change.raised or change.cleared:
                found[asset_id] = change
    return found
