"""What a plan costs, part by part, in mills: thousandths of a fen."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from routing.plan import Plan, Route
from routing.problem import Problem, Stop, Vehicle


@dataclass(frozen=True, slots=True)
class CostParams:
    """
    Prices that no bill names but a dispatcher sets, in mills.

    Parameters
    ----------
    must_box
        A box of a stop that must be served, left out.
    optional_box
        A box of a stop that may be left out, for each step of its priority.
    unfamiliar_visit
        A visit by a vehicle whose driver does not know the way in, where some driver does.
    unfair_second
        A second out beyond the mean of the vehicles that drive.
    """

    must_box: int = 1_000_000_000
    optional_box: int = 1_000_000
    unfamiliar_visit: int = 0
    unfair_second: int = 0

    def __post_init__(self) -> None:
        if min(self.must_box, self.optional_box, self.unfamiliar_visit, self.unfair_second) < 0:
            raise ValueError(f"Prices must be >= 0, got {self}.")


@dataclass(frozen=True, slots=True)
class Costs:
    """
    Mills of a plan.

    Parameters
    ----------
    fixed
        Days of the vehicles that drive at all.
    departures, metres, seconds
        Of their trips.
    unserved
        Price of the boxes that are left out.
    unfamiliar, unfairness
        Price of visits by drivers who do not know the way in, and of work unevenly shared.
    """

    fixed: int = 0
    departures: int = 0
    metres: int = 0
    seconds: int = 0
    unserved: int = 0
    unfamiliar: int = 0
    unfairness: int = 0

    @property
    def driven(self) -> int:
        """What driving costs: the sum of what a bill can name."""
        return self.fixed + self.departures + self.metres + self.seconds

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(getattr(self, one.name) for one in fields(self))


def costs_of(plan: Plan, problem: Problem, params: CostParams | None = None) -> Costs:
    """
    The costs of a plan, by part.

    Parameters
    ----------
    plan
        Names only what the problem knows.
    problem
        Its vehicles' rates, stops and priorities.
    params
        Prices; the defaults when None.

    References
    ----------
    docs/routing.md, "Costs".
    """
    prices = params or CostParams()
    vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
    stops = {stop.stop_id: stop for stop in problem.stops}
    driven = [(vehicles[route.vehicle_id], route) for route in plan.routes if route.trips]
    left = [(stops[one.stop_id], len(one.box_ids)) for one in plan.unserved]
    return Costs(
        fixed=sum(vehicle.fixed_cost for vehicle, _ in driven),
        departures=sum(vehicle.trip_cost * len(route.trips) for vehicle, route in driven),
        metres=sum(vehicle.metre_cost * trip.distance_m for vehicle, route in driven for trip in route.trips),
        seconds=sum(vehicle.second_cost * out_s(route) for vehicle, route in driven),
        unserved=sum(boxes * left_out_price(stop, prices) for stop, boxes in left),
        unfamiliar=prices.unfamiliar_visit * _unfamiliar_visits(driven, stops),
        unfairness=prices.unfair_second * beyond_mean_s([out_s(route) for _, route in driven]),
    )


def out_s(route: Route) -> int:
    """Seconds from each departure to its return, summed over a vehicle's trips."""
    return sum(trip.return_s - trip.depart_s for trip in route.trips)


def left_out_price(stop: Stop, params: CostParams) -> int:
    """Mills of leaving one of a stop's boxes out."""
    return params.must_box if stop.priority is None else stop.priority * params.optional_box


def beyond_mean_s(seconds: Iterable[int]) -> int:
    """By how much those above the mean exceed it, summed and rounded down: 0 for equal shares."""
    shares = list(seconds)
    total_s = sum(shares)
    return sum(max(0, one * len(shares) - total_s) for one in shares) // max(1, len(shares))


def _unfamiliar_visits(driven: Iterable[tuple[Vehicle, Route]], stops: dict[str, Stop]) -> int:
    return sum(
        bool(known) and vehicle.vehicle_id not in known
        for vehicle, route in driven
        for trip in route.trips
        for visit in trip.visits
        for known in [stops[visit.stop_id].familiar]
    )
