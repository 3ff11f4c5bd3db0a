"""``holdchain asset`` as a person at the terminal sees it."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema_rs

from api.clock import RehearsalClock
from api.house import open_data
from telemetry.readings import Reading
from telemetry.store.devices import add_device
from telemetry.store.readings import keep
from tests.api.checks.room import COOKED_AT, furnished
from tests.api.cli.in_process import run

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def told(folder, *line):
    """The document of a command, by its schema."""
    done = run(folder, *line, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    name = "-".join(line[:2]) if line[0] == "asset" else line[0]
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")), document)
    return document


def test_a_cold_room_is_listed_with_its_sensor_and_read(tmp_path):
    """
    Tests listing, mounting a door, how it stands, its readings by name, taking a sensor out, and refusals.
    """
    RehearsalClock.start(tmp_path / "clock.json", COOKED_AT, 0)
    house = open_data(tmp_path)
    with house.database.begin() as session:
        furnished(session)
        for name, probe in (("TH-1", "air"), ("DOOR-1", "device")):
            add_device(session, name, family="holdchain", probes={probe: "air"}, now_at=COOKED_AT)
    house.clock.advance_to(COOKED_AT + timedelta(minutes=1))
    room = ("asset", "add", "CR-1", "--kind", "cold_room", "--name", "一号冷库", "--high-c", "5")
    added = told(tmp_path, *room, "--sensor", "TH-1")["asset"]
    assert (added["high_c"], added["probes"], added["state"]) == (5.0, ["TH-1/air"], "silent")
    told(tmp_path, "asset", "mount", "CR-1", "DOOR-1", "--senses", "ambient")
    with house.database.begin() as session:
        at = COOKED_AT + timedelta(minutes=1)
        keep(session, [Reading("TH-1", "air", "air", "temperature", 4.5, at, at)])
    assert told(tmp_path, "asset", "show", "CR-1")["asset"]["state"] == "within"
    assert [row["value"] for row in told(tmp_path, "readings", "--asset", "CR-1")["readings"]] == [4.5]
    assert "CR-1  cold_room  within  4.5 °C  DOOR-1/device TH-1/air" in run(tmp_path, "asset", "list").stdout
    told(tmp_path, "asset", "dismount", "CR-1", "DOOR-1/device")
    assert [one["probes"] for one in told(tmp_path, "asset", "list")["assets"]] == [["TH-1/air"]]
    assert run(tmp_path, "asset", "add", "X", "--kind", "shed").returncode == 2
    assert run(tmp_path, "asset", "mount", "CR-1", "TH-1", "--senses", "smell").returncode == 2
    assert run(tmp_path, "readings", "--asset", "CR-9").returncode == 1
    house.database.close()
