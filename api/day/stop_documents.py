"""Stops and alarms as API and command line give them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.day.stop_people import FATES, StopReach, reach_of
from api.day.stops import FoodStop
from api.day.views_alarms import AlarmItem
from api.permissions import Actor
from api.words import say


def stop_document(
    session: Session, stop: FoodStop, actor: Actor, language: str, now_at: datetime
) -> dict[str, Any]:
    """A stop as one reader may know it: places with their word, and whom the food has reached."""
    held, reach = stop.held, reach_of(session, stop.service, stop.held, stop.boxes, actor)
    return {
        "withheld_id": held.withheld_id,
        "service": held.service_key,
        "code": held.code,
        "food": [one.called(language) for one in stop.food],
        "state": held.end.kind if held.end else "held",
        "reason": held.reason,
        "person": held.person,
        "at": held.at.isoformat(),
        "portions": {fate: reach.portions(fate) for fate in FATES},
        "places": [
            {
                "kind": place.kind,
                "place": place.place_id,
                "name": place.name.called(language),
                "contact": place.contact,
                "boxes": [{"box": box.code, "where": box.where} for box in place.boxes],
                "answer": place.answer(held.at, now_at, stop.seen_within_s),
                "person": place.seen.person if place.seen else "",
                "answered_at": place.seen.at.isoformat() if place.seen else None,
            }
            for place in stop.places
        ],
        "meals": _meals(reach),
    }


def alarm_document(one: AlarmItem, language: str, now_at: datetime) -> dict[str, Any]:
    """An alarm of a box or an asset with its age, who answered, whom it calls next, what was decided."""
    row, place = one.row, one.place
    return {
        "alarm_id": row.alarm_id,
        "kitchen": place.kitchen_id,
        "service": place.service.key if place.service else None,
        "box": None if place.asset_kind else place.code,
        "site": place.site_id or None,
        "asset": place.code if place.asset_kind else None,
        "kind": row.kind,
        "severity": row.severity,
        "words": say(row.reason, language),
        "raised_at": row.raised_at.isoformat(),
        "cleared_at": row.cleared_at.isoformat() if row.cleared_at else None,
        "age_minutes": one.age_min(now_at),
        "acknowledged_by": row.acknowledged_name,
        "acknowledged_at": row.acknowledged_at.isoformat() if row.acknowledged_at else None,
        "comment": row.comment,
        "called": [{"to": call.to, "at": call.at.isoformat()} for call in one.calls],
        "next": {"to": one.next.to, "at": one.next.at.isoformat()} if one.next else None,
        "decisions": [
            {
                "disposition": done.disposition,
                "action": done.action,
                "person": done.person,
                "at": done.at.isoformat(),
            }
            for done in one.decisions
        ],
        "not_sent": [{"webhook": hook, "failure": failure} for hook, failure in one.failures],
    }


def _meals(reach: StopReach) -> list[dict[str, Any]]:
    return [
        {
            "fate": meal.fate,
            "site": meal.site_name,
            "order": meal.order_code,
            "boxes": list(meal.boxes),
            "portions": meal.portions,
            "name": meal.diner_name,
            "phone": meal.phone,
            "served_at": meal.served_at.isoformat() if meal.served_at else None,
        }
        for meal in reach.meals
    ]
