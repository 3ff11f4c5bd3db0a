"""A plan as a JSON document, out and in: docs/route-plan.schema.json."""

from typing import Any

from orders.codes import Coded, Param
from routing.fields import Table, table_of, tables_of, text_of, texts_of, whole_of
from routing.plan import Plan, Route, Trip, Unserved, Visit

SCHEMA = 1


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as a document, all instants whole seconds of the service."""
    return {
        "schema": SCHEMA,
        "service": plan.service_key,
        "distance_m": plan.distance_m,
        "routes": [
            {"vehicle": route.vehicle_id, "trips": [_trip_json(trip) for trip in route.trips]}
            for route in plan.routes
        ],
        "unserved": [_unserved_json(left) for left in plan.unserved],
    }


def plan_from_json(document: object) -> Plan:
    """
    Reads a plan, for `plan.check` to judge.

    Raises
    ------
    ValueError
        Naming the place in the document and what is missing or unusable there.
    """
    if not isinstance(document, dict):
        raise ValueError(f"A plan is an object, got {type(document).__name__}.")
    if document.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}, got {document.get('schema')!r}.")
    return Plan(
        service_key=text_of(document, "service", "plan"),
        routes=tuple(_route(one) for one in tables_of(document, "routes", "plan")),
        unserved=tuple(_unserved(one) for one in tables_of(document, "unserved", "plan")),
        distance_m=whole_of(document, "distance_m", "plan"),
    )


def _route(table: Table) -> Route:
    vehicle_id = text_of(table, "vehicle", "routes")
    trips = tables_of(table, "trips", f"vehicle {vehicle_id}")
    return Route(vehicle_id, tuple(_trip(one) for one in trips))


def _trip(table: Table) -> Trip:
    code = text_of(table, "code", "trips")
    where = f"trip {code}"
    return Trip(
        trip_code=code,
        depart_s=whole_of(table, "depart_s", where),
        return_s=whole_of(table, "return_s", where),
        visits=tuple(_visit(one, where) for one in tables_of(table, "visits", where)),
        distance_m=whole_of(table, "distance_m", where),
    )


def _visit(table: Table, trip: str) -> Visit:
    stop_id = text_of(table, "stop", trip)
    where = f"{trip}, stop {stop_id}"
    return Visit(
        stop_id=stop_id,
        box_ids=tuple(texts_of(table, "boxes", where)),
        arrive_s=whole_of(table, "arrive_s", where),
        start_s=whole_of(table, "start_s", where),
        leave_s=whole_of(table, "leave_s", where),
        distance_m=whole_of(table, "distance_m", where),
        travel_s=whole_of(table, "travel_s", where),
    )


def _unserved(table: Table) -> Unserved:
    stop_id = text_of(table, "stop", "unserved")
    where = f"unserved, stop {stop_id}"
    params: dict[str, Param] = {}
    for name, value in table_of(table, "params", where).items():
        if type(value) not in (str, int, float):
            raise ValueError(f"{where}: params must be texts and numbers, got {name}.")
        params[str(name)] = value
    reason = Coded(text_of(table, "code", where), params)
    return Unserved(stop_id, tuple(texts_of(table, "boxes", where)), reason)


def _trip_json(trip: Trip) -> dict[str, Any]:
    return {
        "code": trip.trip_code,
        "depart_s": trip.depart_s,
        "return_s": trip.return_s,
        "distance_m": trip.distance_m,
        "visits": [_visit_json(visit) for visit in trip.visits],
    }


def _visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "stop": visit.stop_id,
        "boxes": list(visit.box_ids),
        "arrive_s": visit.arrive_s,
        "start_s": visit.start_s,
        "leave_s": visit.leave_s,
        "travel_s": visit.travel_s,
        "distance_m": visit.distance_m,
    }


def _unserved_json(left: Unserved) -> dict[str, Any]:
    return {
        "stop": left.stop_id,
        "boxes": list(left.box_ids),
        "code": left.reason.code,
        "params": dict(left.reason.params),
    }
