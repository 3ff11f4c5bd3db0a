"""Boxes, sites and fleet become a problem."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kitchen.boxes import Box
from orders.service import Service
from orders.sites import Kitchen, Site
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.travel import Ways

MINUTE_S = 60


def build_problem(
    service: Service,
    kitchen: Kitchen,
    boxes: Iterable[Box],
    sites: Mapping[str, Site],
    vehicles: Sequence[Vehicle],
    travel: Ways,
) -> Problem:
    """
    What the vans have to do for one service.

    Parameters
    ----------
    service
        Its second 0 is that of all boxes.
    kitchen
        The depot.
    boxes
        Packed for this service.
    sites
        By id; at least those of the boxes.
    vehicles
        That may be used.
    travel
        Where its ways come from.

    Returns
    -------
    Problem
        One stop for each place with boxes, in the order of stop ids.

    Raises
    ------
    KeyError
        When a box goes to a site that is not among ``sites``.
    """
    by_stop: dict[str, list[Box]] = defaultdict(list)
    for box in boxes:
        by_stop[box.stop_id].append(box)
    stops = tuple(
        _stop(stop_id, sites[by_stop[stop_id][0].site_id], by_stop[stop_id], service)
        for stop_id in sorted(by_stop)
    )
    places = [kitchen.place, *(stop.place for stop in stops)]
    depot = Depot(kitchen.kitchen_id, kitchen.place)
    return Problem(service.key, (depot,), stops, tuple(vehicles), travel.between(places))


def _stop(stop_id: str, site: Site, boxes: Sequence[Box], service: Service) -> Stop:
    hours = site.hours
    return Stop(
        stop_id=stop_id,
        site_id=site.site_id,
        place=site.place,
        windows=(
            Window(
                service.seconds(service.at_local(hours.opens)),
                service.seconds(service.at_local(hours.closes)),
            ),
        ),
        unload_s=site.unload_s,
        boxes=tuple(_load(box, site) for box in boxes),
        serving_starts_s=service.seconds(service.at_local(hours.serving_starts)),
        serving_s=hours.serving_minutes * MINUTE_S,
    )


def _load(box: Box, site: Site) -> Load:
    second_leg_s = site.hours.second_leg_minutes * MINUTE_S if box.second_leg else 0
    return Load(
        box_id=box.box_id,
        units=box.units,
        weight_g=box.gross_g,
        release_s=box.release_s,
        deliver_by_s=box.deliver_by_s,
        eat_by_s=box.eat_by_s,
        second_leg_s=second_leg_s,
    )
