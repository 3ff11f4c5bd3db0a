"""Tests of solving, each plan judged by `check`."""

import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.params import SolveParams
from routing.plan import Plan, check
from routing.problem import Load, Problem, Stop, Window
from routing.solve import solve, solved
from tests.routing.by_hand import (
    MINUTE,
    at,
    box,
    four_stops,
    four_stops_plan,
    problem_of,
    stop,
    van,
)

QUICK = SolveParams(iterations_per_part=200)


def reasons(plan: Plan) -> dict[str, str]:
    """Box to the code of why it is left out."""
    return {box_id: left.reason.code for left in plan.unserved for box_id in left.box_ids}


def test_solve_finds_the_plan_worked_out_by_hand() -> None:
    """Tests the whole plan of four stops, minute by minute (arithmetic in `four_stops_plan`)."""
    assert solve(four_stops(), SolveParams(), 1) == four_stops_plan()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_solve_ends_on_trivial_problems(count: int) -> None:
    """Tests that the limit ends the search where there is nothing left to look at."""
    problem = problem_of([stop(f"S{i}", box(f"b{i}")) for i in range(count)], [10] * count)
    plan = solve(problem, SolveParams(), 1)
    assert check(plan, problem) == []
    assert plan.unserved == ()
    assert len(plan.trips) == min(count, 1)


@pytest.mark.parametrize(("checks", "polish"), [(1, 1), (100, 1), (100, 3), (3, 7), (1, 100)])
def test_solve_ends_however_small_its_budget(checks: int, polish: int) -> None:
    """Tests that a search stopped almost at once returns; the library alone does not, in these cases."""
    stops = [stop(f"S{i}", box(f"b{i}")) for i in range(7)]
    problem = problem_of(stops, list(range(1, 8)), van(), van("V2"))
    params = SolveParams("ortools", starts=1, checks_per_part=checks, polish_checks_per_part=polish)
    assert check(solve(problem, params, 1), problem) == []


def test_same_seed_gives_same_plan() -> None:
    """Tests that a plan depends on problem, params and seed alone."""
    problem = crowded()
    assert solve(problem, QUICK, 7) == solve(problem, QUICK, 7)


def test_the_clock_ends_a_search_and_dates_what_it_found() -> None:
    """Tests that a limit in seconds is kept on a clock that is handed in, and that plans only got better."""
    began_s = time.monotonic()
    found = solved(crowded(), SolveParams(time_s=0.4), 1, time.monotonic)
    assert time.monotonic() - began_s < 2
    assert found.seconds is not None and found.seconds < 2
    assert check(found.plan, crowded()) == []
    costs = [cost for _, cost in found.history]
    assert costs == sorted(costs, reverse=True)
    with pytest.raises(ValueError, match="clock"):
        solved(crowded(), SolveParams(time_s=1), 1)


def test_processes_find_the_same_by_counts_whenever_they_are_asked() -> None:
    """Tests that two processes that wait for each other answer alike twice."""
    params = SolveParams(iterations=400, processes=2)
    found = [solved(crowded(), params, 3) for _ in range(2)]
    assert found[0] == found[1]
    assert check(found[0].plan, crowded()) == []


def test_food_does_not_wait_on_the_road() -> None:
    """Tests that a van leaves just in time for the door: 11:00 less 10 minutes of driving."""
    problem = problem_of([stop("A", box("a"), opens="11:00")], [10])
    (trip,) = solve(problem, QUICK, 1).trips
    assert (trip.depart_s, trip.visits[0].arrive_s) == (at("10:50"), at("11:00"))


def test_no_departure_before_the_last_box_aboard_is_released() -> None:
    """Tests that a trip leaves at the latest release of its boxes."""
    problem = problem_of([stop("A", box("a"), box("b", release="10:31"))], [10])
    (trip,) = solve(problem, QUICK, 1).trips
    assert trip.depart_s == at("10:31")


def test_a_stop_too_large_for_a_van_gets_several_visits() -> None:
    """Tests that five boxes of 2 units in a van of 4 come in three trips."""
    problem = problem_of([stop("A", *(box(f"b{i}") for i in range(5)))], [10])
    plan = solve(problem, SolveParams(), 1)
    assert plan.unserved == ()
    assert sorted(len(trip.visits[0].box_ids) for trip in plan.trips) == [1, 2, 2]


def test_boxes_that_cannot_travel_together_travel_apart() -> None:
    """Tests that a box due at 10:20 does not wait for one released at 10:30."""
    problem = problem_of([stop("A", box("early", deliver_by="10:20"), box("late", release="10:30"))], [10])
    plan = solve(problem, SolveParams(), 1)
    assert plan.unserved == ()
    assert [trip.visits[0].box_ids for trip in plan.trips] == [("early",), ("late",)]


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        (stop("A", box("a", units=5)), "too_large_for_any_vehicle"),
        (stop("A", box("a", weight_g=100_001)), "too_heavy_for_any_vehicle"),
        (stop("A", box("a", release="11:20", deliver_by="11:20")), "released_after_deadline"),
        (stop("A", box("a", release="11:20", deliver_by="11:34")), "cannot_reach_in_time"),
        (stop("A", box("a", deliver_by="10:04")), "opens_after_deadline"),
        (stop("A", box("a", eat_by_s=at("12:14"))), "serving_ends_after_eat_by"),
        (
            stop("A", box("a", release="12:56", deliver_by="14:00", eat_by_s=at("15:00")), closes="14:00"),
            "outside_every_shift",
        ),
    ],
)
def test_a_box_no_van_could_bring_says_why(left_out: Stop, code: str) -> None:
    """Tests each reason that concerns a box alone; the other stop is served all the same."""
    problem = problem_of([left_out, stop("B", box("b"))], [10, 20])
    plan = solve(problem, QUICK, 1)
    assert reasons(plan) == {"a": code}
    assert [visit.stop_id for trip in plan.trips for visit in trip.visits] == ["B"]


def test_boxes_left_out_for_one_reason_are_one_entry_with_the_worst_figure() -> None:
    """Tests that a stop's hopeless boxes are counted together."""
    problem = problem_of([stop("A", box("a", units=5), box("b", units=6))], [10])
    (left,) = solve(problem, QUICK, 1).unserved
    assert left.box_ids == ("a", "b")
    assert left.reason.params == {"stop": "A", "boxes": 2, "units": 6}


def test_a_fleet_that_is_too_small_says_so() -> None:
    """Tests a box that could come alone but not with the others: nobody is west and east by 10:10."""
    problem = problem_of([stop(f"S{i}", box(f"b{i}", deliver_by="10:10")) for i in range(3)], [10, -10, 10])
    plan = solve(problem, QUICK, 1)
    assert Counter(reasons(plan).values()) == {"no_vehicle_free": 1}


def test_without_vehicles_nothing_is_brought() -> None:
    """Tests that an empty fleet is a finding, not an error."""
    problem = replace(four_stops(), vehicles=())
    assert set(reasons(solve(problem, QUICK, 1)).values()) == {"no_vehicles"}


def test_a_city_is_planned_with_several_trips() -> None:
    """Tests 24 stops and three vans: all served, some van drives twice."""
    problem = crowded()
    plan = solve(problem, SolveParams(), 1)
    assert check(plan, problem) == []
    assert plan.unserved == ()
    assert len(plan.trips) > len(plan.routes)


@pytest.mark.parametrize(("engine", "library"), [("search", "numba"), ("ortools", "ortools")])
def test_without_its_library_nothing_is_answered(engine: str, library: str) -> None:
    """Tests that solving fails, even with nothing to drive, when the engine's library cannot be imported."""
    code = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from routing.params import SolveParams\n"
        "from routing.solve import solve\n"
        "from tests.routing.by_hand import problem_of\n"
        f"solve(problem_of([], []), SolveParams(engine='{engine}'), 1)\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert library in answer.stderr and "Error" in answer.stderr


loads = st.builds(
    lambda units, weight_kg, release, deliver_by, eat_by, second_leg: (
        units,
        weight_kg * 1000,
        at("09:30") + release * MINUTE,
        at("10:30") + deliver_by * MINUTE,
        at("12:20") + eat_by * MINUTE,
        second_leg * MINUTE,
    ),
    st.integers(0, 5),
    st.integers(0, 50),
    st.integers(-30, 60),
    st.integers(-15, 120),
    st.integers(-10, 200),
    st.sampled_from([0, 0, 30]),
)
stops = st.tuples(
    st.lists(loads, min_size=1, max_size=4),
    st.integers(-30, 60),
    st.integers(0, 120),
    st.integers(-25, 25),
    st.integers(0, 9),
)
vans = st.builds(
    lambda units, kg, start, length, reload, trips: {
        "units": units,
        "weight_g": kg * 1000,
        "shift_start_s": at("09:00") + start * MINUTE,
        "shift_end_s": at("09:00") + (start + length) * MINUTE,
        "reload_s": reload * MINUTE,
        "most_trips": trips,
    },
    st.integers(3, 10),
    st.integers(40, 150),
    st.integers(0, 60),
    st.integers(30, 240),
    st.integers(0, 20),
    st.integers(1, 3),
)


def random_problem(drawn_stops: list, drawn_vans: list) -> Problem:
    built = [
        replace(
            stop(f"S{i}", *(Load(f"b{i}.{k}", *load) for k, load in enumerate(boxes))),
            windows=(Window(at("10:00") + opens * MINUTE, at("10:00") + (opens + width) * MINUTE),),
            unload_s=unload * MINUTE,
        )
        for i, (boxes, opens, width, _, unload) in enumerate(drawn_stops)
    ]
    fleet = tuple(van(f"V{i}", **facts) for i, facts in enumerate(drawn_vans))
    return replace(problem_of(built, [drawn[3] for drawn in drawn_stops]), vehicles=fleet)


@settings(max_examples=60, deadline=None)
@given(st.lists(stops, min_size=1, max_size=6), st.lists(vans, min_size=1, max_size=3), st.integers(0, 3))
def test_every_plan_keeps_every_rule(drawn_stops: list, drawn_vans: list, seed: int) -> None:
    """Tests random small problems: no violation, and each box once in a visit or left out with a reason."""
    problem = random_problem(drawn_stops, drawn_vans)
    plan = solve(problem, QUICK, seed)
    assert check(plan, problem) == []
    brought = [box_id for trip in plan.trips for visit in trip.visits for box_id in visit.box_ids]
    all_boxes = sorted(load.box_id for one in problem.stops for load in one.boxes)
    assert sorted([*brought, *reasons(plan)]) == all_boxes
    assert plan.trips or "no_vehicle_free" not in reasons(plan).values()


def crowded() -> Problem:
    """12 canteens and 12 homes along a road, three vans that must drive twice."""
    canteens = [
        stop(f"C{i:02d}", *(box(f"c{i}.{k}", release=f"09:{30 + i}") for k in range(2)), opens="09:45")
        for i in range(12)
    ]
    homes = [stop(f"H{i:02d}", box(f"h{i}", release="09:40", units=1, weight_g=4000)) for i in range(12)]
    where = [i % 5 - 8 + 3 * (i % 4) for i in range(24)]
    fleet = tuple(van(f"V{i}", units=14, weight_g=400_000) for i in range(3))
    return replace(problem_of(canteens + homes, where), vehicles=fleet)
