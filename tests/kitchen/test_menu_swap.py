"""One dish for another: the best substitutes keep every rule, or the clash is named."""

from dataclasses import replace

import pytest

from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of
from kitchen.menu_facts import DayRule
from kitchen.menu_plan import plan_menus
from kitchen.menu_swap import clash, substitutes, worse
from orders.codes import Coded
from tests.kitchen.menus import QUICK, menu_task

TASK = menu_task(lines=("regular", "low-salt"))


@pytest.fixture(scope="module")
def week():
    """Five planned days of two lines."""
    return plan_menus(TASK, params=QUICK, seed=1).days


def test_substitutes_keep_every_rule_and_say_what_they_cost(week):
    """
    Tests that each of the three stands in the week without breaking a rule, cheapest first, priced exactly.
    """
    day_on = TASK.days[2]
    menu = next(one for one in week if one.service_on == day_on and one.line == "regular")
    soup = next(one for one, variant in menu.dishes if TASK.made[one, variant].category == "soup")
    lines = [one.line for one in week if one.service_on == day_on and soup in one.dish_ids]
    found = substitutes(week, TASK, day_on, soup, lines)
    assert 1 <= len(found) <= 3
    assert [one.total_fen for one in found] == sorted(one.total_fen for one in found)
    for one in found:
        changed = [menu for menu in week if menu.service_on != day_on] + list(one.menus)
        assert check_menus(changed, TASK) == []
        assert cost_of(changed, TASK).total_fen - cost_of(week, TASK).total_fen == one.total_fen
        assert all(one.dish_id in menu.dish_ids for menu in one.menus if menu.line in lines)


def test_a_fault_that_was_there_before_is_no_reason_against(week):
    """
    Tests that a dear set may get a cheaper dish though it stays too dear, and none that makes it dearer.
    """
    before = [Coded("menu_food_dear", {"day": "d", "line": "l", "fen": 500, "most": 400})]
    cheaper = [Coded("menu_food_dear", {"day": "d", "line": "l", "fen": 450, "most": 400})]
    assert not worse(before, cheaper) and worse(cheaper, before) and worse([], cheaper)
    low = [replace(line, most_food_fen=100) for line in TASK.lines]
    task, day_on = replace(TASK, lines=tuple(low)), TASK.days[2]
    menu = next(one for one in week if one.service_on == day_on and one.line == "regular")
    found = [one for gone in menu.dish_ids for one in substitutes(week, task, day_on, gone, ["regular"])]
    assert found and all(one.food_fen <= 0 for one in found)


def test_a_dish_without_substitute_names_the_clash(week):
    """
    Tests that bounds which only the present dish keeps are named.
    """
    day_on = TASK.days[0]
    menu = next(one for one in week if one.service_on == day_on and one.line == "regular")
    main = next(one for one, variant in menu.dishes if TASK.made[one, variant].category == "main")
    others = frozenset(
        one for (one, _), dish in TASK.made.items() if dish.category == "main" and one not in (main, "D001")
    )
    task = replace(TASK, day_rules={day_on: DayRule(barred_dishes={"": others | {"D001"}})})
    assert substitutes(week, task, day_on, main, ["regular"]) == ()
    rules = {str(one.params["rule"]) for one in clash(week, task, day_on, main, ["regular"])}
    assert "parts_main" in rules
