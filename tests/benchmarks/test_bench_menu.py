"""The frozen menu problems stay what they are, and the bench measures both sides on them."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from api.bench.menu import bench_menus
from api.bench.menu_problem import freeze, read_problem, thaw, varied
from kitchen.menu_numbers import numbers_of

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@pytest.mark.parametrize(("name", "dishes"), [("delivery", 119), ("at-once", 157)])
def test_a_frozen_problem_is_read_back_the_same(name, dishes):
    """
    Tests that writing and reading changes nothing, and that the problem has the dishes it had.
    """
    task = read_problem(name)
    assert thaw(json.loads(json.dumps(freeze(task)))) == task
    assert len(task.days) == 20 and [line.code for line in task.lines] == ["regular", "soft", "low-salt"]
    assert len(numbers_of(task).dish_ids) == dishes


def test_a_variation_is_another_problem():
    """
    Tests that variations differ from the problem and from each other, and are the same each time.
    """
    task = read_problem("delivery")
    assert varied(task, 0) is task
    assert varied(task, 1) == varied(task, 1)
    assert len({len(varied(task, 1).made), len(task.made)}) == 2
    assert varied(task, 1).made != varied(task, 2).made


def test_the_bench_measures_both_sides():
    """
    Tests a short run against its schema; a menu that breaks a rule would be counted.
    """
    found = bench_menus("delivery", 1, 2.0, 0, 1)
    assert found["ours"]["broken"] == 0
    schema = json.loads((SCHEMAS / "bench-menu.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, {"schema": 1, **found})
