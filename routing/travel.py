"""Travel: how long and how far it is between places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders.sites import Place, great_circle_m

KMH_PER_MPS = 3.6


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


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """
    Durations and distances between all pairs of places, from row to column.

    Parameters
    ----------
    duration_s
        Whole seconds, 0 on the diagonal.
    distance_m
        Whole metres, 0 on the diagonal.
    """

    duration_s: tuple[tuple[int, ...], ...]
    distance_m: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.duration_s)
        for name, rows in (("duration_s", self.duration_s), ("distance_m", self.distance_m)):
            if len(rows) != size or any(len(row) != size for row in rows):
                raise ValueError(f"{name} must have {size} rows of {size}.")
            if any(value < 0 for row in rows for value in row) or any(rows[i][i] for i in range(size)):
                raise ValueError(f"{name} must be >= 0, and 0 from a place to itself.")

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self.duration_s)


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
    return TravelMatrix(duration_s, distance_m)


def _duration_s(metres: int, params: TravelParams, *, parks: bool) -> int:
    return round(metres / params.speed_mps) + params.park_s * parks
