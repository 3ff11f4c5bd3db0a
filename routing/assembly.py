"""Facts of assembling a day: trips to be driven, who can drive them, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from routing.costs import CostParams
from routing.departures import Span
from routing.parts import Part
from routing.plan import Plan, Route, Trip, Unserved
from routing.problem import Problem

KNOWN = CostParams(unfamiliar_visit=1_000)
BoxIds = tuple[str, ...]
Routes = list[list[list[Part]]]


@dataclass(frozen=True, slots=True)
class AssembleParams:
    """
    What is weighed beside the vehicles' own costs, and how long is searched.

    Parameters
    ----------
    costs
        Prices of what is left out, of unfamiliar drivers and of uneven work. The last one is asked for each
        second of the vehicle that is out longest.
    work
        CP-SAT's deterministic time, about seconds: the same on any machine.
    seed
        Of its search.
    """

    costs: CostParams = KNOWN
    work: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        if self.work <= 0:
            raise ValueError(f"work must be above 0, got {self.work}.")


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A vehicle that can make a trip.

    Parameters
    ----------
    vehicle
        Its number in the problem.
    spans
        Its departures, at least one (`routing.departures`).
    cost
        Mills that do not depend on the minute: departure, metres, unfamiliar visits.
    under_way
        The vehicle has left on it already and was loaded before.
    """

    vehicle: int
    spans: tuple[Span, ...]
    cost: int
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """Parts in the order of driving, and the vehicles that can bring them in one trip."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """A job that is driven: by which vehicle, and when it leaves."""

    job: int
    vehicle: int
    depart_s: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The jobs that are driven, in the order of departure; whether no cheaper choice among them exists."""

    picked: tuple[Picked, ...]
    optimal: bool


@dataclass(frozen=True, slots=True)
class Assembled:
    """
    Trips with their vehicles and minutes.

    Parameters
    ----------
    routes
        Per vehicle of the problem its trips in the order of driving, per trip its parts.
    trips
        The same with minutes; codes are empty but for trips under way.
    dropped
        Parts that docks, rests or hours leave no room for.
    optimal
        Whether no cheaper assembly of these trips exists.
    """

    routes: Routes
    trips: list[list[Trip]]
    dropped: tuple[Part, ...] = ()
    optimal: bool = False


def plan_of(problem: Problem, trips: Sequence[Sequence[Trip]], unserved: tuple[Unserved, ...]) -> Plan:
    """
    Trips with minutes as a plan; those without a code are ``T1``, ``T2``, ... in the order of departure.

    Parameters
    ----------
    problem
        Its service and vehicles.
    trips
        Per vehicle of the problem, in the order of driving.
    unserved
        What is left out.
    """
    taken = {trip.trip_code for own in trips for trip in own}
    free = (code for code in (f"T{number}" for number in count(1)) if code not in taken)
    departures = sorted(
        (trip.depart_s, nth, k) for nth, own in enumerate(trips) for k, trip in enumerate(own)
    )
    codes = {(nth, k): trips[nth][k].trip_code or next(free) for _, nth, k in departures}
    routes = tuple(
        Route(van.vehicle_id, tuple(replace(trip, trip_code=codes[nth, k]) for k, trip in enumerate(own)))
        for nth, (van, own) in enumerate(zip(problem.vehicles, trips, strict=True))
        if own
    )
    return Plan(problem.service_key, routes, unserved, sum(trip.distance_m for own in trips for trip in own))
