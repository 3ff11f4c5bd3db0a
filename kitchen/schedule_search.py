"""Search: where the batches of one kind of equipment are best cooked, cooks and allergens left aside."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ortools.sat.python import cp_model

from kitchen.schedule_facts import (
    BREACH_WEIGHT,
    EARLY_WEIGHT,
    Answer,
    Place,
    ScheduleParams,
    Task,
    cook_minutes,
)
from kitchen.schedule_orders import bare, best_order

MOST_MINUTES = 7 * 24 * 60
Choice = list[tuple[int, cp_model.IntVar]]


def solved(task: Task, params: ScheduleParams, seed: int) -> Answer | None:
    """The best for one kind with what is proved of it; None where no room was found for every batch."""
    plain = bare(task)
    floor = sum(_least(plain, index) for index in range(len(task.batches)))
    ends = [min(task.by(index), task.horizon) for index in range(len(task.batches))]
    found = best_order(plain, ends, params.tries // 4, seed, floor)
    first = found and Answer(found[1].places, found[1].price, floor)
    near = first is not None and first.objective - first.bound <= params.gap_ratio * first.objective
    if near or (first is not None and params.proof_time == 0):
        return first
    return _proved(plain, first, params, seed)


def _least(task: Task, index: int) -> int:
    """The price of a batch that has all equipment to itself."""
    minutes = cook_minutes(task.batches[index])
    opens = min(task.first(index, number) for number in task.fitting(index))
    return task.price(index, min(max(opens + minutes, task.by(index)), max(task.horizon, opens + minutes)))


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
    status = solver.solve(model)
    bound = max(solver.best_objective_bound, first.bound if first else 0.0)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first and replace(first, bound=min(bound, first.objective))
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


def solver_of(deterministic_time: float, params: ScheduleParams, seed: int) -> cp_model.CpSolver:
    """A solver on one thread that stops by its own count."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    solver.parameters.relative_gap_limit = params.gap_ratio
    return solver


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
    return task.weight(index) * (waiting + BREACH_WEIGHT * late + EARLY_WEIGHT * early)
