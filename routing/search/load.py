"""Load: an answer from elsewhere becomes where the search stands."""

import numpy as np

from routing.search import layout as at
from routing.search.compiled import compiled
from routing.search.moves import begin, go_back, keep, keep_vehicle, open_trip, put_in
from routing.search.places import fits_behind, fits_gap
from routing.search.times import has_room, link, time_trip, time_vehicle


@compiled
def empty(facts, state):
    """Takes all jobs out; begins with the rests and the trips under way alone."""
    count = facts.near.shape[0]
    for t in range(state.trips.shape[0]):
        state.trips[t, at.OWNER] = -1
    for column in range(at.SUMS):
        if column == at.NOW or column == at.TRIPS_DRIVEN:
            state.sums[column] = 0
    state.sums[at.ABSENT] = count
    for v in range(count):
        state.absent[v], state.jobs[v, at.TRIP] = v, -1
    begin(state)
    for k in range(facts.kind_of.shape[0]):
        for column in range(at.VEHICLE_STATE):
            state.vehicles[k, column] = 0
        if facts.started[k, 0] >= 0:
            t = open_trip(facts, state, k, 0, at.STARTED)
            state.trips[t, at.START], state.trips[t, at.TAIL] = facts.started[k, 0], facts.started[k, 0]
            link(facts, state, t, facts.started[k, 0], state.trips[t, at.HEAD])
            time_trip(facts, state, t, state.trips[t, at.TAIL], state.trips[t, at.HEAD])
        for n in range(facts.rests.shape[1]):
            rest = facts.rests[facts.kind_of[k], n]
            if rest[2] > 0:
                trip = state.trips[open_trip(facts, state, k, state.vehicles[k, at.ITEMS], at.REST)]
                trip[at.LEAVE], trip[at.D], trip[at.E], trip[at.L] = (
                    rest[0],
                    rest[2],
                    rest[0] + rest[2],
                    rest[1] - rest[2],
                )
        time_vehicle(facts, state, k)


@compiled
def _append(facts, state, t, c):
    """Puts a job behind the last of a trip; whether it fits there."""
    window = fits_behind(facts, state, c, t)
    if state.jobs[c, at.TRIP] >= 0 or window < 0:
        return False
    put_in(facts, state, c, t, state.trips[t, at.TAIL], window)
    time_trip(facts, state, t, c, c)
    time_vehicle(facts, state, state.trips[t, at.OWNER])
    return True


@compiled
def _load_whole(facts, state, k, jobs, first, last, gap, departs):
    """Loads a trip that leaves then or later, each in the first window it meets; `FAR` when it fits so."""
    number, vehicle, bound = facts.kind_of[k], state.vehicles[k], facts.jobs[jobs[first], at.BOUND] >= 0
    if bound:
        t, ready = state.chain[k, 0], state.trips[state.chain[k, 0], at.READY]
        keep(state, t, facts.near.shape[0])
        keep_vehicle(state, k)
    else:
        if vehicle[at.TRIPS] >= facts.kinds[number, at.MOST_TRIPS]:
            return np.int64(-1)
        ready = vehicle[at.READY_END] if vehicle[at.ITEMS] else facts.kinds[number, at.SHIFT_START]
        if gap < vehicle[at.ITEMS]:
            ready = state.trips[state.chain[k, gap], at.READY]
        t = open_trip(facts, state, k, gap, at.DRIVEN)
    trip, clock = state.trips[t], max(ready, departs)
    for n in range(first, last):
        clock = max(clock, facts.jobs[jobs[n], at.RELEASE])
    for n in range(first, last):
        c, u = jobs[n], trip[at.TAIL]
        if state.jobs[c, at.TRIP] >= 0 or not facts.allowed[c, number]:
            return np.int64(-1)
        clock += facts.ways[facts.kinds[number, at.PACE], c, u, at.BY_S]
        window, end = facts.jobs[c, at.WINDOW], facts.jobs[c, at.WINDOW] + facts.jobs[c, at.WINDOWS]
        while window + 1 < end and facts.windows[window, 1] < clock:
            window += 1
        clock = max(clock, facts.windows[window, 0]) + facts.jobs[c, at.SERVICE]
        put_in(facts, state, c, t, u, window)
    time_trip(facts, state, t, trip[at.TAIL], trip[at.HEAD])
    fits = time_vehicle(facts, state, k)
    for room in range(at.ROOMS):
        fits &= trip[at.LEFT_ROOM + room] >= 0 or bound
    if facts.switches[at.EMPTIES] and not bound:
        fits &= has_room(facts, state, t)
    return np.int64(at.FAR) if fits else trip[at.LEAVE]


@compiled
def _load_trip(facts, state, k, jobs, first, last, gap):
    """Loads a trip at a place in a vehicle's chain; gives how many of its jobs stand in it."""
    if facts.jobs[jobs[first], at.BOUND] >= 0:
        t, stands = state.chain[k, 0], 0
        keep(state, t, facts.near.shape[0])
        keep_vehicle(state, k)
    else:
        window = fits_gap(facts, state, k, gap, jobs[first])
        if window < 0 or state.jobs[jobs[first], at.TRIP] >= 0:
            return 0
        t, stands = open_trip(facts, state, k, gap, at.DRIVEN), 1
        put_in(facts, state, jobs[first], t, state.trips[t, at.START], window)
        time_trip(facts, state, t, jobs[first], jobs[first])
        time_vehicle(facts, state, k)
    for n in range(first + stands, last):
        stands += _append(facts, state, t, jobs[n])
    return stands


@compiled
def _expect(state, jobs, first, last):
    """Begins a step with the jobs of one trip absent."""
    absent = np.int64(0)
    for n in range(first, last):
        if state.jobs[jobs[n], at.TRIP] < 0:
            state.absent[absent] = jobs[n]
            absent += 1
    state.sums[at.ABSENT] = absent
    begin(state)


@compiled
def load(facts, state, jobs, vehicles, ends):
    """
    Loads trips into an empty state; what does not fit stays absent.

    Parameters
    ----------
    facts, state
        Of the search.
    jobs
        int32: the jobs of all trips, in order.
    vehicles, ends
        int32: each trip's vehicle, and where its jobs end; the trips of a vehicle are in order.
    """
    first = 0
    for n in range(vehicles.shape[0]):
        k, last = vehicles[n], ends[n]
        items = state.vehicles[k, at.ITEMS]
        gap = 0
        for i in range(items):
            if state.trips[state.chain[k, i], at.SORT] != at.REST:
                gap = i + 1
        best, best_gap, stands = np.int64(0), gap, np.int64(0)
        while gap <= items and stands < last - first:
            departs, leave = np.int64(-1), np.int64(0)
            while departs < leave < at.FAR:
                departs = leave
                _expect(state, jobs, first, last)
                leave = _load_whole(facts, state, k, jobs, first, last, gap, departs)
                if leave < at.FAR:
                    go_back(facts, state)
            if leave == at.FAR:
                stands = last - first
                break
            _expect(state, jobs, first, last)
            stands = _load_trip(facts, state, k, jobs, first, last, gap)
            if stands < last - first:
                go_back(facts, state)
                if stands > best:
                    best, best_gap = stands, gap
            gap += 1
        if stands < last - first and best > 0:
            _expect(state, jobs, first, last)
            _load_trip(facts, state, k, jobs, first, last, best_gap)
        first = last
    absent = np.int64(0)
    for c in range(facts.near.shape[0]):
        if state.jobs[c, at.TRIP] < 0:
            state.absent[absent] = c
            absent += 1
    state.sums[at.ABSENT] = absent
