"""Plane: travel between points of a plane, where a unit of way takes a unit of time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.instances.convention import Convention, Numbers
from routing.travel import Leg, Travel, TravelMatrix

MOST_KEPT = 6_000


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """
    Ways worked out when they are asked for: 20,000 points have 400 million pairs.

    Parameters
    ----------
    points
        One row of x and y a place.
    convention
        How a distance is rounded.
    """

    points: Numbers
    convention: Convention

    @property
    def size(self) -> int:
        """How many places it connects."""
        return len(self.points)

    def leg(self, start: int, end: int) -> Leg | None:
        """The way between two places."""
        apart = self.points[start] - self.points[end]
        way = int(self.convention.distances(np.sqrt(np.sum(apart * apart))))
        return Leg(way, way)

    def block(self, places: Sequence[int]) -> TravelMatrix:
        """All ways between some of the places, in their order."""
        x, y = self.points[list(places)].T
        across, along = x[:, None] - x[None, :], y[:, None] - y[None, :]
        return same(self.convention.distances(np.sqrt(across * across + along * along)))


def same(ways: NDArray[np.int32]) -> TravelMatrix:
    """A matrix whose seconds are its metres; it is kept once."""
    return TravelMatrix(ways, ways)


def plane_travel(points: Numbers, convention: Convention) -> Travel:
    """Travel between points: a matrix, or worked out piece by piece where that would be too large."""
    plane = Plane(points, convention)
    return plane if len(points) > MOST_KEPT else plane.block(range(len(points)))
