"""Layout: which column of the search's tables holds what; rows are jobs, trips, vehicles, their kinds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

FAR = 1 << 30  # seconds or metres of a way that does not exist; longer than any horizon
LATEST = 1 << 29  # the horizon: instants of the search lie from 0 to here

# A way between two nodes, seen from the first: metres and seconds there, metres and seconds from there.
TO_M, TO_S, BY_M, BY_S = range(4)

# Facts of a job. What it takes of a vehicle's room stands in the order of the rooms of kinds and trips.
SERVICE, RELEASE, FRESH, WINDOW, WINDOWS, NEED, EMPTY_UNITS, EMPTY_G, BOUND = 0, 1, 2, 3, 4, 5, 9, 10, 11
SIZE, AWAY, OPEN, CLOSE = (
    12,
    13,
    14,
    15,
)  # what it takes of a vehicle, metres from a depot, first and last second
JOB_FACTS = 16
ROOMS = 4  # units, hot units, cold units, grams

# A job in its trip. It is left at max(departure + GONE_D, GONE_E) when the departure is at most START_L; a
# vehicle that arrives by REACH_L is back at max(arrival + BACK_D, BACK_E). No departure before NOT_BEFORE (of
# this job and those before it); FRESH_D and FRESH_E bound the arrival and the departure for those behind it.
TRIP, BEFORE, AFTER, OPENS, CLOSES, GONE_D, GONE_E, START_L = 0, 1, 2, 3, 4, 5, 6, 7
BACK_D, BACK_E, REACH_L, NEXT_M, NEXT_S, NOT_BEFORE, FRESH_D, FRESH_E = 8, 9, 10, 11, 12, 13, 14, 15
JOB_STATE = 16

# A kind of vehicle.
DEPOT, PACE, SHIFT_START, SHIFT_END, RELOAD, MOST_TRIPS, MOST_OUT = 0, 1, 2, 3, 4, 5, 6
FIXED, PER_TRIP, PER_M, PER_S, FIRST, COUNT, ROOM = 7, 8, 9, 10, 11, 12, 13
KIND_FACTS = 17

# A trip, or a rest between trips. READY and BACK_BY are what its vehicle allows: earliest departure, latest
# return; GAP_BY is the latest return of a trip driven just before it. Back at max(departure + D, E) when the
# departure is at most L.
SORT, START, HEAD, TAIL, LENGTH, METRES, OUT_M, OUT_S, D, E, L = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
LEAVE, READY, BACK_BY, GAP_BY, LASTS, COST, OF_KIND = 11, 12, 13, 14, 15, 16, 17
AHEAD_D, AHEAD_E, AHEAD_L, BEHIND_D, BEHIND_E, GAP_D, GAP_E = 18, 19, 20, 21, 22, 23, 24
LEFT_ROOM, OWNER = 25, 29
TRIP_STATE = 30
DRIVEN, REST, STARTED = 0, 1, 2

# The items before a trip let it leave at max(first departure + AHEAD_D, AHEAD_E), the first departure being
# at most AHEAD_L; those behind it are over at max(its return + BEHIND_D, BEHIND_E), and those behind a new
# trip just before it at max(return + GAP_D, GAP_E).

# A vehicle: items of its chain, trips among them, earliest departure behind the last, the chain as a whole.
ITEMS, TRIPS, READY_END, END_D, END_E, END_L, PAID = 0, 1, 2, 3, 4, 5, 6
VEHICLE_STATE = 7

# Sums of the search: what stands now and the best costs, jobs absent, and counts.
NOW, BEST, ABSENT, BEST_ABSENT, TRIPS_DRIVEN, SKIP = 0, 1, 2, 3, 4, 5
ITERATIONS, ACCEPTED, IMPROVED, TURN, OLD_NOW, OLD_TRIPS, BROKEN = 6, 7, 8, 9, 10, 11, 12
SUMS = 13

# Whether time costs or is bounded aboard or out; empties come back; vehicles drive several trips; places are
# sought beside near jobs alone; there are several kinds of vehicle.
RICH, EMPTIES, MANY_TRIPS, NEAR_ONLY, MIXED = 0, 1, 2, 3, 4
SWITCHES = 5

# How the search goes about it: jobs that a step takes out in the mean, jobs in a string at most, parts of the
# steps that empty a whole vehicle, swap trips, or change a trip's kind of vehicle; neighbours beside which a
# place is sought; part of the places that are overlooked, so that not the same ones win each time.
MEAN_OUT, LONGEST, WHOLE, SWAP, CHANGE, BESIDE, BLINK = 0, 1, 2, 3, 4, 5, 6
DIALS = 7

# What the search for a place found.
FOUND_VEHICLE, FOUND_ITEM, FOUND_TRIP, FOUND_BEHIND, FOUND_WINDOW, FOUND_COST = 0, 1, 2, 3, 4, 5
NEW_TRIP = -2


class Facts(NamedTuple):
    """
    What the kernel reads. Nodes are the jobs first, then the depots, then where trips under way go on.

    Parameters
    ----------
    ways
        int32 (paces, nodes, nodes, 4): `TO_M`, `TO_S`, `BY_M`, `BY_S`.
    jobs
        int32 (nodes, `JOB_FACTS`).
    windows
        int32 (rows, 2): first and last second at which a hand-over may start.
    allowed
        uint8 (nodes, kinds): whether a vehicle of the kind may serve the job at all.
    near
        int32 (jobs, neighbours): nearest first, in way and in time; -1 behind the last.
    kinds
        int64 (kinds, `KIND_FACTS`).
    kind_of
        int64 (vehicles): vehicles of one kind stand together.
    price
        int64 (jobs): mills for leaving a job out.
    rests
        int64 (kinds, rests, 3): from, to, seconds; seconds 0 where there is none.
    started
        int64 (vehicles, 3): node where its trip under way goes on, when, and when it left; node -1 for none.
    switches
        bool (`SWITCHES`): what the problem needs looked at.
    dials
        float64 (`DIALS`): how the search goes about it.
    """

    ways: Int32
    jobs: Int32
    windows: Int32
    allowed: NDArray[np.uint8]
    near: Int32
    kinds: Int64
    kind_of: Int64
    price: Int64
    rests: Int64
    started: Int64
    switches: NDArray[np.bool_]
    dials: NDArray[np.float64]
