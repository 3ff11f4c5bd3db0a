"""Jianxi's construction awards from a file of sites, and its meals without a subsidy."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.in_process import run
from tests.api.settling.desk import AWARD_SCHEMA, facts, meal, settled, switched, write

COLUMNS = (
    "site_id", "kind", "area_m2", "communities", "meals_per_service", "seats", "floor", "lift", "ramp",
    "claims_before",
)  # fmt: skip


def site(
    site_id: str, area: str, communities: str, meals: str = "120", seats: str = "35", **other: str
) -> dict[str, str]:
    row = dict(zip(COLUMNS, (site_id, "meal_centre", area, communities, meals, seats), strict=False))
    return (
        dict.fromkeys(COLUMNS, "")
        | row
        | {"floor": "1", "lift": "no", "ramp": "no", "claims_before": "0"}
        | other
    )


def awarded(folder: Path, rows: list[dict[str, str]], *settings: str) -> dict[str, Any]:
    path = write(folder / "sites.csv", COLUMNS, rows)
    done = run(
        folder, "award", "--programme", "jianxi-2019", "--sites", str(path), "--json", *switched(*settings)
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    AWARD_SCHEMA.validate(document)
    return document


WORKED = {
    "J01": (site("J01", "250", "7"), 30_000_000, "awarded"),
    "J02": (site("J02", "200", "6", "100", "30"), 30_000_000, "awarded"),
    "J03": (site("J03", "199.9", "6"), 20_000_000, "awarded"),
    "J04": (site("J04", "250", "5"), 20_000_000, "awarded"),
    "J05": (site("J05", "300", "5"), 20_000_000, "awarded"),
    "J06": (site("J06", "300.1", "5"), 0, "manual"),
}


def test_the_worked_sites(tmp_path: Path) -> None:
    """Tests J01 to J06, in the file's order."""
    document = awarded(tmp_path, [row for row, _, _ in WORKED.values()])
    assert {row["site_id"]: (row["award_fen"], row["decision"]) for row in document["rows"]} == {
        name: (fen, decision) for name, (_, fen, decision) in WORKED.items()
    }
    assert all(row["why"] for row in document["rows"])
    assert document["rejected_rows"] == []


RANGE = [5_000_000, 10_000_000]


@pytest.mark.parametrize(
    ("row", "fen", "decision"),
    [
        (site("X", "99.9", "2"), RANGE, "manual"),
        (site("X", "60", "7"), RANGE, "manual"),
        (site("X", "100", "4"), 20_000_000, "awarded"),
        (site("X", "100", "3"), 0, "manual"),
        (site("X", "60", "1"), 0, "manual"),
        (site("X", "400", "6"), 30_000_000, "awarded"),
        (site("X", "250", "7", "99"), 0, "refused"),
        (site("X", "250", "7", seats="29"), 0, "refused"),
        (site("X", "250", "7", floor="2"), 0, "refused"),
        (site("X", "250", "7", floor="2", lift="yes"), 30_000_000, "awarded"),
        (site("X", "250", "7", floor="2", ramp="yes"), 30_000_000, "awarded"),
        (site("X", "250", "7", floor="3", lift="yes"), 0, "refused"),
        (site("X", "250", "7", claims_before="1"), 0, "refused"),
        (site("X", "450", "5", kind="bath_centre"), 20_000_000, "awarded"),
        (site("X", "500", "6", kind="bath_centre", floor="3"), 30_000_000, "awarded"),
        (site("X", "199", "2", kind="bath_centre"), RANGE, "manual"),
    ],
)
def test_a_site_at_each_limit(tmp_path: Path, row: dict[str, str], fen: object, decision: str) -> None:
    """Tests conditions, tiers and the second claim."""
    [found] = awarded(tmp_path, [row])["rows"]
    assert (found["award_fen"], found["decision"]) == (fen, decision)


@pytest.mark.parametrize(
    ("setting", "row", "fen", "decision"),
    [
        ("J1=gt", site("X", "250", "7", "100"), 0, "refused"),
        ("J1=gt", site("X", "250", "7", "101"), 30_000_000, "awarded"),
        ("J2=lt 2", site("X", "250", "7", floor="2", lift="yes"), 0, "refused"),
        ("J3=lowest", WORKED["J01"][0], 20_000_000, "awarded"),
        ("J3=manual", WORKED["J01"][0], 0, "manual"),
        ("J3=manual", WORKED["J03"][0], 20_000_000, "awarded"),
        ("J6=linear by area", site("X", "50", "2"), 7_500_000, "awarded"),
        ("J6=linear by area", site("X", "99.9", "2"), 9_995_000, "awarded"),
    ],
)
def test_a_clause_taken_otherwise(
    tmp_path: Path, setting: str, row: dict[str, str], fen: int, decision: str
) -> None:
    """Tests the switches of the annex."""
    [found] = awarded(tmp_path, [row], setting)["rows"]
    assert (found["award_fen"], found["decision"]) == (fen, decision)


def test_bad_sites_are_listed_and_the_rest_decided(tmp_path: Path) -> None:
    """Tests a kind nobody awards, numbers that are none or not whole, and a truth that is none."""
    rows = [
        WORKED["J01"][0],
        site("B1", "big", "7"),
        site("B2", "250", "7", kind="gym"),
        site("B3", "250", "7", lift="maybe"),
        site("B4", "-5", "7"),
        site("B5", "", "7"),
        site("", "250", "7"),
        site("B6", "250", "6.5"),
        site("B7", "250", "7", floor="1.5"),
        WORKED["J02"][0],
    ]
    document = awarded(tmp_path, rows)
    assert [row["site_id"] for row in document["rows"]] == ["J01", "J02"]
    assert [one["line"] for one in document["rejected_rows"]] == [3, 4, 5, 6, 7, 8, 9, 10]


def test_the_same_site_twice_in_a_file(tmp_path: Path) -> None:
    """Tests that an award is given once a site: the second row is refused, the same one over is dropped."""
    again = [WORKED["J01"][0], {**WORKED["J02"][0], "site_id": "J01"}]
    document = awarded(tmp_path, again)
    given = [row["award_fen"] for row in document["rows"]]
    assert sum(given) <= 30_000_000


def test_meals_cost_the_list_price_and_make_no_statement(tmp_path: Path) -> None:
    """Tests a lunch of 15.00."""
    people = facts("A", born="1940-01-01", residence="410305")
    document = settled(
        tmp_path, "jianxi-2019", people, [meal("X", "A", "2019-06-03", "15.00")], ("2019-06-01", "2019-06-30")
    )
    [row] = document["rows"]
    assert (row["subsidy_fen"], row["diner_fen"], row["site_fee_fen"]) == (0, 1500, 0)
    assert document["statements"] == []


def test_a_programme_without_awards_says_so(tmp_path: Path) -> None:
    """Tests award with a plan that has none."""
    path = write(tmp_path / "sites.csv", COLUMNS, [])
    done = run(tmp_path, "award", "--programme", "qidong-2022", "--sites", str(path), "--json")
    assert (done.returncode, json.loads(done.stdout)["refused"]["code"]) == (1, "no_awards")
