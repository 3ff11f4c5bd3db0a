"""The route sheets of a published plan."""

from collections.abc import Collection

from api.day.paper_facts import PaperFacts, in_language
from api.reports.route_facts import RouteBox, RouteSheets, RouteStop, RouteTrip
from api.reports.wording import Words
from kitchen.boxes import Box
from orders.service import Service
from orders.sites import Site
from routing.plan import Trip, Visit


def route_sheets(facts: PaperFacts, language: str, vehicles: Collection[str] | None = None) -> RouteSheets:
    """
    What the drivers hand over.

    Parameters
    ----------
    facts
        A published service.
    language
        Of the vans' names.
    vehicles
        Only the trips of these; None for all.
    """
    trips = [
        route_trip(facts, route.vehicle_id, trip, language)
        for route in facts.plan.routes
        if vehicles is None or route.vehicle_id in vehicles
        for trip in route.trips
    ]
    by_departure = tuple(sorted(trips, key=lambda trip: (trip.depart_at, len(trip.code), trip.code)))
    return RouteSheets(facts.plan_head, facts.profile.hot_hold_min_c, by_departure)


def trip_text(service: Service, code: str) -> str:
    """What a scanner reads on a route sheet: ``holdchain:trip:K1/2026-11-23/lunch:T1``."""
    return f"holdchain:trip:{service.key}:{code}"


def route_trip(facts: PaperFacts, vehicle_id: str, trip: Trip, language: str) -> RouteTrip:
    """One trip of a vehicle, with what its driver hands over."""
    van = facts.vans.get(vehicle_id)
    name = in_language(van.name_zh, van.name_en, language) if van else vehicle_id
    return RouteTrip(
        code=trip.trip_code,
        vehicle=f"{name} {van.plate}".strip() if van else name,
        driver=van.driver if van else "",
        phone=van.phone if van else "",
        depart_at=facts.service.instant(trip.depart_s),
        return_at=facts.service.instant(trip.return_s),
        distance_m=trip.distance_m,
        stops=tuple(_stop(facts, visit, language) for visit in trip.visits),
        qr_text=trip_text(facts.service, trip.trip_code),
        departed=trip.trip_code in facts.departed,
    )


def _stop(facts: PaperFacts, visit: Visit, language: str) -> RouteStop:
    wanted = set(visit.box_ids)
    boxes = [box for box in facts.boxes if box.box_id in wanted]
    site = facts.sites[boxes[0].site_id if boxes else visit.stop_id]
    service = facts.service
    closes_at = service.at_local(site.hours.closes)
    deliver_by_at = (service.instant(box.deliver_by_s) for box in boxes)
    return RouteStop(
        name=site.name,
        address=_address(facts, site, language),
        contact=site.contact,
        opens_at=service.at_local(site.hours.opens),
        closes_at=closes_at,
        arrive_at=service.instant(visit.arrive_s),
        deliver_by_at=min(deliver_by_at, default=closes_at),
        boxes=tuple(_box(facts, box) for box in boxes),
        owed=facts.missing.get(site.site_id, ()),
        place=facts.moved.get(site.site_id, site.place),
        door_note=_door_note(facts, site),
        more_windows=tuple(
            (service.at_local(from_), service.at_local(to)) for from_, to in site.hours.more_windows
        ),
        floor=site.access.floor,
        lift=site.access.lift,
    )


def _address(facts: PaperFacts, site: Site, language: str) -> str:
    """Where the stop is: its address, or where it is elsewhere today."""
    moved = facts.moved.get(site.site_id)
    if moved is None:
        return site.address
    place = f"{moved.lat:.5f}, {moved.lon:.5f}"
    return Words(language)("Today at {place}, not at its own door", place=place)


def _door_note(facts: PaperFacts, site: Site) -> str:
    """How to get in: at a home as its diner's register says."""
    if site.kind != "home":
        return site.access.door_note
    notes = (
        diner.fact("door_note", facts.service.service_on)
        for diner in facts.diners.values()
        if diner.site_id == site.site_id
    )
    return next((note for note in notes if note), "")


def _box(facts: PaperFacts, box: Box) -> RouteBox:
    for_diner = facts.diner_label(box.for_diner) if box.for_diner else ""
    return RouteBox(box.code, box.hold_class, box.portions, for_diner, box.second_leg, box.spare_portions)
