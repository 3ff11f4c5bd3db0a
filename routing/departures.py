"""Departures: when a trip whose stops and order are known may leave, and when it is back for each."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.parts import Part
from routing.plan import Trip, Visit
from routing.problem import Load, Problem, Started, Vehicle, Window

EVER_S = 10**9


class Span(NamedTuple):
    """
    Departures from ``first_s`` to ``last_s`` that pass through the same windows.

    One that leaves at ``d`` is back at ``max(d + trip_s, back_s)``.
    """

    first_s: int
    last_s: int
    trip_s: int
    back_s: int

    def returns_s(self, depart_s: int) -> int:
        """When a trip that leaves then is back."""
        return max(depart_s + self.trip_s, self.back_s)


def departures(problem: Problem, vehicle: Vehicle, visits: Sequence[Part]) -> tuple[Span, ...]:
    """
    All departures with which one vehicle's trip keeps door, clock, time aboard and shift.

    Parameters
    ----------
    problem
        Travel and depots.
    vehicle
        Its pace, depot and shift.
    visits
        At least one part, in the order of driving.

    Returns
    -------
    tuple[Span, ...]
        Apart from each other, in order; empty where no departure keeps them all. A later departure is
        never back earlier.
    """
    depot = problem.depot_place(vehicle)
    released_s = max(part.release_s for part in visits)
    first_s = max(vehicle.shift_start_s, released_s)
    spans = [Span(first_s, vehicle.shift_end_s, 0, first_s)] if first_s <= vehicle.shift_end_s else []
    return _driven(problem, vehicle, visits, spans, depot)


def under_way(problem: Problem, vehicle: Vehicle, visits: Sequence[Part], one: Started) -> tuple[Span, ...]:
    """The same for a trip that has left: its one departure, or none where it breaks a rule."""
    spans = [Span(one.depart_s, one.depart_s, one.from_s - one.depart_s, one.from_s)]
    return _driven(problem, vehicle, visits, spans, one.place)


def _driven(
    problem: Problem, vehicle: Vehicle, visits: Sequence[Part], spans: list[Span], here: int
) -> tuple[Span, ...]:
    for part in visits:
        leg = problem.travel.leg(here, part.place)
        if leg is None:
            return ()
        spans = served(spans, part, vehicle.drive_s(leg.seconds))
        here = part.place
    home = problem.travel.leg(here, problem.depot_place(vehicle))
    if home is None:
        return ()
    way_s, end_s = vehicle.drive_s(home.seconds), vehicle.shift_end_s
    backs = [
        Span(one.first_s, min(one.last_s, end_s - one.trip_s - way_s), one.trip_s + way_s, one.back_s + way_s)
        for one in spans
    ]
    out_s = EVER_S if vehicle.most_out_s is None else vehicle.most_out_s
    kept = (_aboard(one, out_s) for one in backs if one.back_s <= end_s)
    return tuple(one for one in kept if one.first_s <= one.last_s)


def served(spans: Sequence[Span], part: Part, way_s: int) -> list[Span]:
    """Of departures that end at a place those that go on to serve a part, with the end of its hand-over."""
    return [*_through(spans, part, way_s)]


def _through(spans: Sequence[Span], part: Part, way_s: int) -> Iterator[Span]:
    closed_s = -EVER_S
    most_s = min((_most_aboard_s(load) for load in part.boxes), default=EVER_S)
    for window in doors(part):
        for one in spans:
            arrive_s, soonest_s = one.trip_s + way_s, one.back_s + way_s
            last_s = min(one.last_s, window.close_s - arrive_s)
            first_s = one.first_s if soonest_s > closed_s else max(one.first_s, closed_s - arrive_s + 1)
            if soonest_s > window.close_s or first_s > last_s:
                continue
            signed_s = max(soonest_s, window.open_s) + part.hand_over_s
            kept = _aboard(Span(first_s, last_s, arrive_s + part.hand_over_s, signed_s), most_s)
            if kept.first_s <= kept.last_s:
                yield kept
        closed_s = window.close_s


def doors(part: Part) -> list[Window]:
    """When a part may be handed over: the site's windows until its clock ends; none if it ends at table."""
    stop, latest_s = part.stop, part.latest_start_s
    table_s = stop.serving_starts_s + stop.serving_s
    if any(table_s > load.eat_by_s for load in part.boxes if not load.second_leg_s):
        return []
    return [Window(one.open_s, min(one.close_s, latest_s)) for one in stop.windows if one.open_s <= latest_s]


def _aboard(span: Span, most_s: int) -> Span:
    """Of a span the departures from which not more than so many seconds pass until its end."""
    if span.trip_s > most_s:
        return Span(1, 0, span.trip_s, span.back_s)
    return span._replace(first_s=max(span.first_s, span.back_s - most_s))


def _most_aboard_s(load: Load) -> int:
    return EVER_S if load.most_aboard_s is None else load.most_aboard_s


def soonest(spans: Sequence[Span], ready_s: int) -> tuple[int, int] | None:
    """
    The departure of the trip that is back first, and its return; None where it leaves too late for all.

    Of departures with the same return it is the last: the van is soon free, and the food does not wait.

    Parameters
    ----------
    spans
        Of `departures`.
    ready_s
        When the vehicle may leave at the earliest.
    """
    open_spans = [one for one in spans if one.last_s >= ready_s]
    if not open_spans:
        return None
    back_s = open_spans[0].returns_s(max(ready_s, open_spans[0].first_s))
    latest = ((one, min(one.last_s, back_s - one.trip_s)) for one in open_spans if one.back_s <= back_s)
    return max(depart_s for one, depart_s in latest if depart_s >= max(one.first_s, ready_s)), back_s


def latest(spans: Sequence[Span], by_s: int) -> int | None:
    """The last departure that is back by then; None where there is none."""
    found = [min(one.last_s, by_s - one.trip_s) for one in spans if one.back_s <= by_s]
    return max(
        (depart_s for one, depart_s in zip(spans, found, strict=False) if depart_s >= one.first_s),
        default=None,
    )


def trip_at(
    problem: Problem, vehicle: Vehicle, visits: Sequence[Part], depart_s: int, one: Started | None = None
) -> Trip:
    """
    The minutes of a trip that leaves then and hands over as soon as each door is open.

    Parameters
    ----------
    problem, vehicle, visits, depart_s
        What is driven, by whom, when; a departure of `departures`.
    one
        Where the trip goes on from, for one that is under way.
    """
    place, now_s = (problem.depot_place(vehicle), depart_s) if one is None else (one.place, one.from_s)
    timed, metres = list[Visit](), 0
    for part in visits:
        leg = problem.travel.leg(place, part.place)
        assert leg is not None
        way_s = vehicle.drive_s(leg.seconds)
        arrive_s = now_s + way_s
        start_s = next(max(arrive_s, door.open_s) for door in doors(part) if door.close_s >= arrive_s)
        place, now_s, metres = part.place, start_s + part.hand_over_s, metres + leg.metres
        timed.append(Visit(part.stop.stop_id, part.box_ids, arrive_s, start_s, now_s, leg.metres, way_s))
    home = problem.travel.leg(place, problem.depot_place(vehicle))
    assert home is not None
    code = "" if one is None else one.trip_code
    return Trip(code, depart_s, now_s + vehicle.drive_s(home.seconds), tuple(timed), metres + home.metres)
