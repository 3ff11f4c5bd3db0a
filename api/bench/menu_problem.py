"""Frozen menu problems: a task written to a file once, read back the same, and its variations."""

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from api.paths import config_dir
from kitchen.equipment import Equipment
from kitchen.foods import Food
from kitchen.menu_facts import DishLook, Line, MenuRules, MenuTask, Points
from kitchen.nutrition import Bound, Retention, Targets
from kitchen.recipes import Dish, Ingredient

DROPPED_PART = 0.1  # of the dishes, in a variation
ENERGY = frozenset({"energy_kcal", "fat_g", "carbohydrate_g"})


def problem_folder() -> Path:
    """Where the frozen problems are: beside the packaged config."""
    packaged = Path(__file__).resolve().parent.parent / "_benchmarks" / "menu"
    return packaged if packaged.is_dir() else config_dir().parent / "benchmarks" / "menu"


def read_problem(name: str) -> MenuTask:
    """A frozen problem by its name; `FileNotFoundError` when there is none."""
    return thaw(json.loads((problem_folder() / f"{name}.json").read_text("utf-8")))


def varied(task: MenuTask, seed: int) -> MenuTask:
    """
    The problem with a tenth of its dishes gone and every price up to a tenth higher or lower.

    Parameters
    ----------
    task
        A frozen problem.
    seed
        Which variation; 0 is the problem itself.
    """
    if seed == 0:
        return task
    choose = random.Random(seed)
    ids = sorted(task.looks)
    gone = frozenset(choose.sample(ids, int(len(ids) * DROPPED_PART)))
    foods = {
        code: replace(food, price_fen_per_kg=round(food.price_fen_per_kg * choose.uniform(0.9, 1.1)))
        for code, food in sorted(task.foods.items())
    }
    made = {cooked: dish for cooked, dish in task.made.items() if cooked[0] not in gone}
    return replace(task, foods=foods, made=made)


def freeze(task: MenuTask) -> dict[str, Any]:
    """A task without rules of single days as a JSON document."""
    named = {name for line in task.lines for name in line.targets.bounds} | ENERGY
    used = {one.food_code for dish in task.made.values() for one in dish.ingredients}
    return {
        "days": [day_on.isoformat() for day_on in task.days],
        "lines": [_plain(asdict(line)) for line in task.lines],
        "foods": [_food(task.foods[code], named) for code in sorted(used)],
        "made": [
            {"variant": variant, **_plain(asdict(replace(dish, makings=())))}
            for (_, variant), dish in sorted(task.made.items())
        ],
        "looks": {one: _plain(asdict(look)) for one, look in sorted(task.looks.items())},
        "rules": _plain(asdict(task.rules)),
        "points": _plain(asdict(task.points)),
        "retention": {
            "heat_of_method": dict(task.retention.heat_of_method),
            "kind_of_group": dict(task.retention.kind_of_group),
            "factors": [
                [*where, {name: one for name, one in factors.items() if name in named}]
                for where, factors in sorted(task.retention.factors.items())
            ],
        },
    }


def thaw(document: Mapping[str, Any]) -> MenuTask:
    """The task of a document that `freeze` made."""
    rules, retention = dict(document["rules"]), document["retention"]
    rules["parts"] = {category: tuple(pair) for category, pair in rules["parts"].items()}
    rules["equipment"] = tuple(Equipment(**piece) for piece in rules["equipment"])
    return MenuTask(
        days=tuple(date.fromisoformat(day_on) for day_on in document["days"]),
        lines=tuple(_line(line) for line in document["lines"]),
        made={(one["dish_id"], one["variant"]): _dish(one) for one in document["made"]},
        foods={
            one["code"]: Food(**_sets(one, "contains", "may_contain", "unknown", "tags"))
            for one in document["foods"]
        },
        looks={one: DishLook(**_sets(look, "kinds", "beside")) for one, look in document["looks"].items()},
        rules=MenuRules(**rules),
        points=Points(**document["points"]),
        retention=Retention(
            retention["heat_of_method"],
            retention["kind_of_group"],
            {(kind, heat): factors for kind, heat, factors in retention["factors"]},
        ),
    )


def _food(food: Food, named: Iterable[str]) -> dict[str, Any]:
    return {
        "code": food.code,
        "name_zh": food.name_zh,
        "name_en": food.name_en,
        "group": food.group,
        "edible_ratio": food.edible_ratio,
        "contains": sorted(food.contains),
        "may_contain": sorted(food.may_contain),
        "unknown": sorted(food.unknown),
        "tags": sorted(food.tags),
        "price_fen_per_kg": food.price_fen_per_kg,
        "nutrients": {name: food.nutrients[name] for name in sorted(named) if name in food.nutrients},
    }


def _dish(table: Mapping[str, Any]) -> Dish:
    facts = {key: value for key, value in table.items() if key != "variant"}
    facts["ingredients"] = tuple(
        Ingredient(**{**one, "cooked_by": tuple(one.get("cooked_by", ()))}) for one in facts["ingredients"]
    )
    facts["makings"] = ()
    return Dish(**_sets(facts, "tags", "extra_allergens"))


def _line(table: Mapping[str, Any]) -> Line:
    facts = _sets(table, "barred_tags", "barred_allergens")
    targets = dict(facts["targets"])
    targets["bounds"] = {name: Bound(**bound) for name, bound in targets["bounds"].items()}
    return Line(**{**facts, "targets": Targets(**targets), "variants": tuple(facts["variants"])})


def _sets(table: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: frozenset(value) if key in names else value for key, value in table.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
