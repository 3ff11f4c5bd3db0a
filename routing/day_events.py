"""What happens to vehicles, drivers, stops and roads on a day under way, and what then holds."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from orders.sites import Place, great_circle_m
from routing.travel import NO_WAY, Travel, TravelMatrix, Ways

RoadKind = Literal[
    "vehicle_down",
    "driver_ill",
    "vehicle_back",
    "stop_cancelled",
    "stop_added",
    "stop_moved",
    "road_closed",
    "road_open",
    "locked",
    "unlocked",
]
ROAD_KINDS: tuple[RoadKind, ...] = get_args(RoadKind)
CLOSED_M = 150
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class RoadEvent:
    """
    What happened, or is right again.

    Parameters
    ----------
    kind
        A vehicle or its driver is out or back; a stop gets nothing, gets its boxes again, or is elsewhere;
        a road is closed or open; a trip is to stay as it is, or need not.
    ref
        The vehicle, the stop, the trip, or the name of the road.
    at_s
        When, seconds of the service.
    place, radius_m
        Where the vehicle stands, the stop now is, or the road is closed, and how far around.
    other
        The vehicle whose driver takes over, or the site at whose door the stop now is.
    """

    kind: RoadKind
    ref: str
    at_s: int
    place: Place | None = None
    radius_m: int = CLOSED_M
    other: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ROAD_KINDS:
            raise ValueError(f"kind must be one of {ROAD_KINDS}, got {self.kind!r}.")
        if self.kind in ("road_closed", "stop_moved") and self.place is None:
            raise ValueError(f"{self.kind} needs a place.")


@dataclass(frozen=True, slots=True)
class Road:
    """
    What holds after some events.

    Parameters
    ----------
    out
        Vehicles that do not drive, each with the event that took them out.
    cancelled
        Stops that get nothing.
    moved
        Where stops now are.
    closed
        Circles that nobody drives through: centre and radius in metres, by name.
    locked
        Trips that stay as they are.
    """

    out: Mapping[str, RoadEvent] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    moved: Mapping[str, Place] = field(default_factory=dict)
    closed: Mapping[str, tuple[Place, int]] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()

    def ways(self, ways: Ways) -> Ways:
        """The ways around what is closed."""
        return Around(ways, tuple(self.closed.values())) if self.closed else ways


def road_after(events: Iterable[RoadEvent]) -> Road:
    """What holds after these events, in their order."""
    road = Road()
    for one in events:
        road = _locks(_stops(_vehicles(road, one), one), one)
    return road


def _vehicles(road: Road, one: RoadEvent) -> Road:
    out = dict(road.out)
    if one.kind in ("vehicle_down", "driver_ill"):
        out[one.other or one.ref] = one
    elif one.kind == "vehicle_back":
        out.pop(one.ref, None)
    return replace(road, out=out)


def _stops(road: Road, one: RoadEvent) -> Road:
    if one.kind == "stop_cancelled":
        return replace(road, cancelled=road.cancelled | {one.ref})
    if one.kind == "stop_added":
        moved = {stop: place for stop, place in road.moved.items() if stop != one.ref}
        return replace(road, cancelled=road.cancelled - {one.ref}, moved=moved)
    if one.kind == "stop_moved" and one.place is not None:
        return replace(road, moved={**road.moved, one.ref: one.place})
    return road


def _locks(road: Road, one: RoadEvent) -> Road:
    closed = dict(road.closed)
    if one.kind == "road_closed" and one.place is not None:
        closed[one.ref] = (one.place, one.radius_m)
    elif one.kind == "road_open":
        closed.pop(one.ref, None)
    locked = road.locked | {one.ref} if one.kind == "locked" else road.locked
    return replace(road, closed=closed, locked=locked - {one.ref} if one.kind == "unlocked" else locked)


@dataclass(frozen=True, slots=True)
class Around:
    """
    Ways that go around closed circles: as much longer as the shortest way around is than the straight one.

    There is no way to a place inside a circle; a vehicle that is inside drives out.

    Parameters
    ----------
    ways
        As they are while everything is open.
    closed
        Centre and radius in metres of each.
    """

    ways: Ways
    closed: tuple[tuple[Place, int], ...]

    def between(self, places: Sequence[Place], depots: int = 1) -> Travel:
        """Ways between places, the depots first."""
        travel = self.ways.between(places, depots)
        open_ways = travel.block(range(travel.size))
        ratio = np.ones((len(places), len(places)))
        for centre, radius_m in self.closed:
            ratio = np.maximum(ratio, around_ratio(places, centre, radius_m))
        blocked = np.isinf(ratio) | (open_ways.duration_s == NO_WAY)
        np.fill_diagonal(blocked, False)
        ratio[np.isinf(ratio)] = 1.0
        seconds, metres = (
            np.where(blocked, NO_WAY, np.ceil(one * ratio)).astype(np.int32)
            for one in (open_ways.duration_s, open_ways.distance_m)
        )
        return TravelMatrix(seconds, metres)


def around_ratio(places: Sequence[Place], centre: Place, radius_m: int) -> NDArray[np.float64]:
    """
    How many times longer the way around a circle is than the straight one, for each pair of places.

    Two tangents and the arc between them; 1 where the straight way does not cross the circle, infinite
    where it ends inside.
    """
    east_m = np.array([(one.lon - centre.lon) * math.cos(math.radians(centre.lat)) for one in places])
    north_m = np.array([one.lat - centre.lat for one in places])
    at = np.stack([east_m, north_m]) * METRES_A_DEGREE
    far = np.array([great_circle_m(one, centre) for one in places], np.float64)
    inside = far <= radius_m
    gone = at[:, None, :] - at[:, :, None]
    straight = np.hypot(*gone)
    square = np.maximum(straight**2, 1e-9)
    along = np.clip(-(gone * at[:, :, None]).sum(axis=0) / square, 0, 1)
    nearest = np.hypot(*(at[:, :, None] + along * gone))
    outside = np.maximum(far, radius_m + 1e-6)
    angle = np.arctan2(at[1], at[0])
    turn = np.abs((angle[:, None] - angle[None, :] + np.pi) % (2 * np.pi) - np.pi)
    reach = np.arccos(np.minimum(1.0, radius_m / outside))
    tangent = np.sqrt(outside**2 - radius_m**2)
    arc = radius_m * np.maximum(0.0, turn - reach[:, None] - reach[None, :])
    around = np.where(nearest < radius_m, (tangent[:, None] + tangent[None, :] + arc) / np.sqrt(square), 1.0)
    ratio: NDArray[np.float64] = np.maximum(1.0, around)
    ratio[inside, :] = 1.0
    ratio[:, inside] = np.inf
    return ratio
