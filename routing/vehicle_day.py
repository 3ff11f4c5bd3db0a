"""A vehicle's day: what it can carry, and its trips in order with their minutes."""

from collections.abc import Sequence

from routing.departures import EVER_S, Span, departures, latest, soonest, trip_at, under_way
from routing.parts import Part
from routing.plan import Trip
from routing.problem import Break, Problem, Started, Vehicle


def carries(vehicle: Vehicle, visits: Sequence[Part], problem: Problem) -> bool:
    """
    Whether one vehicle may make a trip at all: depot, skills, room, weight, empties on the way back.

    Empties are counted as if each visit of a stop had to take them.
    """
    kitchens = {load.kitchen_id for part in visits for load in part.boxes if load.kitchen_id}
    if kitchens - {vehicle.kitchen_id or problem.depot.kitchen_id}:
        return False
    if any(not part.stop.needs <= vehicle.skills for part in visits):
        return False
    loads = [load for part in visits for load in part.boxes]
    hot_units = sum(load.units for load in loads if not load.cold)
    cold_units = sum(load.units for load in loads if load.cold)
    if hot_units > room(vehicle.hot_units, vehicle) or cold_units > room(vehicle.cold_units, vehicle):
        return False
    units, weight_g = hot_units + cold_units, sum(load.weight_g for load in loads)
    most_units, most_g = units, weight_g
    for part in visits:
        units += part.stop.empties_units - part.units
        weight_g += part.stop.empties_weight_g - part.weight_g
        most_units, most_g = max(most_units, units), max(most_g, weight_g)
    return most_units <= vehicle.units and most_g <= vehicle.weight_g


def room(compartment: int | None, vehicle: Vehicle) -> int:
    """Units of a compartment; all of the vehicle's where it has none of its own."""
    return vehicle.units if compartment is None else compartment


def spans_of(problem: Problem, vehicle: Vehicle, trips: Sequence[Sequence[Part]]) -> list[tuple[Span, ...]]:
    """`departures` of each trip of a vehicle; its first is the one under way, where there is one."""
    one = started_of(problem, vehicle)
    return [
        under_way(problem, vehicle, visits, one) if one and not nth else departures(problem, vehicle, visits)
        for nth, visits in enumerate(trips)
    ]


def started_of(problem: Problem, vehicle: Vehicle) -> Started | None:
    """The vehicle's trip under way."""
    return next((one for one in problem.started if one.vehicle_id == vehicle.vehicle_id), None)


def timed(problem: Problem, vehicle: Vehicle, trips: Sequence[Sequence[Part]]) -> list[Trip] | None:
    """
    The trips of one vehicle in this order, each back as soon as it can be and leaving as late as that allows.

    Docks are not looked at: they concern several vehicles.

    Returns
    -------
    list[Trip] | None
        With empty codes but for the trip under way; None where a rule of time is broken.
    """
    departs_s = departs(vehicle, spans_of(problem, vehicle, trips))
    if departs_s is None:
        return None
    one = started_of(problem, vehicle)
    return [
        trip_at(problem, vehicle, visits, depart_s, None if nth else one)
        for nth, (visits, depart_s) in enumerate(zip(trips, departs_s, strict=True))
    ]


def departs(vehicle: Vehicle, spans: Sequence[tuple[Span, ...]]) -> list[int] | None:
    """When the trips of one vehicle leave, by the departures of each; None where a rule of time is broken."""
    if len(spans) > vehicle.most_trips:
        return None
    departs_s = _forward(vehicle, spans)
    return departs_s if departs_s is not None and _short(vehicle, spans, departs_s) else None


def _forward(vehicle: Vehicle, spans: Sequence[tuple[Span, ...]]) -> list[int] | None:
    """Departures, each trip back as soon as possible; a rest is taken as late as its hours allow."""
    free_s, ready_s, waiting = -EVER_S, -EVER_S, list(vehicle.breaks)
    departs_s = list[int]()
    for own in spans:
        found = soonest(own, ready_s)
        while found is not None and waiting and _must_rest(waiting[0], found[1]):
            free_s = max(free_s, waiting[0].from_s) + waiting[0].rest_s
            if free_s > waiting.pop(0).to_s:
                return None
            found = soonest(own, max(ready_s, free_s + vehicle.reload_s))
        if found is None:
            return None
        departs_s.append(found[0])
        free_s, ready_s = found[1], found[1] + vehicle.reload_s
    for one in waiting:
        free_s = max(free_s, one.from_s) + one.rest_s
        if free_s > one.to_s:
            return None
    return departs_s


def _must_rest(one: Break, back_s: int) -> bool:
    """Whether a rest has no time left after a trip."""
    return max(back_s, one.from_s) + one.rest_s > one.to_s


def _short(vehicle: Vehicle, spans: Sequence[tuple[Span, ...]], departs_s: list[int]) -> bool:
    """Moves departures later where the vehicle would be out too long; whether it then is not."""
    if vehicle.most_out_s is None or not spans:
        return True
    back_s = next(one.returns_s(departs_s[-1]) for one in reversed(spans[-1]) if one.first_s <= departs_s[-1])
    if back_s - departs_s[0] > vehicle.most_out_s and not vehicle.breaks:
        by_s = back_s
        for nth in range(len(spans) - 1, -1, -1):
            later_s = latest(spans[nth], by_s)
            departs_s[nth] = departs_s[nth] if later_s is None else max(later_s, departs_s[nth])
            by_s = departs_s[nth] - vehicle.reload_s
    return back_s - departs_s[0] <= vehicle.most_out_s
