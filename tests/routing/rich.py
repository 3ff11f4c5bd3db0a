"""Random days that ask for everything at once: kitchens, skills, rooms, rests, windows, a trip under way."""

import random
from dataclasses import replace

from routing.problem import Break, Depot, Load, Problem, Started, Stop, Vehicle, Window
from tests.routing.by_hand import MINUTE, at, on_a_line, stop, van

LIFT = frozenset({"lift"})


def rich_day(seed: int, stops: int = 7, vans: int = 3) -> Problem:
    """
    A day of so many stops and vans, from two kitchens; every second has a trip under way.

    Places lie on one road of 40 minutes.
    """
    draw = random.Random(seed)
    own_stops = tuple(_stop(draw, f"S{nth}") for nth in range(stops))
    own_vans = tuple(_van(draw, f"V{nth}") for nth in range(vans))
    where = [draw.randint(-20, 20) for _ in range(stops + 2)]
    place = own_stops[0].place
    depots = (Depot("K1", place, draw.choice([None, 1])), Depot("K2", place))
    started = ()
    if seed % 2:
        own_vans = (replace(own_vans[0], kitchen_id=""), *own_vans[1:])
        box = replace(own_stops[0].boxes[0], kitchen_id="", cold=False, most_aboard_s=None)
        first = replace(own_stops[0], boxes=(box, *own_stops[0].boxes[1:]), needs=frozenset())
        own_stops = (first, *own_stops[1:])
        started = (Started("V0", "T7", at("09:40"), stops + 2, at("09:50"), (box.box_id,)),)
    # The second kitchen is the first place of the line, the trip under way goes on from its last.
    travel = on_a_line([where[0], *where[1 : stops + 1], *([where[stops + 1]] if started else [])])
    return Problem("K1/2026-11-23/lunch", depots, own_stops, own_vans, travel, started)


def _stop(draw: random.Random, name: str) -> Stop:
    boxes = [_box(draw, f"{name}.{nth}") for nth in range(draw.randint(1, 2))]
    windows = [Window(at("09:50"), at("10:30")), Window(at("10:50"), at("12:00"))]
    return replace(
        stop(name, *boxes),
        windows=tuple(draw.choice([windows, windows[:1], windows[1:]])),
        unload_box_s=draw.choice([0, MINUTE]),
        needs=draw.choice([frozenset(), frozenset(), LIFT]),
        priority=draw.choice([None, None, 1, 3]),
        empties_units=draw.choice([0, 0, 2]),
        familiar=draw.choice([frozenset(), frozenset({"V1"})]),
    )


def _box(draw: random.Random, name: str) -> Load:
    return Load(
        name,
        units=draw.randint(1, 2),
        weight_g=draw.randint(5, 30) * 1_000,
        release_s=at("09:30") + draw.randint(0, 45) * MINUTE,
        deliver_by_s=at("11:00") + draw.randint(0, 60) * MINUTE,
        eat_by_s=at("13:00"),
        cold=draw.random() < 0.3,
        most_aboard_s=draw.choice([None, 40 * MINUTE]),
        kitchen_id=draw.choice(["", "", "", "K2"]),
    )


def _van(draw: random.Random, name: str) -> Vehicle:
    return van(
        name,
        units=draw.randint(4, 6),
        kitchen_id=draw.choice(["", "", "K2"]),
        hot_units=draw.choice([None, 4]),
        cold_units=draw.choice([None, 2]),
        skills=draw.choice([frozenset(), LIFT]),
        pace_pct=draw.choice([100, 130]),
        breaks=draw.choice([(), (Break(at("10:30"), at("11:30"), 15 * MINUTE),)]),
        most_out_s=draw.choice([None, 150 * MINUTE]),
        fixed_cost=draw.choice([0, 3_000]),
        trip_cost=draw.choice([0, 400]),
        second_cost=draw.choice([0, 1]),
    )
