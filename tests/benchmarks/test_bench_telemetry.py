"""The telemetry's benchmark: messages as our devices send them, box-days found, the whole of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest

from api.bench.box_day import bench_box_day
from api.bench.sensors import Load, payload_of
from telemetry.decode.holdchain import decode, topic_of
from telemetry.frames import Heard
from tests.api.cli.in_process import run

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "bench-telemetry.json"
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_the_sensors_messages_are_those_of_our_devices() -> None:
    """
    Tests that each message gives as many readings as asked for, without a finding and none twice.
    """
    load = Load(1883, (("BOX-0001", "0" * 32),), 3, AT.isoformat(), readings_each=60)
    found = [decode(Heard(topic_of("BOX-0001"), payload_of(load, seq, None), AT)) for seq in (1, 2, 3)]
    assert [one.findings for one in found] == [()] * 3
    assert len({reading.key for one in found for reading in one.readings}) == 180


def test_a_box_day_is_found_among_sealed_ones(tmp_path) -> None:
    """
    Tests the small end of the storage's measurement: the goal of the size is reached at any amount.
    """
    found = bench_box_day(tmp_path, 2_400, 2, 1)
    assert found["readings"] == 2_400
    assert found["box_hour_bytes_a_reading"] <= 5


@pytest.mark.parametrize(("arguments", "judged"), [(("--quick",), False), ((), True)])
def test_only_a_full_run_is_held_against_the_figures_to_reach(
    tmp_path, monkeypatch, arguments, judged
) -> None:
    """
    Tests that a tiny run says that it works, and a full one which figure it reached.
    """
    box_day = {"readings": 1, "bytes_a_reading": 4, "box_hour_bytes_a_reading": 4, "p50_ms": 1, "p95_ms": 2}
    found = {
        "problem": {"devices": 1, "boxes": 1, "seed": 1, "digest": "d"},
        "machine": {"cores": 2, "load": 0.1, "python": "3.11"},
        "drains": [],
        "paces": [],
        "storm": {"devices": 1, "acknowledged_s": 1, "stored_s": 1},
        "box_day": box_day,
        "to_reach": [{"what": "box_day_ms", "value": 2, "limit": 5, "reached": True}],
    }
    monkeypatch.setattr("api.bench.telemetry.bench_telemetry", lambda *_, **__: found)
    last = run(tmp_path, "bench", "telemetry", *arguments).stdout.splitlines()[-1]
    assert ("reached" in last, "leave out --quick" in last) == (judged, not judged)


@pytest.mark.faults
def test_the_whole_benchmark_runs() -> None:
    """
    Tests that every line of the document is there, from real brokers and a judged house.
    """
    from api.bench.telemetry import QUICK, bench_telemetry

    found = bench_telemetry(QUICK)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), {"schema": 1, **found})
    assert all(
        one["ours"]["readings"] == one["peer"]["messages"] * one["readings_each"] for one in found["drains"]
    )
