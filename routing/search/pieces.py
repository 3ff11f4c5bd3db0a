"""Pieces of a large city: some vehicles near each other and what they bring, as a problem of their own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.parts import Part
from routing.problem import Problem, Vehicle

Numbers = list[list[list[int]]]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """
    Numbers of parts, numbers of vehicles, and the trips of those vehicles by the numbers of the whole.

    Parameters
    ----------
    parts
        To be brought by these vehicles; ascending.
    vehicles
        Ascending.
    numbers
        Per vehicle of the piece its trips, per trip parts by their numbers in ``parts``.
    """

    parts: tuple[int, ...]
    vehicles: tuple[int, ...]
    numbers: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """
    A problem that is cut into pieces.

    Parameters
    ----------
    problem, work
        What has to be driven.
    points
        (parts, 2): where they are on a plane, in degrees of latitude.
    kinds
        Per vehicle the number of the first that differs in nothing but its name.
    """

    problem: Problem
    work: Sequence[Part]
    points: Points
    kinds: tuple[int, ...]


def city_of(problem: Problem, work: Sequence[Part]) -> City:
    """The places on a plane, and the fleet by kinds."""
    shrink = float(np.cos(np.radians(problem.depot.place.lat)))
    points = np.array([(part.stop.place.lat, part.stop.place.lon * shrink) for part in work], np.float64)
    first: dict[Vehicle, int] = {}
    kinds = tuple(
        first.setdefault(replace(van, vehicle_id=""), nth) for nth, van in enumerate(problem.vehicles)
    )
    return City(problem, work, points.reshape(-1, 2), kinds)


def first_pieces(city: City, most: int) -> list[Piece]:
    """
    The whole cut into pieces of at most so many parts, with nothing driven yet.

    A piece belongs to the nearest kitchen that may send its parts; it has vehicles of each of the kitchen's
    kinds by its share of the units to be brought.
    """
    home = [city.problem.depot_place(van) for van in city.problem.vehicles]
    chosen = _kitchens(city, sorted(set(home)))
    pieces = list[Piece]()
    for depot in sorted(set(chosen.tolist())):
        groups = list(_halved(city.points, np.flatnonzero(chosen == depot), most, 0.0))
        fleet = _mixed([nth for nth, at in enumerate(home) if at == depot], city.kinds)
        units = np.array([sum(1 + city.work[part].units for part in group) for group in groups], np.float64)
        upto = np.cumsum(units) / units.sum()
        vans: list[list[int]] = [[] for _ in groups]
        for nth, vehicle in enumerate(fleet):
            vans[int(np.searchsorted(upto, (nth + 0.5) / len(fleet)))].append(vehicle)
        pieces += [
            Piece(tuple(group.tolist()), tuple(sorted(own)), [[] for _ in own])
            for group, own in zip(map(np.sort, groups), vans, strict=True)
        ]
    return pieces


def _kitchens(city: City, depots: Sequence[int]) -> NDArray[np.int64]:
    """Per part the nearest of the depots, or the one its boxes must come from."""
    shrink = float(np.cos(np.radians(city.problem.depot.place.lat)))
    yards = [city.problem.depots[depot].place for depot in depots]
    where = np.array([(yard.lat, yard.lon * shrink) for yard in yards])
    away = np.hypot(*np.moveaxis(city.points[:, None] - where, -1, 0))
    chosen: NDArray[np.int64] = np.array(depots)[away.argmin(axis=1)]
    named = {depot.kitchen_id: nth for nth, depot in enumerate(city.problem.depots)}
    for nth, part in enumerate(city.work):
        if part.boxes[0].kitchen_id:
            chosen[nth] = named[part.boxes[0].kitchen_id]
    return chosen


def _mixed(vehicles: Sequence[int], kinds: Sequence[int]) -> list[int]:
    """The vehicles, each kind spread evenly over the whole order."""
    alike = defaultdict[int, list[int]](list)
    for vehicle in vehicles:
        alike[kinds[vehicle]].append(vehicle)
    spread = [((nth + 0.5) / len(vans), van) for vans in alike.values() for nth, van in enumerate(vans)]
    return [vehicle for _, vehicle in sorted(spread)]


def _halved(points: Points, group: NDArray[np.int64], most: int, angle: float) -> Iterator[NDArray[np.int64]]:
    """Cut across the direction given, then across the other one, until each is small enough."""
    if len(group) <= most:
        yield group
        return
    along = points[group] @ (np.cos(angle), np.sin(angle))
    order = group[np.argsort(along, kind="stable")]
    middle = len(order) // 2
    for half in (order[:middle], order[middle:]):
        yield from _halved(points, half, most, angle + np.pi / 2)


def piece_around(
    city: City, numbers: Numbers, left: Sequence[int], free: Sequence[int], centre: int, most: int
) -> Piece:
    """
    The vehicles whose stops lie nearest to a vehicle's, up to so many parts, with parts left out near them.

    Parameters
    ----------
    city
        The whole.
    numbers
        Its plan.
    left
        Parts that nobody brings and no other piece has.
    free
        Vehicles that are in no other piece.
    centre
        One of them.
    most
        Parts of the piece; a vehicle is taken whole, and at least two are.
    """
    driving = [vehicle for vehicle in free if numbers[vehicle]]
    middles = {vehicle: _middle(city.points, numbers[vehicle]) for vehicle in driving}
    here = middles[centre]
    near = sorted(driving, key=lambda one: (float(np.hypot(*(middles[one] - here))), one))
    chosen, parts = list[int](), list[int]()
    for vehicle in near:
        its = [part for trip in numbers[vehicle] for part in trip]
        if len(chosen) > 1 and len(parts) + len(its) > most:
            break
        chosen.append(vehicle)
        parts += its
    reach = max(float(np.hypot(*(middles[one] - here))) for one in chosen)
    parts += [part for part in left if np.hypot(*(city.points[part] - here)) <= reach]
    idle = [vehicle for vehicle in free if not numbers[vehicle]]
    spare = _spare(city.kinds, idle, 1 + len(chosen) // 4)
    return _piece(sorted(parts), sorted([*chosen, *spare]), numbers)


def _middle(points: Points, trips: list[list[int]]) -> Points:
    where: Points = points[[part for trip in trips for part in trip]].mean(axis=0)
    return where


def _spare(kinds: Sequence[int], idle: Sequence[int], most: int) -> list[int]:
    """Vehicles that stand still, of as many kinds as may be."""
    alike = defaultdict[int, list[int]](list)
    for vehicle in idle:
        alike[kinds[vehicle]].append(vehicle)
    return [vans[nth] for nth in range(most) for vans in alike.values() if nth < len(vans)][:most]


def _piece(parts: Sequence[int], vehicles: Sequence[int], numbers: Numbers) -> Piece:
    inside = {part: nth for nth, part in enumerate(parts)}
    own = [[[inside[part] for part in trip] for trip in numbers[vehicle]] for vehicle in vehicles]
    return Piece(tuple(parts), tuple(vehicles), own)


def problem_of(city: City, piece: Piece) -> tuple[Problem, list[Part]]:
    """The piece as a problem of its own, and its parts in their order."""
    problem, work = city.problem, city.work
    places = sorted({work[part].place for part in piece.parts})
    first = problem.first_stop
    row = {place: first + nth for nth, place in enumerate(places)}
    own = [work[part] for part in piece.parts]
    small = Problem(
        problem.service_key,
        problem.depots,
        tuple(problem.stops[place - first] for place in places),
        tuple(problem.vehicles[vehicle] for vehicle in piece.vehicles),
        problem.travel.block([*range(first), *places]),
    )
    return small, [replace(part, place=row[part.place]) for part in own]


def put_back(numbers: Numbers, piece: Piece, found: Numbers) -> None:
    """Writes what a piece found, by its own numbers, into the plan of the whole."""
    for vehicle, trips in zip(piece.vehicles, found, strict=True):
        numbers[vehicle] = [[piece.parts[part] for part in trip] for trip in trips]
