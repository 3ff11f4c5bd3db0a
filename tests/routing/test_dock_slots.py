"""Tests of giving vehicles their turns at the docks."""

from dataclasses import replace

from orders.sites import Place
from routing.dock_slots import crowds, with_slots
from routing.params import SolveParams
from routing.parts import Part
from routing.plan import check
from routing.problem import Depot, Problem
from routing.solve import solve
from tests.routing.by_hand import at, box, problem_of, stop, van


def one_dock(vans: int = 3) -> Problem:
    """Three canteens ten minutes away, boxes ready at 09:50, a van each and one dock."""
    stops = [stop(f"S{i}", box(f"b{i}", units=4), closes="12:00") for i in range(3)]
    problem = problem_of(stops, [10, -10, 10], *(van(f"V{i}", most_trips=1) for i in range(vans)))
    return replace(problem, depots=(Depot("K1", Place(24.3, 109.4), docks=1),))


def test_vehicles_that_stand_get_one_turn_after_the_other() -> None:
    """Tests that three vans may leave at 09:50, 10:00 and 10:10, each loaded for ten minutes."""
    problem = one_dock()
    work = [Part(place, one, one.boxes) for place, one in enumerate(problem.stops, start=1)]
    turns = with_slots(problem, work, [[], [], []]).vehicles
    assert [one.shift_start_s for one in turns] == [at("09:50"), at("10:00"), at("10:10")]


def test_a_vehicle_that_drives_keeps_its_turn_and_others_get_what_is_free() -> None:
    """Tests that who leaves at 10:00 stays there; the others leave at 09:50 and 10:10."""
    problem = one_dock()
    work = [Part(place, one, one.boxes) for place, one in enumerate(problem.stops, start=1)]
    (first, *_), *_ = [route.trips for route in solve(problem, SolveParams(), 1).routes]
    moved = replace(first, depart_s=at("10:00"))
    turns = with_slots(problem, work, [[], [moved], []]).vehicles
    assert [one.shift_start_s for one in turns] == [at("09:50"), at("10:00"), at("10:10")]


def test_only_few_docks_for_many_vehicles_crowd() -> None:
    """Tests that one dock is enough for one van, and that vans that need no loading never wait."""
    assert crowds(one_dock())
    assert not crowds(one_dock(1))
    assert not crowds(replace(one_dock(), vehicles=(van(reload_s=0), van("V2", reload_s=0))))


def test_a_day_with_one_dock_brings_all() -> None:
    """Tests that the search leaves each van its turn instead of dropping what the dock has no time for."""
    problem = one_dock()
    plan = solve(problem, SolveParams(iterations_per_part=50), 1)
    assert check(plan, problem) == []
    assert plan.unserved == ()
