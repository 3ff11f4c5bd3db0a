"""Under way: the rest of a day that has begun, as a problem whose past is fixed, and trips driven on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations

from orders.sites import Place
from routing.check_sums import Span, free_spans, rests_that_do_not_fit
from routing.parts import Part
from routing.plan import Trip, Visit
from routing.problem import Load, Problem, Started, Stop, Vehicle
from routing.travel import Ways

MOST_PERMUTED = 5
NO_BOXES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OnRoad:
    """
    A trip that has left and is not over.

    Parameters
    ----------
    vehicle_id, trip_code, depart_s
        Whose, which, and when it left.
    place, from_s
        Where the vehicle is and when it can go on from there.
    ahead
        Stops it has not served yet with their boxes, in the order of driving.
    """

    vehicle_id: str
    trip_code: str
    depart_s: int
    place: Place
    from_s: int
    ahead: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def box_ids(self) -> tuple[str, ...]:
        """What is aboard."""
        return tuple(box_id for _, boxes in self.ahead for box_id in boxes)


@dataclass(frozen=True, slots=True)
class Past:
    """
    What of a day is done and cannot be moved.

    Parameters
    ----------
    now_s
        This second.
    done
        Boxes that nobody brings any more: handed over, or lost.
    departures
        Trips that each vehicle has left on, the one under way included.
    back_s
        When each vehicle that is not on the road came back from its last trip.
    on_road
        Trips under way, at most one a vehicle.
    """

    now_s: int
    done: frozenset[str] = NO_BOXES
    departures: Mapping[str, int] = field(default_factory=dict)
    back_s: Mapping[str, int] = field(default_factory=dict)
    on_road: tuple[OnRoad, ...] = ()

    def without(self, vehicle_id: str) -> "Past":
        """The past without the trip that a vehicle cannot finish."""
        return replace(self, on_road=tuple(one for one in self.on_road if one.vehicle_id != vehicle_id))


def rest_of(day: Problem, past: Past, ways: Ways) -> Problem:
    """
    What is left of a day: the boxes still to be brought, by the vehicles as they now are.

    Parameters
    ----------
    day
        The whole day, with no trip under way.
    past
        What is done, and which trips are under way.
    ways
        The ways between places: depots, stops that are left, and where the vehicles under way are.

    Returns
    -------
    Problem
        With a `Started` for each trip under way. A vehicle that can leave no more is not in it.
    """
    stops = tuple(left for one in day.stops if (left := _left_of(one, past.done)) is not None)
    driving = {one.vehicle_id for one in past.on_road}
    vehicles = tuple(
        later
        for one in day.vehicles
        if (later := _from_now(one, past, under_way=one.vehicle_id in driving)) is not None
    )
    places = [one.place for one in day.depots]
    places += [*(one.place for one in stops), *(one.place for one in past.on_road)]
    first = len(day.depots) + len(stops)
    started = tuple(
        Started(one.vehicle_id, one.trip_code, one.depart_s, first + n, one.from_s, one.box_ids)
        for n, one in enumerate(past.on_road)
    )
    return Problem(
        day.service_key, day.depots, stops, vehicles, ways.between(places, len(day.depots)), started
    )


def _left_of(stop: Stop, done: Collection[str]) -> Stop | None:
    boxes = tuple(load for load in stop.boxes if load.box_id not in done)
    if not boxes:
        return None
    if len(boxes) == len(stop.boxes):
        return stop
    return replace(stop, boxes=boxes, empties_units=0, empties_weight_g=0)


def _from_now(vehicle: Vehicle, past: Past, *, under_way: bool) -> Vehicle | None:
    """A vehicle as it can still be used; None for one that cannot leave any more."""
    made = past.departures.get(vehicle.vehicle_id, 0)
    trips = vehicle.most_trips - made + under_way
    back_s = past.back_s.get(vehicle.vehicle_id)
    ready_s = vehicle.shift_start_s if back_s is None else back_s + vehicle.reload_s
    begins_s = max(vehicle.shift_start_s, ready_s, past.now_s)
    if trips < 1 or (begins_s > vehicle.shift_end_s and not under_way):
        return None
    return replace(
        vehicle,
        shift_start_s=min(begins_s, vehicle.shift_end_s),
        most_trips=trips,
        breaks=tuple(one for one in vehicle.breaks if one.to_s - one.rest_s >= past.now_s),
        fixed_cost=0 if made else vehicle.fixed_cost,
    )


def after_trips(vehicle: Vehicle, driven: Sequence[Span]) -> Vehicle:
    """
    A vehicle with the hours out and the rests that trips already driven leave it.

    Parameters
    ----------
    vehicle
        As at the beginning of the day.
    driven
        Departure and return of each trip it has made or is on, in order.
    """
    if not driven:
        return vehicle
    (first_s, _), (_, back_s) = driven[0], driven[-1]
    out_s = vehicle.most_out_s
    still = rests_that_do_not_fit(vehicle.breaks, free_spans(driven, vehicle.reload_s)[:-1])
    later = (replace(one, from_s=max(one.from_s, back_s)) for one in still if one.to_s - one.rest_s >= back_s)
    end_s = vehicle.shift_end_s if out_s is None else min(vehicle.shift_end_s, first_s + out_s)
    return replace(
        vehicle,
        shift_end_s=max(end_s, vehicle.shift_start_s),
        breaks=tuple(later),
        fixed_cost=0,
    )


def coming_home(day: Problem, back_s: Mapping[str, int]) -> Problem:
    """
    The day for the judge of trips under way: what has left brings its food, then its driver rests.

    A closed road may make a driver late for a rest or the end of the shift; that keeps no food back.

    Parameters
    ----------
    day
        The whole day.
    back_s
        When vehicles under way are home at the latest, be it behind their shift; 0 for within it.
    """
    vehicles = tuple(
        one
        if one.vehicle_id not in back_s
        else replace(
            one,
            shift_end_s=max(one.shift_end_s, back_s[one.vehicle_id]),
            breaks=(),
            most_out_s=None,
        )
        for one in day.vehicles
    )
    return replace(day, vehicles=vehicles)


@dataclass(frozen=True, slots=True)
class Rest:
    """A problem's stops and loads by id, to make parts of them."""

    problem: Problem
    places: Mapping[str, int]
    loads: Mapping[str, Load]
    vehicles: Mapping[str, Vehicle]

    @classmethod
    def of(cls, problem: Problem) -> "Rest":
        """Of one problem."""
        return cls(
            problem,
            {stop.stop_id: place for place, stop in enumerate(problem.stops, problem.first_stop)},
            {load.box_id: load for stop in problem.stops for load in stop.boxes},
            {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles},
        )

    def part(self, stop_id: str, box_ids: Sequence[str]) -> Part:
        """Boxes of a stop that travel together."""
        place = self.places[stop_id]
        stop = self.problem.stops[place - self.problem.first_stop]
        return Part(place, stop, tuple(self.loads[box_id] for box_id in box_ids))

    def ahead(self, trip: OnRoad) -> list[Part]:
        """What a trip under way has still to bring, in its order."""
        return [self.part(stop_id, box_ids) for stop_id, box_ids in trip.ahead]

    def fits(self, parts: Sequence[Part], vehicle: Vehicle) -> bool:
        """Whether a vehicle has the room and the skills for these parts at once."""
        loads = [load for part in parts for load in part.boxes]
        cold = sum(load.units for load in loads if load.cold)
        hot = sum(load.units for load in loads) - cold
        rooms = ((hot + cold, vehicle.units), (hot, vehicle.hot_units), (cold, vehicle.cold_units))
        return (
            all(most is None or units <= most for units, most in rooms)
            and sum(load.weight_g for load in loads) <= vehicle.weight_g
            and all(part.stop.needs <= vehicle.skills for part in parts)
        )


def drive_on(rest: Rest, started: Started, visits: Sequence[Part]) -> Trip | None:
    """
    The minutes of a trip under way whose order is known: it waits nowhere but at closed doors.

    Returns
    -------
    Trip
        Its visits from now on, its metres from where it is; None where there is no way.
    """
    vehicle, travel = rest.vehicles[started.vehicle_id], rest.problem.travel
    here, now_s, metres, timed = started.place, started.from_s, 0, list[Visit]()
    for part in visits:
        leg = travel.leg(here, part.place)
        if leg is None:
            return None
        driven_s = vehicle.drive_s(leg.seconds)
        start_s = _opens(part.stop, now_s + driven_s)
        leave_s = start_s + part.hand_over_s
        timed.append(
            Visit(part.stop.stop_id, part.box_ids, now_s + driven_s, start_s, leave_s, leg.metres, driven_s)
        )
        here, now_s, metres = part.place, leave_s, metres + leg.metres
    back = travel.leg(here, rest.problem.depot_place(vehicle))
    if back is None:
        return None
    return_s = now_s + vehicle.drive_s(back.seconds)
    return Trip(started.trip_code, started.depart_s, return_s, tuple(timed), metres + back.metres)


def late_parts(trip: Trip, visits: Sequence[Part]) -> list[Part]:
    """The parts of a timed trip that come after their door, their deliver-by or their food's clock."""
    return [part for part, visit in zip(visits, trip.visits, strict=True) if _late_s(trip, visit, part) > 0]


def in_order(rest: Rest, started: Started, visits: Sequence[Part]) -> tuple[list[Part], Trip | None]:
    """
    The order of a trip under way: as it is where nothing comes late by it, else the least late one.

    Of orders that are as late, the one that is back first; up to five stops all of them are tried, of more
    each stop is moved to each place until nothing gets better.
    """
    best = list(visits)
    score, trip = _scored(rest, started, best)
    if score[0] == 0:
        return best, trip
    tried = permutations(visits) if len(visits) <= MOST_PERMUTED else _moved(visits)
    for other in tried:
        found, timed = _scored(rest, started, other)
        if found < score:
            best, score, trip = list(other), found, timed
    if len(visits) > MOST_PERMUTED and best != list(visits) and score[0]:
        return in_order(rest, started, best)
    return best, trip


def driven_on(rest: Rest, started: Started, visits: Sequence[Part]) -> tuple[list[Part], Trip | None]:
    """
    A trip under way with what it can still bring in time.

    Returns
    -------
    tuple[list[Part], Trip | None]
        The parts that would come too late and stay out, and the trip with the others; None where it cannot
        go anywhere in time.
    """
    left, parts = list[Part](), list(visits)
    while True:
        parts, trip = in_order(rest, started, parts)
        late = parts if trip is None else late_parts(trip, parts)
        if not parts or not late:
            return left, trip
        without = [[one for one in parts if one is not part] for part in late]
        orders = [in_order(rest, started, one)[0] for one in without]
        scores = [_scored(rest, started, one)[0] for one in orders]
        chosen = scores.index(min(scores))
        left.append(late[chosen])
        parts = without[chosen]


def _scored(rest: Rest, started: Started, visits: Sequence[Part]) -> tuple[tuple[int, int, int], Trip | None]:
    trip = drive_on(rest, started, visits)
    if trip is None:
        return (sum(len(part.boxes) for part in visits) + 1, 0, 0), None
    late = [(part, _late_s(trip, visit, part)) for part, visit in zip(visits, trip.visits, strict=True)]
    boxes = sum(len(part.boxes) for part, late_s in late if late_s > 0)
    return (boxes, sum(late_s for _, late_s in late if late_s > 0), trip.return_s), trip


def _late_s(trip: Trip, visit: Visit, part: Part) -> int:
    """Seconds by which a visit breaks the strictest of its doors and clocks; 0 or less when it keeps them."""
    aboard = [load.most_aboard_s for load in part.boxes if load.most_aboard_s is not None]
    latest_s = part.latest_start_s
    if aboard:
        latest_s = min(latest_s, trip.depart_s + min(aboard) - part.hand_over_s)
    return visit.start_s - latest_s


def _moved(visits: Sequence[Part]) -> Iterator[list[Part]]:
    for n, part in enumerate(visits):
        rest = [*visits[:n], *visits[n + 1 :]]
        for place in range(len(visits)):
            if place != n:
                yield [*rest[:place], part, *rest[place:]]


def _opens(stop: Stop, arrive_s: int) -> int:
    """When a hand-over can begin; at once at a door that has closed for the day."""
    return next((max(arrive_s, one.open_s) for one in stop.windows if arrive_s <= one.close_s), arrive_s)
