"""The compiled search: what it says a plan costs is what the plan costs."""

import numpy as np
import pytest

from kitchen import menu_search
from kitchen.menu_numbers import SCALE, numbers_of
from kitchen.menu_plan import quick_menu
from kitchen.menu_state import facts_of, served_of
from tests.kitchen.menus import ALL_LINES, QUICK, menu_task


def test_the_running_cost_is_the_price_of_the_plan():
    """
    Tests that thousands of moves, some of them broken off, leave the cost and the sums of a fresh start.
    """
    facts, state, cost = _searched()
    fresh = menu_search.start(facts, served_of(facts, state.plan), 1)
    assert menu_search.price(facts, fresh) == pytest.approx(cost)
    for name in ("row_sums", "lines", "taken", "held", "days_of", "alike", "kinds", "kind_count", "broken"):
        assert np.array_equal(getattr(fresh, name), getattr(state, name)), name


def test_what_a_move_is_said_to_cost_is_not_below_what_it_costs():
    """
    Tests that a search without heat, which takes no loss that it knows of, never comes to a dearer plan.
    """
    facts, state, cost = _searched()
    best = state.plan.copy()
    for _ in range(200):
        _, now = menu_search.anneal(facts, state, best, cost, heat=0.0, weight=1e9, moves=100)
        assert now <= cost + 1.0
        cost = now


def _searched():
    task = menu_task(days=5, lines=ALL_LINES)
    numbers = numbers_of(task)
    facts = facts_of(numbers)
    served = quick_menu(numbers, facts, QUICK, 1)
    assert served is not None
    state = menu_search.start(facts, served, 1)
    heat = 2.0 * SCALE * sum(line.meals for line in task.lines)
    _, cost = menu_search.anneal(
        facts, state, state.plan.copy(), 0.0, heat=heat, weight=100 * heat, moves=20_000
    )
    while state.broken[0]:
        _, cost = menu_search.anneal(
            facts, state, state.plan.copy(), 0.0, heat=0.0, weight=100 * heat, moves=100
        )
    return facts, state, cost
