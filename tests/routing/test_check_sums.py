"""Tests of the judge's sums."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check_sums import free_spans, fullest, rests_that_do_not_fit, without_dock
from routing.problem import Break

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=8)


def test_the_fullest_point_is_the_departure_or_after_a_visit() -> None:
    """Tests that empties which come aboard are counted once the boxes are off."""
    assert fullest(10, [-4, -6]) == 10
    assert fullest(10, [-4 + 7, -6]) == 13
    assert fullest(3, []) == 3


@settings(max_examples=60, deadline=None)
@given(SPANS, st.integers(1, 3))
def test_docks_are_enough_exactly_when_no_second_has_more_loadings(
    spans: list[tuple[int, int]], docks: int
) -> None:
    """Tests the sweep against counting second by second."""
    loadings = [((start, start + length), str(n)) for n, (start, length) in enumerate(spans)]
    busiest = max((sum(a <= second < b for (a, b), _ in loadings) for second in range(40)), default=0)
    assert (not list(without_dock(loadings, docks))) == (busiest <= docks)


@settings(max_examples=60, deadline=None)
@given(SPANS, st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5), st.integers(0, 9)), max_size=2))
def test_rests_fit_exactly_when_some_minutes_do(
    spans: list[tuple[int, int]], rests: list[tuple[int, int, int]]
) -> None:
    """Tests the earliest fit against trying every second for each rest, the order kept."""
    trips = [(start, start + length) for start, length in sorted(spans)]
    if any(after[0] < before[1] + 2 for before, after in pairwise(trips)):
        return
    breaks = [Break(start, start + rest + room, rest) for start, rest, room in rests]
    busy = {second for off, back in trips for second in range(off - 2, back)}

    def possible(left: list[Break], after_s: int) -> bool:
        if not left:
            return True
        first, *others = left
        starts = range(max(after_s, first.from_s), first.to_s - first.rest_s + 1)
        return any(
            busy.isdisjoint(range(start, start + first.rest_s)) and possible(others, start + first.rest_s)
            for start in starts
        )

    assert (not list(rests_that_do_not_fit(breaks, free_spans(trips, 2)))) == possible(breaks, -100)
