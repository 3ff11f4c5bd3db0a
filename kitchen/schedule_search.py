"""Search: where the batches of one kind of equipment are best cooked, cooks and allergens left aside."""

from collections import defaultdict
from collections.abc import Sequence

from ortools.sat.python import cp_model

from kitchen.schedule_facts import BREACH_WEIGHT, Answer, Place, ScheduleParams, Task, cook_minutes

MOST_MINUTES = 7 * 24 * 60
Choice = list[tuple[int, cp_model.IntVar]]


def solved(task: Task, params: ScheduleParams, seed: int) -> Answer | str:
    """The best that two searches find for one kind, or the code that says why there is nothing."""
    model, starts, taken = _by_interval(task)
    solver = solver_of(params.deterministic_time, params, seed)
    solver.parameters.interleave_search = True
    status = solver.solve(model)
    if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
        return "schedule_too_tight"
    first = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = [next(g for g, literal in options if solver.boolean_value(literal)) for options in taken]
        places = list(zip(chosen, map(solver.value, starts), strict=True))
        first = Answer(places, solver.objective_value, solver.best_objective_bound)
        if first.objective - first.bound <= params.gap_ratio * first.objective:
            return first
    return _proved(task, first, params, seed) or "schedule_not_found"


def _proved(task: Task, first: Answer | None, params: ScheduleParams, seed: int) -> Answer | None:
    """
    Searches again with one variable for each batch and minute, whose linear relaxation is nearly exact.

    Minutes at which one batch alone would cost more than the first answer are left out.
    """
    model = cp_model.CpModel()
    options, prices = _minutes(model, task, first.objective if first else None)
    model.minimize(sum(price * literal for price, literal in prices))
    for place, own in zip(first.places if first else (), options, strict=False):
        model.add_hint(own[place], 1)
    solver = solver_of(params.proof_time, params, seed)
    solver.parameters.linearization_level = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    bound = max(solver.best_objective_bound, first.bound if first else 0.0)
    if first and first.objective <= solver.objective_value:
        return Answer(first.places, first.objective, bound)
    places = [next(place for place, one in own.items() if solver.boolean_value(one)) for own in options]
    return Answer(_twins_by_code(task, places), solver.objective_value, bound)


def _minutes(
    model: cp_model.CpModel, task: Task, most: float | None
) -> tuple[list[dict[Place, cp_model.IntVar]], list[tuple[int, cp_model.IntVar]]]:
    """Variables by group and start minute for each batch, and each with its price; pieces are never short."""
    options, prices = [], []
    busy: dict[Place, list[cp_model.IntVar]] = defaultdict(list)
    for index, batch in enumerate(task.batches):
        own = {}
        cook = cook_minutes(batch)
        for number in task.fitting(index):
            group = task.groups[number]
            for minute in range(task.first(index, number), task.horizon - cook + 1):
                price = task.price(index, minute + cook)
                if most is None or price <= most:
                    own[number, minute] = literal = model.new_bool_var("")
                    prices.append((price, literal))
                    for taken in range(minute - group.setup, minute + cook + group.after):
                        busy[number, taken].append(literal)
        model.add_exactly_one(own.values())
        options.append(own)
    for (number, _), literals in busy.items():
        model.add(sum(literals) <= len(task.groups[number].pieces))
    return options, prices


def _twins_by_code(task: Task, places: Sequence[Place]) -> list[Place]:
    """The same places, dealt to batches that nothing tells apart so that they start in order of code."""
    waiting: dict[tuple[object, ...], list[Place]] = defaultdict(list)
    for index, place in enumerate(places):
        waiting[task.twin(index)].append(place)
    for group in waiting.values():
        group.sort(key=lambda place: (place[1], place[0]), reverse=True)
    return [waiting[task.twin(index)].pop() for index in range(len(places))]


def _by_interval(task: Task) -> tuple[cp_model.CpModel, list[cp_model.IntVar], list[Choice]]:
    """A model that finds an answer quickly: start of each batch, and its choice among groups."""
    model = cp_model.CpModel()
    starts, taken = _intervals(model, task)
    for index, (group, minute) in _packed_backwards(task).items():
        model.add_hint(starts[index], minute)
        model.add_hint(dict(taken[index])[group], 1)
    last: dict[tuple[object, ...], cp_model.IntVar] = {}
    for index, start in enumerate(starts):
        if (twin := task.twin(index)) in last:
            model.add(last[twin] <= start)
        last[twin] = start
    model.minimize(sum(cost(model, task, index, start) for index, start in enumerate(starts)))
    return model, starts, taken


def solver_of(deterministic_time: float, params: ScheduleParams, seed: int) -> cp_model.CpSolver:
    """A solver on one thread that stops by its own count."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    solver.parameters.relative_gap_limit = params.gap_ratio
    return solver


def _intervals(model: cp_model.CpModel, task: Task) -> tuple[list[cp_model.IntVar], list[Choice]]:
    """Start and choice of group of each batch; no group holds more batches at once than it has pieces."""
    starts, taken = [], []
    held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    for index, batch in enumerate(task.batches):
        cook = cook_minutes(batch)
        start = model.new_int_var(0, max(0, task.horizon - cook), f"start {batch.code}")
        options = []
        for number in task.fitting(index):
            group = task.groups[number]
            literal = model.new_bool_var(f"{batch.code} in {number}")
            model.add(start >= task.first(index, number)).only_enforce_if(literal)
            size = group.setup + cook + group.after
            held[number].append(
                model.new_optional_fixed_size_interval_var(
                    start - group.setup, size, literal, f"{batch.code} {number}"
                )
            )
            options.append((number, literal))
        model.add(start + cook <= task.horizon)
        model.add_exactly_one(literal for _, literal in options)
        starts.append(start)
        taken.append(options)
    for number, intervals in held.items():
        model.add_cumulative(intervals, [1] * len(intervals), len(task.groups[number].pieces))
    return starts, taken


def _packed_backwards(task: Task) -> dict[int, Place]:
    """
    A first guess for the search: group and start of the batches that fit when laid back from their ends.

    Those with the most portions a minute come first, so that they wait least.
    """
    by = [task.by(index) for index in range(len(task.batches))]
    free = {(n, piece): max(by) for n, group in enumerate(task.groups) for piece in range(len(group.pieces))}
    dense = sorted(
        range(len(by)),
        key=lambda i: (-by[i], -task.weight(i) / cook_minutes(task.batches[i]), task.batches[i].code),
    )
    guess = {}
    for index in dense:
        fitting = task.fitting(index)
        ends = {place: min(end, by[index]) for place, end in free.items() if place[0] in fitting}
        place = max(ends, key=lambda place: (ends[place], -place[0], -place[1]))
        start = ends[place] - cook_minutes(task.batches[index])
        if start >= task.first(index, place[0]):
            guess[index] = (place[0], start)
            free[place] = start - task.groups[place[0]].after - task.groups[place[0]].setup
    return guess


def cost(model: cp_model.CpModel, task: Task, index: int, start: cp_model.IntVar) -> cp_model.LinearExpr:
    """What a batch's start costs: see `Task.price`."""
    code = task.batches[index].code
    ready = start + cook_minutes(task.batches[index])
    late = model.new_int_var(0, MOST_MINUTES, f"late {code}")
    early = model.new_int_var(0, MOST_MINUTES, f"early {code}")
    waiting = model.new_int_var(0, MOST_MINUTES, f"waiting {code}")
    model.add(late >= ready - task.by(index))
    model.add(early >= task.begins(index) - ready)
    model.add(waiting >= task.by(index) - ready)
    return task.weight(index) * (waiting + BREACH_WEIGHT * (late + early))
