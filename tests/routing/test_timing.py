"""Tests of the minutes of a trip."""

from dataclasses import replace
from typing import Any

from routing.parts import Part
from routing.plan import Plan, Route, Trip, check
from routing.problem import Break, Started, Vehicle, Window
from routing.timing import first_departure_s, time_day, time_trip
from tests.routing.by_hand import MINUTE, at, box, on_a_line, problem_of, stop, van


def minutes(stops, where, ready: str) -> list[str]:
    """Departure, the start of each hand-over, and return, as clock times."""
    problem = problem_of(stops, where)
    visits = [Part(place, one, one.boxes) for place, one in enumerate(problem.stops, start=1)]
    trip = time_trip(problem, problem.vehicles[0], visits, at(ready))
    seconds = [trip.depart_s, *(visit.start_s for visit in trip.visits), trip.return_s]
    return [f"{second // 3600:02d}:{second % 3600 // 60:02d}" for second in seconds]


def test_a_trip_leaves_so_late_that_it_waits_at_no_door() -> None:
    """Tests two doors: B opens at 11:00, so the van leaves at 10:35 and not at 09:50."""
    stops = [stop("A", box("a")), stop("B", box("b"), opens="11:00")]
    assert minutes(stops, [10, 20], "09:30") == ["10:35", "10:45", "11:00", "11:25"]


def test_a_deadline_on_the_way_keeps_the_earlier_start() -> None:
    """Tests that A, due by 10:20, is not delayed past 10:15 for the sake of B's door."""
    stops = [stop("A", box("a", deliver_by="10:20")), stop("B", box("b"), opens="11:00")]
    assert minutes(stops, [10, 20], "09:30") == ["10:05", "10:15", "11:00", "11:25"]


def test_release_and_readiness_bound_the_departure() -> None:
    """Tests that a trip leaves at the later of the van's readiness and the last release aboard."""
    stops = [stop("A", box("a")), stop("B", box("b", release="10:30"))]
    assert minutes(stops, [10, 20], "09:30")[0] == "10:30"
    assert minutes(stops, [10, 20], "10:40")[0] == "10:40"


def test_the_next_trip_waits_for_return_and_reloading() -> None:
    """Tests the readiness of a van before and after a trip."""
    problem = problem_of([stop("A", box("a"))], [10])
    part = Part(1, problem.stops[0], problem.stops[0].boxes)
    trip = time_trip(problem, van(), [part], at("10:00"))
    assert trip.return_s == at("10:25")
    assert first_departure_s(van(), None) == at("09:30")
    assert first_departure_s(van(), trip) == at("10:35")


def clocks(trips: list[Trip]) -> list[str]:
    """Departure and return of each trip as clock times."""
    return [
        "-".join(f"{second // 3600:02d}:{second % 3600 // 60:02d}" for second in (one.depart_s, one.return_s))
        for one in trips
    ]


def day(vehicle: Vehicle, **facts: Any) -> list[str]:
    """A trip to A, ten minutes away, then one to B, twenty minutes away; both open at 10:00."""
    problem = replace(problem_of([stop("A", box("a")), stop("B", box("b"))], [10, 20], vehicle), **facts)
    visits = [[Part(place, one, one.boxes)] for place, one in enumerate(problem.stops, start=1)]
    trips = time_day(problem, vehicle, visits)
    assert check(Plan(problem.service_key, (Route("V1", _coded(trips)),), (), _metres(trips)), problem) == []
    return clocks(trips)


def _coded(trips: list[Trip]) -> tuple[Trip, ...]:
    return tuple(replace(trip, trip_code=f"T{number}") for number, trip in enumerate(trips, start=1))


def _metres(trips: list[Trip]) -> int:
    return sum(trip.distance_m for trip in trips)


def test_a_days_trips_follow_each_other_as_soon_as_the_van_is_loaded() -> None:
    """Tests the second trip at 10:15 and reloading; a slow van takes 15 and 30 minutes a way."""
    assert day(van()) == ["09:50-10:15", "10:25-11:10"]
    assert day(van(pace_pct=150)) == ["09:50-10:25", "10:35-11:40"]


def test_a_rest_lies_between_the_trips() -> None:
    """Tests a rest from 10:15 to 10:45, reloading after it, and one that has time after the last trip."""
    assert day(van(breaks=(Break(at("10:00"), at("11:00"), 30 * MINUTE),))) == ["09:50-10:15", "10:55-11:40"]
    assert day(van(breaks=(Break(at("10:00"), at("12:00"), 30 * MINUTE),))) == ["09:50-10:15", "10:25-11:10"]


def test_a_trip_under_way_is_the_first_and_keeps_its_departure() -> None:
    """Tests a van that left at 09:40 and goes on from A's neighbour at 10:02."""
    started = Started("V1", "T1", at("09:40"), 3, at("10:02"), ("a",))
    ways = on_a_line([10, 20]).block([0, 1, 2, 1])
    assert day(van(), travel=ways, started=(started,)) == ["09:40-10:17", "10:27-11:12"]


def test_a_time_aboard_makes_the_van_leave_late_and_a_second_window_is_used() -> None:
    """Tests two doors with two windows each, and a box that must not be aboard for long."""
    shut = (Window(at("08:00"), at("09:00")), Window(at("10:30"), at("11:00")))
    stops = [
        replace(stop("A", box("a", most_aboard_s=15 * MINUTE)), windows=shut),
        replace(stop("B", box("b")), windows=shut),
    ]
    problem = problem_of(stops, [10, 20])
    (trip,) = time_day(
        problem, van(), [[Part(n, one, one.boxes) for n, one in enumerate(problem.stops, start=1)]]
    )
    assert clocks([trip]) == ["10:20-11:10"]
    assert [one.start_s for one in trip.visits] == [at("10:30"), at("10:45")]


def test_what_cannot_be_kept_is_timed_as_it_comes_for_the_judge() -> None:
    """Tests a box that is due before the van can be there: it goes at once and is late."""
    problem = problem_of([stop("A", box("a", deliver_by="09:55"))], [10])
    trips = time_day(problem, van(), [[Part(1, problem.stops[0], problem.stops[0].boxes)]])
    assert clocks(trips) == ["09:50-10:15"]
    plan = Plan(problem.service_key, (Route("V1", _coded(trips)),), (), 10_000)
    assert [violation.code for violation in check(plan, problem)] == ["plan_after_deliver_by"]
