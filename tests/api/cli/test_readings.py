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
    unheard = run(tmp_path, *asked)
    assert (unheard.returncode, unheard.stderr) == (1, "No sensor “BOX-0001” was found.\n")
    database = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}")
    with database.begin() as session:
        keep(session, [told(1), told(3)])
        save_chunks(session, chunks_of([told(0), told(2)]), AT)
    database.close()
    printed = run(tmp_path, *asked, "--json")
    document = json.loads(printed.stdout)
    assert printed.stderr == ""
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
    assert (
        run(tmp_path, "readings", "--device", "A", "--from", "2026-11-24", "--to", "2026-11-23").returncode
        == 2
    )


def test_a_sensor_that_told_nothing_is_said(tmp_path) -> None:
    """
    Tests that no reading is said in words and is an empty document.
    """
    run(tmp_path, "device", "add", "BOX-0001")
    asked = ("readings", "--device", "BOX-0001", "--from", "2026-11-23T08:00", "--to", "2026-11-23T09:00")
    words = "No reading from 2026-11-23T08:00+08:00 to 2026-11-23T09:00+08:00."
    assert run(tmp_path, *asked).stdout.splitlines() == [words]
    assert json.loads(run(tmp_path, *asked, "--json").stdout)["readings"] == []
