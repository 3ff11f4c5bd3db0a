"""The commands of a day, in the order in which a kitchen gives them."""

import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.cli.common import Out
from api.cli.menu_said import say_plan
from api.clock import RehearsalClock
from api.example.files import write_example
from api.house import open_house
from api.imports.run import run_import
from api.people import OPERATOR
from api.seed import seed_house
from api.settings import Settings
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS

SUNDAY_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SERVICE = "K1/2026-11-23/lunch"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with 60 diners and their orders, half an hour after the cut-off of Monday's lunch."""
    folder = tmp_path_factory.mktemp("house")
    RehearsalClock.start(folder / "clock.json", SUNDAY_AT, 0)
    opened = open_house(Settings(data=folder), seed=1)
    ordered_at = SUNDAY_AT.replace(day=20)
    facts: dict[str, Any] = {"actor": OPERATOR, "now_at": ordered_at, "ids": opened.ids}
    with opened.database.begin() as session:
        seed_house(session, "liuzhou", date(2026, 11, 23), 1, **facts)
    for kind, file in write_example(folder, "liuzhou", 60, 3, date(2026, 11, 23), "csv").items():
        run_import(opened.database, kind, file.name, file.read_bytes(), kitchen_id="K1", **facts)
    opened.database.close()
    return folder


def printed(house: Path, schema: str, *arguments: str) -> Any:
    """A command's document, as docs/schemas says it."""
    done = run(house, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")), document)
    return document


def test_a_day_by_commands(house: Path, tmp_path: Path) -> None:
    """Tests close, clashes, plan, publish, print and status; without options they mean the next lunch."""
    early = run(house, "day", "plan")
    assert (early.returncode, SERVICE in early.stderr) == (1, True)
    assert "holdchain day close" in run(house, "day", "print").stderr

    closed = printed(house, "day-close", "day", "close")
    assert printed(house, "day-close", "day", "close") == closed
    again = run(house, "day", "close")
    assert (again.returncode, "is closed already; nothing was changed" in again.stdout) == (0, True)
    waiting = run(house, "day", "print").stderr
    assert f"settle its {closed['clashes']} open clashes with holdchain day clash" in waiting
    assert "was found" not in waiting and "production" not in waiting
    assert closed["service"] == SERVICE
    assert len(closed["open_clashes"]) == closed["clashes"]
    shown = run(house, "day", "clash", language="zh_CN").stdout
    for clash in closed["open_clashes"]:
        assert run(house, "day", "plan").returncode == 1
        assert f"{clash['diner']} {clash['diner_code']}" in shown and clash["clash_id"] not in shown
        assert f"holdchain day clash {clash['order_code']} --" in shown and "--kitchen K1 --date 20" in shown
        assert len(clash["proposed_names"]) == len(clash["proposed"])
        assert not set(clash["proposed_names"]) & set(clash["proposed"])
        stand_in = ["--dish", clash["proposed"][0]] if clash["proposed"] else ["--withdraw"]
        run(house, "day", "clash", clash["order_code"], *stand_in)
    assert printed(house, "day-clash", "day", "clash")["open_clashes"] == []
    assert "run holdchain day plan --publish" in run(house, "day", "print").stderr

    planned = printed(house, "day-plan", "day", "plan", "--seed", "2", "--explain")
    assert (planned["version"], planned["published"], planned["losses"]) == (1, False, [])
    explained = planned["explained"]
    assert explained["costs_mills"]["driven"] >= explained["costs_mills"]["metres"] > 0
    assert min(row["later_minutes"] for row in explained["slack"]) >= 0
    assert (explained["unserved"], explained["joint"]) == ([], None)
    assert run(house, "day", "status").returncode == 1
    assert printed(house, "day-publish", "day", "publish")["version"] == 1
    assert run(house, "day", "publish").returncode == 1

    papers = printed(house, "day-print", "day", "print", "--out", str(tmp_path))["papers"]
    names = sorted(one["name"] for one in papers)
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == names
    assert {"haccp-record.en.pdf", "receiving-log.zh_CN.pdf", "serving-list.en.pdf"} <= set(names)
    assert "purchase-list.en.pdf" not in names
    asked = ("--what", "purchase-list", "--language", "en", "--out", str(tmp_path))
    assert [one["name"] for one in printed(house, "day-print", "day", "print", *asked)["papers"]] == [
        "purchase-list.en.pdf"
    ]
    routes = printed(house, "export-routes", "export", "routes", "--out", str(tmp_path))["files"]
    assert {Path(one["file"]).suffix for one in routes} == {".gpx", ".geojson"}
    assert all(Path(one["file"]).stat().st_size == one["bytes"] for one in routes)
    assert run(house, "export", "routes", "--format", "kml").returncode == 2

    counted = printed(house, "day-status", "day", "status", "--kitchen", "K1", "--date", "2026-11-23")
    assert counted["portions_cooked"] - counted["portions_extra"] == counted["portions_ordered"]
    assert papers[0]["totals"]["portions_ordered"] == counted["portions_ordered"]
    assert counted["plan_violations"] == 0
    assert "份数：订" in run(house, "day", "status", language="zh_CN").stdout

    with sqlite3.connect(house / "holdchain.sqlite3") as kept:
        (code,) = kept.execute("SELECT min(code) FROM kitchen_boxes").fetchone()
    planned_hold = printed(house, "hold", "hold", "--box", code.lower())
    assert (planned_hold["service"], planned_hold["shown"], planned_hold["legs"]) == (SERVICE, "open", [])
    assert "H999" in run(house, "hold", "--box", "H999", "--date", "2026-11-23").stderr

    slip = ("day", "replan", "--event", "slip", "--of", "B01", "--minutes", "10")
    seen = printed(house, "day-replan", *slip)
    assert (seen["version"], seen["published"], len(seen["digest"])) == (1, False, 64)
    done = printed(house, "day-replan", *slip, "--yes")
    assert (done["version"], done["published"], done["changes"]) == (2, True, seen["changes"])
    newer = printed(house, "day-print", "day", "print", "--out", str(tmp_path))["papers"]
    assert {one["name"] for one in newer} < set(names)
    assert run(house, "day", "replan", "--event", "slip", "--of", "B01").returncode == 2
    undone = printed(house, "day-replan", "day", "replan", "--event", "undo")
    assert (undone["version"], undone["repeats"]) == (3, 1)
    assert run(house, "day", "replan", "--event", "undo").returncode == 1


def test_commands_of_a_day_refuse_what_is_not_there(house: Path) -> None:
    """Tests an unknown kitchen, an unknown meal, a date that is none, and a folder that cannot be written."""
    assert run(house, "day", "close", "--kitchen", "K9").returncode == 1
    assert run(house, "day", "close", "--meal", "tea").returncode == 2
    assert run(house, "day", "close", "--date", "tomorrow").returncode == 2
    assert run(house, "day", "clash", "some-id").returncode == 2
    assert run(house, "day", "print", "--out", "/proc/none").returncode == 1


def test_menus_are_planned_kept_and_published(
    house: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests a menu of the kitchen, published at once, and that it is said with units and without codes."""
    week = printed(house, "menu-plan", "menu", "plan", "--from", "2026-11-28", "--days", "3", "--publish")
    assert [menu["service"] for menu in week["menus"]] == ["K1/2026-11-30/lunch"]
    assert [one["service_on"] for one in week["closed"]] == ["2026-11-28", "2026-11-29"]
    assert (week["kept"], week["published"]) == (True, True)
    monkeypatch.setenv("HOLDCHAIN_LANGUAGE", "en")
    say_plan(Out(False), week, is_example=False)
    said = capsys.readouterr().out
    assert " kcal, " in said and "_kcal" not in said and " yuan)" in said and "Published: 1 menus" in said
    assert "stands until" not in said and said.count("worked towards") == 1
    assert said.count("left out") == 1 and "--json names each" in said


def test_menus_in_an_empty_folder_are_the_examples(tmp_path: Path) -> None:
    """Tests that a house without a kitchen gets menus of the packaged dishes, keeps none and says so."""
    done = run(tmp_path, "menu", "plan", "--from", "2026-11-23", "--days", "1", "--json")
    document = json.loads(done.stdout)
    assert (len(document["menus"]), document["kept"]) == (1, False)
    assert "nothing was kept" in done.stderr
    assert run(tmp_path, "menu", "plan", "--kitchen", "K1").returncode == 1
