"""What the compiled search of menus works on: the task spelt out by places, and a plan with its sums."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kitchen.menu_numbers import WHOLE, Bits, Ints, Numbers

Floats = npt.NDArray[np.float64]
EMPTY = -1


class Facts(NamedTuple):
    """What does not change: `Numbers`, with the places of a set spelt out."""

    allowed: Bits  # (D, L, I)
    pinned: Bits  # (D, L, I)
    may_be_empty: Bits  # (D, P)
    closed: Bits  # (D, P)
    place_category: Ints  # (P)
    of_category: Ints  # (C, most dishes of one), padded
    in_category: Ints  # (C)
    category: Ints  # (I)
    windows: Ints  # (I, D), bits of the days on which the dish may not stand again
    week: Ints  # (D)
    rows: Ints  # (L, H, I)
    limits: Ints  # (L, H)
    row_price: Floats  # (L, H), of one unit over the limit
    food: Ints
    parts: Ints
    prices: Ints
    aims: Ints  # (W), what a week should hold
    cook: Ints
    minutes: Ints
    kind: Ints
    capacity: Ints
    alike: Ints  # (I, A)
    most_alike: Ints  # one for each number
    kinds: Ints  # (I, K)
    kinds_least: Ints  # (W)
    kinds_price: Ints  # (L, W)
    kinds_bind: bool


class State(NamedTuple):
    """What changes: the plan, (D, L, P), and all its sums."""

    plan: Ints
    row_sums: Ints  # (D, L, H)
    lines: Ints  # (D, I), bits of the lines that eat a dish
    taken: Ints  # (D, kinds of equipment), minutes
    held: Ints  # (W, L, N)
    days_of: Ints  # (L, I), bits of the days of a dish
    alike: Ints  # (D, L, numbers)
    kinds: Ints  # (W, L, kinds)
    kind_count: Ints  # (W, L)
    broken: Ints  # (1), rules broken
    random: npt.NDArray[np.uint64]  # (1)


def facts_of(numbers: Numbers) -> Facts:
    """The facts of a search."""
    by_category = [np.flatnonzero(numbers.category == c) for c in range(len(numbers.categories))]
    most = [int(numbers.most[:, c].max()) if len(own) else 0 for c, own in enumerate(by_category)]
    places = [(c, rank) for c in range(len(numbers.categories)) for rank in range(most[c])]
    of_category = np.zeros((len(by_category), max(map(len, by_category))), dtype=np.int64)
    for c, own in enumerate(by_category):
        of_category[c, : len(own)] = own
    rules = numbers.task.rules
    days_in_week = np.bincount(numbers.week)
    return Facts(
        allowed=numbers.allowed,
        pinned=numbers.pinned,
        may_be_empty=np.array(
            [[rank >= numbers.least[d, c] for c, rank in places] for d in range(numbers.days)]
        ),
        closed=np.array([[rank >= numbers.most[d, c] for c, rank in places] for d in range(numbers.days)]),
        place_category=np.array([c for c, _ in places], dtype=np.int64),
        of_category=of_category,
        in_category=np.array([len(own) for own in by_category], dtype=np.int64),
        category=numbers.category,
        windows=_windows(numbers),
        week=numbers.week,
        rows=numbers.rows,
        limits=numbers.limits,
        row_price=_row_prices(numbers),
        food=numbers.food,
        parts=numbers.parts,
        prices=numbers.prices,
        aims=WHOLE * days_in_week,
        cook=numbers.cook,
        minutes=numbers.minutes,
        kind=numbers.kind,
        capacity=numbers.capacity,
        alike=numbers.alike,
        most_alike=numbers.most_alike,
        kinds=numbers.kinds,
        kinds_least=np.array([rules.kinds_in(int(days)) for days in days_in_week], dtype=np.int64),
        kinds_price=numbers.kinds_price[:, None] * days_in_week[None, :],
        kinds_bind=rules.kinds_bind,
    )


def empty_state(facts: Facts, seed: int) -> State:
    """A state without a dish."""
    days, lines, dishes = facts.allowed.shape
    places, weeks = len(facts.place_category), len(facts.aims)
    state = State(
        plan=np.full((days, lines, places), EMPTY, dtype=np.int64),
        row_sums=np.zeros((days, *facts.limits.shape), dtype=np.int64),
        lines=np.zeros((days, dishes), dtype=np.int64),
        taken=np.zeros((days, len(facts.capacity)), dtype=np.int64),
        held=np.zeros((weeks, *facts.prices.shape), dtype=np.int64),
        days_of=np.zeros((lines, dishes), dtype=np.int64),
        alike=np.zeros((days, lines, len(facts.most_alike)), dtype=np.int64),
        kinds=np.zeros((weeks, lines, int(facts.kinds.max()) + 1), dtype=np.int64),
        kind_count=np.zeros((weeks, lines), dtype=np.int64),
        broken=np.zeros(1, dtype=np.int64),
        random=np.array([2 * seed + 1], dtype=np.uint64),
    )
    binding = lines * int(np.sum(facts.kinds_least > 0)) if facts.kinds_bind else 0
    state.broken[0] = int(np.sum(facts.limits < 0)) * days + binding
    return state


def edits_of(facts: Facts, served: Bits, d: int, line: int) -> Iterator[tuple[int, int, int, int]]:
    """Day, line, place and dish of each dish of a line's day, and of those that must be filled in."""
    free = list(range(len(facts.place_category)))
    dishes = np.flatnonzero(served[d, line]).tolist()
    for i in dishes:
        place = next(p for p in free if facts.place_category[p] == facts.category[i])
        free.remove(place)
        yield d, line, place, i
    for place in free:
        if not facts.may_be_empty[d, place] and not facts.closed[d, place]:
            own = facts.of_category[facts.place_category[place]][
                : facts.in_category[facts.place_category[place]]
            ]
            i = next((i for i in own.tolist() if facts.allowed[d, line, i] and i not in dishes), EMPTY)
            dishes.append(i)
            yield d, line, place, i


def served_of(facts: Facts, plan: Ints) -> Bits:
    """(D, L, I), the dishes of a plan, (D, L, P)."""
    served = np.zeros(facts.allowed.shape, dtype=np.bool_)
    for d, line, place in np.argwhere(plan >= 0).tolist():
        served[d, line, plan[d, line, place]] = True
    return served


def _windows(numbers: Numbers) -> Ints:
    windows = np.zeros((len(numbers.dish_ids), numbers.days), dtype=np.int64)
    for i, window in enumerate(numbers.window.tolist()):
        for d in range(numbers.days):
            for other in range(max(0, d - window + 1), min(numbers.days, d + window)):
                if other != d:
                    windows[i, d] |= np.int64(1) << np.int64(other)
    return windows


def _row_prices(numbers: Numbers) -> Floats:
    """A rule broken by a hundredth of what dishes usually bring to its sum costs as much again."""
    usual = np.abs(numbers.rows).max(axis=2).astype(np.float64)
    prices: Floats = 1.0 / np.maximum(usual * 0.05, 1.0)
    return prices
