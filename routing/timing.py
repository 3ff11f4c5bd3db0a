"""Minutes of a trip whose stops and order are known."""

from collections.abc import Sequence

from routing.parts import DEPOT, Part
from routing.plan import Trip, Visit
from routing.problem import Vehicle
from routing.travel import Travel, way


def time_trip(visits: Sequence[Part], ready_s: int, travel: Travel) -> Trip:
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
    depart_s = starts_s[0] - way(travel, DEPOT, visits[0].place).seconds
    here, now_s, timed = DEPOT, depart_s, list[Visit]()
    for part, start_s in zip(visits, starts_s, strict=True):
        leg = way(travel, here, part.place)
        leave_s, arrive_s = start_s + part.hand_over_s, now_s + leg.seconds
        timed.append(
            Visit(part.stop.stop_id, part.box_ids, arrive_s, start_s, leave_s, leg.metres, leg.seconds)
        )
        here, now_s = part.place, leave_s
    back = way(travel, here, DEPOT)
    distance_m = sum(visit.distance_m for visit in timed) + back.metres
    return Trip("", depart_s, now_s + back.seconds, tuple(timed), distance_m)


def first_departure_s(vehicle: Vehicle, before: Trip | None) -> int:
    """When a vehicle may leave, given its trip before."""
    return vehicle.shift_start_s if before is None else before.return_s + vehicle.reload_s


def _earliest(visits: Sequence[Part], ready_s: int, travel: Travel) -> list[int]:
    """Starts of the hand-overs when the van leaves as soon as it and the boxes are ready."""
    now_s, here, starts_s = max(ready_s, *(part.release_s for part in visits)), DEPOT, list[int]()
    for part in visits:
        starts_s.append(max(now_s + way(travel, here, part.place).seconds, part.stop.open_s))
        now_s, here = starts_s[-1] + part.hand_over_s, part.place
    return starts_s


def _latest(visits: Sequence[Part], starts_s: list[int], travel: Travel) -> list[int]:
    """Starts of the hand-overs moved as late as the last one allows, none past its deadline."""
    later_s = starts_s[-1:]
    for i in range(len(visits) - 2, -1, -1):
        way_s = way(travel, visits[i].place, visits[i + 1].place).seconds
        wished_s = later_s[0] - way_s - visits[i].hand_over_s
        later_s.insert(0, max(starts_s[i], min(wished_s, visits[i].latest_start_s)))
    return later_s
