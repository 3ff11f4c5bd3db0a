"""A sixth plan from scratch, every kind of benefit at once: a file and no code."""

import json
import os
from pathlib import Path

import pytest

from tests.api.cli.in_process import run
from tests.api.settling.desk import SCHEMA, Row, fact, facts, meal, owed, settle, settled, switched, write

WILLOW = Path(__file__).with_name("sixth.toml")
MARCH = ("2024-03-01", "2024-03-31")
AMOUNT = "entitlement.veteran.monthly_amount"
PEOPLE = [
    *facts("V", born="1980-05-05", residence="990101", flag="veteran"),
    fact("V", AMOUNT, "17.00"),
    *facts("S", born="1950-05-05", residence="990101"),
    *facts("T", born="1950-05-05", residence="990102"),
    *facts("O", born="1990-05-05", residence="990101"),
]
FUND: list[Row] = [{"fund": "charity", "at": "2024-03-01T00:00:00Z", "amount": "3.00"}]
NAMES = (
    "subsidy_fen",
    "operator_fen",
    "charity_fen",
    "diner_fen",
    "site_bears_fen",
    "site_fee_fen",
    "delivery_fen",
)


def rows(folder: Path, orders: list[Row], *more: str) -> dict[str, tuple[int, ...]]:
    """Order to government, operator, charity, diner, what the site bears, fees and deliveries."""
    document = settled(folder, WILLOW, PEOPLE, orders, MARCH, *more, funds=FUND)
    return {row["order_id"]: tuple(row[name] for name in NAMES) for row in document["rows"]}


def test_who_pays_what(tmp_path: Path) -> None:
    """Tests free meals and an amount beside each other, shares of a fund, grants, fees and outsiders."""
    orders = [
        meal("V1", "V", "2024-03-04", "10.00", channel="app"),
        meal("V2", "V", "2024-03-05", "9.00", channel="phone"),
        meal("V3", "V", "2024-03-06", "10.00", channel="app"),
        meal("S1", "S", "2024-03-04", "10.00", channel="app", paid="10:01"),
        meal("S2", "S", "2024-03-04", "10.00", channel="app", meal="dinner", paid="10:02"),
        meal("S3", "S", "2024-03-04", "10.00", channel="app", meal="dinner", paid="10:03"),
        meal("S4", "S", "2024-03-05", "5.50", channel="app", meal="breakfast"),
        meal("O1", "O", "2024-03-04", "10.00", channel="app", paid="10:04"),
    ]
    assert rows(tmp_path, orders) == {
        "V1": (1000, 0, 0, 0, 0, 80, 0),
        "V2": (900, 0, 0, 0, 0, 50, 0),
        "V3": (300, 0, 0, 700, 0, 80, 0),
        "S1": (300, 100, 200, 400, 0, 80, 0),
        "S2": (300, 100, 100, 500, 0, 30, 0),
        "S3": (0, 100, 0, 900, 0, 30, 0),
        "S4": (0, 0, 0, 550, 0, 0, 0),
        "O1": (0, 0, 0, 1000, 0, 80, 0),
    }


def test_what_happens_otherwise(tmp_path: Path) -> None:
    """Tests this plan's own outcomes, which hold for outsiders too."""
    orders = [
        meal("S1", "S", "2024-03-04", "10.00", channel="app", event="no_show"),
        meal("S2", "S", "2024-03-05", "10.00", channel="app", event="cancelled_after_cutoff"),
        meal("S3", "S", "2024-03-06", "10.00", channel="app", event="not_supplied"),
        meal("O1", "O", "2024-03-07", "10.00", channel="app", event="cancelled_after_cutoff"),
        meal("O2", "O", "2024-03-08", "10.00", meal="breakfast", event="cancelled_after_cutoff"),
        meal("O3", "O", "2024-03-09", "10.00", channel="app", event="no_show"),
    ]
    assert rows(tmp_path, orders) == {
        "S1": (0, 0, 0, 1000, 0, 80, 0),
        **dict.fromkeys(("S2", "S3", "O1", "O2"), (0,) * 7),
        "O3": (0, 0, 0, 1000, 0, 80, 0),
    }


def test_a_district_pays_what_it_adds(tmp_path: Path) -> None:
    """Tests 5.00 instead of 3.00 in one district from 10 March, the rest owed by the district."""
    orders = [meal("T1", "T", "2024-03-09", "10.00"), meal("T2", "T", "2024-03-10", "10.00", paid="10:01")]
    document = settled(tmp_path, WILLOW, PEOPLE, orders, MARCH)
    assert [row["subsidy_fen"] for row in document["rows"]] == [300, 500]
    due = owed(document)
    assert due[("district", "operator", "2024-03")] == 600
    assert due[("east-district", "operator", "2024-03")] == 200
    assert due[("bureau", "S1", "2024")] == 100
    assert {one["due_on"] for one in document["statements"] if one["settlement"] == "diners"} == {
        "2024-04-30"
    }


def test_deliveries_in_yuan_and_in_hours(tmp_path: Path) -> None:
    """Tests a courier less the diner's own share, and volunteers by the run in time-bank minutes."""
    orders = [
        meal("S1", "S", "2024-03-04", "10.00", delivered_by="courier"),
        meal("S2", "S", "2024-03-05", "10.00", delivered_by="volunteer", proof="yes"),
        meal("T2", "T", "2024-03-05", "10.00", delivered_by="volunteer", proof="yes"),
        meal("V2", "V", "2024-03-05", "10.00", delivered_by="volunteer", proof="no"),
    ]
    document = settled(tmp_path, WILLOW, PEOPLE, orders, MARCH)
    assert [row["delivery_fen"] for row in document["rows"]] == [150, 0, 0, 0]
    [time] = [one for one in document["statements"] if one["settlement"] == "time"]
    assert (time["lines"], time["total_fen"], time["minutes"]) == (1, 0, 45)


def test_an_empty_month_has_every_statement(tmp_path: Path) -> None:
    """Tests that each settlement has its statements, of every payer that it may have."""
    document = settled(tmp_path, WILLOW, PEOPLE, [], MARCH)
    named = {(one["settlement"], one["payer"]) for one in document["statements"]}
    assert named == {
        ("diners", "bureau"),
        ("diners", "charity"),
        ("diners", "district"),
        ("sites", "bureau"),
        ("time", "time-bank"),
    }


def test_its_award(tmp_path: Path) -> None:
    """Tests the tier of the file, with a limit that leaves out the number itself."""
    columns = ("site_id", "kind", "area_m2", "communities")
    sites = [dict(zip(columns, ("X", "meal_centre", area, "1"), strict=True)) for area in ("100", "100.1")]
    sites[1]["site_id"] = "Y"
    path = write(tmp_path / "sites.csv", columns, sites)
    done = run(tmp_path, "award", "--programme", str(WILLOW), "--sites", str(path), "--json")
    assert [row["award_fen"] for row in json.loads(done.stdout)["rows"]] == [0, 100_000]


def test_explain_says_every_line(tmp_path: Path) -> None:
    """Tests that both languages explain a meal of several payers, and that an unknown order is refused."""
    orders = [meal("S1", "S", "2024-03-04", "10.00", channel="app")]
    for language in ("en", "zh_CN"):
        done = settle(tmp_path, WILLOW, PEOPLE, orders, MARCH, funds=FUND)
        options = ["--programme", str(WILLOW), "--from", MARCH[0], "--to", MARCH[1]]
        options += [
            part
            for name in ("people", "orders", "funds")
            for part in (f"--{name}", str(tmp_path / f"{name}.csv"))
        ]
        said = run(tmp_path, "settle", *options, "--explain", "S1", language=language)
        assert said.returncode == done.returncode == 0
        assert all(amount in said.stdout for amount in ("3.00", "1.00", "2.00", "4.00", "0.50", "0.30"))
        assert "code:" not in said.stdout and "{" not in said.stdout
    assert run(tmp_path, "settle", *options, "--explain", "S9").returncode == 1
    SCHEMA.validate(json.loads(run(tmp_path, "settle", *options, "--explain", "S1", "--json").stdout))


@pytest.mark.parametrize(
    ("wrong", "right", "hint"),
    [
        ("limit = { count = 2,", "limit = { kount = 2,", "count"),
        ('kind = "cost_share"', 'kind = "cost_shares"', "cost_share"),
        ('amount = "3.00"', "amount = 3.0", "two decimals"),
        ('classes = ["senior"]', 'classes = ["seniors"]', "senior"),
        ('benefits = ["grant"]', 'benefits = ["grants"]', "grant"),
        ('cutoff_time = "18:00"', 'cutoff_time = "6pm"', "16:00"),
        ("[programme]", "[programe]", "programme"),
        ("schema = 1", "schema = = 1", "line 2"),
    ],
)
def test_a_fault_of_the_file_is_told(tmp_path: Path, wrong: str, right: str, hint: str) -> None:
    """Tests that a wrong file is refused with its key or line, never with a traceback."""
    path = tmp_path / "wrong.toml"
    text = WILLOW.read_text("utf-8")
    assert wrong in text
    path.write_text(text.replace(wrong, right, 1), "utf-8")
    done = settle(tmp_path, path, PEOPLE, [], MARCH)
    assert done.returncode == 1, done.stderr
    assert hint in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_of_a_key_is_a_fault_or_counts(tmp_path: Path) -> None:
    """Tests that --set takes values of a key's own kind, and refuses what the schema refuses."""
    orders = [meal("S1", "S", "2024-03-04", "10.00")]
    for setting, fen in (("three.amount=4.00", 400), ("class.senior.when.all[0].gte=80", 0)):
        document = settled(tmp_path, WILLOW, PEOPLE, orders, MARCH, *switched(setting))
        assert document["totals"]["subsidy_fen"] == fen
    for setting in ("three.amount=4", "three.amount=-4.00", "three.limit.count=x", "three.limit.count=0"):
        done = settle(tmp_path, WILLOW, PEOPLE, orders, MARCH, *switched(setting))
        assert (done.returncode, "Traceback" in done.stderr) == (0 if setting.endswith("=4") else 1, False)
    assert os.path.exists(WILLOW)


def test_a_condition_on_a_number(tmp_path: Path) -> None:
    """Tests a class by a level of care, given as a number, as a word and not at all."""
    path = tmp_path / "levels.toml"
    text = WILLOW.read_text("utf-8").replace('{ fact = "age", gte = 65 }', '{ fact = "care_level", gte = 3 }')
    path.write_text(text, "utf-8")
    people = [
        row
        for who, level in (("A", "3"), ("B", "2.5"), ("C", "high"), ("D", ""))
        for row in facts(who, residence="990101", care_level=level)
    ]
    orders = [meal(who, who, "2024-03-04", "10.00") for who in "ABCD"]
    document = settled(tmp_path, path, people, orders, MARCH)
    assert {row["person_id"]: row["class"] for row in document["rows"]} == {
        "A": "senior",
        "B": "",
        "C": "",
        "D": "",
    }
