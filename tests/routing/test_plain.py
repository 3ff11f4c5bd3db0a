"""The library's search ends by the count alone, so nothing may run in it that does not look at the count."""

import random

import pytest
from ortools.util import optional_boolean_pb2

from routing.params import SolveParams
from routing.plain import SHORT_RATIO, _Model, _parameters, assign
from routing.plan import check
from routing.solve import _sort_out, solved
from tests.routing.by_hand import box, four_stops, problem_of, stop, van
from tests.routing.rich import rich_day

ENDS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)


def test_no_neighbourhood_that_inserts_is_searched() -> None:
    """Tests that each is switched off by name: one may never return once the count has run out in it."""
    operators = _parameters().local_search_operators
    inserting = [one.name for one in operators.DESCRIPTOR.fields if "cheapest_insertion" in one.name]
    assert len(inserting) >= 8
    assert {getattr(operators, name) for name in inserting} == {optional_boolean_pb2.BOOL_FALSE}


def test_a_search_looks_no_further_than_its_count() -> None:
    """Tests counts that run out in every stage of a search: each ends at once, with a solution."""
    draw = random.Random(5)
    stops = [
        stop(f"S{i}", *(box(f"b{i}.{k}", units=draw.randint(0, 3)) for k in range(draw.randint(1, 4))))
        for i in range(9)
    ]
    problem = problem_of(stops, [draw.randint(-25, 25) for _ in stops], van("V1"), van("V2", units=7))
    _, work = _sort_out(problem)
    for checks in ENDS:
        model = _Model(problem, work, SolveParams())
        model.search(checks)
        model.polish(checks)
        assert model.countdown.left >= -1, checks
        brought = [part for trips in model.routes() for trip in trips for part in trip]
        assert len(brought) == len(set(brought)) <= len(work)


@pytest.mark.parametrize("seed", [1, 3, 8, 10, 11, 23, 29])
def test_the_library_alone_plans_days_that_ask_for_everything(seed: int) -> None:
    """Tests kitchens, skills, rooms, paces, windows, time aboard, a trip under way: nothing is broken."""
    problem = rich_day(seed)
    params = SolveParams(engine="ortools", starts=2, checks_per_part=100, polish_checks_per_part=200)
    plan = solved(problem, params, 1).plan
    assert check(plan, problem) == []
    assert plan.trips
    brought = [box_id for trip in plan.trips for visit in trip.visits for box_id in visit.box_ids]
    left = [box_id for one in plan.unserved for box_id in one.box_ids]
    assert sorted([*brought, *left]) == sorted(load.box_id for one in problem.stops for load in one.boxes)


def test_a_clock_ends_the_search_instead_of_counts() -> None:
    """Tests that what is found by then is the answer, and that the last share of the time polishes it."""
    problem, asked = four_stops(), list[float]()

    def over(ratio: float) -> bool:
        asked.append(ratio)
        return len(asked) > 200

    _, work = _sort_out(problem)
    routes = assign(problem, work, SolveParams(checks_per_part=1, starts=3), 1, over)
    assert sum(len(visits) for trips in routes for visits in trips) == len(work)
    assert set(asked) == {SHORT_RATIO, 1.0}
