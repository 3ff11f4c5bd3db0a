"""Travel: how long and how far it is between places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from orders.sites import Place, great_circle_m

KMH_PER_MPS = 3.6
NO_WAY = -1


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
        To find a place to stand, added to every way that does not end at the depot.
    """

    speed_mps: float = 7.0
    detour_ratio: float = 1.35
    park_s: int = 0

    def __post_init__(self) -> None:
        if self.speed_mps <= 0 or self.detour_ratio < 1 or self.park_s < 0:
            raise ValueError(f"Need speed > 0, detour >= 1 and park_s >= 0, got {self}.")


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


def travel_from_table(table: Mapping[str, Any]) -> TravelParams:
    """
    The ``[travel]`` table of a ``fleet.toml``: ``speed_kmh``, ``detour_ratio``, ``park_s``.

    Raises
    ------
    KeyError, ValueError
        When speed or detour is missing or impossible.
    """
    speed_mps = float(table["speed_kmh"]) / KMH_PER_MPS
    return TravelParams(speed_mps, float(table["detour_ratio"]), int(table.get("park_s", 0)))


def straight_line(places: Sequence[Place], params: TravelParams) -> TravelMatrix:
    """
    Estimates travel from great-circle distances.

    Parameters
    ----------
    places
        The depot first, then the stops.
    params
        Speed and detour.

    Returns
    -------
    TravelMatrix
        Rows and columns in the order of ``places``.
    """
    distance_m = tuple(
        tuple(round(great_circle_m(start, end) * params.detour_ratio) for end in places) for start in places
    )
    duration_s = tuple(
        tuple(_duration_s(metres, params, parks=end not in (0, start)) for end, metres in enumerate(row))
        for start, row in enumerate(distance_m)
    )
    return matrix_of(duration_s, distance_m)


def _duration_s(metres: int, params: TravelParams, *, parks: bool) -> int:
    return round(metres / params.speed_mps) + params.park_s * parks
