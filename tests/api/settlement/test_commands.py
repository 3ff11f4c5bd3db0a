"""The commands of a statement, from draft to the bank's file, each with the document its schema says."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.db import Database
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.api.settlement.town import PROGRAMME, found_town

DAYS = ("--programme", PROGRAMME, "--from", "2023-04-01", "--to", "2023-06-30")


@pytest.fixture
def folder(tmp_path: Path, quarter_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the quarter's bills; its tables are there, so nothing is migrated."""
    shutil.copy(quarter_file, tmp_path / "holdchain.sqlite3")
    RehearsalClock.start(tmp_path / "clock.json", datetime(2023, 7, 3, 2, tzinfo=UTC), 0)
    monkeypatch.setattr(Database, "upgrade", lambda self: None)
    return tmp_path


def told(folder: Path, *arguments: str) -> Any:
    """A command's document, as docs/schemas says it."""
    done = run(folder, "statement", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"statement-{arguments[0]}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, document)
    return document


def test_from_draft_to_payment(folder: Path) -> None:
    """Tests make, list, print, submit, return, sign, check, adjust, account and pay, with equal sums."""
    made = told(folder, "make", *DAYS)["statements"]
    assert [one["new"] for one in told(folder, "make", *DAYS)["statements"]] == [False] * 4
    subsidy = next(one for one in made if one["total_fen"] == 23500)
    number = subsidy["number"]
    assert len(told(folder, "list", "--state", "draft")["statements"]) == 4
    assert told(folder, "submit", number)["waiting_for"] == "town"
    assert run(folder, "statement", "return", number, "--note", " ").returncode == 1
    assert told(folder, "return", number, "--note", "S2?")["state"] == "returned"
    assert told(folder, "submit", number)["state"] == "submitted"
    assert run(folder, "statement", "sign", number).returncode == 1
    assert run(folder, "user", "add", "wang", "--role", "bureau").returncode == 0
    assert told(folder, "sign", number, "--by", "wang")["state"] == "signed"
    drawn = told(folder, "check", number, "--size", "3", "--seed", "7")
    assert drawn["lines"] == told(folder, "check", number, "--size", "3", "--seed", "7")["lines"]
    assert told(folder, "adjust", *DAYS) == {"schema": 1, "adjustments": []}
    told(folder, "account", "S1", "--holder", "城南长者饭堂", "--reference", "6222 0001")
    paid = told(folder, "pay", number, "--out", str(folder / "pay.csv"))
    rows = (folder / "pay.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 2 and "235.00" in rows[1] and paid["total_fen"] == 23500
    files = [Path(name) for name in told(folder, "print", number, "--out", str(folder / "out"))["files"]]
    assert sorted(file.suffix for file in files) == [".csv", ".pdf", ".xlsx"]
    assert len(files[2].read_text("utf-8-sig").splitlines()) == 48
    assert run(folder, "statement", "submit", "0000-0000").returncode == 1


def test_a_grant_by_commands(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests a grant, what it bought, and its statement; wrong money is wrong usage."""
    shutil.copy(sqlite_template, tmp_path / "holdchain.sqlite3")
    RehearsalClock.start(tmp_path / "clock.json", datetime(2020, 9, 15, 2, tzinfo=UTC), 0)
    monkeypatch.setattr(Database, "upgrade", lambda self: None)
    database = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}")
    found_town(database, "liuzhou-2020", ())
    database.close()
    plan = ("--programme", "liuzhou-2020")
    giving = ("--benefit", "site-setup-20000", "--to", "S1", "--evidence", "协议 7 号")
    given = told(tmp_path, "grant", *plan, *giving)
    assert given["amount_fen"] == 2_000_000
    bought = ("--name", "招牌", "--purpose", "标识牌匾", "--bought-on", "2020-09-14", "--document", "0099")
    assert told(tmp_path, "asset", given["grant_id"], *bought, "--cost", "3200.00")["owner"]
    assert run(tmp_path, "statement", "asset", given["grant_id"], *bought, "--cost", "3.001").returncode == 2
    made = told(tmp_path, "make", *plan, "--from", "2020-09-15", "--to", "2020-09-15")["statements"]
    assert [one["total_fen"] for one in made if one["period"] == "once"] == [2_000_000]


def test_people_read_names_and_validity(folder: Path) -> None:
    """Tests that lists name payers and payees, and that days out of force are told, not "not found"."""
    said = run(folder, "statement", "make", *DAYS).stdout
    assert "Town or street office -> 城南长者饭堂" in said and "S1" not in said
    early = run(
        folder, "statement", "make", "--programme", PROGRAMME, "--from", "2020-01-01", "--to", "2020-01-31"
    )
    assert early.returncode == 1 and "in force from 2023-03-06" in early.stderr
