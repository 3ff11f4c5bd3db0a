"""Swaps: trips change vehicles as they are, before the ruin; what it costs is judged after it."""

import numpy as np

from routing.search import layout as at
from routing.search.compiled import below, compiled
from routing.search.moves import begin, go_back, keep, keep_vehicle
from routing.search.times import has_room, link, time_trip, time_vehicle


@compiled
def _latest(facts, state, k, i):
    """Earliest departure in place of the i-th item of a vehicle, and latest departure of that item."""
    kind = facts.kinds[facts.kind_of[k]]
    if i < state.vehicles[k, at.ITEMS]:
        trip = state.trips[state.chain[k, i]]
        return trip[at.READY], trip[at.GAP_BY] + kind[at.RELOAD]
    ready = state.vehicles[k, at.READY_END] if state.vehicles[k, at.ITEMS] else kind[at.SHIFT_START]
    return ready, np.int64(at.FAR)


@compiled
def swap_tails(facts, state):
    """Two vehicles of one kind swap the trips from some item on, or one gives a trip to the other."""
    one = below(state.random, state.vehicles.shape[0])
    kind = facts.kinds[facts.kind_of[one]]
    other = kind[at.FIRST] + below(state.random, kind[at.COUNT])
    if one == other or facts.rests[facts.kind_of[one], 0, 2] > 0 or facts.started[one, 0] >= 0:
        return
    here, there = state.vehicles[one, at.ITEMS], state.vehicles[other, at.ITEMS]
    i, j = below(state.random, here + 1), below(state.random, there + 1)
    if (i == here and j == there) or (i == 0 and j == 0):
        return
    ready, leave_by = _latest(facts, state, one, i)
    other_ready, other_leave_by = _latest(facts, state, other, j)
    if ready <= other_leave_by and other_ready <= leave_by:
        if max(i + there - j, j + here - i) > kind[at.MOST_TRIPS]:
            return
        _cross(state, one, i, other, j)
    elif i < here and there < kind[at.MOST_TRIPS] and other_ready <= state.trips[state.chain[one, i], at.L]:
        _give(state, one, i, other, j)
    else:
        return
    _agree(facts, state, one, other)


@compiled
def _agree(facts, state, one, other):
    """Times two vehicles that have swapped; goes back where one of them could not be driven."""
    for k in (one, other):
        vehicle = state.vehicles[k]
        for i in range(vehicle[at.ITEMS]):
            state.trips[state.chain[k, i], at.OWNER] = k
    fits = time_vehicle(facts, state, one)
    if not time_vehicle(facts, state, other) or not fits:
        go_back(facts, state)
        begin(state)


@compiled
def _cross(state, one, i, other, j):
    """Swaps what stands from the i-th item of a vehicle on with what stands from the j-th of another on."""
    vehicles, chain = state.vehicles, state.chain
    keep_vehicle(state, one)
    keep_vehicle(state, other)
    here, there = vehicles[one, at.ITEMS] - i, vehicles[other, at.ITEMS] - j
    for n in range(max(here, there)):
        mine, yours = chain[one, i + n] if n < here else 0, chain[other, j + n] if n < there else 0
        if n < there:
            chain[one, i + n] = yours
        if n < here:
            chain[other, j + n] = mine
    vehicles[one, at.ITEMS], vehicles[one, at.TRIPS] = i + there, i + there
    vehicles[other, at.ITEMS], vehicles[other, at.TRIPS] = j + here, j + here


@compiled
def _give(state, one, i, other, j):
    """Moves the i-th item of a vehicle before the j-th of another."""
    vehicles, chain = state.vehicles, state.chain
    keep_vehicle(state, one)
    keep_vehicle(state, other)
    t = chain[one, i]
    for n in range(i, vehicles[one, at.ITEMS] - 1):
        chain[one, n] = chain[one, n + 1]
    for n in range(vehicles[other, at.ITEMS], j, -1):
        chain[other, n] = chain[other, n - 1]
    chain[other, j] = t
    for column in (at.ITEMS, at.TRIPS):
        vehicles[one, column] -= 1
        vehicles[other, column] += 1


@compiled
def change_kinds(facts, state):
    """A trip moves to a vehicle of another kind, or swaps vehicles with one of its trips."""
    one = below(state.random, state.vehicles.shape[0])
    number = below(state.random, facts.kinds.shape[0])
    other = facts.kinds[number, at.FIRST] + below(state.random, facts.kinds[number, at.COUNT])
    if number == facts.kind_of[one] or state.vehicles[one, at.ITEMS] == 0:
        return
    i, j = below(state.random, state.vehicles[one, at.ITEMS]), np.int64(0)
    if state.vehicles[other, at.ITEMS] > 0:
        j = below(state.random, state.vehicles[other, at.ITEMS] + (facts.kinds[number, at.MOST_TRIPS] > 1))
    mine = state.chain[one, i]
    if not _could_drive(facts, state, mine, number):
        return
    if j < state.vehicles[other, at.ITEMS]:
        yours = state.chain[other, j]
        if not _could_drive(facts, state, yours, facts.kind_of[one]):
            return
        _move_house(facts, state, yours, facts.kind_of[one])
        _move_house(facts, state, mine, number)
        keep_vehicle(state, one)
        keep_vehicle(state, other)
        state.chain[one, i], state.chain[other, j] = yours, mine
    elif state.vehicles[other, at.TRIPS] < facts.kinds[number, at.MOST_TRIPS]:
        _move_house(facts, state, mine, number)
        _give(state, one, i, other, j)
    else:
        return
    _agree(facts, state, one, other)


@compiled
def _could_drive(facts, state, t, number):
    """Whether a vehicle of a kind may drive a trip, its hours apart."""
    trip, count = state.trips[t], facts.near.shape[0]
    if trip[at.SORT] != at.DRIVEN:
        return False
    mine, theirs = facts.kinds[trip[at.OF_KIND]], facts.kinds[number]
    for room in range(at.ROOMS):
        if trip[at.LEFT_ROOM + room] + theirs[at.ROOM + room] < mine[at.ROOM + room]:
            return False
    v = trip[at.HEAD]
    while v < count:
        if not facts.allowed[v, number]:
            return False
        v = state.jobs[v, at.AFTER]
    return True


@compiled
def _move_house(facts, state, t, number):
    """Makes a trip one of a vehicle of another kind: from its depot, at its pace, with its room."""
    count, trip = facts.near.shape[0], state.trips[t]
    keep(state, t, count)
    mine, theirs = facts.kinds[trip[at.OF_KIND]], facts.kinds[number]
    for room in range(at.ROOMS):
        trip[at.LEFT_ROOM + room] += theirs[at.ROOM + room] - mine[at.ROOM + room]
    home = count + theirs[at.DEPOT]
    trip[at.OF_KIND], trip[at.START] = number, home
    u, w = home, trip[at.HEAD]
    while w < count:
        link(facts, state, t, u, w)
        u, w = w, state.jobs[w, at.AFTER]
    link(facts, state, t, u, home)
    time_trip(facts, state, t, trip[at.TAIL], trip[at.HEAD])
    if facts.switches[at.EMPTIES] and not has_room(facts, state, t):
        trip[at.L] = -at.FAR
