"""Explaining: for a stop that is left out the cheapest change that would serve it, proved by a plan."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from orders.codes import Coded
from routing.assemble import assemble
from routing.assembly import Routes, plan_of
from routing.changes import (
    MINUTE_S,
    Change,
    ChangePrices,
    changes,
    longer_clock,
    of_vehicles,
    with_stop,
)
from routing.insertion import cheapest_vehicles, in_the_way, inserted, routes_of
from routing.parts import Part, parts
from routing.plan import Plan, Unserved, check
from routing.problem import Load, Problem, Stop
from routing.reasons import given_up

MOST_CLOCK_MINUTES = 120
GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class ExplainParams:
    """
    How much is tried.

    Parameters
    ----------
    prices
        Which change is cheaper than another.
    most_stops
        Entries left out that are explained; the rest only have their reason.
    most_vehicles
        Vehicles that are looked at for each, those with the shortest way round first.
    """

    prices: ChangePrices = field(default_factory=ChangePrices)
    most_stops: int = 20
    most_vehicles: int = 8


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    What would serve boxes that are left out.

    Parameters
    ----------
    left
        Which boxes of which stop, and why they are left out; several for a change that serves all of them.
    change
        Code and figures of the cheapest change, or why there is none.
    price
        Its points; None where nothing that may be changed would do.
    plan
        The plan with the change, judged; None where there is none.
    reason
        Why it is left out, where more is known than the plan says: what an optional stop was given up for.
    """

    left: tuple[Unserved, ...]
    change: Coded
    price: int | None = None
    plan: Plan | None = None
    reason: Coded | None = None


@dataclass(frozen=True, slots=True)
class Remedies:
    """One remedy for each entry that is left out, and one change that would serve all of them, if cheap."""

    each: tuple[Remedy, ...] = ()
    joint: Remedy | None = None


def explain(problem: Problem, plan: Plan, params: ExplainParams | None = None) -> Remedies:
    """
    The cheapest change for everything that a plan leaves out.

    Trips keep their stops and their order; what is left out is put where it costs least. A change counts only
    once the plan made with it keeps every rule (`routing.plan.check`). The food's clock is never loosened.

    Parameters
    ----------
    problem, plan
        The plan keeps the problem's rules.
    params
        Prices and effort.

    References
    ----------
    docs/routing.md, "Why a box is left out".
    """
    params = params or ExplainParams()
    routes = routes_of(plan, problem)
    each = tuple(_remedy(problem, plan, routes, left, params) for left in plan.unserved[: params.most_stops])
    return Remedies(each, _joint(problem, plan, routes, each, params))


def given_up_for(problem: Problem, routes: Routes, stop: Stop, boxes: Iterable[Load]) -> list[str]:
    """The stops for whose sake one that need not be served stays out: at most three, more urgent than it."""
    urgent = {one.stop_id for one in problem.stops if (one.priority or 10**9) > (stop.priority or 10**9)}
    place = problem.first_stop + problem.stops.index(stop)
    found = dict[str, None]()
    for part in parts(problem, place, list(boxes)):
        found |= dict.fromkeys(name for name in in_the_way(problem, routes, part) if name in urgent)
    return list(found)[:3]


def _remedy(problem: Problem, plan: Plan, routes: Routes, left: Unserved, params: ExplainParams) -> Remedy:
    stop = next(one for one in problem.stops if one.stop_id == left.stop_id)
    box_ids, place = frozenset(left.box_ids), problem.first_stop + problem.stops.index(stop)
    boxes = [load for load in stop.boxes if load.box_id in box_ids]
    first = parts(problem, place, boxes)[0]
    vehicles = cheapest_vehicles(problem, routes, first)[: params.most_vehicles]
    asked = changes(problem, stop, box_ids, vehicles, params.prices)
    none = Change(
        0, 1, None, lambda _: problem, lambda _: Coded("change_none_needed", {"stop": stop.stop_id})
    )
    found = _cheapest([none, *asked], _Trial(problem, plan, routes, (left,)))
    remedy = found or Remedy((left,), _only_the_clock(problem, plan, routes, left, stop))
    if left.reason.code != GIVEN_UP:
        return remedy
    others = [] if remedy.price == 0 else given_up_for(problem, routes, stop, boxes)
    reason = given_up(stop, others)
    return replace(remedy, reason=Coded(reason.code, {**reason.params, "boxes": len(boxes)}))


def _only_the_clock(problem: Problem, plan: Plan, routes: Routes, left: Unserved, stop: Stop) -> Coded:
    """Where nothing helps that may be changed: how much longer the food would have to last, if that did."""
    trial, box_ids = _Trial(problem, plan, routes, (left,)), frozenset(left.box_ids)

    def lasts(minutes: int) -> Problem:
        return with_stop(problem, longer_clock(stop, box_ids, minutes * MINUTE_S))

    minutes = smallest(lambda amount: trial.routes(lasts(amount), None) is not None, MOST_CLOCK_MINUTES)
    if minutes is None:
        return Coded("change_none", {"stop": stop.stop_id})
    return Coded("change_only_clock", {"stop": stop.stop_id, "minutes": minutes})


def _joint(
    problem: Problem, plan: Plan, routes: Routes, each: Sequence[Remedy], params: ExplainParams
) -> Remedy | None:
    """One change of the fleet that serves all that is left out, where it costs no more than one by one."""
    if len(each) < 2 or any(one.price == 0 for one in each):
        return None
    alone = sum(one.price for one in each if one.price is not None)
    apart = any(one.price is None for one in each)
    vehicles = range(len(problem.vehicles))[: params.most_vehicles]
    found = _cheapest(
        of_vehicles(problem, vehicles, params.prices), _Trial(problem, plan, routes, plan.unserved)
    )
    return found if found and found.price is not None and (apart or found.price <= alone) else None


def _cheapest(asked: Sequence[Change], trial: "_Trial") -> Remedy | None:
    """The cheapest change that serves, by its smallest amount; the first of those with one price."""
    best: Remedy | None = None
    for one in asked:
        most = one.most if best is None or best.price is None else _below(best.price, one)
        amount = smallest(partial(trial.serves, one), most)
        proof = None if amount is None else trial.proof(one.made(amount), one.vehicles)
        if amount is not None and proof is not None:
            best = Remedy(trial.left, one.said(amount), amount * one.price, proof)
            if not one.price:
                break
    return best


def _below(price: int, one: Change) -> int:
    """The largest amount of a change that is still cheaper."""
    return min(one.most, (price - 1) // max(1, one.price))


def smallest(serves: Callable[[int], bool], most: int) -> int | None:
    """
    The smallest amount from 1 to ``most`` that serves, None where none does.

    Amounts are doubled until one serves, then the gap is halved: more of a change is taken to serve no less.
    """
    low, high = 0, 1
    while high <= most and not serves(high):
        low, high = high, min(2 * high, most) if high < most else most + 1
    if high > most:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if serves(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class _Trial:
    """The plan's trips, and what of its boxes should be brought too."""

    problem: Problem
    plan: Plan
    trips: Routes
    left: tuple[Unserved, ...]

    def serves(self, change: Change, amount: int) -> bool:
        """Whether the boxes find a place once so much is changed."""
        return self.routes(change.made(amount), change.vehicles) is not None

    def routes(self, changed: Problem, vehicles: Sequence[int] | None) -> Routes | None:
        """The trips with the boxes under a changed problem; None where they find no place."""
        trips: Routes | None = [*self.trips, *([] for _ in changed.vehicles[len(self.trips) :])]
        if vehicles is not None:
            vehicles = [nth for nth in vehicles if nth < len(changed.vehicles)]
        for one in self.left:
            if trips is None:
                return None
            trips = inserted(changed, trips, _parts(changed, one), vehicles)
        return trips

    def proof(self, changed: Problem, vehicles: Sequence[int] | None) -> Plan | None:
        """The plan under a changed problem, once it brings the boxes and breaks no rule."""
        trips = self.routes(changed, vehicles)
        if trips is None:
            return None
        done = assemble(changed, trips)
        if done.dropped:
            return None
        unserved = tuple(one for one in self.plan.unserved if one not in self.left)
        plan = plan_of(changed, done.trips, unserved)
        return None if check(plan, changed) else plan


def _parts(problem: Problem, left: Unserved) -> list[Part]:
    number = next(n for n, one in enumerate(problem.stops) if one.stop_id == left.stop_id)
    boxes = [load for load in problem.stops[number].boxes if load.box_id in left.box_ids]
    return parts(problem, problem.first_stop + number, boxes)
