"""Instance: what a benchmark file says, as a `Problem` with one stop a client and one box a stop."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orders.sites import Place
from routing.instances.convention import Convention, Numbers
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.travel import Travel

MOST_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class StatedVan:
    """
    A vehicle as a file states it, in the file's units.

    Parameters
    ----------
    capacity
        Demand it takes at once.
    depot
        Node of all its trips.
    most_trips
        How often it may leave.
    fixed, a_unit_of_way, a_unit_of_time
        Its costs: for being used, for driving, for being out.
    most_out
        Longest time from the departure to the return; None without a limit.
    """

    capacity: int
    depot: int
    most_trips: int = 1
    fixed: float = 0.0
    a_unit_of_way: float = 1.0
    a_unit_of_time: float = 0.0
    most_out: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A file's facts in its own units; nodes count from 0, and each list has one entry a node.

    Parameters
    ----------
    name, kind
        Of the instance; the kind is VRPLIB's type.
    depots
        Nodes that are depots, at least one.
    points
        Row of x and y a node; None where the file has distances only.
    demand, service, release
        Of each client; of a depot 0, or its loading time before a departure.
    windows
        From and until when a client may be begun; a depot's bound its vehicles. None for all without one.
    vans
        In the order of the file.
    """

    name: str
    kind: str
    depots: tuple[int, ...]
    points: Numbers | None
    demand: Sequence[int]
    service: Sequence[float]
    release: Sequence[float]
    windows: Sequence[tuple[float, float]] | None
    vans: Sequence[StatedVan]

    @property
    def clients(self) -> list[int]:
        """The nodes that are no depots."""
        return [node for node in range(len(self.demand)) if node not in self.depots]

    @property
    def order(self) -> list[int]:
        """The nodes as places of a problem: depots first."""
        return [*self.depots, *self.clients]


@dataclass(frozen=True, slots=True)
class VanType:
    """
    Vehicles of a file that are alike.

    Parameters
    ----------
    van
        What they are.
    numbers
        Which they are: 1 is the file's first.
    """

    van: StatedVan
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """
    A benchmark instance that can be solved and judged like any problem.

    Parameters
    ----------
    name, kind
        Of the file.
    convention
        In whose units its costs are whole numbers.
    price_scale
        By how much its costs are multiplied beyond that, where the file prices a unit of way in decimals.
    problem
        Stops, boxes and vehicles bear the numbers of clients and vehicles.
    types
        Of its vehicles, in the order of their first.
    """

    name: str
    kind: str
    convention: Convention
    price_scale: int
    problem: Problem
    types: tuple[VanType, ...]

    @property
    def cost_scale(self) -> int:
        """Units of its costs in one unit of the file."""
        return self.convention.scale * self.price_scale

    @property
    def cost_convention(self) -> str:
        """How its costs are counted, in words."""
        more = "" if self.price_scale == 1 else f"; all costs x {self.price_scale}"
        return self.convention.words + more


def instance_of(sheet: Sheet, convention: Convention, travel: Travel) -> Instance:
    """
    Makes a problem of a file's facts.

    Parameters
    ----------
    sheet
        The facts; whoever read them has refused what cannot be.
    convention
        How decimals become whole units.
    travel
        Between the nodes in the sheet's `order`.
    """
    price_scale = _price_scale(sheet.vans)
    horizon_s = _horizon_s(sheet, convention, travel)
    places = _places(sheet)
    problem = Problem(
        service_key=sheet.name,
        depots=tuple(Depot(str(node), places[node]) for node in sheet.depots),
        stops=tuple(_stop(sheet, node, places[node], horizon_s, convention) for node in sheet.clients),
        vehicles=tuple(
            _vehicle(sheet, number, van, horizon_s, convention, price_scale)
            for number, van in enumerate(sheet.vans, start=1)
        ),
        travel=travel,
    )
    return Instance(sheet.name, sheet.kind, convention, price_scale, problem, _types(sheet.vans))


def _types(vans: Sequence[StatedVan]) -> tuple[VanType, ...]:
    numbers: dict[StatedVan, list[int]] = {}
    for number, van in enumerate(vans, start=1):
        numbers.setdefault(van, []).append(number)
    return tuple(VanType(van, tuple(own)) for van, own in numbers.items())


def _stop(sheet: Sheet, node: int, place: Place, horizon_s: int, convention: Convention) -> Stop:
    opens, closes = sheet.windows[node] if sheet.windows else (0.0, None)
    closes_s = horizon_s if closes is None else convention.figure(closes)
    served_s = convention.figure(sheet.service[node])
    name, never_s = str(node), max(horizon_s, closes_s) + served_s
    release_s = convention.figure(sheet.release[node])
    box = Load(name, sheet.demand[node], 0, release_s, deliver_by_s=never_s, eat_by_s=never_s)
    windows = (Window(convention.figure(opens), closes_s),)
    return Stop(name, name, place, windows, served_s, (box,), serving_starts_s=0, serving_s=0)


def _vehicle(
    sheet: Sheet, number: int, van: StatedVan, horizon_s: int, convention: Convention, price_scale: int
) -> Vehicle:
    opens, closes = sheet.windows[van.depot] if sheet.windows else (0.0, None)
    return Vehicle(
        vehicle_id=str(number),
        units=van.capacity,
        weight_g=0,
        shift_start_s=convention.figure(opens),
        shift_end_s=horizon_s if closes is None else convention.figure(closes),
        reload_s=convention.figure(sheet.service[van.depot]),
        most_trips=van.most_trips,
        kitchen_id=str(van.depot),
        most_out_s=None if van.most_out is None else convention.figure(van.most_out),
        fixed_cost=convention.figure(van.fixed * price_scale),
        metre_cost=round(van.a_unit_of_way * price_scale),
        second_cost=round(van.a_unit_of_time * price_scale),
    )


def _price_scale(vans: Sequence[StatedVan]) -> int:
    """The power of ten that makes every price of a unit whole, at most a million."""
    prices = {price for van in vans for price in (van.a_unit_of_way, van.a_unit_of_time)}
    scales = (10**digits for digits in range(6))
    return next(
        (scale for scale in scales if all(abs(p * scale - round(p * scale)) < 1e-9 * scale for p in prices)),
        10**6,
    )


def _horizon_s(sheet: Sheet, convention: Convention, travel: Travel) -> int:
    """An end of the day that no sensible trip reaches, where the file has no windows."""
    if sheet.windows:
        return max(convention.figure(closes) for _, closes in sheet.windows)
    longest_s = 0
    for place in range(len(sheet.depots)):
        there = (travel.leg(place, other) for other in range(travel.size))
        longest_s = max(longest_s, *(leg.seconds for leg in there if leg))
    served_s = sum(convention.figure(value) for value in sheet.service)
    released_s = max(convention.figure(value) for value in sheet.release)
    return min(MOST_S, 2 * longest_s * len(sheet.clients) + served_s + released_s)


def _places(sheet: Sheet) -> list[Place]:
    """The plane laid on the equator, a degree wide: directions and ratios of distances stay."""
    if sheet.points is None:
        return [Place(0.0, 0.0)] * len(sheet.demand)
    low, high = sheet.points.min(axis=0), sheet.points.max(axis=0)
    width = float(np.max(high - low)) or 1.0
    return [Place(float(y), float(x)) for x, y in (sheet.points - low) / width]
