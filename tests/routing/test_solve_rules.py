"""Tests of solving on days with every fact that a problem can have."""

import pytest

from routing.params import Engine, SolveParams
from routing.plan import check
from routing.solve import solve
from tests.routing.random_days import random_day

FEW = {"iterations": 40, "starts": 1, "checks_per_part": 20, "polish_checks_per_part": 20}


@pytest.mark.parametrize("engine", ["search", "ortools"])
def test_random_days_are_planned_without_a_violation_and_no_box_is_lost(engine: Engine) -> None:
    """Tests sixteen days by either engine: the judge finds nothing, and each box is brought or left out."""
    brought = 0
    for seed in range(16):
        problem = random_day(seed)
        plan = solve(problem, SolveParams(engine=engine, **FEW), seed)
        assert check(plan, problem) == []
        left = {box_id for one in plan.unserved for box_id in one.box_ids}
        served = {box_id for trip in plan.trips for visit in trip.visits for box_id in visit.box_ids}
        assert served | left == {load.box_id for stop in problem.stops for load in stop.boxes}
        brought += len(served)
    assert brought > 50
