"""One more stop into a plan that stays: the cheapest place of all, or the reason."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from orders.codes import Coded
from orders.sites import Place
from routing.insert import insert_stop, with_stop
from routing.plan import Plan, check
from routing.problem import Depot, Problem, Stop
from routing.travel import TravelParams
from routing.vehicle_day import carries, timed
from tests.routing.by_hand import at, box, stop, van

PARAMS = TravelParams(speed_mps=8.0, detour_ratio=1.3, park_s=30)
DEPOT = Place(24.3, 109.4)


def town(seed: int, stops: int) -> Problem:
    """Stops within five kilometres, a box each, doors open for half an hour or an hour; four vans."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(stops):
        opens_s = at("10:00") + int(rng.integers(0, 5000))
        lat, lon = (float(one) for one in rng.uniform(-0.05, 0.05, 2))
        load = box(f"b{n}", units=int(rng.integers(1, 4)), release=str(rng.choice(["09:30", "10:10"])))
        one = stop(f"S{n}", replace(load, deliver_by_s=opens_s + 5400, eat_by_s=opens_s + 3 * 3600))
        windows = (replace(one).windows[0]._replace(open_s=opens_s, close_s=opens_s + 3600),)
        found.append(
            replace(
                one,
                place=Place(24.3 + lat, 109.4 + lon),
                windows=windows,
                serving_starts_s=opens_s + 3600,
                serving_s=1200,
            )
        )
    vans = [van(f"V{k}", units=10, metre_cost=1 + k % 2, trip_cost=300) for k in range(4)]
    places = [DEPOT, *(one.place for one in found)]
    return Problem("K1", (Depot("K1", DEPOT),), tuple(found), tuple(vans), PARAMS.between(places))


def cheapest(plan: Plan, problem: Problem, stop_id: str) -> int | None:
    """The least cost of any place, every one of them timed: `insert_stop` must find no more and no less."""
    from routing.insert import Gap, _routes, _with
    from routing.replan import Rest

    rest = Rest.of(problem)
    part = rest.part(stop_id, [load.box_id for load in problem.stops[-1].boxes])
    found = []
    for number, vehicle in enumerate(problem.vehicles):
        trips = _routes(plan, rest, vehicle)
        inside = [(k, n) for k, trip in enumerate(trips) for n in range(len(trip) + 1)]
        for k, position in chain(inside, ((k, -1) for k in range(len(trips) + 1))):
            longer = _with(trips, part, Gap(0, number, k, position))
            minutes = timed(problem, vehicle, longer) if carries(vehicle, longer[k], problem) else None
            if minutes is not None:
                own = [trip.distance_m for trip in minutes]
                found.append(vehicle.metre_cost * sum(own) + vehicle.trip_cost * len(own))
                found[-1] -= sum(
                    vehicle.metre_cost * trip.distance_m + vehicle.trip_cost
                    for route in plan.routes
                    if route.vehicle_id == vehicle.vehicle_id
                    for trip in route.trips
                )
    return min(found, default=None)


def cost(plan: Plan, problem: Problem) -> int:
    """Metres and departures of a plan."""
    vans = {one.vehicle_id: one for one in problem.vehicles}
    return sum(
        vans[route.vehicle_id].metre_cost * trip.distance_m + vans[route.vehicle_id].trip_cost
        for route in plan.routes
        for trip in route.trips
    )


def grown(problem: Problem, one: Stop) -> Problem:
    """The problem with one more stop, its ways alone worked out."""
    places = [DEPOT, *(stop.place for stop in problem.stops), one.place]
    block = PARAMS.between(places).block(range(len(places)))
    to = block.duration_s[:-1, -1], block.distance_m[:-1, -1]
    return with_stop(problem, one, to, (block.duration_s[-1, :-1], block.distance_m[-1, :-1]))


@pytest.mark.parametrize("seed", [1, 2])
def test_each_stop_goes_where_it_costs_least_and_nothing_else_changes(seed: int) -> None:
    """Tests against every place timed one by one: the same cost, or none of them possible and a reason."""
    whole, refused = town(seed, 26), 0
    problem, plan = replace(whole, stops=(), travel=PARAMS.between([DEPOT])), Plan("K1")
    for one in whole.stops:
        tried = grown(problem, one)
        least, found = cheapest(plan, tried, one.stop_id), insert_stop(plan, tried, one.stop_id)
        if isinstance(found, Coded):
            assert least is None and found.params["stop"] == one.stop_id
            refused += 1
            continue
        assert least is not None and cost(found, tried) - cost(plan, tried) == least
        assert check(found, tried) == []
        orders = [[visit.stop_id for visit in trip.visits] for trip in found.trips]
        kept = [[stop_id for stop_id in trip if stop_id != one.stop_id] for trip in orders]
        before = [[visit.stop_id for visit in trip.visits] for trip in plan.trips]
        assert [trip for trip in kept if trip] == before
        problem, plan = tried, found
    assert refused and len(plan.trips) > 4
    assert np.array_equal(problem.travel.block(range(problem.travel.size)).duration_s, _all_ways(problem))


def _all_ways(problem: Problem) -> np.ndarray:
    places = [DEPOT, *(one.place for one in problem.stops)]
    return PARAMS.between(places).block(range(len(places))).duration_s


def test_a_stop_that_no_van_could_bring_says_why_at_once() -> None:
    """Tests that the reason is about this stop alone where no plan would help."""
    problem = town(3, 3)
    heavy = replace(problem.stops[0], stop_id="S9", boxes=(box("b9", units=99),))
    found = insert_stop(Plan("K1"), grown(problem, heavy), "S9")
    assert isinstance(found, Coded) and found.code == "too_large_for_any_vehicle"
