"""Loading list, its input: which trip is loaded where and when, with which boxes in which order."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import PaperHead
from api.reports.route_facts import RouteBox


@dataclass(frozen=True, slots=True)
class LoadedStop:
    """
    The boxes of one stop.

    Parameters
    ----------
    number
        Its place in the trip.
    name
        Where they go.
    boxes
        To be loaded, cold ones last.
    """

    number: int
    name: str
    boxes: tuple[RouteBox, ...]


@dataclass(frozen=True, slots=True)
class LoadedTrip:
    """
    A trip at a dock.

    Parameters
    ----------
    code, vehicle, driver
        Which trip, by what, by whom; the driver empty when nobody is named.
    dock
        Number of the dock; None where there is none to number, or none is free.
    from_at, closed_at, to_at
        When loading begins, when the last of its boxes is closed, and when it leaves.
    stops
        In the order of loading: the last stop first.
    departed
        Whether it has left: its boxes are on the road.
    """

    code: str
    vehicle: str
    driver: str
    dock: int | None
    from_at: datetime
    closed_at: datetime
    to_at: datetime
    stops: tuple[LoadedStop, ...]
    departed: bool = False

    @property
    def boxes(self) -> int:
        """Boxes to be loaded."""
        return sum(len(stop.boxes) for stop in self.stops)


@dataclass(frozen=True, slots=True)
class LoadingList:
    """
    The yard of a service.

    Parameters
    ----------
    head
        Service, kitchen, version and print.
    docks
        How many there are; None where nobody counts them.
    trips
        By minute.
    void
        Codes of trips that are driven no more.
    """

    head: PaperHead
    docks: int | None
    trips: tuple[LoadedTrip, ...]
    void: tuple[str, ...] = ()
