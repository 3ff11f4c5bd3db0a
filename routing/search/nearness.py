"""Nearness: which jobs are near a job, in way and in time."""

import numpy as np
from numpy.typing import NDArray

from routing.search import layout as at
from routing.search.layout import Int32

WAITING = 0.2  # what a second of waiting counts, a second of driving being 1
LATE = 1.0  # what a second too late counts
ROWS = 512  # worked out at once


def near_jobs(ways: Int32, jobs: Int32, count: int, most: int) -> Int32:
    """
    The nearest jobs of each job, nearest first.

    Parameters
    ----------
    ways
        int32 (nodes, nodes, 4): those of one pace.
    jobs
        int32: facts of the jobs.
    count
        Jobs; they are the first nodes.
    most
        Neighbours to list.

    Returns
    -------
    NDArray
        int32 (count, neighbours); at least one column, -1 where there is no neighbour.

    References
    ----------
    Vidal et al. (2013), "A hybrid genetic algorithm with adaptive diversity management": driving, waiting and
    lateness between two visits, in the cheaper direction.
    """
    neighbours = min(most, count - 1)
    if neighbours < 1:
        return np.full((count, 1), -1, np.int32)
    near = np.empty((count, neighbours), np.int32)
    for first in range(0, count, ROWS):
        rows = np.arange(first, min(first + ROWS, count))
        apart = np.minimum(_onward(ways, jobs, rows, count), _backward(ways, jobs, rows, count))
        apart[np.arange(len(rows)), rows] = np.inf
        nearest = np.argpartition(apart, neighbours - 1, axis=1)[:, :neighbours]
        nearest.sort(axis=1)
        sorted_by = np.argsort(np.take_along_axis(apart, nearest, 1), axis=1, kind="stable")
        near[rows] = np.take_along_axis(nearest, sorted_by, 1)
    return near


def _onward(ways: Int32, jobs: Int32, rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """From each of the rows to every job."""
    return _apart(
        ways[rows, :count, at.TO_M], ways[rows, :count, at.TO_S], jobs[rows][:, None], jobs[None, :count]
    )


def _backward(ways: Int32, jobs: Int32, rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """From every job to each of the rows."""
    return _apart(
        ways[rows, :count, at.BY_M], ways[rows, :count, at.BY_S], jobs[None, :count], jobs[rows][:, None]
    )


def _apart(metres: Int32, seconds: Int32, start: Int32, end: Int32) -> NDArray[np.float64]:
    drive = seconds.astype(np.float64)
    signed = start[..., at.SERVICE] + drive
    waits = np.maximum(0, end[..., at.OPEN] - start[..., at.CLOSE] - signed)
    opens = np.maximum(start[..., at.OPEN], start[..., at.RELEASE])
    late = np.maximum(0, opens + signed - end[..., at.CLOSE])
    speed = max(1.0, float(drive.sum())) / max(1.0, float(metres.sum(dtype=np.float64)))
    return metres * speed + WAITING * waits + LATE * late
