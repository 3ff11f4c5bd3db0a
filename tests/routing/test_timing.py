"""Tests of the minutes of a trip."""

from routing.parts import Part
from routing.timing import first_departure_s, time_trip
from tests.routing.instances import at, box, problem_of, stop, van


def minutes(stops, where, ready: str) -> list[str]:
    """Departure, the start of each hand-over, and return, as clock times."""
    problem = problem_of(stops, where)
    visits = [Part(place, one, one.boxes) for place, one in enumerate(problem.stops, start=1)]
    trip = time_trip(visits, at(ready), problem.travel)
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
    trip = time_trip([Part(1, problem.stops[0], problem.stops[0].boxes)], at("10:00"), problem.travel)
    assert trip.return_s == at("10:25")
    assert first_departure_s(van(), None) == at("09:30")
    assert first_departure_s(van(), trip) == at("10:35")
