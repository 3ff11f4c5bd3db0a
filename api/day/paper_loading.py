"""The loading list of a published plan."""

from dataclasses import replace

from api.day.paper_facts import PaperFacts
from api.day.paper_routes import route_trip
from api.reports.loading_facts import LoadedStop, LoadedTrip, LoadingList
from api.reports.route_facts import RouteStop, RouteTrip
from routing.loading import Loading, loadings
from routing.plan import Plan, Trip


def loading_list(facts: PaperFacts, language: str) -> LoadingList:
    """What is loaded where and when; a van is loaded in the minutes before each departure."""
    plan = _at_docks(facts)
    minutes = {van_id: van.reload_s for van_id, van in facts.vans.items()}
    routes = {
        trip.trip_code: route_trip(facts, route.vehicle_id, trip, language)
        for route in plan.routes
        for trip in route.trips
    }
    found = loadings(plan, minutes, facts.kitchen.docks)
    trips = tuple(_trip(facts, one, routes[one.trip_code]) for one in found)
    return LoadingList(facts.plan_head, facts.kitchen.docks, trips)


def _at_docks(facts: PaperFacts) -> Plan:
    """The plan with what is loaded at the kitchen: without boxes that are fetched from a van on the road."""
    routes = [
        replace(route, trips=tuple(left for trip in route.trips if (left := _loaded(facts, trip)).visits))
        for route in facts.plan.routes
    ]
    return replace(facts.plan, routes=tuple(routes))


def _loaded(facts: PaperFacts, trip: Trip) -> Trip:
    own = [(visit, tuple(box for box in visit.box_ids if box not in facts.fetched)) for visit in trip.visits]
    return replace(trip, visits=tuple(replace(visit, box_ids=boxes) for visit, boxes in own if boxes))


def _trip(facts: PaperFacts, one: Loading, trip: RouteTrip) -> LoadedTrip:
    aboard = {box_id for _, box_ids in one.stops for box_id in box_ids}
    closed_s = max(box.packed_s for box in facts.boxes if box.box_id in aboard)
    at = facts.service.instant
    return LoadedTrip(
        code=trip.code,
        vehicle=trip.vehicle,
        driver=trip.driver,
        dock=one.dock,
        from_at=at(one.from_s),
        closed_at=at(closed_s),
        to_at=at(one.to_s),
        stops=tuple(_stop(*numbered) for numbered in reversed(list(enumerate(trip.stops, start=1)))),
        departed=trip.departed,
    )


def _stop(number: int, stop: RouteStop) -> LoadedStop:
    boxes = sorted(stop.boxes, key=lambda box: (box.hold_class == "cold", len(box.code), box.code))
    return LoadedStop(number, stop.name, tuple(boxes))
