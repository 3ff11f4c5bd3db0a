"""Tests of the problem file and the plan file."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from orders.coordinates import to_gcj02
from orders.sites import Place, great_circle_m
from routing import files
from routing.files import problem_from_json, read_problem
from routing.params import SolveParams
from routing.plan import Plan, check
from routing.plan_files import plan_from_json, plan_to_json
from routing.problem import Break, Depot, Problem, Started, Window
from routing.problem_out import problem_to_json
from routing.solve import solve
from routing.travel import NO_WAY, TravelMatrix
from tests.routing.by_hand import box, four_stops, four_stops_plan, stop, van

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = json.loads((DOCS / "route-problem.json").read_text(encoding="utf-8"))
SCHEMA = json.loads((DOCS / "route-problem.schema.json").read_text(encoding="utf-8"))
PLAN_SCHEMA = json.loads((DOCS / "route-plan.schema.json").read_text(encoding="utf-8"))
QUICK = SolveParams(engine="ortools", starts=4)


def changed(change: Callable[[Any], object]) -> Any:
    """The example with one thing done to it."""
    document = copy.deepcopy(EXAMPLE)
    change(document)
    return document


def with_everything() -> Problem:
    """A problem in which each field is set to something else than its default."""
    home = Place(24.3, 109.4)
    load = replace(box("a"), cold=True, most_aboard_s=3600, kitchen_id="K2", second_leg_s=60)
    first = replace(
        stop("A", load),
        windows=(Window(36_000, 36_600), Window(37_000, 38_000)),
        unload_box_s=30,
        needs=frozenset({"lift", "narrow_lane"}),
        priority=2,
        empties_units=1,
        empties_weight_g=2_000,
        familiar=frozenset({"V1"}),
    )
    tricycle = van(
        kitchen_id="K2",
        hot_units=3,
        cold_units=2,
        skills=frozenset({"lift", "narrow_lane"}),
        pace_pct=150,
        breaks=(Break(40_000, 44_000, 1_800),),
        most_out_s=9_000,
        fixed_cost=8,
        trip_cost=5,
        metre_cost=90,
        second_cost=7,
    )
    ways = four_stops().travel.block([0, 0, 1, 2])
    seconds, metres = ways.duration_s.copy(), ways.distance_m.copy()
    seconds[1, 3] = metres[1, 3] = NO_WAY
    started = Started("V1", "T1", 35_000, 3, 36_000, ("a",))
    depots = (Depot("K1", home, 2), Depot("K2", home))
    travel = TravelMatrix(seconds, metres)
    return Problem("K1/2026-11-23/lunch", depots, (first,), (tricycle,), travel, (started,))


def test_the_published_example_is_solved() -> None:
    """Tests the file in the documentation from reading to the plan document, and both by their schemas."""
    jsonschema_rs.validate(SCHEMA, EXAMPLE)
    problem = problem_from_json(EXAMPLE)
    plan = solve(problem, QUICK, 1)
    assert check(plan, problem) == []
    document = json.loads(json.dumps(plan_to_json(plan)))
    jsonschema_rs.validate(PLAN_SCHEMA, document)
    assert document["service"] == "K1/2026-11-23/lunch"
    brought = {box for r in document["routes"] for t in r["trips"] for v in t["visits"] for box in v["boxes"]}
    assert brought == {"X01", "X02", "X03"}
    assert [(left["stop"], left["boxes"], left["code"]) for left in document["unserved"]] == [
        ("C09", ["X04"], "serving_ends_after_eat_by")
    ]


def test_a_problem_that_is_written_and_read_is_the_same() -> None:
    """Tests every field, by a problem in which none has its default."""
    problem = with_everything()
    document = json.loads(json.dumps(problem_to_json(problem)))
    jsonschema_rs.validate(SCHEMA, document)
    again = read_problem(document)
    assert again.warnings == ()
    ways = [one.travel.block(range(one.travel.size)) for one in (problem, again.problem)]
    assert (ways[0].duration_s == ways[1].duration_s).all() and (
        ways[0].distance_m == ways[1].distance_m
    ).all()
    assert replace(again.problem, travel=problem.travel) == problem


def test_the_schema_names_the_fields_that_are_read() -> None:
    """Tests that neither the schema nor the reader knows a field that the other does not."""
    properties = SCHEMA["properties"]
    stops, vehicles = (
        properties["stops"]["items"]["properties"],
        properties["vehicles"]["items"]["properties"],
    )
    assert set(properties) == set(files.TOP_FIELDS)
    assert set(properties["depot"]["properties"]) == set(files.DEPOT_FIELDS)
    assert set(stops) == set(files.STOP_FIELDS)
    assert set(stops["boxes"]["items"]["properties"]) == set(files.BOX_FIELDS)
    assert set(vehicles) == set(files.VEHICLE_FIELDS)
    assert set(vehicles["breaks"]["items"]["properties"]) == set(files.BREAK_FIELDS)
    assert set(properties["started"]["items"]["properties"]) == set(files.STARTED_FIELDS)
    assert set(properties["travel"]["properties"]) == set(files.TRAVEL_FIELDS)


def test_plan_document_states_every_minute_and_can_be_read() -> None:
    """Tests one visit of the document against the plan worked out by hand, and the way back."""
    document = plan_to_json(four_stops_plan())
    assert document["distance_m"] == 40_000
    assert document["routes"][0]["trips"][1]["visits"][0] == {
        "stop": "C",
        "boxes": ["c"],
        "arrive_s": 39_600,
        "start_s": 39_600,
        "leave_s": 39_900,
        "travel_s": 600,
        "distance_m": 5_000,
    }
    assert plan_from_json(json.loads(json.dumps(document))) == four_stops_plan()
    with pytest.raises(ValueError, match="trip T2: return_s"):
        document["routes"][0]["trips"][1]["return_s"] = "11:40"
        plan_from_json(document)


def test_a_matrix_in_the_file_replaces_the_estimate() -> None:
    """Tests that given durations and distances are taken as they are."""
    rows = [[0 if i == j else 60 for j in range(4)] for i in range(4)]
    problem = problem_from_json({**EXAMPLE, "matrix": {"duration_s": rows, "distance_m": rows}})
    ways = problem.travel.block(range(4))
    assert (ways.duration_s.tolist(), ways.distance_m.tolist()) == (rows, rows)


@pytest.mark.parametrize("empty", ["stops", "vehicles"])
def test_nothing_to_bring_or_nothing_to_bring_it_with_is_a_plan(empty: str) -> None:
    """Tests that a day without stops has an empty plan, and that one without vans leaves all out."""
    problem = problem_from_json({**EXAMPLE, empty: []})
    plan = solve(problem, QUICK, 1)
    assert (plan.routes, check(plan, problem)) == ((), [])
    assert {left.reason.code for left in plan.unserved} == ({"no_vehicles"} if empty == "vehicles" else set())


def test_a_box_above_every_van_is_left_out_with_its_reason() -> None:
    """Tests room, weight and cold room that no van has."""
    document = changed(lambda d: [one.update(units=13) for one in d["stops"][0]["boxes"]])
    plan: Plan = solve(problem_from_json(document), QUICK, 1)
    assert ("C01", "too_large_for_any_vehicle") in [
        (left.stop_id, left.reason.code) for left in plan.unserved
    ]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ([], "object"),
        ({**EXAMPLE, "schema": 2}, "schema"),
        ({**EXAMPLE, "depot": None}, "depot"),
        ({**EXAMPLE, "depots": []}, "depot"),
        ({**EXAMPLE, "stops": {}}, "stops"),
        ({**EXAMPLE, "coordinates": "BD-09"}, "WGS-84, GCJ-02"),
        ({**EXAMPLE, "service": "K" * 201}, "201 characters"),
        ({**EXAMPLE, "travel": {"speed": 3}}, "speed_mps"),
        ({**EXAMPLE, "travel": {"speed_mps": 0}}, "speed"),
        ({**EXAMPLE, "travel": {"mps_by_hour": [7.0]}}, "24 hours"),
        ({**EXAMPLE, "matrix": {"duration_s": [[0]]}}, "matrix"),
        ({**EXAMPLE, "matrix": {"duration_s": [[0]], "distance_m": [[0]]}}, "places"),
        (changed(lambda d: d["stops"][1].pop("open_s")), "stop H-LZ00017: open_s"),
        (changed(lambda d: d["stops"][1].update(open_s="10:20")), "stop H-LZ00017: open_s"),
        (changed(lambda d: d["stops"][1].update(open_s=True)), "stop H-LZ00017: open_s"),
        (changed(lambda d: d["stops"][1].update(open_s=43_201)), "close_s must be at least open_s"),
        (changed(lambda d: d["stops"][0].update(windows=[])), "stop C01 has no time window|Stop C01 has no"),
        (
            changed(lambda d: d["stops"][0]["windows"].reverse()),
            "Stop C01: its time windows must be in order",
        ),
        (changed(lambda d: d["stops"][0].update(needs="lift")), "stop C01: needs"),
        (changed(lambda d: d["stops"][0].update(lat=float("nan"))), "stop C01: lat"),
        (changed(lambda d: d["stops"][0].update(lat=109.4, lon=24.3)), "stop C01: .*WGS-84.*exchanged"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(units=10**30)), "box X01: units"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(cold="yes")), "box X01: cold"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(kitchen="K9")), "Box X01: no depot"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(box="X03")), "X03"),
        (changed(lambda d: d["vehicles"][0].pop("reload_s")), "vehicle V1: reload_s"),
        (changed(lambda d: d["vehicles"][0]["breaks"][0].update(rest_s=9_000)), "break of 9000 s"),
        (changed(lambda d: d["vehicles"].append(d["vehicles"][0])), "vehicle stands twice: V1"),
    ],
)
def test_a_bad_file_is_refused_by_the_place_of_its_slip(document: object, named: str) -> None:
    """Tests that what is missing or unusable is named, with its stop, box or vehicle."""
    with pytest.raises(ValueError, match=named):
        problem_from_json(document)


def warned(document: object) -> list[tuple[str, object]]:
    return [
        (one.code, one.params.get("where", one.params.get("places")))
        for one in read_problem(document).warnings
    ]


def test_what_is_odd_is_said_and_read_all_the_same() -> None:
    """Tests a misspelt field, an unknown one, an exchanged place and a file that states no coordinates."""
    assert warned(EXAMPLE) == []
    odd = changed(lambda d: (d["stops"][0].update(unload_boxs=1), d["vehicles"][0].update(colour="red")))
    assert warned(odd) == [("file_field_misspelt", "stop C01"), ("file_field_unknown", "vehicle V1")]
    assert read_problem(odd).warnings[0].params["like"] == "unload_box_s"
    exchanged = changed(lambda d: d["stops"][0].update(lat=87.6, lon=43.8))
    assert warned(exchanged) == [("file_place_exchanged", "stop C01")]
    assert warned(changed(lambda d: d.pop("coordinates"))) == [("file_coordinates_unstated", 4)]


def test_places_of_chinese_web_maps_are_converted_where_the_file_says_so() -> None:
    """Tests that a file in GCJ-02 gives the places of the same file in WGS-84."""
    plain = problem_from_json(EXAMPLE)

    def shift(document: Any) -> None:
        document["coordinates"] = "GCJ-02"
        for one in (document["depot"], *document["stops"]):
            drawn = to_gcj02(Place(one["lat"], one["lon"]))
            one.update(lat=drawn.lat, lon=drawn.lon)

    read = read_problem(changed(shift))
    assert [one.code for one in read.warnings] == ["file_coordinates_converted"]
    places = [(plain.depot, read.problem.depot), *zip(plain.stops, read.problem.stops, strict=True)]
    assert max(great_circle_m(one.place, other.place) for one, other in places) < 1


def test_a_trip_under_way_may_say_where_it_is() -> None:
    """Tests a place of its own behind the depots and stops, from which the estimate works out its ways."""
    away = {"vehicle": "V1", "trip": "T1", "depart_s": 35_500, "from_s": 36_000, "lat": 24.31, "lon": 109.41}
    problem = problem_from_json({**EXAMPLE, "started": [{**away, "boxes": ["X01"]}]})
    assert (problem.started[0].place, problem.travel.size) == (4, 5)
