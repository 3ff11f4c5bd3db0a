"""Problem: what has to be driven, in whole seconds, metres, grams and units."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from orders.sites import Place
from routing.travel import TravelMatrix


@dataclass(frozen=True, slots=True)
class Depot:
    """
    Where every trip begins and ends.

    Parameters
    ----------
    kitchen_id
        The kitchen's short code.
    place
        Its dock.
    """

    kitchen_id: str
    place: Place


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
    """

    box_id: str
    units: int
    weight_g: int
    release_s: int
    deliver_by_s: int
    eat_by_s: int
    second_leg_s: int = 0

    def __post_init__(self) -> None:
        if self.units < 0 or self.weight_g < 0 or self.second_leg_s < 0:
            raise ValueError(f"Box {self.box_id}: units, weight and second leg must be >= 0.")


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
    open_s, close_s
        Earliest and latest start of a hand-over.
    unload_s
        From the start of a hand-over to the signature, at each visit.
    boxes
        What it gets, at least one box.
    serving_starts_s
        First plate, never before the boxes are there.
    serving_s
        From the first plate to the last.
    """

    stop_id: str
    site_id: str
    place: Place
    open_s: int
    close_s: int
    unload_s: int
    boxes: tuple[Load, ...]
    serving_starts_s: int
    serving_s: int

    def __post_init__(self) -> None:
        if self.close_s < self.open_s:
            raise ValueError(
                f"Stop {self.stop_id} closes at {self.close_s}, before it opens at {self.open_s}."
            )
        if self.unload_s < 0 or self.serving_s < 0:
            raise ValueError(f"Stop {self.stop_id}: unload_s and serving_s must be >= 0.")
        if not self.boxes:
            raise ValueError(f"Stop {self.stop_id} has no box.")


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    A van on one service day.

    Parameters
    ----------
    vehicle_id
        Unique in the problem.
    units
        Room for boxes.
    weight_g
        Greatest load, grams.
    shift_start_s, shift_end_s
        Not on the road before the one or after the other.
    reload_s
        Between the return of a trip and the next departure.
    most_trips
        Trips it may make, at least 1.
    """

    vehicle_id: str
    units: int
    weight_g: int
    shift_start_s: int
    shift_end_s: int
    reload_s: int
    most_trips: int = 3

    def __post_init__(self) -> None:
        if self.units < 0 or self.weight_g < 0 or self.reload_s < 0 or self.most_trips < 1:
            raise ValueError(f"Vehicle {self.vehicle_id}: room and reload must be >= 0, most_trips >= 1.")
        if self.shift_end_s < self.shift_start_s:
            raise ValueError(f"Vehicle {self.vehicle_id}: the shift ends before it starts.")


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One service's deliveries.

    Parameters
    ----------
    service_key
        Whose second 0 all seconds count from.
    depot
        The kitchen.
    stops
        Places with boxes.
    vehicles
        The fleet that may be used.
    travel
        Place 0 is the depot, place ``i + 1`` is ``stops[i]``.
    """

    service_key: str
    depot: Depot
    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    travel: TravelMatrix

    def __post_init__(self) -> None:
        if self.travel.size != len(self.stops) + 1:
            raise ValueError(f"Travel has {self.travel.size} places for a depot and {len(self.stops)} stops.")
        _require_unique("stop", (stop.stop_id for stop in self.stops))
        _require_unique("vehicle", (vehicle.vehicle_id for vehicle in self.vehicles))
        _require_unique("box", (load.box_id for stop in self.stops for load in stop.boxes))


def _require_unique(kind: str, ids: Iterable[str]) -> None:
    twice = sorted(name for name, count in Counter(ids).items() if count > 1)
    if twice:
        raise ValueError(f"The same {kind} stands twice: {', '.join(twice)}.")
