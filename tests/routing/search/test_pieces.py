"""Tests of cutting a city: nothing is lost, nothing stands twice, kitchens keep what is theirs."""

import random
from dataclasses import replace

from orders.sites import Place
from routing.parts import Part
from routing.problem import Depot, Problem
from routing.search.pieces import City, city_of, first_pieces, piece_around, problem_of, put_back
from tests.routing.by_hand import box, on_a_line, stop, van


def city(count: int = 60, vans: int = 10) -> City:
    """Homes around two kitchens, the first with twice the vans; every tenth box must come from it."""
    dice = random.Random(7)
    stops = [
        replace(
            stop(f"S{i}", replace(box(f"b{i}"), kitchen_id="" if i % 10 else "K1")),
            place=Place(24.3 + dice.uniform(-0.1, 0.1), 109.4 + dice.uniform(-0.1, 0.1)),
        )
        for i in range(count)
    ]
    depots = (Depot("K1", Place(24.3, 109.4)), Depot("K2", Place(24.35, 109.4)))
    fleet = tuple(van(f"V{i}", units=4 + i % 2, kitchen_id=("", "", "K2")[i % 3]) for i in range(vans))
    problem = Problem("K1/2026-11-23/lunch", depots, tuple(stops), fleet, on_a_line(list(range(count + 1))))
    return city_of(problem, [Part(2 + i, one, one.boxes) for i, one in enumerate(stops)])


def test_first_pieces_hold_each_part_and_vehicle_once() -> None:
    """Tests that pieces are small and disjoint, and that each kitchen serves what must come from it."""
    whole = city()
    pieces = first_pieces(whole, 10)
    assert sorted(part for piece in pieces for part in piece.parts) == list(range(60))
    assert sorted(van for piece in pieces for van in piece.vehicles) == list(range(10))
    assert max(len(piece.parts) for piece in pieces) <= 10
    for piece in pieces:
        homes = {whole.problem.vehicles[van].kitchen_id for van in piece.vehicles}
        assert homes <= {""} or not any(whole.work[part].boxes[0].kitchen_id for part in piece.parts)


def test_a_piece_around_a_van_takes_whole_vans_and_what_is_left_near_them() -> None:
    """Tests that no trip is torn, that vans in other pieces stay out, and that an idle van comes along."""
    whole = city()
    numbers = [[[van, van + 10], [van + 20]] if van < 8 else [] for van in range(10)]
    piece = piece_around(whole, numbers, [50, 51], [0, 2, 3, 5, 9], centre=2, most=6)
    assert 2 in piece.vehicles and 9 in piece.vehicles and len(piece.vehicles) == 3
    assert set(piece.vehicles) <= {0, 2, 3, 5, 9}
    assert len([part for part in piece.parts if part < 50]) == 6
    theirs = [[[piece.parts[part] for part in trip] for trip in trips] for trips in piece.numbers]
    assert theirs == [numbers[van] for van in piece.vehicles]


def test_a_piece_is_a_problem_of_its_own() -> None:
    """Tests that ways between its places are those of the whole, and that what it finds is put back."""
    whole = city()
    piece = piece_around(whole, [[[0, 1]], [[2]], *([[]] * 8)], [], list(range(10)), centre=0, most=60)
    small, work = problem_of(whole, piece)
    assert [part.stop for part in work] == [whole.work[part].stop for part in (0, 1, 2)]
    for here in work:
        assert small.stops[here.place - small.first_stop] == here.stop
        assert small.travel.leg(0, here.place) == whole.problem.travel.leg(0, 2 + int(here.stop.stop_id[1:]))
    numbers = [[[0, 1]], [[2]], *([[]] * 8)]
    put_back(numbers, piece, [[] if nth else [[2, 0], [1]] for nth, _ in enumerate(piece.vehicles)])
    assert numbers[0] == [[2, 0], [1]]
    assert not any(numbers[1:])
