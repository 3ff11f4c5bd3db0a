"""The weeks without their days: a bound on what menus cost, and what each dish is worth to them."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from kitchen.menu_numbers import SCALE, WHOLE, Bits, Ints, Numbers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DayKind:
    """
    Days that nothing but their date tells apart.

    Parameters
    ----------
    days
        Their numbers.
    allowed, pinned
        (L, I), which dishes may and which must stand.
    least, most
        (C), dishes of a set.
    """

    days: tuple[int, ...]
    allowed: Bits
    pinned: Bits
    least: Ints
    most: Ints


@dataclass(frozen=True, slots=True)
class Prices:
    """
    What the weeks ask of a single day.

    Parameters
    ----------
    held
        (L, N), worth of each thousandth of a percent of a weekly target, thousandths of a fen.
    scarce
        (L, I), price of a day on which a dish stands, since it may stand on few.
    """

    held: Floats
    scarce: Floats

    def day_costs(self, numbers: Numbers) -> Ints:
        """(I, S), what a dish costs that day for each set of lines that share it, rounded down."""
        alone = numbers.food - np.einsum("ln,lni->li", self.held, numbers.parts) + self.scarce
        costs = numbers.cook.astype(np.float64)
        for lines in range(costs.shape[1]):
            for line in range(numbers.lines):
                if lines >> line & 1:
                    costs[:, lines] += alone[line]
        return np.floor(costs).astype(np.int64)


@dataclass(slots=True)
class Column:
    """A day's set of all lines, as a master programme sees it."""

    cost: int
    held: Ints
    used: Ints


@dataclass(slots=True)
class Month:
    """
    The linear programme over all days of each kind at once.

    Parameters
    ----------
    kinds
        Of days, each with its number of days left.
    caps
        (L, I), on how many of these days a dish may stand.
    held
        (L, N), what days already fixed hold.
    days
        How many days the weekly targets count, those already fixed included.
    """

    kinds: Sequence[DayKind]
    caps: Ints
    held: Ints
    days: int
    columns: list[tuple[int, Column]] = field(default_factory=list)


def kinds_of_days(numbers: Numbers, days: Iterable[int]) -> list[DayKind]:
    """Days by what may and must stand on them."""
    groups: dict[bytes, list[int]] = {}
    for d in days:
        facts = (numbers.allowed[d], numbers.pinned[d], numbers.least[d], numbers.most[d])
        groups.setdefault(b"".join(one.tobytes() for one in facts), []).append(d)
    return [
        DayKind(
            tuple(own),
            numbers.allowed[own[0]],
            numbers.pinned[own[0]],
            numbers.least[own[0]],
            numbers.most[own[0]],
        )
        for own in groups.values()
    ]


def caps_of(numbers: Numbers, days: Sequence[int], placed: Bits) -> Ints:
    """(L, I), on how many of some days a dish can stand beside what is placed, (D, L, I), by its window."""
    caps = np.zeros((numbers.lines, len(numbers.dish_ids)), dtype=np.int64)
    for i, window in enumerate(numbers.window):
        for line in range(numbers.lines):
            taken = np.flatnonzero(placed[:, line, i])
            last = -int(window)
            for d in days:
                near = taken.size and np.abs(taken - d).min() < window
                if numbers.allowed[d, line, i] and not near and d - last >= window:
                    caps[line, i] += 1
                    last = d
    return caps


def relaxed(
    numbers: Numbers, month: Month, without: Collection[tuple[int, int]] = ()
) -> tuple[float, Prices] | None:
    """
    Least cost of a month without days, and its prices; None when not even that can be kept.

    ``without`` names lines and rows whose limits do not count.

    Returns
    -------
    tuple[float, Prices] | None
        The cost in thousandths of a fen.
    """
    solver = pywraplp.Solver.CreateSolver("GLOP")
    weekly, caps = _shared_rows(solver, numbers, month)
    for kind in month.kinds:
        _kind_rows(solver, numbers, kind, weekly, caps, without)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    return solver.Objective().Value(), _prices(numbers, weekly, caps)


def mastered(numbers: Numbers, month: Month) -> tuple[float, Prices, list[float]] | None:
    """Least cost of the month made of known days, its prices, and what each kind of day costs then."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    weekly, caps = _shared_rows(solver, numbers, month)
    whole = [solver.Constraint(len(kind.days), len(kind.days)) for kind in month.kinds]
    objective = solver.Objective()
    for number, column in month.columns:
        variable = solver.NumVar(0, solver.infinity(), "")
        objective.SetCoefficient(variable, float(column.cost))
        whole[number].SetCoefficient(variable, 1)
        for (line, n), row in weekly.items():
            row.SetCoefficient(variable, float(column.held[line, n]))
        for line, i in zip(*np.nonzero(column.used), strict=True):
            caps[int(line), int(i)].SetCoefficient(variable, float(column.used[line, i]))
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    return objective.Value(), _prices(numbers, weekly, caps), [row.dual_value() for row in whole]


def bound_at(numbers: Numbers, month: Month, prices: Prices, least_day_costs: Sequence[int]) -> int:
    """
    What all menus cost at least when a day of each kind costs at least so much at these prices.

    References
    ----------
    Lagrangian relaxation of weekly targets and repeat windows; docs/menus.md, "How".
    """
    days = sum(len(kind.days) * cost for kind, cost in zip(month.kinds, least_day_costs, strict=True))
    targets = float(prices.held.sum()) * WHOLE * month.days - float((prices.held * month.held).sum())
    scarce = float((prices.scarce * month.caps).sum())
    return days + math.floor(targets - scarce)


def rounding(numbers: Numbers) -> int:
    """
    How far rounding may set a bound above what menus cost, at most.

    Portions are rounded down to whole thousandths of a percent, food and dislike of a portion to thousandths
    of a fen, and each penalty of a line's week to whole fen.
    """
    dishes = int(numbers.most.sum())
    penalties = (int(numbers.week.max()) + 1) * numbers.lines * (int(numbers.prices.shape[1]) + 1)
    return int(numbers.prices.sum()) * dishes + numbers.lines * dishes + SCALE * penalties


def column_of(numbers: Numbers, served: Bits) -> Column:
    """The master's view of a day's dishes, (L, I)."""
    lines = sum(served[line].astype(np.int64) << line for line in range(numbers.lines))
    eaten = np.flatnonzero(lines)
    cost = int((numbers.food * served).sum()) + int(numbers.cook[eaten, np.asarray(lines)[eaten]].sum())
    held = np.einsum("lni,li->ln", numbers.parts, served.astype(np.int64))
    return Column(cost, held, served.astype(np.int64))


def _shared_rows(
    solver: pywraplp.Solver, numbers: Numbers, month: Month
) -> tuple[dict[tuple[int, int], pywraplp.Constraint], dict[tuple[int, int], pywraplp.Constraint]]:
    """Rows that all kinds of days share: weekly targets with their missed part, and caps of dishes."""
    infinity = solver.infinity()
    weekly = {}
    for line in range(numbers.lines):
        for n in range(numbers.prices.shape[1]):
            if numbers.prices[line, n]:
                row = solver.Constraint(float(WHOLE * month.days - month.held[line, n]), infinity)
                variable = solver.NumVar(0, infinity, "")
                row.SetCoefficient(variable, 1)
                solver.Objective().SetCoefficient(variable, float(numbers.prices[line, n]))
                weekly[line, n] = row
    caps = {
        (line, i): solver.Constraint(-infinity, float(month.caps[line, i]))
        for line in range(numbers.lines)
        for i in range(len(numbers.dish_ids))
    }
    return weekly, caps


def _kind_rows(
    solver: pywraplp.Solver,
    numbers: Numbers,
    kind: DayKind,
    weekly: dict[tuple[int, int], pywraplp.Constraint],
    caps: dict[tuple[int, int], pywraplp.Constraint],
    without: Collection[tuple[int, int]],
) -> None:
    """Days of one kind, summed: how often each dish stands for each set of lines that share it."""
    days, infinity = len(kind.days), solver.infinity()
    slack = int(
        kind.most.sum()
    )  # menus whose sums break a limit only by the rounding of their rows count too
    rows = {
        (line, h): solver.Constraint(-infinity, float(days * (numbers.limits[line, h] + slack)))
        for line in range(numbers.lines)
        for h in range(numbers.limits.shape[1])
        if (line, h) not in without
    }
    parts = {
        (line, c): solver.Constraint(float(days * kind.least[c]), float(days * kind.most[c]))
        for line in range(numbers.lines)
        for c in range(len(numbers.categories))
    }
    minutes = [solver.Constraint(-infinity, float(days * capacity)) for capacity in numbers.capacity]
    alike: dict[tuple[str, int, int], pywraplp.Constraint] = {}
    pinned = {
        (line, int(i)): solver.Constraint(float(days), infinity)
        for line in range(numbers.lines)
        for i in np.flatnonzero(kind.pinned[line])
    }
    for i, lines in shares(numbers, kind.allowed):
        variable = solver.NumVar(0, float(days), "")
        own = [line for line in range(numbers.lines) if lines >> line & 1]
        cost = numbers.cook[i, lines] + sum(numbers.food[line, i] for line in own)
        solver.Objective().SetCoefficient(variable, float(cost))
        minutes[numbers.kind[i]].SetCoefficient(variable, float(numbers.minutes[i, lines]))
        for line in own:
            for h in range(numbers.limits.shape[1]):
                if (line, h) in rows:
                    rows[line, h].SetCoefficient(variable, float(numbers.rows[line, h, i]))
            parts[line, int(numbers.category[i])].SetCoefficient(variable, 1)
            caps[line, i].SetCoefficient(variable, 1)
            if (line, i) in pinned:
                pinned[line, i].SetCoefficient(variable, 1)
            for (other, n), row in weekly.items():
                if other == line:
                    row.SetCoefficient(variable, float(numbers.parts[line, n, i]))
            for what, number, most in alike_of(numbers, i):
                row = alike.setdefault((what, line, number), solver.Constraint(-infinity, float(days * most)))
                row.SetCoefficient(variable, 1)


def shares(numbers: Numbers, allowed: Bits) -> list[tuple[int, int]]:
    """Each dish with each set of lines that may all eat it, (L, I)."""
    able = sum(allowed[line].astype(np.int64) << line for line in range(numbers.lines))
    return [
        (i, lines)
        for i, most in enumerate(np.asarray(able).tolist())
        for lines in range(1, most + 1)
        if lines & most == lines
    ]


def alike_of(numbers: Numbers, i: int) -> list[tuple[str, int, int]]:
    """What a dish shares with others of a set, with its number, and how many of a set may."""
    return [
        (numbers.alike_names[number], number, int(numbers.most_alike[number]))
        for number in numbers.alike[i].tolist()
        if number >= 0
    ]


def _prices(
    numbers: Numbers,
    weekly: dict[tuple[int, int], pywraplp.Constraint],
    caps: dict[tuple[int, int], pywraplp.Constraint],
) -> Prices:
    held = np.zeros(numbers.prices.shape)
    scarce = np.zeros(numbers.food.shape)
    for (line, n), row in weekly.items():
        held[line, n] = min(max(row.dual_value(), 0.0), float(numbers.prices[line, n]))
    for (line, i), row in caps.items():
        scarce[line, i] = max(-row.dual_value(), 0.0)
    return Prices(held, scarce)
