"""The judge of menus names each kind of broken rule."""

from dataclasses import replace

from kitchen.menu_check import check_menus
from kitchen.menu_facts import DayMenu, DayRule
from tests.kitchen.menus import menu_task


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
