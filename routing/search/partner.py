"""PyVRP beside our own search: the same problem in its words, begun from a plan of ours."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyvrp
from pyvrp.search import LocalSearch, PerturbationManager, compute_neighbours

from routing.parts import Part
from routing.problem import Problem, Vehicle
from routing.travel import NO_WAY

Numbers = list[list[list[int]]]
WAY_A_UNIT = 100  # mills of a mean way for each unit of a mean part


def may_express(problem: Problem, work: Sequence[Part]) -> bool:
    """
    Whether PyVRP's answer to what it can be told is an answer to this problem.

    It knows no time aboard, breaks, docks, skills, priorities, trips under way or second windows; nor
    kitchens of boxes where there are several; empties only where one visit serves the stop.
    """
    stops = {id(part.stop): part.stop for part in work}.values()
    visited_once = len(stops) == len(work)
    plain_stops = all(
        len(stop.windows) == 1
        and not stop.needs
        and stop.priority is None
        and (visited_once or not (stop.empties_units or stop.empties_weight_g))
        for stop in stops
    )
    loads = [load for part in work for load in part.boxes]
    plain_loads = all(
        load.most_aboard_s is None and not (load.kitchen_id and len(problem.depots) > 1) for load in loads
    )
    fleet = problem.vehicles
    plain_fleet = bool(fleet) and all(_plain(van) for van in fleet) and not problem.started
    waits = any(depot.docks is not None for depot in problem.depots) and any(van.reload_s for van in fleet)
    reloads = defaultdict[int, set[int]](set)
    for van in fleet:
        reloads[problem.depot_place(van)].add(_reload_s(van))
    one_reload = all(len(found) == 1 for found in reloads.values())
    return plain_stops and plain_loads and plain_fleet and not waits and one_reload


def _plain(van: Vehicle) -> bool:
    once = van.most_trips == 1
    return not van.breaks and (once or not (van.trip_cost or van.second_cost))


def _reload_s(van: Vehicle) -> int:
    """Of a vehicle that drives once nobody asks."""
    return 0 if van.most_trips == 1 else van.reload_s


class Partner:
    """
    PyVRP's iterated local search, stopped and gone on with from the best plan of all.

    Parameters
    ----------
    problem
        One that `may_express` allows.
    work
        What has to be brought.
    seed
        Of its random numbers.
    """

    def __init__(self, problem: Problem, work: Sequence[Part], seed: int) -> None:
        self.kinds = _kinds(problem)
        self.depots = [problem.depot_place(problem.vehicles[vans[0]]) for vans in self.kinds]
        self.vehicles = len(problem.vehicles)
        self.data = _data(problem, work, self.kinds)
        self.rng = pyvrp.RandomNumberGenerator(seed=seed)
        params = pyvrp.SolveParams()
        near = compute_neighbours(self.data, params.neighbourhood)
        self.search = LocalSearch(self.data, self.rng, near, PerturbationManager(params.perturbation))
        for operator in params.operators:
            if operator.supports(self.data):
                self.search.add_operator(operator(self.data))
        self.penalties = pyvrp.PenaltyManager(params.penalty.midpoint_penalties(self.data), params.penalty)
        self.best: pyvrp.Solution | None = None

    def start(self, numbers: Numbers) -> None:
        """Goes on from a plan: per vehicle its trips, per trip the numbers of its parts."""
        client, depot = pyvrp.ActivityType.CLIENT, pyvrp.ActivityType.DEPOT
        routes = list[pyvrp.Route]()
        for kind, vans in enumerate(self.kinds):
            for trips in (numbers[van] for van in vans if numbers[van]):
                visits = [pyvrp.Activity(client, part) for part in trips[0]]
                for trip in trips[1:]:
                    visits.append(pyvrp.Activity(depot, self.depots[kind]))
                    visits += [pyvrp.Activity(client, part) for part in trip]
                routes.append(pyvrp.Route(self.data, visits, kind))
        self.best = pyvrp.Solution(self.data, routes)

    def run(self, stop: Callable[[], bool], seen: Callable[[int], None] = lambda _cost: None) -> None:
        """
        Searches until told to stop, which it asks before each iteration.

        Parameters
        ----------
        stop
            Whether to stop.
        seen
            Is told each time what the best plan costs: a huge number while there is none.
        """
        if self.best is None:
            scattered = pyvrp.Solution.make_random(self.data, self.rng)
            self.best = self.search(scattered, self.penalties.max_cost_evaluator(), exhaustive=True)

        def over(best_cost: int) -> bool:
            seen(int(best_cost))
            return stop()

        search = pyvrp.IteratedLocalSearch(self.data, self.penalties, self.search, self.best)
        self.best = search.run(over, collect_stats=False).best

    @property
    def cost(self) -> int:
        """Mills of the best plan."""
        assert self.best is not None
        return self.best.fixed_vehicle_cost() + self.best.distance_cost() + self.best.duration_cost()

    def plan(self) -> Numbers | None:
        """The best plan, as `start` takes it; None while none keeps every rule."""
        if self.best is None or not self.best.is_feasible():
            return None
        numbers: Numbers = [[] for _ in range(self.vehicles)]
        free = [list(vans) for vans in self.kinds]
        for route in self.best.routes():
            trips = numbers[free[route.vehicle_type()].pop(0)]
            for activity in route:
                if activity.is_depot():
                    trips.append([])
                else:
                    trips[-1].append(activity.idx)
        return [[trip for trip in trips if trip] for trips in numbers]


def _kinds(problem: Problem) -> list[list[int]]:
    """Numbers of vehicles, those together that differ in nothing but their names."""
    alike = defaultdict[Vehicle, list[int]](list)
    for number, van in enumerate(problem.vehicles):
        alike[replace(van, vehicle_id="")].append(number)
    return list(alike.values())


def _data(problem: Problem, work: Sequence[Part], kinds: list[list[int]]) -> pyvrp.ProblemData:
    fleet = [problem.vehicles[vans[0]] for vans in kinds]
    places = [*range(len(problem.depots)), *sorted({part.place for part in work})]
    row = {place: number for number, place in enumerate(places)}
    ways = problem.travel.block(places)
    # As dear as anything can be, and too long for any shift.
    never = 1 + max(van.shift_end_s - van.shift_start_s for van in fleet)
    none = ways.duration_s == NO_WAY
    # Its stubs take the number of an array's axes for their type.
    metres: Any = np.where(none, never, ways.distance_m).astype(np.int64)
    paces = sorted({van.pace_pct for van in fleet})
    seconds: list[Any] = [
        np.where(none, never, -(-ways.duration_s.astype(np.int64) * pace // 100)) for pace in paces
    ]
    zero_s = min(van.shift_start_s - _reload_s(van) for van in fleet)
    reload_s = {problem.depot_place(van): _reload_s(van) for van in fleet}
    rooms = _rooms(work, fleet)
    fine = [_fineness(room, fleet, float(np.mean(metres))) for room in rooms]
    return pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in places],
        [
            _client(
                part,
                row[part.place],
                [room.needs[number] * each for room, each in zip(rooms, fine, strict=True)],
                [room.empties[number] * each for room, each in zip(rooms, fine, strict=True)],
                zero_s,
                min(reload_s.values()),
            )
            for number, part in enumerate(work)
        ],
        [pyvrp.Depot(at, service_duration=reload_s.get(at, 0)) for at in range(len(problem.depots))],
        [
            _kind(
                problem,
                van,
                len(vans),
                [room.has[k] * each for room, each in zip(rooms, fine, strict=True)],
                paces.index(van.pace_pct),
                zero_s,
            )
            for k, (van, vans) in enumerate(zip(fleet, kinds, strict=True))
        ],
        [metres] * len(paces),
        seconds,
    )


@dataclass(frozen=True, slots=True)
class _Room:
    """Room that can run out: what each part takes, what waits there as empties, what a van has."""

    needs: list[int]
    empties: list[int]
    has: list[int]


def _fineness(room: _Room, fleet: Sequence[Vehicle], mean_m: float) -> int:
    """Into how many a unit is cut: its penalties end at 100,000 for one too many, however dear a way is."""
    way = mean_m * sum(van.metre_cost for van in fleet) / len(fleet)
    return max(1, round(way * len(room.needs) / (WAY_A_UNIT * max(1, sum(room.needs)))))


def _rooms(work: Sequence[Part], fleet: Sequence[Vehicle]) -> list[_Room]:
    """Only what may bind, since each costs PyVRP time; always one."""
    cold = [sum(load.units for load in part.boxes if load.cold) for part in work]
    none = [0] * len(work)
    units = _Room(
        [part.units for part in work],
        [part.stop.empties_units for part in work],
        [van.units for van in fleet],
    )
    weight = _Room(
        [part.weight_g for part in work],
        [part.stop.empties_weight_g for part in work],
        [van.weight_g for van in fleet],
    )
    hot_has = [van.units if van.hot_units is None else van.hot_units for van in fleet]
    cold_has = [van.units if van.cold_units is None else van.cold_units for van in fleet]
    hot = _Room([all_of - its for all_of, its in zip(units.needs, cold, strict=True)], none, hot_has)
    chilled = _Room(cold, none, cold_has)
    others = [room for room in (weight, hot, chilled) if sum(room.needs) + sum(room.empties) > min(room.has)]
    return [units, *(room for room in others if room is weight or room.has != units.has)]


def _client(
    part: Part, row: int, delivery: list[int], pickup: list[int], zero_s: int, reload_s: int
) -> pyvrp.Client:
    return pyvrp.Client(
        location=row,
        delivery=delivery,
        pickup=pickup,
        service_duration=part.hand_over_s,
        tw_early=max(0, part.stop.open_s - zero_s),
        tw_late=part.latest_start_s - zero_s,
        # Theirs is when loading may begin, ours when the van may leave.
        release_time=max(0, part.release_s - reload_s - zero_s),
    )


def _kind(
    problem: Problem, van: Vehicle, count: int, capacity: list[int], pace: int, zero_s: int
) -> pyvrp.VehicleType:
    at, reload_s = problem.depot_place(van), _reload_s(van)
    bound: dict[str, Any] = {} if van.most_out_s is None else {"shift_duration": van.most_out_s + reload_s}
    return pyvrp.VehicleType(
        count,
        capacity,
        at,
        at,
        fixed_cost=van.fixed_cost + van.trip_cost,
        tw_early=van.shift_start_s - reload_s - zero_s,
        tw_late=van.shift_end_s - zero_s,
        unit_distance_cost=van.metre_cost,
        unit_duration_cost=van.second_cost,
        profile=pace,
        reload_depots=[at] if van.most_trips > 1 else [],
        max_reloads=van.most_trips - 1,
        **bound,
    )


def solve_alone(
    problem: Problem,
    work: Sequence[Part],
    seed: int,
    stop: Callable[[], bool],
    seen: Callable[[int], None] = lambda _cost: None,
) -> Numbers | None:
    """PyVRP's own answer, from its own beginning: the peer to be measured against."""
    partner = Partner(problem, work, seed)
    partner.run(stop, seen)
    return partner.plan()
