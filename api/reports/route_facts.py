"""Route sheet, its input: a trip's stops with their times and boxes."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import PaperHead
from orders.menus import HoldClass
from orders.sites import Place


@dataclass(frozen=True, slots=True)
class RouteBox:
    """
    One box handed over at a stop.

    Parameters
    ----------
    code
        ``"X12"``.
    hold_class
        Hot or cold.
    portions, spare
        Inside; how many of them are for walk-ins.
    for_diner
        Name label of the only diner it is for, else empty.
    second_leg
        Whether a volunteer carries it on.
    """

    code: str
    hold_class: HoldClass
    portions: int
    for_diner: str = ""
    second_leg: bool = False
    spare: int = 0

    def __post_init__(self) -> None:
        if self.portions < 0:
            raise ValueError(f"portions must be >= 0, got {self.portions}.")


@dataclass(frozen=True, slots=True)
class RouteStop:
    """
    One place where boxes are handed over.

    Parameters
    ----------
    name, address, contact
        Where, and whom to call.
    opens_at, closes_at, more_windows
        When the place takes over, and its further hours.
    arrive_at
        As planned.
    deliver_by_at
        Latest hand-over of its earliest box.
    boxes
        What is handed over.
    owed
        Codes of empty carriers that earlier services left there, to be brought back.
    place
        Where the van stops, for the map; None on prints of older houses.
    floor, lift
        Storeys above the street, 0 on it, and whether boxes ride there.
    door_note
        How to get in: the gate, the bell, whom to ask.
    """

    name: str
    address: str
    contact: str
    opens_at: datetime
    closes_at: datetime
    arrive_at: datetime
    deliver_by_at: datetime
    boxes: tuple[RouteBox, ...]
    owed: tuple[str, ...] = ()
    place: Place | None = None
    door_note: str = ""
    more_windows: tuple[tuple[datetime, datetime], ...] = ()
    floor: int = 0
    lift: bool = False

    @property
    def portions(self) -> int:
        """Portions handed over."""
        return sum(box.portions for box in self.boxes)


@dataclass(frozen=True, slots=True)
class RouteTrip:
    """
    One vehicle's way from dock to dock.

    Parameters
    ----------
    code
        ``"T1"``.
    vehicle, driver, phone
        Names as people say them, and the driver's number; empty when nobody is named yet.
    depart_at, return_at
        As planned.
    distance_m
        Way, metres.
    stops
        In the order of driving.
    qr_text
        What a scanner reads.
    departed
        Whether it has left: its sheet is on the road.
    """

    code: str
    vehicle: str
    driver: str
    depart_at: datetime
    return_at: datetime
    distance_m: int
    stops: tuple[RouteStop, ...]
    qr_text: str
    departed: bool = False
    phone: str = ""

    @property
    def boxes(self) -> int:
        """Boxes on board."""
        return sum(len(stop.boxes) for stop in self.stops)

    @property
    def owed(self) -> int:
        """Empty carriers to be brought back."""
        return sum(len(stop.owed) for stop in self.stops)

    @property
    def portions(self) -> int:
        """Portions on board."""
        return sum(stop.portions for stop in self.stops)


@dataclass(frozen=True, slots=True)
class RouteSheets:
    """
    The trips of a service, or some of them.

    Parameters
    ----------
    head
        Kitchen, service, version of the plan.
    core_min_c
        Least core temperature of hot food at the hand-over, degrees Celsius.
    trips
        Each starts on its own page.
    void
        Codes of trips that are driven no more.
    """

    head: PaperHead
    core_min_c: float
    trips: tuple[RouteTrip, ...]
    void: tuple[str, ...] = ()
