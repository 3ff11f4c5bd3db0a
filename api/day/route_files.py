"""The routes of a published plan as files for a navigator or a map; they name no diner."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from api.audit import record
from api.day.paper_facts import PaperFacts, in_language, load_paper_facts
from api.db import Database
from api.permissions import Actor, ensure
from api.reports.map_facts import MapLeft, MapStop, MapTrip, RouteMap
from api.reports.route_files import geojson, gpx
from api.reports.wording import Words
from orders.codes import Coded, Param
from orders.coordinates import to_gcj02
from orders.errors import NotFound
from orders.service import Service
from orders.sites import Site
from orders.store.sites import load_kitchen_settings
from routing.plan import Trip, Visit
from routing.roads import RoadEngine, RoadParams, RoadsDown, roads_from_table

RouteFormat = Literal["gpx", "geojson"]
FORMATS: tuple[RouteFormat, ...] = get_args(RouteFormat)
MEDIA: dict[RouteFormat, str] = {"gpx": "application/gpx+xml", "geojson": "application/geo+json"}


@dataclass(frozen=True, slots=True)
class RouteWish:
    """
    Which files somebody wants.

    Parameters
    ----------
    formats
        GPX has a file for each trip, GeoJSON one for all.
    trip
        Code of the only trip; empty for all.
    language
        Of names and sentences.
    gcj02
        Whether places are shifted as Chinese web maps draw them.
    """

    formats: Sequence[RouteFormat] = FORMATS
    trip: str = ""
    language: str = "zh_CN"
    gcj02: bool = False


@dataclass(frozen=True, slots=True)
class RouteFile:
    """A file by name, its kind, and its bytes."""

    name: str
    kind: RouteFormat
    content: bytes


def route_files(
    database: Database, service: Service, wish: RouteWish, *, actor: Actor, now_at: datetime
) -> list[RouteFile]:
    """
    The routes of a published service.

    Parameters
    ----------
    database, service, wish
        Whose routes, as what.
    actor, now_at
        Who asks, and when; a driver gets the own van's trips.

    Raises
    ------
    Forbidden
        When the actor may not see trips.
    NotFound
        When nothing is published, or no such trip is the actor's.
    """
    ensure(actor, "trip.read", kitchen_id=service.kitchen_id)
    with database.read() as session:
        facts = load_paper_facts(session, service, now_at)
        _, settings = load_kitchen_settings(session, service.kitchen_id)
    plan = route_map(facts, wish, actor.vehicle_id, roads_from_table(settings["travel"]))
    if wish.trip and not plan.trips:
        raise NotFound("trip", f"{service.key} {wish.trip}")
    files = list[RouteFile]()
    if "gpx" in wish.formats:
        files += [RouteFile(f"{one.code}.gpx", "gpx", gpx(plan, one, wish.language)) for one in plan.trips]
    if "geojson" in wish.formats:
        files.append(RouteFile("routes.geojson", "geojson", geojson(plan, wish.language)))
    with database.begin() as session:
        detail = {"plan": plan.version, "files": [one.name for one in files], "datum": plan.datum}
        record(session, actor, "trip.export", service.key, now_at, detail)
    return files


def route_map(
    facts: PaperFacts, wish: RouteWish, vehicle_id: str | None = None, roads: RoadParams | None = None
) -> RouteMap:
    """The plan on a map: all trips or those wished for, of one van where one is named, along the roads."""
    driven = [
        (trip, route.vehicle_id)
        for route in facts.plan.routes
        if vehicle_id in (None, route.vehicle_id)
        for trip in route.trips
        if wish.trip in ("", trip.trip_code)
    ]
    driven.sort(key=lambda one: (one[0].depart_s, one[0].trip_code))
    alone = bool(wish.trip) or vehicle_id is not None
    plan = RouteMap(
        service_key=facts.service.key,
        version=facts.plan_version,
        printed_at=facts.printed_at,
        kitchen_code=facts.kitchen.kitchen_id,
        kitchen_name=facts.kitchen.name,
        kitchen_place=facts.kitchen.place,
        trips=tuple(_trip(facts, trip, van_id, wish.language) for trip, van_id in driven),
        left=() if alone else tuple(_left(facts, wish.language)),
    )
    plan = _on_roads(plan, roads)
    return _shifted(plan) if wish.gcj02 else plan


def _on_roads(plan: RouteMap, params: RoadParams | None) -> RouteMap:
    """The same with the road of each trip; as it was where the kitchen names no engine, or none answers."""
    if params is None:
        return plan
    trips = list(plan.trips)
    with suppress(RoadsDown), RoadEngine(params) as engine:
        for number, trip in enumerate(plan.trips):
            places = (plan.kitchen_place, *(stop.place for stop in trip.stops), plan.kitchen_place)
            trips[number] = replace(trip, line=tuple(engine.shape(places)))
    return replace(plan, trips=tuple(trips))


def _trip(facts: PaperFacts, trip: Trip, vehicle_id: str, language: str) -> MapTrip:
    van, at = facts.vans.get(vehicle_id), facts.service.instant
    return MapTrip(
        code=trip.trip_code,
        vehicle=in_language(van.name_zh, van.name_en, language) if van else vehicle_id,
        depart_at=at(trip.depart_s),
        return_at=at(trip.return_s),
        distance_m=trip.distance_m,
        stops=tuple(_stop(facts, number, visit) for number, visit in enumerate(trip.visits, start=1)),
    )


def _site(facts: PaperFacts, stop_id: str, box_ids: Sequence[str]) -> Site:
    return facts.sites[next((box.site_id for box in facts.boxes if box.box_id in box_ids), stop_id)]


def _stop(facts: PaperFacts, number: int, visit: Visit) -> MapStop:
    site, at = _site(facts, visit.stop_id, visit.box_ids), facts.service.instant
    boxes = [box for box in facts.boxes if box.box_id in visit.box_ids]
    is_home = site.kind == "home"
    return MapStop(
        number=number,
        site_code="" if is_home else site.site_id,
        name="" if is_home else site.name,
        address="" if is_home or site.site_id in facts.moved else site.address,
        place=facts.moved.get(site.site_id, site.place),
        arrive_at=at(visit.arrive_s),
        leave_at=at(visit.leave_s),
        deliver_by_at=at(min(box.deliver_by_s for box in boxes)),
        boxes=tuple(box.code for box in boxes),
        portions=sum(box.portions for box in boxes),
    )


def _left(facts: PaperFacts, language: str) -> list[MapLeft]:
    codes = {box.box_id: box.code for box in facts.boxes}
    found = []
    for one in facts.plan.unserved:
        site = _site(facts, one.stop_id, one.box_ids)
        is_home, boxes = site.kind == "home", tuple(codes.get(box_id, box_id) for box_id in one.box_ids)
        site_code, name = ("", "") if is_home else (site.site_id, site.name)
        found.append(MapLeft(site_code, name, site.place, boxes, _nameless(facts, one.reason, language)))
    return found


def _nameless(facts: PaperFacts, reason: Coded, language: str) -> Coded:
    """The reason with words where it has the code of a home, which is its diner's."""
    home = Words(language)("a home")

    def said(value: Param) -> Param:
        if not isinstance(value, str):
            return value
        own = (facts.sites.get(part) for part in value.split(", "))
        parts = zip(value.split(", "), own, strict=True)
        return ", ".join(home if site and site.kind == "home" else part for part, site in parts)

    return Coded(reason.code, {key: said(value) for key, value in reason.params.items()})


def _shifted(plan: RouteMap) -> RouteMap:
    """The same as Chinese web maps draw it."""
    trips = tuple(
        replace(
            trip,
            stops=tuple(replace(stop, place=to_gcj02(stop.place)) for stop in trip.stops),
            line=tuple(to_gcj02(place) for place in trip.line),
        )
        for trip in plan.trips
    )
    left = tuple(replace(one, place=to_gcj02(one.place)) for one in plan.left)
    return replace(plan, kitchen_place=to_gcj02(plan.kitchen_place), trips=trips, left=left, datum="GCJ-02")
