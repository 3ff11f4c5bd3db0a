"""The peer: what a careful person with paper and pencil would do, by two plain rules."""

from collections.abc import Iterable, Mapping, Sequence

from kitchen.batches import Batch
from kitchen.equipment import Equipment, Slot
from kitchen.windows import ReadyWindow
from orders.codes import Coded
from routing.parts import DEPOT, Part, parts
from routing.plan import Plan, Route, Trip, Unserved
from routing.problem import Load, Problem, Vehicle
from routing.reasons import no_vehicle_free, why_never
from routing.timing import first_departure_s, time_trip
from routing.travel import way


def laid_back(
    batches: Iterable[Batch],
    equipment: Sequence[Equipment],
    windows: Mapping[str, ReadyWindow],
    *,
    opens_s: int,
    closes_s: int,
) -> list[Slot]:
    """
    The cook's rule: the longest cook first, each as late as its van and a fitting piece allow.

    One that would begin before the kitchen opens takes a piece that is still unused, from the opening on;
    where there is none it is not cooked.

    Parameters
    ----------
    batches, equipment
        What is cooked, each with a fitting piece; what it is cooked in.
    windows
        When each batch should come off the heat, by batch id.
    opens_s, closes_s
        First second on the heat and last second off it.
    """
    free_s: dict[str, int] = {}
    slots = list[Slot]()
    wanted = [batch for batch in batches if batch.batch_id in windows]
    for batch in sorted(wanted, key=lambda one: (-one.cook_s, -windows[one.batch_id].by_s, one.code)):
        by_s = min(windows[batch.batch_id].by_s, closes_s)
        fitting = [piece for piece in equipment if batch.fits(piece)]
        latest_s = {piece: min(by_s, free_s.get(piece.equipment_id, by_s)) for piece in fitting}
        piece: Equipment | None = max(fitting, key=latest_s.__getitem__)
        start_s = max(latest_s.values()) - batch.cook_s
        if start_s < opens_s:
            unused = (piece for piece in fitting if piece.equipment_id not in free_s)
            piece, start_s = next(unused, None), opens_s
        if piece is not None:
            free_s[piece.equipment_id] = start_s - piece.changeover_s
            slots.append(Slot(batch.batch_id, piece.equipment_id, start_s, start_s + batch.cook_s))
    return slots


def nearest_first(problem: Problem) -> Plan:
    """
    The dispatcher's rule: van by van, always on to the nearest stop that can still be served in time.

    The vans take turns trip by trip until a round brings nothing more.

    Returns
    -------
    Plan
        In the form that `routing.plan.check` judges.
    """
    waiting, unserved = _sorted_out(problem)
    trips: dict[str, list[Trip]] = {van.vehicle_id: [] for van in problem.vehicles}
    driving = True
    while waiting and driving:
        driving = False
        for van in problem.vehicles:
            before = trips[van.vehicle_id]
            if len(before) == van.most_trips:
                continue
            visits, trip = _nearest_trip(problem, van, before[-1] if before else None, waiting)
            if trip is not None:
                before.append(trip)
                waiting = [part for part in waiting if part not in visits]
                driving = True
    unserved += [_unserved(part, no_vehicle_free(part.stop)) for part in waiting]
    return _plan(problem, trips, unserved)


def _sorted_out(problem: Problem) -> tuple[list[Part], list[Unserved]]:
    """The parts to bring, and the boxes that no van could bring."""
    waiting, unserved = list[Part](), list[Unserved]()
    for place, stop in enumerate(problem.stops, start=1):
        possible = list[Load]()
        for load in stop.boxes:
            reason = why_never(problem, place, load)
            if reason is None:
                possible.append(load)
            else:
                unserved.append(Unserved(stop.stop_id, (load.box_id,), reason))
        waiting += parts(problem, place, possible)
    return waiting, unserved


def _nearest_trip(
    problem: Problem, van: Vehicle, before: Trip | None, waiting: Sequence[Part]
) -> tuple[list[Part], Trip | None]:
    """One trip, grown stop by stop; None when nothing that waits can be brought."""
    ready_s, travel = first_departure_s(van, before), problem.travel
    visits, trip = list[Part](), None
    while True:
        here = visits[-1].place if visits else DEPOT
        nearest = sorted(
            (part for part in waiting if part not in visits),
            key=lambda part: (way(travel, here, part.place).metres, part.box_ids),
        )
        for part in nearest:
            longer = time_trip(problem, van, [*visits, part], ready_s)
            if _keeps(longer, [*visits, part], van):
                visits, trip = [*visits, part], longer
                break
        else:
            return visits, trip


def _keeps(trip: Trip, visits: Sequence[Part], van: Vehicle) -> bool:
    return (
        sum(part.units for part in visits) <= van.units
        and sum(part.weight_g for part in visits) <= van.weight_g
        and trip.return_s <= van.shift_end_s
        and all(visit.start_s <= part.latest_start_s for visit, part in zip(trip.visits, visits, strict=True))
    )


def _unserved(part: Part, reason: Coded) -> Unserved:
    return Unserved(part.stop.stop_id, part.box_ids, reason)


def _plan(problem: Problem, trips: Mapping[str, list[Trip]], unserved: list[Unserved]) -> Plan:
    numbers = iter(range(1, sum(map(len, trips.values())) + 1))
    routes = tuple(
        Route(van_id, tuple(_coded(trip, next(numbers)) for trip in driven))
        for van_id, driven in trips.items()
        if driven
    )
    distance_m = sum(trip.distance_m for driven in trips.values() for trip in driven)
    return Plan(problem.service_key, routes, tuple(unserved), distance_m)


def _coded(trip: Trip, number: int) -> Trip:
    return Trip(f"T{number}", trip.depart_s, trip.return_s, trip.visits, trip.distance_m)
