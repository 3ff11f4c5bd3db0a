"""Answers to an instance: routes of client numbers as a `Plan`, a `Plan` as such routes, and a cost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.codes import Coded
from routing.costs import costs_of
from routing.instances.instance import Instance
from routing.parts import Part
from routing.plan import Plan, Route, Trip, check
from routing.vehicle_day import timed

Trips = Sequence[Sequence[int]]
_ROUTE = re.compile(r"^\s*Route\s*#?\s*(\d+)\s*:(.*)$", re.IGNORECASE)
_COST = re.compile(r"^\s*Cost\s*:?\s*([\d.]+)", re.IGNORECASE)
RELOAD = 0


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """
    What a ``.sol`` file says.

    Parameters
    ----------
    cost
        As stated; None where it states none.
    routes
        Number of a vehicle to its trips, each the clients in the order of driving.
    """

    cost: Decimal | None
    routes: dict[int, list[list[int]]]


def read_answer(text: str, depots: int = 1) -> KnownAnswer:
    """Reads a ``.sol`` file: a number below that of depots inside a route is a return for the next load."""
    cost, routes = None, dict[int, list[list[int]]]()
    for line in text.splitlines():
        if route := _ROUTE.match(line):
            trips = list[list[int]]([[]])
            for word in route[2].split():
                if int(word) < depots:
                    trips.append([])
                else:
                    trips[-1].append(int(word))
            routes[int(route[1])] = [trip for trip in trips if trip]
        elif stated := _COST.match(line):
            cost = Decimal(stated[1])
    return KnownAnswer(cost, {vehicle: trips for vehicle, trips in routes.items() if trips})


def plan_of(instance: Instance, routes: dict[int, list[list[int]]]) -> Plan | None:
    """
    The plan of an answer's routes, each trip back as soon as it can be.

    Parameters
    ----------
    instance
        Whose clients and vehicles the numbers are.
    routes
        Number of a vehicle to its trips of client numbers.

    Returns
    -------
    Plan | None
        None where a vehicle or client is unknown, or a vehicle's trips keep no time.
    """
    problem = instance.problem
    parts = {
        stop.stop_id: Part(place, stop, stop.boxes)
        for place, stop in enumerate(problem.stops, start=problem.first_stop)
    }
    driven, code = list[Route](), 0
    for vehicle in problem.vehicles:
        clients = routes.get(int(vehicle.vehicle_id), [])
        if not all(str(client) in parts for trip in clients for client in trip):
            return None
        trips = timed(problem, vehicle, [[parts[str(client)] for client in trip] for trip in clients])
        if trips is None:
            return None
        named = [_named(trip, f"T{code + nth}") for nth, trip in enumerate(trips, start=1)]
        code += len(named)
        driven += [Route(vehicle.vehicle_id, tuple(named))] if named else []
    if sum(map(bool, routes.values())) != len(driven):
        return None
    distance_m = sum(trip.distance_m for route in driven for trip in route.trips)
    return Plan(problem.service_key, tuple(driven), (), distance_m)


def _named(trip: Trip, code: str) -> Trip:
    return Trip(code, trip.depart_s, trip.return_s, trip.visits, trip.distance_m)


def answer_document(instance: Instance, plan: Plan) -> dict[str, Any]:
    """
    A plan as the answer to an instance, judged; see docs/routing.md, "Instance files".

    Returns
    -------
    dict[str, Any]
        ``cost`` in the instance's whole units, how it is counted, whether all clients are served without a
        violation, the routes, and who is left out.
    """
    checks = check(plan, instance.problem)
    return {
        "instance": instance.name,
        "kind": instance.kind,
        "cost": costs_of(plan, instance.problem).driven,
        "cost_scale": instance.cost_scale,
        "cost_convention": instance.cost_convention,
        "feasible": not checks and not plan.unserved,
        "checks": [_coded(one) for one in checks],
        "vehicle_types": [
            {
                "capacity": one.van.capacity,
                "depot": one.van.depot,
                "fixed_cost": one.van.fixed,
                "unit_distance_cost": one.van.a_unit_of_way,
                "vehicles": list(one.numbers),
            }
            for one in instance.types
        ],
        "routes": _routes(instance, plan),
        "unserved": [{"client": int(left.stop_id), **_coded(left.reason)} for left in plan.unserved],
    }


def _routes(instance: Instance, plan: Plan) -> list[dict[str, Any]]:
    types = {number: nth for nth, one in enumerate(instance.types) for number in one.numbers}
    return [
        {
            "vehicle": (number := int(route.vehicle_id)),
            "vehicle_type": types[number],
            "depot": instance.types[types[number]].van.depot,
            "trips": [[int(visit.stop_id) for visit in trip.visits] for trip in route.trips],
        }
        for route in plan.routes
    ]


def _coded(one: Coded) -> dict[str, Any]:
    return {"code": one.code, "params": dict(one.params)}
