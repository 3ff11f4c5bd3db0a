"""Menus: every plan is judged by a checker that shares no code with the planner."""

from dataclasses import replace

import pytest

from kitchen import menu_plan
from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of, floor_fen
from kitchen.menu_facts import DayMenu, DayRule, MenuRules
from kitchen.menu_numbers import numbers_of
from kitchen.menu_plan import MenuParams, first_menu, menus_of, plan_menus
from tests.kitchen.menus import ALL_LINES, QUICK, menu_task


def test_a_week_of_three_lines_keeps_every_rule():
    """
    Tests five days of three lines against the independent checker, and the cost against its bound.
    """
    task = menu_task(lines=ALL_LINES)
    plan = plan_menus(task, params=QUICK, seed=1)
    assert len(plan.days) == 15
    assert check_menus(plan.days, task) == []
    assert plan.cost == cost_of(plan.days, task)
    assert 0 < plan.bound_fen <= plan.cost.total_fen
    assert plan.gap_ratio < 0.15


def test_the_same_seed_gives_the_same_menus():
    """
    Tests that the search counts its moves, never the clock.
    """
    task = menu_task(days=2)
    first, again = (plan_menus(task, params=QUICK, seed=7) for _ in range(2))
    assert first.days == again.days and first.bound_fen == again.bound_fen


def test_a_time_limit_is_kept():
    """
    Tests that a search by the clock ends near its limit, with a higher bound or none.
    """
    task = menu_task(days=3)
    plan = plan_menus(task, params=MenuParams(seconds=3.0), seed=1)
    assert plan.seconds < 6.0 and check_menus(plan.days, task) == []
    assert plan.bound_fen <= plan.cost.total_fen


def test_raising_the_bound_never_lowers_it():
    """
    Tests that pricing whole days gives at least the bound of the weeks without days.
    """
    task = menu_task(days=2)
    plain = plan_menus(task, params=QUICK, seed=1)
    raised = plan_menus(task, params=replace(QUICK, lifts=2), seed=1)
    assert plain.bound_fen <= raised.bound_fen <= raised.cost.total_fen


def test_the_first_menu_by_days_keeps_every_rule():
    """
    Tests the menu that the solver makes day by day, where the local search finds none.
    """
    task = menu_task(days=5, lines=("regular", "soft"))
    numbers = numbers_of(task)
    served = first_menu(numbers, QUICK, 1)
    assert served is not None
    assert check_menus(menus_of(numbers, served), task) == []


def test_pins_are_kept():
    """
    Tests that a pinned dish stands on its day and line, and that the rest still keeps every rule.
    """
    task = menu_task(lines=("regular", "soft"))
    pins = ((task.days[1], "regular", "D020"), (task.days[3], "", "D073"))
    rules = {day_on: DayRule(pins=((line, dish),)) for day_on, line, dish in pins}
    task = replace(task, day_rules=rules)
    plan = plan_menus(task, params=QUICK, seed=1)
    assert check_menus(plan.days, task) == []
    by_place = {(menu.service_on, menu.line): menu.dish_ids for menu in plan.days}
    assert "D020" in by_place[task.days[1], "regular"]
    assert all("D073" in by_place[task.days[3], line] for line in ("regular", "soft"))


def test_a_vegetarian_day_has_other_parts():
    """
    Tests a day of the moon's calendar: no meat, and more vegetables in the place of the main.
    """
    parts = {"main": (0, 1), "half_main": (0, 1), "vegetable": (2, 3)}
    meat = frozenset({"red_meat", "poultry", "aquatic", "meat_broth"})
    task = menu_task(days=2)
    task = replace(task, day_rules={task.days[0]: DayRule(barred_tags=meat, parts=parts)})
    plan = plan_menus(task, params=QUICK, seed=1)
    assert plan.reasons == () and check_menus(plan.days, task) == []


def test_a_line_without_dishes_says_which():
    """
    Tests that a line for which there are too few dishes is named with the category.
    """
    softest = replace(menu_task().lines[0], softest=3)
    plan = plan_menus(replace(menu_task(), lines=(softest,)), params=QUICK, seed=1)
    assert plan.days == ()
    assert {reason.code for reason in plan.reasons} == {"menu_too_few_dishes"}
    assert "vegetable" in {reason.params["category"] for reason in plan.reasons}


def test_a_dish_of_unknown_popularity_costs_nothing_more():
    """
    Tests that packaged dishes, of which nobody has said how they are liked, carry no penalty for it.
    """
    task = menu_task(days=1)
    assert all(dish.popularity is None for dish in task.made.values())
    assert {look.liked_ratio for look in task.looks.values()} == {1.0}


def test_only_dishes_beyond_one_set_are_charged():
    """
    Tests that five dishes that two lines share cost no points for dishes, and a sixth costs them once.
    """
    task = menu_task(days=1, lines=("regular", "soft"))
    sets = ("D001", "D047", "D071", "D090", "D100"), ("D001", "D047", "D071", "D090", "D101")
    assert floor_fen(task) == 5 * task.points.dish_fen
    for soft, extra in ((sets[0], 0), (sets[1], 1)):
        eaten = (("regular", sets[0]), ("soft", soft))
        menus = [DayMenu(task.days[0], line, tuple((one, "regular") for one in own)) for line, own in eaten]
        assert cost_of(menus, task).penalties.get("dishes", 0) == extra * task.points.dish_fen


def test_a_bound_above_the_cost_is_no_answer(monkeypatch):
    """
    Tests that a bound above what menus cost is a slip that is raised, not hidden.
    """
    monkeypatch.setattr(menu_plan, "rounding", lambda numbers: -(10**12))
    with pytest.raises(ValueError, match="less than their bound"):
        plan_menus(menu_task(days=1), params=MenuParams(moves=20_000), seed=1)


@pytest.mark.parametrize("change", [{"parts": {}}, {"cook_minutes": 0}, {"repeat_days": {"soup": 0}}])
def test_rules_that_cannot_be_meant_are_refused(change):
    """
    Tests that rules without parts, minutes or days are a slip.
    """
    facts = {"parts": {"soup": (1, 1)}, "equipment": (), "cook_minutes": 1} | change
    with pytest.raises(ValueError):
        MenuRules(**facts)


def test_a_category_that_may_be_left_out_needs_no_dish():
    """
    Tests that menus are planned where nobody has a dish of a category of which a set may have none.
    """
    task = menu_task(days=2)
    rules = replace(task.rules, parts={**task.rules.parts, "soup": (0, 1)})
    made = {cooked: dish for cooked, dish in task.made.items() if dish.category != "soup"}
    plan = plan_menus(replace(task, made=made, rules=rules), params=QUICK, seed=1)
    assert len(plan.days) == 2 and not plan.reasons
