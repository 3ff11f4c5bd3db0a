"""What events on the road left behind: fetched boxes, lost ones, trips judged when they changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from api.day.replan_facts import LOST
from kitchen.boxes import Box
from kitchen.store.production import load_boxes, load_production
from orders.codes import Coded, Excepted
from orders.service import Service
from orders.sites import Site
from orders.store.receipts import load_receipts
from routing.day_events import Road, road_after
from routing.plan import Plan, Route
from routing.store.day_events import event_of, load_day_events
from routing.store.plans import load_plan

LOST_BOX = "box_lost_on_road"


@dataclass(frozen=True, slots=True)
class RoadKept:
    """
    What is kept of the road's events of a day.

    Parameters
    ----------
    road
        What holds.
    judged
        Trips that had left at the last event, or leave by it to fetch boxes: judged then, by where their
        vehicles were.
    fetched
        Who fetches what, as documents, the latest last.
    """

    road: Road
    judged: frozenset[str]
    fetched: tuple[dict[str, Any], ...]

    @property
    def fetching(self) -> frozenset[str]:
        """Codes of the trips that fetch boxes: they leave by the answer itself."""
        return frozenset(str(one["trip"]) for one in self.fetched)


def road_kept(session: Session, service: Service) -> RoadKept:
    """What is kept of a service's events."""
    rows = load_day_events(session, service.key)
    fetched = [one for row in rows for one in row.found.get("fetched", ())]
    left = {code for row in rows for code in row.found.get("left", ())}
    road = road_after(event for row in rows if (event := event_of(row)) is not None)
    return RoadKept(road, frozenset(left | {str(one["trip"]) for one in fetched}), tuple(fetched))


def still_to_judge(plan: Plan, boxes: Iterable[Box], kept: RoadKept) -> tuple[Plan, list[Box]]:
    """The plan without the trips that were judged when they changed, and the boxes without theirs."""
    inside = {
        box_id
        for trip in plan.trips
        if trip.trip_code in kept.judged
        for visit in trip.visits
        for box_id in visit.box_ids
    }
    routes = tuple(
        Route(route.vehicle_id, trips)
        for route in plan.routes
        if (trips := tuple(trip for trip in route.trips if trip.trip_code not in kept.judged))
    )
    distance_m = sum(trip.distance_m for route in routes for trip in route.trips)
    rest = [box for box in boxes if box.box_id not in inside]
    return replace(plan, routes=routes, distance_m=distance_m), rest


def moved_sites(sites: dict[str, Site], road: Road) -> dict[str, Site]:
    """The sites where they now are."""
    return {key: replace(site, place=road.moved.get(key, site.place)) for key, site in sites.items()}


def lost_on_road(session: Session, service: Service) -> list[Excepted]:
    """Boxes of the published plan that were lost on the road, as their sites miss them; none signed for."""
    production, loaded = load_production(session, service.key), load_plan(session, service.key)
    lost = {
        box_id
        for one in (loaded[1].unserved if loaded else ())
        if one.reason.code in LOST
        for box_id in one.box_ids
    }
    if production is None or not lost:
        return []
    lost -= {one.box_id for one in load_receipts(session, service).values()}
    return [
        Excepted(Coded(LOST_BOX, {"box": box.code, "site": box.site_id}), box.code, box.portions)
        for box in load_boxes(session, production.production_id)
        if box.box_id in lost
    ]
