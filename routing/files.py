"""Problem and plan as JSON documents, for `holdchain route solve FILE`."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from orders.sites import Place
from routing.plan import Plan, Trip, Unserved, Visit
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.travel import TravelMatrix, TravelParams, matrix_of, straight_line

SCHEMA = 1
MOST = 1_000_000_000
Table = Mapping[str, Any]


def problem_from_json(document: object) -> Problem:
    """
    Reads a problem.

    Parameters
    ----------
    document
        A parsed JSON document as described in docs/routing.md, "The problem file".

    Raises
    ------
    ValueError
        Naming the place in the document and what is missing or unusable there.
    """
    if not isinstance(document, Mapping):
        raise ValueError(f"A problem is an object, got {type(document).__name__}.")
    if document.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}, got {document.get('schema')!r}.")
    depot = _depot(_table(document, "depot", "problem"))
    stops = tuple(_stop(one) for one in _tables(document, "stops", "problem"))
    vehicles = tuple(_vehicle(one) for one in _tables(document, "vehicles", "problem"))
    places = [depot.place, *(stop.place for stop in stops)]
    given = document.get("matrix")
    travel = straight_line(places, _travel_params(document)) if given is None else _matrix(given)
    return Problem(_text(document, "service", "problem"), (depot,), stops, vehicles, travel)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as a document, all instants whole seconds of the service; see docs/routing.md."""
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


def _depot(table: Table) -> Depot:
    return Depot(_text(table, "kitchen", "depot"), _place(table, "depot"))


def _stop(table: Table) -> Stop:
    stop_id = _text(table, "stop", "stops")
    where = f"stop {stop_id}"
    return Stop(
        stop_id=stop_id,
        site_id=str(table.get("site", stop_id)),
        place=_place(table, where),
        windows=(Window(_whole(table, "open_s", where), _whole(table, "close_s", where)),),
        unload_s=_whole(table, "unload_s", where),
        boxes=tuple(_load(box, where) for box in _tables(table, "boxes", where)),
        serving_starts_s=_whole(table, "serving_starts_s", where),
        serving_s=_whole(table, "serving_s", where),
    )


def _load(table: Table, where: str) -> Load:
    box_id = _text(table, "box", where)
    where = f"box {box_id}"
    return Load(
        box_id=box_id,
        units=_whole(table, "units", where),
        weight_g=_whole(table, "weight_g", where),
        release_s=_whole(table, "release_s", where),
        deliver_by_s=_whole(table, "deliver_by_s", where),
        eat_by_s=_whole(table, "eat_by_s", where),
        second_leg_s=_whole(table, "second_leg_s", where, 0),
    )


def _vehicle(table: Table) -> Vehicle:
    vehicle_id = _text(table, "vehicle", "vehicles")
    where = f"vehicle {vehicle_id}"
    return Vehicle(
        vehicle_id=vehicle_id,
        units=_whole(table, "units", where),
        weight_g=_whole(table, "weight_g", where),
        shift_start_s=_whole(table, "shift_start_s", where),
        shift_end_s=_whole(table, "shift_end_s", where),
        reload_s=_whole(table, "reload_s", where),
        most_trips=_whole(table, "most_trips", where, 1),
    )


def _travel_params(document: Table) -> TravelParams:
    table = document.get("travel", {})
    if not isinstance(table, Mapping) or set(table) - {"speed_mps", "detour_ratio", "park_s"}:
        raise ValueError("travel: an object of speed_mps, detour_ratio and park_s, each optional.")
    known = TravelParams()
    return TravelParams(
        _number(table, "speed_mps", "travel", known.speed_mps),
        _number(table, "detour_ratio", "travel", known.detour_ratio),
        _whole(table, "park_s", "travel", known.park_s),
    )


def _matrix(table: Table) -> TravelMatrix:
    rows = {}
    for name in ("duration_s", "distance_m"):
        found = table.get(name) if isinstance(table, Mapping) else None
        if not isinstance(found, list) or not all(_is_row(row) for row in found):
            raise ValueError(f"matrix: {name} must be a list of rows of whole numbers.")
        rows[name] = found
    return matrix_of(rows["duration_s"], rows["distance_m"])


def _is_row(row: object) -> bool:
    return isinstance(row, list) and all(type(value) is int and abs(value) <= MOST for value in row)


def _place(table: Table, where: str) -> Place:
    return Place(_number(table, "lat", where), _number(table, "lon", where))


def _table(table: Table, field: str, where: str) -> Table:
    value = table.get(field)
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: {field} must be an object, got {value!r}.")
    return value


def _tables(table: Table, field: str, where: str) -> list[Table]:
    value = table.get(field)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise ValueError(f"{where}: {field} must be a list of objects.")
    return value


def _text(table: Table, field: str, where: str) -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where}: {field} must be a text, got {value!r}.")
    return value


def _number(table: Table, field: str, where: str, default: float | None = None) -> float:
    value = table.get(field, default)
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError(f"{where}: {field} must be a number, got {value!r}.")
    return float(value)


def _whole(table: Table, field: str, where: str, default: int | None = None) -> int:
    value = table.get(field, default)
    if type(value) is not int or abs(value) > MOST:
        raise ValueError(f"{where}: {field} must be a whole number up to {MOST}, got {value!r}.")
    return value
