"""The command as a whole: a process of its own, several processes, a table beside the document."""

import json
from pathlib import Path

import pytest

from tests.api.cli.in_process import run
from tests.api.cli.test_main import run as shell
from tests.api.settling import test_changping, test_guangdong, test_liuzhou
from tests.api.settling.desk import ORDERS, PEOPLE, SHARES, facts, meal, settled, switched, write

OCTOBER = ("2020-10-01", "2020-10-31")


def test_the_command_line_itself(tmp_path: Path) -> None:
    """Tests a process of its own, one document on stdout, and the same without --json for people."""
    people = write(tmp_path / "people.csv", PEOPLE, test_liuzhou.PEOPLE)
    orders = write(tmp_path / "orders.csv", ORDERS, test_liuzhou.MONTH)
    options = ["--programme", "liuzhou-2020", "--people", str(people), "--orders", str(orders)]
    options += ["--from", OCTOBER[0], "--to", OCTOBER[1]]
    done = shell(tmp_path, "settle", *options, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["totals"]["subsidy_fen"]) == (0, 1900)
    for row in document["rows"]:
        assert sum(row[name] for name in SHARES) in (0, row["price_fen"])
    said = run(tmp_path, "settle", *options, "--explain", "L07")
    assert said.returncode == 0
    assert "7.00" in said.stdout and "5.00" in said.stdout
    lines = run(tmp_path, "settle", *options, "--csv", str(tmp_path / "rows.csv"), language="zh_CN").stdout
    assert "19.00" in lines and "2020-11-15" in lines
    assert len((tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()) == 13


def test_two_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a large month settled side by side is the same document."""
    month, people = test_changping.MONTH, test_changping.PEOPLE
    orders = [*month, *(meal("O", who, "2023-04-17") for who in "PQR")]
    alone = settled(tmp_path, "changping-2023", people, orders, test_changping.APRIL)
    monkeypatch.setattr("api.settling.run.processors", lambda meals: 2)
    beside = settled(tmp_path, "changping-2023", people, orders, test_changping.APRIL)
    assert beside == alone
    document = settled(
        tmp_path,
        "guangdong-2018",
        test_guangdong.PEOPLE,
        test_guangdong.DAY,
        test_guangdong.MARCH,
        *switched(*test_guangdong.FILLED),
        funds=test_guangdong.FUND,
    )
    assert document["totals"]["charity_fen"] == 300


def test_a_table_of_no_rows_has_its_header(tmp_path: Path) -> None:
    """Tests --csv of an empty month."""
    path = tmp_path / "rows.csv"
    settled(tmp_path, "liuzhou-2020", [], [], OCTOBER, "--csv", str(path))
    assert path.read_text("utf-8-sig").startswith("order_id,person_id")


def test_no_text_of_a_table_acts_as_a_formula(tmp_path: Path) -> None:
    """Tests that an order number like a formula is text in the table, and itself in the document."""
    path = tmp_path / "rows.csv"
    people = facts("A", born="1940-01-01", hukou="450202", residence="450202")
    meals = [meal("=1+1", "A", "2020-10-12")]
    told = settled(tmp_path, "liuzhou-2020", people, meals, OCTOBER, "--csv", str(path))
    assert told["rows"][0]["order_id"] == "=1+1"
    assert path.read_text("utf-8-sig").splitlines()[1].startswith("'=1+1,")
