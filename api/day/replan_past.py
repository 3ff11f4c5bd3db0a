"""What of a published day is done: boxes signed for, trips under way, and where their vehicles are."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from sqlmodel import Session

from api.day.replan_facts import Today
from orders.service import Service
from orders.sites import Place
from orders.store.receipts import load_receipts
from routing.plan import Trip, Visit
from routing.replan import OnRoad, Past
from routing.store.plans import load_plan, trip_events, trip_ids


@dataclass(frozen=True, slots=True)
class Reports:
    """
    What was reported of a day's trips.

    Parameters
    ----------
    signed_s
        When each box was signed for, by id.
    left_s, back_s
        When each trip left and was back, by code.
    """

    signed_s: Mapping[str, int]
    left_s: Mapping[str, int]
    back_s: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Under:
    """
    A trip under way as planned: what of it is done, and how far the vehicle has come since.

    Parameters
    ----------
    vehicle_id, trip
        Whose; as planned.
    done, ahead
        Its visits.
    road
        Where it is and what is aboard.
    driven_m
        Metres so far.
    """

    vehicle_id: str
    trip: Trip
    done: tuple[Visit, ...]
    ahead: tuple[Visit, ...]
    road: OnRoad
    driven_m: int


def reports_of(session: Session, service: Service) -> Reports:
    """What sites and drivers reported, in seconds of the service."""
    receipts = load_receipts(session, service).values()
    loaded = load_plan(session, service.key)
    plan_id = loaded[0].plan_id if loaded else ""
    told, codes = trip_events(session, plan_id), trip_ids(session, plan_id)
    acts = {code: told.get(row, {}) for code, row in codes.items()}
    return Reports(
        {one.box_id: service.seconds(one.happened_at) for one in receipts},
        {code: service.seconds(one["departed"]) for code, one in acts.items() if "departed" in one},
        {code: service.seconds(one["returned"]) for code, one in acts.items() if "returned" in one},
    )


def as_planned(today: Today, reports: Reports, at_s: int) -> Reports:
    """The reports with what the plan says will have happened by an instant that is still ahead."""
    left_s = {trip.trip_code: trip.depart_s for trip in today.trips if trip.depart_s <= at_s}
    left = [trip for trip in today.trips if trip.trip_code in left_s.keys() | reports.left_s.keys()]
    signed_s = {
        box_id: visit.leave_s
        for trip in left
        for visit in trip.visits
        for box_id in visit.box_ids
        if visit.leave_s <= at_s
    }
    back_s = {trip.trip_code: trip.return_s for trip in left if trip.return_s <= at_s}
    return Reports(
        {**signed_s, **reports.signed_s}, {**left_s, **reports.left_s}, {**back_s, **reports.back_s}
    )


def past_of(
    today: Today, reports: Reports, at_s: int, now_s: int, stands: Mapping[str, Place]
) -> tuple[Past, list[Under]]:
    """
    The past of a day, and its trips under way.

    Parameters
    ----------
    today, reports
        The published day, and what was reported of it. Of a vehicle that is out only what was signed for is
        done, since then too; of another one also what by the plan is over, since its phone may be without
        network.
    at_s, now_s
        When it happened, which is where vehicles were by then; when the rest is driven from.
    stands
        Places where vehicles are known to stand, by id.
    """
    under, back_s, departures = list[Under](), dict[str, int](), dict[str, int]()
    for route in today.plan.routes:
        for trip in route.trips:
            if trip.trip_code not in today.departed:
                continue
            departures[route.vehicle_id] = departures.get(route.vehicle_id, 0) + 1
            one = _under(today, route.vehicle_id, trip, reports, at_s, now_s)
            if one.ahead:
                under.append(one if route.vehicle_id not in stands else _at(one, stands[route.vehicle_id]))
            else:
                back_s[route.vehicle_id] = reports.back_s.get(trip.trip_code, trip.return_s)
    done = frozenset(reports.signed_s)
    done |= {box for one in (*today.lost, *today.turned_back) for box in one.box_ids}
    done |= {box for one in under for visit in one.done for box in visit.box_ids}
    return Past(now_s, done, departures, back_s, tuple(one.road for one in under)), under


def _under(today: Today, vehicle_id: str, trip: Trip, reports: Reports, at_s: int, now_s: int) -> Under:
    signed = set(reports.signed_s)
    if vehicle_id not in today.road.out:
        signed |= {box for one in trip.visits if one.leave_s <= at_s for box in one.box_ids}
    done, ahead = (tuple(_only(trip, signed, there=there)) for there in (True, False))
    places = {site_id: site.place for site_id, site in today.facts.sites.items()}
    last = max(done, key=lambda one: _signed_s(one, reports), default=None)
    left_s = reports.left_s.get(trip.trip_code, trip.depart_s) if last is None else _signed_s(last, reports)
    start = today.facts.kitchen.place if last is None else places[last.stop_id]
    meets = today.meets.get(trip.trip_code)
    if meets is not None and ahead and left_s < meets[1] <= ahead[0].arrive_s:
        start, left_s = meets
    part, place = 0.0, start
    if ahead:
        part = min(1.0, max(0.0, (at_s - left_s) / max(1, ahead[0].travel_s)))
        place = _between(start, places[ahead[0].stop_id], part)
    driven_m = sum(one.distance_m for one in done) + round(part * (ahead[0].distance_m if ahead else 0))
    waiting = tuple((one.stop_id, one.box_ids) for one in ahead)
    road = OnRoad(vehicle_id, trip.trip_code, trip.depart_s, place, max(now_s, left_s), waiting)
    return Under(vehicle_id, trip, done, ahead, road, driven_m)


def _at(one: Under, place: Place) -> Under:
    return replace(one, road=replace(one.road, place=place))


def _only(trip: Trip, signed: Set[str], *, there: bool) -> Iterator[Visit]:
    """The visits with their boxes that are signed for, or with those that are not."""
    for visit in trip.visits:
        boxes = tuple(box for box in visit.box_ids if (box in signed) == there)
        if boxes:
            yield replace(visit, box_ids=boxes)


def _signed_s(visit: Visit, reports: Reports) -> int:
    return max(reports.signed_s.get(box, visit.leave_s) for box in visit.box_ids)


def _between(start: Place, end: Place, part: float) -> Place:
    """The place on the straight line, by its part of the way."""
    return Place(start.lat + part * (end.lat - start.lat), start.lon + part * (end.lon - start.lon))
