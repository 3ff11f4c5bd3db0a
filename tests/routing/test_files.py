"""Tests of the problem file and the plan file."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from routing.files import plan_to_json, problem_from_json
from routing.params import SolveParams
from routing.plan import check
from routing.solve import solve
from tests.routing.by_hand import four_stops_plan

EXAMPLE = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "route-problem.json").read_text(encoding="utf-8")
)


def changed(change: Callable[[Any], object]) -> Any:
    """The example with one thing done to it."""
    document = copy.deepcopy(EXAMPLE)
    change(document)
    return document


def test_the_published_example_is_solved() -> None:
    """Tests the file in the documentation from reading to the plan document."""
    problem = problem_from_json(EXAMPLE)
    plan = solve(problem, SolveParams(starts=4), 1)
    assert check(plan, problem) == []
    document = json.loads(json.dumps(plan_to_json(plan)))
    assert document["service"] == "K1/2026-11-23/lunch"
    brought = {box for r in document["routes"] for t in r["trips"] for v in t["visits"] for box in v["boxes"]}
    assert brought == {"X01", "X02", "X03"}
    assert [(left["stop"], left["boxes"], left["code"]) for left in document["unserved"]] == [
        ("C09", ["X04"], "serving_ends_after_eat_by")
    ]


def test_plan_document_states_every_minute() -> None:
    """Tests one visit of the document against the plan worked out by hand."""
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


def test_a_matrix_in_the_file_replaces_the_estimate() -> None:
    """Tests that given durations and distances are taken as they are."""
    rows = [[0 if i == j else 60 for j in range(4)] for i in range(4)]
    problem = problem_from_json({**EXAMPLE, "matrix": {"duration_s": rows, "distance_m": rows}})
    ways = problem.travel.block(range(4))
    assert (ways.duration_s.tolist(), ways.distance_m.tolist()) == (rows, rows)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ([], "object"),
        ({**EXAMPLE, "schema": 2}, "schema"),
        ({**EXAMPLE, "depot": None}, "depot"),
        ({**EXAMPLE, "stops": {}}, "stops"),
        ({**EXAMPLE, "travel": {"speed": 3}}, "speed_mps"),
        ({**EXAMPLE, "travel": {"speed_mps": 0}}, "speed"),
        ({**EXAMPLE, "matrix": {"duration_s": [[0]]}}, "matrix"),
        ({**EXAMPLE, "matrix": {"duration_s": [[0]], "distance_m": [[0]]}}, "places"),
        (changed(lambda d: d["stops"][0].pop("open_s")), "stop C01: open_s"),
        (changed(lambda d: d["stops"][0].update(open_s="10:20")), "stop C01: open_s"),
        (changed(lambda d: d["stops"][0].update(open_s=True)), "stop C01: open_s"),
        (changed(lambda d: d["stops"][0].update(lat=float("nan"))), "stop C01: lat"),
        (changed(lambda d: d["stops"][0].update(lat=124.3)), "WGS-84"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(units=10**30)), "box X01: units"),
        (changed(lambda d: d["stops"][0]["boxes"][0].update(box="X03")), "X03"),
        (changed(lambda d: d["vehicles"][0].pop("reload_s")), "vehicle V1: reload_s"),
    ],
)
def test_a_bad_file_is_refused_by_the_place_of_its_slip(document: object, named: str) -> None:
    """Tests that what is missing or unusable is named, with its stop, box or vehicle."""
    with pytest.raises(ValueError, match=named):
        problem_from_json(document)
