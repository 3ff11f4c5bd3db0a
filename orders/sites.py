"""Places with a window: the kitchen, canteens and homes."""

from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from math import asin, cos, hypot, radians, sin
from typing import Literal

FormOfSupply = Literal["bulk", "packed", "on_site"]
LicenceKind = Literal["collective_meal_delivery", "central_kitchen", "canteen"]
EARTH_RADIUS_M = 6_371_000
STAIRS_S, LIFT_S = 30, 15


@dataclass(frozen=True, slots=True)
class Place:
    """
    A point on the earth.

    Parameters
    ----------
    lat, lon
        WGS-84 degrees.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"Not a WGS-84 place: {self.lat}, {self.lon}.")


def great_circle_m(start: Place, end: Place) -> float:
    """Distance over the earth's surface by the haversine formula, metres."""
    half_lat = sin(radians(end.lat - start.lat) / 2)
    half_lon = sin(radians(end.lon - start.lon) / 2)
    shrink = (cos(radians(start.lat)) * cos(radians(end.lat))) ** 0.5
    return 2 * EARTH_RADIUS_M * asin(min(1.0, hypot(half_lat, shrink * half_lon)))


@dataclass(frozen=True, slots=True)
class Kitchen:
    """
    A kitchen with its licence.

    Parameters
    ----------
    kitchen_id
        Short code, the first part of every `Service`.
    name
        As on its licence.
    licence_kind
        What may leave it hot: ``"collective_meal_delivery"`` (集体用餐配送) may, a
        ``"central_kitchen"`` sends high-risk food chilled or frozen.
    licence_no
        Number of the food operation licence.
    place
        Where its dock is.
    zone
        IANA time zone.
    address, phone
        For labels.
    docks
        Vans that can be loaded at once; None where nobody has to wait.
    """

    kitchen_id: str
    name: str
    licence_kind: LicenceKind
    licence_no: str
    place: Place
    zone: str
    address: str
    phone: str
    docks: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """
    When a site takes over food and serves it, local wall times of one meal.

    Parameters
    ----------
    opens, closes
        Earliest and latest hand-over.
    serving_starts
        First plate.
    serving_minutes
        From the first plate to the last.
    second_leg_minutes
        From the last plate at the site to the last door of its volunteers; 0 where there are none.
    more_windows
        Further hours of hand-over after the first, each from and to, in order and apart.
    """

    opens: time
    closes: time
    serving_starts: time
    serving_minutes: int
    second_leg_minutes: int = 0
    more_windows: tuple[tuple[time, time], ...] = ()

    def __post_init__(self) -> None:
        if self.closes <= self.opens or min(self.serving_minutes, self.second_leg_minutes) < 0:
            raise ValueError(f"A window closes after it opens, got {self.opens} to {self.closes}.")
        if any(to <= from_ for from_, to in self.more_windows):
            raise ValueError("A further window closes after it opens.")
        if any(after[0] <= before[1] for before, after in pairwise(self.windows)):
            raise ValueError("Windows are in order and apart from each other.")

    @property
    def windows(self) -> tuple[tuple[time, time], ...]:
        """All hours of hand-over, in order."""
        return ((self.opens, self.closes), *self.more_windows)


@dataclass(frozen=True, slots=True)
class Access:
    """
    How boxes get from a van to a site's table, and who can bring them.

    Parameters
    ----------
    floor
        Storeys above (or, negative, below) the street.
    lift
        Whether boxes ride there.
    unload_box_s
        Seconds added for each box; None for what floor and lift make of it.
    needs
        Skills that a van must have: ``lift``, ``narrow_lane``, ...
    familiar
        Vans whose drivers know the way in; empty where nobody needs to.
    priority
        None for a site that must be served; else 1 (left out first) and more (later).
    door_note
        How to get in: the gate, the bell, whom to ask.
    """

    floor: int = 0
    lift: bool = False
    unload_box_s: int | None = None
    needs: frozenset[str] = frozenset()
    familiar: frozenset[str] = frozenset()
    priority: int | None = None
    door_note: str = ""

    def __post_init__(self) -> None:
        if (self.unload_box_s or 0) < 0 or (self.priority is not None and self.priority < 1):
            raise ValueError(f"Seconds a box must be >= 0 and a priority >= 1, got {self}.")

    @property
    def box_s(self) -> int:
        """Seconds that each box adds to a hand-over."""
        if self.unload_box_s is not None:
            return self.unload_box_s
        return LIFT_S * (self.floor != 0) if self.lift else STAIRS_S * abs(self.floor)


@dataclass(frozen=True, slots=True)
class Site:
    """
    A stop of the vans: a canteen, or a home served directly.

    Parameters
    ----------
    site_id
        Short code, for example ``"C03"``; a home's is ``"H-"`` and the diner's code.
    kind
        ``"canteen"`` or ``"home"``.
    name, district, address, contact
        District as its six-digit code.
    form
        Bulk pans, packed meals, or cooked on site.
    place
        Where the van stops.
    hours
        Of the meal that is planned.
    unload_s
        Seconds from the van's stop to the signature.
    capacity
        Most diners a service.
    access
        Floor, lift, skills and drivers that its door asks for, and whether it may be left out.
    """

    site_id: str
    kind: Literal["canteen", "home"]
    name: str
    district: str
    form: FormOfSupply
    place: Place
    hours: Hours
    unload_s: int
    capacity: int
    address: str = ""
    contact: str = ""
    access: Access = Access()
