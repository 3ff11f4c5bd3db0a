"""Which vehicle makes which trip at which minute, chosen by CP-SAT among trips with known stops and order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ortools.sat.python import cp_model

from routing.assembly import AssembleParams, BoxIds, Choice, Chosen, Job, Picked
from routing.departures import Span
from routing.problem import Problem, Vehicle

CALM = 20
FEASIBLE = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def choose(
    problem: Problem,
    jobs: Sequence[Job],
    prices: Mapping[BoxIds, int],
    params: AssembleParams,
    hint: Iterable[Picked] = (),
) -> Chosen | None:
    """
    The cheapest jobs with vehicles and minutes that keep docks, rests, reloading and time out.

    Parameters
    ----------
    problem
        Vehicles and docks.
    jobs
        Trips to choose from; a part may stand in several and is brought once at most.
    prices
        Mills for leaving a part out, by its boxes.
    params
        Wishes and effort.
    hint
        A choice to begin with.

    Returns
    -------
    Chosen | None
        None where the effort did not suffice for a first answer.
    """
    model = _Model(problem, jobs, params)
    model.cover(prices)
    model.hint(hint)
    solver = _solver(params)
    model.cp.minimize(model.cost)
    status = solver.solve(model.cp)
    if status not in FEASIBLE:
        return None
    first = model.picked(solver)
    model.settle(solver)
    calm = _solver(replace(params, work=params.work / CALM))
    picked = model.picked(calm) if calm.solve(model.cp) in FEASIBLE else first
    return Chosen(picked, status == cp_model.OPTIMAL)


def _solver(params: AssembleParams) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = params.seed
    solver.parameters.max_deterministic_time = params.work
    return solver


class _Model:
    """For each job and vehicle a literal; for each job its departure, its return and the seconds between."""

    def __init__(self, problem: Problem, jobs: Sequence[Job], params: AssembleParams) -> None:
        self.problem, self.jobs, self.cp = problem, jobs, cp_model.CpModel()
        self.driven: dict[tuple[int, int], Any] = {}
        self.most_out_s = list[int]()
        self.times = [self._times(number, job) for number, job in enumerate(jobs)]
        self.costs = list[Any]()
        self.of_vehicle: dict[int, list[int]] = defaultdict(list)
        for number, job in enumerate(jobs):
            for choice in job.choices:
                self.of_vehicle[choice.vehicle].append(number)
        for nth, own in self.of_vehicle.items():
            self._day(nth, problem.vehicles[nth], own)
        self._docks()
        if params.costs.unfair_second:
            self._fair(params.costs.unfair_second)
        for nth in sorted({one.vehicle for job in jobs for one in job.choices if one.under_way}):
            self._goes_on(nth)
        self.cost: Any = sum(self.costs)

    def _times(self, number: int, job: Job) -> tuple[Any, Any, Any]:
        spans = [span for choice in job.choices for span in choice.spans]
        first_s = min((span.first_s for span in spans), default=0)
        last_s = max((span.last_s for span in spans), default=0)
        latest_s = max((span.returns_s(span.last_s) for span in spans), default=0)
        depart = self.cp.new_int_var(first_s, last_s, f"leaves {number}")
        back = self.cp.new_int_var(first_s, latest_s, f"back {number}")
        out = self.cp.new_int_var(0, latest_s - first_s, f"out {number}")
        self.most_out_s.append(latest_s - first_s)
        self.cp.add(out == back - depart)
        for choice in job.choices:
            literals = [self._span(depart, back, span) for span in choice.spans]
            key = (number, choice.vehicle)
            self.driven[key] = literals[0] if len(literals) == 1 else self.cp.new_bool_var(f"drives {key}")
            if len(literals) > 1:
                self.cp.add(sum(literals) == self.driven[key])
        return depart, back, out

    def _span(self, depart: Any, back: Any, span: Span) -> Any:
        literal = self.cp.new_bool_var("")
        self.cp.add_linear_constraint(depart, span.first_s, span.last_s).only_enforce_if(literal)
        self.cp.add(back >= depart + span.trip_s).only_enforce_if(literal)
        self.cp.add(back >= span.back_s).only_enforce_if(literal)
        return literal

    def cover(self, prices: Mapping[BoxIds, int]) -> None:
        """Each part is brought once at most; the price of one that is not."""
        bringing: dict[BoxIds, list[Any]] = {box_ids: [] for box_ids in prices}
        for number, job in enumerate(self.jobs):
            literals = [self.driven[number, choice.vehicle] for choice in job.choices]
            if len(literals) > 1:
                self.cp.add_at_most_one(literals)
            for part in job.parts:
                bringing[part.box_ids] += literals
        left = {box_ids: self.cp.new_bool_var("left out") for box_ids in prices}
        for box_ids, literals in bringing.items():
            self.cp.add_exactly_one([*literals, left[box_ids]])
        self.cost = self.cost + sum(price * left[box_ids] for box_ids, price in prices.items() if price)

    def hint(self, hint: Iterable[Picked]) -> None:
        """A choice to begin with."""
        wanted = {(one.job, one.vehicle): one.depart_s for one in hint}
        for key, literal in self.driven.items():
            self.cp.add_hint(literal, key in wanted)
        for (number, _), depart_s in wanted.items():
            self.cp.add_hint(self.times[number][0], depart_s)

    def settle(self, solver: cp_model.CpSolver) -> None:
        """Keeps who drives what at that cost; asks then for early returns, and for food that waits least."""
        self.cp.proto.clear_solution_hint()
        for literal in self.driven.values():
            self.cp.add(literal == int(solver.boolean_value(literal)))
        self.cp.add(self.cost <= round(solver.objective_value))
        kept = {number for (number, _), literal in self.driven.items() if solver.boolean_value(literal)}
        for number in kept:
            self.cp.add_hint(self.times[number][0], solver.value(self.times[number][0]))
            self.cp.add_hint(self.times[number][1], solver.value(self.times[number][1]))
        boxes = {number: sum(len(part.boxes) for part in self.jobs[number].parts) for number in kept}
        self.cp.minimize(sum(self.times[n][1] + (1 + boxes[n]) * self.times[n][2] for n in sorted(kept)))

    def picked(self, solver: cp_model.CpSolver) -> tuple[Picked, ...]:
        """What is driven, by departure."""
        found = [
            Picked(number, nth, solver.value(self.times[number][0]))
            for (number, nth), literal in self.driven.items()
            if solver.boolean_value(literal)
        ]
        return tuple(sorted(found, key=lambda one: (one.depart_s, one.vehicle, one.job)))

    def _day(self, nth: int, vehicle: Vehicle, own: list[int]) -> None:
        """One vehicle: no two trips at once, time to reload, rests, most trips and hours, what it costs."""
        literals = [self.driven[number, nth] for number in own]
        busy = [self._at_work(number, nth, vehicle) for number in own]
        self.cp.add_no_overlap([*busy, *self._rests(vehicle)])
        if len(own) > vehicle.most_trips:
            self.cp.add(sum(literals) <= vehicle.most_trips)
        if vehicle.most_out_s is not None:
            self._out_at_most(vehicle, own, literals)
        for number, literal in zip(own, literals, strict=True):
            self.costs.append(self._choice(number, nth).cost * literal)
            if vehicle.second_cost:
                self.costs.append(vehicle.second_cost * self._out_if(number, nth, literal))
        if vehicle.fixed_cost:
            used = self.cp.new_bool_var(f"uses {nth}")
            for literal in literals:
                self.cp.add_implication(literal, used)
            self.costs.append(vehicle.fixed_cost * used)

    def _at_work(self, number: int, nth: int, vehicle: Vehicle) -> Any:
        depart, back, out = self.times[number]
        reload_s = 0 if self._choice(number, nth).under_way else vehicle.reload_s
        return self.cp.new_optional_interval_var(
            depart - reload_s, out + reload_s, back, self.driven[number, nth], f"{nth} makes {number}"
        )

    def _rests(self, vehicle: Vehicle) -> list[Any]:
        starts = [self.cp.new_int_var(one.from_s, one.to_s - one.rest_s, "rests") for one in vehicle.breaks]
        return [
            self.cp.new_fixed_size_interval_var(start, one.rest_s, "rest")
            for start, one in zip(starts, vehicle.breaks, strict=True)
        ]

    def _out_at_most(self, vehicle: Vehicle, own: list[int], literals: list[Any]) -> None:
        most_s = vehicle.most_out_s or 0
        first = self.cp.new_int_var(-vehicle.shift_end_s, vehicle.shift_end_s, "first departure")
        for number, literal in zip(own, literals, strict=True):
            depart, back, _ = self.times[number]
            self.cp.add(first <= depart).only_enforce_if(literal)
            self.cp.add(back <= first + most_s).only_enforce_if(literal)

    def _docks(self) -> None:
        """At each kitchen at most as many vehicles are loaded at once as it has docks."""
        for place, depot in enumerate(self.problem.depots):
            if depot.docks is None:
                continue
            loadings = [
                self.cp.new_optional_fixed_size_interval_var(
                    self.times[number][0] - vehicle.reload_s, vehicle.reload_s, literal, "at a dock"
                )
                for (number, nth), literal in self.driven.items()
                for vehicle in [self.problem.vehicles[nth]]
                if self.problem.depot_place(vehicle) == place
                and vehicle.reload_s
                and not self._choice(number, nth).under_way
            ]
            self.cp.add_cumulative(loadings, [1] * len(loadings), depot.docks)

    def _goes_on(self, nth: int) -> None:
        """A vehicle under way makes one of the trips that begin where it is."""
        own = [number for number in self.of_vehicle[nth] if self._choice(number, nth).under_way]
        self.cp.add_exactly_one(self.driven[number, nth] for number in own)

    def _fair(self, cost: int) -> None:
        """A price for the seconds of the vehicle that is out longest."""
        longest = self.cp.new_int_var(0, max(1, sum(self.most_out_s)), "longest out")
        for nth, own in self.of_vehicle.items():
            outs = list[Any]()
            for number in own:
                outs.append(self._out_if(number, nth, self.driven[number, nth]))
            self.cp.add(longest >= sum(outs))
        self.costs.append(cost * longest)

    def _out_if(self, number: int, nth: int, literal: Any) -> Any:
        """Seconds of a trip by one vehicle, 0 if another makes it; their least is told to the bound."""
        spans = self._choice(number, nth).spans
        least_s = min(max(one.trip_s, one.back_s - one.last_s) for one in spans)
        out = self.cp.new_int_var(0, max(least_s, self.most_out_s[number]), "")
        self.cp.add(out >= self.times[number][2]).only_enforce_if(literal)
        self.cp.add(out >= least_s * literal)
        return out

    def _choice(self, number: int, nth: int) -> Choice:
        return next(one for one in self.jobs[number].choices if one.vehicle == nth)
