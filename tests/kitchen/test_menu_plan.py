"""Menus: every plan is judged by a checker that shares no code with the planner."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kitchen.equipment import equipment_from_document
from kitchen.menu_check import check_menus
from kitchen.menu_facts import DayMenu, MenuRules
from kitchen.menu_plan import MenuParams, plan_menus
from kitchen.nutrition import targets_from_table
from tests.kitchen.builders import packaged_dishes, packaged_foods, table

WEEK = [date(2026, 11, 23) + timedelta(days=day) for day in range(5)]
PARTS = {"main": 1, "half_main": 1, "vegetable": 1, "soup": 1, "staple": 1}
FOODS = packaged_foods()
DISHES = packaged_dishes(FOODS)
TARGETS = table("nutrition-targets.toml")["target"]
RULES = MenuRules(
    PARTS,
    700,
    tuple(equipment_from_document(table("examples/liuzhou/equipment.toml"))),
    150,
    most_in_week={"staple": 3},
)
PARAMS = MenuParams(deterministic_time=1.0, gap_ratio=0.02)


def lunch(name="lunch_default_cn"):
    """A packaged target."""
    return targets_from_table(name, TARGETS)


def planned(rules=RULES, targets=None, days=WEEK, seed=1):
    """A week of the packaged dishes."""
    return plan_menus(DISHES, FOODS, targets or lunch(), days, rules, params=PARAMS, seed=seed)


@pytest.mark.parametrize("name", ["lunch_default_cn", "lunch_low_salt"])
def test_a_week_keeps_every_rule(name):
    """
    Tests five days of set menus against the independent checker, and the price against its bound.
    """
    plan = planned(targets=lunch(name))
    assert [day.service_on for day in plan.days] == WEEK
    assert check_menus(plan.days, DISHES, FOODS, lunch(name), RULES) == []
    assert 0 < plan.bound_fen <= plan.objective_fen
    assert plan.objective_fen == plan.food_fen + sum(penalty.fen for penalty in plan.penalties)


def test_the_same_seed_gives_the_same_week():
    """
    Tests that the search stops by its own count.
    """
    assert planned(days=WEEK[:2]) == planned(days=WEEK[:2])


def test_a_week_without_soft_dishes_says_which():
    """
    Tests that textures for which there are no dishes are named by category.
    """
    plan = planned(replace(RULES, softest=5))
    assert plan.days == ()
    assert {"menu_too_few_dishes"} == {reason.code for reason in plan.reasons}
    assert "vegetable" in {reason.params["category"] for reason in plan.reasons}


def test_rules_that_cannot_be_kept_together_are_named():
    """
    Tests that the proof of infeasibility names the sodium bound when it asks the impossible.
    """
    bounds = dict(lunch().bounds)
    bounds["sodium_mg"] = replace(bounds["sodium_mg"], most=100.0)
    plan = planned(targets=replace(lunch(), bounds=bounds), days=WEEK[:1])
    assert plan.days == ()
    assert [reason.params["rule"] for reason in plan.reasons] == ["sodium_mg"]


def test_equipment_without_time_is_named():
    """
    Tests that a kitchen with too few minutes learns so.
    """
    plan = planned(replace(RULES, cook_minutes=30), days=WEEK[:1])
    assert plan.days == ()
    assert any(str(reason.params["rule"]).startswith("equipment_") for reason in plan.reasons)


def test_the_checker_names_what_is_broken():
    """
    Tests a menu that breaks each kind of rule.
    """
    cold = next(dish.dish_id for dish in DISHES.values() if dish.service_mode == "cold")
    fried = next(dish.dish_id for dish in DISHES.values() if dish.service_mode == "cook_serve")
    days = [DayMenu(on, ("D001", "D001", cold, fried)) for on in WEEK[:2]]
    rules = replace(RULES, cook_minutes=10, barred_tags=frozenset({"pork"}))
    codes = {item.code for item in check_menus(days, DISHES, FOODS, lunch(), rules)}
    assert codes >= {
        "menu_parts",
        "menu_not_kept_hot",
        "menu_unsuitable",
        "menu_nutrient_low",
        "menu_equipment_minutes",
        "menu_repeat",
    }
