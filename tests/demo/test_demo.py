"""The rehearsed day, run as a user runs it, judged by its own summary, its words and its papers."""

import ast
import json
import re
import signal
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import jsonschema_rs
import pytest

from tests.api.reports.readback import figures
from tests.demo.runs import Told, assert_balanced, end_demo, interrupt, start_demo, told_until, write_files
from tests.services import ROOT

COUNTS = {
    "schema", "orders", "diners", "portions_ordered", "portions_cooked", "portions_extra", "portions_boxed",
    "portions_spare", "portions_spare_boxed",
    "portions_not_boxed", "portions_delivered", "portions_excepted", "batches", "boxes", "stops", "unserved",
    "trips", "distance_m", "readings_published", "readings_acknowledged", "readings_stored", "alarms",
    "receipts", "servings", "subsidy_fen", "plan_violations",
}  # fmt: skip
# Of our own modules: its clock, its files, its words and its sensors; nothing that reaches a table.
MAY_IMPORT = {
    "api.checks.watch_file",
    "api.clock",
    "api.example.files",
    "api.imports.cells",
    "api.imports.files",
    "api.imports.schema",
    "api.packaged",
    "api.paths",
    "api.settings",
    "api.words",
    "orders.errors",
    "telemetry.mqtt",
    "telemetry.simulate",
}
LABELS = {
    "en": {
        "production-sheet": ("Portions ordered", "Extra portions", "Portions cooked", "On no sheet"),
        "box-labels": ("Boxes", "Portions"),
        "route-sheets": ("Boxes", "Portions", "Stops"),
    },
    "zh_CN": {
        "production-sheet": ("订餐份数", "另做份数", "共做份数", "不在任何单上"),
        "box-labels": ("箱数", "份数"),
        "route-sheets": ("箱数", "份数", "送达点数"),
    },
}


BEATS = (
    "printed",
    "Plan 1:",
    "first boxes leave",
    "lid of box",
    "canteen signs",
    "cannot be judged",
    "5.00 yuan",
)
BEAT = re.compile(r"\d\d-\d\d \d\d:\d\d  ")
FORETOLD = re.compile(r"(?<=FORETOLD on the road, box )(\w+).*")
BOOK_DINERS = 60
PAGES = {role: f"/{role}" for role in ("kitchen", "driver", "canteen", "inspector", "bureau")}


@dataclass(frozen=True)
class Visited:
    """
    A demo that stayed for its visitors.

    Parameters
    ----------
    told
        What it gave.
    rows
        Good rows of its order book.
    again
        What the same day gave at the same time in another folder, without visitors.
    seen
        Status of each page by who opened it and where.
    """

    told: Told
    again: Told
    rows: int
    seen: Mapping[tuple[str, str], int]


@pytest.fixture(scope="module")
def seventh(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The example's day with seed 7."""
    data = tmp_path_factory.mktemp("seventh")
    told = end_demo(start_demo(data, "--seed", "7", "--out", str(data / "out")))
    assert told.code == 0, told.lines[-20:]
    return told


def test_the_summary_says_everything_in_whole_numbers(seventh: Told) -> None:
    """
    Tests that every count stands in the summary as a whole number, and that it is as published.
    """
    day = seventh.summary
    assert set(day) >= COUNTS | {"exceptions", "papers", "holds"}
    assert {key: value for key in COUNTS if not isinstance(value := day[key], int)} == {}
    schema = json.loads((ROOT / "docs/schemas/demo.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, day)


def test_every_portion_is_accounted_for(seventh: Told) -> None:
    """
    Tests the three sums of the day and that every acknowledged reading is stored.
    """
    day = seventh.summary
    assert_balanced(day)
    assert sum(one["portions"] for one in day["exceptions"]) == day["portions_excepted"]


def test_one_box_breaches_and_one_cannot_be_judged(seventh: Told) -> None:
    """
    Tests the two faults of the story and that the breach was an alarm on the road.
    """
    day, told = seventh.summary, "\n".join(seventh.lines)
    assert day["holds"]["breached"] == 1
    assert day["holds"]["cannot_be_judged"] == 1
    assert day["alarms"] >= 2
    box = re.search(r"ALARM on the road, box (\w+):", told).group(1)
    assert told.index(f"ALARM on the road, box {box}") < told.index(f"Box {box} is refused at the door")
    assert {"code": "box_refused", "ref": box} == {
        key: one[key] for one in day["exceptions"] for key in ("code", "ref") if one["ref"] == box
    }


def test_every_beat_is_told_with_the_time_it_took(seventh: Told) -> None:
    """
    Tests that the story has its beats, no link to a house that will be gone, and the wall time at its end.
    """
    told = "\n".join(seventh.lines)
    assert [beat for beat in BEATS if beat not in told] == []
    assert "http://" not in told
    assert re.search(r"The day took \d+ s", told)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_papers_carry_the_days_totals(seventh: Told, language: str) -> None:
    """
    Tests that each paper's own text gives the day's numbers, in both languages.
    """
    day = seventh.summary
    papers = {Path(paper).name: Path(paper).read_bytes() for paper in day["papers"]}
    assert set(papers) == {f"{name}.{one}.pdf" for one in LABELS for name in LABELS[one]}
    totals = {
        "production-sheet": (day["portions_ordered"], day["portions_extra"], day["portions_cooked"], 0),
        "box-labels": (day["boxes"], day["portions_boxed"] + day["portions_spare_boxed"]),
        "route-sheets": (day["boxes"], day["portions_boxed"] + day["portions_spare_boxed"], day["stops"]),
    }
    for name, labels in LABELS[language].items():
        printed = figures(papers[f"{name}.{language}.pdf"], labels)
        repeated = name == "box-labels"  # in the heading of each page
        shown = {label: max(found) if repeated else sum(found) for label, found in printed.items()}
        assert shown == dict(zip(labels, totals[name], strict=True))


@pytest.fixture(scope="module")
def own_book(tmp_path_factory: pytest.TempPathFactory) -> Visited:
    """The day of one's own order book with its diners beside it and three bad rows, twice, then its pages."""
    folder = tmp_path_factory.mktemp("book")
    orders = write_files(folder, diners=BOOK_DINERS, seed=3, form="csv")
    header, *rows = orders.read_text("utf-8-sig").splitlines()
    columns = header.split(",")
    first, second, third = (dict(zip(columns, row.split(","), strict=True)) for row in rows[:3])
    bad = [
        first | {"订单号": "bad-1", "用餐人编号": "LZ99999"},
        second | {"订单号": "bad-2", "菜品": "佛跳墙"},
        third | {"订单号": "bad-3", "价格(元)": "-12.00"},
    ]
    lines = [header, *(",".join(row[column] for column in columns) for row in bad), *rows]
    orders.write_text("\n".join(lines) + "\n", "utf-8-sig")
    again = start_demo(tmp_path_factory.mktemp("again"), "--orders", str(orders))
    demo = start_demo(tmp_path_factory.mktemp("own"), "--orders", str(orders), stay=True)
    try:
        lines = told_until(demo, "Serving ")
        seen = visited(lines)
    except BaseException:
        interrupt(again)
        raise
    finally:
        demo.send_signal(signal.SIGINT)
    told, other = end_demo(demo), end_demo(again)
    assert (told.code, other.code) == (0, 0), (told.lines[-20:], other.lines[-20:])
    return Visited(replace(told, lines=[*lines, *told.lines]), other, len(rows), seen)


def visited(lines: list[str]) -> dict[tuple[str, str], int]:
    """Opens each role's page by its one-time link, and every page of the story as the admin."""
    base = lines[-1].split()[1]
    told = [link.removeprefix(base) for line in lines for link in re.findall(r"http\S+", line)]
    beats = [path for path in told if "token=" not in path]
    seen = {}
    for name, link in (line.split() for line in lines if "token=" in line):
        role = name.removesuffix(":")
        with httpx.Client(base_url=base, headers={"Origin": base}, timeout=60) as visitor:
            token = link.rpartition("token=")[2]
            assert visitor.get(PAGES["kitchen"]).status_code != httpx.codes.OK
            visitor.post("/api/v1/session/open", json={"link": token}).raise_for_status()
            for path in beats if role == "admin" else [PAGES.get(role, "/")]:
                seen[role, path] = visitor.get(path, follow_redirects=True).status_code
            assert visitor.post("/api/v1/session/open", json={"link": token}).is_client_error
    return seen


def test_an_own_order_book_is_played_with_the_diners_beside_it(own_book: Visited) -> None:
    """
    Tests that every good row of one's own book is ordered and accounted for.
    """
    assert own_book.told.summary["orders"] == own_book.rows
    assert f"diners.csv: {BOOK_DINERS} rows kept" in "\n".join(own_book.told.lines)
    assert_balanced(own_book.told.summary)


def test_the_same_seed_gives_the_same_numbers(own_book: Visited) -> None:
    """
    Tests that two days of the same seed are told alike and end in the same numbers, folders apart; what is
    foretold rests on the readings that have come when the judge looks.
    """
    first, second = (
        {**one.summary, "papers": len(one.summary["papers"])} for one in (own_book.told, own_book.again)
    )
    assert first == second
    beats = [
        [FORETOLD.sub(r"\1", line.partition("  http")[0]) for line in one.lines if BEAT.match(line)]
        for one in (own_book.told, own_book.again)
    ]
    assert len(beats[0]) > len(BEATS)
    assert beats[0] == beats[1]


def test_the_bad_rows_of_an_own_book_are_told(own_book: Visited) -> None:
    """
    Tests that each bad row is told with its line, and that it is in no count.
    """
    story = "\n".join(own_book.told.lines)
    assert f"orders.csv: {own_book.rows} rows kept, 3 refused" in story
    assert [line for line in (2, 3, 4) if f"  line {line}, " not in story] == []


def test_everybody_may_look_around_by_a_link_that_is_good_once(own_book: Visited) -> None:
    """
    Tests that a link a role opens its page, that every beat's link opens, and that Ctrl-C ends in order.
    """
    assert set(PAGES) | {"admin", "dispatcher"} <= {role for role, _ in own_book.seen}
    assert len([path for role, path in own_book.seen if role == "admin"]) >= 8
    assert {where: status for where, status in own_book.seen.items() if status != httpx.codes.OK} == {}
    assert own_book.told.lines[-1] == "Stopped."


def test_a_day_without_service_is_refused_with_the_next_one(tmp_path: Path) -> None:
    """
    Tests that a Saturday is refused with exit 1, and that the next service day is named.
    """
    told = end_demo(start_demo(tmp_path, "--date", "2026-11-28"))
    assert told.code == 1
    refused = told.summary["refused"]
    assert refused["code"] == "service_closed"
    assert refused["params"]["next_on"] == "2026-11-30"
    assert "2026-11-30" in told.lines[-1]


def test_the_demo_reaches_the_house_from_outside_only() -> None:
    """
    Tests that no file of the demo imports a table, a use case or the database, and that a contract says so.
    """
    files = sorted((ROOT / "api/demo").glob("*.py"))
    assert len(files) > 5
    imported = {name for file in files for name in imports_of(file)}
    stages = ("orders", "kitchen", "routing", "telemetry", "api")
    ours = {name for name in imported if name.split(".")[0] in stages and not name.startswith("api.demo")}
    assert ours <= MAY_IMPORT
    assert not imported & {"sqlmodel", "sqlalchemy", "sqlite3", "psycopg", "fastapi", "paho"}
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    contract = next(one for one in table["contracts"] if one["name"] == "The demo acts from outside")
    assert contract["source_modules"] == ["api.demo"]
    assert {"*.store", "api.db", "api.day", "sqlmodel", "sqlalchemy"} <= set(contract["forbidden_modules"])


def imports_of(file: Path) -> set[str]:
    """Modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found
