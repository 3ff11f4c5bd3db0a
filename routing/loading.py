"""Loading: which trip stands at which dock from when to when, and in which order its boxes go in."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.plan import Plan


@dataclass(frozen=True, slots=True)
class Loading:
    """
    A trip at a dock.

    Parameters
    ----------
    trip_code, vehicle_id
        Which trip, of which vehicle.
    from_s, to_s
        While it is loaded; it leaves at the end.
    dock
        Number of the dock from 1; None where the kitchen has none to number, or none is free.
    stops
        Stop ids in the order of loading, the last of the trip first, each with its boxes.
    """

    trip_code: str
    vehicle_id: str
    from_s: int
    to_s: int
    dock: int | None
    stops: tuple[tuple[str, tuple[str, ...]], ...]


def loadings(plan: Plan, reload_s: Mapping[str, int], docks: int | None) -> tuple[Loading, ...]:
    """
    The trips of a plan at the docks.

    Parameters
    ----------
    plan
        What is driven.
    reload_s
        How long each vehicle is loaded before a departure, by its id; 0 for one that is not listed.
    docks
        How many there are; None where nobody counts them.

    Returns
    -------
    tuple[Loading, ...]
        By minute. Each trip is at the free dock with the lowest number; a plan that keeps the docks finds
        one for each.
    """
    waiting = sorted(
        (trip.depart_s - reload_s.get(route.vehicle_id, 0), trip.depart_s, route.vehicle_id, trip)
        for route in plan.routes
        for trip in route.trips
    )
    free_s = [0] * (docks or 0)
    found = list[Loading]()
    for from_s, to_s, vehicle_id, trip in waiting:
        dock = next((nth for nth, until_s in enumerate(free_s) if until_s <= from_s), None)
        if dock is not None:
            free_s[dock] = to_s
        stops = tuple((visit.stop_id, visit.box_ids) for visit in reversed(trip.visits))
        number = None if dock is None else dock + 1
        found.append(Loading(trip.trip_code, vehicle_id, from_s, to_s, number, stops))
    return tuple(found)
