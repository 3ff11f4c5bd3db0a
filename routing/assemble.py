"""Assembling the day: trips to vehicles and minutes, so that docks, rests and hours are kept."""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

from routing.assembly import (
    Assembled,
    AssembleParams,
    BoxIds,
    Choice,
    Chosen,
    Job,
    Picked,
    Routes,
)
from routing.costs import CostParams, left_out_price
from routing.departures import departures, trip_at, under_way
from routing.parts import Part
from routing.plan import Trip
from routing.problem import Problem, Vehicle
from routing.vehicle_day import carries, started_of, timed

MOST_CHOICES = 3_000


def assemble(problem: Problem, routes: Routes, params: AssembleParams | None = None) -> Assembled:
    """
    Gives each trip its minutes and, where docks, rests, hours or drivers ask for it, another vehicle.

    Stops and their order stay as they are. Where there is nothing to decide no model is built.

    Parameters
    ----------
    problem
        Vehicles, docks, breaks.
    routes
        Trips of a search, per vehicle in the order of driving; the first of a vehicle under way is that trip.
    params
        Wishes and effort.

    Returns
    -------
    Assembled
        Its trips keep every rule; parts for which no room is left are dropped, the cheapest ones.

    References
    ----------
    docs/routing.md, "Assembling the day".
    """
    params = params or AssembleParams()
    routes = [_with_started(problem, van, own) for van, own in zip(problem.vehicles, routes, strict=True)]
    plain = _in_order(problem, routes)
    if not plain.dropped and not _wishes(problem, plain.routes, params):
        return plain
    from routing.jobs import choose

    trips = [(nth, visits) for nth, own in enumerate(routes) for visits in own]
    jobs = [_job(problem, visits, nth, len(trips), params) for nth, visits in trips]
    jobs += [_job(problem, [], nth, 1, params) for nth in _under_way(problem)]
    parts = [part for _, visits in trips for part in visits]
    prices = prices_of(parts, params.costs)
    chosen = choose(problem, jobs, prices, params, _hint(jobs, plain))
    if chosen and (left := _left(jobs, chosen, prices)):
        jobs += [
            _job(problem, some, nth, len(trips), params)
            for nth, visits in trips
            if any(part.box_ids in left for part in visits)
            for some in _pieces(visits)
        ]
        chosen = choose(problem, jobs, prices, params, chosen.picked)
    return plain if chosen is None else built(problem, jobs, chosen, parts)


def _with_started(problem: Problem, vehicle: Vehicle, trips: Sequence[list[Part]]) -> list[list[Part]]:
    """The trips with the one under way in front, even where it has nothing left to bring."""
    one = started_of(problem, vehicle)
    if one is None:
        return list(trips)
    first = trips[0] if trips else []
    own = any(load.box_id in one.box_ids for part in first for load in part.boxes)
    return list(trips) if own or (trips and not first) else [[], *trips]


def _under_way(problem: Problem) -> list[int]:
    return [nth for nth, van in enumerate(problem.vehicles) if started_of(problem, van)]


def _in_order(problem: Problem, routes: Routes) -> Assembled:
    """Each vehicle's trips in their order; a trip that breaks a rule, or finds no dock, is dropped."""
    loadings: dict[int, list[tuple[int, int]]] = {place: [] for place in range(len(problem.depots))}
    kept, trips, dropped = list[list[list[Part]]](), list[list[Trip]](), list[Part]()
    for van, own in zip(problem.vehicles, routes, strict=True):
        ours, minutes = list[list[Part]](), list[Trip]()
        whole = timed(problem, van, own)
        for visits in own:
            longer = timed(problem, van, [*ours, visits]) if whole is None else whole[: len(ours) + 1]
            place = problem.depot_place(van)
            if longer is None or not _finds_dock(problem, van, longer, loadings[place]):
                whole = None
                dropped += visits
            else:
                ours, minutes = [*ours, visits], longer
        loadings[problem.depot_place(van)] += _loadings(problem, van, minutes)
        kept.append(ours)
        trips.append(minutes)
    return Assembled(kept, trips, tuple(dropped))


def _finds_dock(
    problem: Problem, van: Vehicle, trips: Sequence[Trip], taken: Sequence[tuple[int, int]]
) -> bool:
    docks = problem.depots[problem.depot_place(van)].docks
    if docks is None:
        return True
    own = _loadings(problem, van, trips)
    return all(
        sum(from_s <= at_s < until_s for from_s, until_s in chain(taken, own)) <= docks
        for at_s, _ in chain(taken, own)
    )


def _loadings(problem: Problem, van: Vehicle, trips: Sequence[Trip]) -> list[tuple[int, int]]:
    """When a vehicle stands at a dock; not before a trip that is under way."""
    loaded = trips[1:] if started_of(problem, van) else trips
    return [(trip.depart_s - van.reload_s, trip.depart_s) for trip in loaded]


def _wishes(problem: Problem, routes: Routes, params: AssembleParams) -> bool:
    """Whether another vehicle could be liked better for a trip."""
    if params.costs.unfair_second and any(routes):
        return True
    driven = ((van, visits) for van, own in zip(problem.vehicles, routes, strict=True) for visits in own)
    return bool(params.costs.unfamiliar_visit) and any(_unfamiliar(van, visits) for van, visits in driven)


def _unfamiliar(van: Vehicle, visits: Iterable[Part]) -> int:
    """Visits whose way in other drivers know."""
    return sum(bool(one.stop.familiar) and van.vehicle_id not in one.stop.familiar for one in visits)


def _job(problem: Problem, visits: Sequence[Part], own: int, trips: int, params: AssembleParams) -> Job:
    """A trip with the vehicles that can make it; among many trips only some beside its own are asked."""
    numbers = range(len(problem.vehicles))
    one = started_of(problem, problem.vehicles[own])
    if one is not None and all(load.box_id in one.box_ids for part in visits for load in part.boxes):
        spans = under_way(problem, problem.vehicles[own], visits, one)
        cost = trip_cost(problem, problem.vehicles[own], visits, params, one.place)
        return Job(tuple(visits), (Choice(own, spans, cost, under_way=True),) if spans else ())
    most = max(1, MOST_CHOICES // trips)
    asked = sorted(numbers, key=lambda nth: (nth - own) % len(numbers))[:most]
    return job_of(problem, visits, sorted(asked), params)


def job_of(problem: Problem, visits: Sequence[Part], vehicles: Iterable[int], params: AssembleParams) -> Job:
    """A trip that has not left, with those of some vehicles that can make it."""
    choices = list[Choice]()
    for nth in vehicles:
        van = problem.vehicles[nth]
        if carries(van, visits, problem) and (spans := departures(problem, van, visits)):
            choices.append(Choice(nth, spans, trip_cost(problem, van, visits, params)))
    return Job(tuple(visits), tuple(choices))


def trip_cost(
    problem: Problem,
    van: Vehicle,
    visits: Sequence[Part],
    params: AssembleParams,
    start: int | None = None,
) -> int:
    """Mills of a trip that do not depend on its minutes, from its depot or from where it goes on."""
    home = problem.depot_place(van)
    places = [home if start is None else start, *(part.place for part in visits), home]
    legs = (problem.travel.leg(here, there) for here, there in pairwise(places))
    metres = sum(leg.metres for leg in legs if leg is not None)
    unfamiliar = params.costs.unfamiliar_visit * _unfamiliar(van, visits)
    return van.trip_cost + van.metre_cost * metres + unfamiliar


def prices_of(parts: Iterable[Part], costs: CostParams) -> dict[BoxIds, int]:
    """Mills of leaving each part out, by its boxes."""
    return {part.box_ids: len(part.boxes) * left_out_price(part.stop, costs) for part in parts}


def _hint(jobs: Sequence[Job], plain: Assembled) -> list[Picked]:
    numbers = {job.parts: number for number, job in enumerate(jobs)}
    return [
        Picked(numbers[tuple(visits)], nth, trip.depart_s)
        for nth, (own, trips) in enumerate(zip(plain.routes, plain.trips, strict=True))
        for visits, trip in zip(own, trips, strict=True)
        if visits
    ]


def _left(jobs: Sequence[Job], chosen: Chosen, prices: dict[BoxIds, int]) -> set[BoxIds]:
    return prices.keys() - {part.box_ids for one in chosen.picked for part in jobs[one.job].parts}


def _pieces(visits: Sequence[Part]) -> list[list[Part]]:
    """Shorter trips in the same order: without one visit, each half, each visit alone."""
    number = len(visits)
    without = [[*visits[:nth], *visits[nth + 1 :]] for nth in range(number)] if number > 1 else []
    halves = [[*visits[: number // 2]], [*visits[number // 2 :]]] if number > 3 else []
    alone = [[part] for part in visits] if number > 2 else []
    return [*without, *halves, *alone]


def built(problem: Problem, jobs: Sequence[Job], chosen: Chosen, parts: Iterable[Part]) -> Assembled:
    """The chosen jobs as routes with minutes; of the parts those that none of them brings are dropped."""
    routes: Routes = [[] for _ in problem.vehicles]
    trips: list[list[Trip]] = [[] for _ in problem.vehicles]
    for one in chosen.picked:
        job, van = jobs[one.job], problem.vehicles[one.vehicle]
        left = next(choice.under_way for choice in job.choices if choice.vehicle == one.vehicle)
        started = started_of(problem, van) if left else None
        routes[one.vehicle].append(list(job.parts))
        trips[one.vehicle].append(trip_at(problem, van, job.parts, one.depart_s, started))
    driven = {part.box_ids for own in routes for visits in own for part in visits}
    dropped = tuple(part for part in parts if part.box_ids not in driven)
    return Assembled(routes, trips, dropped, chosen.optimal)
