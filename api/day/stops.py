"""A stop: food on hold as every place sees it, and each place's word that it keeps it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.alarm_rules import alarm_rules
from api.audit import record
from api.day.services import find_kitchen
from api.day.stop_boxes import StoppedBox, dishes_on_hold, whereabouts
from api.day.stop_places import StopPlace, concerns, places_of
from api.db import hold
from api.permissions import Actor, ensure
from api.reports.facts import Named
from kitchen.recipes import Dish
from kitchen.store.catalogue import load_dishes
from kitchen.store.stop_seen import load_seen, save_seen
from kitchen.store.withheld import ended_since, find_withheld, open_withheld
from kitchen.withheld import PlaceKind, StopSeen, Withheld
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.service import Service, parse_service
from orders.store.sites import kitchen_of_site, load_kitchens

TOLD_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class FoodStop:
    """
    Food on hold as one reader sees it.

    Parameters
    ----------
    held, service
        The hold, and its service.
    food
        What is cooked of it.
    boxes
        The boxes with it, those of the reader's site or van.
    places
        Whom it concerns.
    seen_within_s
        Within which each answers.
    """

    held: Withheld
    service: Service
    food: tuple[Named, ...]
    boxes: tuple[StoppedBox, ...]
    places: tuple[StopPlace, ...]
    seen_within_s: int

    def answers(self, now_at: datetime) -> dict[str, int]:
        """How many places have seen it, are waited for, or are overdue."""
        counts = {"seen": 0, "waiting": 0, "late": 0}
        for place in self.places:
            answer = place.answer(self.held.at, now_at, self.seen_within_s)
            if answer in counts:
                counts[answer] += 1
        return counts

    def to_answer(self, actor: Actor) -> tuple[StopPlace, ...]:
        """The reader's own places that have not answered yet; nobody's for who is bound to none."""
        own = {"site": actor.site_id, "van": actor.vehicle_id}
        mine = (one for one in self.places if one.place_id == own[one.kind])
        return tuple(one for one in mine if one.is_asked and one.seen is None)


def stops_for(session: Session, actor: Actor, now_at: datetime) -> tuple[FoodStop, ...]:
    """
    The stops that a person must know of, the newest first; one that ended is told for half an hour.

    Parameters
    ----------
    session
        Open transaction.
    actor
        Who reads.
    now_at
        The present instant.
    """
    found: list[Withheld] = []
    for kitchen_id in _kitchens_of(session, actor):
        found += open_withheld(session, kitchen_id) + ended_since(session, kitchen_id, now_at - TOLD_FOR)
    stops = _stops(session, found, actor)
    mine = (one for one in stops if _is_told(actor, one))
    return tuple(sorted(mine, key=lambda one: (one.held.end is not None, -one.held.at.timestamp())))


def find_stop(session: Session, withheld_id: str, actor: Actor) -> FoodStop:
    """
    One stop.

    Raises
    ------
    NotFound
        When there is none of this id.
    Forbidden
        When it is another kitchen's, or nothing of it is at the reader's site or van.
    """
    held = find_withheld(session, withheld_id)
    if held is None:
        raise NotFound("hold", withheld_id)
    ensure(actor, "stop.read", kitchen_id=parse_service(held.service_key).kitchen_id)
    [stop] = _stops(session, [held], actor)
    if not _is_told(actor, stop):
        raise Forbidden("outside_scope", own=actor.site_id or actor.vehicle_id or "", wanted=held.code)
    return stop


def seen_stop(
    session: Session,
    withheld_id: str,
    kind: PlaceKind,
    place_id: str,
    *,
    actor: Actor,
    now_at: datetime,
    person: str = "",
    comment: str = "",
) -> StopSeen:
    """
    Notes that a place knows of a stop and keeps the food back.

    Parameters
    ----------
    session
        Open transaction.
    withheld_id, kind, place_id
        Which stop; which site or van.
    actor, now_at
        Who writes it down, when: somebody of the place itself, or the kitchen after a call.
    person, comment
        Who said so there; the actor where the place itself says it. What was said.

    Raises
    ------
    NotFound
        When there is no such stop, or it does not concern the place.
    Forbidden
        When the actor belongs to another place.
    BadInput
        When the kitchen does not say whom it spoke to.
    Conflict
        When the place has answered already.
    """
    ensure(actor, "stop.seen")
    hold(session, f"stop/{withheld_id}")
    stop = find_stop(session, withheld_id, actor)
    place = next((one for one in stop.places if (one.kind, one.place_id) == (kind, place_id)), None)
    if place is None:
        raise NotFound("place", place_id)
    own = {"site": actor.site_id, "van": actor.vehicle_id}
    is_bound = actor.site_id is not None or actor.vehicle_id is not None
    if is_bound and own[kind] != place_id:
        raise Forbidden("outside_scope", own=actor.site_id or actor.vehicle_id or "", wanted=place_id)
    if place.seen is not None:
        raise Conflict("stop_seen_already", place=place_id, person=place.seen.person)
    name = person.strip() or (actor.name if is_bound else "")
    if not name:
        raise BadInput("stop_person_missing")
    seen = StopSeen(withheld_id, kind, place_id, name, comment.strip(), actor.user_id, now_at)
    save_seen(session, seen)
    subject = f"{stop.service.key}/{stop.held.code}"
    record(session, actor, "stop.seen", subject, now_at, {"place": f"{kind}:{place_id}"})
    return seen


def _stops(session: Session, found: Collection[Withheld], actor: Actor) -> list[FoodStop]:
    if not found:
        return []
    rules, seen = alarm_rules(session), load_seen(session, [one.withheld_id for one in found])
    dishes = dishes_on_hold(session, found)
    names = load_dishes(session, {dish_id for own in dishes.values() for dish_id in own})
    stops: list[FoodStop] = []
    by_service: dict[str, dict[str, Withheld]] = {}
    for one in found:
        by_service.setdefault(one.service_key, {})[one.withheld_id] = one
    for key, own in by_service.items():
        service = _service(session, key)
        where = whereabouts(session, service, own)
        for withheld_id, held in own.items():
            food = _food(dishes[withheld_id], names)
            boxes = tuple(one for one in where[withheld_id] if concerns(actor, one))
            places = places_of(session, service, boxes, seen[withheld_id], actor)
            stops.append(FoodStop(held, service, food, boxes, places, rules.seen_within_s))
    return stops


def _is_told(actor: Actor, stop: FoodStop) -> bool:
    return not (actor.site_id or actor.vehicle_id) or bool(stop.boxes)


def _service(session: Session, key: str) -> Service:
    plain = parse_service(key)
    return parse_service(key, find_kitchen(session, plain.kitchen_id).zone)


def _food(dish_ids: Collection[str], dishes: Mapping[str, Dish]) -> tuple[Named, ...]:
    found = (dishes[dish_id] for dish_id in dish_ids if dish_id in dishes)
    return tuple(Named(one.name_zh, one.name_en) for one in found)


def _kitchens_of(session: Session, actor: Actor) -> list[str]:
    if actor.kitchen_id:
        return [actor.kitchen_id]
    own = kitchen_of_site(session, actor.site_id) if actor.site_id else None
    return [own] if own else [one.kitchen_id for one in load_kitchens(session)]
