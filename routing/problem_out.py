"""A problem written as the JSON document that `routing.files` reads."""

from typing import Any

from orders.sites import Place
from routing.files import SCHEMA
from routing.problem import Depot, Load, Problem, Started, Stop, Vehicle
from routing.travel import NO_WAY


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """The problem with all its fields and its ways as a matrix; read again, it is the same problem."""
    ways = problem.travel.block(range(problem.travel.size))
    return {
        "schema": SCHEMA,
        "service": problem.service_key,
        "coordinates": "WGS-84",
        "depots": [_depot(one) for one in problem.depots],
        "vehicles": [_vehicle(one) for one in problem.vehicles],
        "stops": [_stop(one) for one in problem.stops],
        "started": [_started(one) for one in problem.started],
        "matrix": {
            "duration_s": _rows(ways.duration_s.tolist()),
            "distance_m": _rows(ways.distance_m.tolist()),
        },
    }


def _rows(rows: list[list[int]]) -> list[list[int | None]]:
    return [[None if value == NO_WAY else value for value in row] for row in rows]


def _place(place: Place) -> dict[str, float]:
    return {"lat": place.lat, "lon": place.lon}


def _depot(depot: Depot) -> dict[str, Any]:
    return {"kitchen": depot.kitchen_id, **_place(depot.place), "docks": depot.docks}


def _vehicle(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "vehicle": vehicle.vehicle_id,
        "kitchen": vehicle.kitchen_id,
        "units": vehicle.units,
        "hot_units": vehicle.hot_units,
        "cold_units": vehicle.cold_units,
        "weight_g": vehicle.weight_g,
        "shift_start_s": vehicle.shift_start_s,
        "shift_end_s": vehicle.shift_end_s,
        "reload_s": vehicle.reload_s,
        "most_trips": vehicle.most_trips,
        "skills": sorted(vehicle.skills),
        "pace_pct": vehicle.pace_pct,
        "breaks": [{"from_s": one.from_s, "to_s": one.to_s, "rest_s": one.rest_s} for one in vehicle.breaks],
        "most_out_s": vehicle.most_out_s,
        "fixed_cost": vehicle.fixed_cost,
        "trip_cost": vehicle.trip_cost,
        "metre_cost": vehicle.metre_cost,
        "second_cost": vehicle.second_cost,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "stop": stop.stop_id,
        "site": stop.site_id,
        **_place(stop.place),
        "windows": [{"open_s": opens_s, "close_s": closes_s} for opens_s, closes_s in stop.windows],
        "unload_s": stop.unload_s,
        "unload_box_s": stop.unload_box_s,
        "serving_starts_s": stop.serving_starts_s,
        "serving_s": stop.serving_s,
        "needs": sorted(stop.needs),
        "priority": stop.priority,
        "empties_units": stop.empties_units,
        "empties_weight_g": stop.empties_weight_g,
        "familiar": sorted(stop.familiar),
        "boxes": [_box(load) for load in stop.boxes],
    }


def _box(load: Load) -> dict[str, Any]:
    return {
        "box": load.box_id,
        "units": load.units,
        "weight_g": load.weight_g,
        "release_s": load.release_s,
        "deliver_by_s": load.deliver_by_s,
        "eat_by_s": load.eat_by_s,
        "second_leg_s": load.second_leg_s,
        "cold": load.cold,
        "most_aboard_s": load.most_aboard_s,
        "kitchen": load.kitchen_id,
    }


def _started(one: Started) -> dict[str, Any]:
    return {
        "vehicle": one.vehicle_id,
        "trip": one.trip_code,
        "depart_s": one.depart_s,
        "from_s": one.from_s,
        "place": one.place,
        "boxes": list(one.box_ids),
    }
