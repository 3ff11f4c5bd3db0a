"""The clock from the terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.db import Database
from tests.api.cli.in_process import run

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
NOW_AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def shown(data: Path, *line: str) -> dict:
    """A command's document, which keeps its schema."""
    done = run(data, "clock", *line, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"clock-{line[0]}.json").read_text("utf-8")), document)
    return document


def test_a_rehearsal_s_clock_is_moved_from_the_terminal(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests show, an instant, never back, another speed, and a house without a rehearsal."""
    monkeypatch.setattr(Database, "upgrade", lambda _: None)
    (tmp_path / "holdchain.sqlite3").write_bytes(sqlite_template.read_bytes())
    refused = run(tmp_path, "clock", "advance", "2026-11-22T16:01", "--json")
    assert json.loads(refused.stdout)["refused"]["code"] == "not_a_rehearsal"
    assert shown(tmp_path, "show")["rehearsal"] is False
    RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    assert shown(tmp_path, "show") == {
        "schema": 1, "now_at": "2026-11-22T02:00:00+00:00", "rehearsal": True, "speed": 0.0,
    }  # fmt: skip
    assert shown(tmp_path, "advance", "2026-11-22 16:01")["now_at"] == "2026-11-22T08:01:00+00:00"
    assert shown(tmp_path, "advance", "2026-11-22T15:00+08:00")["now_at"] == "2026-11-22T08:01:00+00:00"
    assert shown(tmp_path, "speed", "60")["speed"] == 60
