"""Kernel: one search of one process, over part and vehicle numbers."""

from collections.abc import Sequence

import numpy as np

from routing.search import layout as at
from routing.search.arrays import Arrays
from routing.search.places import NEVER
from routing.search.state import blank
from routing.search.steps import run, start

Numbers = list[list[list[int]]]


class Kernel:
    """
    A search that stands somewhere, goes on, and knows the best it has seen.

    Parameters
    ----------
    arrays
        The problem's tables.
    seed
        Of all its random numbers: the same seed and the same calls give the same answers.

    References
    ----------
    docs/routing.md, "The kernel".
    """

    def __init__(self, arrays: Arrays, seed: int) -> None:
        self.arrays, self.facts = arrays, arrays.facts
        self.state = blank(arrays.facts, seed)
        self.state.sums[at.BEST] = NEVER
        self._job_of = {part: job for job, part in enumerate(arrays.parts)}
        self._row_of = {vehicle: row for row, vehicle in enumerate(arrays.vehicles)}
        self.start(())

    def start(self, routes: Sequence[Sequence[Sequence[int]]]) -> None:
        """
        Goes on from an answer; the best seen stays, unless this is better.

        Parameters
        ----------
        routes
            Per vehicle its trips, per trip its part numbers in the order of driving. What cannot be driven so
            is left out and sought a place for.
        """
        trips = [
            (self._row_of[vehicle], [self._job_of[part] for part in trip])
            for vehicle, driven in enumerate(routes)
            for trip in driven
            if trip
        ]
        start(
            self.facts,
            self.state,
            np.array([job for _, trip in trips for job in trip], np.int32),
            np.array([row for row, _ in trips], np.int32),
            np.cumsum([len(trip) for _, trip in trips], dtype=np.int32),
        )

    def run(self, iterations: int, temperature: float) -> None:
        """Ruins and builds anew so many times, at a temperature in mills."""
        run(self.facts, self.state, iterations, float(temperature))

    def best(self) -> Numbers:
        """
        The best answer: per vehicle of the problem its trips, per trip its part numbers.

        No trip is empty but one under way whose parts cannot be brought.
        """
        routes: Numbers = [[] for _ in self.arrays.vehicles]
        state, count = self.state, len(self.arrays.parts)
        for row, vehicle in enumerate(self.arrays.vehicles):
            for item in state.best_chain[row, : state.best_items[row]]:
                trip, job = list[int](), int(state.best_head[item])
                while 0 <= job < count:
                    trip.append(self.arrays.parts[job])
                    job = int(state.best_after[job])
                if job >= 0:
                    routes[vehicle].append(trip)
        return routes

    @property
    def cost(self) -> int:
        """Of the best answer, mills: what its vehicles cost, and the price of each part left out."""
        return int(self.state.sums[at.BEST])

    @property
    def left_out(self) -> int:
        """Parts that the best answer leaves out."""
        return int(self.state.sums[at.BEST_ABSENT])

    @property
    def iterations(self) -> int:
        """Steps so far."""
        return int(self.state.sums[at.ITERATIONS])

    @property
    def accepted(self) -> int:
        """Steps that were kept."""
        return int(self.state.sums[at.ACCEPTED])

    @property
    def improved(self) -> int:
        """Times the best answer became better."""
        return int(self.state.sums[at.IMPROVED])
