"""The answer to what happens on the road: who fetches whose boxes, which trips change, and what is lost."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from api.day.replan_facts import BOX_LOST, TOO_LATE, TURNED_BACK, Today
from api.day.replan_past import Under
from api.day.replan_routes import PER_PART, driven
from orders.codes import Coded
from routing.fetch import Fetch, Stranded, fetches
from routing.loads import build_problem
from routing.plan import Plan, Route, Trip, Unserved, check
from routing.problem import Problem
from routing.replan import OnRoad, Past, Rest, coming_home, driven_on, rest_of

MOST_TRIED, QUICK = 3, 40


@dataclass(frozen=True, slots=True)
class Tail:
    """
    A trip under way as it now goes on.

    Parameters
    ----------
    trip
        All of it: its visits done, then those ahead; empty where its vehicle stands with nothing handed over.
    done
        How many of its visits are done.
    """

    trip: Trip
    done: int


@dataclass(frozen=True, slots=True)
class RoadAnswer:
    """
    The rest of the day after something happened on the road.

    Parameters
    ----------
    plan
        Trips that have not left, those that leave to fetch boxes among them, and what nobody brings.
    tails
        Trips under way that change, by code.
    fetched
        Which vehicle fetches what, with the codes of their trips.
    offers
        Each vehicle that could have fetched, the best first.
    """

    plan: Plan
    tails: Mapping[str, Tail] = field(default_factory=dict)
    fetched: tuple[Fetch, ...] = ()
    offers: tuple[Fetch, ...] = ()

    @property
    def lost(self) -> frozenset[str]:
        """Boxes that were on the road and that nobody brings in time."""
        left = (one for one in self.plan.unserved if one.reason.code in (BOX_LOST, TOO_LATE))
        return frozenset(box_id for one in left for box_id in one.box_ids)


@dataclass(frozen=True, slots=True)
class Case:
    """
    What is to be answered.

    Parameters
    ----------
    today
        The day with what holds of its road by now.
    past, under
        What is done, and the trips under way.
    seed
        Of the search.
    """

    today: Today
    past: Past
    under: Sequence[Under]
    seed: int

    @property
    def day(self) -> Problem:
        """All boxes of the day, with the vehicles that drive."""
        facts = self.today.facts
        return build_problem(
            facts.service,
            facts.kitchen,
            self.today.boxes,
            facts.sites,
            facts.vehicles,
            facts.params.travel,
        )


def road_answer(case: Case) -> RoadAnswer:
    """
    The best answer: most portions are brought, then what is latest at the tables and moves least sites.

    The boxes of a vehicle that is out are fetched by another one, or are lost where that brings nothing;
    trips under way leave out stops that get nothing and go around what is closed, in their order where
    nothing comes late by it; what has not left is driven by the vehicles that are there.
    """
    stands = [one for one in case.under if one.vehicle_id in case.today.road.out]
    past = case.past
    for one in stands:
        past = past.without(one.vehicle_id)
    case = replace(case, past=past)
    day = case.day
    offers = _offers(case, day, stands)
    ways = [
        _chosen(case, day, stands, one, most)
        for one in offers[:MOST_TRIED]
        for most in (1, len(day.vehicles))
    ]
    ways = [one for n, one in enumerate(ways) if one not in ways[:n]]
    ways.append(_chosen(case, day, stands, None, 0))
    tried = [_whole(case, day, stands, *one, QUICK) for one in ways]
    best = min(tried, key=lambda one: _worth(case, one))
    longer = _whole(case, day, stands, *ways[tried.index(best)], PER_PART)
    best = min(best, longer, key=lambda one: _worth(case, one))
    return replace(best, offers=offers)


def _offers(case: Case, day: Problem, stands: Sequence[Under]) -> tuple[Fetch, ...]:
    return tuple(
        offer
        for one in stands[:1]
        for offer in fetches(day, case.past, Stranded(one.road), case.today.facts.params.travel)
    )


def _worth(case: Case, answer: RoadAnswer) -> tuple[int, int, int]:
    portions = {box.box_id: box.portions for box in case.today.boxes}
    left = sum(portions[box_id] for one in answer.plan.unserved for box_id in one.box_ids)
    trips = (*answer.plan.trips, *(tail.trip for tail in answer.tails.values()))
    return left, len(answer.lost), sum(trip.return_s for trip in trips)


def _chosen(
    case: Case, day: Problem, stands: Sequence[Under], first: Fetch | None, most: int
) -> tuple[list[Fetch], list[str]]:
    """Who fetches what when one vehicle begins and at most so many fetch, and what is then lost."""
    past, chosen, lost = case.past, list[Fetch](), list[str]()
    travel = case.today.facts.params.travel
    for number, one in enumerate(stands):
        road, found = one.road, first
        if number and most:
            found = next(iter(fetches(day, past, Stranded(road), travel)), None)
        while found is not None and len(chosen) < most:
            chosen.append(found)
            past, road = _fetching(past, found), _without(road, found.box_ids)
            free = fetches(day, past, Stranded(road), travel) if road.ahead else []
            found = next((offer for offer in free if offer.vehicle_id not in _who(chosen)), None)
        lost += road.box_ids
    return chosen, lost


def _who(chosen: Sequence[Fetch]) -> set[str]:
    return {one.vehicle_id for one in chosen}


def _fetching(past: Past, fetch: Fetch) -> Past:
    """The past with the vehicle that fetches busy until it is back."""
    gone = past.without(fetch.vehicle_id)
    made = {**past.departures}
    if not fetch.trip_code:
        made[fetch.vehicle_id] = made.get(fetch.vehicle_id, 0) + 1
    return replace(gone, departures=made, back_s={**past.back_s, fetch.vehicle_id: fetch.trip.return_s})


def _without(road: OnRoad, box_ids: Sequence[str]) -> OnRoad:
    left = [(stop, tuple(box for box in boxes if box not in box_ids)) for stop, boxes in road.ahead]
    return replace(road, ahead=tuple((stop, boxes) for stop, boxes in left if boxes))


def _whole(
    case: Case,
    day: Problem,
    stands: Sequence[Under],
    chosen: Sequence[Fetch],
    lost: Sequence[str],
    per_part: int,
) -> RoadAnswer:
    today = case.today
    number, coded = today.highest_trip, list[Fetch]()
    for one in chosen:
        number += not one.trip_code
        coded.append(one if one.trip_code else replace(one, trip_code=f"T{number}"))
    tails = {one.trip.trip_code: Tail(_stopped(one), len(one.done)) for one in stands}
    under = {one.trip.trip_code: one for one in case.under}
    tails |= {one.trip_code: _joined(under[one.trip_code], one) for one in coded if one.trip_code in under}
    others = [one for one in case.under if one.trip.trip_code not in tails]
    changed, left = _changed(case, day, others)
    tails |= changed
    back_s = {one.vehicle_id: one.trip.return_s for one in coded}
    back_s |= {one.vehicle_id: changed[code].trip.return_s for code, one in under.items() if code in changed}
    leaving = [one for one in coded if one.trip_code not in under]
    planned = driven(
        replace(
            today,
            taken=number,
            back_s=back_s,
            fetching=frozenset(one.vehicle_id for one in leaving),
        ),
        today.facts,
        today.boxes,
        case.seed,
        per_part,
    )
    unserved = (*planned.unserved, *_unserved(today, lost, BOX_LOST), *left)
    plan = _with_trips(replace(planned, unserved=unserved), leaving)
    answer = RoadAnswer(plan, tails, tuple(coded))
    _require_kept(case, day, answer, planned)
    return answer


def _stopped(one: Under) -> Trip:
    """The trip of a vehicle that cannot go on: what it has handed over."""
    return replace(
        one.trip,
        return_s=max(one.road.from_s, one.trip.depart_s + 1),
        visits=one.done,
        distance_m=one.driven_m,
    )


def _joined(under: Under, fetch: Fetch) -> Tail:
    """The trip of a vehicle under way that fetches boxes on it."""
    before = fetch.before.visits if fetch.before else ()
    visits = (*under.done, *before, *fetch.trip.visits)
    metres = under.driven_m + fetch.to_there_m + fetch.trip.distance_m
    trip = replace(under.trip, return_s=fetch.trip.return_s, visits=visits, distance_m=metres)
    return Tail(trip, len(under.done))


def _changed(case: Case, day: Problem, under: Sequence[Under]) -> tuple[dict[str, Tail], list[Unserved]]:
    """The trips under way whose stops or ways are others now, and what of them comes back."""
    tails, left = dict[str, Tail](), list[Unserved]()
    touched = [one for one in under if _is_touched(case.today, one)]
    if not touched:
        return tails, left
    past = replace(case.past, on_road=tuple(_called_off(case.today, one.road) for one in touched))
    rest = Rest.of(rest_of(day, past, case.today.facts.params.travel))
    for one, road, started in zip(touched, past.on_road, rest.problem.started, strict=True):
        off = [box for box in one.road.box_ids if box not in road.box_ids]
        late, trip = driven_on(rest, started, rest.ahead(road))
        visits = trip.visits if trip else ()
        back_s = trip.return_s if trip else one.trip.return_s
        metres = one.driven_m + (trip.distance_m if trip else 0)
        whole = replace(one.trip, return_s=back_s, visits=(*one.done, *visits), distance_m=metres)
        tails[one.trip.trip_code] = Tail(whole, len(one.done))
        left += _unserved(case.today, off, TURNED_BACK)
        left += _unserved(case.today, [box for part in late for box in part.box_ids], TOO_LATE)
    return tails, left


def _is_touched(today: Today, under: Under) -> bool:
    road = today.road
    stops = {visit.stop_id for visit in under.ahead}
    return bool(stops & (road.cancelled | road.moved.keys()) or road.closed)


def _called_off(today: Today, road: OnRoad) -> OnRoad:
    return replace(road, ahead=tuple(one for one in road.ahead if one[0] not in today.road.cancelled))


def _unserved(today: Today, box_ids: Sequence[str], code: str) -> Iterator[Unserved]:
    by_stop: dict[str, list[str]] = {}
    for box in today.boxes:
        if box.box_id in box_ids:
            by_stop.setdefault(box.stop_id, []).append(box.box_id)
    for stop_id, own in by_stop.items():
        yield Unserved(stop_id, tuple(own), Coded(code, {"stop": stop_id, "boxes": len(own)}))


def _with_trips(plan: Plan, leaving: Sequence[Fetch]) -> Plan:
    """The plan with the trips that leave to fetch boxes, each the first of its vehicle."""
    routes = {route.vehicle_id: route.trips for route in plan.routes if route.vehicle_id}
    distance_m = plan.distance_m
    for one in leaving:
        metres = one.to_there_m + one.trip.distance_m
        trip = replace(one.trip, trip_code=one.trip_code, depart_s=one.depart_s, distance_m=metres)
        routes[one.vehicle_id] = (trip, *routes.get(one.vehicle_id, ()))
        distance_m += metres
    known = tuple(Route(vehicle_id, trips) for vehicle_id, trips in routes.items())
    return replace(plan, routes=known, distance_m=distance_m)


def _require_kept(case: Case, day: Problem, answer: RoadAnswer, planned: Plan) -> None:
    """
    Judges trips under way that change, fetched boxes and what has not left, together.

    Raises
    ------
    ValueError
        When they break a rule.
    """
    today, going = case.today, list[tuple[OnRoad, Trip]]()
    places = {one.vehicle_id: one for one in case.under}
    for one in answer.fetched:
        ahead = tuple((visit.stop_id, visit.box_ids) for visit in one.trip.visits)
        road = OnRoad(one.vehicle_id, one.trip_code, one.trip.depart_s, one.place, one.on_s, ahead)
        going.append((road, replace(one.trip, trip_code=one.trip_code)))
    fetching = {one.trip_code for one in answer.fetched}
    for code, tail in answer.tails.items():
        under = next(one for one in case.under if one.trip.trip_code == code)
        if code in fetching or under.vehicle_id in today.road.out:
            continue
        visits = tail.trip.visits[tail.done :]
        ahead = tuple((visit.stop_id, visit.box_ids) for visit in visits)
        metres = tail.trip.distance_m - under.driven_m
        going.append(
            (
                replace(places[under.vehicle_id].road, ahead=ahead),
                replace(tail.trip, visits=visits, distance_m=metres),
            )
        )
    _judged(case, day, going, planned, {one.vehicle_id for one in answer.fetched})


def _judged(
    case: Case,
    day: Problem,
    going: Sequence[tuple[OnRoad, Trip]],
    planned: Plan,
    fetching: Set[str],
) -> None:
    today = case.today
    back_s = {road.vehicle_id: 0 if road.vehicle_id in fetching else trip.return_s for road, trip in going}
    aboard = {box for road, _ in going for box in road.box_ids}
    waiting = {box for trip in planned.trips for visit in trip.visits for box in visit.box_ids}
    everything = {load.box_id for stop in day.stops for load in stop.boxes}
    past = Past(0, frozenset(everything - aboard - waiting), on_road=tuple(road for road, _ in going))
    problem = rest_of(coming_home(day, back_s), past, today.facts.params.travel)
    trips = {road.vehicle_id: (trip,) for road, trip in going}
    for route in planned.routes:
        if route.vehicle_id:
            trips[route.vehicle_id] = (*trips.get(route.vehicle_id, ()), *route.trips)
    routes = tuple(Route(vehicle_id, own) for vehicle_id, own in trips.items())
    distance_m = sum(trip.distance_m for own in trips.values() for trip in own)
    violations = check(Plan(day.service_key, routes, (), distance_m), problem)
    if violations:
        raise ValueError(f"The new plan of {day.service_key} breaks rules: {violations}.")
