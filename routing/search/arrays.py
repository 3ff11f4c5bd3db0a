"""Arrays: a problem and its parts as the tables the kernel reads, in an order that no name has a say in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.departures import doors
from routing.parts import Part
from routing.problem import Problem
from routing.search import layout as at
from routing.search.fleet import (
    allowed_rows,
    kind_rows,
    needs_of,
    paces_of,
    rest_rows,
    started_rows,
    vehicle_key,
)
from routing.search.layout import Facts, Int32, Int64
from routing.search.nearness import near_jobs
from routing.travel import NO_WAY, TravelMatrix

NEAR = 256  # neighbours listed of each job
NEAR_ONLY_FROM = 150  # jobs from which on places are sought beside neighbours alone
MUST = 20  # dearest ways there and back that leaving out a box of a stop that must be served costs
_DIALS = np.array([10.0, 10.0, 0.1, 0.2, 0.2, 40.0, 0.02])  # in the order of the layout
LIKED = 8  # the same for an optional stop of the highest priority that counts; one of priority 1 costs one


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """
    The tables, and whose their rows are.

    Parameters
    ----------
    facts
        What the kernel reads.
    parts
        Number of each job's part in the work.
    vehicles
        Number of each row's vehicle in the problem.
    """

    facts: Facts
    parts: tuple[int, ...]
    vehicles: tuple[int, ...]


def arrays_of(problem: Problem, work: Sequence[Part]) -> Arrays:
    """
    The tables of a problem.

    Jobs are sorted by what they are, those alike by how far they are from all others, so that stops named or
    listed otherwise are searched alike; vehicles by what they can do and cost.

    Parameters
    ----------
    problem
        Fleet, travel and trips under way; has at least one vehicle.
    work
        What should be brought; at least one part.
    """
    places = [part.place for part in work] + list(range(len(problem.depots)))
    block = problem.travel.block([*places, *(one.place for one in problem.started)])
    order = _order(work, block)
    parts = [work[n] for n in order]
    vehicles = sorted(range(len(problem.vehicles)), key=lambda k: vehicle_key(problem, problem.vehicles[k]))
    fleet = [problem.vehicles[k] for k in vehicles]
    zero_s = min(
        [van.shift_start_s for van in fleet] + [min(one.from_s, one.depart_s) for one in problem.started]
    )
    ways = _ways(block, [*order, *range(len(work), block.size)], paces_of(fleet))
    kinds, kind_of = kind_rows(problem, fleet, zero_s)
    bound = _bound(problem, parts, [problem.vehicles[k].vehicle_id for k in vehicles])
    jobs, windows = _jobs(parts, bound, zero_s, block.size)
    allowed = allowed_rows(problem, parts, fleet, kinds)
    _measure(jobs, kinds, ways[0], len(parts))
    facts = Facts(
        ways=ways,
        jobs=jobs,
        windows=windows,
        allowed=allowed,
        near=near_jobs(ways[0], jobs, len(parts), NEAR),
        kinds=kinds,
        kind_of=kind_of,
        price=_prices(parts, jobs, kinds, ways),
        rests=rest_rows(fleet, kinds, zero_s),
        started=started_rows(problem, fleet, len(parts) + len(problem.depots), zero_s),
        switches=_switches(jobs, kinds),
        dials=_DIALS.copy(),
    )
    return Arrays(facts, tuple(order), tuple(vehicles))


def _order(work: Sequence[Part], block: TravelMatrix) -> list[int]:
    sums = block.duration_s[: len(work)].sum(axis=1, dtype=np.int64).tolist()
    metres = block.distance_m[:, : len(work)].sum(axis=0, dtype=np.int64).tolist()
    return sorted(range(len(work)), key=lambda n: (*_part_key(work[n]), sums[n], metres[n]))


def _part_key(part: Part) -> tuple[object, ...]:
    """What a part is, but for names."""
    stop = part.stop
    boxes = sorted(
        (load.release_s, load.deliver_by_s, load.eat_by_s, load.units, load.weight_g, load.cold)
        for load in part.boxes
    )
    fresh = sorted(load.most_aboard_s for load in part.boxes if load.most_aboard_s is not None)
    wants = (stop.priority or 0, stop.empties_units, stop.empties_weight_g, tuple(sorted(stop.needs)))
    return (stop.place.lat, stop.place.lon, stop.windows, part.hand_over_s, boxes, fresh, wants)


def _ways(block: TravelMatrix, order: Sequence[int], paces: Sequence[int]) -> Int32:
    """int32 (paces, nodes, nodes, 4) in the order given: there, and from there; `FAR` for no way."""
    chosen = np.ix_(order, order)
    metres, seconds = block.distance_m[chosen], block.duration_s[chosen]
    none = metres == NO_WAY
    metres = np.where(none, at.FAR, metres)
    ways = np.empty((len(paces), len(order), len(order), 4), np.int32)
    for number, pace in enumerate(paces):
        driven = np.where(none, at.FAR, -(-seconds.astype(np.int64) * pace // 100))
        ways[number, :, :, at.TO_M], ways[number, :, :, at.BY_M] = metres, metres.T
        ways[number, :, :, at.TO_S], ways[number, :, :, at.BY_S] = driven, driven.T
    return ways


def _bound(problem: Problem, parts: Sequence[Part], vehicles: Sequence[str]) -> list[tuple[int, int] | None]:
    """For each part whose boxes are aboard a trip under way: its vehicle, and when that left."""
    aboard = {
        box_id: (vehicles.index(one.vehicle_id), one.depart_s)
        for one in problem.started
        for box_id in one.box_ids
    }
    return [aboard.get(part.boxes[0].box_id) for part in parts]


def _jobs(
    parts: Sequence[Part], bound: Sequence[tuple[int, int] | None], zero_s: int, nodes: int
) -> tuple[Int32, Int32]:
    """Facts of the jobs, int32 (nodes, `JOB_FACTS`), and their windows, int32 (windows, 2)."""
    jobs, windows = np.zeros((nodes, at.JOB_FACTS), np.int32), list[tuple[int, int]]()
    jobs[:, at.FRESH], jobs[:, at.BOUND] = at.FAR, -1
    for row, part, tied in zip(jobs, parts, bound, strict=False):
        aboard = [load.most_aboard_s for load in part.boxes if load.most_aboard_s is not None]
        by_s = at.FAR
        row[at.SERVICE] = part.hand_over_s
        row[at.NEED : at.NEED + at.ROOMS] = needs_of(part)
        row[at.EMPTY_UNITS], row[at.EMPTY_G] = part.stop.empties_units, part.stop.empties_weight_g
        if tied:
            row[at.BOUND] = tied[0]
            by_s = min([tied[1] + most - part.hand_over_s for most in aboard], default=by_s)
        else:
            row[at.RELEASE] = _clip(part.release_s - zero_s)
            row[at.FRESH] = min([at.FAR, *aboard])
        open_windows = [
            (_clip(open_s - zero_s), min(at.LATEST, min(close_s, by_s) - zero_s))
            for open_s, close_s in doors(part)
            if max(open_s, zero_s) <= min(close_s, by_s)
        ] or [(1, 0)]
        row[at.WINDOW], row[at.WINDOWS] = len(windows), len(open_windows)
        row[at.OPEN], row[at.CLOSE] = open_windows[0][0], open_windows[-1][1]
        windows += open_windows
    return jobs, np.array(windows, np.int32)


def _clip(instant_s: int) -> int:
    return max(0, min(instant_s, at.LATEST))


def _measure(jobs: Int32, kinds: Int64, ways: Int32, count: int) -> None:
    """Fills in how much of the roomiest vehicle a job takes, in thousandths, and how far a depot is."""
    most = np.maximum(1, kinds[:, at.ROOM : at.ROOM + at.ROOMS].max(axis=0))
    needs = jobs[:count, at.NEED : at.NEED + at.ROOMS].astype(np.int64)
    jobs[:count, at.SIZE] = np.minimum(1_000_000, (needs * 1_000 // most).max(axis=1))
    depots = count + np.unique(kinds[:, at.DEPOT])
    jobs[:count, at.AWAY] = ways[:count, depots, at.BY_M].min(axis=1)


def _prices(parts: Sequence[Part], jobs: Int32, kinds: Int64, ways: Int32) -> Int64:
    """What leaving a job out costs, mills: in ways to the farthest job and back by the dearest vehicle."""
    count = len(parts)
    reached = jobs[:count, at.AWAY] < at.FAR
    metres = int(2 * jobs[:count, at.AWAY][reached].max(initial=1))
    depots = count + kinds[:, at.DEPOT]
    driven = ways[kinds[:, at.PACE], :count, depots, at.BY_S].astype(np.int64)
    seconds = int(2 * driven[driven < at.FAR].max(initial=0) + jobs[:count, at.SERVICE].max(initial=0))
    dearest = (
        kinds[:, at.FIXED]
        + kinds[:, at.PER_TRIP]
        + kinds[:, at.PER_M] * metres
        + kinds[:, at.PER_S] * seconds
    )
    once = max(1, int(dearest.max()))
    levels = [MUST if part.stop.priority is None else min(part.stop.priority, LIKED) for part in parts]
    return np.array(
        [level * len(part.boxes) * once for level, part in zip(levels, parts, strict=True)], np.int64
    )


def _switches(jobs: Int32, kinds: Int64) -> NDArray[np.bool_]:
    count = int((jobs[:, at.WINDOWS] > 0).sum())
    empties = bool((jobs[:, [at.EMPTY_UNITS, at.EMPTY_G]] > 0).any())
    bounded = bool((jobs[:, at.FRESH] < at.FAR).any() or (kinds[:, at.MOST_OUT] < at.FAR).any())
    switches = np.zeros(at.SWITCHES, np.bool_)
    switches[at.RICH] = empties or bounded or bool(kinds[:, at.PER_S].any())
    switches[at.EMPTIES], switches[at.MANY_TRIPS] = empties, bool((kinds[:, at.MOST_TRIPS] > 1).any())
    switches[at.NEAR_ONLY], switches[at.MIXED] = count >= NEAR_ONLY_FROM, len(kinds) > 1
    return switches
