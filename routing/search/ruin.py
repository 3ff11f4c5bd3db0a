"""Ruin: which jobs leave their trips, and in which order the absent look for a place again."""

from routing.search import layout as at
from routing.search.compiled import below, compiled, part_of_one
from routing.search.moves import take_string, take_trip

SPLIT = 0.5  # part of the strings in whose middle jobs stay
STAY_MORE = 0.99  # chance that one more job stays there
AT_ONCE = 20  # jobs left out earlier that a step tries again
MISSED_FIRST = 0.3  # part of the steps in which those that were left out most often come first


@compiled
def ruin(facts, state):
    """Takes strings of jobs out of trips that pass near a job, sometimes a whole vehicle's."""
    count = facts.near.shape[0]
    if state.sums[at.TRIPS_DRIVEN] == 0 or state.sums[at.ABSENT] == count:
        return
    present = count - state.sums[at.ABSENT]
    longest = min(facts.dials[at.LONGEST], present / state.sums[at.TRIPS_DRIVEN])
    strings = int(part_of_one(state.random) * (4.0 * facts.dials[at.MEAN_OUT] / (1.0 + longest) - 1.0) + 1.0)
    seed, turn = below(state.random, count), state.sums[at.TURN]
    whole = facts.switches[at.MANY_TRIPS] and part_of_one(state.random) < facts.dials[at.WHOLE]
    if whole and state.jobs[seed, at.TRIP] >= 0:
        _empty_vehicle(facts, state, state.trips[state.jobs[seed, at.TRIP], at.OWNER])
        strings = max(strings, 2)
    for n in range(-1, facts.near.shape[1]):
        c = seed if n < 0 else facts.near[seed, n]
        if c < 0 or strings == 0:
            break
        t = state.jobs[c, at.TRIP]
        if t < 0 or state.marks[3, t] == turn:
            continue
        state.marks[3, t] = turn
        strings -= 1
        length = state.trips[t, at.LENGTH]
        size = min(length, int(part_of_one(state.random) * min(float(length), longest) + 1.0))
        spared = 0
        if 1 < size < length and part_of_one(state.random) < SPLIT:
            spared = 1
            while size + spared < length and part_of_one(state.random) < STAY_MORE:
                spared += 1
        take_string(facts, state, c, size, spared)


@compiled
def _empty_vehicle(facts, state, k):
    for i in range(state.vehicles[k, at.ITEMS] - 1, -1, -1):
        t = state.chain[k, i]
        if state.trips[t, at.SORT] == at.DRIVEN:
            state.marks[3, t] = state.sums[at.TURN]
            take_trip(facts, state, t)


@compiled
def queue(facts, state, kept):
    """
    Sorts the absent by a key drawn anew, and gives how many of them are to be tried.

    Parameters
    ----------
    facts, state
        Of the search.
    kept
        How many were absent before the step; of many, only some are tried again, the first in the list.
    """
    order, keys, waiting = state.order, state.keys, 0
    kind = below(state.random, 20)
    missed = kept > 0 and part_of_one(state.random) < MISSED_FIRST
    for n in range(state.sums[at.ABSENT]):
        c = state.absent[n]
        if n < kept and kept > AT_ONCE and below(state.random, kept) >= AT_ONCE:
            continue
        keys[waiting] = -float(state.missed[c]) if missed else _key(facts, state, c, kind)
        order[waiting] = c
        waiting += 1
    for n in range(1, waiting):
        key, c, place = keys[n], order[n], n - 1
        while place >= 0 and keys[place] > key:
            keys[place + 1], order[place + 1] = keys[place], order[place]
            place -= 1
        keys[place + 1], order[place + 1] = key, c
    return waiting


@compiled
def _key(facts, state, c, kind):
    job = facts.jobs[c]
    if kind < 5:
        return part_of_one(state.random)
    if kind < 9:
        return -float(job[at.SIZE])
    if kind < 11:
        return -float(job[at.AWAY])
    if kind < 12:
        return float(job[at.AWAY])
    if kind < 14:
        return float(job[at.CLOSE] - job[at.OPEN])
    if kind < 16:
        return float(job[at.OPEN])
    if kind < 18:
        return -float(job[at.CLOSE])
    return float(job[at.RELEASE])
