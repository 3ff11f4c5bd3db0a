"""The rehearsed day, run as a user runs it, judged by its own summary, its words and its papers."""

import ast
import json
import re
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest

from tests.api.reports.readback import figures
from tests.demo.runs import Told, assert_balanced, end_demo, start_demo, write_files
from tests.services import ROOT

COUNTS = {
    "schema", "orders", "diners", "portions_ordered", "portions_cooked", "portions_extra", "portions_boxed",
    "portions_not_boxed", "portions_delivered", "portions_excepted", "batches", "boxes", "stops", "unserved",
    "trips", "distance_m", "readings_published", "readings_acknowledged", "readings_stored", "alarms",
    "receipts", "servings", "subsidy_fen", "plan_violations",
}  # fmt: skip
# Of our own modules: its clock, its files, its words and its sensors; nothing that reaches a table.
MAY_IMPORT = {
    "api.clock",
    "api.example.files",
    "api.imports.cells",
    "api.imports.files",
    "api.imports.schema",
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


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    """The day with seed 7, twice at the same time in two folders."""
    demos = []
    for name in ("first", "second"):
        data = tmp_path_factory.mktemp(name)
        demos.append(start_demo(data, "--seed", "7", "--out", str(data / "out")))
    told = [end_demo(demo) for demo in demos]
    assert [one.code for one in told] == [0, 0], told[0].lines[-20:]
    return told


@pytest.fixture(scope="module")
def seventh(twice: list[Told]) -> Told:
    """One of them."""
    return twice[0]


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


def test_every_beat_is_told_with_a_link_and_the_time_it_took(seventh: Told) -> None:
    """
    Tests that the story has its beats, that they point at pages, and that it ends with the wall time.
    """
    told = "\n".join(seventh.lines)
    for beat in (
        "Plan 1:",
        "first boxes leave",
        "lid of box",
        "canteen signs",
        "cannot be judged",
        "5.00 yuan",
    ):
        line = next(line for line in seventh.lines if beat in line)
        assert "http://127.0.0.1:" in line
    assert re.search(r"The day took \d+ s", told)


def test_the_same_seed_gives_the_same_numbers(twice: list[Told]) -> None:
    """
    Tests that two days of the same seed end in the same summary, the papers' folders apart.
    """
    first, second = ({**one.summary, "papers": len(one.summary["papers"])} for one in twice)
    assert first == second


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
        "box-labels": (day["boxes"], day["portions_boxed"]),
        "route-sheets": (day["boxes"], day["portions_boxed"], day["stops"]),
    }
    for name, labels in LABELS[language].items():
        printed = figures(papers[f"{name}.{language}.pdf"], labels)
        repeated = name == "box-labels"  # in the heading of each page
        shown = {label: max(found) if repeated else sum(found) for label, found in printed.items()}
        assert shown == dict(zip(labels, totals[name], strict=True))


@pytest.fixture(scope="module")
def own_book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, list[str]]:
    """The day of an order book of one's own, with its diners beside it and three bad rows, and those rows."""
    folder = tmp_path_factory.mktemp("book")
    orders = write_files(folder, diners=400, seed=3, form="csv")
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
    told = end_demo(start_demo(tmp_path_factory.mktemp("own"), "--orders", str(orders)))
    assert told.code == 0, told.lines[-20:]
    return told, rows


def test_an_own_order_book_is_played_with_the_diners_beside_it(own_book: tuple[Told, list[str]]) -> None:
    """
    Tests that every good row of one's own book is ordered and accounted for.
    """
    told, rows = own_book
    assert told.summary["orders"] == len(rows)
    assert "400 rows kept" in "\n".join(told.lines)
    assert_balanced(told.summary)


def test_the_bad_rows_of_an_own_book_are_told(own_book: tuple[Told, list[str]]) -> None:
    """
    Tests that each bad row is told with its line, and that it is in no count.
    """
    told, rows = own_book
    story = "\n".join(told.lines)
    assert f"orders.csv: {len(rows)} rows kept, 3 refused" in story
    assert [line for line in (2, 3, 4) if f"  line {line}, " not in story] == []


def test_a_book_without_one_good_row_is_refused(tmp_path: Path) -> None:
    """
    Tests that a book of bad rows ends the demo with their lines and a sentence, before anything is planned.
    """
    book = tmp_path / "orders.csv"
    example = write_files(tmp_path / "example", diners=20, seed=3, form="csv")
    header, *rows = example.read_text("utf-8-sig").splitlines()
    book.write_text("\n".join([header, *(row.replace("LZ", "QX") for row in rows)]) + "\n", "utf-8-sig")
    told = end_demo(start_demo(tmp_path, "--orders", str(book)))
    assert told.code == 1
    assert told.summary["refused"]["code"] == "rehearsal_without_orders"
    assert "orders.csv: 0 rows kept" in "\n".join(told.lines)


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
