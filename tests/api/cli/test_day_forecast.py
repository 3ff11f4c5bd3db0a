"""``holdchain day forecast|chilled``: a chilled dish from its forecast to the heat, by commands."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.example.files import write_example
from api.house import open_house
from api.imports.run import run_import
from api.people import OPERATOR
from api.seed import seed_house
from api.settings import Settings
from tests.api.cli.in_process import run

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
MEAL_ON = date(2026, 11, 24)
NOON_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ORDERED_AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with the orders of a Tuesday, at noon of the Monday before."""
    data = tmp_path / "house"
    data.mkdir()
    RehearsalClock.start(data / "clock.json", NOON_AT, 0)
    opened = open_house(Settings(data=data), seed=1)
    facts: dict[str, Any] = {"actor": OPERATOR, "now_at": ORDERED_AT, "ids": opened.ids}
    with opened.database.begin() as session:
        seed_house(session, "liuzhou", MEAL_ON, 1, **facts)
    for kind, file in write_example(data, "liuzhou", 30, 3, MEAL_ON, "csv").items():
        run_import(opened.database, kind, file.name, file.read_bytes(), kitchen_id="K1", **facts)
    opened.database.close()
    return data


def printed(folder: Path, schema: str, *arguments: str) -> Any:
    """A command's document, as docs/schemas says it."""
    done = run(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")), document)
    return document


def test_a_chilled_dish_by_commands(folder: Path, tmp_path: Path) -> None:
    """Tests forecast, its sheet, the newest one shown, a batch off the heat, and what is refused."""
    on = ("--date", "2026-11-24")
    assert run(folder, "day", "forecast", "--show", *on).returncode == 1
    assert run(folder, "day", "forecast", "--date", "2026-11-25").returncode == 1
    sheet = tmp_path / "sheet.pdf"
    made = printed(folder, "day-forecast", "day", "forecast", "--sheet", str(sheet), *on)
    assert sheet.read_bytes().startswith(b"%PDF")
    assert made["portions"] == sum(line["portions"] for line in made["lines"])
    shown = printed(folder, "day-forecast", "day", "forecast", "--show", *on)
    assert shown["batches"] == made["batches"]

    code = made["batches"][0]["code"]
    done = printed(folder, "day-chilled", "day", "chilled", code, "--core", "88", *on)
    assert done["portions"] == made["batches"][0]["portions"]
    assert run(folder, "day", "chilled", code, "--core", "88", *on).returncode == 1
    again = run(folder, "day", "forecast", *on)
    assert (again.returncode, code in again.stderr) == (1, True)
