"""The loading list of a published plan."""

from api.day.paper_facts import PaperFacts
from api.day.paper_routes import route_trip
from api.reports.loading_facts import LoadedStop, LoadedTrip, LoadingList
from api.reports.route_facts import RouteStop, RouteTrip
from routing.loading import Loading, loadings


def loading_list(facts: PaperFacts, language: str) -> LoadingList:
    """What is loaded where and when; a van is loaded in the minutes before each departure."""
    minutes = {van_id: van.reload_s for van_id, van in facts.vans.items()}
    routes = {
        trip.trip_code: route_trip(facts, route.vehicle_id, trip, language)
        for route in facts.plan.routes
        for trip in route.trips
    }
    found = loadings(facts.plan, minutes, facts.kitchen.docks)
    trips = tuple(_trip(facts, one, routes[one.trip_code]) for one in found)
    return LoadingList(facts.plan_head, facts.kitchen.docks, trips)


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
