"""Travel: how long and how far it is between places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from orders.sites import EARTH_RADIUS_M, Place

KMH_PER_MPS = 3.6
HOURS, HOUR_S = 24, 3600
NO_WAY = -1
DENSE_MOST = 2_000


@dataclass(frozen=True, slots=True)
class TravelParams:
    """
    How a straight line becomes an estimate of a road.

    Parameters
    ----------
    speed_mps
        Mean speed of a van in the town, metres a second, traffic lights included.
    detour_ratio
        Road length over straight line, at least 1.
    park_s
        To find a place to stand, added to every way that does not end at a depot.
    mps_by_hour
        Mean speed in each local hour from midnight, 24 of them; empty where ``speed_mps`` holds all day.
    """

    speed_mps: float = 7.0
    detour_ratio: float = 1.35
    park_s: int = 0
    mps_by_hour: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.speed_mps <= 0 or self.detour_ratio < 1 or self.park_s < 0:
            raise ValueError(f"Need speed > 0, detour >= 1 and park_s >= 0, got {self}.")
        if self.mps_by_hour and (len(self.mps_by_hour) != HOURS or min(self.mps_by_hour) <= 0):
            raise ValueError(f"Need a speed > 0 for each of {HOURS} hours, got {self.mps_by_hour}.")

    @property
    def slow_ratio(self) -> float:
        """How many times longer a way takes now than in the table's fastest hour, at least 1."""
        return max(1.0, max(self.mps_by_hour, default=self.speed_mps) / self.speed_mps)

    def during(self, from_s: int, to_s: int) -> "TravelParams":
        """
        The same with the speed of the slowest hour that overlaps a span of the service's clock.

        One matrix serves a whole service, so no way may be reckoned faster than it can be driven then.
        """
        if not self.mps_by_hour:
            return self
        hours = range(from_s // HOUR_S, max(from_s, to_s - 1) // HOUR_S + 1)
        return replace(self, speed_mps=min(self.mps_by_hour[hour % HOURS] for hour in hours))

    def between(self, places: Sequence[Place], depots: int = 1) -> "Travel":
        """Ways between places, the depots first; above `DENSE_MOST` places they are worked out on demand."""
        line = StraightLine(places, self, depots)
        return line if len(places) > DENSE_MOST else line.block(range(len(places)))


class Leg(NamedTuple):
    """A way from one place to another: whole seconds and metres."""

    seconds: int
    metres: int


class Travel(Protocol):
    """
    Ways between numbered places, from row to column.

    A matrix that is kept, or one that works out what is asked: 20,000 places have 400 million pairs.
    """

    @property
    def size(self) -> int:
        """How many places it connects."""
        ...

    def leg(self, start: int, end: int) -> Leg | None:
        """The way between two places; None where there is none."""
        ...

    def block(self, places: Sequence[int]) -> "TravelMatrix":
        """All ways between some of the places, in their order."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """
    Durations and distances between all pairs of places, from row to column.

    Parameters
    ----------
    duration_s
        int32, square: whole seconds, 0 on the diagonal, `NO_WAY` where one cannot drive.
    distance_m
        The same shape: whole metres, 0 on the diagonal, `NO_WAY` at the same pairs.
    """

    duration_s: NDArray[np.int32]
    distance_m: NDArray[np.int32]

    def __post_init__(self) -> None:
        size = len(self.duration_s)
        for name, rows in (("duration_s", self.duration_s), ("distance_m", self.distance_m)):
            if rows.shape != (size, size) or rows.dtype != np.int32:
                raise ValueError(f"{name} must have {size} rows of {size} int32.")
            if (rows < NO_WAY).any() or rows.diagonal().any():
                raise ValueError(f"{name} must be >= 0, and 0 from a place to itself.")
        if ((self.duration_s == NO_WAY) != (self.distance_m == NO_WAY)).any():
            raise ValueError("A way that does not exist has neither seconds nor metres.")

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self.duration_s)

    def leg(self, start: int, end: int) -> Leg | None:
        """The way between two places; None where there is none."""
        seconds = int(self.duration_s[start, end])
        return None if seconds == NO_WAY else Leg(seconds, int(self.distance_m[start, end]))

    def block(self, places: Sequence[int]) -> "TravelMatrix":
        """All ways between some of the places, in their order."""
        chosen = np.ix_(places, places)
        return TravelMatrix(self.duration_s[chosen], self.distance_m[chosen])


def way(travel: Travel, start: int, end: int) -> Leg:
    """
    The way between two places that a plan drives.

    Raises
    ------
    ValueError
        When there is none: no solver may drive it.
    """
    leg = travel.leg(start, end)
    if leg is None:
        raise ValueError(f"There is no way from place {start} to place {end}.")
    return leg


def matrix_of(duration_s: Sequence[Sequence[int]], distance_m: Sequence[Sequence[int]]) -> TravelMatrix:
    """
    A matrix of rows of whole numbers.

    Raises
    ------
    ValueError
        When the rows are no squares of one size, or a number is impossible.
    """
    if any(len(row) != len(rows) for rows in (duration_s, distance_m) for row in rows):
        raise ValueError(f"duration_s and distance_m must have {len(duration_s)} rows of {len(duration_s)}.")
    return TravelMatrix(np.array(duration_s, np.int32), np.array(distance_m, np.int32))


class Ways(Protocol):
    """Where travel comes from: an estimate, or the ways that a road engine found."""

    def between(self, places: Sequence[Place], depots: int = 1) -> Travel:
        """Ways between places, the depots first; one parks at every other."""
        ...


class StraightLine:
    """
    Estimated travel that is worked out when it is asked for: no matrix, so 20,000 places are few numbers.

    Parameters
    ----------
    places
        The depots first, then the stops.
    params
        Speed, detour and parking.
    depots
        How many of the places are depots: nobody looks for a place to stand there.
    """

    def __init__(self, places: Sequence[Place], params: TravelParams, depots: int = 1) -> None:
        self._params, self._depots = params, depots
        self._lat = np.radians(np.array([place.lat for place in places], np.float64))
        self._lon = np.radians(np.array([place.lon for place in places], np.float64))
        self._cos = np.cos(self._lat)

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self._lat)

    def leg(self, start: int, end: int) -> Leg:
        """The way between two places; there always is one."""
        duration_s, distance_m = self.ways(np.array([start]), np.array([end]))
        return Leg(int(duration_s[0, 0]), int(distance_m[0, 0]))

    def block(self, places: Sequence[int]) -> TravelMatrix:
        """All ways between some of the places, in their order."""
        chosen = np.asarray(places, np.int64)
        return TravelMatrix(*self.ways(chosen, chosen))

    def line_m(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        """
        Great circles by the haversine formula, as `orders.sites.great_circle_m`.

        Returns
        -------
        NDArray[np.float64]
            Metres, a row for each start and a column for each end.
        """
        half_lat = np.sin((self._lat[ends] - self._lat[starts, None]) / 2)
        half_lon = np.sin((self._lon[ends] - self._lon[starts, None]) / 2)
        square = half_lat**2 + self._cos[starts, None] * self._cos[ends] * half_lon**2
        metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, square)))
        return metres

    def ways(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Seconds and metres from some of the places to some, a row for each start."""
        same = starts[:, None] == ends
        metres = np.where(same, 0, np.rint(self.line_m(starts, ends) * self._params.detour_ratio))
        parks = (ends >= self._depots) & ~same
        seconds = np.rint(metres / self._params.speed_mps) + self._params.park_s * parks
        return seconds.astype(np.int32), metres.astype(np.int32)


def travel_from_table(table: Mapping[str, Any]) -> TravelParams:
    """
    The ``[travel]`` table of a ``fleet.toml``: ``speed_kmh``, ``detour_ratio``, ``park_s``, ``kmh_by_hour``.

    ``kmh_by_hour`` names hours that are slower or faster than ``speed_kmh``: ``{ "7" = 18, "8" = 20 }``.

    Raises
    ------
    KeyError, ValueError
        When speed or detour is missing or impossible, or an hour is none of 0 to 23.
    """
    speed_mps = float(table["speed_kmh"]) / KMH_PER_MPS
    by_hour = {int(hour): float(kmh) / KMH_PER_MPS for hour, kmh in table.get("kmh_by_hour", {}).items()}
    if not by_hour.keys() <= set(range(HOURS)):
        raise ValueError(f"An hour is one of 0 to {HOURS - 1}, got {sorted(by_hour)}.")
    speeds = tuple(by_hour.get(hour, speed_mps) for hour in range(HOURS)) if by_hour else ()
    return TravelParams(speed_mps, float(table["detour_ratio"]), int(table.get("park_s", 0)), speeds)


def straight_line(places: Sequence[Place], params: TravelParams, depots: int = 1) -> TravelMatrix:
    """
    Estimates travel from great-circle distances.

    Parameters
    ----------
    places
        The depots first, then the stops.
    params
        Speed and detour.
    depots
        How many of the places are depots; one parks at every other place.

    Returns
    -------
    TravelMatrix
        Rows and columns in the order of ``places``.
    """
    return StraightLine(places, params, depots).block(range(len(places)))
