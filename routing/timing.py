"""Minutes of a trip whose stops and order are known."""

from collections.abc import Sequence

from routing.parts import DEPOT, Part
from routing.plan import Trip, Visit
from routing.problem import Vehicle
from routing.travel import TravelMatrix


def time_trip(visits: Sequence[Part], ready_s: int, travel: TravelMatrix) -> Trip:
    """
    The trip that is back as early as possible and, given that, leaves as late as possible.

    So the van is back soon for its next trip, and the food does not wait on the road.

    Parameters
    ----------
    visits
        At least one part, in the order of driving.
    ready_s
        When the vehicle may leave at the earliest.
    travel
        Between places.

    Returns
    -------
    Trip
        With an empty code. It may break a deadline: that is for `plan.check` to say.
    """
    starts_s = _latest(visits, _earliest(visits, ready_s, travel), travel)
    depart_s = starts_s[0] - travel.duration_s[DEPOT][visits[0].place]
    here, now_s, timed = DEPOT, depart_s, list[Visit]()
    for part, start_s in zip(visits, starts_s, strict=True):
        way_s, way_m = travel.duration_s[here][part.place], travel.distance_m[here][part.place]
        leave_s = start_s + part.stop.unload_s
        timed.append(Visit(part.stop.stop_id, part.box_ids, now_s + way_s, start_s, leave_s, way_m, way_s))
        here, now_s = part.place, leave_s
    distance_m = sum(visit.distance_m for visit in timed) + travel.distance_m[here][DEPOT]
    return Trip("", depart_s, now_s + travel.duration_s[here][DEPOT], tuple(timed), distance_m)


def first_departure_s(vehicle: Vehicle, before: Trip | None) -> int:
    """When a vehicle may leave, given its trip before."""
    return vehicle.shift_start_s if before is None else before.return_s + vehicle.reload_s


def _earliest(visits: Sequence[Part], ready_s: int, travel: TravelMatrix) -> list[int]:
    """Starts of the hand-overs when the van leaves as soon as it and the boxes are ready."""
    now_s, here, starts_s = max(ready_s, *(part.release_s for part in visits)), DEPOT, list[int]()
    for part in visits:
        starts_s.append(max(now_s + travel.duration_s[here][part.place], part.stop.open_s))
        now_s, here = starts_s[-1] + part.stop.unload_s, part.place
    return starts_s


def _latest(visits: Sequence[Part], starts_s: list[int], travel: TravelMatrix) -> list[int]:
    """Starts of the hand-overs moved as late as the last one allows, none past its deadline."""
    later_s = starts_s[-1:]
    for i in range(len(visits) - 2, -1, -1):
        way_s = travel.duration_s[visits[i].place][visits[i + 1].place]
        wished_s = later_s[0] - way_s - visits[i].stop.unload_s
        later_s.insert(0, max(starts_s[i], min(wished_s, visits[i].latest_start_s)))
    return later_s
