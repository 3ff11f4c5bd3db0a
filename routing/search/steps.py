"""Steps: the compiled loop that ruins and builds anew, and keeps the best."""

import math
from typing import Any

import numpy as np
from numba import njit

from routing.search import compiled as how
from routing.search import layout as at
from routing.search import load as load_module
from routing.search import moves, places, ruin, swaps, times
from routing.search.compiled import HOW, compiled, part_of_one, stamp_of
from routing.search.load import empty, load
from routing.search.moves import begin, go_back, place_found
from routing.search.places import find_place
from routing.search.ruin import queue
from routing.search.ruin import ruin as take_some_out
from routing.search.swaps import change_kinds, swap_tails

GROWS = 64  # a job left out raises its price by this part of it


@compiled
def penalty(facts, state):
    """What the absent cost at their present prices."""
    cost = np.int64(0)
    for n in range(state.sums[at.ABSENT]):
        cost += facts.price[state.absent[n]] + state.missed[state.absent[n]]
    return cost


@compiled
def _listed_price(facts, state):
    cost = np.int64(0)
    for n in range(state.sums[at.ABSENT]):
        cost += facts.price[state.absent[n]]
    return cost


@compiled
def keep_best(facts, state):
    """Keeps the answer when none was better."""
    cost = state.sums[at.NOW] + _listed_price(facts, state)
    if cost >= state.sums[at.BEST]:
        return
    state.sums[at.BEST], state.sums[at.BEST_ABSENT] = cost, state.sums[at.ABSENT]
    state.sums[at.IMPROVED] += 1
    for v in range(facts.near.shape[0]):
        state.best_after[v], state.best_opens[v] = state.jobs[v, at.AFTER], state.jobs[v, at.OPENS]
    for k in range(facts.kind_of.shape[0]):
        state.best_items[k] = state.vehicles[k, at.ITEMS]
        for i in range(state.vehicles[k, at.ITEMS]):
            t = state.chain[k, i]
            state.best_chain[k, i], state.best_head[t] = t, state.trips[t, at.HEAD]
            if state.trips[t, at.SORT] == at.REST:
                state.best_head[t] = -1


@compiled
def rebuild(facts, state, limit, kept):
    """Looks for a place for the absent; whether the cost stayed below the limit."""
    waiting = queue(facts, state, kept)
    total = state.sums[at.ABSENT]
    mark, turn = state.marks[4], state.sums[at.TURN]
    left_price = penalty(facts, state)
    for n in range(waiting):
        left_price -= facts.price[state.order[n]] + state.missed[state.order[n]]
    for n in range(waiting):
        c = state.order[n]
        price = facts.price[c] + state.missed[c]
        if find_place(facts, state, c) < price:
            place_found(facts, state, c)
            mark[c] = turn
        else:
            left_price += price
        if state.sums[at.NOW] + left_price >= limit:
            break
    stays = np.int64(0)
    for n in range(total):
        c = state.absent[n]
        if mark[c] != turn:
            state.absent[stays] = c
            stays += 1
    state.sums[at.ABSENT] = stays
    return state.sums[at.NOW] + left_price < limit


@compiled
def _grow(facts, state):
    for n in range(state.sums[at.ABSENT]):
        c = state.absent[n]
        state.missed[c] += facts.price[c] // GROWS


def _entries(most_steps: int) -> tuple[Any, Any]:
    """What Python calls; the most steps in a call are a constant that changes with the code: `stamp_of`."""

    @njit(**HOW)
    def run(facts, state, steps, heat):
        for _ in range(min(steps, most_steps)):
            begin(state)
            state.sums[at.ITERATIONS] += 1
            kept, old = state.sums[at.ABSENT], state.sums[at.NOW] + penalty(facts, state)
            if facts.switches[at.MANY_TRIPS] and part_of_one(state.random) < facts.dials[at.SWAP]:
                swap_tails(facts, state)
            if facts.switches[at.MIXED] and part_of_one(state.random) < facts.dials[at.CHANGE]:
                change_kinds(facts, state)
            take_some_out(facts, state)
            limit = old - int(heat * math.log(part_of_one(state.random)))
            if rebuild(facts, state, limit, kept) and state.sums[at.BROKEN] == 0:
                state.sums[at.ACCEPTED] += 1
                keep_best(facts, state)
            else:
                go_back(facts, state)
            _grow(facts, state)

    @njit(**HOW)
    def start(facts, state, jobs, vehicles, ends):
        empty(facts, state)
        if vehicles.shape[0] < most_steps:
            load(facts, state, jobs, vehicles, ends)
        keep_best(facts, state)

    return run, start


run, start = _entries((1 << 40) + stamp_of(at, how, load_module, moves, places, ruin, swaps, times))
