"""The judge of menus names each kind of broken rule."""

from dataclasses import replace
from datetime import timedelta

from kitchen.menu_check import check_menus
from kitchen.menu_facts import DayMenu, DayRule
from kitchen.menu_grounds import Ban, Grounds, Standing
from kitchen.menu_plan import plan_menus
from tests.kitchen.menus import QUICK, menu_task


def test_the_checker_names_what_is_broken():
    """
    Tests menus that break each kind of rule.
    """
    task = menu_task(days=3)
    cold = replace(task.made["D071", "regular"], service_mode="cold", iddsi_level=7)
    line = replace(task.lines[0], softest=6, most_food_fen=100, barred_allergens=frozenset({"soy"}))
    task = replace(
        task,
        lines=(line,),
        made={**task.made, ("D071", "regular"): cold},
        rules=replace(task.rules, cook_minutes=10, kinds_in_week=60),
        day_rules={task.days[0]: DayRule(pins=(("", "D073"),), barred_dishes={"": frozenset({"D001"})})},
    )
    same = (("D001", "regular"), ("D047", "regular"), ("D071", "minced"), ("D071", "regular"))
    menus = [DayMenu(on, "regular", same) for on in task.days[:2]]
    codes = {item.code for item in check_menus(menus, task)}
    assert codes >= {
        "menu_missing",
        "menu_parts",
        "menu_variant",
        "menu_not_kept_hot",
        "menu_unsuitable",
        "menu_barred_that_day",
        "menu_pin_lost",
        "menu_alike",
        "menu_nutrient_low",
        "menu_food_dear",
        "menu_repeat",
        "menu_kinds",
        "menu_equipment_minutes",
    }


def test_the_judge_works_out_the_rules_of_a_day_itself():
    """
    Tests that a ban, the season, the moon and a menu nearby are found though the planner was told of none.
    """
    task = menu_task(days=1)
    menu = DayMenu(task.days[0], "regular", (("D001", "regular"), ("D047", "regular")))
    before_on = task.days[0] - timedelta(days=3)
    moon = Standing("m", ("素", "m"), True, frozenset({22}), frozenset({"red_meat"}), {"soup": (2, 2)})
    potato = replace(task.foods["potato"], season=frozenset({6}))
    grounds = Grounds(
        bans=(
            Ban("b", ("禁", "b"), words=("红烧肉",)),
            Ban("c", ("冷", "c"), words=("红烧肉",), unless_scope=frozenset({"x"})),
        ),
        scope=frozenset({"x"}),
        standing=(moon,),
        days=(before_on, *task.days),
        stood=((before_on, "", frozenset({"D001"})), (before_on, "soft", frozenset({"D047"}))),
    )
    own = replace(task, foods={**task.foods, "potato": potato}, grounds=grounds)
    known = check_menus([menu], task)
    found = [one for one in check_menus([menu], own) if one not in known]
    assert [(one.code, one.params.get("dish"), one.params.get("why_en")) for one in found] == [
        ("menu_unsuitable", "D001", None),
        ("menu_banned", "D001", "b"),
        ("menu_out_of_season", "D001", None),
        ("menu_unsuitable", "D047", None),
        ("menu_near", "D001", None),
    ]
    assert {one.code for one in known} & {"menu_parts"}


def test_a_second_ingredient_of_which_there_is_much_is_not_repeated_either():
    """
    Tests that tofu beside pork counts, in any form, that little of it does not, and that the judge says so.
    """
    task = menu_task(days=1)
    home, greens, ball = (task.looks[one].main_foods for one in ("D049", "D134", "D020"))
    assert home == {"pork", "tofu"} and greens == {"rape-greens", "tofu"}
    assert "tofu" not in ball and task.looks["D131"].main_foods == {"rape-greens", "tofu"}
    menu = DayMenu(
        task.days[0], "regular", tuple((one, "regular") for one in ("D121", "D049", "D134", "D097"))
    )
    (alike,) = [one for one in check_menus([menu], task) if one.code == "menu_alike"]
    assert (alike.params["what"], alike.params["value"], alike.params["times"]) == ("main_food", "tofu", 3)


def test_no_planned_meal_repeats_a_main_ingredient():
    """
    Tests two days of two lines: no kind of food is a main ingredient of two dishes of a set.
    """
    task = menu_task(days=2, lines=("regular", "soft"))
    plan = plan_menus(task, params=QUICK, seed=1)
    assert len(plan.days) == 4
    for menu in plan.days:
        foods = [food for one in menu.dish_ids for food in task.looks[one].main_foods]
        assert len(foods) == len(set(foods))
