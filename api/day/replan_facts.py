"""Facts of a re-plan: the published day as it is now, and the answer to an event."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from api.day.planning_facts import DayFacts
from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.equipment import Slot
from kitchen.replan import Event, Morning
from kitchen.store.production import Production
from orders.codes import Coded
from orders.diners import Diner
from orders.menus import Menu
from orders.order import Order
from orders.sites import Place
from routing.day_events import Road
from routing.plan import Plan, Trip, Unserved

BOX_LOST, TOO_LATE, CANCELLED = "box_lost", "box_too_late", "stop_cancelled"
TURNED_BACK = "stop_cancelled_aboard"
LOST = frozenset({BOX_LOST, TOO_LATE})


@dataclass(frozen=True, slots=True)
class Today:
    """
    A published day as it is now.

    Parameters
    ----------
    facts
        What it is planned from, as the tables have it.
    production, morning, boxes, plan, plan_id
        What is published, and what is reported of it; row id of the plan.
    menu, diners, orders
        Who may eat what; diners and orders by id.
    packed_ids
        Boxes that are closed.
    departed
        Row id of the trips that left, by their code.
    earlier
        What went wrong before, in its order.
    given_away
        Batches that were given to other cooks when the cook of the event fell ill.
    claimed
        Portions of late orders, which no batch has, by `cooked_key`: the buffer is for them.
    barred
        Batches that nobody may eat of as they stand.
    road
        What holds of vehicles, stops and roads after what happened to them.
    back_s
        When vehicles under way are back by an answer, where that is not as planned.
    fetching
        Vehicles that leave by an answer to fetch boxes, which is a trip of theirs.
    meets
        Where trips take boxes over from another vehicle, and when they go on from there, by code.
    taken
        Highest number of a trip that an answer has given already.
    """

    facts: DayFacts
    production: Production
    menu: Menu
    diners: Mapping[str, Diner]
    orders: Mapping[str, Order]
    morning: Morning
    boxes: tuple[Box, ...]
    packed_ids: frozenset[str]
    plan: Plan
    plan_id: str
    departed: Mapping[str, str]
    earlier: tuple[Event, ...] = ()
    given_away: frozenset[str] = frozenset()
    claimed: Mapping[str, int] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    road: Road = field(default_factory=Road)
    back_s: Mapping[str, int] = field(default_factory=dict)
    fetching: frozenset[str] = frozenset()
    taken: int = 0
    meets: Mapping[str, tuple[Place, int]] = field(default_factory=dict)

    @property
    def trips(self) -> tuple[Trip, ...]:
        """All trips of the published plan."""
        return self.plan.trips

    @property
    def highest_trip(self) -> int:
        """The highest number of a trip."""
        return max((self.taken, *(int(trip.trip_code.lstrip("T")) for trip in self.trips)))

    @property
    def gone(self) -> frozenset[str]:
        """Boxes on trips that left, those lost with a vehicle, and those that come back with one."""
        left = [trip for trip in self.trips if trip.trip_code in self.departed]
        aboard = frozenset(box for trip in left for visit in trip.visits for box in visit.box_ids)
        return aboard | {box_id for one in (*self.lost, *self.turned_back) for box_id in one.box_ids}

    @property
    def lost(self) -> tuple[Unserved, ...]:
        """Boxes that nobody brings since the vehicle that had them cannot go on, or they came too late."""
        return tuple(one for one in self.plan.unserved if one.reason.code in LOST)

    @property
    def turned_back(self) -> tuple[Unserved, ...]:
        """Boxes that were under way when their stop was cancelled: they are in a vehicle, not here."""
        return tuple(one for one in self.plan.unserved if one.reason.code == TURNED_BACK)

    def calls_off(self, box: Box) -> bool:
        """Whether a box has not left and its stop gets nothing."""
        return box.stop_id in self.road.cancelled and box.box_id not in self.gone

    @property
    def departs_s(self) -> dict[str, int]:
        """Planned departure by site, of trips that have not left."""
        found: dict[str, int] = {}
        for trip in self.trips:
            if trip.trip_code not in self.departed:
                for visit in trip.visits:
                    found[visit.stop_id] = min(found.get(visit.stop_id, trip.depart_s), trip.depart_s)
        return found


@dataclass(frozen=True, slots=True)
class Instead:
    """
    What a diner gets for a portion that is lost.

    Parameters
    ----------
    order_id, order_code, diner, site_id, line_id
        Whose portion, where.
    from_dish, to_dish
        What is lost, and what stands in; empty for nothing: the portion is refunded.
    """

    order_id: str
    order_code: str
    diner: str
    site_id: str
    line_id: str
    from_dish: str
    to_dish: str

    @property
    def document(self) -> dict[str, Any]:
        """As a JSON document."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answered:
    """
    A day from now on.

    Parameters
    ----------
    batches, slots
        All that stand or are new, with their minutes.
    new_ids
        Batches that are new.
    boxes_stay, boxes_new
        Boxes as they were, with their clocks as they now are, and new ones.
    plan
        Of the trips that have not left, judged by `routing.plan.check`.
    instead
        Who gets what for a lost portion.
    lost
        Batches whose food is gone.
    late
        Batches outside their window, what holds them and what would help.
    undelivered
        Lines that no box or van brings.
    notes
        What else there is to say of the schedule.
    """

    batches: tuple[Batch, ...]
    slots: tuple[Slot, ...]
    new_ids: frozenset[str]
    boxes_stay: tuple[Box, ...]
    boxes_new: tuple[Box, ...]
    plan: Plan
    instead: tuple[Instead, ...]
    lost: tuple[Batch, ...]
    late: tuple[Coded, ...]
    undelivered: frozenset[str]
    notes: tuple[Coded, ...] = ()
