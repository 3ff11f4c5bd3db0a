"""Instances invented from a seed, of the shapes of the public ones, and whole cities in metres."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.instances.convention import BY_TYPE, CONVENTIONS
from routing.instances.instance import Instance, Sheet, StatedVan, instance_of
from routing.instances.plane import plane_travel

Points = NDArray[np.float64]
LETTERS = ("R", "C", "RC")
CITY_M = 15_000.0
DISTRICTS = 25


def made_windows(clients: int, seed: int) -> Instance:
    """Clients with time windows as Solomon drew them: scattered, in clusters or both, short or long days."""
    rng, letter, is_long = _drawn(clients, seed, "windows")
    side = 10.0 * clients**0.5
    points = _plane(rng, clients, letter, side)
    service = 90.0 if letter == "C" else 10.0
    day = round(side * (10.0 if is_long else 2.4) + (clients / 10 if is_long else 8) * service)
    width = (60.0, 240.0) if is_long else (10.0, 60.0)
    vans = [StatedVan(1_000 if is_long else 200, depot=0)] * max(3, clients // 4)
    windows = _windows(rng, points, day, service, width, share=float(rng.choice([0.5, 0.75, 1.0])))
    name = f"made-{letter}{1 + is_long}-{clients}-{seed}"
    return _instance(name, "VRPTW", points, rng.integers(1, 42, clients), service, windows, vans)


def made_trips(clients: int, seed: int) -> Instance:
    """Clients of a long day whose goods are ready bit by bit, and few vehicles that come back for more."""
    rng, letter, _ = _drawn(clients, seed, "trips")
    side = 10.0 * clients**0.5
    points = _plane(rng, clients, letter, side)
    day, service = round(10 * side), 10.0
    windows = _windows(rng, points, day, service, (100.0, 400.0), share=1.0)
    ratio = float(rng.choice([0.25, 0.5, 0.75]))
    latest = [closes - np.hypot(*(points[node] - points[0])) for node, (_, closes) in enumerate(windows)]
    release = [0.0, *(float(int(ratio * rng.uniform() * max(0.0, by))) for by in latest[1:])]
    vans = [StatedVan(100, depot=0, most_trips=clients)] * max(2, clients // 12)
    name = f"made-{letter}-{clients}-R{ratio}-{seed}"
    demand = rng.integers(5, 31, clients)
    return _instance(name, "MTVRPTWR", points, demand, service, windows, vans, release=release)


def made_depots(clients: int, seed: int) -> Instance:
    """Four depots, windows, and a longest time out."""
    rng, _, _ = _drawn(clients, seed, "depots")
    depots = 4
    points = np.round(rng.uniform(-50.0, 50.0, (clients + depots, 2)), 3)
    demand, service = rng.integers(1, 26, clients), 5.0
    windows = _windows(rng, points, 1_000, service, (60.0, 180.0), share=1.0, depots=depots)
    each = 3 + int(demand.sum() // (depots * 100))
    vans = [StatedVan(200, depot=depot, most_out=450.0) for depot in range(depots) for _ in range(each)]
    name = f"made-depots-{clients}-{seed}"
    return _instance(name, "MDVRPTW", points, demand, service, windows, vans, depots=depots)


def made_fleet(clients: int, seed: int) -> Instance:
    """Three sizes of vehicle, each dearer to have and to drive than the one before."""
    rng, letter, _ = _drawn(clients, seed, "fleet")
    points = _plane(rng, clients, letter, 1_000.0)
    demand = rng.integers(1, 101, clients)
    small = int(rng.integers(100, 160))
    need = int(demand.sum()) * 2 // 3
    vans = [
        StatedVan(small * size, depot=0, fixed=float(fixed), a_unit_of_way=float(price))
        for size, fixed, price in ((1, 14_600, 58), (2, 38_000, 95), (5, 119_000, 147))
        for _ in range(2 + need // (small * size))
    ]
    return _instance(f"made-fleet-{clients}-{seed}", "HFVRP", points, demand, 0.0, None, vans)


def made_city(clients: int, seed: int) -> Instance:
    """Homes of one city in districts around a kitchen; a unit of time is a metre driven at 7 m/s."""
    rng, _, _ = _drawn(clients, seed, "city")
    middles = rng.uniform(0.0, CITY_M, (DISTRICTS, 2))
    spread = rng.uniform(400.0, 1_500.0, DISTRICTS)
    district = rng.integers(0, DISTRICTS, clients)
    homes = middles[district] + rng.normal(0.0, 1.0, (clients, 2)) * spread[district, None]
    points = np.round(np.vstack([[CITY_M / 2, CITY_M / 2], homes]))
    opens = 12_600 + 2_100 * rng.integers(0, 9, clients)  # from half an hour on, in steps of five minutes
    windows = [(0.0, 84_000.0), *((float(at), float(at) + 18_900.0) for at in opens)]
    demand = rng.integers(1, 4, clients)
    vans = [StatedVan(60, depot=0, fixed=5_000.0)] * (2 + int(demand.sum()) // 25)
    return _instance(f"made-city-{clients}-{seed}", "CVRP", points, demand, 420.0, windows, vans)


def _drawn(clients: int, seed: int, shape: str) -> tuple[np.random.Generator, str, bool]:
    """Random numbers of this shape, size and seed; letter and length of day go round with the seed."""
    rng = np.random.default_rng([seed, clients, *shape.encode()])
    return rng, LETTERS[seed % 3], seed % 2 == 0


def _plane(rng: np.random.Generator, clients: int, letter: str, side: float) -> Points:
    """The depot in the middle, then clients: all scattered (R), in clusters (C), or half of each (RC)."""
    scattered = {"R": clients, "C": 0, "RC": clients // 2}[letter]
    middles = rng.uniform(0.1 * side, 0.9 * side, (max(1, clients // 10), 2))
    chosen = middles[rng.integers(0, len(middles), clients - scattered)]
    near = chosen + rng.normal(0.0, 0.04 * side, chosen.shape)
    loose = rng.uniform(0.0, side, (scattered, 2))
    clients_at = np.clip(np.vstack([loose, near]), 0.0, side)
    return np.round(np.vstack([[side / 2, side / 2], clients_at]))


def _windows(
    rng: np.random.Generator,
    points: Points,
    day: int,
    service: float,
    width: tuple[float, float],
    *,
    share: float,
    depots: int = 1,
) -> list[tuple[float, float]]:
    """A share of the clients with a window that a vehicle alone can keep, the others with the whole day."""
    windows = [(0.0, float(day))] * depots
    for point in points[depots:]:
        way = min(float(np.hypot(*(point - points[depot]))) for depot in range(depots))
        first, last = int(way) + 1.0, float(day - int(way) - 1 - int(service))
        middle, half = rng.uniform(first, max(first, last)), rng.uniform(*width) / 2
        opens, closes = int(max(0.0, middle - half)), int(max(first, min(last, middle + half)))
        windows.append((float(opens), float(closes)) if rng.uniform() < share else (0.0, last))
    return windows


def _instance(
    name: str,
    kind: str,
    points: Points,
    demand: NDArray[np.int64],
    service: float,
    windows: list[tuple[float, float]] | None,
    vans: Sequence[StatedVan],
    *,
    release: list[float] | None = None,
    depots: int = 1,
) -> Instance:
    sheet = Sheet(
        name=name,
        kind=kind,
        depots=tuple(range(depots)),
        points=points,
        demand=[0] * depots + [int(units) for units in demand],
        service=[0.0] * depots + [service] * len(demand),
        release=release or [0.0] * len(points),
        windows=windows,
        vans=vans,
    )
    convention = CONVENTIONS[BY_TYPE[kind]]
    return instance_of(sheet, convention, plane_travel(points, convention))
