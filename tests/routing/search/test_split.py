"""Tests of searching a city in pieces, by processes that are told which."""

from routing.search.limit import Limit
from routing.search.pieces import Numbers, Piece, first_pieces
from routing.search.split import SplitParams, by_pieces
from tests.routing.search.test_pieces import city

PIECES = SplitParams(parts=12, turns=2, first_ratio=0.2)


def test_a_city_in_pieces_is_one_plan() -> None:
    """Tests that no part is brought twice, that counts repeat the plan, and that it only got better."""
    whole = city(48, 12)
    firsts = list[Numbers]()
    found = [by_pieces(whole, Limit(300), 5, 2, PIECES, firsts.append) for _ in range(2)]
    told, log = found[0]
    assert found[1] == found[0]
    assert told.numbers is not None
    brought = [part for trips in told.numbers for trip in trips for part in trip]
    assert len(brought) == len(set(brought)) > 0
    costs = [cost for _, cost in log]
    assert costs == sorted(costs, reverse=True) and costs[-1] == told.cost > 0
    assert firsts[0] == firsts[1]


def test_pieces_go_on_from_a_plan() -> None:
    """Tests that a plan handed over is where the search begins, and that nothing of it is lost."""
    whole = city(48, 12)
    pieces: list[Piece] = first_pieces(whole, 12)
    told, _ = by_pieces(whole, Limit(200), 5, 2, PIECES, lambda _first: None)
    assert told.numbers is not None and pieces
    more, log = by_pieces(whole, Limit(200), 6, 2, PIECES, lambda _first: None, told.numbers)
    assert more.numbers is not None
    assert more.cost <= 0 and log == []
