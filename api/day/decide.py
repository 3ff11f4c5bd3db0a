"""What becomes of the food of an alarm: released, reheated before it is eaten, or withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, open_checks, person_named, watch_of
from api.checks.withholding import WithheldTold, withhold
from api.day.alarm_places import alarm_places
from api.day.escalate import call_nobody_else
from api.day.holds import acts_of, packings
from api.day.services import find_kitchen
from api.permissions import Actor
from api.stock.desk import need_text
from kitchen.store.withheld import load_withheld
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from telemetry.assets import is_asset
from telemetry.store.alarm_acts import Decision, Disposition, save_decision
from telemetry.store.alarms import AlarmRow
from telemetry.store.verdicts import latest_verdicts


@dataclass(frozen=True, slots=True)
class Decided:
    """
    A decision as somebody tells it.

    Parameters
    ----------
    disposition
        What becomes of the food.
    action
        What was done about the cause.
    person
        Who decides it, by code or name.
    """

    disposition: Disposition
    action: str
    person: str = ""


def decide_alarm(
    session: Session, alarm_id: str, told: Decided, *, actor: Actor, now_at: datetime, ids: IdSource
) -> Decision:
    """
    Keeps a corrective action and what becomes of the food; who decides has seen the alarm.

    Withdrawing puts the box on hold at once; a second person discards it (docs/alarms.md).

    Parameters
    ----------
    session
        Open transaction.
    alarm_id, told
        By which alarm; what is decided.
    actor, now_at, ids
        Who, when, with which row ids.

    Raises
    ------
    NotFound
        When there is no such alarm.
    BadInput
        Without an action, or a person of the staff where they are listed.
    Conflict
        When a proven breach would be released, or food reheated that was reheated before; of an asset's
        alarm, whose lots each get a word of their own.
    """
    row = session.get(AlarmRow, alarm_id, with_for_update=True)
    if row is None:
        raise NotFound("alarm", alarm_id)
    if is_asset(row.box_id):
        raise Conflict("alarm_of_an_asset", asset=alarm_places(session, [row.box_id])[row.box_id].code)
    packing = packings(session, [row.box_id])[row.box_id]
    service, box = packing.service, packing.box
    desk = CheckDesk(find_kitchen(session, service.kitchen_id), actor, now_at, ids)
    open_checks(session, desk, "alarm.decide")
    action = need_text(told.action, "alarm_action_missing")
    person = person_named(session, desk, watch_of(session, service.kitchen_id, desk.today_on), told.person)
    verdict = latest_verdicts(session, [box.box_id]).get(box.box_id)
    if told.disposition == "release" and verdict is not None and verdict.shown == "breached":
        raise Conflict("alarm_breach_not_released", box=box.code)
    acts = acts_of(session, service, box.production_id, [packing])
    if told.disposition == "reheat" and box.box_id in acts.reheats.boxes:
        raise Conflict("alarm_reheated_already", box=box.code)
    if told.disposition == "withdraw" and not _stands(session, service.key, box.box_id):
        withhold(session, desk, service, WithheldTold(box.box_id, action, told.person))
    decision = Decision(
        ids.new(), alarm_id, box.box_id, told.disposition, action, person, actor.user_id, now_at
    )
    save_decision(session, decision)
    if row.acknowledged_by is None:
        row.acknowledged_by, row.acknowledged_at, row.comment = actor.user_id, now_at, action
        row.acknowledged_name = person
        session.flush()
        call_nobody_else(session, [alarm_id], now_at)
    detail = {"alarm": alarm_id, "disposition": told.disposition}
    record(session, actor, f"alarm.decide/{told.disposition}", box.code, now_at, detail)
    return decision


def _stands(session: Session, service_key: str, box_id: str) -> bool:
    return any(one.box_id == box_id and one.bars for one in load_withheld(session, service_key))
