"""The trips of what has not left, after something went wrong: driven as before where that can be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.day.planning_facts import DayFacts
from api.day.replan_facts import BOX_LOST, CANCELLED, Today
from kitchen.boxes import Box
from orders.codes import Coded
from routing.loads import build_problem
from routing.parts import Part
from routing.plan import Plan, Trip, Unserved, check
from routing.problem import Load, Problem, Stop, Vehicle
from routing.repair import Ordered, repaired, timed_plan
from routing.replan import after_trips
from routing.solve import solve

MINUTE_S = 60
SITE_MOVED_WORTH_S = 10 * MINUTE_S
STARTS, POLISH, PER_PART = 4, 2_000, 400


def driven(today: Today, facts: DayFacts, boxes: Iterable[Box], seed: int, per_part: int = PER_PART) -> Plan:
    """
    Trips for what has not left: each van the same stops in the same order, at the minutes that now hold.

    Only where a box then finds no van, a rule breaks or food comes later to the tables than it was to, the
    whole is searched anew, briefly since the kitchen waits; a site that is reached at another minute is worth
    ten minutes of lateness. A trip of the same van to most of the same stops keeps its code.

    Raises
    ------
    ValueError
        When the judge finds that they break a rule.
    """
    planned = _driven(today, facts, boxes, seed, per_part)
    return replace(planned, unserved=(*planned.unserved, *stays(today, boxes)))


def ahead_of(today: Today, facts: DayFacts, boxes: Iterable[Box]) -> tuple[Problem, list[Box]]:
    """What has not left, as a problem of the vans as they can still be used, and its boxes."""
    waiting = [box for box in boxes if box.box_id not in today.gone and not today.calls_off(box)]
    vans = [van for one in facts.vehicles if (van := _van_after(today, one)) is not None]
    return (
        build_problem(facts.service, facts.kitchen, waiting, facts.sites, vans, facts.params.travel),
        waiting,
    )


def _driven(today: Today, facts: DayFacts, boxes: Iterable[Box], seed: int, per_part: int) -> Plan:
    problem, waiting = ahead_of(today, facts, boxes)
    kept = _as_before(today, waiting, problem)
    if kept is not None and not kept.unserved and _late_s(kept, problem) <= _late_s(today.plan, problem):
        return _coded(today, kept)
    plan = _searched(today, facts, problem, waiting, seed, per_part)
    if violations := check(plan, problem):
        raise ValueError(f"The new plan of {facts.service.key} breaks rules: {violations}.")
    cheaper = kept is not None and _cost(today, kept, problem) <= _cost(today, plan, problem)
    return _coded(today, kept if kept is not None and cheaper else plan)


def _searched(
    today: Today, facts: DayFacts, problem: Problem, waiting: Sequence[Box], seed: int, per_part: int
) -> Plan:
    """Searched anew but for vans with a locked trip, whose trips stay where they then break no rule."""
    params = replace(
        facts.params.routes,
        starts=STARTS,
        polish_checks_per_part=POLISH,
        iterations_per_part=per_part,
    )
    fixed = _locked(today, waiting, problem)
    if fixed:
        vans = {one.vehicle_id for one in fixed}
        inside = {box_id for one in fixed for part in one.visits for box_id in part.box_ids}
        others = build_problem(
            facts.service,
            facts.kitchen,
            [box for box in waiting if box.box_id not in inside],
            facts.sites,
            [van for van in problem.vehicles if van.vehicle_id not in vans],
            facts.params.travel,
        )
        rest, stays_so = solve(others, params, seed), timed_plan(problem, fixed, ())
        both = replace(
            rest,
            routes=(*rest.routes, *stays_so.routes),
            distance_m=rest.distance_m + stays_so.distance_m,
        )
        if not check(_coded(today, both), problem):
            return _coded(today, both)
    return solve(problem, params, seed)


def _locked(today: Today, waiting: Sequence[Box], problem: Problem) -> list[Ordered]:
    """The trips ahead of vans that have a locked one."""
    stops, aboard = _Stops.of(problem), _aboard(today, waiting)
    known = {van.vehicle_id for van in problem.vehicles}
    return [
        Ordered(route.vehicle_id, trip.trip_code, visits)
        for route in today.plan.routes
        if route.vehicle_id in known
        and any(one.trip_code in today.road.locked - today.departed.keys() for one in route.trips)
        for trip in route.trips
        if trip.trip_code not in today.departed and (visits := tuple(_parts(trip, stops, aboard)))
    ]


def stays(today: Today, boxes: Iterable[Box]) -> Iterator[Unserved]:
    """What was lost on the road, and the boxes of stops that get nothing; those in a vehicle stay lost."""
    yield from today.lost
    for one in today.turned_back:
        still = one.stop_id in today.road.cancelled
        yield one if still else replace(one, reason=Coded(BOX_LOST, one.reason.params))
    by_stop: dict[str, list[str]] = {}
    for box in boxes:
        if today.calls_off(box):
            by_stop.setdefault(box.stop_id, []).append(box.box_id)
    for stop_id, box_ids in by_stop.items():
        reason = Coded(CANCELLED, {"stop": stop_id, "boxes": len(box_ids)})
        yield Unserved(stop_id, tuple(box_ids), reason)


def _van_after(today: Today, van: Vehicle) -> Vehicle | None:
    """A van as it can still be used; None for one that cannot."""
    own = [route for route in today.plan.routes if route.vehicle_id == van.vehicle_id]
    spans = sorted(
        (trip.depart_s, trip.return_s)
        for route in own
        for trip in route.trips
        if trip.trip_code in today.departed
    )
    now_s = today.morning.now_s
    if van.vehicle_id in today.fetching:
        spans.append((now_s, today.back_s[van.vehicle_id]))
    elif spans and van.vehicle_id in today.back_s:
        spans[-1] = (spans[-1][0], today.back_s[van.vehicle_id])
    ready_s = max((back_s + van.reload_s for _, back_s in spans), default=van.shift_start_s)
    begins_s = max(van.shift_start_s, ready_s, now_s)
    left = after_trips(van, spans)
    if len(spans) >= van.most_trips or begins_s > left.shift_end_s:
        return None
    return replace(left, shift_start_s=begins_s, most_trips=van.most_trips - len(spans))


def _cost(today: Today, plan: Plan, problem: Problem) -> tuple[int, int]:
    """Boxes that no van brings; then lateness at the tables, and what moving the sites costs."""
    before = {visit.stop_id: visit.start_s for trip in today.trips for visit in trip.visits}
    after = {visit.stop_id: visit.start_s for trip in plan.trips for visit in trip.visits}
    moved = sum(abs(before[stop] - at_s) >= MINUTE_S for stop, at_s in after.items() if stop in before)
    unserved = sum(len(one.box_ids) for one in plan.unserved)
    return unserved, _late_s(plan, problem) + SITE_MOVED_WORTH_S * moved


def _late_s(plan: Plan, problem: Problem) -> int:
    """Seconds after the first plate at which the stops of the problem get their food, all together."""
    stops = {stop.stop_id: stop for stop in problem.stops}
    visits = (visit for trip in plan.trips for visit in trip.visits if visit.stop_id in stops)
    return sum(max(0, one.leave_s - stops[one.stop_id].serving_starts_s) for one in visits)


@dataclass(frozen=True, slots=True)
class _Stops:
    """The stops of a problem with their places, by id, and the loads by box id."""

    places: Mapping[str, tuple[int, Stop]]
    loads: Mapping[str, Load]

    @classmethod
    def of(cls, problem: Problem) -> "_Stops":
        places = {stop.stop_id: (place, stop) for place, stop in enumerate(problem.stops, start=1)}
        return cls(places, {load.box_id: load for stop in problem.stops for load in stop.boxes})

    def part(self, stop_id: str, box_ids: Iterable[str]) -> Part:
        place, stop = self.places[stop_id]
        return Part(place, stop, tuple(self.loads[box_id] for box_id in box_ids))


def _as_before(today: Today, waiting: Sequence[Box], problem: Problem) -> Plan | None:
    """The published trips with what they now carry, at their new minutes; None where none can be found."""
    stops, aboard = _Stops.of(problem), _aboard(today, waiting)
    ordered = [
        Ordered(route.vehicle_id, trip.trip_code, visits)
        for route in today.plan.routes
        for trip in route.trips
        if trip.trip_code not in today.departed and (visits := tuple(_parts(trip, stops, aboard)))
    ]
    if any(one.vehicle_id not in {van.vehicle_id for van in problem.vehicles} for one in ordered):
        return None
    brought = {box_id for one in ordered for part in one.visits for box_id in part.box_ids}
    left = tuple(_left(today, stops.loads.keys() - brought))
    return repaired(problem, ordered, left, lambda plan: _cost(today, plan, problem)[1])


def _aboard(today: Today, waiting: Sequence[Box]) -> dict[tuple[str, int], list[str]]:
    """Box ids by trip and visit: a box where it was, a new one where most of its portions were."""
    found: dict[tuple[str, int], list[str]] = {}
    lines = {box.box_id: frozenset(box.line_ids) for box in today.boxes}
    ahead = [trip for trip in today.trips if trip.trip_code not in today.departed]
    visits = [(trip.trip_code, n, visit) for trip in ahead for n, visit in enumerate(trip.visits)]
    for box in waiting:
        own = [
            (
                box.box_id in visit.box_ids,
                sum(len(lines.get(one, frozenset()) & set(box.line_ids)) for one in visit.box_ids),
                code,
                number,
            )
            for code, number, visit in visits
            if visit.stop_id == box.stop_id
        ]
        if own:
            _, _, code, number = max(own, key=lambda one: (one[0], one[1], len(one[2]), one[2]))
            found.setdefault((code, number), []).append(box.box_id)
    return found


def _parts(trip: Trip, stops: _Stops, aboard: Mapping[tuple[str, int], Sequence[str]]) -> Iterator[Part]:
    for number, visit in enumerate(trip.visits):
        if box_ids := aboard.get((trip.trip_code, number)):
            yield stops.part(visit.stop_id, box_ids)


def _left(today: Today, box_ids: Iterable[str]) -> Iterator[Unserved]:
    """What no van brought before either, with the reason that was given; a new box has none."""
    missing = set(box_ids)
    for one in today.plan.unserved:
        if still := tuple(box_id for box_id in one.box_ids if box_id in missing):
            yield replace(one, box_ids=still)


def _coded(today: Today, plan: Plan) -> Plan:
    """The plan with the code of the trip that the same van made to most of the stops, else with a new one."""
    before = {
        (route.vehicle_id, trip.trip_code): {visit.stop_id for visit in trip.visits}
        for route in today.plan.routes
        for trip in route.trips
        if trip.trip_code not in today.departed
    }
    number, routes = today.highest_trip, []
    for route in plan.routes:
        trips = []
        for trip in route.trips:
            stops = {visit.stop_id for visit in trip.visits}
            alike = {key: len(stops & own) for key, own in before.items() if key[0] == route.vehicle_id}
            key = max(alike, key=lambda one: alike[one], default=None)
            if key is not None and 2 * alike[key] > len(before[key]):
                before.pop(key)
                code = key[1]
            else:
                number += 1
                code = f"T{number}"
            trips.append(replace(trip, trip_code=code))
        routes.append(replace(route, trips=tuple(trips)))
    return replace(plan, routes=tuple(routes))
