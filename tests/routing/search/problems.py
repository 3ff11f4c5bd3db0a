"""Problems drawn at random, small and with every rule in them, and the plan of an answer."""

import random
from collections.abc import Sequence
from dataclasses import replace

from orders.codes import Coded
from orders.sites import Place
from routing.parts import Part, parts
from routing.plan import Plan, Route, Unserved
from routing.problem import Break, Depot, Load, Problem, Started, Stop, Vehicle, Window
from routing.timing import time_day
from routing.travel import NO_WAY, TravelMatrix, matrix_of

HOUR_S = 3_600


def problem_of(seed: int, stops: int = 14) -> Problem:
    """A problem in which each rule is drawn or not: docks apart, all that a problem can say."""
    draw = random.Random(seed)
    depots = tuple(Depot(f"K{n}", _place(draw)) for n in range(draw.choice((1, 1, 2))))
    places = [depot.place for depot in depots]
    drawn = tuple(_stop(draw, n, depots) for n in range(stops))
    places += [stop.place for stop in drawn]
    vehicles = tuple(_vehicle(draw, n, depots) for n in range(draw.randint(2, 6)))
    started = ()
    if draw.random() < 0.4:
        drawn = (_patient(drawn[0]), *drawn[1:])
        started = (_started(vehicles[0], drawn[0], len(places)),)
    places += [_place(draw) for _ in started]
    return Problem("day", depots, drawn, vehicles, _travel(draw, places), started)


def _place(draw: random.Random) -> Place:
    return Place(round(draw.uniform(24.0, 24.2), 5), round(draw.uniform(109.0, 109.2), 5))


def _travel(draw: random.Random, places: Sequence[Place]) -> TravelMatrix:
    """Ways by feel, not the same there and back, some of them missing."""
    gaps = draw.choice((0.0, 0.0, 0.03))
    metres = [
        [round(60_000 * (abs(a.lat - b.lat) + abs(a.lon - b.lon)) * draw.uniform(0.9, 1.2)) for b in places]
        for a in places
    ]
    seconds = [[round(one / draw.uniform(6.0, 9.0)) for one in row] for row in metres]
    for i, row in enumerate(metres):
        for j in range(len(row)):
            if i != j and draw.random() < gaps:
                metres[i][j] = seconds[i][j] = NO_WAY
    return matrix_of(seconds, metres)


def _stop(draw: random.Random, n: int, depots: Sequence[Depot]) -> Stop:
    opens_s = draw.randrange(9 * HOUR_S, 11 * HOUR_S, 60)
    windows = [Window(opens_s, opens_s + draw.randrange(1_200, 8_000))]
    if draw.random() < 0.3:
        later_s = windows[0].close_s + draw.randrange(60, 2_000)
        windows.append(Window(later_s, later_s + 1_200))
    kitchen = draw.choice(depots).kitchen_id if draw.random() < 0.2 else ""
    boxes = tuple(_box(draw, f"{n}-{nth}", kitchen) for nth in range(draw.randint(1, 4)))
    return Stop(
        f"S{n}",
        f"S{n}",
        _place(draw),
        tuple(windows),
        draw.randrange(60, 400),
        boxes,
        11 * HOUR_S,
        HOUR_S,
        unload_box_s=draw.choice((0, 40)),
        needs=frozenset({"lift"}) if draw.random() < 0.15 else frozenset(),
        priority=draw.randint(1, 3) if draw.random() < 0.2 else None,
        empties_units=draw.choice((0, 0, 2)),
        empties_weight_g=draw.choice((0, 0, 4_000)),
    )


def _box(draw: random.Random, name: str, kitchen: str) -> Load:
    release_s = draw.randrange(7 * HOUR_S, 9 * HOUR_S, 60)
    return Load(
        name,
        draw.randint(1, 3),
        draw.randrange(1_000, 9_000),
        release_s,
        release_s + draw.randrange(2 * HOUR_S, 5 * HOUR_S),
        15 * HOUR_S,
        cold=draw.random() < 0.3,
        most_aboard_s=draw.choice((None, 3_000, 5_400)),
        kitchen_id=kitchen,
    )


def _vehicle(draw: random.Random, n: int, depots: Sequence[Depot]) -> Vehicle:
    start_s = draw.choice((7, 8)) * HOUR_S
    breaks = draw.choice(((), (), (Break(11 * HOUR_S, 12 * HOUR_S, 1_800),)))
    return Vehicle(
        f"V{n}",
        draw.randint(8, 20),
        draw.randrange(30_000, 90_000),
        start_s,
        14 * HOUR_S,
        draw.choice((0, 600)),
        most_trips=draw.randint(1, 4),
        kitchen_id=draw.choice(depots).kitchen_id,
        hot_units=draw.choice((None, 6)),
        cold_units=draw.choice((None, 3)),
        skills=draw.choice((frozenset(), frozenset({"lift"}))),
        pace_pct=draw.choice((100, 130)),
        breaks=breaks,
        most_out_s=None if breaks else draw.choice((None, 3 * HOUR_S, 5 * HOUR_S)),
        fixed_cost=draw.choice((0, 500_000)),
        trip_cost=draw.choice((0, 20_000)),
        metre_cost=draw.choice((1, 3)),
        second_cost=draw.choice((0, 2)),
    )


def _patient(stop: Stop) -> Stop:
    """The same stop with one small box that any vehicle can still bring."""
    box = replace(
        stop.boxes[0], units=1, weight_g=1_000, release_s=0, deliver_by_s=13 * HOUR_S, kitchen_id=""
    )
    box = replace(box, most_aboard_s=None)
    windows = (Window(9 * HOUR_S, 13 * HOUR_S),)
    return replace(
        stop, windows=windows, boxes=(box,), needs=frozenset(), empties_units=0, empties_weight_g=0
    )


def _started(vehicle: Vehicle, stop: Stop, place: int) -> Started:
    """A vehicle has left with the boxes of a stop."""
    from_s = 9 * HOUR_S
    boxes = tuple(load.box_id for load in stop.boxes)
    return Started(vehicle.vehicle_id, "T1", from_s - 600, place, from_s, boxes)


def work_of(problem: Problem) -> list[Part]:
    """The parts of all stops."""
    return [
        part
        for n, stop in enumerate(problem.stops)
        for part in parts(problem, problem.first_stop + n, stop.boxes)
    ]


def plan_of(problem: Problem, work: Sequence[Part], answer: Sequence[Sequence[Sequence[int]]]) -> Plan:
    """The plan that an answer means, with its minutes; what it leaves out is unserved."""
    routes, count = [], 0
    for vehicle, own in zip(problem.vehicles, answer, strict=True):
        if not own:
            continue
        trips = []
        for trip in time_day(problem, vehicle, [[work[n] for n in trip] for trip in own]):
            count += 1
            trips.append(trip if trip.trip_code else replace(trip, trip_code=f"P{count}"))
        routes.append(Route(vehicle.vehicle_id, tuple(trips)))
    placed = {n for own in answer for trip in own for n in trip}
    left = tuple(
        Unserved(part.stop.stop_id, part.box_ids, Coded("no_vehicle_free", {}))
        for n, part in enumerate(work)
        if n not in placed
    )
    metres = sum(trip.distance_m for route in routes for trip in route.trips)
    return Plan(problem.service_key, tuple(routes), left, metres)


def relabelled(problem: Problem, seed: int) -> tuple[Problem, dict[str, str]]:
    """The same problem with its stops in another order and by other names; old names of boxes by new ones."""
    order = list(range(len(problem.stops)))
    random.Random(seed).shuffle(order)
    names, stops = dict[str, str](), list[Stop]()
    for n, old in enumerate(order):
        stop = problem.stops[old]
        boxes = tuple(replace(load, box_id=f"X{n}/{nth}") for nth, load in enumerate(stop.boxes))
        names.update(zip((load.box_id for load in boxes), (load.box_id for load in stop.boxes), strict=True))
        stops.append(replace(stop, stop_id=f"X{n}", site_id=f"X{n}", boxes=boxes))
    new = {old: name for name, old in names.items()}
    started = tuple(replace(one, box_ids=tuple(new[box] for box in one.box_ids)) for one in problem.started)
    first, size = problem.first_stop, problem.travel.size
    places = [*range(first), *(first + old for old in order), *range(first + len(order), size)]
    travel = problem.travel.block(places)
    return replace(problem, stops=tuple(stops), travel=travel, started=started), names
