"""Facts of assembling a day: trips to be driven, who can drive them, and what came of it."""

from dataclasses import dataclass

from routing.costs import CostParams
from routing.departures import Span
from routing.parts import Part
from routing.plan import Trip

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
