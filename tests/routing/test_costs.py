"""Tests of what a plan costs."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.codes import Coded
from routing.costs import CostParams, Costs, beyond_mean_s, costs_of
from routing.plan import Route, Unserved
from tests.routing.by_hand import MINUTE, at, four_stops, four_stops_plan, van


def test_each_part_of_the_plan_worked_out_by_hand() -> None:
    """Tests two trips of 40 km in all, out for 50 minutes each, by one van of 80 yuan a day."""
    rates = {"fixed_cost": 8_000_000, "trip_cost": 500_000, "metre_cost": 60, "second_cost": 700}
    problem = replace(four_stops(), vehicles=(van(**rates), van("V2", **rates)))
    assert costs_of(four_stops_plan(), problem) == Costs(
        fixed=8_000_000,
        departures=1_000_000,
        metres=60 * 40_000,
        seconds=700 * 100 * MINUTE,
    )
    assert costs_of(four_stops_plan(), problem).driven == 8_000_000 + 1_000_000 + 2_400_000 + 4_200_000


def test_a_box_left_out_costs_by_the_priority_of_its_stop() -> None:
    """Tests one stop that must be served and one that may be left out, two boxes of the third step."""
    must, optional, *rest = four_stops().stops
    problem = replace(four_stops(), stops=(must, replace(optional, priority=3), *rest))
    left = (Unserved("A", ("a",), Coded("no_way")), Unserved("B", ("b", "b2"), Coded("no_way")))
    plan = replace(four_stops_plan(), routes=(), unserved=left, distance_m=0)
    params = CostParams(must_box=100, optional_box=7)
    assert costs_of(plan, problem, params) == Costs(unserved=100 + 2 * 3 * 7)


def test_a_driver_who_does_not_know_the_way_in_is_priced_where_another_does() -> None:
    """Tests a stop that the van knows, one that another knows and two that nobody needs to know."""
    own, other, *rest = four_stops().stops
    stops = (replace(own, familiar=frozenset({"V1"})), replace(other, familiar=frozenset({"V2"})), *rest)
    priced = costs_of(
        four_stops_plan(), replace(four_stops(), stops=stops), CostParams(unfamiliar_visit=1_000)
    )
    assert priced.unfamiliar == 1_000


def test_uneven_work_is_priced_by_the_seconds_beyond_the_mean() -> None:
    """Tests 50 and 110 minutes out: the mean is 80, so 30 minutes are beyond it."""
    (route,) = four_stops_plan().routes
    east, west = route.trips
    routes = (Route("V1", (east,)), Route("V2", (replace(west, return_s=at("12:40")),)))
    problem = replace(four_stops(), vehicles=(van("V1"), van("V2")))
    plan = replace(four_stops_plan(), routes=routes)
    assert costs_of(plan, problem, CostParams(unfair_second=2)).unfairness == 2 * 30 * MINUTE


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 40_000), max_size=6), st.integers(0, 5_000))
def test_seconds_beyond_the_mean_vanish_for_equal_shares(seconds: list[int], more_s: int) -> None:
    """Tests that more for all changes nothing, nor does the order, and that equal shares are free."""
    assert beyond_mean_s([one + more_s for one in seconds]) == beyond_mean_s(seconds[::-1])
    assert beyond_mean_s([more_s] * len(seconds)) == 0
    assert 0 <= beyond_mean_s(seconds) <= sum(seconds)
