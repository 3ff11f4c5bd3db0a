"""Dock slots: from when each vehicle may leave, so that a search that knows no docks does not crowd them."""

from collections.abc import Sequence
from dataclasses import replace

from routing.parts import Part
from routing.plan import Trip
from routing.problem import Problem, Vehicle

Loading = tuple[int, int]


def crowds(problem: Problem) -> bool:
    """Whether vehicles of a depot may have to wait for a dock."""
    at_depot = [problem.depot_place(van) for van in problem.vehicles if van.reload_s]
    docks = [depot.docks for depot in problem.depots]
    return any(most is not None and at_depot.count(place) > most for place, most in enumerate(docks))


def with_slots(problem: Problem, work: Sequence[Part], trips: Sequence[Sequence[Trip]]) -> Problem:
    """
    The same problem with later shifts, so that first departures find a dock.

    A vehicle that drives keeps its first departure; the others get the earliest minutes at which a dock is
    free, one after the other, from when the first box is released.

    Parameters
    ----------
    problem
        Fleet and docks.
    work
        What has to be brought; at least one part.
    trips
        Per vehicle its trips so far.
    """
    taken: list[list[Loading]] = [[] for _ in problem.depots]
    for van, driven in zip(problem.vehicles, trips, strict=True):
        taken[problem.depot_place(van)] += [(trip.depart_s - van.reload_s, trip.depart_s) for trip in driven]
    released_s = min(part.release_s for part in work)
    fleet = list[Vehicle]()
    for van, driven in zip(problem.vehicles, trips, strict=True):
        place = problem.depot_place(van)
        from_s = driven[0].depart_s if driven else max(van.shift_start_s, released_s)
        if not driven:
            from_s = _free_s(taken[place], problem.depots[place].docks, van.reload_s, from_s)
            taken[place].append((from_s - van.reload_s, from_s))
        fleet.append(replace(van, shift_start_s=min(max(van.shift_start_s, from_s), van.shift_end_s)))
    return replace(problem, vehicles=tuple(fleet))


def _free_s(taken: Sequence[Loading], docks: int | None, reload_s: int, from_s: int) -> int:
    """The first departure at which fewer than all docks are in use in the ``reload_s`` before it."""
    if docks is None:
        return from_s
    for depart_s in sorted(
        {from_s, *(until_s + reload_s for _, until_s in taken if until_s + reload_s > from_s)}
    ):
        begins_s = depart_s - reload_s
        instants = [begins_s, *(at_s for at_s, _ in taken if begins_s <= at_s < depart_s)]
        if all(sum(begin <= at_s < until for begin, until in taken) < docks for at_s in instants):
            return depart_s
    raise ValueError("A dock is free behind all loadings.")
