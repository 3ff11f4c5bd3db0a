"""Tests of assembling: docks, rests, hours, drivers; each plan judged by `check`."""

import random
from dataclasses import replace

from orders.codes import Coded
from routing.assemble import assemble
from routing.assembly import Assembled, AssembleParams, Routes
from routing.costs import CostParams
from routing.parts import Part
from routing.plan import Plan, Route, Unserved, check
from routing.problem import Break, Load, Problem, Started, Stop, Vehicle
from tests.routing.by_hand import MINUTE, at, box, on_a_line, problem_of, stop, van

BRIEF = AssembleParams(work=0.05)


def part(problem: Problem, stop_id: str) -> Part:
    """All boxes of a stop."""
    nth = next(n for n, one in enumerate(problem.stops) if one.stop_id == stop_id)
    one = problem.stops[nth]
    return Part(problem.first_stop + nth, one, one.boxes)


def routes_of(problem: Problem, *trips: tuple[str, ...]) -> Routes:
    """Trips such as ``("V1", "A", "B")`` as a search hands them over."""
    found: Routes = [[] for _ in problem.vehicles]
    names = [one.vehicle_id for one in problem.vehicles]
    for vehicle_id, *stops in trips:
        found[names.index(vehicle_id)].append([part(problem, one) for one in stops])
    return found


def plan_of(problem: Problem, done: Assembled) -> Plan:
    """What was assembled as a plan; what was dropped stands unserved."""
    numbers = iter(range(1, 100))
    routes = tuple(
        Route(
            one.vehicle_id,
            tuple(replace(trip, trip_code=trip.trip_code or f"T{next(numbers)}") for trip in trips),
        )
        for one, trips in zip(problem.vehicles, done.trips, strict=True)
        if trips
    )
    left = tuple(Unserved(one.stop.stop_id, one.box_ids, Coded("no_vehicle_free")) for one in done.dropped)
    metres = sum(trip.distance_m for route in routes for trip in route.trips)
    return Plan(problem.service_key, routes, left, metres)


def kept(problem: Problem, routes: Routes, params: AssembleParams | None = None) -> Assembled:
    """What is assembled, once it broke no rule."""
    done = assemble(problem, routes, params)
    assert check(plan_of(problem, done), problem) == []
    return done


def three_at_once(docks: int | None) -> Problem:
    """Three canteens that want their food at 10:30, three vans, ten minutes of loading each."""
    stops = [stop(name, box(name, deliver_by="11:00"), opens="10:30") for name in "ABC"]
    problem = problem_of(stops, [10, -10, 20], van(), van("V2"), van("V3"))
    return replace(problem, depots=(replace(problem.depot, docks=docks),))


def test_without_anything_to_decide_trips_only_get_their_minutes() -> None:
    """Tests that each trip leaves just in time for the door, and that nothing is dropped."""
    problem = three_at_once(None)
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V2", "B"), ("V3", "C")))
    assert [[trip.depart_s for trip in trips] for trips in done.trips] == [
        [at("10:20")],
        [at("10:20")],
        [at("10:10")],
    ]


def test_one_dock_loads_one_van_after_the_other() -> None:
    """Tests that three loadings of ten minutes stand in a row, and the food still waits least."""
    problem = three_at_once(1)
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V2", "B"), ("V3", "C")))
    assert done.dropped == ()
    assert sorted(trip.depart_s for trips in done.trips for trip in trips) == [
        at("10:10"),
        at("10:20"),
        at("10:30"),
    ]


def test_a_dock_that_cannot_load_all_in_time_drops_the_cheapest_part() -> None:
    """Tests doors that close so early that one dock loads two vans only: the optional stop stays out."""
    problem = three_at_once(1)
    stops = [replace(one, windows=(one.windows[0]._replace(close_s=at("10:39")),)) for one in problem.stops]
    stops[1] = replace(stops[1], priority=1)
    problem = replace(
        problem,
        stops=tuple(stops),
        vehicles=tuple(replace(one, shift_start_s=at("10:10")) for one in problem.vehicles),
    )
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V2", "B"), ("V3", "C")))
    assert [one.stop.stop_id for one in done.dropped] == ["B"]


def test_a_rest_between_two_trips_is_kept_or_moves_a_trip_to_another_van() -> None:
    """Tests a rest from 10:50 on: V1 is back at 10:25 and 10:50 with it, too late for C; V2 is free."""
    stops = [stop("A", box("a", release="09:50")), stop("C", box("c", deliver_by="10:55"), opens="10:45")]
    rest = Break(at("10:10"), at("10:50"), 20 * MINUTE)
    problem = problem_of(stops, [10, -10], van(breaks=(rest,)), van("V2"))
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V1", "C")))
    assert done.dropped == ()
    assert [len(trips) for trips in done.trips] == [1, 1]


def test_a_driver_is_out_no_longer_than_agreed() -> None:
    """Tests an early and a late trip: two hours out at most send the second with another van."""
    stops = [
        stop("A", box("a", deliver_by="10:10")),
        stop("B", box("b", release="11:10", deliver_by="11:40"), opens="11:20"),
    ]
    problem = problem_of(stops, [10, 10], van(most_out_s=90 * MINUTE), van("V2"))
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V1", "B")))
    assert done.dropped == ()


def test_drivers_go_where_they_know_the_way_in() -> None:
    """Tests that two vans swap their trips, and that a fair share moves a trip from the busy van."""
    stops = [stop("A", box("a")), stop("B", box("b"))]
    stops = [replace(one, familiar=frozenset({name})) for one, name in zip(stops, ("V2", "V1"), strict=True)]
    problem = problem_of(stops, [10, -10], van(), van("V2"))
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V2", "B")))
    assert [own[0][0].stop.stop_id for own in done.routes] == ["B", "A"]
    assert done.optimal
    plain = problem_of([replace(one, familiar=frozenset()) for one in stops], [10, -10], van(), van("V2"))
    fair = AssembleParams(costs=CostParams(unfair_second=1))
    busy = routes_of(plain, ("V1", "A"), ("V1", "B"))
    assert [len(own) for own in kept(plain, busy, fair).routes] == [1, 1]
    assert [len(own) for own in kept(plain, busy).routes] == [2, 0]


def test_a_trip_under_way_stays_with_its_van() -> None:
    """Tests that it is first, with its own departure, even when nothing is left to bring."""
    stops = [stop("A", box("a")), stop("B", box("b"))]
    problem = problem_of(stops, [10, -10], van(), van("V2"))
    started = Started("V1", "T7", at("10:00"), 3, at("10:05"), ("a",))
    problem = replace(
        problem,
        travel=on_a_line([10, -10, 5]),
        stops=tuple(replace(one, familiar=frozenset({"V2"})) for one in stops),
        started=(started,),
    )
    done = kept(problem, routes_of(problem, ("V1", "A"), ("V1", "B")))
    assert [[trip.trip_code for trip in trips] for trips in done.trips] == [["T7"], [""]]
    idle = replace(started, box_ids=())
    done = kept(replace(problem, started=(idle,)), routes_of(problem, ("V2", "A"), ("V2", "B")))
    assert done.trips[0][0].visits == ()


def test_random_days_keep_every_rule() -> None:
    """Tests days with few docks, rests and hours: no violation, each part driven or dropped; always alike."""
    for seed in range(3, 7):
        draw = random.Random(seed)
        stops = [_stop(draw, f"S{nth}") for nth in range(9)]
        vans = [_van(draw, f"V{nth}") for nth in range(3)]
        problem = problem_of(stops, [draw.randint(-20, 20) for _ in stops], *vans)
        problem = replace(problem, depots=(replace(problem.depot, docks=1),))
        names = [one.stop_id for one in stops]
        routes = routes_of(problem, *((f"V{nth % 3}", *names[nth * 2 : nth * 2 + 2]) for nth in range(5)))
        done = kept(problem, routes, BRIEF)
        driven = [one.stop.stop_id for own in done.routes for visits in own for one in visits]
        assert sorted([*driven, *(one.stop.stop_id for one in done.dropped)]) == names
        assert assemble(problem, routes, BRIEF).trips == done.trips


def _stop(draw: random.Random, name: str) -> Stop:
    load = Load(name, 1, 9_000, at("09:30") + draw.randint(0, 60) * MINUTE, at("12:30"), at("13:30"))
    load = replace(load, most_aboard_s=draw.choice([None, 45 * MINUTE]))
    opens = draw.choice(["10:00", "10:30", "11:00"])
    priority = draw.choice([None, 1, 2])
    return replace(stop(name, load, opens=opens, closes="12:00"), priority=priority)


def _van(draw: random.Random, name: str) -> Vehicle:
    rests = (Break(at("10:40"), at("11:40"), 20 * MINUTE),) if draw.random() < 0.5 else ()
    return van(name, breaks=rests, pace_pct=draw.choice([100, 130]), second_cost=draw.choice([0, 1]))
