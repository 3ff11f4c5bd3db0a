"""Boxes, sites and fleet become a problem."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from kitchen.boxes import Box, Carrier
from orders.service import Service
from orders.sites import Kitchen, Site
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.travel import Ways

MINUTE_S = 60


class Empties(NamedTuple):
    """Empty carriers at a site: the room they take, and what they weigh."""

    units: int = 0
    weight_g: int = 0


NO_EMPTIES: Mapping[str, Empties] = MappingProxyType({})


def build_problem(
    service: Service,
    kitchen: Kitchen,
    boxes: Iterable[Box],
    sites: Mapping[str, Site],
    vehicles: Sequence[Vehicle],
    travel: Ways,
    empties: Mapping[str, Empties] = NO_EMPTIES,
) -> Problem:
    """
    What the vans have to do for one service.

    Parameters
    ----------
    service
        Its second 0 is that of all boxes.
    kitchen
        The depot, with its docks.
    boxes
        Packed for this service.
    sites
        By id; at least those of the boxes.
    vehicles
        That may be used.
    travel
        Where its ways come from.
    empties
        That wait at a site and should come back, by site id.

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
        _stop(stop_id, sites[own[0].site_id], own, service, back)
        for stop_id, own in sorted(by_stop.items())
        for back in [_back(empties.get(stop_id, Empties()), own, vehicles)]
    )
    places = [kitchen.place, *(stop.place for stop in stops)]
    depot = Depot(kitchen.kitchen_id, kitchen.place, kitchen.docks)
    return Problem(service.key, (depot,), stops, tuple(vehicles), travel.between(places))


def empties_of(codes: Iterable[str], carriers: Mapping[str, Carrier]) -> Empties:
    """What empty carriers of these codes take of a van; ``carriers`` are the kitchen's, by code."""
    known = [carriers[code] for code in codes if code in carriers]
    return Empties(sum(one.capacity_units for one in known), sum(one.tare_g for one in known))


def _stop(stop_id: str, site: Site, boxes: Sequence[Box], service: Service, back: Empties) -> Stop:
    hours = site.hours
    return Stop(
        stop_id=stop_id,
        site_id=site.site_id,
        place=site.place,
        windows=tuple(
            Window(service.seconds(service.at_local(from_)), service.seconds(service.at_local(to)))
            for from_, to in hours.windows
        ),
        unload_s=site.unload_s,
        boxes=tuple(_load(box, site) for box in boxes),
        serving_starts_s=service.seconds(service.at_local(hours.serving_starts)),
        serving_s=hours.serving_minutes * MINUTE_S,
        unload_box_s=site.access.box_s,
        needs=site.access.needs,
        priority=site.access.priority,
        empties_units=back.units,
        empties_weight_g=back.weight_g,
        familiar=site.access.familiar,
    )


def _back(waiting: Empties, boxes: Sequence[Box], vehicles: Sequence[Vehicle]) -> Empties:
    """Of what waits no more than its boxes leave room for, so that no food stays behind for empties."""
    units, weight_g = sum(box.units for box in boxes), sum(box.gross_g for box in boxes)
    if not any(units <= van.units and weight_g <= van.weight_g for van in vehicles):
        units, weight_g = min(box.units for box in boxes), min(box.gross_g for box in boxes)
    return Empties(min(waiting.units, units), min(waiting.weight_g, weight_g))


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
        cold=box.hold_class == "cold",
    )
