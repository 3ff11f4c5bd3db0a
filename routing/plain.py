"""Routes by OR-Tools' routing library alone: each trip of a van is a vehicle, linked to the one before."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from routing.params import SolveParams
from routing.parts import DEPOT, Part
from routing.problem import Problem
from routing.travel import NO_WAY

_NOTHING = routing_enums_pb2.FirstSolutionStrategy.ALL_UNPERFORMED
_GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
_NEVER = 1_000_000_000

Routes = list[list[list[Part]]]


def assign(problem: Problem, work: Sequence[Part], params: SolveParams, seed: int) -> Routes:
    """
    Gives parts to trips of vehicles at the least price.

    Parameters
    ----------
    problem
        Fleet and travel; has at least one vehicle.
    work
        What should be brought.
    params
        Prices and counts.
    seed
        Orders the parts, from which each search begins.

    Returns
    -------
    Routes
        Per vehicle its trips, per trip its parts in the order of driving; no empty trip. A part that
        stands nowhere was left out.

    References
    ----------
    docs/routing.md, "The engine".
    """
    if not work:
        return [[] for _ in problem.vehicles]
    best, best_price = None, 0
    for start in range(params.starts):
        order = list(work)
        random.Random(f"{seed}/{start}").shuffle(order)
        model = _Model(problem, order, params)
        price = model.search(params.checks_per_part * len(work))
        if best is None or price < best_price:
            best, best_price = model, price
    assert best is not None
    best.polish(params.polish_checks_per_part * len(work))
    return best.routes()


class _Model:
    """
    One routing model: node 0 is the depot, node ``i + 1`` is ``work[i]``.

    Times are shifted by the earliest instant of the problem, since the library's dimensions begin at 0.
    """

    def __init__(self, problem: Problem, work: Sequence[Part], params: SolveParams) -> None:
        self.problem, self.work, self.params = problem, work, params
        self.trips = [(van, k) for van in problem.vehicles for k in range(min(van.most_trips, len(work)))]
        self.zero_s = min(van.shift_start_s for van in problem.vehicles)
        self.end_s = max(van.shift_end_s for van in problem.vehicles) - self.zero_s
        self.places = [DEPOT, *(part.place for part in work)]
        self.ways = problem.travel.block(self.places)
        self.manager = pywrapcp.RoutingIndexManager(len(self.places), len(self.trips), 0)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.countdown = _Countdown()
        self.solution: Any = None
        self._price()
        self._room("units", [part.units for part in work], [van.units for van, _ in self.trips])
        self._room("weight", [part.weight_g for part in work], [van.weight_g for van, _ in self.trips])
        self._clock()
        self.routing.AddSearchMonitor(self.routing.solver().CustomLimit(self.countdown))
        self.routing.AddAtSolutionCallback(self.countdown.begin)

    def _price(self) -> None:
        metres = self._matrix(self.ways.distance_m)
        self.routing.SetArcCostEvaluatorOfAllVehicles(self.routing.RegisterTransitMatrix(metres))
        for trip in range(len(self.trips)):
            # Unequal prices keep the library from treating a van's first and second trip as interchangeable.
            self.routing.SetFixedCostOfVehicle(self.params.trip_m + trip, trip)
        for node, part in enumerate(self.work, start=1):
            price = self.params.unserved_m * len(part.boxes)
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], price)

    def _room(self, name: str, needs: list[int], room: list[int]) -> None:
        needed = self.routing.RegisterUnaryTransitVector([0, *needs])
        self.routing.AddDimensionWithVehicleCapacity(needed, 0, room, True, name)

    def _clock(self) -> None:
        routing, solver = self.routing, self.routing.solver()
        unload_s = [0, *(part.hand_over_s for part in self.work)]
        way_s = self._matrix(self.ways.duration_s)
        spent = [[unload + way for way in row] for unload, row in zip(unload_s, way_s, strict=True)]
        routing.AddDimension(routing.RegisterTransitMatrix(spent), self.end_s, self.end_s, False, "time")
        # This one does not grow along a trip: it is the trip's departure, bounded by every box aboard.
        still = routing.RegisterUnaryTransitVector([0] * len(self.places))
        routing.AddDimension(still, 0, self.end_s, False, "departure")
        time, departure = routing.GetDimensionOrDie("time"), routing.GetDimensionOrDie("departure")
        for node, part in enumerate(self.work, start=1):
            index = self.manager.NodeToIndex(node)
            time.CumulVar(index).SetMin(max(0, part.stop.open_s - self.zero_s))
            time.CumulVar(index).SetMax(part.latest_start_s - self.zero_s)
            departure.CumulVar(index).SetMin(max(0, part.release_s - self.zero_s))
        for trip, (van, nth) in enumerate(self.trips):
            off, back = time.CumulVar(routing.Start(trip)), time.CumulVar(routing.End(trip))
            off.SetMin(van.shift_start_s - self.zero_s)
            back.SetMax(van.shift_end_s - self.zero_s)
            solver.Add(off >= departure.CumulVar(routing.Start(trip)))
            if nth:
                before = time.CumulVar(routing.End(trip - 1))
                solver.Add(off >= before + van.reload_s * routing.ActiveVehicleVar(trip))
            routing.AddVariableMinimizedByFinalizer(off)
            routing.AddVariableMinimizedByFinalizer(back)

    def search(self, checks: int) -> int:
        """Keeps the best solution found within so many neighbours, and gives its price."""
        self.countdown.reset(checks)
        self.solution = self.routing.SolveWithParameters(_parameters())
        return int(self.solution.ObjectiveValue())

    def polish(self, checks: int) -> None:
        """Goes on from the solution kept."""
        self.countdown.reset(checks)
        better = self.routing.SolveFromAssignmentWithParameters(self.solution, _parameters())
        if better is not None and better.ObjectiveValue() < self.solution.ObjectiveValue():
            self.solution = better

    def routes(self) -> Routes:
        """Per vehicle its trips that are not empty."""
        driven = [list(self._trip(trip)) for trip in range(len(self.trips))]
        return [
            [visits for visits, (owner, _) in zip(driven, self.trips, strict=True) if visits and owner is van]
            for van in self.problem.vehicles
        ]

    def _trip(self, trip: int) -> Iterator[Part]:
        index = self.solution.Value(self.routing.NextVar(self.routing.Start(trip)))
        while not self.routing.IsEnd(index):
            yield self.work[self.manager.IndexToNode(index) - 1]
            index = self.solution.Value(self.routing.NextVar(index))

    def _matrix(self, table: NDArray[np.int32]) -> list[list[int]]:
        return cast("list[list[int]]", np.where(table == NO_WAY, _NEVER, table).tolist())


class _Countdown:
    """
    Says true once it was asked more often than allowed: a limit that counts looks instead of seconds.

    It counts from the first solution on, since the library may never return when it is stopped before.
    """

    def __init__(self) -> None:
        self.left = 0
        self.counts = False

    def reset(self, checks: int) -> None:
        """Allows so many looks after the next solution."""
        self.left, self.counts = checks, False

    def begin(self) -> None:
        """A solution is there."""
        self.counts = True

    def __call__(self) -> bool:
        self.left -= self.counts
        return self.left < 0


def _parameters() -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = _NOTHING
    parameters.local_search_metaheuristic = _GUIDED
    # Neither is ever reached: the countdown ends every search. A neighbourhood that inserts does not look
    # at it and may never return once it has run out, so those are left out.
    parameters.solution_limit = _NEVER
    parameters.lns_time_limit.seconds = _NEVER
    operators = parameters.local_search_operators
    for field in operators.DESCRIPTOR.fields:
        if "cheapest_insertion" in field.name:
            setattr(operators, field.name, optional_boolean_pb2.BOOL_FALSE)
    return parameters
