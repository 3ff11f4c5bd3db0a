"""Proof: a small problem driven at the least cost there is, by all trips that could matter."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from routing.assemble import built, job_of, prices_of, trip_cost
from routing.assembly import Assembled, AssembleParams, Job, Picked
from routing.departures import Span, departures, served
from routing.parts import Part
from routing.problem import Problem, Vehicle
from routing.vehicle_day import carries

MOST_PARTS = 12
MOST_TRIPS = 3_000


class _Way(NamedTuple):
    """
    Parts by number in the order of driving, its metres, and its departures until the last hand-over.

    ``fullest`` are the most units and the most grams aboard at any point, empties included.
    """

    parts: tuple[int, ...]
    metres: int
    spans: tuple[Span, ...]
    fullest: tuple[int, int] = (0, 0)


def proved(
    problem: Problem,
    work: Sequence[Part],
    known: Assembled,
    params: AssembleParams | None = None,
    over: Callable[[], bool] = lambda: False,
) -> Assembled | None:
    """
    The cheapest day of a small problem, under all of its rules.

    Every trip is drawn up that another with the same parts does not beat in metres, minutes and room alike;
    CP-SAT chooses among them with vehicles and minutes.

    Parameters
    ----------
    problem
        Without trips under way.
    work
        What should be brought, cut as it is: a stop's boxes are not divided further.
    known
        A day to begin from.
    params
        Prices and effort.
    over
        Whether no time is left to draw up trips.

    Returns
    -------
    Assembled | None
        Optimal; None where the problem is too large, a stop with empties has several parts, or effort or time
        did not suffice to prove it.

    References
    ----------
    docs/routing.md, "Small problems to the optimum".
    """
    params = params or AssembleParams()
    if problem.started or len(work) > MOST_PARTS or not problem.vehicles or _empties_may_wait(work):
        return None
    jobs = _all_trips(problem, work, params, over)
    if jobs is None:
        return None
    from routing.jobs import choose

    prices = prices_of(work, params.costs)
    jobs, hint = _with_known(problem, jobs, known, params)
    chosen = choose(problem, jobs, prices, params, hint)
    return built(problem, jobs, chosen, work) if chosen is not None and chosen.optimal else None


def _all_trips(
    problem: Problem, work: Sequence[Part], params: AssembleParams, over: Callable[[], bool]
) -> list[Job] | None:
    """The trips of all vehicles that could matter; None where there are too many, or no time is left."""
    kinds: dict[Vehicle, list[int]] = defaultdict(list)
    for nth, van in enumerate(problem.vehicles):
        kinds[replace(van, vehicle_id="")].append(nth)
    jobs = list[Job]()
    for numbers in kinds.values():
        trips = _trips(problem, problem.vehicles[numbers[0]], work, over)
        if trips is None or len(jobs) + len(trips) > MOST_TRIPS:
            return None
        jobs += [job_of(problem, [work[n] for n in one.parts], numbers, params) for one in trips]
    return jobs


def _empties_may_wait(work: Sequence[Part]) -> bool:
    """Whether a stop with empties is served several times: `carries` has each visit take them."""
    visits = Counter(part.place for part in work)
    return any(
        visits[part.place] > 1 and (part.stop.empties_units or part.stop.empties_weight_g) for part in work
    )


def _with_known(
    problem: Problem, jobs: list[Job], known: Assembled, params: AssembleParams
) -> tuple[list[Job], list[Picked]]:
    """The trips with those of a known day behind them, and that day among them."""
    hint, own = list[Picked](), list[Job]()
    for nth, (routes, trips) in enumerate(zip(known.routes, known.trips, strict=True)):
        for visits, trip in zip(routes, trips, strict=True):
            hint.append(Picked(len(jobs) + len(own), nth, trip.depart_s))
            own.append(job_of(problem, visits, [nth], params))
    return [*jobs, *own], hint


def _trips(
    problem: Problem, van: Vehicle, work: Sequence[Part], over: Callable[[], bool]
) -> list[_Way] | None:
    """
    All trips of one kind of vehicle that none with the same parts beats.

    None where there are too many, or no time is left.
    """
    ends: dict[frozenset[int], list[_Way]] = defaultdict(list)
    layer: dict[tuple[frozenset[int], int], list[_Way]] = {(frozenset(), -1): [_nothing(van)]}
    count = 0
    while layer:
        longer: dict[tuple[frozenset[int], int], list[_Way]] = defaultdict(list)
        for (members, last), ways in layer.items():
            if over():
                return None
            for one in ways:
                for more in _onward(problem, van, work, one, last):
                    _keep(longer[members | {more.parts[-1]}, more.parts[-1]], more)
        for (members, _), ways in longer.items():
            for one in ways:
                visits = [work[n] for n in one.parts]
                if spans := departures(problem, van, visits):
                    _keep(ends[members], _Way(one.parts, _metres(problem, van, visits), spans))
        count += sum(len(ways) for ways in longer.values())
        if count > 10 * MOST_TRIPS:
            return None
        layer = longer
    return [one for ways in ends.values() for one in ways]


def _nothing(van: Vehicle) -> _Way:
    start_s = van.shift_start_s
    return _Way((), 0, (Span(start_s, van.shift_end_s, 0, start_s),))


def _onward(problem: Problem, van: Vehicle, work: Sequence[Part], way: _Way, last: int) -> Iterator[_Way]:
    """The way with one more part at its end, for each that the vehicle can still serve."""
    here = work[last].place if way.parts else problem.depot_place(van)
    for number, part in enumerate(work):
        leg = None if number in way.parts else problem.travel.leg(here, part.place)
        if leg is None or not carries(van, [*(work[n] for n in way.parts), part], problem):
            continue
        released = [
            one._replace(first_s=max(one.first_s, part.release_s))
            for one in way.spans
            if one.last_s >= part.release_s
        ]
        if spans := served(released, part, van.drive_s(leg.seconds)):
            order = (*way.parts, number)
            yield _Way(order, way.metres + leg.metres, tuple(spans), _fullest([work[n] for n in order]))


def _fullest(visits: Sequence[Part]) -> tuple[int, int]:
    units = (part.stop.empties_units - part.units for part in visits)
    weight_g = (part.stop.empties_weight_g - part.weight_g for part in visits)
    return (
        max(accumulate(units, initial=sum(part.units for part in visits))),
        max(accumulate(weight_g, initial=sum(part.weight_g for part in visits))),
    )


def _keep(ways: list[_Way], new: _Way) -> None:
    """Adds a way unless another beats it, and drops those that it beats."""
    if not any(_beats(one, new) for one in ways):
        ways[:] = [one for one in ways if not _beats(new, one)]
        ways.append(new)


def _beats(one: _Way, other: _Way) -> bool:
    """Whether a way is never longer, later or fuller and may leave whenever the other may."""
    shorter = one.metres <= other.metres
    emptier = one.fullest[0] <= other.fullest[0] and one.fullest[1] <= other.fullest[1]
    return (
        shorter
        and emptier
        and all(
            any(
                own.first_s <= span.first_s
                and own.last_s >= span.last_s
                and own.trip_s <= span.trip_s
                and own.back_s <= span.back_s
                for own in one.spans
            )
            for span in other.spans
        )
    )


def _metres(problem: Problem, van: Vehicle, visits: Sequence[Part]) -> int:
    """Of the whole trip."""
    bare = AssembleParams()
    return trip_cost(problem, replace(van, trip_cost=0, metre_cost=1, vehicle_id=""), visits, bare)
