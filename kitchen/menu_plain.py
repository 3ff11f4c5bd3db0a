"""All days of a menu task as one model for the solver alone: a comparison, not how the house plans."""

from collections.abc import Mapping

import numpy as np
from ortools.sat.python import cp_model

from kitchen.menu_bound import DayKind
from kitchen.menu_cost import floor_fen
from kitchen.menu_day import day_constraints, variables_of
from kitchen.menu_facts import DayMenu, MenuTask
from kitchen.menu_numbers import SCALE, WHOLE, Bits, Numbers, numbers_of
from kitchen.menu_plan import menus_of

Chosen = Mapping[tuple[int, int, int], cp_model.IntVar]


def plan_plainly(
    task: MenuTask, *, seconds: float, workers: int, seed: int
) -> tuple[tuple[DayMenu, ...], int | None, str]:
    """
    Menus by the solver alone, a variable for each dish, day and set of lines that share it.

    Returns
    -------
    tuple[tuple[DayMenu, ...], int | None, str]
        The menus, empty when none was found; the bound in fen, if there is one; what the solver says.
    """
    numbers = numbers_of(task)
    model = cp_model.CpModel()
    chosen: dict[tuple[int, int, int], cp_model.IntVar] = {}
    for d in range(numbers.days):
        kind = DayKind((d,), numbers.allowed[d], numbers.pinned[d], numbers.least[d], numbers.most[d])
        own = variables_of(model, numbers, kind.allowed)
        for _, limit in day_constraints(numbers, kind, own):
            model.add(limit)
        chosen |= {(d, i, lines): variable for (i, lines), variable in own.items()}
    _windows(model, numbers, chosen)
    _kinds(model, numbers, chosen)
    missed = _missed(model, numbers, chosen)
    model.minimize(
        sum(_price(numbers, i, lines) * variable for (_, i, lines), variable in chosen.items())
        + sum(price * variable for price, variable in missed)
    )
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    bound = max(0, int(solver.best_objective_bound) // SCALE - floor_fen(task))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return (), bound, solver.status_name(status)
    served: Bits = np.zeros_like(numbers.allowed)
    for (d, i, lines), variable in chosen.items():
        if solver.boolean_value(variable):
            for line in range(numbers.lines):
                served[d, line, i] = bool(lines >> line & 1)
    return menus_of(numbers, served), bound, solver.status_name(status)


def _price(numbers: Numbers, i: int, lines: int) -> int:
    food = sum(int(numbers.food[line, i]) for line in range(numbers.lines) if lines >> line & 1)
    return food + int(numbers.cook[i, lines])


def _windows(model: cp_model.CpModel, numbers: Numbers, chosen: Chosen) -> None:
    eaten: dict[tuple[int, int, int], list[cp_model.IntVar]] = {}
    for (d, i, lines), variable in chosen.items():
        for line in range(numbers.lines):
            if lines >> line & 1:
                eaten.setdefault((line, i, d), []).append(variable)
    for i, window in enumerate(numbers.window.tolist()):
        for line in range(numbers.lines):
            for first in range(max(1, numbers.days - window + 1)):
                days = range(first, min(numbers.days, first + window))
                model.add_at_most_one(one for d in days for one in eaten.get((line, i, d), ()))


def _kinds(model: cp_model.CpModel, numbers: Numbers, chosen: Chosen) -> None:
    if not numbers.task.rules.kinds_bind:
        return
    for week in np.unique(numbers.week).tolist():
        days = np.flatnonzero(numbers.week == week).tolist()
        for line in range(numbers.lines):
            holding: dict[int, list[cp_model.IntVar]] = {}
            for (d, i, lines), variable in chosen.items():
                if d in days and lines >> line & 1:
                    for kind in numbers.kinds[i].tolist():
                        if kind >= 0:
                            holding.setdefault(kind, []).append(variable)
            present = []
            for variables in holding.values():
                present.append(model.new_bool_var(""))
                model.add(sum(variables) >= present[-1])
            model.add(sum(present) >= numbers.task.rules.kinds_in(len(days)))


def _missed(model: cp_model.CpModel, numbers: Numbers, chosen: Chosen) -> list[tuple[int, cp_model.IntVar]]:
    missed = []
    for week in np.unique(numbers.week).tolist():
        days = set(np.flatnonzero(numbers.week == week).tolist())
        whole = WHOLE * len(days)
        for line in range(numbers.lines):
            for n in range(numbers.prices.shape[1]):
                if price := int(numbers.prices[line, n]):
                    missed.append((price, model.new_int_var(0, whole, "")))
                    held = sum(
                        int(numbers.parts[line, n, i]) * variable
                        for (d, i, lines), variable in chosen.items()
                        if d in days and lines >> line & 1
                    )
                    model.add(missed[-1][1] >= whole - held)
    return missed
