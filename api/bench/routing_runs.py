"""Answers of both sides to one instance, in the same seconds on the same cores, each judged."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from statistics import mean

from routing.costs import costs_of
from routing.instances.answer import plan_of
from routing.instances.instance import Instance
from routing.params import Engine, SolveParams
from routing.parts import Part
from routing.plan import Plan, check
from routing.search.partner import may_express, solve_alone
from routing.solve import solved

PROCESSES = 2
MOST_FOR_PYVRP = 10_000
FOREVER_COST = 2**62
WHOLE_RATIO = 3
History = tuple[tuple[float, int], ...]
Numbers = list[list[list[int]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What one side gave.

    Parameters
    ----------
    side
        ``ours``, ``pyvrp``, ``ortools`` or ``vroom``.
    seed
        Of its search.
    s
        Seconds it took by the clock.
    cost
        In the instance's units; None where there is no plan that serves everybody and breaks no rule.
    why
        Code of the first violation, ``left_out`` or ``none`` where there is no cost; else empty.
    history
        Seconds and cost of each plan better than the one before.
    """

    side: str
    seed: int
    s: float
    cost: int | None
    why: str = ""
    history: History = ()

    @property
    def first_s(self) -> float | None:
        """Seconds to its first plan of everybody; one that leaves some out is dearer by far."""
        most = WHOLE_RATIO * (self.cost or 0)
        return next((at_s for at_s, cost in self.history if cost <= most), None)

    def cost_at(self, at_s: float) -> int | None:
        """What its best plan of everybody cost by then; None before its first."""
        most = WHOLE_RATIO * (self.cost or 0)
        found = [cost for when_s, cost in self.history if when_s <= at_s and cost <= most]
        return found[-1] if found else None


def judged(answer: Answer, instance: Instance, plan: Plan | None) -> Answer:
    """The answer with its cost, or with why it has none."""
    if plan is None:
        return replace(answer, why="none")
    violations = check(plan, instance.problem)
    if violations or plan.unserved:
        return replace(answer, why=violations[0].code if violations else "left_out")
    cost = costs_of(plan, instance.problem).driven
    history = tuple(point for point in answer.history if point[1] > cost)
    return replace(answer, cost=cost, history=(*history, (answer.s, cost)))


def ours(instance: Instance, seconds: float, seed: int, engine: Engine = "search") -> Answer:
    """Our answer, by all processes together; or OR-Tools' routing library alone."""
    params = SolveParams(engine=engine, time_s=seconds, processes=PROCESSES)
    began_s = time.monotonic()
    found = solved(instance.problem, params, seed, time.monotonic)
    side = "ours" if engine == "search" else "ortools"
    answer = Answer(side, seed, time.monotonic() - began_s, None, history=found.history)
    return judged(answer, instance, found.plan)


def pyvrps(instance: Instance, seconds: float, seeds: Sequence[int]) -> list[Answer]:
    """PyVRP's answers, one process a seed, all at once; none where it cannot be told the problem."""
    problem = instance.problem
    if len(problem.stops) > MOST_FOR_PYVRP or not may_express(problem, _work(instance)):
        return []
    with ProcessPoolExecutor(len(seeds), mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.1] * len(seeds)))  # both are awake before either begins
        return list(pool.map(partial(_pyvrp, instance, seconds), seeds))


def _pyvrp(instance: Instance, seconds: float, seed: int) -> Answer:
    began_s, history = time.monotonic(), list[tuple[float, int]]()

    def seen(cost: int) -> None:
        if cost < (history[-1][1] if history else FOREVER_COST):
            history.append((time.monotonic() - began_s, cost))

    numbers = solve_alone(
        instance.problem, _work(instance), seed, lambda: time.monotonic() - began_s >= seconds, seen
    )
    answer = Answer("pyvrp", seed, time.monotonic() - began_s, None, history=tuple(history))
    return judged(answer, instance, None if numbers is None else plan_of_numbers(instance, numbers))


def plan_of_numbers(instance: Instance, numbers: Numbers) -> Plan | None:
    """The plan of per vehicle its trips, per trip the numbers of its stops."""
    names = [int(stop.stop_id) for stop in instance.problem.stops]
    routes = {
        vehicle: [[names[stop] for stop in trip] for trip in trips]
        for vehicle, trips in enumerate(numbers, start=1)
        if trips
    }
    return plan_of(instance, routes)


def _work(instance: Instance) -> list[Part]:
    stops = enumerate(instance.problem.stops, start=instance.problem.first_stop)
    return [Part(place, stop, stop.boxes) for place, stop in stops]


def best_of(answers: Sequence[Answer]) -> Answer | None:
    """The cheapest; None where none has a cost."""
    found = [answer for answer in answers if answer.cost is not None]
    return min(found, key=lambda one: one.cost or 0, default=None)


def mean_gap(costs: Sequence[int], best: int) -> float:
    """By how much costs exceed the best on average, a part of 1."""
    return mean(costs) / best - 1
