"""Compiled local search: changes dishes of menus while it cools down; repeatable by its seed and moves."""

import numpy as np
from numba import njit

from kitchen.menu_numbers import Bits, Ints
from kitchen.menu_state import EMPTY, Facts, State, edits_of, empty_state

RASH = 16  # one move in so many may break a rule on its way


def warm() -> None:
    """Compiles the search, which is kept beside this file for later runs."""
    one = np.zeros(1, dtype=np.int64)
    two, three = one.reshape(1, 1), one.reshape(1, 1, 1)
    facts = Facts(
        allowed=np.ones((1, 1, 1), dtype=np.bool_),
        pinned=np.zeros((1, 1, 1), dtype=np.bool_),
        may_be_empty=np.zeros((1, 1), dtype=np.bool_),
        closed=np.zeros((1, 1), dtype=np.bool_),
        place_category=one,
        of_category=two,
        in_category=one + 1,
        category=one,
        windows=two,
        week=one,
        rows=three,
        limits=two,
        row_price=np.ones((1, 1)),
        food=two,
        parts=three,
        prices=two,
        aims=one,
        cook=np.zeros((1, 2), dtype=np.int64),
        minutes=np.zeros((1, 2), dtype=np.int64),
        kind=one,
        capacity=one,
        alike=two,
        most_alike=one + 1,
        kinds=two,
        kinds_least=one,
        kinds_price=two,
        kinds_bind=False,
    )
    start(facts, np.zeros((1, 1, 1), dtype=np.bool_), 1)


def start(facts: Facts, served: Bits, seed: int) -> State:
    """A state with the dishes of (D, L, I); where a place must not be empty, with any dish that may stand."""
    state = empty_state(facts, seed)
    days, lines = facts.allowed.shape[:2]
    edits = [edit for d, line in np.ndindex(days, lines) for edit in edits_of(facts, served, d, line)]
    wanted = np.array(edits, dtype=np.int64).reshape(-1, 4)
    _anneal(facts, state, state.plan.copy(), 0.0, 0.0, 1.0, 0, wanted)
    return state


def anneal(
    facts: Facts, state: State, best: Ints, best_cost: float, *, heat: float, weight: float, moves: int
) -> tuple[float, float]:
    """
    Tries moves at one temperature.

    Parameters
    ----------
    facts, state
        What is searched; the state is changed.
    best
        (D, L, P), the best plan that breaks no rule so far; overwritten by a better one.
    best_cost
        What it costs, thousandths of a fen.
    heat
        Loss that is accepted with odds of 1 to e, thousandths of a fen.
    weight
        Price of a broken rule.
    moves
        How many.

    Returns
    -------
    tuple[float, float]
        Cost of the best plan, and of the plan the search stands at.
    """
    nothing = np.empty((0, 4), dtype=np.int64)
    return _anneal(facts, state, best, best_cost, heat, weight, moves, nothing)  # type: ignore[no-any-return]


def price(facts: Facts, state: State) -> float:
    """What a state costs that breaks no rule, thousandths of a fen."""
    nothing = np.empty((0, 4), dtype=np.int64)
    return float(_anneal(facts, state, state.plan.copy(), 0.0, 0.0, 1.0, 0, nothing)[1])


@njit(cache=True, nogil=True, inline="always")
def _random(random):
    value = random[0]
    value ^= value << np.uint64(13)
    value ^= value >> np.uint64(7)
    value ^= value << np.uint64(17)
    random[0] = value
    return value


@njit(cache=True, nogil=True)
def _below(random, limit):
    return np.int64((_random(random) >> np.uint64(33)) % np.uint64(limit))


@njit(cache=True, nogil=True)
def _crowded(days):
    count = 0
    while days != 0:
        days &= days - 1
        count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _turn(facts, state, weight, d, line, i, sign):
    """Puts a dish on a line's day (sign 1) or takes it off (-1); gives the cost, sums of rows apart."""
    week, bit = facts.week[d], np.int64(1) << np.int64(line)
    before = state.lines[d, i]
    after = before ^ bit
    cost = float(sign * facts.food[line, i] + facts.cook[i, after] - facts.cook[i, before])
    broken = 0
    state.lines[d, i] = after
    kind = facts.kind[i]
    over = max(0, state.taken[d, kind] - facts.capacity[kind])
    state.taken[d, kind] += facts.minutes[i, after] - facts.minutes[i, before]
    now = max(0, state.taken[d, kind] - facts.capacity[kind])
    cost += weight * 0.05 * (now - over)
    broken += (now > 0) - (over > 0)
    day = np.int64(1) << np.int64(d)
    state.days_of[line, i] = (state.days_of[line, i] & ~day) | (day if sign > 0 else np.int64(0))
    near = _crowded(state.days_of[line, i] & facts.windows[i, d])
    cost += weight * sign * near
    broken += sign * near
    for what in range(facts.alike.shape[1]):
        number = facts.alike[i, what]
        if number < 0:
            break
        most = facts.most_alike[number]
        had = max(0, state.alike[d, line, number] - most)
        state.alike[d, line, number] += sign
        has = max(0, state.alike[d, line, number] - most)
        cost += weight * (has - had)
        broken += has - had
    for n in range(facts.prices.shape[1]):
        price = facts.prices[line, n]
        if price:
            had = max(0, facts.aims[week] - state.held[week, line, n])
            state.held[week, line, n] += sign * facts.parts[line, n, i]
            cost += float(price) * (max(0, facts.aims[week] - state.held[week, line, n]) - had)
    if facts.kinds_least[week] > 0:
        count = state.kind_count[week, line]
        for k in range(facts.kinds.shape[1]):
            number = facts.kinds[i, k]
            if number < 0:
                break
            if sign > 0 and state.kinds[week, line, number] == 0:
                state.kind_count[week, line] += 1
            state.kinds[week, line, number] += sign
            if sign < 0 and state.kinds[week, line, number] == 0:
                state.kind_count[week, line] -= 1
        lacked = max(0, facts.kinds_least[week] - count)
        lacks = max(0, facts.kinds_least[week] - state.kind_count[week, line])
        if facts.kinds_bind:
            cost += weight * (lacks - lacked)
            broken += (lacks > 0) - (lacked > 0)
        else:
            cost += float(facts.kinds_price[line, week] * (lacks - lacked))
    state.broken[0] += broken
    return cost


@njit(cache=True, nogil=True, inline="always")
def _turn_rows(facts, state, weight, d, line, old, new):
    """The sums of a line's day when one dish gives way to another; gives what rules broken by that cost."""
    cost = 0.0
    for h in range(facts.limits.shape[1]):
        difference = np.int64(0)
        if new >= 0:
            difference += facts.rows[line, h, new]
        if old >= 0:
            difference -= facts.rows[line, h, old]
        over = max(0, state.row_sums[d, line, h] - facts.limits[line, h])
        state.row_sums[d, line, h] += difference
        now = max(0, state.row_sums[d, line, h] - facts.limits[line, h])
        if now != over:
            sign = (now > 0) - (over > 0)
            cost += weight * (facts.row_price[line, h] * (now - over) + 0.3 * sign)
            state.broken[0] += sign
    return cost


@njit(cache=True, nogil=True, inline="always")
def _fits(facts, state, d, line, place, new):
    """Whether a dish may take a place, its neighbours in the set apart from their sums."""
    old = state.plan[d, line, place]
    if old >= 0 and facts.pinned[d, line, old]:
        return False
    if new < 0:
        return facts.may_be_empty[d, place]
    if facts.closed[d, place] or not facts.allowed[d, line, new]:
        return False
    fits = True
    for other in range(state.plan.shape[2]):
        fits &= other == place or state.plan[d, line, other] != new
    return fits


@njit(cache=True, nogil=True, inline="always")
def _spoils(facts, state, d, line, place, new):
    """Whether a dish in a place would break a rule of its line that is kept now, equipment apart."""
    old = state.plan[d, line, place]
    for h in range(facts.limits.shape[1]):
        after = state.row_sums[d, line, h]
        if old >= 0:
            after -= facts.rows[line, h, old]
        if new >= 0:
            after += facts.rows[line, h, new]
        if after > facts.limits[line, h]:
            return True
    if new >= 0:
        if state.days_of[line, new] & facts.windows[new, d]:
            return True
        for what in range(facts.alike.shape[1]):
            number = facts.alike[new, what]
            if number < 0:
                break
            count = state.alike[d, line, number] + 1
            if old >= 0:
                for other in range(facts.alike.shape[1]):
                    count -= facts.alike[old, other] == number
            if count > facts.most_alike[number]:
                return True
    return False


@njit(cache=True, nogil=True, inline="always")
def _propose(facts, state, edits):
    """Fills in a random move, one edit for each place and line that it touches; gives how many."""
    days, lines, places = state.plan.shape
    random = state.random
    d, place, choice = _below(random, days), _below(random, places), _below(random, 100)
    count = 0
    if choice < 12 and days > 1:
        other = (d + 1 + _below(random, days - 1)) % days
        first = 0 if choice < 3 else place
        last = places if choice < 3 else place + 1
        for line in range(lines):
            for own in range(first, last):
                edits[count] = d, line, own, state.plan[other, line, own]
                edits[count + 1] = other, line, own, state.plan[d, line, own]
                count += 2
    else:
        category = facts.place_category[place]
        new = facts.of_category[category, _below(random, facts.in_category[category])]
        if facts.may_be_empty[d, place] and _below(random, 3) == 0:
            new = np.int64(EMPTY)
        who = np.int64(1) << _below(random, lines)
        if choice < 25:
            new = state.plan[d, _below(random, lines), place]
        elif choice >= 80:
            who = (np.int64(1) << np.int64(lines)) - 1
        elif choice >= 45:
            old = state.plan[d, _below(random, lines), place]
            who = np.int64(0)
            for line in range(lines):
                if state.plan[d, line, place] == old:
                    who |= np.int64(1) << np.int64(line)
        careful = state.broken[0] == 0 and _below(random, RASH) != 0
        for line in range(lines):
            if (who >> line) & 1:
                changes = careful and state.plan[d, line, place] != new
                if changes and _spoils(facts, state, d, line, place, new):
                    return 0
                edits[count] = d, line, place, new
                count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _price_of(facts, state, weight):
    """The whole cost of a plan, penalties of broken rules included."""
    days, lines, places = state.plan.shape
    cost = 0.0
    for d in range(days):
        for i in range(facts.category.shape[0]):
            cost += float(facts.cook[i, state.lines[d, i]])
        for k in range(facts.capacity.shape[0]):
            cost += weight * 0.05 * max(0, state.taken[d, k] - facts.capacity[k])
        for line in range(lines):
            for place in range(places):
                i = state.plan[d, line, place]
                if i >= 0:
                    cost += float(facts.food[line, i])
                    cost += weight * 0.5 * _crowded(state.days_of[line, i] & facts.windows[i, d])
            for h in range(facts.limits.shape[1]):
                over = max(0, state.row_sums[d, line, h] - facts.limits[line, h])
                cost += weight * (facts.row_price[line, h] * over + 0.3 * (over > 0))
            for number in range(state.alike.shape[2]):
                cost += weight * max(0, state.alike[d, line, number] - facts.most_alike[number])
    for week in range(facts.aims.shape[0]):
        for line in range(lines):
            for n in range(facts.prices.shape[1]):
                cost += float(facts.prices[line, n]) * max(0, facts.aims[week] - state.held[week, line, n])
            lacking = max(0, facts.kinds_least[week] - state.kind_count[week, line])
            cost += weight * lacking if facts.kinds_bind else float(facts.kinds_price[line, week] * lacking)
    return cost


@njit(cache=True, nogil=True)
def _anneal(facts, state, best, best_cost, heat, weight, moves, wanted):
    """Makes the edits wanted, then random moves; each function above is built in here once, for speed."""
    cost = _price_of(facts, state, weight)
    lines, places = state.plan.shape[1:]
    edits = np.empty((2 * lines * places + 2, 4), dtype=np.int64)
    olds = np.empty(2 * lines * places + 2, dtype=np.int64)
    for step in range(-wanted.shape[0], moves):
        if step < 0:
            edits[0] = wanted[-step - 1]
            count = 1
        else:
            count = _propose(facts, state, edits)
        extra, touched, possible, e = 0.0, 0, True, 0
        undoing = False
        while True:
            if not undoing and e == count:
                if touched == 0:
                    break
                wins = possible and (step < 0 or extra <= 0.0)
                if possible and not wins and heat > 0.0 and extra < 30.0 * heat:
                    chance = float(_random(state.random) >> np.uint64(11)) / 9007199254740992.0
                    wins = chance < np.exp(-extra / heat)
                if wins:
                    cost += extra
                    break
                undoing = True
            if undoing and e == 0:
                break
            if undoing:
                e -= 1
            d, line, place, new = edits[e]
            old = state.plan[d, line, place]
            if undoing:
                new = olds[e]
            else:
                olds[e] = old
                e += 1
                if old != new and not _fits(facts, state, d, line, place, new):
                    if count > lines:
                        possible = False
                        count = e - 1
                        e = count
                    else:
                        edits[e - 1, 3] = old
                    continue
                touched += old != new
            if old != new:
                for turn in range(2):
                    i, sign = (old, -1) if turn == 0 else (new, 1)
                    if i >= 0:
                        extra += _turn(facts, state, weight, d, line, i, sign)
                extra += _turn_rows(facts, state, weight, d, line, old, new)
                state.plan[d, line, place] = new
        if state.broken[0] == 0 and cost < best_cost - 1.0:
            best_cost = cost
            best[:] = state.plan
    return best_cost, cost
