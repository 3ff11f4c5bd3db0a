"""Tests of the seconds that each visit has in hand."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.parts import Part
from routing.plan import Plan, Route, Trip, check
from routing.problem import Break, Problem, Stop, Vehicle, Window
from routing.slack import Slack, slacks
from routing.timing import time_day
from tests.routing.by_hand import MINUTE, at, box, four_stops, four_stops_plan, problem_of, stop, van


def in_hand(problem: Problem) -> list[tuple[str, int, int, str, int, str]]:
    """Stop, minutes to the window's end, to the food's clock, whose, minutes in all and what breaks first."""
    return [
        (
            one.stop_id,
            one.window_s // MINUTE,
            one.food_s // MINUTE,
            one.box_id,
            one.later_s // MINUTE,
            one.bound.code,
        )
        for one in slacks(four_stops_plan(), problem)
    ]


def test_the_slack_of_the_plan_worked_out_by_hand() -> None:
    """
    Tests all four visits.

    A may be 5 minutes later for its box, B 10 for its own; the east trip could be back 5 minutes later only,
    since the west trip then leaves later and C's box has 5 minutes.
    """
    assert in_hand(four_stops()) == [
        ("A", 100, 5, "a", 5, "slack_deliver_by"),
        ("B", 85, 70, "b", 5, "slack_deliver_by"),
        ("C", 40, 5, "c", 5, "slack_deliver_by"),
        ("D", 25, 10, "d", 10, "slack_deliver_by"),
    ]


@pytest.mark.parametrize(
    ("vehicle", "later", "bound"),
    [
        (van(shift_end_s=at("11:43")), 3, "slack_shift"),
        (van(most_out_s=112 * MINUTE), 2, "slack_out"),
        (van(reload_s=5 * MINUTE, breaks=(Break(at("10:30"), at("10:45"), 5 * MINUTE),)), 0, "slack_rest"),
        (van(breaks=(Break(at("11:00"), at("11:54"), 10 * MINUTE),)), 4, "slack_rest"),
    ],
)
def test_shift_time_out_and_rest_bound_the_return(vehicle: Vehicle, later: int, bound: str) -> None:
    """Tests what keeps the last visit of a trip from being later, each a few minutes away."""
    found = in_hand(replace(four_stops(), vehicles=(vehicle,)))
    assert (later, bound) in [one[4:] for one in found]


def test_a_vehicle_that_waits_passes_nothing_on() -> None:
    """Tests that A's visit has the half hour for which the van would stand before B's door."""
    stops = [stop("A", box("a")), stop("B", box("b", deliver_by="11:00"), opens="10:45")]
    problem = problem_of(stops, [10, 20])
    early = [[Part(n, one, one.boxes) for n, one in enumerate(problem.stops, start=1)]]
    (trip,) = time_day(problem, van(), early)
    assert [one.later_s // MINUTE for one in found_of(problem, [trip])] == [10, 10]


def found_of(problem: Problem, trips: list[Trip]) -> tuple[Slack, ...]:
    return slacks(plan_of(problem, trips), problem)


def plan_of(problem: Problem, trips: list[Trip]) -> Plan:
    coded = tuple(replace(trip, trip_code=f"T{n}") for n, trip in enumerate(trips, start=1))
    return Plan(problem.service_key, (Route("V1", coded),), (), sum(trip.distance_m for trip in trips))


def later(trips: list[Trip], number: int, visit: int, by_s: int, vehicle: Vehicle) -> list[Trip]:
    """The trips with one hand-over later and all that follows pushed on as little as it must be."""
    found, ready_s = trips[:number], 0
    for nth, trip in enumerate(trips[number:], start=number):
        depart_s = max(trip.depart_s, ready_s)
        now_s, visits = depart_s, []
        for n, one in enumerate(trip.visits):
            arrive_s = now_s + one.travel_s
            pushed_s = one.start_s + by_s if (nth, n) == (number, visit) else one.start_s
            start_s = max(arrive_s, pushed_s)
            now_s = start_s + one.leave_s - one.start_s
            visits.append(replace(one, arrive_s=arrive_s, start_s=start_s, leave_s=now_s))
        back_s = now_s + trip.return_s - trip.visits[-1].leave_s
        found.append(replace(trip, depart_s=depart_s, return_s=back_s, visits=tuple(visits)))
        ready_s = back_s + vehicle.reload_s
    return found


SPANS = st.tuples(st.integers(0, 40), st.integers(5, 60))


@st.composite
def days(draw: Any) -> Problem:
    """Up to four stops on a road, with windows, clocks and times aboard that may or may not bind."""
    stops, where = list[Stop](), list[int]()
    for name in "ABCD"[: draw(st.integers(2, 4))]:
        opens, room = draw(SPANS)
        due, aboard = draw(st.integers(60, 200)), draw(st.none() | st.integers(30, 90))
        load = replace(
            box(name.lower(), release="09:30"),
            deliver_by_s=at("09:30") + due * MINUTE,
            most_aboard_s=None if aboard is None else aboard * MINUTE,
        )
        window = Window(at("09:30") + opens * MINUTE, at("09:30") + (opens + room) * MINUTE)
        stops.append(replace(stop(name, load), windows=(window,)))
        where.append(draw(st.integers(-15, 15)))
    return problem_of(stops, where, van(most_out_s=draw(st.none() | st.integers(7200, 12_000))))


@settings(max_examples=60, deadline=None)
@given(days(), st.integers(1, 3))
def test_a_visit_may_be_exactly_as_much_later_as_its_slack_says(problem: Problem, cut: int) -> None:
    """Tests on random days that the slack is kept by the judge, and that a second more is not."""
    vehicle = problem.vehicles[0]
    visits = [Part(n, one, one.boxes) for n, one in enumerate(problem.stops, start=1)]
    trips = time_day(problem, vehicle, [own for own in (visits[:cut], visits[cut:]) if own])
    if check(plan_of(problem, trips), problem):
        return
    found = iter(found_of(problem, trips))
    for number, trip in enumerate(trips):
        for visit in range(len(trip.visits)):
            by_s = next(found).later_s
            assert check(plan_of(problem, later(trips, number, visit, by_s, vehicle)), problem) == []
            assert check(plan_of(problem, later(trips, number, visit, by_s + 1, vehicle)), problem)
