"""``holdchain readings`` as a person at the terminal sees it."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs

from api.db import Database
from telemetry.chunks import chunks_of
from telemetry.readings import Reading
from telemetry.store.chunks import save_chunks
from telemetry.store.readings import keep
from tests.api.cli.in_process import run

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "readings.json"


def told(number: int) -> Reading:
    """A reading a minute."""
    at = AT + timedelta(minutes=number)
    return Reading("BOX-0001", "core", "core", "temperature", 70.0 + number, at, at, number)


def test_a_device_is_asked_between_two_instants(tmp_path) -> None:
    """
    Tests that rows and chunks are printed alike, in order, by the schema, as JSON, as CSV and as lines.
    """
    asked = (
        "readings",
        "--device",
        "BOX-0001",
        "--from",
        "2026-11-23T02:00:00Z",
        "--to",
        "2026-11-23T10:02:00",
    )
    assert json.loads(run(tmp_path, *asked, "--json").stdout)["readings"] == []
    database = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}")
    with database.begin() as session:
        keep(session, [told(1), told(3)])
        save_chunks(session, chunks_of([told(0), told(2)]), None, AT)
    database.close()
    document = json.loads(run(tmp_path, *asked, "--json").stdout)
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), document)
    assert [row["value"] for row in document["readings"]] == [70.0, 71.0, 72.0]
    rows = list(csv.DictReader(io.StringIO(run(tmp_path, *asked, "--csv").stdout)))
    assert [row["measured_at"] for row in rows] == [row["measured_at"] for row in document["readings"]]
    assert run(tmp_path, *asked).stdout.splitlines()[1].startswith("2026-11-23T02:01:00Z  BOX-0001  core")


def test_readings_want_one_subject_and_an_instant(tmp_path) -> None:
    """
    Tests that a question without a subject, with two, or without an instant is wrong usage.
    """
    assert run(tmp_path, "readings").returncode == 2
    assert run(tmp_path, "readings", "--device", "A", "--stop", "C01").returncode == 2
    assert run(tmp_path, "readings", "--device", "A", "--from", "yesterday").returncode == 2
    assert run(tmp_path, "readings", "--stop", "C99").returncode == 1
