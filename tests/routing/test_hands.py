"""By hand: a stop put elsewhere and vehicles swapped, timed anew and judged at once."""

import pytest

from orders.errors import NotFound
from routing.hands import NEW_TRIP, Move, Swap, by_hand
from routing.plan import check
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
