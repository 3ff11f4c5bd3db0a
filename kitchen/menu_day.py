"""One day's sets of all lines at given prices: the best there are, and a bound on them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from kitchen.menu_bound import DayKind, alike_of, shares
from kitchen.menu_numbers import Bits, Ints, Numbers

Rule = tuple[str, str, str]
"""Line (empty for all), name, and for a bound whether it is ``"least"`` or ``"most"``."""
Limit = cp_model.BoundedLinearExpression | bool
Chosen = Mapping[tuple[int, int], cp_model.IntVar]
Eaten = dict[int, list[cp_model.IntVar]]


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How long a solver may think.

    Parameters
    ----------
    units
        In its own deterministic units, about a second each on an idle core.
    seconds
        By the clock; None for no limit, so that a run can be repeated.
    gap_ratio
        It stops when it is proved to be this close to the best.
    seed
        Of its random choices.
    """

    units: float = 5.0
    seconds: float | None = None
    gap_ratio: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class BestDay:
    """
    What is known of one day at given prices.

    Parameters
    ----------
    served
        (L, I), the best sets found; None where none was found.
    bound
        What any sets cost at least, thousandths of a fen; None when there can be none.
    """

    served: Bits | None
    bound: int | None


def best_day(
    numbers: Numbers,
    kind: DayKind,
    costs: Ints,
    effort: Effort,
    *,
    hint: Bits | None = None,
    new_kinds: Mapping[int, tuple[frozenset[int], int]] | None = None,
    loose: bool = False,
) -> BestDay:
    """
    The cheapest sets of one day.

    Parameters
    ----------
    numbers, kind
        What the day must keep.
    costs
        (I, S), of each dish for each set of lines.
    effort
        Limits of the search.
    hint
        (L, I), sets to start from.
    new_kinds
        By line, kinds of food its week has already, and how many more the day must bring.
    loose
        Whether sums may pass their limit by what rounding may have added: for a bound.
    """
    model = cp_model.CpModel()
    chosen = variables_of(model, numbers, kind.allowed)
    for _, limit in day_constraints(numbers, kind, chosen, slack=int(kind.most.sum()) if loose else 0):
        model.add(limit)
    for line, (known, more) in (new_kinds or {}).items():
        _bring_kinds(model, numbers, chosen, line, known, more)
    model.minimize(sum(int(costs[share]) * variable for share, variable in chosen.items()))
    if hint is not None:
        lines = sum(hint[line].astype(np.int64) << line for line in range(numbers.lines))
        for (i, own), variable in chosen.items():
            model.add_hint(variable, bool(np.asarray(lines)[i] == own))
    solver = solver_of(effort)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return BestDay(None, None)
    bound = math.floor(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return BestDay(None, bound)
    return BestDay(served_by(solver, chosen, kind.allowed), bound)


def served_by(solver: cp_model.CpSolver, chosen: Chosen, allowed: Bits) -> Bits:
    """(L, I), the dishes that a solver chose."""
    served = np.zeros(allowed.shape, dtype=np.bool_)
    for (i, lines), variable in chosen.items():
        if solver.boolean_value(variable):
            for line in range(allowed.shape[0]):
                served[line, i] = bool(lines >> line & 1)
    return served


def solver_of(effort: Effort) -> cp_model.CpSolver:
    """A solver that thinks no longer than this."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.units
    solver.parameters.relative_gap_limit = effort.gap_ratio
    if effort.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
    return solver


def variables_of(model: cp_model.CpModel, numbers: Numbers, allowed: Bits) -> Chosen:
    """A variable for each dish and set of lines that may share it, (L, I); at most one of a dish is true."""
    chosen = {share: model.new_bool_var("") for share in shares(numbers, allowed)}
    by_dish: dict[int, list[cp_model.IntVar]] = {}
    for (i, _), variable in chosen.items():
        by_dish.setdefault(i, []).append(variable)
    for own in by_dish.values():
        model.add_at_most_one(own)
    return chosen


def day_constraints(
    numbers: Numbers, kind: DayKind, chosen: Chosen, *, slack: int = 0
) -> Iterator[tuple[Rule, Limit]]:
    """Every rule of a day, not yet added to a model."""
    for k, name in enumerate(numbers.kind_names):
        taken = sum(
            int(numbers.minutes[share]) * variable
            for share, variable in chosen.items()
            if numbers.kind[share[0]] == k
        )
        yield ("", f"equipment_{name}", "most"), taken <= int(numbers.capacity[k])
    for line, facts in enumerate(numbers.task.lines):
        eaten: Eaten = {}
        for (i, lines), variable in chosen.items():
            if lines >> line & 1:
                eaten.setdefault(i, []).append(variable)
        for name, way, limit in _line_constraints(numbers, kind, line, eaten, slack):
            yield (facts.code, name, way), limit


def _line_constraints(
    numbers: Numbers, kind: DayKind, line: int, eaten: Eaten, slack: int
) -> Iterator[tuple[str, str, Limit]]:
    for c, category in enumerate(numbers.categories):
        of = sum(one for i, own in eaten.items() if numbers.category[i] == c for one in own)
        yield f"parts_{category}", "", of >= int(kind.least[c])
        yield f"parts_{category}", "", of <= int(kind.most[c])
    for i in np.flatnonzero(kind.pinned[line]).tolist():
        yield "pin", "", sum(eaten.get(i, [])) >= 1
    for h, (name, way) in enumerate(numbers.row_names[line]):
        amount = sum(int(numbers.rows[line, h, i]) * one for i, own in eaten.items() for one in own)
        yield name, way, amount <= int(numbers.limits[line, h]) + slack
    alike: dict[tuple[str, int, int], list[cp_model.IntVar]] = {}
    for i, own in eaten.items():
        for what in alike_of(numbers, i):
            alike.setdefault(what, []).extend(own)
    for (name, _, most), dishes in alike.items():
        if len(dishes) > most:
            yield name, "", sum(dishes) <= most


def _bring_kinds(
    model: cp_model.CpModel,
    numbers: Numbers,
    chosen: Chosen,
    line: int,
    known: frozenset[int],
    more: int,
) -> None:
    holding: dict[int, list[cp_model.IntVar]] = {}
    for (i, lines), variable in chosen.items():
        if lines >> line & 1:
            for kind in numbers.kinds[i].tolist():
                if kind >= 0 and kind not in known:
                    holding.setdefault(kind, []).append(variable)
    brought = []
    for variables in holding.values():
        present = model.new_bool_var("")
        model.add(sum(variables) >= present)
        brought.append(present)
    model.add(sum(brought) >= more)
