"""One dish for another: the best substitutes keep every rule, the nearest say what they break."""

from dataclasses import replace

import pytest

from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of
from kitchen.menu_facts import DayRule
from kitchen.menu_plan import plan_menus
from kitchen.menu_swap import candidates, clash, nearest, new_findings, substitutes
from orders.codes import Coded
from tests.kitchen.menus import QUICK, menu_task

TASK = menu_task(lines=("regular", "low-salt"))


@pytest.fixture(scope="module")
def week():
    """Five planned days of two lines."""
    return plan_menus(TASK, params=QUICK, seed=1).days


def dish_of(week, day_on, category):
    """The dish of a category of a day's regular line, and the lines that eat it."""
    menu = next(one for one in week if one.service_on == day_on and one.line == "regular")
    dish = next(one for one, variant in menu.dishes if TASK.made[one, variant].category == category)
    return dish, [one.line for one in week if one.service_on == day_on and dish in one.dish_ids]


def test_substitutes_keep_every_rule_and_say_what_they_cost(week):
    """
    Tests that each of the three stands in the week without breaking a rule, cheapest first, priced exactly.
    """
    day_on = TASK.days[2]
    soup, lines = dish_of(week, day_on, "soup")
    found = substitutes(candidates(week, TASK, day_on, soup, lines))
    assert 1 <= len(found) <= 3
    assert [one.total_fen for one in found] == sorted(one.total_fen for one in found)
    for one in found:
        changed = [menu for menu in week if menu.service_on != day_on] + list(one.menus)
        assert check_menus(changed, TASK) == []
        assert cost_of(changed, TASK).total_fen - cost_of(week, TASK).total_fen == one.total_fen
        assert all(one.dish_id in menu.dish_ids for menu in one.menus if menu.line in lines)


def test_the_nearest_say_which_rule_they_break_and_by_how_much(week):
    """
    Tests that each dish that nearly fits breaks just what the judge finds in its week, with figure and limit.
    """
    day_on = TASK.days[2]
    main, lines = dish_of(week, day_on, "main")
    found = candidates(week, TASK, day_on, main, lines)
    near = nearest(found)
    assert len(near) == 3 and [one.off for one in near] == sorted(one.off for one in near)
    for one in near:
        changed = [menu for menu in week if menu.service_on != day_on] + list(one.menus)
        key = lambda broken: (broken.code, sorted(broken.params.items(), key=str))  # noqa: E731
        assert sorted(one.broken, key=key) == sorted(check_menus(changed, TASK), key=key)
        assert all({"bound", "most", "least"} & broken.params.keys() for broken in one.broken)
    firm = [one for one in found if not one.is_near]
    assert firm and all(one.broken and one not in near for one in firm)


def test_a_fault_that_was_there_before_is_no_reason_against(week):
    """
    Tests that a dear set may get a cheaper dish though it stays too dear, and none that makes it dearer.
    """
    before = [Coded("menu_food_dear", {"day": "d", "line": "l", "fen": 500, "most": 400})]
    cheaper = [Coded("menu_food_dear", {"day": "d", "line": "l", "fen": 450, "most": 400})]
    assert not new_findings(before, cheaper) and new_findings(cheaper, before) and new_findings([], cheaper)
    low = [replace(line, most_food_fen=100) for line in TASK.lines]
    task, day_on = replace(TASK, lines=tuple(low)), TASK.days[2]
    gone = (dish_of(week, day_on, category)[0] for category in ("soup", "vegetable", "half_main", "staple"))
    each = (substitutes(candidates(week, task, day_on, one, ["regular"])) for one in gone)
    found = next(some for some in each if some)
    assert all(one.food_fen <= 0 for one in found)


def test_without_a_substitute_the_fewest_rules_that_keep_all_out_are_named(week):
    """
    Tests that one rule that keeps every dish out is named alone, with how many it keeps out.
    """
    day_on = TASK.days[0]
    main, _ = dish_of(week, day_on, "main")
    others = frozenset(one for (one, _), dish in TASK.made.items() if dish.category == "main" and one != main)
    task = replace(TASK, day_rules={day_on: DayRule(barred_dishes={"": others})})
    found = candidates(week, task, day_on, main, ["regular"])
    assert substitutes(found) == () == nearest(found)
    head, *rules = clash(found, day_on, main)
    assert head.code == "menu_swap_clash" and head.params["whole"] == len(others)
    assert {str(one.params["rule"]) for one in rules} <= {"barred", "unfit"}
    assert sum(one.params["count"] for one in rules) == len(others)
    assert clash((), day_on, main)[0].code == "menu_no_substitute"
