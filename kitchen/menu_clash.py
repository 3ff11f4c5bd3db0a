"""Why there are no menus: targets that these dishes do not reach, and the smallest set that clashes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import isinf
from time import perf_counter

import numpy as np
from ortools.sat.python import cp_model

from kitchen.menu_bound import DayKind, Month, relaxed
from kitchen.menu_day import Effort, Limit, Rule, day_constraints, served_by, solver_of, variables_of
from kitchen.menu_hitting import smallest_hitting
from kitchen.menu_numbers import Bits, Ints, Numbers, amount_of, asked_of, part_row
from kitchen.nutrition import KCAL_PER_G
from orders.codes import Coded

PARTS, ALIKE = "parts_", frozenset({"main_food", "method", "colour"})
PART = 0.2  # of what is left of the budget, for one proof
DIGITS = 4
MOST_STEPS = 6  # towards the best part of the energy


@dataclass(frozen=True, slots=True)
class Why:
    """
    Why there are no menus.

    Parameters
    ----------
    reasons
        In the order to be read.
    proved
        Whether it is proved that there are none.
    """

    reasons: tuple[Coded, ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """
    What a solver says of some rules of a day.

    Parameters
    ----------
    served
        (L, I), sets that keep them; None where none was found.
    broken
        The other rules that these sets break.
    decided
        Whether it is proved that there is nothing better, or nothing at all.
    """

    served: Bits | None
    broken: frozenset[Rule]
    decided: bool


class Budget:
    """
    What all proofs together may take.

    Parameters
    ----------
    units, seconds
        In the solver's own units, and by the clock; infinite for no limit by the clock.
    seed
        Of the solver.
    """

    def __init__(self, units: float, seconds: float, seed: int) -> None:
        self._units, self._seed = units, seed
        self._ends = perf_counter() + seconds

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self._units <= 0 or perf_counter() >= self._ends

    def solver(self, part: float = PART) -> cp_model.CpSolver:
        """A solver for a part of what is left."""
        left = part * max(0.0, self._ends - perf_counter())
        seconds = None if isinf(left) else left
        return solver_of(Effort(part * max(self._units, 0.01), seconds, seed=self._seed))

    def spend(self, solver: cp_model.CpSolver) -> None:
        """Takes off what a solver has used."""
        self._units -= solver.deterministic_time


class DayProblem:
    """
    The rules of one kind of day, of which any may be asked to be kept.

    Parameters
    ----------
    numbers, kind, budget
        Which day, and how long all proofs may take.
    line
        One line alone, without equipment; None for all together.
    """

    def __init__(self, numbers: Numbers, kind: DayKind, budget: Budget, line: int | None = None) -> None:
        self.numbers, self.kind, self.budget = numbers, kind, budget
        alone = np.arange(numbers.lines) == line if line is not None else np.ones(numbers.lines, dtype=bool)
        self.allowed: Bits = kind.allowed & alone[:, None]
        own = {facts.code for facts, mine in zip(numbers.task.lines, alone, strict=True) if mine}
        self._own = own if line is not None else own | {""}
        self.rules = tuple(dict.fromkeys(rule for rule, _ in self._limits(cp_model.CpModel())[1]))

    @property
    def set_rules(self) -> tuple[Rule, ...]:
        """Rules of the set itself: its parts, and what it may not repeat."""
        return tuple(rule for rule in self.rules if rule[1].startswith(PARTS) or rule[1] in ALIKE)

    def kept(self, rules: Collection[Rule]) -> Tried:
        """Sets that keep some rules."""
        return self._solved(rules, None, 0)

    def nearest(self, rules: Collection[Rule], line: int, row: Ints) -> Tried:
        """Sets that keep some rules and have the smallest sum of a row, (I), on a line."""
        return self._solved(rules, row, line)

    def _limits(
        self, model: cp_model.CpModel
    ) -> tuple[dict[tuple[int, int], cp_model.IntVar], list[tuple[Rule, Limit]]]:
        chosen = dict(variables_of(model, self.numbers, self.allowed))
        limits = day_constraints(self.numbers, self.kind, chosen)
        return chosen, [(rule, limit) for rule, limit in limits if rule[0] in self._own]

    def _solved(self, rules: Collection[Rule], row: Ints | None, line: int) -> Tried:
        model = cp_model.CpModel()
        chosen, limits = self._limits(model)
        for rule, limit in limits:
            if rule in rules:
                model.add(limit)
        if row is not None:
            own = {share: one for share, one in chosen.items() if share[1] >> line & 1}
            model.minimize(sum(int(row[i]) * variable for (i, _), variable in own.items()))
        solver = self.budget.solver()
        status = solver.solve(model)
        self.budget.spend(solver)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Tried(None, frozenset(), status == cp_model.INFEASIBLE)
        broken = frozenset(rule for rule, limit in limits if not _holds(limit, solver))
        served = served_by(solver, chosen, self.allowed)
        return Tried(served, broken, row is None or status == cp_model.OPTIMAL)


def why_none(numbers: Numbers, month: Month, budget: Budget) -> Why:
    """
    Why no menus keep every rule.

    First each target alone, then the smallest set of targets that clash on a day, of a line and then of all
    lines with the equipment that they share, then over the weeks.

    Parameters
    ----------
    numbers, month
        The task, and its weeks without their days.
    budget
        For all proofs.
    """
    for line in range(numbers.lines):
        problems = [DayProblem(numbers, kind, budget, line) for kind in month.kinds]
        if found := _of_line(problems, line):
            return Why(tuple(found), True)
    for kind in month.kinds:
        if found := _clash_of(DayProblem(numbers, kind, budget)):
            return Why(tuple(found), True)
    if found := _of_weeks(numbers, month, budget):
        return Why(tuple(found), True)
    return Why((Coded("menu_not_found", {"days": numbers.days}),), False)


def _of_line(problems: Sequence[DayProblem], line: int) -> list[Coded]:
    """What is in one line's way: the set itself, bounds out of reach on any day, or the first clash."""
    for problem in problems:
        if found := _clash(problem, (), problem.set_rules):
            return found
    unreached = [found for problem in problems for found in _out_of_reach(problem, line)]
    if unreached:
        return _nearest_of_each(unreached)
    return next((found for problem in problems if (found := _clash_of(problem))), [])


def _out_of_reach(problem: DayProblem, line: int) -> list[Coded]:
    """Bounds that no set keeps, whatever else it holds, with the sets that come nearest."""
    numbers, found = problem.numbers, []
    for name, way in numbers.row_names[line]:
        rule = (numbers.task.lines[line].code, name, way)
        nearest = _nearest(problem, problem.set_rules, rule)
        if nearest is not None and rule in nearest.tried.broken and nearest.tried.served is not None:
            served = np.flatnonzero(nearest.tried.served[line]).tolist()
            about = _about(problem, rule) | {"best": nearest.amount, "days": len(problem.kind.days)}
            about["dishes"] = " ".join(numbers.dish_ids[i] for i in served)
            found.append(Coded(f"menu_{way}_out_of_reach", about))
    return found


def _nearest_of_each(found: Iterable[Coded]) -> list[Coded]:
    """Each bound once, on the day that comes nearest to it, with the number of all its days."""
    by_rule: dict[tuple[str, object], list[Coded]] = {}
    for one in found:
        by_rule.setdefault((one.code, one.params["rule"]), []).append(one)
    return [
        Coded(own[0].code, {**min(own, key=_short_by).params, "days": sum(_days_of(one) for one in own)})
        for own in by_rule.values()
    ]


def _short_by(found: Coded) -> float:
    return abs(float(found.params["asked"]) - float(found.params["best"]))


def _days_of(found: Coded) -> int:
    return int(found.params["days"])


@dataclass(frozen=True, slots=True)
class Nearest:
    """
    The sets that come nearest to a bound.

    Parameters
    ----------
    tried
        The sets, and the rules that they break.
    amount
        What they hold of it.
    """

    tried: Tried
    amount: float


def _nearest(problem: DayProblem, kept: Collection[Rule], rule: Rule) -> Nearest | None:
    """
    The sets that keep some rules and come nearest to a bound; None where that is not proved.

    A part of the energy is brought nearer step by step: by the sets that are best at the part reached so far.
    """
    numbers, (code, name, way) = problem.numbers, rule
    line = next(n for n, facts in enumerate(numbers.task.lines) if facts.code == code)
    found, row = None, numbers.rows[line, numbers.row_names[line].index((name, way))]
    for _ in range(MOST_STEPS if name in KCAL_PER_G else 1):
        tried = problem.nearest(kept, line, row)
        if tried.served is None or not tried.decided:
            break
        amount = round(amount_of(numbers, line, tried.served[line], name), DIGITS)
        if found is not None and amount == found.amount:
            break
        found = Nearest(tried, amount)
        row = part_row(numbers, line, (name, way), amount) if name in KCAL_PER_G else row
    return found


def _clash_of(problem: DayProblem) -> list[Coded]:
    """The smallest set of targets that clash, beside the rules of the set itself."""
    kept = problem.set_rules
    return _clash(problem, kept, [rule for rule in problem.rules if rule not in kept])


def _clash(problem: DayProblem, kept: Sequence[Rule], asked: Sequence[Rule]) -> list[Coded]:
    """
    The smallest of some rules that cannot be kept together beside those kept; empty where none is proved.

    References
    ----------
    Ignatiev and others 2015, "Smallest MUS extraction with minimal hitting set dualization": a candidate hits
    all sets of rules that some menu was seen to break; it is the answer when no menu keeps it.
    """
    whole = problem.kept([*kept, *asked])
    if whole.served is not None or not whole.decided:
        return []
    seen: list[frozenset[Rule]] = []
    while not problem.budget.is_spent:
        chosen = smallest_hitting(seen)
        tried = problem.kept([*kept, *chosen])
        if tried.served is not None:
            seen.append(tried.broken.intersection(asked))
        else:
            return _clash_codes(problem, kept, sorted(chosen)) if tried.decided else []
    return []


def _clash_codes(problem: DayProblem, kept: Sequence[Rule], clash: Sequence[Rule]) -> list[Coded]:
    """A heading, and each rule with the nearest that there is when the others are kept."""
    day = problem.numbers.task.days[problem.kind.days[0]].isoformat()
    codes = [Coded("menu_clash", {"day": day, "count": len(clash)})]
    for rule in clash:
        about = _about(problem, rule)
        others = [*kept, *(one for one in clash if one != rule)]
        nearest = _nearest(problem, others, rule) if "asked" in about else None
        if nearest is not None:
            codes.append(Coded(f"menu_clash_{rule[2]}", about | {"best": nearest.amount}))
        else:
            codes.append(Coded("menu_rule_in_the_way" if rule[0] else "menu_clash_equipment", about))
    return codes


def _about(problem: DayProblem, rule: Rule) -> dict[str, str | int | float]:
    numbers, (code, name, way) = problem.numbers, rule
    about: dict[str, str | int | float] = {"rule": name, "line": code}
    about["day"] = numbers.task.days[problem.kind.days[0]].isoformat()
    line = next((one for one in numbers.task.lines if one.code == code), None)
    asked = None if line is None else asked_of(line, name, way)
    return about if asked is None else about | {"asked": asked}


def _of_weeks(numbers: Numbers, month: Month, budget: Budget) -> list[Coded]:
    """Bounds that clash over the weeks, where dishes stand once in their repeat days; none is needless."""
    if relaxed(numbers, month) is not None:
        return []
    rows = [(line, h) for line in range(numbers.lines) for h in range(len(numbers.row_names[line]))]
    clash = list(rows)
    for row in rows:
        fewer = [one for one in clash if one != row]
        if budget.is_spent:
            break
        if relaxed(numbers, month, without=frozenset(rows) - set(fewer)) is None:
            clash = fewer
    codes = [Coded("menu_clash_weeks", {"days": numbers.days, "count": len(clash)})]
    for line, h in clash:
        facts, (name, way) = numbers.task.lines[line], numbers.row_names[line][h]
        about: dict[str, str | int | float] = {"line": facts.code, "rule": name}
        codes.append(Coded(f"menu_weeks_{way}", about | {"asked": asked_of(facts, name, way) or 0}))
    return codes


def _holds(limit: Limit, solver: cp_model.CpSolver) -> bool:
    if isinstance(limit, bool):
        return limit
    amount = sum(part * solver.value(one) for one, part in zip(limit.vars, limit.coeffs, strict=True))
    return bool(limit.bounds.contains(limit.offset + amount))
