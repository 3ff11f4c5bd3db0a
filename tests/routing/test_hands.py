"""By hand: a stop put elsewhere and vehicles swapped, timed anew and judged at once."""

from dataclasses import replace

import pytest

from orders.errors import NotFound
from routing.hands import NEW_TRIP, Move, Swap, by_hand
from routing.plan import check
from routing.travel import NO_WAY, TravelMatrix
from tests.routing.by_hand import four_stops, four_stops_plan, problem_of, van


def test_a_move_is_timed_anew_and_says_what_it_breaks() -> None:
    """Tests a move that keeps the rules, one that does not with what it breaks, and one to a new trip."""
    problem, plan = four_stops(), four_stops_plan()
    swapped, broken = by_hand(problem, plan, [Move("D", "T2", 1)], "T9")
    assert [visit.stop_id for visit in swapped.trips[1].visits] == ["D", "C"]
    assert {one.code for one in broken} == {one.code for one in check(swapped, problem)}
    full, broken = by_hand(problem, plan, [Move("A", "T2")], "T9")
    assert {"plan_over_units"} <= {one.code for one in broken}
    assert [visit.stop_id for visit in full.trips[0].visits] == ["B"]
    alone, _ = by_hand(problem, plan, [Move("B", NEW_TRIP, vehicle_id="V1")], "T9")
    assert [trip.trip_code for trip in alone.trips] == ["T1", "T2", "T9"]
    back, none = by_hand(problem, alone, [Move("B", "T1")], "T9")
    assert (back, none) == (plan, [])


def test_two_vehicles_swap_all_their_trips() -> None:
    """Tests that the other van then drives the same stops, and that what there is not is named."""
    one = four_stops()
    problem = problem_of(list(one.stops), [10, 20, -10, -20], van("V1"), van("V2"))
    found, broken = by_hand(problem, four_stops_plan(), [Swap("V1", "V2")], "T9")
    assert broken == [] and [route.vehicle_id for route in found.routes] == ["V2"]
    assert found.trips == four_stops_plan().trips
    for edit in (Move("Z", "T1"), Move("A", "T7"), Swap("V1", "V9"), Move("A", NEW_TRIP, vehicle_id="V9")):
        with pytest.raises(NotFound):
            by_hand(problem, four_stops_plan(), [edit], "T9")


def test_a_stop_without_a_way_is_named_and_stops_nobody() -> None:
    """Tests that a plan over a closed road is shown with what it breaks, for a person to see."""
    problem, place = four_stops(), 2
    open_ways = problem.travel.block(range(problem.travel.size))
    seconds, metres = open_ways.duration_s.copy(), open_ways.distance_m.copy()
    for table in (seconds, metres):
        table[place, :], table[:, place], table[place, place] = NO_WAY, NO_WAY, 0
    closed = replace(problem, travel=TravelMatrix(seconds, metres))
    plan, broken = by_hand(closed, four_stops_plan(), [Move("D", "T2", 1)], "T9")
    assert {one.code for one in broken} >= {"plan_no_way", "plan_no_way_back"}
    assert [visit.stop_id for visit in plan.trips[0].visits] == ["A", "B"]
