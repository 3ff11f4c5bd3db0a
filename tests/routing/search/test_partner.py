"""Tests of PyVRP as a partner: it is told the whole problem, or is not asked."""

from dataclasses import replace

import pytest

from orders.sites import Place
from routing.parts import Part
from routing.problem import Break, Depot, Problem, Window
from routing.search.partner import Partner, may_express, solve_alone
from tests.routing.by_hand import MINUTE, at, box, four_stops, on_a_line, problem_of, stop, van


def parts_of(problem: Problem) -> list[Part]:
    """Each stop one part."""
    return [Part(place, one, one.boxes) for place, one in enumerate(problem.stops, problem.first_stop)]


def asked(times: int):
    """Says stop after so many questions."""
    left = iter(range(times))
    return lambda: next(left, None) is None


def test_partner_finds_the_plan_worked_out_by_hand() -> None:
    """Tests two trips with reloading, releases and deadlines: east first, then west."""
    problem = four_stops()
    assert solve_alone(problem, parts_of(problem), 1, asked(100)) == [[[0, 1], [2, 3]]]


def test_partner_goes_on_from_a_plan_of_ours() -> None:
    """Tests that loading before the shift and a release during loading are no breach in its words."""
    problem = four_stops()
    partner = Partner(problem, parts_of(problem), 1)
    partner.start([[[0, 1], [2, 3]]])
    assert partner.plan() == [[[0, 1], [2, 3]]]
    partner.start([[[0, 1, 2, 3]]])
    assert partner.plan() is None


def test_partner_gives_each_kitchen_and_kind_its_own_routes() -> None:
    """Tests two kitchens, a slow van that is dear and a cold box that one van alone has room for."""
    stops = [stop("A", box("a")), stop("B", replace(box("b"), cold=True))]
    fleet = [
        van("slow", kitchen_id="K2", pace_pct=300, metre_cost=9, units=2),
        van("hot", kitchen_id="K2", cold_units=0),
        van("far", most_trips=1),
    ]
    depots = tuple(Depot(name, Place(24.3, 109.4)) for name in ("K1", "K2"))
    moved = Problem("K1/2026-11-23/lunch", depots, tuple(stops), tuple(fleet), on_a_line([30, 31, 32]))
    work = parts_of(moved)
    assert may_express(moved, work)
    assert solve_alone(moved, work, 1, asked(200)) == [[[1]], [[0]], []]


@pytest.mark.parametrize(
    "problem",
    [
        problem_of([stop("A", replace(box("a"), most_aboard_s=MINUTE))], [10]),
        problem_of([replace(stop("A", box("a")), needs=frozenset({"lift"}))], [10]),
        problem_of([replace(stop("A", box("a")), priority=1)], [10]),
        problem_of([replace(stop("A", box("a")), windows=(Window(0, 1), Window(3, 4)))], [10]),
        problem_of([stop("A", box("a"))], [10], replace(van(), breaks=(Break(0, 60, 60),))),
        problem_of([stop("A", box("a"))], [10], van(trip_cost=1)),
        problem_of([stop("A", box("a"))], [10], van(), van("V2", reload_s=0)),
        replace(problem_of([stop("A", box("a"))], [10]), depots=(Depot("K1", Place(24.3, 109.4), docks=1),)),
    ],
)
def test_partner_is_not_asked_what_it_cannot_be_told(problem: Problem) -> None:
    """Tests that each rule PyVRP does not know keeps it out."""
    assert not may_express(problem, parts_of(problem))


def test_partner_counts_a_van_out_from_its_first_departure() -> None:
    """Tests that loading before the first trip does not count as time out: 10:00 to 10:25, 25 minutes."""
    problem = problem_of([stop("A", box("a"))], [10], van(most_out_s=25 * MINUTE))
    assert solve_alone(problem, parts_of(problem), 1, asked(20)) == [[[0]]]
    short = problem_of([stop("A", box("a"))], [10], van(most_out_s=24 * MINUTE))
    assert solve_alone(short, parts_of(short), 1, asked(20)) is None
    assert at("10:25") - at("10:00") == 25 * MINUTE


def test_loads_are_cut_as_fine_as_ways_are_dear() -> None:
    """Tests that its penalties, which are bounded, outweigh any way."""
    dear = replace(four_stops(), vehicles=(van(metre_cost=100_000),))
    cheap, fine = (
        [client.delivery[0] for client in Partner(problem, parts_of(problem), seed=1).data.clients()]
        for problem in (replace(dear, vehicles=(van(),)), dear)
    )
    penalty, longest_m = 100_000, 20 * 1_000
    assert max(cheap) * penalty < 100_000 * longest_m < max(fine) * penalty
    assert len(set(fine)) == len(set(cheap))
