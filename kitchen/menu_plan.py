"""Menus of several lines over weeks: a first one, then the best that the time allows, and a bound."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from math import floor, inf
from time import perf_counter

import numpy as np

from kitchen import menu_search
from kitchen.menu_bound import (
    DayKind,
    Month,
    Prices,
    caps_of,
    kinds_of_days,
    relaxed,
    rounding,
)
from kitchen.menu_clash import Budget, Why, why_none
from kitchen.menu_cost import cost_of, floor_fen
from kitchen.menu_day import Effort, best_day
from kitchen.menu_facts import Cooked, DayMenu, MenuPlan, MenuTask
from kitchen.menu_lift import Lift
from kitchen.menu_numbers import SCALE, Bits, Ints, Numbers, numbers_of
from kitchen.menu_state import Facts, facts_of, served_of
from orders.codes import Coded

ROUND_MOVES, TIMED_MOVES = 20_000, 100_000  # of a round, counted or by the clock
TIMED_CYCLES = 4  # of cooling down by the clock: runs differ, the best of some less so
LEAST_MOVES, MOVES_A_MENU = 300_000, 60_000
LIFT_PART = 0.3  # of the time of the second core, where there is
LIFT_FROM_SECONDS = 90.0  # at least so much; the bound rises too slowly for a shorter search
LEAST_FIRST_SECONDS = 8.0  # for a first menu day by day
LEAST_EXPLAIN_SECONDS = 5.0  # to say why there is no menu
EXPLAIN_UNITS = 20.0  # for that, where no seconds are given
SOON_PART = 0.2  # of the time for that, before a first menu is sought day by day
FIRST_PART = 0.6  # of the time for such a first menu; the rest says why there is none
TRIES_A_DAY = 4  # to fill it, where no seconds are given
LAST_SECONDS = 0.3  # for the last round of each thread, and the sums after it
QUICK_HEATS_FEN = (8.0, 7.0, 6.0, 5.0, 4.0)  # of each round, a meal of a day
MORE_CYCLES = 7  # of these rounds, where the first finds no menu and nothing proves that there is none


@dataclass(frozen=True, slots=True)
class MenuParams:
    """
    How long the planner may think.

    Parameters
    ----------
    seconds
        By the clock; None counts moves instead, so that the same seed gives the same menus.
    moves
        Of the local search, where no seconds are given; None for as many as the size of the task asks.
    hot_fen, cold_fen
        Loss that the local search accepts at its start and at its end, fen for each meal of a day.
    broken_fen
        What it prices a broken rule at, fen for each meal of a day.
    day_units
        Solver's limit for one day, in its own deterministic units.
    lifts
        How often the bound is raised, where no seconds are given.
    """

    seconds: float | None = None
    moves: int | None = None
    hot_fen: float = 16.0
    cold_fen: float = 1.2
    broken_fen: float = 160.0
    day_units: float = 3.0
    lifts: int = 0

    def __post_init__(self) -> None:
        if (self.moves is not None and self.moves < 1) or (self.seconds is not None and self.seconds <= 0):
            raise ValueError("moves and seconds must be above 0.")


def plan_menus(task: MenuTask, *, params: MenuParams, seed: int) -> MenuPlan:
    """
    Chooses the sets of every line and day.

    Every day keeps the rules and the hard bounds of each line's targets; over the days no dish comes again
    too soon. What is made small is food and the listed penalties.

    Parameters
    ----------
    task
        Days, lines, dishes, rules and points.
    params, seed
        Limits of the search, and its random seed: without seconds the same seed gives the same menus.

    References
    ----------
    docs/menus.md; `menu_check.check_menus` judges what comes out and shares no code with this.
    """
    began = perf_counter()
    numbers = numbers_of(task)
    days = list(range(numbers.days))
    if reasons := _too_few(numbers, days):
        return MenuPlan((), reasons=reasons, proved_none=True)
    facts = facts_of(numbers)
    month = _month(numbers, days, np.zeros_like(numbers.allowed))
    found = _first_or_why(numbers, facts, month, params, seed)
    if isinstance(found, Why):
        seconds = perf_counter() - began
        return MenuPlan((), reasons=found.reasons, proved_none=found.proved, seconds=seconds)
    (bound, prices), first = found
    return _bettered(numbers, facts, first, Lift(numbers, month, prices, floor(bound)), params, seed, began)


def _first_or_why(
    numbers: Numbers, facts: Facts, month: Month, params: MenuParams, seed: int
) -> tuple[tuple[float, Prices], Bits] | Why:
    """The weeks without days with a first menu of theirs, or why there is none."""
    began, seconds = perf_counter(), inf if params.seconds is None else params.seconds
    units = EXPLAIN_UNITS if params.seconds is None else max(EXPLAIN_UNITS, seconds)
    known = relaxed(numbers, month)
    if known is None:
        return why_none(numbers, month, Budget(units, max(LEAST_EXPLAIN_SECONDS, seconds), seed))
    first = quick_menu(numbers, facts, params, seed)
    if first is None:
        soon = SOON_PART * max(LEAST_EXPLAIN_SECONDS, seconds)
        why = why_none(numbers, month, Budget(SOON_PART * units, soon, seed))
        if why.proved:
            return why
        first = quick_menu(numbers, facts, params, seed + 1, MORE_CYCLES)
    if first is None:
        first = first_menu(numbers, params, seed, began + max(LEAST_FIRST_SECONDS, FIRST_PART * seconds))
    if first is None:
        left = began + seconds - perf_counter()
        return why_none(numbers, month, Budget(units, max(LEAST_EXPLAIN_SECONDS, left), seed))
    return known, first


def _bettered(
    numbers: Numbers, facts: Facts, first: Bits, lift: Lift, params: MenuParams, seed: int, began: float
) -> MenuPlan:
    """The best menus that are found from a first one, with their cost and its bound."""
    first_seconds, task = perf_counter() - began, numbers.task
    left = None if params.seconds is None else max(0.1, params.seconds - first_seconds - LAST_SECONDS)
    best, moves = _improve(numbers, facts, first, lift, replace(params, seconds=left), seed)
    menus = menus_of(numbers, best)
    cost = cost_of(menus, task)
    bound_fen = (lift.bound - rounding(numbers)) // SCALE - floor_fen(task)
    if bound_fen > cost.total_fen:
        raise ValueError(f"The menus cost {cost.total_fen} fen, less than their bound of {bound_fen} fen.")
    return MenuPlan(
        menus,
        cost,
        bound_fen,
        first_menu_seconds=first_seconds,
        seconds=perf_counter() - began,
        moves=moves,
    )


def quick_menu(numbers: Numbers, facts: Facts, params: MenuParams, seed: int, cycles: int = 1) -> Bits | None:
    """Any menu that keeps every rule, (D, L, I), by a short local search; None when it finds none."""
    state = menu_search.start(facts, numbers.pinned & numbers.allowed, seed)
    best, cost = state.plan.copy(), inf
    day_fen = SCALE * sum(line.meals for line in numbers.task.lines)
    for heat_fen in cycles * QUICK_HEATS_FEN:
        weight = day_fen * params.broken_fen
        heat = day_fen * heat_fen
        cost, _ = menu_search.anneal(facts, state, best, cost, heat=heat, weight=weight, moves=ROUND_MOVES)
        if cost < inf:
            return served_of(facts, best)
    return None


def first_menu(numbers: Numbers, params: MenuParams, seed: int, ends: float = inf) -> Bits | None:
    """
    Any menu that keeps every rule, (D, L, I), day by day at the prices of the days that are left.

    A day that nothing is left for takes the days about it back; None when that does not end before ``ends``
    by the clock, or without one after some tries a day.
    """
    placed = np.zeros_like(numbers.allowed)
    todo = _hardest_first(numbers)
    prices: Prices | None = None
    effort = Effort(units=params.day_units, gap_ratio=0.03, seed=seed)
    for attempt in count() if ends < inf else range(TRIES_A_DAY * numbers.days):
        if not todo:
            return placed
        if perf_counter() >= ends:
            return None
        month = _month(numbers, sorted(todo), placed)
        known = relaxed(numbers, month)
        prices = (
            known[1]
            if known
            else prices or Prices(*(np.zeros(a.shape) for a in (numbers.prices, numbers.food)))
        )
        d = todo.pop(0)
        costs = prices.day_costs(numbers)
        if attempt >= numbers.days:
            costs = _shaken(costs, seed + attempt)
        kind = _free_kind(numbers, d, placed)
        served = best_day(
            numbers, kind, costs, effort, new_kinds=_needed_kinds(numbers, d, placed, todo)
        ).served
        if served is None:
            near = _nearest(numbers, d, placed)
            if not near:
                return None
            for other in near:
                placed[other] = False
            todo = [d, *near, *todo]
        else:
            placed[d] = served
    return None


def menus_of(numbers: Numbers, served: Bits) -> tuple[DayMenu, ...]:
    """The menus of (D, L, I), by date and line."""
    menus = []
    for d, day_on in enumerate(numbers.task.days):
        for line, facts in enumerate(numbers.task.lines):
            dishes: list[Cooked] = [
                (numbers.dish_ids[i], numbers.variants[line][i])
                for i in np.flatnonzero(served[d, line]).tolist()
            ]
            menus.append(DayMenu(day_on, facts.code, tuple(dishes)))
    return tuple(menus)


def _month(numbers: Numbers, days: Sequence[int], placed: Bits) -> Month:
    held = np.einsum("lni,dli->ln", numbers.parts, placed.astype(np.int64))
    return Month(kinds_of_days(numbers, days), caps_of(numbers, days, placed), held, numbers.days)


def _too_few(numbers: Numbers, days: Sequence[int]) -> tuple[Coded, ...]:
    """Categories of which a line has fewer dishes than its days need."""
    caps, found = caps_of(numbers, days, np.zeros_like(numbers.allowed)), []
    for line, facts in enumerate(numbers.task.lines):
        for c, category in enumerate(numbers.categories):
            own = numbers.category == c
            needed, able = int(numbers.least[:, c].sum()), int(caps[line, own].sum())
            if able < needed:
                dishes = int(np.count_nonzero(numbers.allowed[:, line, own].any(axis=0)))
                few: dict[str, str | int | float] = {"line": facts.code, "category": category}
                few |= {"dishes": dishes, "needed": needed, "able": able}
                found.append(Coded("menu_too_few_dishes", few))
    return tuple(found)


def _hardest_first(numbers: Numbers) -> list[int]:
    """Days with pins or rules of their own before the others, each by date."""
    kinds = sorted(kinds_of_days(numbers, range(numbers.days)), key=lambda kind: len(kind.days))
    special = [d for kind in kinds[:-1] for d in kind.days]
    return special + list(kinds[-1].days)


def _free_kind(numbers: Numbers, d: int, placed: Bits) -> DayKind:
    """A day with the dishes that what is placed leaves it."""
    allowed = numbers.allowed[d].copy()
    for i, window in enumerate(numbers.window.tolist()):
        near = placed[max(0, d - window + 1) : d + window, :, i].any(axis=0)
        allowed[near, i] = False
    return DayKind((d,), allowed | numbers.pinned[d], numbers.pinned[d], numbers.least[d], numbers.most[d])


def _nearest(numbers: Numbers, d: int, placed: Bits) -> list[int]:
    """The filled days next to a day, before and after."""
    filled = np.flatnonzero(placed.any(axis=(1, 2)))
    return sorted({int(one) for one in (*filled[filled < d][-1:], *filled[filled > d][:1])})


def _shaken(costs: Ints, seed: int) -> Ints:
    return costs + np.random.default_rng(seed).integers(0, int(np.abs(costs).max()) // 4 + 1, costs.shape)


def _needed_kinds(
    numbers: Numbers, d: int, placed: Bits, todo: Sequence[int]
) -> dict[int, tuple[frozenset[int], int]]:
    """By line, the kinds of food that the last free day of a week must bring, where they bind."""
    rules = numbers.task.rules
    week = numbers.week[d]
    if not rules.kinds_bind or any(numbers.week[other] == week for other in todo):
        return {}
    needed = {}
    for line in range(numbers.lines):
        eaten = np.flatnonzero(placed[numbers.week == week, line].any(axis=0))
        known = frozenset(np.unique(numbers.kinds[eaten]).tolist()) - {-1}
        least = rules.kinds_in(int(np.count_nonzero(numbers.week == week)))
        if len(known) < least:
            needed[line] = (known, least - len(known))
    return needed


def _improve(
    numbers: Numbers, facts: Facts, first: Bits, lift: Lift, params: MenuParams, seed: int
) -> tuple[Bits, int]:
    """
    The best menu that is found within the limits, and how many moves were tried.

    By the clock two searches run at once; in a long run the second gives its last part to the bound.
    """
    if params.seconds is None:
        found = _search(numbers, facts, first, lift, params, seed)
        for _ in range(params.lifts):
            lift.raise_once(Effort(units=params.day_units, seed=seed))
        return found.served, found.moves
    ends = perf_counter() + params.seconds
    part = LIFT_PART if params.seconds >= LIFT_FROM_SECONDS else 0.0
    shorter = replace(params, seconds=params.seconds * (1 - part))
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(_search, numbers, facts, first, lift, params, seed)
        other = threads.submit(_search_and_lift, numbers, facts, first, lift, shorter, seed + 1, ends)
        found = min(one.result(), other.result(), key=lambda each: each.cost)
        return found.served, one.result().moves + other.result().moves


def _search_and_lift(
    numbers: Numbers,
    facts: Facts,
    first: Bits,
    lift: Lift,
    params: MenuParams,
    seed: int,
    ends: float,
) -> "_Found":
    found = _search(numbers, facts, first, lift, params, seed)
    while (left := ends - perf_counter()) > LAST_SECONDS:
        lift.raise_once(Effort(units=60.0, seconds=left - LAST_SECONDS, seed=seed))
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What one search found: (D, L, I), its cost in thousandths of a fen, and how many moves it tried."""

    served: Bits
    cost: float
    moves: int


def _search(numbers: Numbers, facts: Facts, first: Bits, lift: Lift, params: MenuParams, seed: int) -> _Found:
    state = menu_search.start(facts, first, seed)
    best, cost = state.plan.copy(), menu_search.price(facts, state)
    lift.learn(first)
    day_fen = SCALE * sum(line.meals for line in numbers.task.lines)
    moves = params.moves or max(LEAST_MOVES, MOVES_A_MENU * numbers.days * numbers.lines)
    round_moves, cycles = (ROUND_MOVES, 1) if params.seconds is None else (TIMED_MOVES, TIMED_CYCLES)
    began, tried, done = perf_counter(), 0, 0.0
    while done < 1.0:
        heat = day_fen * params.hot_fen * (params.cold_fen / params.hot_fen) ** (done * cycles % 1)
        before = cost
        cost, _ = menu_search.anneal(
            facts, state, best, cost, heat=heat, weight=day_fen * params.broken_fen, moves=round_moves
        )
        if cost < before:
            lift.learn(served_of(facts, best))
        tried += round_moves
        done = tried / moves if params.seconds is None else (perf_counter() - began) / params.seconds
    return _Found(served_of(facts, best), cost, tried)
