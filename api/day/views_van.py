"""What a driver's page shows: one van's trips, the stop that comes next, and the boxes to unload there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.day.road_state import road_kept
from api.day.views import AlarmView, Round, load_round
from kitchen.boxes import Box
from orders.menus import HoldClass
from orders.receipts import Receipt
from orders.service import Service
from orders.sites import Place, Site
from orders.store.diners import load_diner
from orders.store.orders import load_orders
from routing.plan import Trip, Visit
from routing.store.fleet import load_vans
from routing.store.plans import TripAct, load_plan, trip_events, trip_ids
from routing.vans import Van

Haste = Literal["in_time", "tight", "late"]
TIGHT_S = 900


@dataclass(frozen=True, slots=True)
class VanBox:
    """
    One box to be unloaded.

    Parameters
    ----------
    box_id, code, hold_class, portions
        Which box.
    for_diner
        Name of the diner whose sealed box it is, else empty.
    second_leg
        Whether a volunteer carries it on.
    packed
        Whether it is closed.
    deliver_by_at
        Latest hand-over.
    receipt
        The site's word, None before it.
    alarms
        Not cleared.
    """

    box_id: str
    code: str
    hold_class: HoldClass
    portions: int
    for_diner: str
    second_leg: bool
    packed: bool
    deliver_by_at: datetime
    receipt: Receipt | None
    alarms: tuple[AlarmView, ...]


@dataclass(frozen=True, slots=True)
class StopView:
    """
    One stop of a trip.

    Parameters
    ----------
    number
        Its place in the trip, from 1.
    site
        Where.
    arrive_at, closes_at
        Planned arrival; latest hand-over by the site's hours.
    boxes
        What is handed over.
    orders
        Numbers of the orders that end here: of a home, none of a canteen.
    moved
        Where the stop is today; None at its own door.
    """

    number: int
    site: Site
    arrive_at: datetime
    closes_at: datetime
    boxes: tuple[VanBox, ...]
    orders: tuple[str, ...] = ()
    moved: Place | None = None

    @property
    def waiting(self) -> tuple[VanBox, ...]:
        """Boxes without a receipt."""
        return tuple(box for box in self.boxes if box.receipt is None)

    @property
    def deliver_by_at(self) -> datetime:
        """The earliest latest hand-over of what waits, within the site's hours."""
        return min([self.closes_at, *(box.deliver_by_at for box in self.waiting)])

    def haste(self, now_at: datetime) -> Haste:
        """How much time is left before the latest hand-over."""
        left_s = (self.deliver_by_at - now_at).total_seconds()
        return "late" if left_s < 0 else "tight" if left_s < TIGHT_S else "in_time"


@dataclass(frozen=True, slots=True)
class FetchView:
    """
    Boxes that a trip fetches from another van before it brings them.

    Parameters
    ----------
    from_van
        Where they are now.
    lat, lon
        Where that van stands, as told or reckoned.
    there_at
        When this one is there.
    box_codes
        Which boxes.
    """

    from_van: Van
    lat: float
    lon: float
    there_at: datetime
    box_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TripView:
    """
    One trip of the van.

    Parameters
    ----------
    trip_id, code
        Row id, and what people call it.
    depart_at, return_at
        Planned.
    departed_at, returned_at
        As reported.
    stops
        In the order of driving.
    fetches
        What it fetches from other vans.
    """

    trip_id: str
    code: str
    depart_at: datetime
    return_at: datetime
    departed_at: datetime | None
    returned_at: datetime | None
    stops: tuple[StopView, ...]
    fetches: tuple[FetchView, ...] = ()

    @property
    def next_stop(self) -> StopView | None:
        """The first stop where a box waits for its hand-over."""
        return next((stop for stop in self.stops if stop.waiting), None)

    @property
    def boxes(self) -> tuple[VanBox, ...]:
        """All boxes of the trip, by stop."""
        return tuple(box for stop in self.stops for box in stop.boxes)


@dataclass(frozen=True, slots=True)
class VanView:
    """
    A van's page.

    Parameters
    ----------
    service
        Which service.
    van
        Whose page.
    vans
        All vans of the kitchen that drive in this service.
    trips
        Of this van, by departure.
    """

    service: Service
    van: Van
    vans: tuple[Van, ...]
    trips: tuple[TripView, ...]

    @property
    def trip(self) -> TripView | None:
        """The trip that is under way or comes next, None when every box is handed over."""
        return next((trip for trip in self.trips if trip.next_stop is not None), None)


def van_view(session: Session, service: Service, van_id: str | None) -> VanView | None:
    """
    A van's page; None while no plan is published or no van drives.

    Parameters
    ----------
    session
        Open transaction.
    service
        Which service.
    van_id
        The van, or None for the first one that drives.
    """
    found, loaded = load_round(session, service), load_plan(session, service.key)
    vans = {van.van_id: van for van in load_vans(session, service.kitchen_id)}
    if found is None or loaded is None or not vans:
        return None
    head, plan = loaded
    driving = {route.vehicle_id: route for route in plan.routes if route.vehicle_id in vans and route.trips}
    van = vans.get(van_id or next(iter(driving), ""))
    if van is None:
        return None
    ids, events = trip_ids(session, head.plan_id), trip_events(session, head.plan_id)
    trips = driving[van.van_id].trips if van.van_id in driving else ()
    diners = _diner_names(session, found)
    alarms = found.open_alarms()
    orders: dict[str, tuple[str, ...]] = {}
    for order in load_orders(session, service, ("locked",)):
        if order.site_id in found.sites and found.sites[order.site_id].kind == "home":
            orders[order.site_id] = (*orders.get(order.site_id, ()), order.code)
    fetched, moved = _fetches(session, found, vans), road_kept(session, service).road.moved
    return VanView(
        service=service,
        van=van,
        vans=tuple(vans[one] for one in sorted(driving)),
        trips=tuple(
            replace(
                _elsewhere(
                    _trip(
                        found,
                        trip,
                        ids[trip.trip_code],
                        events.get(ids[trip.trip_code], {}),
                        diners,
                        alarms,
                        orders,
                    ),
                    moved,
                ),
                fetches=fetched.get(trip.trip_code, ()),
            )
            for trip in trips
        ),
    )


def _fetches(session: Session, found: Round, vans: Mapping[str, Van]) -> dict[str, tuple[FetchView, ...]]:
    """What trips fetch from other vans, by trip code."""
    fetches: dict[str, tuple[FetchView, ...]] = {}
    for one in road_kept(session, found.service).fetched:
        if one["from_vehicle"] in vans:
            codes = tuple(found.boxes[box].code for box in one["box_ids"] if box in found.boxes)
            at = datetime.fromisoformat(one["there_at"])
            view = FetchView(vans[one["from_vehicle"]], one["lat"], one["lon"], at, codes)
            fetches[one["trip"]] = (*fetches.get(one["trip"], ()), view)
    return fetches


def deliver_by_at(found: Round, box: Box) -> datetime:
    """A box's latest hand-over: as planned, or earlier by as much as its last mouthful moved."""
    verdict = found.verdicts.get(box.box_id)
    planned_at = found.service.instant(box.deliver_by_s)
    if verdict is None:
        return planned_at
    return min(planned_at, verdict.eat_by_at - timedelta(seconds=box.eat_by_s - box.deliver_by_s))


def _trip(
    found: Round,
    trip: Trip,
    trip_id: str,
    events: Mapping[TripAct, datetime],
    diners: Mapping[str, str],
    alarms: tuple[AlarmView, ...],
    orders: Mapping[str, tuple[str, ...]],
) -> TripView:
    instant = found.service.instant
    return TripView(
        trip_id=trip_id,
        code=trip.trip_code,
        depart_at=instant(trip.depart_s),
        return_at=instant(trip.return_s),
        departed_at=events.get("departed"),
        returned_at=events.get("returned"),
        stops=tuple(
            replace(
                _stop(found, number, visit, diners, alarms), orders=orders.get(_site_id(found, visit), ())
            )
            for number, visit in enumerate(trip.visits, 1)
            if _site_id(found, visit) in found.sites
        ),
    )


def _elsewhere(trip: TripView, moved: Mapping[str, Place]) -> TripView:
    """The trip with the places of stops that are elsewhere today."""
    stops = (replace(stop, moved=moved.get(stop.site.site_id)) for stop in trip.stops)
    return replace(trip, stops=tuple(stops))


def _site_id(found: Round, visit: Visit) -> str:
    known = (found.boxes[box_id].site_id for box_id in visit.box_ids if box_id in found.boxes)
    return next(known, visit.stop_id)


def _stop(
    found: Round, number: int, visit: Visit, diners: Mapping[str, str], alarms: tuple[AlarmView, ...]
) -> StopView:
    site = found.sites[_site_id(found, visit)]
    boxes = [found.boxes[box_id] for box_id in visit.box_ids if box_id in found.boxes]
    return StopView(
        number=number,
        site=site,
        arrive_at=found.service.instant(visit.arrive_s),
        closes_at=found.service.at_local(site.hours.closes),
        boxes=tuple(_box(found, box, diners, alarms) for box in boxes),
    )


def _box(found: Round, box: Box, diners: Mapping[str, str], alarms: tuple[AlarmView, ...]) -> VanBox:
    return VanBox(
        box_id=box.box_id,
        code=box.code,
        hold_class=box.hold_class,
        portions=box.portions,
        for_diner=diners.get(box.for_diner or "", ""),
        second_leg=box.second_leg,
        packed=box.box_id in found.packed,
        deliver_by_at=deliver_by_at(found, box),
        receipt=found.receipts.get(box.box_id),
        alarms=tuple(one for one in alarms if one.box_code == box.code),
    )


def _diner_names(session: Session, found: Round) -> dict[str, str]:
    """Names of the diners who have a box of their own, by id."""
    wanted = {box.for_diner for box in found.boxes.values() if box.for_diner}
    diners = [diner for diner_id in sorted(wanted) if (diner := load_diner(session, diner_id))]
    return {diner.diner_id: diner.name for diner in diners}
