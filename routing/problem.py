"""Problem: what has to be driven, in whole seconds, metres, grams, units and mills."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from orders.sites import Place
from routing.travel import Travel

NONE: frozenset[str] = frozenset()


class Window(NamedTuple):
    """When a hand-over may start: from ``open_s`` to ``close_s``, both included."""

    open_s: int
    close_s: int


@dataclass(frozen=True, slots=True)
class Depot:
    """
    Where trips begin and end.

    Parameters
    ----------
    kitchen_id
        The kitchen's short code; the depot's name in the problem.
    place
        Its yard.
    docks
        Vehicles that can be loaded at once; None where nobody has to wait. A vehicle stands at a dock for its
        ``reload_s`` before each departure.
    """

    kitchen_id: str
    place: Place
    docks: int | None = None

    def __post_init__(self) -> None:
        if self.docks is not None and self.docks < 1:
            raise ValueError(f"Depot {self.kitchen_id} needs a dock.")


@dataclass(frozen=True, slots=True)
class Load:
    """
    One box, as far as a van needs to know it.

    Parameters
    ----------
    box_id
        Row id or code of the box.
    units
        Room it takes, in the vehicle's units.
    weight_g
        Gross weight, grams.
    release_s
        Earliest departure.
    deliver_by_s
        Latest end of the hand-over.
    eat_by_s
        Last mouthful.
    second_leg_s
        Longest way on from the site by hand, 0 for food eaten at the site.
    cold
        Needs a vehicle's cold room; any other box needs its hot room.
    most_aboard_s
        Longest time from the departure to the end of the hand-over; None for food that only has its clock.
    kitchen_id
        The depot it leaves from; empty where any will do.
    """

    box_id: str
    units: int
    weight_g: int
    release_s: int
    deliver_by_s: int
    eat_by_s: int
    second_leg_s: int = 0
    cold: bool = False
    most_aboard_s: int | None = None
    kitchen_id: str = ""

    def __post_init__(self) -> None:
        if self.units < 0 or self.weight_g < 0 or self.second_leg_s < 0:
            raise ValueError(f"Box {self.box_id}: units, weight and second leg must be >= 0.")
        if self.most_aboard_s is not None and self.most_aboard_s < 0:
            raise ValueError(f"Box {self.box_id}: its longest time aboard must be >= 0.")


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A place to hand boxes over.

    Parameters
    ----------
    stop_id
        Unique in the problem.
    site_id
        The site that receives.
    place
        Where the van stops.
    windows
        When a hand-over may start; at least one, apart from each other, in order.
    unload_s
        From the start of a hand-over to the signature, at each visit.
    boxes
        What it gets, at least one box.
    serving_starts_s
        First plate, never before the boxes are there.
    serving_s
        From the first plate to the last.
    unload_box_s
        Added to ``unload_s`` for each box handed over: the floor, the trolley, the lift.
    needs
        Skills a vehicle must have to serve it: ``lift``, ``narrow_lane``, ...
    priority
        None for a stop that must be served; else 1 (left out first) and more (later).
    empties_units, empties_weight_g
        Empty carriers that wait there and come back with the first vehicle that serves it.
    familiar
        Vehicles whose driver knows the way in; empty where nobody needs to.
    """

    stop_id: str
    site_id: str
    place: Place
    windows: tuple[Window, ...]
    unload_s: int
    boxes: tuple[Load, ...]
    serving_starts_s: int
    serving_s: int
    unload_box_s: int = 0
    needs: frozenset[str] = NONE
    priority: int | None = None
    empties_units: int = 0
    empties_weight_g: int = 0
    familiar: frozenset[str] = NONE

    def __post_init__(self) -> None:
        _require_windows(self.stop_id, self.windows)
        figures = (
            self.unload_s,
            self.serving_s,
            self.unload_box_s,
            self.empties_units,
            self.empties_weight_g,
        )
        if min(figures) < 0:
            raise ValueError(
                f"Stop {self.stop_id}: seconds of unloading and serving, and empties, must be >= 0."
            )
        if self.priority is not None and self.priority < 1:
            raise ValueError(f"Stop {self.stop_id}: priority must be >= 1, or none for a stop to be served.")
        if not self.boxes:
            raise ValueError(f"Stop {self.stop_id} has no box.")

    @property
    def open_s(self) -> int:
        """Earliest start of a hand-over."""
        return self.windows[0].open_s

    @property
    def close_s(self) -> int:
        """Latest start of a hand-over."""
        return self.windows[-1].close_s

    def hand_over_s(self, boxes: int) -> int:
        """Seconds from the start of a hand-over of so many boxes to the signature."""
        return self.unload_s + boxes * self.unload_box_s


@dataclass(frozen=True, slots=True)
class Break:
    """A driver's rest of ``rest_s`` between two trips, begun and ended from ``from_s`` to ``to_s``."""

    from_s: int
    to_s: int
    rest_s: int

    def __post_init__(self) -> None:
        if not 0 < self.rest_s <= self.to_s - self.from_s:
            raise ValueError(f"A break of {self.rest_s} s does not fit from {self.from_s} to {self.to_s}.")


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    A van on one service day.

    Parameters
    ----------
    vehicle_id
        Unique in the problem.
    units
        Room for boxes, hot and cold together.
    weight_g
        Greatest load, grams.
    shift_start_s, shift_end_s
        Not on the road before the one or after the other.
    reload_s
        Between the return of a trip and the next departure.
    most_trips
        Trips it may make, at least 1.
    kitchen_id
        The depot of all its trips; empty for the problem's first.
    hot_units, cold_units
        Room of its hot and of its cold compartment; None where all its room will do.
    skills
        What it can do: ``lift``, ``narrow_lane``, ``cold_plate``, ...
    pace_pct
        Its driving time in hundredths of the travel matrix's, rounded up: 150 for a slow tricycle.
    breaks
        Rests of its driver, in order.
    most_out_s
        Longest time from the first departure to the last return; None where the shift alone bounds it.
    fixed_cost
        Mills (thousandths of a fen) for a day on which it drives at all.
    trip_cost
        Mills for each departure.
    metre_cost, second_cost
        Mills a metre, which is fen a kilometre, and mills a second from a departure to its return.
    """

    vehicle_id: str
    units: int
    weight_g: int
    shift_start_s: int
    shift_end_s: int
    reload_s: int
    most_trips: int = 3
    kitchen_id: str = ""
    hot_units: int | None = None
    cold_units: int | None = None
    skills: frozenset[str] = NONE
    pace_pct: int = 100
    breaks: tuple[Break, ...] = ()
    most_out_s: int | None = None
    fixed_cost: int = 0
    trip_cost: int = 0
    metre_cost: int = 1
    second_cost: int = 0

    def __post_init__(self) -> None:
        if self.units < 0 or self.weight_g < 0 or self.reload_s < 0 or self.most_trips < 1:
            raise ValueError(f"Vehicle {self.vehicle_id}: room and reload must be >= 0, most_trips >= 1.")
        if self.shift_end_s < self.shift_start_s:
            raise ValueError(f"Vehicle {self.vehicle_id}: the shift ends before it starts.")
        if min(self.hot_units or 0, self.cold_units or 0, self.most_out_s or 0) < 0 or self.pace_pct < 1:
            raise ValueError(f"Vehicle {self.vehicle_id}: room and time out must be >= 0, the pace >= 1 %.")
        if min(self.fixed_cost, self.trip_cost, self.metre_cost, self.second_cost) < 0:
            raise ValueError(f"Vehicle {self.vehicle_id}: costs must be >= 0.")

    def drive_s(self, seconds: int) -> int:
        """Its own driving time for one of the travel matrix's."""
        return -(-seconds * self.pace_pct // 100)


@dataclass(frozen=True, slots=True)
class Started:
    """
    A vehicle's trip that is under way: its past is fixed, its boxes are aboard.

    Parameters
    ----------
    vehicle_id
        Whose; at most one a vehicle.
    trip_code
        As on the paper the driver holds.
    depart_s
        When it left; the time aboard of its boxes counts from then.
    place
        Number of the place in the travel matrix from which it goes on.
    from_s
        When it can go on from there, not before.
    box_ids
        Aboard: this trip brings them, and nothing else.
    """

    vehicle_id: str
    trip_code: str
    depart_s: int
    place: int
    from_s: int
    box_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One service's deliveries.

    Parameters
    ----------
    service_key
        Whose second 0 all seconds count from.
    depots
        The kitchens, at least one; the first is that of vehicles which name none.
    stops
        Places with boxes.
    vehicles
        The fleet that may be used.
    travel
        The depots come first, then the stops in order, then the places of `started`.
    started
        Trips under way, each the first of its vehicle.
    """

    service_key: str
    depots: tuple[Depot, ...]
    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    travel: Travel
    started: tuple[Started, ...] = ()

    def __post_init__(self) -> None:
        if not self.depots:
            raise ValueError("A problem needs a depot.")
        places = len(self.depots) + len(self.stops)
        if self.travel.size < places or (self.travel.size > places and not self.started):
            named = f"{len(self.depots)} depots and {len(self.stops)} stops"
            raise ValueError(f"Travel has {self.travel.size} places for {named}.")
        _require_unique("depot", (depot.kitchen_id for depot in self.depots))
        _require_unique("stop", (stop.stop_id for stop in self.stops))
        _require_unique("vehicle", (vehicle.vehicle_id for vehicle in self.vehicles))
        _require_unique("box", (load.box_id for stop in self.stops for load in stop.boxes))
        _require_unique("trip under way", (one.vehicle_id for one in self.started))
        self._require_known()

    @property
    def depot(self) -> Depot:
        """The first kitchen."""
        return self.depots[0]

    @property
    def first_stop(self) -> int:
        """The place of the first stop in the travel matrix; the others follow."""
        return len(self.depots)

    def depot_place(self, vehicle: Vehicle) -> int:
        """The place in the travel matrix where a vehicle's trips begin and end."""
        names = [depot.kitchen_id for depot in self.depots]
        return names.index(vehicle.kitchen_id) if vehicle.kitchen_id else 0

    def _require_known(self) -> None:
        kitchens = {"", *(depot.kitchen_id for depot in self.depots)}
        for vehicle in self.vehicles:
            if vehicle.kitchen_id not in kitchens:
                raise ValueError(f"Vehicle {vehicle.vehicle_id}: no depot {vehicle.kitchen_id!r}.")
        boxes = {load.box_id: load.kitchen_id for stop in self.stops for load in stop.boxes}
        for box_id, kitchen_id in boxes.items():
            if kitchen_id not in kitchens:
                raise ValueError(f"Box {box_id}: no depot {kitchen_id!r}.")
        vehicles = {vehicle.vehicle_id for vehicle in self.vehicles}
        for one in self.started:
            if one.vehicle_id not in vehicles or not 0 <= one.place < self.travel.size:
                raise ValueError(
                    f"Trip {one.trip_code}: no vehicle {one.vehicle_id!r}, or no place {one.place}."
                )
            if lost := [box_id for box_id in one.box_ids if box_id not in boxes]:
                raise ValueError(f"Trip {one.trip_code}: boxes of no stop are aboard: {', '.join(lost)}.")
        _require_unique("box aboard", (box_id for one in self.started for box_id in one.box_ids))


def _require_windows(stop_id: str, windows: tuple[Window, ...]) -> None:
    if not windows:
        raise ValueError(f"Stop {stop_id} has no time window.")
    for window in windows:
        if window.close_s < window.open_s:
            raise ValueError(
                f"Stop {stop_id} closes at {window.close_s}, before it opens at {window.open_s}: "
                "close_s must be at least open_s."
            )
    for before, after in pairwise(windows):
        if after.open_s <= before.close_s:
            raise ValueError(f"Stop {stop_id}: its time windows must be in order and apart from each other.")


def _require_unique(kind: str, ids: Iterable[str]) -> None:
    twice = sorted(name for name, count in Counter(ids).items() if count > 1)
    if twice:
        raise ValueError(f"The same {kind} stands twice: {', '.join(twice)}.")
