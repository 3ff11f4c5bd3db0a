"""Joint search: pieces of equipment and cooks for each batch, allergens kept apart."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from ortools.sat.python import cp_model

from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_facts import (
    MINUTE_S,
    Answer,
    Dealt,
    Group,
    ScheduleParams,
    Task,
    cook_minutes,
    minutes_up,
)
from kitchen.schedule_search import Choice, cost, solver_of

NEVER = -(10**6)


@dataclass(frozen=True, slots=True)
class _Team:
    """Cooks who can stand in for each other, and when they are there, in minutes."""

    cooks: tuple[Cook, ...]
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the solver chose for each batch: minute, group, team or None, whether a deep clean follows."""

    starts: Sequence[int]
    groups: Sequence[int]
    teams: Sequence[int | None]
    deep: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Model:
    """A model with its variables by batch number."""

    model: cp_model.CpModel
    starts: list[cp_model.IntVar]
    taken: list[Choice]
    stood: list[Choice]
    deep: dict[int, cp_model.IntVar]


def joint(
    task: Task, relaxed: Answer, params: ScheduleParams, seed: int, *, laid: Dealt | None = None
) -> Dealt | None:
    """
    Pieces, cooks and minutes for a task, with what is proved of them.

    Parameters
    ----------
    task
        What is cooked, in what, by whom.
    relaxed
        The best without cooks and allergens.
    params, seed
        Limits of the search, and its random seed.
    laid
        A true answer to begin from, where there is one.

    Returns
    -------
    Dealt | None
        None when nothing was found that keeps cooks and allergens.
    """
    single = replace(task, groups=_single(task))
    teams = _teams(single)
    minutes = [minute for _, minute in relaxed.places] if laid is None else _minutes(single, laid)
    built = _model(single, teams, minutes)
    if laid is not None:
        _begin_from(built, single, laid)
    _together(built, single)
    prices = [cost(built.model, single, index, start) for index, start in enumerate(built.starts)]
    cleans = [_clean_minutes(single, index) * literal for index, literal in built.deep.items()]
    built.model.add(sum(prices) >= int(relaxed.bound))
    built.model.minimize(sum(prices) + sum(cleans))
    solver = solver_of(params.joint_time, params, seed)
    solver.parameters.interleave_search = laid is not None
    if solver.solve(built.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    dealt = _dealt(single, teams, _read(solver, built), solver.objective_value)
    return replace(dealt, bound=solver.best_objective_bound)


def _minutes(task: Task, laid: Dealt) -> list[int]:
    starts_s = {slot.batch_id: slot.start_s for slot in laid.slots}
    return [(starts_s[batch.batch_id] - task.base_s) // MINUTE_S for batch in task.batches]


def _begin_from(built: _Model, task: Task, laid: Dealt) -> None:
    """Pieces and deep cleans of a true answer as hints."""
    where = {slot.batch_id: slot.equipment_id for slot in laid.slots}
    after = {one.batch_id: other.deep_clean for one, other in _in_turn(laid)}
    for index, batch in enumerate(task.batches):
        for number, literal in built.taken[index]:
            names = {one.equipment_id for one in task.groups[number].pieces}
            built.model.add_hint(literal, where[batch.batch_id] in names)
        if index in built.deep:
            built.model.add_hint(built.deep[index], after.get(batch.batch_id, False))


def _in_turn(laid: Dealt) -> list[tuple[Slot, Slot]]:
    """Each slot with the next on its piece."""
    ordered = sorted(laid.slots, key=lambda slot: (slot.equipment_id, slot.start_s))
    return [(one, other) for one, other in pairwise(ordered) if one.equipment_id == other.equipment_id]


def skilled(task: Task, kind: str) -> bool:
    """Whether anybody of those listed may cook on a kind of equipment."""
    return any(kind in cook.skills for cook in task.cooks)


def _single(task: Task) -> list[Group]:
    """The groups, those of a kind on which allergens could meet piece by piece."""
    pairs = permutations(task.batches, 2)
    clashing = {
        one.equipment_kind
        for one, other in pairs
        if one.equipment_kind == other.equipment_kind and one.soils(other)
    }
    found = list[Group]()
    for group in task.groups:
        alone = group.pieces[0].kind in clashing
        found += [replace(group, pieces=(one,)) for one in group.pieces] if alone else [group]
    return found


def _teams(task: Task) -> list[_Team]:
    alike: dict[tuple[object, ...], list[Cook]] = defaultdict(list)
    begins: dict[tuple[object, ...], int] = {}
    for cook in task.cooks:
        from_s = max(cook.from_s, task.free_s.get(cook.cook_id, cook.from_s))
        key = tuple(sorted(cook.skills)), from_s, cook.to_s
        alike[key].append(cook)
        begins[key] = minutes_up(from_s - task.base_s)
    return [
        _Team(tuple(cooks), begins[key], (cooks[0].to_s - task.base_s) // MINUTE_S)
        for key, cooks in alike.items()
    ]


def _model(task: Task, teams: Sequence[_Team], minutes: Sequence[int]) -> _Model:
    """Starts, pieces, cooks and deep cleans of all batches; a piece and a cook do one thing at a time."""
    model = cp_model.CpModel()
    built = _Model(model, [], [], [], {})
    held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    bound: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    for index, batch in enumerate(task.batches):
        last = task.horizon - cook_minutes(batch)
        start = model.new_int_var(0, max(0, last), f"start {batch.code}")
        model.add_hint(start, minutes[index])
        built.starts.append(start)
        if any(batch.soils(other) for other in task.batches if other is not batch):
            built.deep[index] = model.new_bool_var(f"deep clean after {batch.code}")
        built.taken.append(_on_pieces(built, task, index, held))
        built.stood.append(_with_cooks(built, task, index, teams, bound))
    for number, intervals in held.items():
        model.add_cumulative(intervals, [1] * len(intervals), len(task.groups[number].pieces))
    for number, intervals in bound.items():
        model.add_cumulative(intervals, [1] * len(intervals), len(teams[number].cooks))
    return built


def _on_pieces(built: _Model, task: Task, index: int, held: dict[int, list[cp_model.IntervalVar]]) -> Choice:
    """The batch's choice among groups, and the minutes that it takes of each."""
    model, start, batch = built.model, built.starts[index], task.batches[index]
    cook, options = cook_minutes(batch), Choice()
    for number in task.fitting(index):
        group, name = task.groups[number], f"{batch.code} in {number}"
        literal = model.new_bool_var(name)
        model.add(start >= task.first(index, number)).only_enforce_if(literal)
        least = group.setup + cook + group.after
        size: cp_model.LinearExprT = least
        end: cp_model.LinearExprT = start + cook + group.after
        if index in built.deep:
            size = least + (group.after_deep - group.after) * built.deep[index]
            end = model.new_int_var(0, 2 * task.horizon + group.after_deep, f"end {name}")
        interval = model.new_optional_interval_var(start - group.setup, size, end, literal, name)
        held[number].append(interval)
        options.append((number, literal))
    model.add_exactly_one(literal for _, literal in options)
    return options


def _with_cooks(
    built: _Model,
    task: Task,
    index: int,
    teams: Sequence[_Team],
    bound: dict[int, list[cp_model.IntervalVar]],
) -> Choice:
    """The batch's choice among cooks, and the minutes that it binds one; none where nobody has the skill."""
    model, batch, options = built.model, task.batches[index], Choice()
    setup, minutes = _bound_minutes(task, index)
    begins = built.starts[index] - setup
    for number, team in enumerate(teams):
        if batch.equipment_kind in team.cooks[0].skills:
            literal = model.new_bool_var(f"{batch.code} by {number}")
            model.add(begins >= team.begins).only_enforce_if(literal)
            model.add(begins + minutes <= team.ends).only_enforce_if(literal)
            bound[number].append(
                model.new_optional_fixed_size_interval_var(begins, minutes, literal, f"{batch.code} {number}")
            )
            options.append((number, literal))
    if options:
        model.add_exactly_one(literal for _, literal in options)
    return options


def _bound_minutes(task: Task, index: int) -> tuple[int, int]:
    """The longest setup among the pieces that fit a batch, and for how long it binds a cook in all."""
    groups = [task.groups[number] for number in task.fitting(index)]
    setup = max(group.setup for group in groups)
    return setup, setup + max(group.attended(task.batches[index]) - group.setup for group in groups)


def _named(task: Task, teams: Sequence[_Team], chosen: _Chosen) -> dict[int, str]:
    """Deals batches out to the cooks of their team: who is idle longest takes the next."""
    idle: dict[str, int] = {}
    names: dict[int, str] = {}
    begins = [start - _bound_minutes(task, index)[0] for index, start in enumerate(chosen.starts)]
    for index in sorted(range(len(begins)), key=lambda index: (begins[index], index)):
        team = chosen.teams[index]
        if team is not None:
            name = min((one.cook_id for one in teams[team].cooks), key=lambda one: idle.get(one, NEVER))
            idle[name] = begins[index] + _bound_minutes(task, index)[1]
            names[index] = name
    return names


def _together(built: _Model, task: Task) -> None:
    """On one piece, what soils another batch comes after it, or a deep clean follows at once."""
    for one, deep in built.deep.items():
        for other, batch in enumerate(task.batches):
            if other == one or not task.batches[one].soils(batch):
                continue
            theirs = dict(built.taken[other])
            for number, literal in built.taken[one]:
                if number in theirs:
                    before = built.model.add(built.starts[other] + 1 <= built.starts[one])
                    before.only_enforce_if(literal, theirs[number], ~deep)


def _clean_minutes(task: Task, index: int) -> int:
    group = task.groups[task.fitting(index)[0]]
    return max(1, group.after_deep - group.after)


def _read(solver: cp_model.CpSolver, built: _Model) -> _Chosen:
    def choice(options: Choice) -> int | None:
        return next((number for number, literal in options if solver.boolean_value(literal)), None)

    numbers = range(len(built.starts))
    return _Chosen(
        [solver.value(start) for start in built.starts],
        [choice(options) or 0 for options in built.taken],
        [choice(options) for options in built.stood],
        [index in built.deep and solver.boolean_value(built.deep[index]) for index in numbers],
    )


def _dealt(task: Task, teams: Sequence[_Team], chosen: _Chosen, objective: float) -> Dealt:
    """Deals batches out to pieces and cooks by start: who is idle longest takes the next."""
    free: dict[str, int] = {}
    soiled = {one.equipment_id: group.dirty for group in task.groups for one in group.pieces}
    names = _named(task, teams, chosen)
    slots = []
    begins = [
        start - task.groups[number].setup for start, number in zip(chosen.starts, chosen.groups, strict=True)
    ]
    for index in sorted(range(len(begins)), key=lambda index: (begins[index], index)):
        batch, group, start = task.batches[index], task.groups[chosen.groups[index]], chosen.starts[index]
        piece: Equipment = min(group.pieces, key=lambda one: free.get(one.equipment_id, NEVER))
        name = piece.equipment_id
        after = group.after_deep if chosen.deep[index] else group.after
        free[name] = start + cook_minutes(batch) + after
        cook_id = names.get(index, "")
        start_s = task.base_s + MINUTE_S * start
        slots.append(Slot(batch.batch_id, name, start_s, start_s + batch.cook_s, cook_id, soiled[name]))
        soiled[name] = chosen.deep[index]
    return Dealt(tuple(slots), objective)
