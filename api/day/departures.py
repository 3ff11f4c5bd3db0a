"""Who is visited when by a plan's vans, and when the last plates are served there."""

from collections.abc import Iterator, Mapping

from orders.service import Service
from orders.sites import Site
from routing.plan import Plan, Visit

MINUTE_S = 60


def visits(plan: Plan) -> Iterator[Visit]:
    """Every visit of a plan, by vehicle and time."""
    return (visit for route in plan.routes for trip in route.trips for visit in trip.visits)


def last_plates_s(service: Service, sites: Mapping[str, Site]) -> dict[str, int]:
    """The last plate of each site, the way of its volunteers included, by site id."""
    plates = {}
    for site_id, site in sites.items():
        minutes = site.hours.serving_minutes + site.hours.second_leg_minutes
        starts_s = service.seconds(service.at_local(site.hours.serving_starts))
        plates[site_id] = starts_s + MINUTE_S * minutes
    return plates
