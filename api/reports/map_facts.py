"""Routes for a map or a navigator, their input: places, minutes and codes, and the name of no diner."""

from dataclasses import dataclass
from datetime import datetime

from orders.codes import Coded
from orders.sites import Place


@dataclass(frozen=True, slots=True)
class MapStop:
    """
    A stop on a map.

    Parameters
    ----------
    number
        Its place in the trip.
    site_code, name, address
        Of a canteen; empty of a home, whose name is its diner's.
    place
        Where.
    arrive_at, leave_at, deliver_by_at
        As planned.
    boxes, portions
        Codes of what is handed over, and how many portions that is.
    """

    number: int
    site_code: str
    name: str
    address: str
    place: Place
    arrive_at: datetime
    leave_at: datetime
    deliver_by_at: datetime
    boxes: tuple[str, ...]
    portions: int


@dataclass(frozen=True, slots=True)
class MapTrip:
    """
    One trip: its code, its vehicle, its minutes and metres, its stops in the order of driving.

    ``line`` is the road from the kitchen through the stops and back; empty where it is not known.
    """

    code: str
    vehicle: str
    depart_at: datetime
    return_at: datetime
    distance_m: int
    stops: tuple[MapStop, ...]
    line: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class MapLeft:
    """A stop whose boxes no van brings: where, which boxes, and why."""

    site_code: str
    name: str
    place: Place
    boxes: tuple[str, ...]
    reason: Coded


@dataclass(frozen=True, slots=True)
class RouteMap:
    """
    A published plan on a map.

    Parameters
    ----------
    service_key, version, printed_at
        Which plan, taken when.
    kitchen_code, kitchen_name, kitchen_place
        Where trips begin and end.
    trips
        In the order of departure.
    left
        What no van brings.
    datum
        ``"WGS-84"``, or ``"GCJ-02"`` for Chinese web maps.
    """

    service_key: str
    version: int
    printed_at: datetime
    kitchen_code: str
    kitchen_name: str
    kitchen_place: Place
    trips: tuple[MapTrip, ...]
    left: tuple[MapLeft, ...] = ()
    datum: str = "WGS-84"
