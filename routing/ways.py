"""Ways as a road engine found them, and the estimate that stands in for those it was not asked for."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orders.sites import EARTH_RADIUS_M, Place
from routing.travel import DENSE_MOST, NO_WAY, Leg, StraightLine, Travel, TravelMatrix, TravelParams

PER_DEGREE = 100_000
LONS = 360 * PER_DEGREE + 1
Spots = NDArray[np.int64]
Numbers = NDArray[np.int32]


def spot_of(place: Place) -> int:
    """A place rounded to 0.00001 degrees, about a metre, as one number: ways are kept between spots."""
    lat, lon = round((place.lat + 90) * PER_DEGREE), round((place.lon + 180) * PER_DEGREE)
    return lat * LONS + lon


def place_of(spot: int) -> Place:
    """The place of a spot."""
    lat, lon = divmod(spot, LONS)
    return Place(round(lat / PER_DEGREE - 90, 5), round(lon / PER_DEGREE - 180, 5))


class Found(NamedTuple):
    """
    What an engine answered: spots of start and end, whole seconds and metres, `NO_WAY` in both for no way.

    Arrays of one length: int64, int64, int32, int32.
    """

    starts: Spots
    ends: Spots
    duration_s: Numbers
    distance_m: Numbers

    def some(self, which: NDArray[np.bool_] | Spots) -> "Found":
        """Those of a mask, or of numbers in an order."""
        return Found(self.starts[which], self.ends[which], self.duration_s[which], self.distance_m[which])


NOTHING_FOUND = Found(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
)


def together(found: Iterable[Found]) -> Found:
    """Several answers as one."""
    parts = [NOTHING_FOUND, *found]
    return Found(
        np.concatenate([one.starts for one in parts]),
        np.concatenate([one.ends for one in parts]),
        np.concatenate([one.duration_s for one in parts]),
        np.concatenate([one.distance_m for one in parts]),
    )


class KnownWays:
    """
    Answers that can be looked up by pair of spots; of two answers for one pair the first counts.

    Parameters
    ----------
    found
        In the order in which they were kept.
    """

    def __init__(self, found: Found = NOTHING_FOUND) -> None:
        self._spots = np.unique(np.concatenate((found.starts, found.ends)))
        pairs = self.numbers(found.starts) * len(self._spots) + self.numbers(found.ends)
        self._pairs, first = np.unique(pairs, return_index=True)
        self.found = found.some(first)

    def __str__(self) -> str:
        """A hash of the answers, for the digest of what a plan rests on."""
        return hashlib.sha256(b"".join(part.tobytes() for part in self.found)).hexdigest()

    def __len__(self) -> int:
        return len(self._pairs)

    def look_up(self, starts: Spots, ends: Spots) -> tuple[NDArray[np.bool_], Numbers, Numbers]:
        """
        What is known of all ways from some spots to some spots.

        Returns
        -------
        tuple
            Whether the way was asked for, its seconds and its metres: a row for each start, a column for each
            end. From a spot to itself is known, and nothing.
        """
        return self.at(self.numbers(starts), self.numbers(ends), starts[:, None] == ends)

    def numbers(self, spots: Spots) -> Spots:
        """The places of spots in this table, -1 for those of which nothing is known."""
        if not len(self._spots):
            return np.full(len(spots), -1, np.int64)
        at = np.minimum(np.searchsorted(self._spots, spots), len(self._spots) - 1)
        return np.where(self._spots[at] == spots, at, -1).astype(np.int64)

    def at(
        self, starts: Spots, ends: Spots, same: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], Numbers, Numbers]:
        """As `look_up`, by `numbers` instead of spots; ``same`` says where both are one spot."""
        wanted = starts[:, None] * len(self._spots) + ends
        at = np.minimum(np.searchsorted(self._pairs, wanted), max(len(self) - 1, 0))
        known = (starts >= 0)[:, None] & (ends >= 0) & ~same
        if len(self):
            known &= self._pairs[at] == wanted
        seconds, metres = (
            np.where(known, part[at] if len(self) else np.int32(0), np.int32(0))
            for part in (self.found.duration_s, self.found.distance_m)
        )
        return known | same, seconds, metres


def measured(known: KnownWays, otherwise: TravelParams) -> TravelParams:
    """
    What the known ways say of a straight line: how much longer the road is, and how fast it is driven.

    Parameters
    ----------
    known
        Ways that the engine found.
    otherwise
        Parking, and speed and detour where no way is known.
    """
    starts, ends, duration_s, distance_m = known.found.some(known.found.distance_m > 0)
    line_m = _lines_m(starts, ends).sum()
    seconds, metres = int(duration_s.sum(dtype=np.int64)), int(distance_m.sum(dtype=np.int64))
    if not line_m or not seconds:
        return otherwise
    detour = max(1.0, metres / float(line_m))
    return TravelParams(metres / seconds / otherwise.slow_ratio, detour, otherwise.park_s)


def _lines_m(starts: Spots, ends: Spots) -> NDArray[np.float64]:
    """Great circles, near enough for a mean: the earth is flat between two stops of a town."""
    (lat, lon), (to_lat, to_lon) = (np.divmod(spots, LONS) for spots in (starts, ends))
    metre = math.radians(1 / PER_DEGREE) * EARTH_RADIUS_M
    shrink = np.cos(np.radians(lat / PER_DEGREE - 90))
    found: NDArray[np.float64] = np.hypot((to_lat - lat) * metre, (to_lon - lon) * metre * shrink)
    return found


@dataclass(frozen=True, eq=False)
class RoadWays:
    """
    Ways of one state of the roads, for one kind of vehicle.

    Parameters
    ----------
    tiles
        Which state of the roads: the engine's version and its data's number; empty where no engine answered.
    known
        What the engine found.
    estimate
        The straight line that stands in for other ways, usually as `measured` of the known ones.
    slow_ratio
        The engine drives empty roads: its seconds are stretched by this much, at least 1.
    """

    tiles: str
    known: KnownWays
    estimate: TravelParams
    slow_ratio: float = 1.0

    def between(self, places: Sequence[Place], depots: int = 1) -> Travel:
        """Ways between places, the depots first; above `DENSE_MOST` places they are looked up on demand."""
        travel = RoadTravel(self, places, depots)
        return travel if len(places) > DENSE_MOST else travel.block(range(len(places)))


class RoadTravel:
    """
    Ways of the engine where they are known, else a straight line scaled by what the known ones measured.

    Parameters
    ----------
    ways
        Where they come from.
    places
        The depots first, then the stops.
    depots
        How many of the places are depots.
    """

    def __init__(self, ways: RoadWays, places: Sequence[Place], depots: int) -> None:
        self._ways, self._depots = ways, depots
        self._line = StraightLine(places, ways.estimate, depots)
        self._spots = np.array([spot_of(place) for place in places], np.int64)
        self._numbers = ways.known.numbers(self._spots)

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self._spots)

    def leg(self, start: int, end: int) -> Leg | None:
        """The way between two places; None where there is none."""
        duration_s, distance_m = self._driven(np.array([start]), np.array([end]))
        seconds = int(duration_s[0, 0])
        return None if seconds == NO_WAY else Leg(seconds, int(distance_m[0, 0]))

    def block(self, places: Sequence[int]) -> TravelMatrix:
        """All ways between some of the places, in their order."""
        chosen = np.asarray(places, np.int64)
        return TravelMatrix(*self._driven(chosen, chosen))

    def _driven(self, starts: Spots, ends: Spots) -> tuple[Numbers, Numbers]:
        line_s, line_m = self._line.ways(starts, ends)
        same = self._spots[starts, None] == self._spots[ends]
        known, seconds, metres = self._ways.known.at(self._numbers[starts], self._numbers[ends], same)
        apart = starts[:, None] != ends
        slow = np.ceil(seconds * self._ways.slow_ratio).astype(np.int32)
        slow += np.int32(self._ways.estimate.park_s) * ((ends >= self._depots) & apart)
        slow = np.where(seconds == NO_WAY, np.int32(NO_WAY), slow)
        return np.where(known & apart, slow, line_s), np.where(known & apart, metres, line_m)


def estimated(ways: RoadWays, places: Sequence[Place]) -> int:
    """How many of the ways between these places no engine was asked for."""
    spots = np.unique(np.array([spot_of(place) for place in places], np.int64))
    starts, ends = ways.known.found.starts, ways.known.found.ends
    known = np.isin(starts, spots) & np.isin(ends, spots) & (starts != ends)
    return len(spots) * (len(spots) - 1) - int(known.sum())


def cut_off(ways: RoadWays, places: Sequence[Place], depots: int = 1) -> list[int]:
    """Numbers of the stops to which there is no way from any depot, or from which there is none back."""
    spots = np.array([spot_of(place) for place in places], np.int64)
    _, out_s, _ = ways.known.look_up(spots[:depots], spots)
    _, back_s, _ = ways.known.look_up(spots, spots[:depots])
    lost = (out_s == NO_WAY).all(axis=0) | (back_s == NO_WAY).all(axis=1)
    return [int(place) for place in np.flatnonzero(lost)]


def without_way(ways: RoadWays, places: Sequence[Place], most: int) -> list[tuple[int, int]]:
    """Pairs of places, at most so many, between which the engine found no way though each has some."""
    spots = np.array([spot_of(place) for place in places], np.int64)
    found: list[tuple[int, int]] = []
    for start in range(len(spots)):
        _, seconds, _ = ways.known.look_up(spots[start : start + 1], spots)
        found += [(start, int(end)) for end in np.flatnonzero(seconds[0] == NO_WAY)]
        if len(found) >= most:
            break
    return found[:most]
