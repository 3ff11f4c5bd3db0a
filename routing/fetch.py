"""Fetch: boxes of a vehicle that cannot go on, taken over by another one while their clock goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orders.sites import Place
from routing.parts import Part
from routing.plan import Trip
from routing.problem import Problem, Started, Vehicle
from routing.replan import OnRoad, Past, Rest, drive_on, driven_on, rest_of
from routing.travel import Ways

TRANSFER_S = 60
MOST_FETCHERS = 8


@dataclass(frozen=True, slots=True)
class Fetch:
    """
    One vehicle's way to boxes that stand in another, and on with them.

    Parameters
    ----------
    vehicle_id, trip_code
        Who fetches; the trip that it is on, empty for one that leaves for it.
    depart_s
        When its trip leaves, or left.
    before
        Visits of its own that it makes first, at their minutes.
    there_s, on_s
        When it is there; when the boxes are over and it goes on.
    box_ids
        What it takes over.
    trip
        From there on: what was fetched, and its own.
    from_vehicle, place
        In which vehicle the boxes stand, and where.
    to_there_m
        Metres from where it is now, over the visits it makes first, to the boxes.
    """

    vehicle_id: str
    trip_code: str
    depart_s: int
    before: Trip | None
    there_s: int
    on_s: int
    box_ids: tuple[str, ...]
    trip: Trip
    to_there_m: int
    from_vehicle: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stranded:
    """
    Boxes in a vehicle that cannot go on.

    Parameters
    ----------
    trip
        Its trip, where it stands, and what is in it.
    transfer_s
        To carry one box over.
    """

    trip: OnRoad
    transfer_s: int = TRANSFER_S


def fetches(day: Problem, past: Past, stranded: Stranded, ways: Ways) -> list[Fetch]:
    """
    Each vehicle that could fetch boxes of a stranded one and bring some in time, the best first.

    A vehicle on the road goes there after so many of its own stops as brings most; one that is at the dock
    leaves for it at once. What it has aboard itself must not come late by it. The best brings most boxes,
    of equal ones the one that is back first.

    Parameters
    ----------
    day
        The whole day, as of `rest_of`; without the vehicle that is down.
    past
        Without its trip.
    stranded
        The boxes and where they are.
    ways
        The ways between places.

    Returns
    -------
    list[Fetch]
        At most one a vehicle.
    """
    at_hand = [one for one in (*past.on_road, *_at_dock(day, past)) if one.from_s <= _shift_end_s(day, one)]
    down = Vehicle(stranded.trip.vehicle_id, 0, 0, 0, 0, 0)
    everyone = Past(0, past.done, on_road=(*at_hand, stranded.trip))
    problem = rest_of(replace(day, vehicles=(*day.vehicles, down)), everyone, ways)
    rest, there = Rest.of(problem), problem.started[-1].place
    reach = [(_reach_s(rest, one, there), n) for n, one in enumerate(problem.started[:-1])]
    nearest = sorted((at_s, n) for at_s, n in reach if at_s is not None)[:MOST_FETCHERS]
    found = list[Fetch]()
    for _, n in nearest:
        own = (
            _fetched(rest, at_hand[n], problem.started[n], stranded, first)
            for first in range(len(at_hand[n].ahead) + 1)
        )
        best = min((one for one in own if one is not None), key=_worth, default=None)
        if best is not None:
            found.append(best)
    return sorted(found, key=_worth)


def _worth(fetch: Fetch) -> tuple[int, int, str]:
    return -len(fetch.box_ids), fetch.trip.return_s, fetch.vehicle_id


def _at_dock(day: Problem, past: Past) -> Iterator[OnRoad]:
    """The vehicles that are at their dock, or will be, as if on an empty trip that leaves for the boxes."""
    driving = {one.vehicle_id for one in past.on_road}
    for vehicle in day.vehicles:
        made = past.departures.get(vehicle.vehicle_id, 0)
        if vehicle.vehicle_id not in driving and made < vehicle.most_trips:
            ready_s = max(past.now_s, vehicle.shift_start_s, past.back_s.get(vehicle.vehicle_id, 0))
            place = day.depots[day.depot_place(vehicle)].place
            yield OnRoad(vehicle.vehicle_id, "", ready_s, place, ready_s, ())


def _shift_end_s(day: Problem, trip: OnRoad) -> int:
    return next(one.shift_end_s for one in day.vehicles if one.vehicle_id == trip.vehicle_id)


def _reach_s(rest: Rest, started: Started, there: int) -> int | None:
    leg = rest.problem.travel.leg(started.place, there)
    return None if leg is None else started.from_s + rest.vehicles[started.vehicle_id].drive_s(leg.seconds)


def _fetched(rest: Rest, trip: OnRoad, started: Started, stranded: Stranded, first: int) -> Fetch | None:
    """After so many of its own stops the vehicle goes to the boxes, and on with what it brings in time."""
    vehicle, there = rest.vehicles[trip.vehicle_id], rest.problem.started[-1].place
    own = rest.ahead(trip)
    before = drive_on(rest, started, own[:first])
    if before is None:
        return None
    at, from_s = (
        (own[first - 1].place, before.visits[-1].leave_s) if first else (started.place, started.from_s)
    )
    leg = rest.problem.travel.leg(at, there)
    if leg is None:
        return None
    there_s = from_s + vehicle.drive_s(leg.seconds)
    wanted = sorted(rest.ahead(stranded.trip), key=lambda part: part.latest_start_s)
    kept = own[first:]
    on = replace(started, place=there, depart_s=min(trip.depart_s, stranded.trip.depart_s))
    taken, timed = _most_taken(rest, vehicle, _Over(on, there_s, stranded.transfer_s, kept), wanted)
    if timed is None:
        return None
    metres = sum(visit.distance_m for visit in before.visits) + leg.metres
    box_ids = tuple(box_id for part in taken for box_id in part.box_ids)
    on_s = there_s + stranded.transfer_s * len(box_ids)
    done = before if first else None
    return Fetch(
        trip.vehicle_id,
        trip.trip_code,
        trip.depart_s,
        done,
        there_s,
        on_s,
        box_ids,
        timed,
        metres,
        stranded.trip.vehicle_id,
        stranded.trip.place,
    )


@dataclass(frozen=True, slots=True)
class _Over:
    """A vehicle at the boxes: where it goes on from, since when it is there, and its own parts aboard."""

    started: Started
    there_s: int
    transfer_s: int
    kept: Sequence[Part]

    def trip(self, rest: Rest, vehicle: Vehicle, taken: Sequence[Part]) -> tuple[list[Part], Trip | None]:
        """What would come late when these parts are carried over, and the trip; None beyond the shift."""
        boxes = sum(len(part.boxes) for part in taken)
        on = replace(self.started, from_s=self.there_s + self.transfer_s * boxes)
        left, timed = driven_on(rest, on, _together(self.kept, taken))
        if timed is None or timed.return_s > vehicle.shift_end_s:
            return left, None
        return left, timed


def _most_taken(
    rest: Rest, vehicle: Vehicle, over: _Over, wanted: Sequence[Part]
) -> tuple[list[Part], Trip | None]:
    """As many parts as can be in time: what is late stays, and is tried again once fewer are carried over."""
    taken, best = _room_for(rest, over.kept, wanted, vehicle), None
    while taken and best is None:
        left, timed = over.trip(rest, vehicle, taken)
        late = {part.stop.stop_id for part in left}
        if timed is not None and not left:
            best = timed
        elif late & {part.stop.stop_id for part in taken}:
            taken = [part for part in taken if part.stop.stop_id not in late]
        else:
            taken = taken[:-1]
    for part in sorted(wanted, key=lambda one: (-len(one.boxes), one.latest_start_s)):
        if part not in taken and rest.fits([*over.kept, *taken, part], vehicle):
            left, timed = over.trip(rest, vehicle, [*taken, part])
            if timed is not None and not left:
                taken, best = [*taken, part], timed
    return taken, best


def _room_for(rest: Rest, own: Sequence[Part], wanted: Sequence[Part], vehicle: Vehicle) -> list[Part]:
    """As many of the parts as fit beside the vehicle's own, the most urgent first."""
    taken = list[Part]()
    for part in wanted:
        if rest.fits([*own, *taken, part], vehicle):
            taken.append(part)
    return taken


def _together(own: Sequence[Part], taken: Sequence[Part]) -> list[Part]:
    """Both as one trip's parts, boxes for one stop in one visit, the most urgent first."""
    merged: dict[str, Part] = {}
    for part in (*own, *taken):
        before = merged.get(part.stop.stop_id)
        merged[part.stop.stop_id] = (
            part if before is None else replace(part, boxes=(*before.boxes, *part.boxes))
        )
    return sorted(merged.values(), key=lambda part: part.latest_start_s) if own else list(merged.values())
