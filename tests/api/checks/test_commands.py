"""``holdchain check`` on a house of its own, each document by its schema."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.day.measure import StepTold, act_on_step, record_step
from api.house import open_house
from api.seed import seed_catalogue, seed_city
from api.settings import Settings
from tests.api.checks.room import COOKED_AT, SERVICE, furnished, publish
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS

SUNDAY_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
WELL = ("temperature_c=36.5", "no_illness=yes", "no_wound=yes", "clean_dress=yes")


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """The example's house on a Sunday."""
    folder = tmp_path_factory.mktemp("house")
    RehearsalClock.start(folder / "clock.json", SUNDAY_AT, 0)
    opened = open_house(Settings(data=folder), seed=1)
    with opened.database.begin() as session:
        seed_catalogue(session, SUNDAY_AT)
        seed_city(session, "liuzhou", SUNDAY_AT)
    opened.database.close()
    return folder


def printed(house, *arguments, group="check"):
    """A command's document, as docs/schemas says it."""
    done = run(house, group, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"{group}-{arguments[0]}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, document)
    return document


def test_a_house_is_watched_written_signed_and_printed(house, tmp_path):
    """
    Tests the commands from listing the staff to the inspector's file, and a refusal in words.
    """
    assert printed(house, "list")["unwatched"][0]["code"] == "watch_no_probes"
    assert printed(house, "watch") == {"schema": 1, "workers": 16, "probes": 2, "fridges": 2}
    assert printed(house, "record", "morning_check", *WELL, "--about", "S1", "--by", "S3")["passed"]
    daily = printed(house, "record", "safety_day", "checked=yes", "risk=no", "--by", "S3")
    assert [one["code"] for one in printed(house, "gaps")["gaps"]] == ["check_unsigned"]
    printed(house, "sign", daily["check_id"], "--by", "S1")
    assert printed(house, "gaps")["gaps"] == []
    assert {one["register"] for one in printed(house, "list")["entries"]} == {"morning_check", "safety_day"}
    assert printed(house, "hold", group="batch")["withheld"] == []
    assert run(house, "batch", "hold", "--lift").returncode == 2
    assert run(house, "batch", "hold", "B01", "--reason", "-").returncode == 1
    files = printed(house, "inspector", "--out", str(tmp_path))["files"]
    assert all(Path(one["file"]).read_bytes().startswith(b"%PDF") for one in files)
    refused = run(house, "check", "record", "moon")
    assert (refused.returncode, "moon" in refused.stderr) == (1, True)
    assert run(house, "check", "record", "morning_check", "nonsense").returncode == 2


def test_a_discard_is_listed_with_its_id_and_lifted_by_it(tmp_path):
    """
    Tests that the id of ``check list`` lifts a discard for a named person's reason, once.
    """
    clock = RehearsalClock.start(tmp_path / "clock.json", COOKED_AT, 0)
    opened = open_house(Settings(data=tmp_path), seed=1)
    with opened.database.begin() as session:
        at = furnished(session)
        cold = record_step(session, at, SERVICE, StepTold("cook", "B01", 6.5, "HP-01", "S1"))
        act_on_step(session, at, SERVICE, cold.step_id, "discard", "S1")
    opened.database.close()
    clock.advance_to(COOKED_AT + timedelta(minutes=1))
    lift = ("lift", cold.step_id, "--by", "S2", "--date", "2026-11-23")
    assert cold.step_id in run(tmp_path, "check", "list").stdout
    (lifted,) = printed(tmp_path, *lift, "--reason", "typed wrong")["lifted"]
    assert lifted == {"ref": cold.step_id, "person": "乙", "reason": "typed wrong"}
    assert run(tmp_path, "check", *lift, "--reason", "again").returncode == 1


def test_food_is_stopped_after_its_meal_and_never_that_of_another_day(tmp_path, monkeypatch):
    """
    Tests that a code means today's food once lunch is over, and must name its day when tomorrow has it too.
    """
    clock = RehearsalClock.start(tmp_path / "clock.json", COOKED_AT, 0)
    opened = open_house(Settings(data=tmp_path), seed=1)
    with opened.database.begin() as session:
        furnished(session)
    clock.advance_to(COOKED_AT + timedelta(hours=6))
    tomorrow = replace(SERVICE, service_on=date(2026, 11, 24))
    monkeypatch.setattr("api.cli.choosing.next_service", lambda *_: tomorrow)
    assert "Nothing of" in run(tmp_path, "batch", "hold").stdout
    (held,) = printed(tmp_path, "hold", "b01", "--reason", "sour", "--by", "S1", group="batch")["withheld"]
    assert held["code"] == "B01"
    assert "sour" in run(tmp_path, "batch", "hold").stdout
    refused = run(tmp_path, "batch", "hold", "B99", "--reason", "sour", "--by", "S1")
    assert (refused.returncode, "2026-11-23, 2026-11-24" in refused.stderr) == (1, True)
    with opened.database.begin() as session:
        publish(session, service=tomorrow, number=2)
    opened.database.close()
    refused = run(tmp_path, "batch", "hold", "B01", "--lift", "--reason", "fine", "--by", "S2")
    assert (refused.returncode, "name the day with --date" in refused.stderr) == (1, True)
    lift = ("hold", "B01", "--lift", "--reason", "fine", "--by", "S2", "--date", "2026-11-23")
    assert printed(tmp_path, *lift, group="batch")["stops"] == []
