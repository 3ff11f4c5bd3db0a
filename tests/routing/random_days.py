"""Days with every fact of a problem drawn from a seed: kitchens, compartments, rests, docks, a past."""

import random

from orders.sites import Place
from routing.problem import Break, Depot, Load, Problem, Started, Stop, Vehicle, Window
from routing.travel import NO_WAY, TravelMatrix, matrix_of
from routing.vehicle_day import timed

SKILLS = ("lift", "narrow_lane", "cold_plate")
HERE = Place(24.3, 109.4)
METRES_A_SECOND = 7


def random_day(seed: int) -> Problem:
    """A problem of up to nine stops, four vehicles and two kitchens; one van in three is under way."""
    rng = random.Random(seed)
    kitchens = ["K1", "K2"][: rng.choice([1, 1, 2])]
    depots = tuple(Depot(one, HERE, rng.choice([None, None, 1, 2])) for one in kitchens)
    vehicles = tuple(_vehicle(rng, f"V{n}", kitchens) for n in range(rng.randint(1, 4)))
    stops = tuple(_stop(rng, n, kitchens) for n in range(rng.randint(1, 9)))
    places = len(depots) + len(stops)
    plain = Problem("s", depots, stops, vehicles, _ways(rng, places))
    if rng.random() > 0.35:
        return plain
    past = _started(rng, plain, places)
    away = Problem("s", depots, stops, vehicles, _ways(rng, places + 1), (past,))
    return plain if timed(away, vehicles[0], [[]]) is None else away


def _vehicle(rng: random.Random, vehicle_id: str, kitchens: list[str]) -> Vehicle:
    from_s, rest_s = 36_000 + rng.randint(0, 7_000), rng.randint(300, 1_200)
    rest = Break(from_s, from_s + rng.randint(rest_s, 6_000), rest_s)
    return Vehicle(
        vehicle_id=vehicle_id,
        units=rng.randint(3, 10),
        weight_g=rng.randint(40, 120) * 1_000,
        shift_start_s=34_000 + rng.randint(0, 2_000),
        shift_end_s=44_000 + rng.randint(0, 9_000),
        reload_s=rng.choice([0, 300, 600]),
        most_trips=rng.randint(1, 4),
        kitchen_id=rng.choice(["", *kitchens]),
        hot_units=rng.choice([None, None, rng.randint(0, 8)]),
        cold_units=rng.choice([None, None, rng.randint(0, 4)]),
        skills=frozenset(one for one in SKILLS if rng.random() < 0.6),
        pace_pct=rng.choice([100, 100, 130, 77]),
        breaks=(rest,) if rng.random() < 0.4 else (),
        most_out_s=rng.choice([None, None, rng.randint(4_000, 12_000)]),
        fixed_cost=rng.choice([0, 5_000_000]),
        trip_cost=rng.choice([0, 100_000]),
        metre_cost=rng.choice([1, 90]),
        second_cost=rng.choice([0, 500]),
    )


def _stop(rng: random.Random, number: int, kitchens: list[str]) -> Stop:
    windows, opens_s = list[Window](), rng.randint(34_000, 37_000)
    for _ in range(rng.choice([1, 1, 2, 3])):
        windows.append(Window(opens_s, opens_s + rng.randint(300, 5_000)))
        opens_s = windows[-1].close_s + rng.randint(100, 2_000)
    return Stop(
        stop_id=f"S{number}",
        site_id=f"S{number}",
        place=HERE,
        windows=tuple(windows),
        unload_s=rng.randint(60, 400),
        boxes=tuple(_box(rng, f"{number}.{n}", kitchens) for n in range(rng.randint(1, 4))),
        serving_starts_s=rng.randint(36_000, 40_000),
        serving_s=rng.randint(0, 1_800),
        unload_box_s=rng.choice([0, 0, 40]),
        needs=frozenset(one for one in SKILLS if rng.random() < 0.15),
        priority=rng.choice([None, None, 1, 2, 5]),
        empties_units=rng.choice([0, 0, 1, 3]),
        empties_weight_g=rng.choice([0, 0, 8_000]),
        familiar=frozenset({"V0"}) if rng.random() < 0.2 else frozenset(),
    )


def _box(rng: random.Random, box_id: str, kitchens: list[str]) -> Load:
    release_s = rng.randint(33_000, 38_000)
    due_s = release_s + rng.randint(1_500, 9_000)
    return Load(
        box_id=box_id,
        units=rng.randint(0, 3),
        weight_g=rng.randint(1, 25) * 1_000,
        release_s=release_s,
        deliver_by_s=due_s,
        eat_by_s=due_s + rng.randint(0, 4_000),
        second_leg_s=rng.choice([0, 0, 600]),
        cold=rng.random() < 0.25,
        most_aboard_s=rng.choice([None, None, rng.randint(900, 4_000)]),
        kitchen_id=rng.choice(["", "", "", *kitchens]),
    )


def _started(rng: random.Random, problem: Problem, place: int) -> Started:
    """The first vehicle under way with one box that fits it, if there is any."""
    van = problem.vehicles[0]
    own = {"", van.kitchen_id or problem.depot.kitchen_id}
    fitting = [
        load.box_id
        for stop in problem.stops
        for load in stop.boxes
        if load.kitchen_id in own and stop.needs <= van.skills and stop.empties_units == 0
        if not load.cold
        and load.units <= min(van.units, van.units if van.hot_units is None else van.hot_units)
        if load.weight_g + stop.empties_weight_g <= van.weight_g
    ]
    depart_s = max(van.shift_start_s, 35_500)
    return Started("V0", "T7", depart_s, place, depart_s + rng.randint(0, 1_500), tuple(fitting[:1]))


def _ways(rng: random.Random, size: int) -> TravelMatrix:
    points = [(rng.randint(0, 8_000), rng.randint(0, 8_000)) for _ in range(size)]
    metres = [[abs(x - a) + abs(y - b) for a, b in points] for x, y in points]
    seconds = [[one // METRES_A_SECOND for one in row] for row in metres]
    for _ in range(rng.choice([0, 0, 1, 3])):
        start, end = rng.randrange(size), rng.randrange(size)
        if start != end:
            metres[start][end] = seconds[start][end] = NO_WAY
    return matrix_of(seconds, metres)
