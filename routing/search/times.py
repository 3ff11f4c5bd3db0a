"""Times: a trip and a vehicle's chain of trips as functions of the departure."""

import numpy as np

from routing.search import layout as at
from routing.search.compiled import compiled


@compiled
def link(facts, state, t, u, w):
    """Drives from u straight to w in a trip; each may be its end."""
    trip, count = state.trips[t], facts.near.shape[0]
    pace = facts.kinds[trip[at.OF_KIND], at.PACE]
    if w < count:
        metres, seconds = facts.ways[pace, w, u, at.BY_M], facts.ways[pace, w, u, at.BY_S]
        state.jobs[w, at.BEFORE] = u
    else:
        metres, seconds = facts.ways[pace, u, w, at.TO_M], facts.ways[pace, u, w, at.TO_S]
        trip[at.TAIL] = u
    if u < count:
        trip[at.METRES] += metres - state.jobs[u, at.NEXT_M]
        state.jobs[u, at.AFTER], state.jobs[u, at.NEXT_M], state.jobs[u, at.NEXT_S] = w, metres, seconds
    else:
        trip[at.METRES] += metres - trip[at.OUT_M]
        trip[at.HEAD], trip[at.OUT_M], trip[at.OUT_S] = w, metres, seconds


@compiled
def time_trip(facts, state, t, left, right):
    """Works a trip out anew after what follows ``left``, and what precedes ``right``, has changed."""
    trip, jobs, count = state.trips[t], state.jobs, facts.near.shape[0]
    v = right
    while v < count:
        u = jobs[v, at.BEFORE]
        step = jobs[u, at.NEXT_S] if u < count else trip[at.OUT_S]
        spent, starts = jobs[u, at.GONE_D] + step, max(jobs[u, at.GONE_E] + step, jobs[v, at.OPENS])
        latest = min(jobs[u, at.START_L], jobs[v, at.CLOSES] - spent)
        jobs[v, at.START_L] = latest if starts <= jobs[v, at.CLOSES] else -at.FAR
        signed = starts + facts.jobs[v, at.SERVICE]
        jobs[v, at.GONE_D], jobs[v, at.GONE_E] = spent + facts.jobs[v, at.SERVICE], signed
        release = max(facts.jobs[v, at.RELEASE], signed - facts.jobs[v, at.FRESH])
        jobs[v, at.NOT_BEFORE] = max(jobs[u, at.NOT_BEFORE], release)
        v = jobs[v, at.AFTER]
    v = left
    while v < count:
        w = jobs[v, at.AFTER]
        step = facts.jobs[v, at.SERVICE] + jobs[v, at.NEXT_S]
        spent = step + jobs[w, at.BACK_D]
        jobs[v, at.BACK_D], jobs[v, at.BACK_E] = spent, max(jobs[w, at.BACK_E], jobs[v, at.OPENS] + spent)
        jobs[v, at.REACH_L] = min(jobs[v, at.CLOSES], jobs[w, at.REACH_L] - step)
        fresh = min(facts.jobs[v, at.FRESH] - facts.jobs[v, at.SERVICE], jobs[w, at.FRESH_D] - step)
        jobs[v, at.FRESH_D] = fresh
        jobs[v, at.FRESH_E] = max(jobs[w, at.FRESH_E], facts.jobs[v, at.RELEASE], jobs[v, at.OPENS] - fresh)
        v = jobs[v, at.BEFORE]
    head, tail = trip[at.HEAD], trip[at.TAIL]
    trip[at.D], trip[at.E] = trip[at.OUT_S] + jobs[head, at.BACK_D], jobs[head, at.BACK_E]
    trip[at.L] = min(jobs[tail, at.START_L], jobs[head, at.REACH_L] - trip[at.OUT_S])
    if trip[at.OUT_S] > jobs[head, at.FRESH_D]:
        trip[at.L] = -at.FAR
    trip[at.LEAVE] = jobs[tail, at.NOT_BEFORE]
    if facts.switches[at.EMPTIES]:
        _time_room(facts, state, t)


@compiled
def _time_room(facts, state, t):
    """Least room (units, grams) up to the way that leaves a job, columns 0 and 1, and from there, 2 and 3."""
    trip, jobs, peak, count = state.trips[t], state.jobs, state.peak, facts.near.shape[0]
    for dim in range(2):
        room = trip[at.LEFT_ROOM + 3 * dim]
        least, v = room, trip[at.HEAD]
        while v < count:
            room += facts.jobs[v, at.NEED + 3 * dim] - facts.jobs[v, at.EMPTY_UNITS + dim]
            least = min(least, room)
            peak[v, dim] = least
            v = jobs[v, at.AFTER]
        least, v = room, trip[at.TAIL]
        while v < count:
            least = min(least, room)
            peak[v, 2 + dim] = least
            room -= facts.jobs[v, at.NEED + 3 * dim] - facts.jobs[v, at.EMPTY_UNITS + dim]
            v = jobs[v, at.BEFORE]


@compiled
def has_room(facts, state, t):
    """Whether a trip's empties fit wherever it drives."""
    trip, count = state.trips[t], facts.near.shape[0]
    if trip[at.HEAD] >= count:
        return True
    return min(state.peak[trip[at.TAIL], 0], state.peak[trip[at.TAIL], 1]) >= 0


@compiled
def time_vehicle(facts, state, k):
    """Works out when a vehicle's trips may leave and must be back, and its cost; whether it can be driven."""
    kind, vehicle, trips = facts.kinds[facts.kind_of[k]], state.vehicles[k], state.trips
    ready, fits = kind[at.SHIFT_START], True
    free, paid = np.int64(-at.FAR), kind[at.FIXED] if vehicle[at.TRIPS] > 0 else 0
    for i in range(vehicle[at.ITEMS]):
        trip = trips[state.chain[k, i]]
        if trip[at.SORT] == at.STARTED:
            ready = facts.started[k, 1]
        trip[at.READY] = ready
        if trip[at.SORT] == at.REST:
            starts = max(free, trip[at.LEAVE])
            fits &= starts <= trip[at.L]
            free = starts + trip[at.D]
            ready = max(ready, free + kind[at.RELOAD])
            continue
        departs = max(ready, trip[at.LEAVE])
        fits &= departs <= trip[at.L]
        free = max(departs + trip[at.D], trip[at.E])
        if trip[at.SORT] == at.DRIVEN:
            departs = max(departs, min(trip[at.L], trip[at.E] - trip[at.D]))
        ready = free + kind[at.RELOAD]
        trip[at.LASTS] = free - departs
        trip[at.COST] = kind[at.PER_TRIP] + kind[at.PER_M] * trip[at.METRES] + kind[at.PER_S] * trip[at.LASTS]
        paid += trip[at.COST]
    fits &= free <= kind[at.SHIFT_END] or vehicle[at.TRIPS] == 0
    vehicle[at.READY_END] = ready
    state.sums[at.NOW] += paid - vehicle[at.PAID]
    vehicle[at.PAID] = paid
    _time_backwards(kind, state, k)
    if kind[at.MOST_OUT] < at.FAR:
        fits &= _time_out(facts, state, k)
    return fits


@compiled
def _time_backwards(kind, state, k):
    free_by = np.int64(at.FAR)
    for i in range(state.vehicles[k, at.ITEMS] - 1, -1, -1):
        trip = state.trips[state.chain[k, i]]
        trip[at.BACK_BY] = min(kind[at.SHIFT_END], free_by)
        if trip[at.SORT] == at.REST:
            free_by = min(trip[at.L], free_by - trip[at.D])
        else:
            free_by = min(trip[at.L], trip[at.BACK_BY] - trip[at.D]) - kind[at.RELOAD]
        trip[at.GAP_BY] = min(kind[at.SHIFT_END], free_by)
        if trip[at.SORT] == at.STARTED:
            trip[at.GAP_BY] = -at.FAR


@compiled
def _time_out(facts, state, k):
    """Works out the chain as a function of the first departure; whether it fits the longest time out."""
    kind, vehicle, trips = facts.kinds[facts.kind_of[k]], state.vehicles[k], state.trips
    reload = kind[at.RELOAD]
    spent, ready, first_by, out, back = 0, -at.FAR, at.FAR, 0, -at.FAR
    for i in range(vehicle[at.ITEMS]):
        trip = trips[state.chain[k, i]]
        trip[at.AHEAD_D], trip[at.AHEAD_E], trip[at.AHEAD_L] = spent, ready, first_by
        if trip[at.SORT] == at.STARTED:
            spent, first_by = -at.FAR, facts.started[k, 2]
            trip[at.AHEAD_D], trip[at.AHEAD_E], trip[at.AHEAD_L] = spent, facts.started[k, 1], first_by
            ready = max(facts.started[k, 1] + trip[at.D], trip[at.E]) + reload
            back = ready - reload
        elif trip[at.SORT] == at.DRIVEN:
            first_by = min(first_by, trip[at.L] - spent)
            back = max(max(ready, trip[at.LEAVE]) + trip[at.D], trip[at.E])
            out = spent + trip[at.D]
            ready, spent = back + reload, out + reload
        elif first_by < at.FAR:
            first_by = min(first_by, trip[at.L] - spent + reload)
            ready = max(ready, trip[at.LEAVE] + reload) + trip[at.D]
            spent += trip[at.D]
    vehicle[at.END_D], vehicle[at.END_E], vehicle[at.END_L] = spent, ready, first_by
    behind_d, behind_e, behind = 0, -at.FAR, False
    for i in range(vehicle[at.ITEMS] - 1, -1, -1):
        trip = trips[state.chain[k, i]]
        trip[at.BEHIND_D], trip[at.BEHIND_E] = behind_d, behind_e
        if trip[at.SORT] != at.REST:
            ends = max(trip[at.E], trip[at.LEAVE] + trip[at.D]) + behind_d
            behind_d, behind_e, behind = behind_d + trip[at.D] + reload, max(behind_e, ends), True
        elif behind:
            behind_e = max(behind_e, trip[at.LEAVE] + trip[at.D] + behind_d)
            behind_d += trip[at.D]
        trip[at.GAP_D], trip[at.GAP_E] = behind_d, behind_e
    return back == -at.FAR or max(out, back - first_by) <= kind[at.MOST_OUT]
