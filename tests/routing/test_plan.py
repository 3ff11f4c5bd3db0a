"""Tests of the judge of plans."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from orders.codes import Coded
from routing.plan import Plan, Route, Trip, Unserved, Visit, check
from routing.problem import Problem
from tests.routing.by_hand import at, box, four_stops, four_stops_plan, problem_of, stop, van

REASON = Coded("no_vehicle_free")


def codes(plan: Plan, problem: Problem) -> set[str]:
    return {violation.code for violation in check(plan, problem)}


def with_visit(plan: Plan, number: int, change: Callable[[Visit], Visit]) -> Plan:
    """The plan with one visit of its first trip changed."""
    first, *rest = plan.routes[0].trips
    visits = tuple(change(v) if i == number else v for i, v in enumerate(first.visits))
    return with_trip(plan, replace(first, visits=visits), *rest)


def with_trip(plan: Plan, *trips: Trip) -> Plan:
    return replace(plan, routes=(replace(plan.routes[0], trips=trips),))


def test_check_accepts_the_plan_worked_out_by_hand() -> None:
    """Tests that a right plan has no violation."""
    assert check(four_stops_plan(), four_stops()) == []


def test_check_accepts_a_plan_that_serves_nothing_with_reasons() -> None:
    """Tests that leaving boxes out with a reason is no violation."""
    problem = four_stops()
    unserved = tuple(Unserved(s.stop_id, (s.boxes[0].box_id,), REASON) for s in problem.stops)
    assert check(Plan(problem.service_key, (), unserved, 0), problem) == []


def test_check_names_a_box_that_is_nowhere() -> None:
    """Tests that a box neither brought nor left out with a reason is named."""
    plan = with_trip(replace(four_stops_plan(), distance_m=20_000), four_stops_plan().trips[0])
    violations = check(plan, four_stops())
    assert [(v.code, v.params["box"], v.params["times"]) for v in violations] == [
        ("plan_box_count", "c", 0),
        ("plan_box_count", "d", 0),
    ]


def test_check_names_a_box_brought_and_left_out() -> None:
    """Tests that a box that is both aboard and unserved is named."""
    plan = replace(four_stops_plan(), unserved=(Unserved("A", ("a",), REASON),))
    assert codes(plan, four_stops()) == {"plan_box_count"}


def test_check_names_what_the_problem_does_not_know() -> None:
    """Tests that unknown vehicles, stops, boxes and services are named."""
    plan = Plan(
        "K2/2026-11-23/lunch",
        (Route("V9", (Trip("T1", 0, 0, (Visit("Z", ("z",), 0, 0, 0, 0, 0),), 0),)),),
        (),
        0,
    )
    assert codes(plan, four_stops()) == {
        "plan_other_service",
        "plan_unknown_vehicle",
        "plan_unknown_stop",
        "plan_unknown_box",
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda v: replace(v, box_ids=()), {"plan_box_count", "plan_empty_visit"}),
        (lambda v: replace(v, box_ids=("a", "b")), {"plan_box_at_wrong_stop", "plan_box_count"}),
        (lambda v: replace(v, travel_s=1), {"plan_travel_wrong"}),
        (lambda v: replace(v, distance_m=1), {"plan_travel_wrong"}),
        (lambda v: replace(v, arrive_s=v.arrive_s - 60), {"plan_travel_wrong"}),
        (lambda v: replace(v, leave_s=v.leave_s - 60), {"plan_hand_over_times_wrong", "plan_travel_wrong"}),
        (lambda v: replace(v, start_s=v.start_s - 60), {"plan_hand_over_times_wrong", "plan_outside_window"}),
    ],
)
def test_check_recomputes_every_visit(change: Callable[[Visit], Visit], expected: set[str]) -> None:
    """Tests that each figure of a visit is recomputed from the travel matrix and the stop."""
    assert codes(with_visit(four_stops_plan(), 0, change), four_stops()) >= expected


def test_check_recomputes_distances_and_the_return() -> None:
    """Tests that a trip's return and both sums of distance are recomputed."""
    plan = four_stops_plan()
    east, west = plan.trips
    assert codes(replace(plan, distance_m=1), four_stops()) == {"plan_distance_wrong"}
    assert codes(with_trip(plan, replace(east, return_s=east.return_s - 1), west), four_stops()) == {
        "plan_return_wrong"
    }
    empty = Trip("T3", at("12:00"), at("12:00"), (), 0)
    assert codes(with_trip(plan, east, west, empty), four_stops()) == {"plan_empty_trip"}


def test_check_names_twice_used_vehicles_and_codes() -> None:
    """Tests that a vehicle on two routes and a trip code used twice are named."""
    plan = four_stops_plan()
    east, west = plan.trips
    split = replace(plan, routes=(Route("V1", (east,)), Route("V1", (replace(west, trip_code="T1"),))))
    assert codes(split, four_stops()) == {"plan_vehicle_twice", "plan_trip_code_twice"}


@pytest.mark.parametrize(
    ("vehicle", "expected"),
    [
        (van(units=3), "plan_over_units"),
        (van(weight_g=39_999), "plan_over_weight"),
        (van(most_trips=1), "plan_too_many_trips"),
        (van(reload_s=601), "plan_departs_before_reloaded"),
        (van(shift_start_s=at("09:51")), "plan_outside_shift"),
        (van(shift_end_s=at("11:39")), "plan_outside_shift"),
    ],
)
def test_check_holds_the_van_to_its_limits(vehicle: object, expected: str) -> None:
    """Tests room, weight, trips, reloading and shift, each one short of what the plan needs."""
    problem = replace(four_stops(), vehicles=(vehicle,))
    assert codes(four_stops_plan(), problem) == {expected}


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (stop("A", box("a", release="09:51", deliver_by="10:10")), "plan_departs_before_release"),
        (stop("A", box("a", deliver_by="10:04")), "plan_after_deliver_by"),
        (stop("A", box("a"), opens="10:01"), "plan_outside_window"),
        (stop("A", box("a"), opens="09:00", closes="09:59"), "plan_outside_window"),
        (stop("A", box("a", eat_by_s=at("12:14"))), "plan_last_plate_too_late"),
        (stop("A", box("a", eat_by_s=at("11:19"), second_leg_s=1800)), "plan_last_plate_too_late"),
    ],
)
def test_check_holds_the_visit_to_the_food_and_the_door(first: object, expected: str) -> None:
    """Tests release, deliver-by, window and last plate, each a minute short of the plan."""
    problem = four_stops()
    changed = replace(problem, stops=(first, *problem.stops[1:]))
    assert codes(four_stops_plan(), changed) == {expected}


@pytest.mark.parametrize(
    "load", [box("a", eat_by_s=at("12:15")), box("a", eat_by_s=at("11:20"), second_leg_s=1800)]
)
def test_check_lets_the_last_plate_end_exactly_at_eat_by(load: object) -> None:
    """Tests the last plate: 11:30 + 45 min at the table; 10:05 + 30 min + 45 min after a second leg."""
    problem = four_stops()
    assert check(four_stops_plan(), replace(problem, stops=(stop("A", load), *problem.stops[1:]))) == []


def test_problem_refuses_what_cannot_be() -> None:
    """Tests that doubled names and a matrix of the wrong size are refused where the fact is made."""
    with pytest.raises(ValueError, match="box stands twice"):
        problem_of([stop("A", box("a")), stop("B", box("a"))], [1, 2])
    with pytest.raises(ValueError, match="places"):
        problem_of([stop("A", box("a"))], [1, 2])
    with pytest.raises(ValueError, match="no box"):
        stop("A")
