"""``holdchain example`` and ``holdchain import`` as a clerk meets them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
import typer
from typer.testing import CliRunner

from api.cli import example as example_command
from api.cli import imports
from api.clock import RehearsalClock
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.api.cli.test_main import run as shell

FILES = ("canteens", "diners", "orders")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of forty diners, as CSV."""
    folder = tmp_path_factory.mktemp("example")
    made = run(
        folder / "no-house", "example", "--diners", "40", "--out", str(folder), "--format", "csv", "--json"
    )
    assert made.returncode == 0, made.stderr
    document = json.loads(made.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "example.json").read_text("utf-8")), document)
    assert document["files"]["diners"] == {"file": str(folder / "diners.csv"), "rows": 40}
    assert not (folder / "no-house").exists()
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    """A seeded house with the example's canteens and diners, its clock two days before the orders."""
    data = tmp_path_factory.mktemp("house") / "var"
    RehearsalClock.start(data / "clock.json", datetime(2026, 11, 21, 2, tzinfo=UTC), 0)
    seeded = run(data, "db", "seed", "--city", "liuzhou", "--from", "2026-11-23", "--days", "5")
    assert seeded.returncode == 0, seeded.stderr
    for kind in FILES[:2]:
        done = run(data, "import", kind, str(example / f"{kind}.csv"))
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return data


def test_an_empty_house_says_what_to_do_first(tmp_path: Path, example: Path) -> None:
    """Tests that without a kitchen the next step is named."""
    done = run(tmp_path, "import", "orders", str(example / "orders.csv"), language="zh_CN")
    assert (done.returncode, done.stdout) == (1, "")
    assert "没有厨房 K1" in done.stderr
    assert "holdchain db seed --city liuzhou" in done.stderr


def test_the_three_files_go_in_and_twice_is_once(house: Path, example: Path) -> None:
    """Tests the summary of a trial, of the real run and of the second one."""
    book = str(example / "orders.csv")
    rows = len((example / "orders.csv").read_text("utf-8-sig").splitlines()) - 1
    trial = shell(house, "import", "orders", book, "--dry-run")
    assert f"orders.csv: {rows} rows; {rows} new, 0 changed, 0 as before, 0 refused" in trial.stdout
    assert "nothing was kept" in trial.stdout
    for expected in (f"{rows} new", f"{rows} as before"):
        done = run(house, "import", "orders", book)
        assert (done.returncode, done.stderr) == (0, "")
        assert expected in done.stdout


def test_every_bad_row_is_named_in_the_clerk_s_language(house: Path, example: Path, tmp_path: Path) -> None:
    """Tests table, exit code and closing advice for a GB18030 book with two bad rows and a remark column."""
    header, first, second, third = (example / "orders.csv").read_text("utf-8-sig").splitlines()[:4]
    bad = tmp_path / "BAD.csv"
    lines = [
        f"{header},领导意见",
        first + ",",
        second.replace("12.00", "-12.00") + ",",
        third.replace("LZ", "XX", 1) + ",",
    ]
    bad.write_bytes("\r\n".join(lines).encode("gb18030"))
    done = run(house, "import", "orders", str(bad), language="zh_CN")
    assert done.returncode == 1
    assert "共 3 行" in done.stdout and "拒收 2" in done.stdout
    table = [line.split() for line in done.stdout.splitlines()]
    assert ["3", "价格(元)", "-12.00"] in [cells[:3] for cells in table]
    assert ["4", "用餐人编号"] in [cells[:2] for cells in table]
    assert "未使用的列：领导意见" in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines())

    printed = run(house, "import", "orders", str(bad), "--json")
    document = json.loads(printed.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "import.json").read_text("utf-8")), document)
    assert printed.returncode == 1
    assert document["bad_rows"] == 2
    assert document["rows"] == document["unchanged"] + document["added"] + 2
    assert document["problems"][0] == {
        "line": 3,
        "column": "价格(元)",
        "value": "-12.00",
        "code": "cell_not_yuan",
        "words": document["problems"][0]["words"],
    }
    assert document["problems"][0]["words"].startswith("is no amount")


def test_more_problems_than_a_table_takes_are_all_named(house: Path, example: Path, tmp_path: Path) -> None:
    """Tests that of 1,200 bad rows none is left out."""
    header, first = (example / "orders.csv").read_text("utf-8-sig").splitlines()[:2]
    code = first.split(",")[0]
    bad = tmp_path / "BAD.csv"
    bad.write_text(
        "\n".join([header, *(first.replace(code, f"N-{i}").replace("12.00", "x") for i in range(1200))])
    )
    done = run(house, "import", "orders", str(bad))
    starts = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert {str(line) for line in range(2, 1202)} <= starts


def test_a_file_that_cannot_be_used_is_refused(house: Path, tmp_path: Path) -> None:
    """Tests the document of a refusal, with its code and line."""
    bad = tmp_path / "bad.csv"
    bad.write_bytes("编号,姓名\n1,".encode() + b"\xff\xff\n")
    done = run(house, "import", "orders", str(bad), "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "refused.json").read_text("utf-8")), document)
    assert document["refused"]["code"] == "import_encoding"
    assert document["refused"]["params"] == {"file": "bad.csv", "line": 2}


def test_a_file_that_is_not_there_is_said_in_words(house: Path, tmp_path: Path) -> None:
    """Tests a wrong path."""
    done = run(house, "import", "orders", str(tmp_path / "none.csv"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such file" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "menus", "x.csv"],
        ["import", "orders", "x.csv", "--meal", "supper"],
        ["import", "orders"],
        ["example", "--out", "x", "--format", "pdf"],
        ["example", "--out", "x", "--diners", "0"],
        ["example", "--out", "x", "--date", "tomorrow"],
    ],
)
def test_wrong_usage_leaves_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Tests a kind, a meal, a format, a number and a date that are none."""
    app = typer.Typer()
    for command in (imports, example_command):
        command.register(app)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, arguments).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_example_says_why_it_cannot(tmp_path: Path) -> None:
    """Tests a city that is none, a date without service, and a folder that is a file."""
    (tmp_path / "file").touch()
    for arguments, word in (
        (["--out", str(tmp_path / "x"), "--city", "nowhere"], "nowhere"),
        (["--out", str(tmp_path / "x"), "--date", "2026-11-22"], "2026-11-23"),
        (["--out", str(tmp_path / "file")], "cannot be written"),
    ):
        done = run(tmp_path, "example", "--diners", "5", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert word in done.stderr
