"""Compiled local search: changes dishes of menus while it cools down; repeatable by its seed and moves."""

import numpy as np

from kitchen import menu_kernel
from kitchen.menu_numbers import Bits, Ints
from kitchen.menu_state import Facts, State, edits_of, empty_state


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
    state = start(facts, np.zeros((1, 1, 1), dtype=np.bool_), 1)
    anneal(facts, state, state.plan.copy(), price(facts, state), heat=1.0, weight=1.0, moves=1)


def start(facts: Facts, served: Bits, seed: int) -> State:
    """A state with the dishes of (D, L, I); where a place must not be empty, with any dish that may stand."""
    state = empty_state(facts, seed)
    days, lines = facts.allowed.shape[:2]
    _, olds = _edits(state)
    for d, line in np.ndindex(days, lines):
        for edit in edits_of(facts, served, d, line):
            menu_kernel.make(facts, state, 1.0, np.array([edit], dtype=np.int64), olds, 1)
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
    edits, olds = _edits(state)
    found, now = menu_kernel.anneal(facts, state, best, best_cost, heat, weight, moves, edits, olds)
    return float(found), float(now)


def price(facts: Facts, state: State) -> float:
    """What a state costs that breaks no rule, thousandths of a fen."""
    return float(menu_kernel.price_of(facts, state, 1.0))


def _edits(state: State) -> tuple[Ints, Ints]:
    """Room for the edits of one move, and for what they replace."""
    _, lines, places = state.plan.shape
    most = 2 * lines * places
    return np.empty((most, 4), dtype=np.int64), np.empty(most, dtype=np.int64)
