"""Tests of small problems to the optimum, against every day that could be driven at all."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from orders.codes import Coded
from routing.assemble import assemble
from routing.assembly import Assembled, AssembleParams, Routes, plan_of
from routing.costs import CostParams, costs_of
from routing.params import SolveParams
from routing.parts import Part, parts
from routing.plan import Unserved, check
from routing.problem import Problem
from routing.proof import proved
from routing.solve import solved
from routing.travel import matrix_of
from routing.vehicle_day import carries, timed
from tests.routing.by_hand import box, four_stops, four_stops_plan, problem_of, stop, van
from tests.routing.rich import rich_day

PLAIN = AssembleParams(costs=CostParams(), work=5.0)


def work_of(problem: Problem) -> list[Part]:
    """All boxes, by stop, as far as they travel together."""
    return [
        part
        for place, one in enumerate(problem.stops, start=problem.first_stop)
        for part in parts(problem, place, one.boxes)
    ]


def cost(problem: Problem, work: list[Part], done: Assembled) -> int:
    """Mills of a day, what it leaves out included; it breaks no rule."""
    driven = {part.box_ids for own in done.routes for visits in own for part in visits}
    left = tuple(
        Unserved(one.stop.stop_id, one.box_ids, Coded("no_vehicle_free"))
        for one in work
        if one.box_ids not in driven
    )
    plan = plan_of(problem, done.trips, left)
    assert check(plan, problem) == []
    return costs_of(plan, problem).total


def every_day(problem: Problem, work: list[Part]) -> Iterator[Routes]:
    """All routes there are: every order of every choice of parts, cut into trips of vehicles in every way."""
    for size in range(len(work) + 1):
        for chosen in permutations(work, size):
            yield from _cut(list(chosen), len(problem.vehicles))


def _cut(order: list[Part], vehicles: int) -> Iterator[Routes]:
    if vehicles == 0:
        if not order:
            yield []
        return
    for taken in range(len(order) + 1):
        for trips in _trips(order[:taken]):
            for rest in _cut(order[taken:], vehicles - 1):
                yield [trips, *rest]


def _trips(order: list[Part]) -> Iterator[list[list[Part]]]:
    if not order:
        yield []
    for size in range(1, len(order) + 1):
        for rest in _trips(order[size:]):
            yield [order[:size], *rest]


def cheapest(problem: Problem, work: list[Part]) -> int:
    """The least cost of every day that keeps the rules; docks aside."""
    best = 1 << 62
    for routes in every_day(problem, work):
        days = zip(problem.vehicles, routes, strict=True)
        if all(carries(van, visits, problem) for van, own in days for visits in own):
            found = [timed(problem, van, own) for van, own in zip(problem.vehicles, routes, strict=True)]
            if None not in found:
                trips = [own or [] for own in found]
                best = min(best, cost(problem, work_of(problem), Assembled(routes, trips)))
    return best


@pytest.mark.parametrize("seed", [0, 2, 4, 6])
def test_no_day_is_cheaper_than_the_proved_one(seed: int) -> None:
    """Tests four stops and two vans that ask for everything against every day there is."""
    problem = rich_day(seed, stops=3, vans=2)
    problem = replace(
        problem,
        depots=tuple(replace(one, docks=None) for one in problem.depots),
        vehicles=tuple(replace(one, second_cost=0) for one in problem.vehicles),
    )
    work = work_of(problem)[:4]
    done = proved(problem, work, assemble(problem, [[], []]), PLAIN)
    assert done is not None and done.optimal
    assert cost(problem, work_of(problem), done) == cheapest(problem, work)


def test_the_day_worked_out_by_hand_is_proved() -> None:
    """Tests that the plan of `four_stops_plan` is the cheapest, found from nothing."""
    problem = four_stops()
    work = work_of(problem)
    done = proved(problem, work, assemble(problem, [[]]), PLAIN)
    assert done is not None
    assert plan_of(problem, done.trips, ()) == four_stops_plan()


def test_a_shorter_way_that_is_fuller_beats_none() -> None:
    """Tests that B goes first, since the empties of A leave no room for all four the other way round."""
    stops = [stop(name, box(name.lower(), units=1, deliver_by="12:00")) for name in "ABCD"]
    stops[0] = replace(stops[0], empties_units=2)
    near = {(0, 1): 10, (1, 2): 10, (2, 3): 10, (0, 2): 10, (2, 1): 11, (1, 3): 10, (3, 4): 10, (4, 0): 10}
    rows = [[near.get((start, end), 100 * (start != end)) for end in range(5)] for start in range(5)]
    problem = replace(
        problem_of(stops, [10, 20, 30, 40], van(units=4, most_trips=1)), travel=matrix_of(rows, rows)
    )
    done = proved(problem, work_of(problem), assemble(problem, [[]]), PLAIN)
    assert done is not None
    assert [one.stop_id for one in done.trips[0][0].visits] == ["B", "A", "C", "D"]


def test_what_is_too_large_is_not_proved() -> None:
    """Tests a day with a trip under way, one of more parts than can be drawn up, and no time for any."""
    problem = rich_day(1)
    assert proved(problem, work_of(problem), assemble(problem, [[], [], []])) is None
    large = rich_day(0, stops=14)
    assert proved(large, work_of(large), assemble(large, [[], [], []])) is None
    small = four_stops()
    assert proved(small, work_of(small), assemble(small, [[]]), over=lambda: True) is None


def test_solving_with_proof_says_that_it_is_optimal() -> None:
    """Tests that the plan worked out by hand comes with its proof, and a day too large without one."""
    found = solved(four_stops(), SolveParams(prove=True), 1)
    assert (found.plan, found.optimal, found.engine) == (four_stops_plan(), True, "cp-sat")
    brief = SolveParams("ortools", prove=True, starts=1, checks_per_part=9, polish_checks_per_part=9)
    many = problem_of([stop(f"S{nth}", box(f"b{nth}")) for nth in range(13)], list(range(13)))
    large = solved(many, brief, 1)
    assert (large.optimal, large.engine) == (False, "ortools")
