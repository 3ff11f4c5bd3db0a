"""Sums that the judge of plans makes anew: room along a trip, rests between trips, docks taken at once."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import accumulate

from routing.problem import Break

Span = tuple[int, int]
EVER_S = 10**12


def fullest(at_departure: int, changes: Iterable[int]) -> int:
    """The most that is aboard at any point of a trip: at the departure, or after one of its visits."""
    return max(accumulate(changes, initial=at_departure))


def free_spans(trips: Sequence[Span], reload_s: int) -> list[Span]:
    """When a driver neither drives nor loads: before the first trip, between two, after the last."""
    begins = [-EVER_S, *(return_s for _, return_s in trips)]
    ends = [*(depart_s - reload_s for depart_s, _ in trips), EVER_S]
    return list(zip(begins, ends, strict=True))


def rests_that_do_not_fit(breaks: Iterable[Break], free: Sequence[Span]) -> Iterator[Break]:
    """
    Those of a driver's rests for which no free time is left when each in turn begins as early as it can.

    Parameters
    ----------
    breaks
        In the order in which they are taken.
    free
        Spans in which the driver may rest, in order.
    """
    rested_s = -EVER_S
    for rest in breaks:
        from_s = max(rested_s, rest.from_s)
        starts = (
            max(from_s, begin_s) for begin_s, end_s in free if max(from_s, begin_s) + rest.rest_s <= end_s
        )
        start_s = next(starts, EVER_S)
        if start_s + rest.rest_s > rest.to_s:
            yield rest
        else:
            rested_s = start_s + rest.rest_s


def without_dock(loadings: Iterable[tuple[Span, str]], docks: int) -> Iterator[str]:
    """
    Names of the loadings that find every dock taken when they begin.

    Parameters
    ----------
    loadings
        From and until when each stands at a dock, the end excluded, with its name.
    docks
        How many there are.
    """
    until = list[int]()
    for (from_s, until_s), name in sorted(loadings):
        while until and until[0] <= from_s:
            heappop(until)
        if until_s > from_s:
            heappush(until, until_s)
            if len(until) > docks:
                yield name
