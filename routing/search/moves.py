"""Moves: jobs put into trips and taken out of them, and the way back to where the step began."""

import numpy as np

from routing.search import layout as at
from routing.search.compiled import below, compiled
from routing.search.times import link, time_trip, time_vehicle

# Rows of `State.marks`, and numbers in `State.counts`.
TRIP_KEPT, JOBS_KEPT, VEHICLE_KEPT, RUINED = 0, 1, 2, 3
OLD_TRIPS, OLD_JOBS, OLD_VEHICLES, OLD_ABSENT = 0, 1, 2, 3


@compiled
def begin(state):
    """Begins a step: from here on, what is touched is kept first."""
    state.sums[at.TURN] += 1
    state.sums[at.BROKEN] = 0
    state.sums[at.OLD_NOW], state.sums[at.OLD_TRIPS] = state.sums[at.NOW], state.sums[at.TRIPS_DRIVEN]
    for what in range(3):
        state.counts[what] = 0
    state.counts[OLD_ABSENT] = state.sums[at.ABSENT]
    for n in range(state.sums[at.ABSENT]):
        state.old_absent[n] = state.absent[n]


@compiled
def keep_vehicle(state, k):
    if state.marks[VEHICLE_KEPT, k] == state.sums[at.TURN]:
        return
    state.marks[VEHICLE_KEPT, k] = state.sums[at.TURN]
    n = state.counts[OLD_VEHICLES]
    state.counts[OLD_VEHICLES] += 1
    state.old_vehicle[n] = k
    for column in range(at.VEHICLE_STATE):
        state.old_vehicles[n, column] = state.vehicles[k, column]
    for i in range(state.vehicles[k, at.ITEMS]):
        state.old_chain[n, i] = state.chain[k, i]


@compiled
def keep(state, t, count):
    """Keeps a trip as it stands, and its vehicle, unless this step has done so before."""
    if state.marks[TRIP_KEPT, t] == state.sums[at.TURN]:
        return
    state.marks[TRIP_KEPT, t] = state.sums[at.TURN]
    n = state.counts[OLD_TRIPS]
    state.counts[OLD_TRIPS] += 1
    state.old_trip[n] = t
    for column in range(at.TRIP_STATE):
        state.old_trips[n, column] = state.trips[t, column]
    if state.trips[t, at.OWNER] < 0:
        return
    v = state.trips[t, at.HEAD]
    n = state.counts[OLD_JOBS]
    while v < count:
        state.old_job[n] = v
        for column in range(at.JOB_STATE):
            state.old_jobs[n, column] = state.jobs[v, column]
        n += 1
        v = state.jobs[v, at.AFTER]
    state.counts[OLD_JOBS] = n


@compiled
def go_back(facts, state):
    """Puts everything as it stood when the step began."""
    for n in range(state.counts[OLD_ABSENT]):
        state.jobs[state.old_absent[n], at.TRIP] = -1
    for n in range(state.counts[OLD_VEHICLES]):
        k = state.old_vehicle[n]
        for column in range(at.VEHICLE_STATE):
            state.vehicles[k, column] = state.old_vehicles[n, column]
        for i in range(state.vehicles[k, at.ITEMS]):
            state.chain[k, i] = state.old_chain[n, i]
    for n in range(state.counts[OLD_TRIPS]):
        t = state.old_trip[n]
        for column in range(at.TRIP_STATE):
            state.trips[t, column] = state.old_trips[n, column]
    for n in range(state.counts[OLD_JOBS]):
        v = state.old_job[n]
        for column in range(at.JOB_STATE):
            state.jobs[v, column] = state.old_jobs[n, column]
    if facts.switches[at.EMPTIES]:
        for n in range(state.counts[OLD_TRIPS]):
            t = state.old_trip[n]
            if state.trips[t, at.OWNER] >= 0:
                time_trip(facts, state, t, state.trips[t, at.TAIL], state.trips[t, at.HEAD])
    for n in range(state.counts[OLD_VEHICLES]):
        k = state.old_vehicle[n]
        for i in range(state.vehicles[k, at.ITEMS]):
            state.trips[state.chain[k, i], at.OWNER] = k
        time_vehicle(facts, state, k)
    state.sums[at.NOW], state.sums[at.TRIPS_DRIVEN] = state.sums[at.OLD_NOW], state.sums[at.OLD_TRIPS]
    state.sums[at.ABSENT] = state.counts[OLD_ABSENT]
    for n in range(state.counts[OLD_ABSENT]):
        state.absent[n] = state.old_absent[n]


@compiled
def open_trip(facts, state, k, i, sort):
    """Puts a trip without jobs, or a rest, before the i-th item of a vehicle; gives its number."""
    t = 0
    while state.trips[t, at.OWNER] >= 0:
        t += 1
    keep(state, t, facts.near.shape[0])
    keep_vehicle(state, k)
    trip, vehicle, number = state.trips[t], state.vehicles[k], facts.kind_of[k]
    home = facts.near.shape[0] + facts.kinds[number, at.DEPOT]
    trip[at.SORT], trip[at.OWNER], trip[at.OF_KIND], trip[at.LENGTH] = sort, k, number, 0
    trip[at.START], trip[at.HEAD], trip[at.TAIL] = home, home, home
    trip[at.METRES], trip[at.OUT_M], trip[at.OUT_S], trip[at.LASTS] = 0, 0, 0, 0
    for room in range(at.ROOMS):
        trip[at.LEFT_ROOM + room] = facts.kinds[number, at.ROOM + room]
    for item in range(vehicle[at.ITEMS], i, -1):
        state.chain[k, item] = state.chain[k, item - 1]
    state.chain[k, i] = t
    vehicle[at.ITEMS] += 1
    if sort != at.REST:
        vehicle[at.TRIPS] += 1
        state.sums[at.TRIPS_DRIVEN] += 1
    return t


@compiled
def close_trip(state, t):
    """Takes a trip without jobs away from its vehicle."""
    k = state.trips[t, at.OWNER]
    kept = 0
    for i in range(state.vehicles[k, at.ITEMS]):
        if state.chain[k, i] != t:
            state.chain[k, kept] = state.chain[k, i]
            kept += 1
    state.vehicles[k, at.ITEMS] = kept
    state.vehicles[k, at.TRIPS] -= 1
    state.sums[at.TRIPS_DRIVEN] -= 1
    state.trips[t, at.OWNER] = -1


@compiled
def put_in(facts, state, c, t, u, window):
    """Puts a job behind another, or behind the start, of a trip; the vehicle is not timed."""
    jobs, trip, count = state.jobs, state.trips[t], facts.near.shape[0]
    w = jobs[u, at.AFTER] if u < count else trip[at.HEAD]
    jobs[c, at.TRIP], jobs[c, at.NEXT_M] = t, 0
    jobs[c, at.OPENS], jobs[c, at.CLOSES] = facts.windows[window, 0], facts.windows[window, 1]
    link(facts, state, t, u, c)
    link(facts, state, t, c, w)
    trip[at.LENGTH] += 1
    if trip[at.SORT] == at.DRIVEN:
        for room in range(at.ROOMS):
            trip[at.LEFT_ROOM + room] -= facts.jobs[c, at.NEED + room]


@compiled
def place_found(facts, state, c):
    """Puts a job where `find_place` found it, and times trip and vehicle."""
    t, u = state.found[at.FOUND_TRIP], state.found[at.FOUND_BEHIND]
    count = facts.near.shape[0]
    if t == at.NEW_TRIP:
        t = open_trip(facts, state, state.found[at.FOUND_VEHICLE], state.found[at.FOUND_ITEM], at.DRIVEN)
        u = state.trips[t, at.START]
    else:
        keep(state, t, count)
    k = state.trips[t, at.OWNER]
    keep_vehicle(state, k)
    put_in(facts, state, c, t, u, state.found[at.FOUND_WINDOW])
    time_trip(facts, state, t, c, c)
    if not time_vehicle(facts, state, k):
        state.sums[at.BROKEN] = 1


@compiled
def take_out(facts, state, v):
    """Takes a job out of its trip and leaves it absent. Nothing is timed."""
    jobs = state.jobs
    t, u, w = jobs[v, at.TRIP], jobs[v, at.BEFORE], jobs[v, at.AFTER]
    trip = state.trips[t]
    trip[at.METRES] -= jobs[v, at.NEXT_M]
    link(facts, state, t, u, w)
    trip[at.LENGTH] -= 1
    if trip[at.SORT] == at.DRIVEN:
        for room in range(at.ROOMS):
            trip[at.LEFT_ROOM + room] += facts.jobs[v, at.NEED + room]
    jobs[v, at.TRIP] = -1
    state.absent[state.sums[at.ABSENT]] = v
    state.sums[at.ABSENT] += 1


@compiled
def settle(facts, state, t, left, right):
    """
    Times a trip after a ruin, or closes it when nothing is left; times the vehicle.

    The way that is left may be longer than the one by the jobs taken out, and then be too long: the step is
    broken, and will not be kept.
    """
    k = state.trips[t, at.OWNER]
    keep_vehicle(state, k)
    if state.trips[t, at.LENGTH] == 0 and state.trips[t, at.SORT] == at.DRIVEN:
        close_trip(state, t)
    else:
        time_trip(facts, state, t, left, right)
    if not time_vehicle(facts, state, k):
        state.sums[at.BROKEN] = 1


@compiled
def take_string(facts, state, c, size, spared):
    """
    Takes a string of jobs around one out of its trip, some in its middle spared.

    Parameters
    ----------
    facts, state
        Of the search.
    c
        A job of the string.
    size
        Jobs to take out.
    spared
        Jobs within the string that stay.
    """
    jobs, t = state.jobs, state.jobs[c, at.TRIP]
    trip, count = state.trips[t], facts.near.shape[0]
    keep(state, t, count)
    width = size + spared
    ahead, v = np.int64(0), jobs[c, at.BEFORE]
    while v < count and ahead < width:
        ahead, v = ahead + 1, jobs[v, at.BEFORE]
    behind, v = np.int64(0), jobs[c, at.AFTER]
    while v < count and behind < width:
        behind, v = behind + 1, jobs[v, at.AFTER]
    most, least = min(ahead, width - 1), max(np.int64(0), width - 1 - behind)
    back = least + below(state.random, most - least + 1)
    v = np.int64(c)
    for _ in range(back):
        v = jobs[v, at.BEFORE]
    stays = 1 + below(state.random, max(np.int64(1), size - 1)) if spared > 0 else width
    behind_first = jobs[v, at.BEFORE]
    for place in range(width):
        follower = jobs[v, at.AFTER]
        if place < stays or place >= stays + spared:
            take_out(facts, state, v)
        v = follower
    left = jobs[v, at.BEFORE] if v < count else trip[at.TAIL]
    right = jobs[behind_first, at.AFTER] if behind_first < count else trip[at.HEAD]
    settle(facts, state, t, left, right)


@compiled
def take_trip(facts, state, t):
    """Takes all jobs out of a trip."""
    count = facts.near.shape[0]
    keep(state, t, count)
    while state.trips[t, at.HEAD] < count:
        take_out(facts, state, state.trips[t, at.HEAD])
    settle(facts, state, t, state.trips[t, at.TAIL], state.trips[t, at.HEAD])
