"""Work on a plan that stands: one more stop into a locked day, and the rest of a day that runs."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from api.bench.routing_made import made_city, made_trips
from api.bench.routing_runs import PROCESSES
from orders.codes import Coded
from orders.sites import Place
from routing.costs import costs_of
from routing.insert import insert_stop, with_stop
from routing.params import SolveParams
from routing.plan import Plan, Trip, check
from routing.problem import Problem
from routing.replan import OnRoad, Past, rest_of
from routing.solve import solved
from routing.travel import Travel

LOCKED_STOPS, MORE_STOPS, LOCKED_S = 1_000, 10, 20.0
RUNNING_STOPS, RUNNING_S, FRESH_RATIO, NOW_RATIO = 300, 10.0, 6, 0.35


@dataclass(frozen=True, slots=True)
class LiveRun:
    """
    One question to a plan that stands.

    Parameters
    ----------
    name
        Of the day, and what was asked of it.
    stops
        In the day, or left of it.
    s
        Seconds to the answer.
    cost, beside_cost
        Of the answer; of the plan before it, or of a fresh one that had six times as long.
    why
        Code of the reason or of the first violation where there is no plan; else empty.
    """

    name: str
    stops: int
    s: float
    cost: int | None
    beside_cost: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class InstanceWays:
    """The ways of an invented day, found again by their places."""

    problem: Problem

    def between(self, places: Sequence[Place], depots: int = 1) -> Travel:
        """Ways between places of the day, the depots first."""
        known = [*(one.place for one in self.problem.depots), *(one.place for one in self.problem.stops)]
        number = {place: at for at, place in enumerate(known)}
        return self.problem.travel.block([number[place] for place in places])


def one_more_stop(seed: int, budget_s: float) -> Iterator[LiveRun]:
    """Ten stops, each alone into the locked plan of a thousand others."""
    day = made_city(LOCKED_STOPS + MORE_STOPS, seed).problem
    places = [*range(day.first_stop + LOCKED_STOPS)]
    locked = replace(day, stops=day.stops[:LOCKED_STOPS], travel=day.travel.block(places))
    every = day.travel.block(range(day.travel.size))
    plan = _plan(locked, LOCKED_S, seed)
    before = costs_of(plan, locked).driven
    for nth in range(LOCKED_STOPS, LOCKED_STOPS + MORE_STOPS):
        stop, at = day.stops[nth], day.first_stop + nth
        to = (every.duration_s[places, at], every.distance_m[places, at])
        back = (every.duration_s[at, places], every.distance_m[at, places])
        began_s = time.monotonic()
        problem = with_stop(locked, stop, to, back)
        found = insert_stop(plan, problem, stop.stop_id)
        s = time.monotonic() - began_s
        name = f"made-city-{LOCKED_STOPS}-{seed} + {stop.stop_id}"
        cost = None if isinstance(found, Coded) else costs_of(found, problem).driven
        yield LiveRun(name, LOCKED_STOPS, round(s, 4), cost, before, _judged(found, problem))


def running_day(seed: int, budget_s: float) -> Iterator[LiveRun]:
    """The rest of a day of several trips, planned anew, beside a fresh plan of the same past."""
    instance = made_trips(RUNNING_STOPS, seed)
    day = instance.problem
    plan = _plan(day, RUNNING_S, seed)
    now_s = round(NOW_RATIO * day.vehicles[0].shift_end_s)
    rest = rest_of(day, past_at(plan, day, now_s), InstanceWays(day))
    began_s = time.monotonic()
    found = _plan(rest, budget_s, seed)
    s = time.monotonic() - began_s
    fresh = _plan(rest, FRESH_RATIO * budget_s, seed)
    cost, beside = (costs_of(one, rest).driven if not _judged(one, rest) else None for one in (found, fresh))
    name = f"{instance.name} at {now_s}"
    yield LiveRun(name, len(rest.stops), round(s, 3), cost, beside, _judged(found, rest))


LIVE: dict[str, tuple[float, Callable[[int, float], Iterator[LiveRun]]]] = {
    "one-more-stop": (0.2, one_more_stop),
    "re-plan": (5.0, running_day),
}


def live_document(kind: str, seeds: int, budget_s: float | None) -> dict[str, object]:
    """A kind of `LIVE` by these seeds, and how it compares."""
    own_s, ask = LIVE[kind]
    limit_s = own_s if kind == "one-more-stop" else budget_s or own_s
    runs = [run for seed in range(1, seeds + 1) for run in ask(seed, limit_s)]
    return {"kind": kind, "budget_s": limit_s, "runs": [asdict(run) for run in runs]}


def live_goals(document: dict[str, object]) -> Iterator[dict[str, object]]:
    """What such a kind has to reach."""
    runs, limit_s, kind = document["runs"], document["budget_s"], document["kind"]
    assert isinstance(runs, list) and isinstance(limit_s, float)
    slowest_s = max(run["s"] for run in runs)
    if kind == "one-more-stop":
        broken = sum(run["cost"] is not None and bool(run["why"]) for run in runs)
        yield _goal(kind, "answer_s", slowest_s, limit_s)
        yield _goal(kind, "no_answer", broken, 0)
        return
    pairs = [(run["cost"], run["beside_cost"]) for run in runs]
    ratios = [own / fresh if own and fresh else None for own, fresh in pairs]
    known = [ratio for ratio in ratios if ratio is not None]
    worst = round(max(known), 4) if len(known) == len(ratios) else None
    yield _goal(kind, "fresh_ratio", worst, 1.02)
    yield _goal(kind, "late_ratio", round(slowest_s / limit_s - 1, 4), 0.05)


def _goal(kind: object, what: str, value: float | None, limit: float) -> dict[str, object]:
    reached = value is not None and value <= limit
    return {"kind": kind, "what": what, "value": value, "limit": limit, "reached": reached}


def past_at(plan: Plan, problem: Problem, now_s: int) -> Past:
    """What of a plan is done at an instant, when all went as planned."""
    begun = [
        (route.vehicle_id, trip) for route in plan.routes for trip in route.trips if trip.depart_s <= now_s
    ]
    done = frozenset(
        box_id
        for _, trip in begun
        for visit in trip.visits
        if visit.leave_s <= now_s
        for box_id in visit.box_ids
    )
    names = [vehicle_id for vehicle_id, _ in begun]
    return Past(
        now_s,
        done,
        {name: names.count(name) for name in names},
        {name: trip.return_s for name, trip in begun if trip.return_s <= now_s},
        tuple(_on_road(name, trip, problem, now_s) for name, trip in begun if _is_out(trip, now_s)),
    )


def _is_out(trip: Trip, now_s: int) -> bool:
    return trip.return_s > now_s and any(visit.leave_s > now_s for visit in trip.visits)


def _on_road(vehicle_id: str, trip: Trip, problem: Problem, now_s: int) -> OnRoad:
    behind = [visit for visit in trip.visits if visit.leave_s <= now_s]
    ahead = tuple((visit.stop_id, visit.box_ids) for visit in trip.visits if visit.leave_s > now_s)
    stops = {stop.stop_id: stop.place for stop in problem.stops}
    place, from_s = problem.depot.place, trip.depart_s
    if behind:
        place, from_s = stops[behind[-1].stop_id], behind[-1].leave_s
    return OnRoad(vehicle_id, trip.trip_code, trip.depart_s, place, from_s, ahead)


def _plan(problem: Problem, seconds: float, seed: int) -> Plan:
    return solved(problem, SolveParams(time_s=seconds, processes=PROCESSES), seed, time.monotonic).plan


def _judged(found: Plan | Coded, problem: Problem) -> str:
    """Empty for a plan of everything without a violation; else the first thing that is wrong with it."""
    if isinstance(found, Coded):
        return found.code
    violations = check(found, problem)
    if violations:
        return violations[0].code
    return "left_out" if found.unserved else ""
