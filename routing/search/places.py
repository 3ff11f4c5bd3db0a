"""Places: the cheapest place for a job, in a trip that is driven or in a new one."""

import math

import numpy as np

from routing.search import layout as at
from routing.search.compiled import below, built_in, compiled, part_of_one

NEVER = 1 << 60
ANY_GAP = 0.3  # part of the new trips put into any gap that fits, not into the tightest


@built_in
def _blinks(facts, state):
    state.sums[at.SKIP] -= 1
    if state.sums[at.SKIP] > 0:
        return False
    state.sums[at.SKIP] = int(math.log(part_of_one(state.random)) / math.log(1.0 - facts.dials[at.BLINK])) + 1
    return True


@compiled
def _may_join(facts, trip, c):
    """Whether a job may stand in a trip at all."""
    if trip[at.SORT] != at.DRIVEN or not facts.allowed[c, trip[at.OF_KIND]]:
        return False
    fits = True
    for room in range(at.ROOMS):
        fits &= facts.jobs[c, at.NEED + room] <= trip[at.LEFT_ROOM + room]
    return fits


@built_in
def _in_time(facts, jobs, trip, row, c, u, w, opens, closes):
    """Whether a job fits between two others where only windows, releases and the vehicle's trips bind."""
    job = facts.jobs[c]
    departs = max(trip[at.READY], trip[at.LEAVE], job[at.RELEASE])
    if departs > jobs[u, at.START_L]:
        return False
    starts = max(max(departs + jobs[u, at.GONE_D], jobs[u, at.GONE_E]) + row[u, at.BY_S], opens)
    if starts > closes:
        return False
    there = starts + job[at.SERVICE] + row[w, at.TO_S]
    return there <= jobs[w, at.REACH_L] and there + jobs[w, at.BACK_D] <= trip[at.BACK_BY]


@compiled
def _has_room_on_the_way(facts, state, trip, c, u, w):
    """Whether the boxes of a job fit on the way to it, and its empties on the way from it."""
    count = facts.near.shape[0]
    for dim in range(2):
        room = trip[at.LEFT_ROOM + 3 * dim]
        to = state.peak[u, dim] if u < count else room
        if u < count:
            back = state.peak[u, 2 + dim]
        else:
            back = min(room, state.peak[w, 2 + dim]) if w < count else room
        if facts.jobs[c, at.NEED + 3 * dim] > to or facts.jobs[c, at.EMPTY_UNITS + dim] > back:
            return False
    return True


@compiled
def _time_cost(facts, state, trip, row, c, u, w, opens, closes):
    """What a trip's time costs more with a job between two others; `NEVER` where it does not fit."""
    jobs, job, kind = state.jobs, facts.jobs[c], facts.kinds[trip[at.OF_KIND]]
    service = job[at.SERVICE]
    arrives_d, starts_e = (
        jobs[u, at.GONE_D] + row[u, at.BY_S],
        max(jobs[u, at.GONE_E] + row[u, at.BY_S], opens),
    )
    on = service + row[w, at.TO_S]
    next_d, next_e = arrives_d + on, starts_e + on
    if starts_e > closes or next_e > jobs[w, at.REACH_L]:
        return NEVER
    if arrives_d + service > job[at.FRESH] or next_d > jobs[w, at.FRESH_D]:
        return NEVER
    leave = max(jobs[u, at.NOT_BEFORE], job[at.RELEASE], starts_e + service - job[at.FRESH])
    leave = max(leave, jobs[w, at.FRESH_E], next_e - jobs[w, at.FRESH_D])
    by = min(jobs[u, at.START_L], closes - arrives_d, jobs[w, at.REACH_L] - next_d)
    departs = max(leave, trip[at.READY])
    spent, back_e = next_d + jobs[w, at.BACK_D], max(next_e + jobs[w, at.BACK_D], jobs[w, at.BACK_E])
    back = max(departs + spent, back_e)
    if departs > by or back > trip[at.BACK_BY]:
        return NEVER
    if kind[at.MOST_OUT] < at.FAR and not _out_in_time(
        kind, trip[at.AHEAD_D], trip[at.AHEAD_E], trip[at.AHEAD_L], trip[at.BEHIND_D], trip[at.BEHIND_E],
        leave, spent, back_e, by,
    ):  # fmt: skip
        return NEVER
    if facts.switches[at.EMPTIES] and not _has_room_on_the_way(facts, state, trip, c, u, w):
        return NEVER
    if trip[at.SORT] == at.DRIVEN:
        departs = max(departs, min(by, back_e - spent))
    return kind[at.PER_S] * (back - departs - trip[at.LASTS])


@built_in
def _out_in_time(kind, ahead_d, ahead_e, ahead_l, behind_d, behind_e, leave, spent, back_e, by):
    """Whether a vehicle's day is short enough with a trip between those ahead and those behind."""
    first_by = min(ahead_l, by - ahead_d)
    back = max(max(ahead_e, leave) + spent, back_e)
    ends = max(back + behind_d, behind_e)
    return max(ahead_d + spent + behind_d, ends - first_by) <= kind[at.MOST_OUT]


@built_in
def _try(facts, state, c, t, u, w, leg_m, best):
    """Tries a job between two others of a trip; gives the best cost known, and keeps the place if best."""
    trip, jobs = state.trips[t], state.jobs
    kind, job = trip[at.OF_KIND], facts.jobs[c]
    row = facts.ways[facts.kinds[kind, at.PACE], c]
    cost = facts.kinds[kind, at.PER_M] * (np.int64(row[u, at.BY_M]) + row[w, at.TO_M] - leg_m)
    if cost >= best or _blinks(facts, state):
        return best
    for window in range(job[at.WINDOW], job[at.WINDOW] + job[at.WINDOWS]):
        opens, closes = facts.windows[window, 0], facts.windows[window, 1]
        extra = 0
        if facts.switches[at.RICH]:
            extra = _time_cost(facts, state, trip, row, c, u, w, opens, closes)
        elif not _in_time(facts, jobs, trip, row, c, u, w, opens, closes):
            continue
        if cost + extra < best:
            best = cost + extra
            state.found[at.FOUND_TRIP], state.found[at.FOUND_BEHIND] = t, u
            state.found[at.FOUND_WINDOW] = window
    return best


@compiled
def _scan(facts, state, c, t, best):
    """The best cost of all places in a trip."""
    trip, jobs, count = state.trips[t], state.jobs, facts.near.shape[0]
    u, w, leg_m = trip[at.START], trip[at.HEAD], trip[at.OUT_M]
    while True:
        best = _try(facts, state, c, t, u, w, leg_m, best)
        if w >= count:
            return best
        u, leg_m = w, np.int64(jobs[w, at.NEXT_M])
        w = np.int64(jobs[u, at.AFTER])


@compiled
def _beside_near(facts, state, c, best):
    """The best cost beside the job's neighbours."""
    jobs, trips, count = state.jobs, state.trips, facts.near.shape[0]
    for n in range(min(facts.near.shape[1], int(facts.dials[at.BESIDE]))):
        v = np.int64(facts.near[c, n])
        if v < 0:
            break
        t = jobs[v, at.TRIP]
        if t < 0 or not _may_join(facts, trips[t], c):
            continue
        best = _try(facts, state, c, t, v, np.int64(jobs[v, at.AFTER]), np.int64(jobs[v, at.NEXT_M]), best)
        u = np.int64(jobs[v, at.BEFORE])
        leg_m = np.int64(jobs[u, at.NEXT_M]) if u < count else trips[t, at.OUT_M]
        best = _try(facts, state, c, t, u, v, leg_m, best)
    return best


@compiled
def _in_all_trips(facts, state, c, best):
    for k in range(facts.kind_of.shape[0]):
        for i in range(state.vehicles[k, at.ITEMS]):
            t = state.chain[k, i]
            if _may_join(facts, state.trips[t], c):
                best = _scan(facts, state, c, t, best)
    return best


@compiled
def _gap_cost(facts, state, k, i, c, window):
    """Slack of a gap for a job's own trip there (-1 where it does not fit), and the trip's seconds."""
    kind, vehicle, job = facts.kinds[facts.kind_of[k]], state.vehicles[k], facts.jobs[c]
    ready, by = vehicle[at.READY_END] if vehicle[at.ITEMS] else kind[at.SHIFT_START], kind[at.SHIFT_END]
    if i < vehicle[at.ITEMS]:
        ready, by = state.trips[state.chain[k, i], at.READY], state.trips[state.chain[k, i], at.GAP_BY]
    row, depot = facts.ways[kind[at.PACE], c], facts.near.shape[0] + kind[at.DEPOT]
    out_s, service, home_s = (
        np.int64(row[depot, at.BY_S]),
        np.int64(job[at.SERVICE]),
        np.int64(row[depot, at.TO_S]),
    )
    opens, closes = facts.windows[window, 0], facts.windows[window, 1]
    spent, leave = out_s + service + home_s, max(job[at.RELEASE], opens + service - job[at.FRESH])
    departs = max(ready, leave)
    back_e, leave_by = opens + service + home_s, closes - out_s
    back = max(departs + spent, back_e)
    if departs > leave_by or back > by or out_s + service > job[at.FRESH]:
        return -1, 0
    if kind[at.MOST_OUT] < at.FAR:
        ahead_d, ahead_e, ahead_l, behind_d, behind_e = 0, -at.FAR, at.FAR, 0, -at.FAR
        if i < vehicle[at.ITEMS]:
            follower = state.trips[state.chain[k, i]]
            ahead_d, ahead_e, ahead_l = follower[at.AHEAD_D], follower[at.AHEAD_E], follower[at.AHEAD_L]
            behind_d, behind_e = follower[at.GAP_D], follower[at.GAP_E]
        elif vehicle[at.ITEMS]:
            ahead_d, ahead_e, ahead_l = vehicle[at.END_D], vehicle[at.END_E], vehicle[at.END_L]
        if not _out_in_time(
            kind, ahead_d, ahead_e, ahead_l, behind_d, behind_e, leave, spent, back_e, leave_by
        ):
            return -1, 0
    return by - ready, back - max(departs, min(leave_by, back_e - spent))


@compiled
def _in_new_trip(facts, state, c, best):
    """The best cost of a trip of its own: between trips of a vehicle, or in the first idle one of a kind."""
    job, count, tightest = facts.jobs[c], facts.near.shape[0], NEVER
    for number in range(facts.kinds.shape[0]):
        kind = facts.kinds[number]
        if not facts.allowed[c, number]:
            continue
        row, depot = facts.ways[kind[at.PACE], c], count + kind[at.DEPOT]
        drive = kind[at.PER_M] * (np.int64(row[depot, at.BY_M]) + row[depot, at.TO_M]) + kind[at.PER_TRIP]
        if drive > best or row[depot, at.BY_S] >= at.FAR or row[depot, at.TO_S] >= at.FAR:
            continue
        idle, turn = False, below(state.random, kind[at.COUNT])
        for place in range(kind[at.COUNT]):
            k = kind[at.FIRST] + (place + turn) % kind[at.COUNT]
            vehicle = state.vehicles[k]
            if vehicle[at.TRIPS] >= kind[at.MOST_TRIPS]:
                continue
            starts = drive
            if vehicle[at.TRIPS] == 0:
                if idle and vehicle[at.ITEMS] == 0:
                    continue
                idle, starts = idle or vehicle[at.ITEMS] == 0, drive + kind[at.FIXED]
            for i in range(vehicle[at.ITEMS] + 1):
                for window in range(job[at.WINDOW], job[at.WINDOW] + job[at.WINDOWS]):
                    slack, lasts = _gap_cost(facts, state, k, i, c, window)
                    cost = starts + kind[at.PER_S] * lasts
                    if slack < 0 or cost > best or (cost == best and tightest == NEVER):
                        continue
                    if vehicle[at.ITEMS] and part_of_one(state.random) < ANY_GAP:
                        slack = below(state.random, at.LATEST)
                    if cost < best or slack < tightest:
                        best, tightest = cost, slack
                        state.found[at.FOUND_TRIP], state.found[at.FOUND_WINDOW] = at.NEW_TRIP, window
                        state.found[at.FOUND_VEHICLE], state.found[at.FOUND_ITEM] = k, i
    return best


@compiled
def find_place(facts, state, c):
    """
    The cheapest place for a job that stands nowhere, kept in ``state.found``.

    Returns
    -------
    int
        What it costs more, mills; `NEVER` where there is no place.
    """
    vehicle = facts.jobs[c, at.BOUND]
    if vehicle >= 0:
        return _scan(facts, state, c, state.chain[vehicle, 0], NEVER)
    best = NEVER
    if facts.switches[at.NEAR_ONLY]:
        best = _beside_near(facts, state, c, best)
        best = _in_new_trip(facts, state, c, best)
        if best < NEVER:
            return best
    best = _in_all_trips(facts, state, c, best)
    return _in_new_trip(facts, state, c, best)


@compiled
def fits_behind(facts, state, c, t):
    """The first window in which a job fits behind the last of a trip, or -1."""
    trip, job = state.trips[t], facts.jobs[c]
    if job[at.BOUND] < 0 and not _may_join(facts, trip, c):
        return np.int64(-1)
    row = facts.ways[facts.kinds[trip[at.OF_KIND], at.PACE], c]
    u, home = trip[at.TAIL], facts.near.shape[0] + facts.kinds[trip[at.OF_KIND], at.DEPOT]
    for window in range(job[at.WINDOW], job[at.WINDOW] + job[at.WINDOWS]):
        opens, closes = facts.windows[window, 0], facts.windows[window, 1]
        if _time_cost(facts, state, trip, row, c, u, home, opens, closes) < NEVER:
            return np.int64(window)
    return np.int64(-1)


@compiled
def fits_gap(facts, state, k, i, c):
    """The first window in which a job fits as a trip of its own before the i-th item of a vehicle, or -1."""
    job, number = facts.jobs[c], facts.kind_of[k]
    fits = facts.allowed[c, number] and state.vehicles[k, at.TRIPS] < facts.kinds[number, at.MOST_TRIPS]
    for window in range(job[at.WINDOW], job[at.WINDOW] + job[at.WINDOWS]):
        if fits and _gap_cost(facts, state, k, i, c, window)[0] >= 0:
            return np.int64(window)
    return np.int64(-1)
