"""On the road: vans, trips and stops of a published day, what happens to them, and changes by hand."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.day.by_hand import ByHand, edit_told, hand_previewed, hand_published
from api.day.explained import not_brought
from api.day.replan_facts import LOST
from api.day.replan_today import today_of
from api.day.road_documents import road_names
from api.day.road_events import RoadReplanned, road_previewed, road_replan
from api.day.road_told import is_of_road, road_told
from api.house import House
from api.pages.shell import chosen, shown_service
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render
from orders.codes import Coded
from orders.service import Service
from orders.store.sites import load_sites
from routing.store.day_events import load_day_events
from routing.store.fleet import load_vans

router = APIRouter(prefix="/kitchen/road", include_in_schema=False)
Planner = Annotated[Actor, may("day.publish")]
SEED = 1


@router.get("")
def page(
    request: Request,
    house: HouseHere,
    actor: Planner,
    service: str = "",
    what: str = "",
    to: str = "",
    done: int = 0,
) -> Response:
    """Vans with their trips; of what was tapped what it would change; what a version changed."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
        rows = [row for row in load_day_events(session, facts["service"].key) if row.version == done]
    told = None
    if what:
        joint = "" if what.endswith(":") or not to else ","
        told = _previewed(house, facts["service"], f"{what}{joint}{to}")
    elif rows:
        changes = [Coded(one["code"], one["params"]) for one in rows[0].found["changes"]]
        told = {"version": done, "published": True, "changes": changes, "violations": []}
        told |= {"diners": _timed(facts["service"], rows[0].found["diners"]), "lost": rows[0].found["lost"]}
    return render(request, "kitchen_road.html", told=told, **facts)


@router.post("")
def happens(
    request: Request,
    house: HouseHere,
    actor: Planner,
    what: Annotated[str, Form(max_length=120)],
    version: Annotated[int, Form(ge=1)],
    digest: Annotated[str, Form(min_length=64, max_length=64)],
    service: Annotated[str, Form()] = "",
) -> Response:
    """
    Publishes what was looked at, once for its version; sent twice it is the same version.

    Raises
    ------
    Conflict
        When the day has moved on since it was looked at, as by another event, or the plan would break a rule.
    """
    shown, now_at = shown_service(request, actor, service), house.clock.now()
    with house.database.read() as session:
        after = [row for row in load_day_events(session, shown.key) if row.version == version + 1]
        event = road_told(session, shown, what, now_at) if is_of_road(what) else None
        edit = None if event else edit_told(session, shown, what)
    mine = (event.kind, event.ref) if event else (type(edit).__name__.lower(), str(edit))
    if mine not in {(row.kind, row.ref) for row in after}:
        acting: dict[str, Any] = {"actor": actor, "now_at": now_at, "ids": house.ids, "expected": digest}
        if event is not None:
            road_replan(house.database, shown, [event], seed=SEED, **acting)
        elif edit is not None:
            hand_published(house.database, shown, [edit], **acting)
    return RedirectResponse(f"/kitchen/road?service={shown.key}&done={version + 1}", status_code=303)


def _previewed(house: House, service: Service, what: str) -> dict[str, Any]:
    """What an event or an edit would change, with every rule that the plan would break."""
    now_at = house.clock.now()
    with house.database.read() as session:
        event = road_told(session, service, what, now_at) if is_of_road(what) else None
        edit = None if event else edit_told(session, service, what)
    found: RoadReplanned
    violations: tuple[Coded, ...] = ()
    if event is not None:
        found = road_previewed(house.database, service, [event], now_at=now_at, seed=SEED)
    else:
        by_hand: ByHand = hand_previewed(house.database, service, [edit] if edit else [], now_at=now_at)
        found, violations = by_hand.replanned, by_hand.violations
    return {
        "what": what,
        "version": found.version,
        "published": False,
        "digest": found.digest,
        "ahead": found.ahead,
        "changes": list(found.changes),
        "violations": list(violations),
        "diners": _timed(service, [one.document(service) for one in found.diners]),
        "lost": sorted(found.answer.lost),
    }


def _timed(service: Service, diners: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each diner's times as the kitchen's clock shows them."""
    return [
        one
        | {
            name: f"{service.local(datetime.fromisoformat(one[f'{name}_at'])):%H:%M}"
            for name in ("was", "now", "wave")
            if one[f"{name}_at"]
        }
        for one in diners
    ]


def _facts(session: Session, request: Request, actor: Actor, wanted: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    today = today_of(session, service, request.app.state.house.clock.now())
    vans = {one.van_id: one for one in load_vans(session, service.kitchen_id)}
    routes = {route.vehicle_id: route.trips for route in today.plan.routes}
    left_out = {one.stop_id for one in today.plan.unserved if one.reason.code not in LOST}
    sites = load_sites(session, service.kitchen_id, service.meal)
    return {
        "choice": choice,
        "service": service,
        "zone": service.zone,
        "names": road_names(session, service),
        "vans": [(van, routes.get(van_id, ())) for van_id, van in sorted(vans.items())],
        "ahead": [
            trip for trips in routes.values() for trip in trips if trip.trip_code not in today.departed
        ],
        "departed": today.departed,
        "road": today.road,
        "left_out": sorted(left_out),
        "not_brought": not_brought(today),
        "sites": sites,
        "now_hm": f"{service.local(request.app.state.house.clock.now()):%H:%M}",
        "instant": service.instant,
    }
