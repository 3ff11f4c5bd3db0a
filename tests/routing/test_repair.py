"""Repair: trips stay as they were, and a stop moves only where a rule would break."""

from dataclasses import replace

from routing.parts import Part
from routing.plan import check
from routing.problem import Problem
from routing.repair import Ordered, repaired
from tests.routing.by_hand import box, four_stops, four_stops_plan, problem_of, stop, van


def ordered(problem: Problem, *trips: tuple[str, str, str]) -> list[Ordered]:
    """Trips as vehicle, code and the letters of their stops."""
    places = {one.stop_id: (place, one) for place, one in enumerate(problem.stops, start=1)}
    parts = {name: Part(place, one, one.boxes) for name, (place, one) in places.items()}
    return [Ordered(van_id, code, tuple(parts[name] for name in stops)) for van_id, code, stops in trips]


def test_trips_are_driven_at_the_minutes_that_now_hold() -> None:
    """Tests that an unchanged problem keeps its plan, and that a later release moves its trip alone."""
    problem = four_stops()
    trips = ordered(problem, ("V1", "T1", "AB"), ("V1", "T2", "CD"))
    assert repaired(problem, trips, (), lambda plan: plan.distance_m) == four_stops_plan()
    later = tuple(
        replace(one, boxes=(box("d", release="10:55"),)) if one.stop_id == "D" else one
        for one in problem.stops
    )
    slower = replace(problem, stops=later)
    trips = ordered(slower, ("V1", "T1", "AB"), ("V1", "T2", "CD"))
    found = repaired(slower, trips, (), lambda plan: plan.distance_m)
    assert found is not None and check(found, slower) == []
    assert found.trips[0] == four_stops_plan().trips[0]
    assert found.trips[1].depart_s == four_stops_plan().trips[1].depart_s + 300


def test_a_stop_that_would_be_late_goes_with_another_van() -> None:
    """Tests that only the stop whose door closes leaves its trip, and that nothing is forced."""
    stops = [stop("A", box("a", release="10:50")), stop("B", box("b"), closes="11:00"), stop("C", box("c"))]
    problem = problem_of(stops, [10, 20, -10], van("V1"), van("V2"))
    trips = ordered(problem, ("V1", "T1", "AB"), ("V2", "T2", "C"))
    found = repaired(problem, trips, (), lambda plan: plan.distance_m)
    assert found is not None and check(found, problem) == []
    assert found.vehicle_of("a") == "V1" and found.vehicle_of("c") == "V2"
    assert found.vehicle_of("b") == "V2"
    alone = problem_of(stops[:2], [10, 20], van("V1", most_trips=1))
    assert repaired(alone, ordered(alone, ("V1", "T1", "AB")), (), lambda plan: 0) is None
