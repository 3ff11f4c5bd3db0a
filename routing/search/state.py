"""State: the tables that the kernel changes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.search import layout as at
from routing.search.layout import Facts, Int32, Int64


class State(NamedTuple):
    """
    Where a search stands, what it needs to go back by one step, and the best it has seen.

    Parameters
    ----------
    jobs
        int32 (nodes, `JOB_STATE`). Depots have rows too, so that the ends of a trip need no cases.
    trips
        int64 (trips, `TRIP_STATE`).
    vehicles
        int64 (vehicles, `VEHICLE_STATE`).
    chain
        int32 (vehicles, items): trips and rests of a vehicle, in order.
    absent
        int32 (jobs): those that stand nowhere, ``sums[ABSENT]`` of them.
    missed
        int64 (jobs): what each time a job stayed out has added to its price, mills.
    sums
        int64 (`SUMS`).
    random
        uint64 (1).
    found
        int64 (6): the place that was found last.
    peak
        int32 (nodes, 4): room left up to and behind a job, units and grams, where empties come back.
    old_jobs, old_job, old_trips, old_trip, old_vehicles, old_vehicle, old_chain, old_absent
        Rows as they stood before the step, and whose they are; ``marks`` says which are kept.
    marks
        int64 (5, widest): the step in which a trip, vehicle or job was last touched, by what was done.
    counts
        int64 (4): how many old rows of jobs, trips and vehicles are kept.
    order, keys
        Work space for sorting.
    best_after, best_opens, best_head, best_chain, best_items
        The best answer: who follows whom, the windows chosen, and the trips.
    """

    jobs: Int32
    trips: Int64
    vehicles: Int64
    chain: Int32
    absent: Int32
    missed: Int64
    sums: Int64
    random: NDArray[np.uint64]
    found: Int64
    peak: Int32
    old_jobs: Int32
    old_job: Int32
    old_trips: Int64
    old_trip: Int32
    old_vehicles: Int64
    old_vehicle: Int32
    old_chain: Int32
    old_absent: Int32
    marks: Int64
    counts: Int64
    order: Int32
    keys: NDArray[np.float64]
    best_after: Int32
    best_opens: Int32
    best_head: Int32
    best_chain: Int32
    best_items: Int64


def blank(facts: Facts, seed: int) -> State:
    """
    A state in which no vehicle drives and every job is absent.

    Parameters
    ----------
    facts
        What the kernel reads.
    seed
        Of all random numbers.
    """
    nodes, jobs, vehicles = len(facts.jobs), len(facts.near), len(facts.kind_of)
    fixed = int((facts.rests[:, :, 2] > 0).sum(axis=1)[facts.kind_of].sum()) if vehicles else 0
    trips = jobs + fixed + int((facts.started[:, 0] >= 0).sum()) + 2
    most = int(facts.kinds[facts.kind_of, at.MOST_TRIPS].max()) if vehicles else 0
    items = min(most, jobs) + facts.rests.shape[1] + 2
    chain = np.zeros((vehicles, items), np.int32)
    random = np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (1 << 64) or 1], np.uint64)
    rows = np.zeros((nodes, at.JOB_STATE), np.int32)
    rows[:, at.TRIP] = -1
    rows[jobs:, [at.START_L, at.REACH_L, at.FRESH_D]] = at.FAR
    rows[jobs:, [at.GONE_E, at.BACK_E, at.NOT_BEFORE, at.FRESH_E]] = -at.FAR
    return State(
        jobs=rows,
        trips=np.full((trips, at.TRIP_STATE), -1, np.int64),
        vehicles=np.zeros((vehicles, at.VEHICLE_STATE), np.int64),
        chain=chain,
        absent=np.arange(jobs, dtype=np.int32),
        missed=np.zeros(jobs, np.int64),
        sums=np.zeros(at.SUMS, np.int64),
        random=random,
        found=np.zeros(6, np.int64),
        peak=np.zeros((nodes, 4), np.int32),
        old_jobs=np.zeros((jobs, at.JOB_STATE), np.int32),
        old_job=np.zeros(jobs, np.int32),
        old_trips=np.zeros((trips, at.TRIP_STATE), np.int64),
        old_trip=np.zeros(trips, np.int32),
        old_vehicles=np.zeros((vehicles, at.VEHICLE_STATE), np.int64),
        old_vehicle=np.zeros(vehicles, np.int32),
        old_chain=np.zeros_like(chain),
        old_absent=np.zeros(jobs, np.int32),
        marks=np.full((5, max(trips, vehicles, nodes)), -1, np.int64),
        counts=np.zeros(4, np.int64),
        order=np.zeros(jobs, np.int32),
        keys=np.zeros(jobs, np.float64),
        best_after=np.zeros(nodes, np.int32),
        best_opens=np.zeros(nodes, np.int32),
        best_head=np.full(trips, -1, np.int32),
        best_chain=np.zeros_like(chain),
        best_items=np.zeros(vehicles, np.int64),
    )
