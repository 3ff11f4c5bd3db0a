"""What the search of menus compiles: moves, what they cost, and which are taken. `menu_search` calls it."""

from typing import Any

import numpy as np
from numba import njit

from kitchen.menu_state import EMPTY

RASH = 16  # one move in so many may break a rule on its way
SWAPS = 12  # moves in a hundred that change days about, one in four of them with all their places

# Without numba's counts of references (`_nrt`), which cost ten times what the sums do; nothing here may make
# an array. All in one file: numba does not see when what it built in from another file changes.
HOW: Any = {"cache": True, "nogil": True, "_nrt": False}
compiled, built_in = njit(**HOW), njit(inline="always", **HOW)


@built_in
def _random(random):
    value = random[0]
    value ^= value << np.uint64(13)
    value ^= value >> np.uint64(7)
    value ^= value << np.uint64(17)
    random[0] = value
    return value


@compiled
def _below(random, limit):
    return np.int64((_random(random) >> np.uint64(33)) % np.uint64(limit))


@compiled
def _takes(random, extra, heat):
    """Whether a loss is accepted."""
    if extra <= 0.0:
        return True
    chance = float(_random(random) >> np.uint64(11)) / 9007199254740992.0
    return extra < 30.0 * heat and chance < np.exp(-extra / heat)


@compiled
def _crowded(days):
    count = 0
    while days != 0:
        days &= days - 1
        count += 1
    return count


@built_in
def _change(amounts, old, new):
    """What a sum grows by when one dish gives way to another."""
    change = np.int64(0)
    if new >= 0:
        change += amounts[new]
    if old >= 0:
        change -= amounts[old]
    return change


@built_in
def _turn_day(facts, state, weight, d, line, i, sign):
    """A dish put on a line's day (sign 1) or taken off (-1): food, cooks, equipment and what repeats."""
    before, day = state.lines[d, i], np.int64(1) << np.int64(d)
    after = before ^ np.int64(1) << np.int64(line)
    cost = float(sign * facts.food[line, i] + facts.cook[i, after] - facts.cook[i, before])
    state.lines[d, i] = after
    kind = facts.kind[i]
    over = max(0, state.taken[d, kind] - facts.capacity[kind])
    state.taken[d, kind] += facts.minutes[i, after] - facts.minutes[i, before]
    now = max(0, state.taken[d, kind] - facts.capacity[kind])
    cost += weight * 0.05 * (now - over)
    broken = (now > 0) - (over > 0)
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
    state.broken[0] += broken
    return cost


@built_in
def _turn_week(facts, state, weight, week, line, i, sign):
    """The same for the week: its targets and kinds of food."""
    cost = 0.0
    for n in range(facts.prices.shape[1]):
        price = facts.prices[line, n]
        if price:
            had = max(0, facts.aims[week] - state.held[week, line, n])
            state.held[week, line, n] += sign * facts.parts[line, n, i]
            cost += float(price) * (max(0, facts.aims[week] - state.held[week, line, n]) - had)
    if facts.kinds_least[week] > 0:
        lacked = max(0, facts.kinds_least[week] - state.kind_count[week, line])
        for k in range(facts.kinds.shape[1]):
            number = facts.kinds[i, k]
            if number < 0:
                break
            if sign > 0 and state.kinds[week, line, number] == 0:
                state.kind_count[week, line] += 1
            state.kinds[week, line, number] += sign
            if sign < 0 and state.kinds[week, line, number] == 0:
                state.kind_count[week, line] -= 1
        lacks = max(0, facts.kinds_least[week] - state.kind_count[week, line])
        if facts.kinds_bind:
            cost += weight * (lacks - lacked)
            state.broken[0] += (lacks > 0) - (lacked > 0)
        else:
            cost += float(facts.kinds_price[line, week] * (lacks - lacked))
    return cost


@built_in
def _turn_rows(facts, state, weight, d, line, old, new):
    """The sums of a line's day when one dish gives way to another; gives what rules broken by that cost."""
    cost = 0.0
    for h in range(facts.limits.shape[1]):
        over = max(0, state.row_sums[d, line, h] - facts.limits[line, h])
        state.row_sums[d, line, h] += _change(facts.rows[line, h], old, new)
        now = max(0, state.row_sums[d, line, h] - facts.limits[line, h])
        if now != over:
            sign = (now > 0) - (over > 0)
            cost += weight * (facts.row_price[line, h] * (now - over) + 0.3 * sign)
            state.broken[0] += sign
    return cost


@built_in
def _put(facts, state, weight, d, line, place, new):
    """Puts a dish in a place; gives the cost."""
    old, cost = state.plan[d, line, place], 0.0
    for turn in range(2):
        i, sign = (old, -1) if turn == 0 else (new, 1)
        if i >= 0:
            cost += _turn_day(facts, state, weight, d, line, i, sign)
            cost += _turn_week(facts, state, weight, facts.week[d], line, i, sign)
    cost += _turn_rows(facts, state, weight, d, line, old, new)
    state.plan[d, line, place] = new
    return cost


@built_in
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


@built_in
def _spoils(facts, state, d, line, place, new):
    """Whether a dish in a place would break a rule of its line's set, equipment apart."""
    old = state.plan[d, line, place]
    for h in range(facts.limits.shape[1]):
        if state.row_sums[d, line, h] + _change(facts.rows[line, h], old, new) > facts.limits[line, h]:
            return True
    if new >= 0:
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


@built_in
def _nears(facts, state, line, i, d, apart):
    """Whether a dish on a day would come too near itself, ``apart`` from that day's bits."""
    return i >= 0 and state.days_of[line, i] & facts.windows[i, d] & ~apart != 0


@built_in
def _propose_swap(facts, state, edits, careful):
    """Fills in what two days change, a place or all of them, for all lines; gives how many edits."""
    days, lines, places = state.plan.shape
    d = _below(state.random, days)
    other = (d + 1 + _below(state.random, days - 1)) % days
    whole, first = _below(state.random, 4) == 0, _below(state.random, places)
    both = np.int64(1) << np.int64(d) | np.int64(1) << np.int64(other)
    count = 0
    for place in range(0 if whole else first, places if whole else first + 1):
        for line in range(lines):
            one, two = state.plan[d, line, place], state.plan[other, line, place]
            if one == two:
                continue
            if careful and (
                _nears(facts, state, line, one, other, both) or _nears(facts, state, line, two, d, both)
            ):
                return 0
            edits[count, 0], edits[count, 1], edits[count, 2], edits[count, 3] = d, line, place, two
            count += 1
            edits[count, 0], edits[count, 1], edits[count, 2], edits[count, 3] = other, line, place, one
            count += 1
    if careful and not whole:
        for e in range(count):
            if _spoils(facts, state, edits[e, 0], edits[e, 1], edits[e, 2], edits[e, 3]):
                return 0
    return count


@built_in
def _propose_change(facts, state, edits, careful):
    """Fills in a dish for some lines in a place of a day; gives how many edits."""
    days, lines, places = state.plan.shape
    random = state.random
    d, place, choice = _below(random, days), _below(random, places), _below(random, 100)
    category = facts.place_category[place]
    new = facts.of_category[category, _below(random, facts.in_category[category])]
    if facts.may_be_empty[d, place] and _below(random, 3) == 0:
        new = np.int64(EMPTY)
    who = np.int64(1) << _below(random, lines)
    if choice < 15:
        new = state.plan[d, _below(random, lines), place]
    elif choice >= 77:
        who = (np.int64(1) << np.int64(lines)) - 1
    elif choice >= 38:
        old = state.plan[d, _below(random, lines), place]
        who = np.int64(0)
        for line in range(lines):
            if state.plan[d, line, place] == old:
                who |= np.int64(1) << np.int64(line)
    count = 0
    for line in range(lines):
        if (who >> line) & 1 and state.plan[d, line, place] != new:
            if not _fits(facts, state, d, line, place, new):
                continue
            if careful and (
                _nears(facts, state, line, new, d, 0) or _spoils(facts, state, d, line, place, new)
            ):
                return 0
            edits[count, 0], edits[count, 1], edits[count, 2], edits[count, 3] = d, line, place, new
            count += 1
    return count


@built_in
def _kinds_with(facts, state, week, line, old, new):
    """Kinds of food of a line's week when one dish gives way to another."""
    count = state.kind_count[week, line]
    if new >= 0:
        for k in range(facts.kinds.shape[1]):
            if facts.kinds[new, k] < 0:
                break
            count += state.kinds[week, line, facts.kinds[new, k]] == 0
    if old >= 0:
        for k in range(facts.kinds.shape[1]):
            if facts.kinds[old, k] < 0:
                break
            if state.kinds[week, line, facts.kinds[old, k]] == 1:
                gone = np.int64(1)
                if new >= 0:
                    for other in range(facts.kinds.shape[1]):
                        if facts.kinds[new, other] == facts.kinds[old, k]:
                            gone = np.int64(0)
                count -= gone
    return count


@built_in
def _worth_to_line(facts, state, week, line, old, new):
    """What food, weekly targets and kinds of a line cost more when one dish gives way to another."""
    cost = float(_change(facts.food[line], old, new))
    for n in range(facts.prices.shape[1]):
        price = facts.prices[line, n]
        if price:
            lacked = facts.aims[week] - state.held[week, line, n]
            lacks = lacked - _change(facts.parts[line, n], old, new)
            cost += float(price) * (max(0, lacks) - max(0, lacked))
    least = facts.kinds_least[week]
    if state.kind_count[week, line] - facts.kinds.shape[1] < least:
        lacked = max(0, least - state.kind_count[week, line])
        lacks = max(0, least - _kinds_with(facts, state, week, line, old, new))
        if facts.kinds_bind and lacks > lacked:
            cost = np.inf
        elif not facts.kinds_bind:
            cost += float(facts.kinds_price[line, week] * (lacks - lacked))
    return cost


@built_in
def _worth(facts, state, edits, count):
    """What it costs that lines take one dish in a place of a day, infinite where equipment or kinds lack."""
    d, place, new = edits[0, 0], edits[0, 2], edits[0, 3]
    kind = facts.kind[new] if new >= 0 else np.int64(-1)
    joining, taken, cost = np.int64(0), np.int64(0), 0.0
    for e in range(count):
        line = edits[e, 1]
        old, leaving = state.plan[d, line, place], np.int64(0)
        joining |= np.int64(1) << line
        cost += _worth_to_line(facts, state, facts.week[d], line, old, new)
        for other in range(count):
            if state.plan[d, edits[other, 1], place] == old:
                leaving |= np.int64(1) << edits[other, 1]
        if old >= 0 and leaving & -leaving == np.int64(1) << line:
            before = state.lines[d, old]
            cost += float(facts.cook[old, before & ~leaving] - facts.cook[old, before])
            if facts.kind[old] == kind:
                taken += facts.minutes[old, before & ~leaving] - facts.minutes[old, before]
    if new >= 0:
        before = state.lines[d, new]
        cost += float(facts.cook[new, before | joining] - facts.cook[new, before])
        taken += state.taken[d, kind] + facts.minutes[new, before | joining] - facts.minutes[new, before]
        if taken > facts.capacity[kind]:
            cost = np.inf
    return cost


@compiled
def make(facts, state, weight, edits, olds, count):
    """Makes edits until one cannot be; gives how many it made and what they cost."""
    cost = 0.0
    for e in range(count):
        d, line, place, new = edits[e, 0], edits[e, 1], edits[e, 2], edits[e, 3]
        olds[e] = state.plan[d, line, place]
        if not _fits(facts, state, d, line, place, new):
            return e, cost
        cost += _put(facts, state, weight, d, line, place, new)
    return count, cost


@compiled
def _unmake(facts, state, weight, edits, olds, count):
    for e in range(count - 1, -1, -1):
        _put(facts, state, weight, edits[e, 0], edits[e, 1], edits[e, 2], olds[e])


@compiled
def price_of(facts, state, weight):
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


@compiled
def anneal(facts, state, best, best_cost, heat, weight, moves, edits, olds):
    """Tries moves; gives the cost of the best plan and of the plan it stands at."""
    cost = price_of(facts, state, weight)
    for _ in range(moves):
        careful = state.broken[0] == 0 and _below(state.random, RASH) != 0
        swaps = state.plan.shape[0] > 1 and _below(state.random, 100) < SWAPS
        if swaps:
            count = _propose_swap(facts, state, edits, careful)
        else:
            count = _propose_change(facts, state, edits, careful)
        if count == 0:
            continue
        known = careful and not swaps
        if known and not _takes(state.random, _worth(facts, state, edits, count), heat):
            continue
        made, extra = make(facts, state, weight, edits, olds, count)
        if made < count or (not known and not _takes(state.random, extra, heat)):
            _unmake(facts, state, weight, edits, olds, made)
            continue
        cost += extra
        if state.broken[0] == 0 and cost < best_cost - 1.0:
            best_cost = cost
            for d in range(best.shape[0]):
                for line in range(best.shape[1]):
                    for place in range(best.shape[2]):
                        best[d, line, place] = state.plan[d, line, place]
    return best_cost, cost
