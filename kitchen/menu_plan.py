"""Menu planning: a week of set menus within the nutrition targets, at the least price."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ortools.sat.python import cp_model

from kitchen.foods import Food
from kitchen.menu_facts import DayMenu, MenuPlan, MenuRules, Penalty
from kitchen.nutrition import KCAL_PER_G, Bound, Targets, nutrients_of
from kitchen.recipes import Dish, food_cost_fen
from orders.codes import Coded
from orders.menus import Category

SCALE = 1_000
WHOLE_TARGET = 100_000


@dataclass(frozen=True, slots=True)
class MenuParams:
    """
    How long the solver may think, counted in its own deterministic units, never by the clock.

    Parameters
    ----------
    deterministic_time
        Limit of the search; one unit is about a second on an idle core.
    gap_ratio
        The search ends when it is proved to be this close to the best.
    """

    deterministic_time: float = 10.0
    gap_ratio: float = 0.01


@dataclass(frozen=True, slots=True)
class _Task:
    """What the model is built from: dishes that may stand on a menu, with their nutrients."""

    days: tuple[date, ...]
    dishes: tuple[Dish, ...]
    nutrients: Mapping[str, Mapping[str, float]]
    fen: Mapping[str, int]
    targets: Targets
    rules: MenuRules


@dataclass(frozen=True, slots=True)
class _Model:
    """The CP-SAT model; ``chosen`` by day and dish, ``missed`` by nutrient in parts of `WHOLE_TARGET`."""

    model: cp_model.CpModel
    chosen: Mapping[tuple[int, str], cp_model.IntVar]
    missed: Mapping[str, cp_model.IntVar]
    switches: Mapping[str, cp_model.IntVar]


def plan_menus(
    dishes: Mapping[str, Dish],
    foods: Mapping[str, Food],
    targets: Targets,
    days: Sequence[date],
    rules: MenuRules,
    *,
    params: MenuParams,
    seed: int,
) -> MenuPlan:
    """
    Chooses one set menu a day.

    Every day keeps the targets' hard bounds and the equipment's minutes; over the days no dish stands
    more often than the rules allow. The price is the food, and for each weekly target its missed part.

    Parameters
    ----------
    dishes, foods
        What there is, by id and code.
    targets
        What a meal should hold; a dish of which a hard nutrient is unknown is not considered.
    days
        Service dates of one week.
    rules
        What every set keeps beside.
    params, seed
        Limits of the search, and its random seed: the same seed gives the same menus.

    References
    ----------
    docs/kitchen.md, "Menus"; `menu_check.check_menus` judges what comes out and shares no code with this.
    """
    task = _task(dishes, foods, targets, days, rules)
    if reasons := _too_few(task):
        return MenuPlan((), reasons=reasons)
    built = _build(task, switched=False)
    built.model.minimize(_price(task, built))
    solver = _solver(params, seed)
    status = solver.solve(built.model)
    if status == cp_model.INFEASIBLE:
        return MenuPlan((), reasons=_in_the_way(task, params, seed))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return MenuPlan((), reasons=(Coded("menu_not_found", {"days": len(task.days)}),))
    bound_fen = math.floor(solver.best_objective_bound / SCALE)
    return _plan(task, built, solver, bound_fen)


def _price(task: _Task, built: _Model) -> cp_model.LinearExprT:
    """Food and missed targets of all meals, in parts of `SCALE` of a fen."""
    meals = task.rules.portions
    food_fen = sum(meals * task.fen[dish_id] * chosen for (_, dish_id), chosen in built.chosen.items())
    return SCALE * food_fen + task.rules.miss_fen * meals * len(task.days) * sum(built.missed.values())


def _solver(params: MenuParams, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = params.deterministic_time
    solver.parameters.relative_gap_limit = params.gap_ratio
    return solver


def _task(
    dishes: Mapping[str, Dish],
    foods: Mapping[str, Food],
    targets: Targets,
    days: Sequence[date],
    rules: MenuRules,
) -> _Task:
    needed = {
        name
        for nutrient, bound in targets.bounds.items()
        if bound.strength == "hard"
        for name in _named(nutrient)
    }
    fit = [dish for dish in dishes.values() if _may_stand(dish, rules)]
    nutrients = {dish.dish_id: nutrients_of(dish, foods) for dish in fit}
    known = tuple(sorted((d for d in fit if needed <= nutrients[d.dish_id].keys()), key=lambda d: d.dish_id))
    fen = {dish.dish_id: food_cost_fen(dish, foods) for dish in known}
    return _Task(tuple(sorted(days)), known, nutrients, fen, targets, rules)


def _named(nutrient: str) -> tuple[str, ...]:
    return (KCAL_PER_G[nutrient][0], "energy_kcal") if nutrient in KCAL_PER_G else (nutrient,)


def _may_stand(dish: Dish, rules: MenuRules) -> bool:
    kept_hot = dish.service_mode == "both" and dish.hot_quality_minutes >= rules.least_hot_minutes
    suits = dish.iddsi_level <= rules.softest and not dish.tags & rules.barred_tags
    return kept_hot and suits and dish.category in rules.parts and bool(_pieces(dish.equipment_kind, rules))


def _most(category: Category, rules: MenuRules) -> int:
    return rules.most_in_week.get(category, 1)


def _too_few(task: _Task) -> tuple[Coded, ...]:
    found = []
    for category, number in task.rules.parts.items():
        fit = sum(dish.category == category for dish in task.dishes)
        needed = -(-number * len(task.days) // min(len(task.days) or 1, _most(category, task.rules)))
        if fit < max(number, needed):
            found.append(
                Coded("menu_too_few_dishes", {"category": category, "dishes": fit, "needed": needed})
            )
    return tuple(found)


def _build(task: _Task, *, switched: bool) -> _Model:
    """The rules as a model; ``switched`` gives each family of rules a switch of its own."""
    model = cp_model.CpModel()
    chosen = {
        (day, dish.dish_id): model.new_bool_var(f"{day} {dish.dish_id}")
        for day in range(len(task.days))
        for dish in task.dishes
    }
    switches: dict[str, cp_model.IntVar] = {}
    for rule, constraint in _rules(model, task, chosen):
        if switched:
            if rule not in switches:
                switches[rule] = model.new_bool_var(rule)
            constraint.only_enforce_if(switches[rule])
    for day in range(len(task.days)):
        for category, number in task.rules.parts.items():
            model.add(sum(chosen[day, d.dish_id] for d in task.dishes if d.category == category) == number)
    _days_in_order(model, task, chosen)
    missed = {} if switched else _missed(model, task, chosen)
    return _Model(model, chosen, missed, switches)


def _rules(
    model: cp_model.CpModel, task: _Task, chosen: Mapping[tuple[int, str], cp_model.IntVar]
) -> Iterator[tuple[str, cp_model.Constraint]]:
    """Every rule that may stand in the way, with the name of its family."""
    days = range(len(task.days))
    for dish in task.dishes:
        most = _most(dish.category, task.rules)
        yield "repeat", model.add(sum(chosen[day, dish.dish_id] for day in days) <= most)
    for day in days:
        for nutrient, bound in task.targets.bounds.items():
            if bound.strength == "hard":
                for at_most, limit in _limits(task, nutrient, bound):
                    amount = sum(at_most[dish.dish_id] * chosen[day, dish.dish_id] for dish in task.dishes)
                    yield nutrient, model.add(amount <= limit)
        for kind, minutes in _minutes(task.rules).items():
            taken = sum(
                _cook_minutes(dish, task.rules) * chosen[day, dish.dish_id]
                for dish in task.dishes
                if dish.equipment_kind == kind
            )
            yield f"equipment_{kind}", model.add(taken <= minutes)


def _limits(task: _Task, nutrient: str, bound: Bound) -> Iterator[tuple[dict[str, int], int]]:
    """A bound as sums that must not exceed a limit; rounded so that the true sum keeps it too."""
    for limit, sign in ((bound.most, 1), (bound.least, -1)):
        if limit is None:
            continue
        if nutrient in KCAL_PER_G:
            name, kcal = KCAL_PER_G[nutrient]
            amounts = {
                dish.dish_id: task.nutrients[dish.dish_id][name] * kcal
                - limit * task.nutrients[dish.dish_id]["energy_kcal"]
                for dish in task.dishes
            }
            most = 0
        else:
            amounts = {dish.dish_id: task.nutrients[dish.dish_id][nutrient] for dish in task.dishes}
            most = math.floor(SCALE * sign * limit)
        yield {dish_id: math.ceil(SCALE * sign * amount) for dish_id, amount in amounts.items()}, most


def _minutes(rules: MenuRules) -> dict[str, int]:
    kinds = {piece.kind for piece in rules.equipment}
    return {kind: rules.cook_minutes * len(_pieces(kind, rules)) for kind in sorted(kinds)}


def _pieces(kind: str, rules: MenuRules) -> list[int]:
    """Changeover minutes of each shared piece of a kind."""
    shared = (piece for piece in rules.equipment if piece.kind == kind and not piece.specials_only)
    return [-(-piece.changeover_s // 60) for piece in shared]


def _cook_minutes(dish: Dish, rules: MenuRules) -> int:
    """Minutes that a day's portions of a dish take of its equipment, as if all pieces were the smallest."""
    ratios = [
        piece.capacity_ratio
        for piece in rules.equipment
        if piece.kind == dish.equipment_kind and not piece.specials_only
    ]
    most = max(1, math.floor(dish.batch_portions * min(ratios)))
    changeover = max(_pieces(dish.equipment_kind, rules))
    return -(-rules.portions // most) * (dish.batch_minutes + changeover)


def _days_in_order(
    model: cp_model.CpModel, task: _Task, chosen: Mapping[tuple[int, str], cp_model.IntVar]
) -> None:
    """Days that nothing tells apart take the dishes of the first category in the order of their ids."""
    first = next(iter(task.rules.parts))
    ranks = [
        sum(
            rank * chosen[day, dish.dish_id]
            for rank, dish in enumerate(task.dishes)
            if dish.category == first
        )
        for day in range(len(task.days))
    ]
    for earlier, later in pairwise(ranks):
        model.add(earlier <= later)


def _missed(
    model: cp_model.CpModel, task: _Task, chosen: Mapping[tuple[int, str], cp_model.IntVar]
) -> dict[str, cp_model.IntVar]:
    missed = {}
    for nutrient, aim in _weekly(task.targets).items():
        missed[nutrient] = model.new_int_var(0, WHOLE_TARGET, f"missed {nutrient}")
        whole = aim * len(task.days)
        parts = {
            dish.dish_id: math.floor(WHOLE_TARGET * task.nutrients[dish.dish_id].get(nutrient, 0.0) / whole)
            for dish in task.dishes
        }
        held = sum(parts[dish_id] * literal for (_, dish_id), literal in chosen.items())
        model.add(missed[nutrient] >= WHOLE_TARGET - held)
    return missed


def _weekly(targets: Targets) -> dict[str, float]:
    aims = {
        nutrient: bound.target or bound.least
        for nutrient, bound in targets.bounds.items()
        if bound.strength == "weekly"
    }
    return {nutrient: aim for nutrient, aim in aims.items() if aim}


def _plan(task: _Task, built: _Model, solver: cp_model.CpSolver, bound_fen: int) -> MenuPlan:
    order = list(task.rules.parts)
    by_place = sorted(task.dishes, key=lambda dish: (order.index(dish.category), dish.dish_id))
    days = tuple(
        DayMenu(on, tuple(d.dish_id for d in by_place if solver.boolean_value(built.chosen[day, d.dish_id])))
        for day, on in enumerate(task.days)
    )
    meals = task.rules.portions * len(days)
    penalties = []
    for nutrient, missed in built.missed.items():
        percent = 100 * solver.value(missed) / WHOLE_TARGET
        if percent > 0:
            penalties.append(Penalty(nutrient, percent, round(percent * task.rules.miss_fen * meals)))
    food_fen = task.rules.portions * sum(task.fen[dish_id] for day in days for dish_id in day.dish_ids)
    return MenuPlan(days, food_fen, tuple(penalties), bound_fen)


def _in_the_way(task: _Task, params: MenuParams, seed: int) -> tuple[Coded, ...]:
    """Families of rules that cannot be kept together, by the solver's own proof."""
    built = _build(task, switched=True)
    built.model.add_assumptions(list(built.switches.values()))
    solver = _solver(params, seed)
    if solver.solve(built.model) != cp_model.INFEASIBLE:
        return (Coded("menu_not_found", {"days": len(task.days)}),)
    core = set(solver.sufficient_assumptions_for_infeasibility())
    names = [name for name, switch in built.switches.items() if switch.index in core]
    return tuple(Coded("menu_rule_in_the_way", {"rule": name}) for name in names)
