"""One day's sets of all lines at given prices: the best there are, a bound on them, or why there are none."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

import numpy as np
from ortools.sat.python import cp_model

from kitchen.menu_bound import DayKind, alike_of, shares
from kitchen.menu_numbers import Bits, Ints, Numbers
from orders.codes import Coded

PARTS, NEVER_ALONE = "parts_", frozenset({"main_food", "method", "colour", "pin"})
SIMPLE_PART = 0.05  # of what is left of the effort, for one bound alone


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
    chosen = {share: model.new_bool_var("") for share in shares(numbers, kind.allowed)}
    for _ in day_constraints(model, numbers, kind, chosen, slack=int(kind.most.sum()) if loose else 0):
        pass
    for line, (known, more) in (new_kinds or {}).items():
        _bring_kinds(model, numbers, chosen, line, known, more)
    model.minimize(sum(int(costs[share]) * variable for share, variable in chosen.items()))
    if hint is not None:
        lines = sum(hint[line].astype(np.int64) << line for line in range(numbers.lines))
        for (i, own), variable in chosen.items():
            model.add_hint(variable, bool(np.asarray(lines)[i] == own))
    solver = _solver(effort)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return BestDay(None, None)
    bound = math.floor(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return BestDay(None, bound)
    served = np.zeros(kind.allowed.shape, dtype=np.bool_)
    for (i, lines), variable in chosen.items():
        if solver.boolean_value(variable):
            for line in range(numbers.lines):
                served[line, i] = bool(lines >> line & 1)
    return BestDay(served, bound)


@dataclass(frozen=True, slots=True)
class Clash:
    """
    Rules that no day can keep together.

    Parameters
    ----------
    rules
        Line and name of each; empty where nothing was proved.
    is_smallest
        Whether each of them was shown to be needed.
    """

    rules: tuple[tuple[str, str], ...]
    is_smallest: bool


def day_in_the_way(numbers: Numbers, kind: DayKind, effort: Effort) -> Clash:
    """The smallest set of rules found that no day of a kind can keep together, with this effort in all."""
    began = perf_counter()
    model = cp_model.CpModel()
    chosen = {share: model.new_bool_var("") for share in shares(numbers, kind.allowed)}
    switches: dict[tuple[str, str], cp_model.IntVar] = {}
    for rule, constraint in day_constraints(model, numbers, kind, chosen, slack=0):
        if rule not in switches:
            switches[rule] = model.new_bool_var("")
        constraint.only_enforce_if(switches[rule])
    return _smallest(_Proofs(model, switches, effort, began))


def clash_codes(clash: Clash, day_on: date) -> tuple[Coded, ...]:
    """A clash as findings, with a word where it may not be the smallest."""
    day = day_on.isoformat()
    rules = tuple(
        Coded("menu_rule_in_the_way", {"rule": rule, "line": line, "day": day}) for line, rule in clash.rules
    )
    return (
        rules if clash.is_smallest or not rules else (*rules, Coded("menu_clash_not_smallest", {"day": day}))
    )


class _Proofs:
    """Which rules a solver proves to clash, within one budget for all its proofs."""

    def __init__(
        self,
        model: cp_model.CpModel,
        switches: Mapping[tuple[str, str], cp_model.IntVar],
        effort: Effort,
        began: float,
    ) -> None:
        self.model = model
        self.switches = switches
        self.effort = effort
        self.units = effort.units
        self.ends = None if effort.seconds is None else began + effort.seconds

    @property
    def is_spent(self) -> bool:
        """Whether there is no more budget."""
        return self.units <= 0 or (self.ends is not None and perf_counter() >= self.ends)

    def core(
        self, rules: Sequence[tuple[str, str]], part: float = 1.0
    ) -> tuple[list[tuple[str, str]] | None, bool]:
        """
        Those of some rules that suffice to prove that there is nothing, and whether that was decided.

        ``part`` of what is left of the budget is spent on it at most.
        """
        if self.is_spent:
            return None, False
        left = None if self.ends is None else (self.ends - perf_counter()) * part
        self.model.clear_assumptions()
        self.model.add_assumptions([self.switches[rule] for rule in rules])
        solver = _solver(replace(self.effort, units=self.units * part, seconds=left))
        status = solver.solve(self.model)
        self.units -= solver.deterministic_time
        if status != cp_model.INFEASIBLE:
            return None, status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        needed = set(solver.sufficient_assumptions_for_infeasibility())
        return [rule for rule in rules if self.switches[rule].index in needed], True


def _simple(proofs: _Proofs) -> list[tuple[str, str]] | None:
    """A single bound that no set of its line can keep: soon proved, and usual."""
    for rule in proofs.switches:
        line, name = rule
        if line and not name.startswith(PARTS) and name not in NEVER_ALONE:
            parts = [one for one in proofs.switches if one[0] == line and one[1].startswith(PARTS)]
            core, _ = proofs.core([*parts, rule], SIMPLE_PART)
            if core is not None:
                return core
    return None


def _smallest(proofs: _Proofs) -> Clash:
    """A core of which every rule is needed, as far as the budget goes."""
    core = _simple(proofs) or proofs.core(list(proofs.switches))[0]
    if core is None:
        return Clash((), False)
    is_smallest = True
    for tried, rule in enumerate(list(core)):
        if rule in core:
            fewer, decided = proofs.core([one for one in core if one != rule], 2 / (2 + len(core) - tried))
            is_smallest &= decided
            core = core if fewer is None else fewer
    return Clash(tuple(core), is_smallest)


def _solver(effort: Effort) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.units
    solver.parameters.relative_gap_limit = effort.gap_ratio
    if effort.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
    return solver


Chosen = Mapping[tuple[int, int], cp_model.IntVar]


def day_constraints(
    model: cp_model.CpModel, numbers: Numbers, kind: DayKind, chosen: Chosen, *, slack: int
) -> Iterator[tuple[tuple[str, str], cp_model.Constraint]]:
    """Every rule of a day, with the line (empty for all) and the name of its family."""
    by_dish: dict[int, list[cp_model.IntVar]] = {}
    for (i, _), variable in chosen.items():
        by_dish.setdefault(i, []).append(variable)
    for own in by_dish.values():
        model.add_at_most_one(own)
    for k, name in enumerate(numbers.kind_names):
        taken = sum(
            int(numbers.minutes[share]) * variable
            for share, variable in chosen.items()
            if numbers.kind[share[0]] == k
        )
        yield ("", f"equipment_{name}"), model.add(taken <= int(numbers.capacity[k]))
    for line, facts in enumerate(numbers.task.lines):
        eaten: dict[int, list[cp_model.IntVar]] = {}
        for (i, lines), variable in chosen.items():
            if lines >> line & 1:
                eaten.setdefault(i, []).append(variable)
        for rule, constraint in _line_constraints(model, numbers, kind, line, eaten, slack):
            yield (facts.code, rule), constraint


def _line_constraints(
    model: cp_model.CpModel,
    numbers: Numbers,
    kind: DayKind,
    line: int,
    eaten: Mapping[int, list[cp_model.IntVar]],
    slack: int,
) -> Iterator[tuple[str, cp_model.Constraint]]:
    for c, category in enumerate(numbers.categories):
        of = sum(one for i, own in eaten.items() if numbers.category[i] == c for one in own)
        yield f"parts_{category}", model.add(of >= int(kind.least[c]))
        yield f"parts_{category}", model.add(of <= int(kind.most[c]))
    for i in np.flatnonzero(kind.pinned[line]).tolist():
        yield "pin", model.add(sum(eaten.get(i, [])) >= 1)
    for h, name in enumerate(numbers.row_names[line]):
        amount = sum(int(numbers.rows[line, h, i]) * one for i, own in eaten.items() for one in own)
        yield name, model.add(amount <= int(numbers.limits[line, h]) + slack)
    alike: dict[tuple[str, int, int], list[cp_model.IntVar]] = {}
    for i, own in eaten.items():
        for what in alike_of(numbers, i):
            alike.setdefault(what, []).extend(own)
    for (name, _, most), dishes in alike.items():
        if len(dishes) > most:
            yield name, model.add(sum(dishes) <= most)


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
