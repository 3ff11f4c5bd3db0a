"""Plane: travel between points of a plane, where a unit of way takes a unit of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from routing.instances.convention import Convention, Numbers
from routing.travel import Leg, Travel, TravelMatrix

MOST_KEPT = 2_000
BAND = 128


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """
    Ways worked out when they are asked for: 20,000 points have 400 million pairs.

    Parameters
    ----------
    points
        x and y of each place.
    convention
        How a distance is rounded.
    """

    points: Sequence[tuple[float, float]]
    convention: Convention

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self.points)

    def leg(self, start: int, end: int) -> Leg | None:
        """The way between two places."""
        (x, y), (u, v) = self.points[start], self.points[end]
        way = self.convention.distance(sqrt((x - u) * (x - u) + (y - v) * (y - v)))
        return Leg(way, way)

    def block(self, places: Sequence[int]) -> TravelMatrix:
        """All ways between some places, in their order; a band of rows at a time stays in the cache."""
        x, y = np.array([self.points[place] for place in places]).reshape(-1, 2).T
        ways = np.empty((len(x), len(x)), np.int32)
        for first in range(0, len(x), BAND):
            rows = slice(first, first + BAND)
            across, along = x[rows, None] - x[None, :], y[rows, None] - y[None, :]
            ways[rows] = self.convention.distances(np.sqrt(across * across + along * along))
        return same(ways)


def same(ways: NDArray[np.int32]) -> TravelMatrix:
    """A matrix whose seconds are its metres; it is kept once."""
    return TravelMatrix(ways, ways)


def plane_travel(points: Numbers, convention: Convention) -> Travel:
    """Travel between points: a matrix, or worked out piece by piece where that would be too large."""
    plane = Plane([(x, y) for x, y in points.tolist()], convention)
    return plane if len(points) > MOST_KEPT else plane.block(range(len(points)))
