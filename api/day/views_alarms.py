"""What the page of alarms shows: how old each is, who has answered, whom it calls next and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from api.checks.asset_list import asset_rows, gone_rows
from api.day.alarm_places import AlarmPlace, alarm_places
from api.day.escalate import NextStep, next_steps
from api.permissions import Actor, ensure
from api.store.outbox import OutboxRow
from kitchen.store.production_rows import BoxRow, ProductionRow
from routing.store.plans import plan_of_box
from telemetry.store.alarm_acts import Call, Decision, has_called, load_calls, load_decisions
from telemetry.store.alarms import AlarmRow, recent_alarms

TOLD_FOR = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class AlarmItem:
    """
    One alarm in the list.

    Parameters
    ----------
    row, place
        The alarm, and its box or its fixed asset.
    calls, next
        Whom it called, and whom it calls next; None when nothing follows.
    decisions
        What was decided about the food by this alarm, in order.
    failures
        What went wrong with its webhooks, by name.
    """

    row: AlarmRow
    place: AlarmPlace
    calls: tuple[Call, ...]
    next: NextStep | None
    decisions: tuple[Decision, ...]
    failures: tuple[tuple[str, str], ...]

    def age_min(self, now_at: datetime) -> int:
        """Whole minutes since it rang, up to its end."""
        return int(((self.row.cleared_at or now_at) - self.row.raised_at).total_seconds() // 60)

    @property
    def is_open(self) -> bool:
        """Whether its cause is still there."""
        return self.row.cleared_at is None


def alarm_items(session: Session, actor: Actor, now_at: datetime) -> tuple[AlarmItem, ...]:
    """
    The alarms that a person may see: open ones, unanswered first and the worst first; then those just over.

    Parameters
    ----------
    session, actor, now_at
        Open transaction; who reads: a canteen its own boxes, a driver those of the van, neither any asset;
        when.
    """
    ensure(actor, "alarm.read")
    rows = recent_alarms(session, now_at - TOLD_FOR, _of_kitchen(session, actor))
    return _items(session, actor, rows)


def called_for(session: Session, actor: Actor, login: str, now_at: datetime) -> tuple[AlarmItem, ...]:
    """Open alarms that nobody has answered and that have called this person, or the role."""
    if not actor.may("alarm.read"):
        return ()
    called = has_called({f"role:{actor.role}", f"person:{login}"})
    return _items(session, actor, recent_alarms(session, now_at, called, _of_kitchen(session, actor)))


def _of_kitchen(session: Session, actor: Actor) -> ColumnElement[bool]:
    """That an alarm rings in a box or at an asset of the actor's kitchen; of any for who is bound to none."""
    if actor.kitchen_id is None:
        return true()
    listed = (*asset_rows(session, actor.kitchen_id), *gone_rows(session, actor.kitchen_id))
    boxes = select(BoxRow.box_id).join(
        ProductionRow, col(ProductionRow.production_id) == col(BoxRow.production_id)
    )
    own = col(ProductionRow.service_key).startswith(f"{actor.kitchen_id}/", autoescape=True)
    boxes = boxes.where(BoxRow.box_id == AlarmRow.box_id, own).correlate(AlarmRow)
    return boxes.exists() | col(AlarmRow.box_id).in_([row["asset_id"] for row in listed])


def _items(session: Session, actor: Actor, rows: Sequence[AlarmRow]) -> tuple[AlarmItem, ...]:
    known = alarm_places(session, {row.box_id for row in rows})
    mine = [row for row in rows if _may_see(session, actor, known[row.box_id])]
    calls, following = load_calls(session, [row.alarm_id for row in mine]), next_steps(session, mine)
    decided = load_decisions(session, {row.box_id for row in mine})
    failed = _failures(session, {row.alarm_id for row in mine})
    items = [
        _item(row, known[row.box_id], calls[row.alarm_id], following, decided.get(row.box_id, ()), failed)
        for row in mine
    ]
    return tuple(sorted(items, key=_urgency))


def _item(
    row: AlarmRow,
    place: AlarmPlace,
    calls: tuple[Call, ...],
    following: dict[str, NextStep],
    decided: tuple[Decision, ...],
    failed: dict[str, tuple[tuple[str, str], ...]],
) -> AlarmItem:
    return AlarmItem(
        row=row,
        place=place,
        calls=calls,
        next=following.get(row.alarm_id),
        decisions=tuple(one for one in decided if one.alarm_id == row.alarm_id),
        failures=failed.get(row.alarm_id, ()),
    )


def _urgency(item: AlarmItem) -> tuple[bool, bool, int, float]:
    worst = ("critical", "warning", "info").index(item.row.severity)
    answered = item.row.acknowledged_at is not None
    return (not item.is_open, answered, worst, item.row.raised_at.timestamp())


def _may_see(session: Session, actor: Actor, place: AlarmPlace) -> bool:
    if actor.kitchen_id not in (None, place.kitchen_id):
        return False
    if place.service is None:
        return actor.site_id is None and actor.vehicle_id is None
    if actor.site_id not in (None, place.site_id):
        return False
    if actor.vehicle_id is None:
        return True
    plan = plan_of_box(session, place.service.key, place.place_id)
    return plan is not None and plan[1] == actor.vehicle_id


def _failures(session: Session, alarm_ids: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    failed = select(OutboxRow).where(col(OutboxRow.sent_at).is_(None), col(OutboxRow.failure).is_not(None))
    for row in session.exec(failed) if alarm_ids else ():
        kind, _, rest = row.ref.partition("/")
        alarm_id = rest.rpartition("/")[0]
        if kind == "alarm" and alarm_id in alarm_ids and row.failure:
            found[alarm_id] = (*found.get(alarm_id, ()), (row.hook, row.failure))
    return found
