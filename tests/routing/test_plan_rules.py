"""Tests of the judge on what a kitchen's day adds: kitchens, compartments, rests, docks, trips under way."""

from dataclasses import replace
from typing import Any

import pytest

from orders.codes import Coded
from orders.sites import Place
from routing.params import SolveParams
from routing.plan import Plan, Route, Trip, Unserved, check
from routing.problem import Break, Depot, Problem, Started, Stop, Vehicle, Window
from routing.solve import solve
from routing.travel import NO_WAY, TravelMatrix
from tests.routing.by_hand import (
    MINUTE,
    at,
    box,
    four_stops,
    four_stops_plan,
    on_a_line,
    problem_of,
    stop,
    van,
)

K1, K2 = Place(24.3, 109.4), Place(24.4, 109.4)


def codes(plan: Plan, problem: Problem) -> list[str]:
    return [violation.code for violation in check(plan, problem)]


def with_stop(number: int, **changes: Any) -> Problem:
    problem = four_stops()
    stops = [replace(s, **changes) if n == number else s for n, s in enumerate(problem.stops)]
    return replace(problem, stops=tuple(stops))


def with_box(number: int, **changes: Any) -> Problem:
    (load,) = four_stops().stops[number].boxes
    return with_stop(number, boxes=(replace(load, **changes),))


def with_van(**changes: Any) -> Problem:
    return replace(four_stops(), vehicles=(van(**changes),))


KEPT = [
    with_van(hot_units=4, cold_units=0),
    replace(with_box(0, cold=True), vehicles=(van(hot_units=4, cold_units=2),)),
    with_box(0, most_aboard_s=15 * MINUTE),
    with_box(0, kitchen_id="K1"),
    replace(with_stop(0, needs=frozenset({"lift"})), vehicles=(van(skills=frozenset({"lift"})),)),
    with_stop(0, windows=(Window(at("08:00"), at("09:00")), Window(at("10:00"), at("10:00")))),
    with_stop(0, empties_units=2, empties_weight_g=80_000),
    with_stop(1, empties_units=4, empties_weight_g=100_000),
    with_van(most_out_s=110 * MINUTE),
    with_van(breaks=(Break(at("11:40"), at("12:10"), 30 * MINUTE),)),
    with_van(breaks=(Break(at("09:00"), at("10:00"), 40 * MINUTE),)),
    with_van(reload_s=5 * MINUTE, breaks=(Break(at("10:40"), at("10:45"), 5 * MINUTE),)),
    with_stop(0, priority=1),
]
BROKEN = [
    (with_van(hot_units=3), ["plan_over_hot_units"] * 2),
    (replace(with_box(0, cold=True), vehicles=(van(cold_units=1),)), ["plan_over_cold_units"]),
    (with_box(0, most_aboard_s=15 * MINUTE - 1), ["plan_too_long_aboard"]),
    (with_stop(0, needs=frozenset({"lift", "narrow_lane"})), ["plan_lacks_skill"]),
    (with_stop(0, unload_box_s=60), ["plan_hand_over_times_wrong"]),
    (
        with_stop(0, windows=(Window(0, at("09:59")), Window(at("10:01"), at("11:00")))),
        ["plan_outside_window"],
    ),
    (with_stop(0, empties_units=3), ["plan_over_units"]),
    (with_stop(0, empties_weight_g=80_001), ["plan_over_weight"]),
    (with_stop(1, empties_units=5), ["plan_over_units"]),
    (with_van(most_out_s=110 * MINUTE - 1), ["plan_out_too_long"]),
    (with_van(breaks=(Break(at("09:41"), at("10:20"), 20 * MINUTE),)), ["plan_no_rest"]),
    (with_van(breaks=(Break(at("10:40"), at("10:50"), 10 * MINUTE),)), ["plan_no_rest"]),
    (with_van(breaks=(Break(at("11:00"), at("12:09"), 30 * MINUTE),)), ["plan_no_rest"]),
    (with_van(pace_pct=101), ["plan_travel_wrong", "plan_travel_wrong", "plan_return_wrong"] * 2),
]


@pytest.mark.parametrize("problem", KEPT)
def test_check_accepts_a_plan_that_just_keeps_a_rule(problem: Problem) -> None:
    """Tests each rule at its edge with the plan worked out by hand."""
    assert codes(four_stops_plan(), problem) == []


@pytest.mark.parametrize(("problem", "expected"), BROKEN)
def test_check_names_a_rule_broken_by_one_fact(problem: Problem, expected: list[str]) -> None:
    """Tests that one fact beyond the edge is named by its own code, and by no other."""
    assert codes(four_stops_plan(), problem) == expected


def test_a_reason_is_wanted_for_what_is_left_out() -> None:
    """Tests that neither an empty reason nor an entry without boxes passes, priority or not."""
    problem = with_stop(0, priority=1)
    left = tuple(Unserved(s.stop_id, (s.boxes[0].box_id,), Coded("")) for s in problem.stops)
    plan = Plan(problem.service_key, (), left, 0)
    assert codes(plan, problem) == ["plan_left_out_without_reason"] * 4
    nothing = replace(four_stops_plan(), unserved=(Unserved("A", (), Coded("no_vehicle_free")),))
    assert codes(nothing, problem) == ["plan_left_out_without_reason"]


def test_a_leg_that_cannot_be_driven_is_named() -> None:
    """Tests a way there and a way back that do not exist."""
    problem = four_stops()
    ways = problem.travel.block(range(5))
    seconds, metres = ways.duration_s.copy(), ways.distance_m.copy()
    for start, end in ((1, 2), (4, 0)):
        seconds[start, end] = metres[start, end] = NO_WAY
    closed = replace(problem, travel=TravelMatrix(seconds, metres))
    assert codes(four_stops_plan(), closed) == ["plan_no_way", "plan_no_way_back"]


def two_kitchens(*vehicles: Vehicle, docks: int | None = None, **facts: Any) -> Problem:
    """K1 and K2 side by side, the four stops as they are from either."""
    problem, ways = four_stops(), four_stops().travel.block([0, 0, 1, 2, 3, 4])
    return replace(
        problem,
        depots=(Depot("K1", K1, docks), Depot("K2", K2, docks)),
        travel=ways,
        vehicles=vehicles,
        **facts,
    )


def split_plan() -> Plan:
    """The east by one van and the west, at its own minutes, by another."""
    (route,) = four_stops_plan().routes
    east, west = route.trips
    return replace(four_stops_plan(), routes=(Route("V1", (east,)), Route("V2", (west,))))


def test_boxes_leave_from_their_own_kitchen() -> None:
    """Tests that a van of the other kitchen must not carry a box, and that one of its own may."""
    stops = four_stops().stops
    (c,) = stops[2].boxes
    stops = (*stops[:2], replace(stops[2], boxes=(replace(c, kitchen_id="K2"),)), stops[3])
    assert codes(split_plan(), two_kitchens(van("V1"), van("V2", kitchen_id="K2"), stops=stops)) == []
    assert codes(split_plan(), two_kitchens(van("V1"), van("V2"), stops=stops)) == ["plan_from_wrong_kitchen"]


def test_a_trip_begins_and_ends_at_its_vans_kitchen() -> None:
    """Tests that the ways are judged from the van's own depot."""
    problem = two_kitchens(van("V1"), van("V2", kitchen_id="K2"))
    ways = problem.travel.block(range(6))
    seconds, metres = ways.duration_s.copy(), ways.distance_m.copy()
    seconds[1, 4], metres[5, 1] = 601, 10_001
    moved = replace(problem, travel=TravelMatrix(seconds, metres))
    assert codes(split_plan(), moved) == ["plan_travel_wrong", "plan_return_wrong"]


def test_two_vans_at_one_dock_are_named_unless_one_follows_the_other() -> None:
    """Tests loading from 09:40 and from 10:40: with a minute more the second begins before the first ends."""
    vans = (van("V1", reload_s=60 * MINUTE), van("V2", reload_s=60 * MINUTE))
    assert codes(split_plan(), two_kitchens(*vans, docks=1)) == []
    longer = (vans[0], replace(vans[1], reload_s=61 * MINUTE))
    assert codes(split_plan(), two_kitchens(*longer, docks=1)) == ["plan_no_dock_free"]
    assert codes(split_plan(), two_kitchens(*longer, docks=2)) == []
    elsewhere = (longer[0], replace(longer[1], kitchen_id="K2"))
    assert codes(split_plan(), two_kitchens(*elsewhere, docks=1)) == []


def under_way(**changes: Any) -> Problem:
    """A is done and B is aboard: the van stands at A and can go on at 10:05."""
    problem = four_stops()
    started = Started("V1", "T1", at("09:50"), 5, at("10:05"), ("b",))
    ways = problem.travel.block([0, 1, 2, 3, 4, 1])
    return replace(problem, stops=problem.stops, travel=ways, started=(replace(started, **changes),))


def rest_of_east() -> Plan:
    """What is left of the plan once A is done; A's box counts as left out, since the problem still has it."""
    (route,) = four_stops_plan().routes
    east, west = route.trips
    east = replace(east, visits=east.visits[1:], distance_m=15_000)
    done = (Unserved("A", ("a",), Coded("no_vehicle_free")),)
    return Plan(four_stops().service_key, (Route("V1", (east, west)),), done, 35_000)


def test_a_trip_under_way_goes_on_from_where_its_van_is() -> None:
    """Tests the rest of the east trip: B 10:15 from A, back 10:40, its 5 km and the way back's 10 km."""
    assert codes(rest_of_east(), under_way()) == []
    assert codes(rest_of_east(), under_way(from_s=at("10:06"))) == ["plan_travel_wrong"]


def test_the_past_is_not_moved() -> None:
    """Tests another departure, another place in the day, and a trip under way that is not in the plan."""
    moved = "plan_started_moved"
    assert codes(rest_of_east(), under_way(depart_s=at("09:51"))) == [moved]
    (route,) = rest_of_east().routes
    west_only = replace(rest_of_east(), routes=(replace(route, trips=route.trips[1:]),), distance_m=20_000)
    assert moved in codes(west_only, under_way())
    assert moved in codes(replace(rest_of_east(), routes=(), distance_m=0), under_way())


def test_what_is_aboard_stays_aboard_and_nothing_comes_aboard() -> None:
    """Tests a box that changes from one trip to the other, either way."""
    assert codes(rest_of_east(), under_way(box_ids=())) == ["plan_aboard_another"]
    assert codes(rest_of_east(), under_way(box_ids=("b", "c"))) == ["plan_aboard_another"]


def test_a_box_aboard_may_be_left_out_and_the_van_comes_back_with_it() -> None:
    """Tests a trip under way without a visit: back from A at 10:15, 5 km."""
    (route,) = rest_of_east().routes
    home = Trip("T1", at("09:50"), at("10:15"), (), 5_000)
    left = (*rest_of_east().unserved, Unserved("B", ("b",), Coded("cannot_reach_in_time")))
    plan = replace(
        rest_of_east(),
        routes=(replace(route, trips=(home, route.trips[1])),),
        unserved=left,
        distance_m=25_000,
    )
    assert codes(plan, under_way()) == []


def test_release_is_past_for_what_is_aboard_and_its_time_aboard_counts_from_the_departure() -> None:
    """Tests that a box aboard needs no release, and that its minutes began when the van left."""
    aboard = box("b", release="12:00", most_aboard_s=30 * MINUTE)
    problem = under_way()
    stops = (problem.stops[0], stop("B", aboard), *problem.stops[2:])
    assert codes(rest_of_east(), replace(problem, stops=stops)) == []
    shorter = stop("B", replace(aboard, most_aboard_s=29 * MINUTE))
    assert codes(rest_of_east(), replace(problem, stops=(problem.stops[0], shorter, *problem.stops[2:]))) == [
        "plan_too_long_aboard"
    ]


def test_empties_come_with_the_first_visit_only() -> None:
    """Tests a stop of two visits: its empties fill the first van and not the second."""
    loads = (box("a"), replace(box("b"), box_id="b"))
    first = Stop("A", "A", K1, (Window(0, at("12:00")),), 300, loads, at("11:30"), 2700, empties_units=4)
    problem = replace(four_stops(), stops=(first,), travel=four_stops().travel.block([0, 1]))
    (route,) = four_stops_plan().routes
    trips = tuple(
        Trip(trip.trip_code, trip.depart_s, trip.depart_s + 25 * MINUTE, (visit,), 10_000)
        for trip, box_id in zip(route.trips, "ab", strict=True)
        for visit in [replace(trip.visits[0], stop_id="A", box_ids=(box_id,))]
    )
    plan = Plan(problem.service_key, (Route("V1", trips),), (), 20_000)
    assert codes(plan, problem) == []
    small = replace(problem, stops=(replace(first, empties_units=5),))
    assert [v.params["trip"] for v in check(plan, small)] == ["T1"]


def test_a_van_under_way_comes_home_even_where_nothing_can_be_brought() -> None:
    """Tests a day with one box that is too heavy and a van that is ten minutes away with nothing aboard."""
    problem = problem_of([stop("A", box("a", weight_g=900_000))], [10])
    started = Started("V1", "T3", at("09:30"), 2, at("09:40"), ())
    away = replace(problem, travel=on_a_line([10, 10]), started=(started,))
    plan = solve(away, SolveParams(), 1)
    (trip,) = plan.trips
    assert (trip.trip_code, trip.visits, trip.return_s) == ("T3", (), at("09:50"))
