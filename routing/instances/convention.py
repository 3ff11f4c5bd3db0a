"""Convention: how a file's decimal numbers become the whole numbers that answers are compared by."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Rounding = Literal["down", "nearest", "up"]
NOISE_DECIMALS = 6
_ROUNDED: dict[Rounding, Callable[[Numbers], Numbers]] = {
    "down": np.floor,
    "nearest": lambda values: np.floor(values + 0.5),
    "up": np.ceil,
}
_ROUNDED_ONE: dict[Rounding, Callable[[float], int]] = {
    "down": floor,
    "nearest": lambda value: floor(value + 0.5),
    "up": ceil,
}
_WORDS: dict[Rounding, str] = {"down": "floor", "nearest": "round", "up": "ceil"}


@dataclass(frozen=True, slots=True)
class Convention:
    """
    One way to count.

    Parameters
    ----------
    name
        As ``--rounding`` names it.
    scale
        Whole units in one unit of the file.
    rounding
        Of a distance times the scale.
    """

    name: str
    scale: int
    rounding: Rounding

    def distance(self, exact: float) -> int:
        """One distance in whole units, as `distances` has it."""
        return _ROUNDED_ONE[self.rounding](exact * self.scale)

    def distances(self, exact: Numbers) -> NDArray[np.int32]:
        """Distances in whole units, of those in the file's unit."""
        return _ROUNDED[self.rounding](exact * self.scale).astype(np.int32)

    def figure(self, value: float) -> int:
        """A time or a cost of the file in whole units; what binary fractions add is taken off first."""
        return _ROUNDED_ONE[self.rounding](round(value * self.scale, NOISE_DECIMALS))

    @property
    def words(self) -> str:
        """The convention as it is printed with a cost."""
        times = "" if self.scale == 1 else f"{self.scale} x "
        rest = "" if self.scale == 1 else f"; times and fixed costs x {self.scale}"
        return f"{_WORDS[self.rounding]}({times}distance){rest}"


CONVENTIONS = {
    one.name: one
    for one in (
        Convention("round", 1, "nearest"),
        Convention("trunc", 1, "down"),
        Convention("ceil", 1, "up"),
        Convention("dimacs", 10, "down"),
        Convention("exact", 1000, "nearest"),
    )
}
BY_TYPE = {
    "CVRP": "round",
    "DCVRP": "round",
    "ACVRP": "round",
    "VRPTW": "dimacs",
    "CVRPTW": "dimacs",
    "MTVRPTWR": "dimacs",
    "MDVRP": "exact",
    "MDVRPTW": "exact",
    "HFVRP": "exact",
}
