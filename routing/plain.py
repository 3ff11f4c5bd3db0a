"""Routes by OR-Tools' routing library alone: each trip of a van is a vehicle, linked to the one before."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from routing.assembly import Routes
from routing.departures import doors
from routing.params import SolveParams
from routing.parts import Part, has_room
from routing.problem import Problem, Started, Vehicle
from routing.travel import NO_WAY
from routing.vehicle_day import room, started_of

_NOTHING = routing_enums_pb2.FirstSolutionStrategy.ALL_UNPERFORMED
_GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
_NEVER = 1_000_000_000
MUST = 1_000
SHORT_RATIO = 0.3  # of the time for short searches, where a clock is the limit
Over = Callable[[float], bool]


def assign(
    problem: Problem, work: Sequence[Part], params: SolveParams, seed: int, over: Over | None = None
) -> Routes:
    """
    Gives parts to trips of vehicles at the least price.

    Parameters
    ----------
    problem
        Fleet and travel; has at least one vehicle. Docks, rests and hours out are left to `assemble`.
    work
        What should be brought.
    params
        Prices and counts.
    seed
        Orders the parts, from which each search begins.
    over
        Whether so much of the time is gone (1 is all of it): instead of the counts of looks; None to count.

    Returns
    -------
    Routes
        Per vehicle its trips, per trip its parts in the order of driving; no empty trip but one under way. A
        part that stands nowhere was left out.

    References
    ----------
    docs/routing.md, "The engine".
    """
    if not work:
        return [[[]] if started_of(problem, van) else [] for van in problem.vehicles]
    best, best_price = None, 0
    for start in range(params.starts):
        if over and best is not None and over(SHORT_RATIO):
            break
        order = list(work)
        random.Random(f"{seed}/{start}").shuffle(order)
        model = _Model(problem, order, params)
        model.countdown.over = over and partial(over, SHORT_RATIO)
        price = model.search(params.checks_per_part * len(work))
        if best is None or price < best_price:
            best, best_price = model, price
    assert best is not None
    best.countdown.over = over and partial(over, 1.0)
    if not over or not over(1.0):
        best.polish(params.polish_checks_per_part * len(work))
    return best.routes()


class _Slot(NamedTuple):
    """A trip that a vehicle may make, its ``nth``; the first may be under way."""

    van: Vehicle
    nth: int
    past: Started | None
    depot: int


class _Model:
    """
    One routing model: nodes are the parts, then the depots, then the places of trips under way.

    Times are shifted by the earliest instant of the problem, since the library's dimensions begin at 0.
    """

    def __init__(self, problem: Problem, work: Sequence[Part], params: SolveParams) -> None:
        self.problem, self.work, self.params = problem, work, params
        self.trips = [
            _Slot(van, nth, None if nth else started_of(problem, van), problem.depot_place(van))
            for van in problem.vehicles
            for nth in range(min(van.most_trips, len(work) + bool(started_of(problem, van))))
        ]
        self.zero_s = min(
            *(van.shift_start_s for van in problem.vehicles),
            *(one.depart_s for one in problem.started),
            _NEVER,
        )
        self.end_s = max(van.shift_end_s for van in problem.vehicles) - self.zero_s
        # A depot without a vehicle would be a place that has to be visited.
        self.depots = sorted({slot.depot for slot in self.trips})
        self.places = [*(part.place for part in work), *self.depots, *(one.place for one in problem.started)]
        self.ways = problem.travel.block(self.places)
        begins = [self._begins(slot) for slot in self.trips]
        ends = [len(work) + self.depots.index(slot.depot) for slot in self.trips]
        self.manager = pywrapcp.RoutingIndexManager(len(self.places), len(self.trips), begins, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.countdown = _Countdown()
        self.solution: Any = None
        self._price()
        self._rooms()
        self._who()
        self._clock()
        self.routing.AddSearchMonitor(self.routing.solver().CustomLimit(self.countdown))
        self.routing.AddAtSolutionCallback(self.countdown.begin)

    def _begins(self, slot: _Slot) -> int:
        if slot.past is None:
            return len(self.work) + self.depots.index(slot.depot)
        return len(self.work) + len(self.depots) + self.problem.started.index(slot.past)

    def _price(self) -> None:
        metres = self._matrix(self.ways.distance_m)
        evaluators = {
            price: self.routing.RegisterTransitMatrix([[price * one for one in row] for row in metres])
            for price in sorted({van.metre_cost for van in self.problem.vehicles})
        }
        dearest = max(evaluators)
        for trip, slot in enumerate(self.trips):
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[slot.van.metre_cost], trip)
            # Unequal prices keep the library from treating a van's first and second trip as interchangeable.
            own = slot.van.trip_cost + (0 if slot.nth else slot.van.fixed_cost)
            self.routing.SetFixedCostOfVehicle(own + dearest * self.params.trip_m + trip, trip)
        for node, part in enumerate(self.work):
            price = max(1, dearest) * self.params.unserved_m * len(part.boxes)
            price *= MUST if part.stop.priority is None else part.stop.priority
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], price)

    def _rooms(self) -> None:
        vans = [slot.van for slot in self.trips]
        # Empties take the room of what is handed over: never too little, sometimes too much.
        units = [max(part.units, part.stop.empties_units) for part in self.work]
        weight_g = [max(part.weight_g, part.stop.empties_weight_g) for part in self.work]
        self._room("units", units, [van.units for van in vans])
        self._room("weight", weight_g, [van.weight_g for van in vans])
        if any(van.hot_units is not None for van in vans):
            hot = [room(van.hot_units, van) for van in vans]
            self._room("hot", [part.hot_units for part in self.work], hot)
        if any(van.cold_units is not None for van in vans):
            cold = [room(van.cold_units, van) for van in vans]
            self._room("cold", [part.cold_units for part in self.work], cold)

    def _room(self, name: str, needs: list[int], rooms: list[int]) -> None:
        needed = self.routing.RegisterUnaryTransitVector(self._by_node(needs))
        self.routing.AddDimensionWithVehicleCapacity(needed, 0, rooms, True, name)

    def _who(self) -> None:
        """Which trips may bring each part: by kitchen, skills and room; one under way what is aboard."""
        aboard = {box_id: one for one in self.problem.started for box_id in one.box_ids}
        for node, part in enumerate(self.work):
            past = aboard.get(part.boxes[0].box_id)
            allowed = [
                trip
                for trip, slot in enumerate(self.trips)
                if slot.past == past and (past is not None or has_room(slot.van, part, self.problem))
            ]
            if len(allowed) < len(self.trips):
                self.routing.VehicleVar(self.manager.NodeToIndex(node)).SetValues([-1, *allowed])

    def _clock(self) -> None:
        routing = self.routing
        way_s, unload_s = self.ways.duration_s, self._by_node([part.hand_over_s for part in self.work])
        paces = {
            pace: routing.RegisterTransitMatrix(self._spent(way_s, unload_s, pace))
            for pace in sorted({van.pace_pct for van in self.problem.vehicles})
        }
        evaluators = [paces[slot.van.pace_pct] for slot in self.trips]
        routing.AddDimensionWithVehicleTransits(evaluators, self.end_s, self.end_s, False, "time")
        # This one does not grow along a trip: it is the trip's departure, bounded by every box aboard.
        still = routing.RegisterUnaryTransitVector([0] * len(self.places))
        routing.AddDimension(still, 0, self.end_s, False, "departure")
        time, departure = routing.GetDimensionOrDie("time"), routing.GetDimensionOrDie("departure")
        for node, part in enumerate(self.work):
            self._hand_over(part, time, departure, self.manager.NodeToIndex(node))
        for trip, slot in enumerate(self.trips):
            self._driven(trip, slot, time, departure)
        if any(part.most_aboard_s is not None for part in self.work):
            self._aboard(evaluators)

    def _hand_over(self, part: Part, time: Any, departure: Any, index: int) -> None:
        now, windows = time.CumulVar(index), doors(part)
        if not windows:
            self.routing.VehicleVar(index).SetValue(-1)
            return
        now.SetMin(max(0, windows[0].open_s - self.zero_s))
        now.SetMax(windows[-1].close_s - self.zero_s)
        for before, after in pairwise(windows):
            now.RemoveInterval(before.close_s + 1 - self.zero_s, after.open_s - 1 - self.zero_s)
        if part.boxes[0].box_id not in {box_id for one in self.problem.started for box_id in one.box_ids}:
            departure.CumulVar(index).SetMin(max(0, part.release_s - self.zero_s))

    def _aboard(self, evaluators: list[int]) -> None:
        """Time aboard as far as it is driven; where a closed door adds to it, `assemble` finds out."""
        self.routing.AddDimensionWithVehicleTransits(evaluators, 0, self.end_s, False, "aboard")
        aboard = self.routing.GetDimensionOrDie("aboard")
        for trip, slot in enumerate(self.trips):
            gone_s = slot.past.from_s - slot.past.depart_s if slot.past else 0
            aboard.CumulVar(self.routing.Start(trip)).SetValue(gone_s)
        for node, part in enumerate(self.work):
            if part.most_aboard_s is not None:
                most_s = max(0, part.most_aboard_s - part.hand_over_s)
                aboard.CumulVar(self.manager.NodeToIndex(node)).SetMax(most_s)

    def _driven(self, trip: int, slot: _Slot, time: Any, departure: Any) -> None:
        routing, solver, van = self.routing, self.routing.solver(), slot.van
        off, back = time.CumulVar(routing.Start(trip)), time.CumulVar(routing.End(trip))
        left = departure.CumulVar(routing.Start(trip))
        back.SetMax(van.shift_end_s - self.zero_s)
        if slot.past is not None:
            off.SetValue(slot.past.from_s - self.zero_s)
            left.SetValue(slot.past.depart_s - self.zero_s)
            routing.SetVehicleUsedWhenEmpty(True, trip)
        else:
            off.SetMin(max(0, van.shift_start_s - self.zero_s))
            solver.Add(off >= left)
        if slot.nth:
            before = time.CumulVar(routing.End(trip - 1))
            solver.Add(off >= before + van.reload_s * routing.ActiveVehicleVar(trip))
        if van.second_cost:
            time.SetSpanCostCoefficientForVehicle(van.second_cost, trip)
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
        """Per vehicle its trips that are not empty, and the one under way."""
        driven = [list(self._trip(trip)) for trip in range(len(self.trips))]
        return [
            [
                visits
                for visits, slot in zip(driven, self.trips, strict=True)
                if slot.van is van and (visits or slot.past)
            ]
            for van in self.problem.vehicles
        ]

    def _trip(self, trip: int) -> Iterator[Part]:
        index = self.solution.Value(self.routing.NextVar(self.routing.Start(trip)))
        while not self.routing.IsEnd(index):
            yield self.work[self.manager.IndexToNode(index)]
            index = self.solution.Value(self.routing.NextVar(index))

    def _by_node(self, values: list[int]) -> list[int]:
        """A figure of each part, and 0 where no part is handed over."""
        return [*values, *([0] * (len(self.places) - len(values)))]

    def _spent(self, way_s: NDArray[np.int32], unload_s: list[int], pace_pct: int) -> list[list[int]]:
        """Seconds from the start of a hand-over to the next place, at a vehicle's pace."""
        driven = np.where(way_s == NO_WAY, _NEVER, -(-way_s.astype(np.int64) * pace_pct // 100))
        return cast("list[list[int]]", (driven + np.array(unload_s)[:, None]).tolist())

    def _matrix(self, table: NDArray[np.int32]) -> list[list[int]]:
        return cast("list[list[int]]", np.where(table == NO_WAY, _NEVER, table).tolist())


class _Countdown:
    """
    Says true once it was asked more often than allowed, or where it has a clock once that says so.

    It does so from the first solution on, since the library may never return when it is stopped before.
    """

    def __init__(self) -> None:
        self.left = 0
        self.counts = False
        self.over: Callable[[], bool] | None = None

    def reset(self, checks: int) -> None:
        """Allows so many looks after the next solution."""
        self.left, self.counts = checks, False

    def begin(self) -> None:
        """A solution is there."""
        self.counts = True

    def __call__(self) -> bool:
        if self.over is not None:
            return self.counts and self.over()
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
