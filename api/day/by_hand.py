"""By hand: a dispatcher puts a stop elsewhere or swaps two vans; judged at once, never published broken."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.day.recheck import recheck_service
from api.day.replan_facts import Today
from api.day.replan_road import RoadAnswer
from api.day.replan_routes import ahead_of, stays
from api.day.replan_state import day_state
from api.day.replan_today import today_of
from api.day.road_diners import affected
from api.day.road_events import ACT, RoadReplanned, keep_road, road_changes
from api.day.road_told import site_named, van_named
from api.db import Database
from api.permissions import Actor, ensure
from orders.codes import Coded
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.service import Service
from orders.store.sites import load_sites
from routing.hands import NEW_TRIP, Edit, Move, Swap, by_hand
from routing.plan import Plan, Route
from routing.store.fleet import load_vans


@dataclass(frozen=True, slots=True)
class ByHand:
    """
    What edits make of the trips that have not left.

    Parameters
    ----------
    replanned
        The plan with what changes for sites and diners.
    violations
        What it breaks; empty for one that may be published.
    """

    replanned: RoadReplanned
    violations: tuple[Coded, ...]


def edit_told(session: Session, service: Service, text: str) -> Edit:
    """
    The edit of a text: ``move:C05,T2,1`` (stop, trip, place), ``move:C05,new,V1``, ``swap:V1,V2``.

    Raises
    ------
    BadInput
        When it cannot be read.
    NotFound
        When there is no such stop or vehicle.
    """
    name, _, rest = text.strip().partition(":")
    args = [one.strip() for one in rest.partition("@")[0].split(",")]
    vans = load_vans(session, service.kitchen_id)
    if name == "swap" and len(args) == len(("one", "other")):
        one, other = (van_named(vans, arg).van_id for arg in args)
        return Swap(one, other)
    if name == "move" and len(args) > 1:
        stop_id = site_named(load_sites(session, service.kitchen_id, service.meal), args[0])
        more = args[2] if len(args) > len(("stop", "trip")) else ""
        if args[1] == NEW_TRIP:
            return Move(stop_id, NEW_TRIP, vehicle_id=van_named(vans, more).van_id)
        if not more or more.isdecimal():
            return Move(stop_id, args[1], int(more or 0))
    raise BadInput("edit_unread", text=text)


def hand_previewed(
    database: Database, service: Service, edits: Sequence[Edit], *, now_at: datetime
) -> ByHand:
    """The plan after some edits with everything that it breaks, nothing kept."""
    with database.read() as session:
        today = today_of(session, service, now_at)
        digest = day_state(session, service, [str(edit) for edit in edits], now_at)
    found = _edited(today, edits)
    return replace(found, replanned=replace(found.replanned, digest=digest))


def hand_published(
    database: Database,
    service: Service,
    edits: Sequence[Edit],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    expected: str | None = None,
) -> RoadReplanned:
    """
    Publishes the plan after some edits as the next version.

    Raises
    ------
    NotFound
        When nothing is published, or there is no such stop, vehicle or trip that has not left.
    Conflict
        ``trip_locked`` for a trip that is to stay; ``plan_by_hand_breaks`` when it breaks a rule: such a
        plan is never published; ``replan_moved_on`` when anything was published, reported or ordered since.
    """
    ensure(actor, ACT, kitchen_id=service.kitchen_id)
    with database.begin(lock=service.key) as session:
        state = day_state(session, service, [str(edit) for edit in edits], now_at)
        if expected not in (None, state):
            raise Conflict("replan_moved_on", service=service.key)
        today = today_of(session, service, now_at)
        found = _edited(today, edits)
        if found.violations:
            raise Conflict("plan_by_hand_breaks", service=service.key, count=len(found.violations))
        rows = [(type(edit).__name__.lower(), str(edit), asdict(edit)) for edit in edits]
        done = keep_road(session, today, found.replanned, rows, ids, actor, now_at)
        recheck_service(session, service, now_at=now_at, ids=ids)
    return done


def _require_unlocked(today: Today, edits: Sequence[Edit]) -> None:
    """Refuses an edit of a trip that is locked."""
    for edit in edits:
        for route in today.plan.routes:
            for trip in route.trips:
                if trip.trip_code not in today.road.locked:
                    continue
                stops = {visit.stop_id for visit in trip.visits}
                mine = (
                    edit.to_trip == trip.trip_code or edit.stop_id in stops
                    if isinstance(edit, Move)
                    else route.vehicle_id in (edit.vehicle_id, edit.other)
                )
                if mine:
                    raise Conflict("trip_locked", trip=trip.trip_code)


def _edited(today: Today, edits: Sequence[Edit]) -> ByHand:
    _require_unlocked(today, edits)
    problem, waiting = ahead_of(today, today.facts, today.boxes)
    here = {box.box_id for box in waiting}
    routes = tuple(
        Route(route.vehicle_id, trips)
        for route in today.plan.routes
        if (trips := tuple(one for one in route.trips if one.trip_code not in today.departed))
    )
    unserved = tuple(one for one in today.plan.unserved if set(one.box_ids) <= here)
    metres = sum(trip.distance_m for route in routes for trip in route.trips)
    plan = Plan(problem.service_key, routes, unserved, metres)
    edited, broken = by_hand(problem, plan, edits, f"T{today.highest_trip + 1}")
    whole = replace(edited, unserved=(*edited.unserved, *stays(today, today.boxes)))
    answer = RoadAnswer(whole)
    found = RoadReplanned(
        today.production.version,
        (),
        answer,
        tuple(road_changes(today, answer)),
        affected(today, answer, ()),
    )
    return ByHand(found, tuple(broken))
