"""Why there are no menus: the target that cannot be reached with the best there is, or the smallest clash."""

from dataclasses import replace

import pytest

from kitchen import menu_plan
from kitchen.menu_clash import Why
from kitchen.menu_day import BestDay
from kitchen.menu_facts import DayRule, MenuPlan, MenuTask
from kitchen.menu_plan import MenuParams, plan_menus
from kitchen.nutrition import Bound, meal_nutrients, nutrients_of
from orders.codes import Coded
from tests.kitchen.menus import QUICK, menu_task


def asking(task: MenuTask, **bounds: Bound) -> MenuTask:
    """The task with other bounds on every line."""
    lines = [
        replace(one, targets=replace(one.targets, bounds={**one.targets.bounds, **bounds}))
        for one in task.lines
    ]
    return replace(task, lines=tuple(lines))


def least(amount: float) -> Bound:
    """A hard least."""
    return Bound(amount, None, None, "hard")


def most(amount: float) -> Bound:
    """A hard most."""
    return Bound(None, amount, None, "hard")


def planned(task: MenuTask) -> MenuPlan:
    """The plan, which is none."""
    plan = plan_menus(task, params=QUICK, seed=1)
    assert plan.days == ()
    return plan


def test_a_target_out_of_reach_is_named_with_the_best_there_is():
    """
    Tests that 300 g of protein a day name only themselves, with the most that a set of dishes gives.
    """
    task = asking(menu_task(days=2), protein_g=least(112.5))
    plan = planned(task)
    (reason,) = plan.reasons
    assert plan.proved_none and reason.code == "menu_least_out_of_reach"
    assert (reason.params["rule"], reason.params["asked"], reason.params["days"]) == ("protein_g", 112.5, 2)
    dishes = [task.made[one, "regular"] for one in str(reason.params["dishes"]).split()]
    held = meal_nutrients(nutrients_of(dish, task.foods, task.retention) for dish in dishes)
    assert reason.params["best"] == pytest.approx(held["protein_g"], abs=1e-3)
    assert 50 < held["protein_g"] < 112.5
    assert {dish.category for dish in dishes} == set(task.rules.parts)


@pytest.mark.parametrize(("nutrient", "limit"), [("sodium_mg", 60.0), ("fat_ratio", 0.02)])
def test_a_most_that_cannot_be_kept_is_named_for_each_line(nutrient, limit):
    """
    Tests a most, of an amount and of a part of the energy: each line's own smallest is above it.
    """
    plan = planned(asking(menu_task(days=1, lines=("regular",)), **{nutrient: most(limit)}))
    (reason,) = plan.reasons
    assert (reason.code, reason.params["rule"]) == ("menu_most_out_of_reach", nutrient)
    assert limit < reason.params["best"]


def test_the_smallest_set_of_targets_that_clash():
    """
    Tests that three targets clash, each with the best that the others leave, and that two can be met.
    """
    hard = {"protein_g": least(45.0), "sodium_mg": most(450.0)}
    task = asking(menu_task(days=1), **hard)
    plan = planned(task)
    head, *clash = plan.reasons
    assert plan.proved_none and head.code == "menu_clash" and head.params["count"] == len(clash) == 3
    for number, one in enumerate(clash):
        bound = task.lines[0].targets.bounds[str(one.params["rule"])]
        asked, best = one.params["asked"], one.params["best"]
        assert (best < asked) if one.code == "menu_clash_least" else (best > asked)
        if number:
            continue
        freed = replace(bound, least=None) if one.code == "menu_clash_least" else replace(bound, most=None)
        others = {str(each.params["rule"]) for each in clash} - {str(one.params["rule"])}
        bounds = {
            name: own if name in others else replace(own, strength="report")
            for name, own in task.lines[0].targets.bounds.items()
        } | {str(one.params["rule"]): freed}
        assert plan_menus(asking(task, **bounds), params=MenuParams(moves=5_000), seed=1).days


def test_a_pin_may_be_in_the_clash():
    """
    Tests that a pinned dish is named with the target that it cannot be kept with.
    """
    task = menu_task(days=1)
    task = asking(task, sodium_mg=most(420.0))
    salty = max(
        (
            one
            for (one, variant), dish in task.made.items()
            if variant == "regular" and dish.category == "main"
        ),
        key=lambda one: _sodium(task, one),
    )
    plan = planned(replace(task, day_rules={task.days[0]: DayRule(pins=(("", salty),))}))
    assert plan.proved_none and "pin" in {one.params.get("rule") for one in plan.reasons}


def _sodium(task: MenuTask, dish_id: str) -> float:
    dish = task.made[dish_id, "regular"]
    is_able = dish.service_mode == "both" and dish.hot_quality_minutes >= task.rules.least_hot_minutes
    return nutrients_of(dish, task.foods, task.retention).get("sodium_mg", 0.0) if is_able else 0.0


def test_equipment_without_time_is_named():
    """
    Tests that a kitchen with too few minutes learns so, without a line before it.
    """
    task = menu_task(days=1)
    plan = planned(replace(task, rules=replace(task.rules, cook_minutes=4)))
    assert {one.code for one in plan.reasons} == {"menu_clash", "menu_clash_equipment"}
    assert any(str(one.params.get("rule")).startswith("equipment_") for one in plan.reasons)


def test_targets_that_clash_only_over_the_weeks_are_told_so():
    """
    Tests a most of sodium that few dishes keep: a day can, five days with their repeat days cannot.
    """
    task = asking(menu_task(days=5), sodium_mg=most(350.0))
    plan = planned(task)
    assert plan.proved_none
    assert [one.code for one in plan.reasons] == ["menu_clash_weeks", "menu_weeks_most"]
    one_day = replace(task, days=task.days[:1])
    assert plan_menus(one_day, params=MenuParams(moves=5_000), seed=1).days


def test_what_is_not_proved_is_not_called_impossible(monkeypatch):
    """
    Tests that a search that finds nothing says so, and claims no proof.
    """
    monkeypatch.setattr(menu_plan, "quick_menu", lambda *_: None)
    monkeypatch.setattr(menu_plan, "best_day", lambda *_, **__: BestDay(None, None))
    monkeypatch.setattr(menu_plan, "why_none", lambda *_: Why((Coded("menu_not_found", {"days": 1}),), False))
    plan = planned(menu_task(days=1))
    assert not plan.proved_none and [one.code for one in plan.reasons] == ["menu_not_found"]
