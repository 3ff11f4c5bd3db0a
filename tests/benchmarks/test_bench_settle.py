"""The month that the benchmark settles: the same files from a seed, and the peer's sum to the fen."""

import json
from pathlib import Path

import jsonschema_rs

from api.bench.settling import bench_settling

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "bench-settle.json"


def test_both_sides_settle_the_same_month_to_the_fen() -> None:
    """
    Tests that the general engine and a program for this one plan agree, and that a seed gives one problem.
    """
    found, again = bench_settling(4_000, 3), bench_settling(4_000, 3)
    assert found["same"]
    assert found["ours"]["subsidy_fen"] > 0
    assert found["problem"] == again["problem"]
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), {"schema": 1, **found})
