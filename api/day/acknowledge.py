"""Acknowledge: somebody has seen an alarm and says what was done; it stays open until its cause is gone."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.alarm_places import alarm_places
from api.day.escalate import call_nobody_else
from api.permissions import Actor, ensure
from orders.errors import BadInput
from routing.store.plans import plan_of_box
from telemetry.store.alarms import acknowledge

KITCHEN_ONLY = ""


def acknowledge_alarm(
    session: Session, alarm_id: str, comment: str, *, actor: Actor, now_at: datetime, person: str = ""
) -> None:
    """
    Notes who has seen an alarm and what they say; it calls nobody else then.

    Parameters
    ----------
    session
        Open transaction.
    alarm_id
        Which alarm.
    comment
        What was done, not empty.
    actor, now_at
        Who, and when.
    person
        Name of who has seen it where several share an account; empty is the actor.

    Raises
    ------
    NotFound
        When there is no such alarm.
    Conflict
        When somebody else was first.
    BadInput
        When nothing is said.
    Forbidden
        When its box is no box of the actor's kitchen, site or van.
    """
    said = comment.strip()
    if not said:
        raise BadInput("comment_missing")
    name = person.strip() or actor.name
    row = acknowledge(session, alarm_id, actor_id=actor.user_id, name=name, now_at=now_at, comment=said)
    call_nobody_else(session, [alarm_id], now_at)
    place = alarm_places(session, [row.box_id])[row.box_id]
    # An asset is the kitchen's, and of no site's or van's.
    site_id = KITCHEN_ONLY if place.asset_kind else place.site_id
    plan = plan_of_box(session, place.service.key, row.box_id) if place.service else None
    vehicle_id = (plan[1] if plan else None) or KITCHEN_ONLY
    ensure(actor, "alarm.acknowledge", kitchen_id=place.kitchen_id, site_id=site_id, vehicle_id=vehicle_id)
    record(session, actor, "alarm.acknowledge", place.code, now_at, {"alarm": alarm_id})
