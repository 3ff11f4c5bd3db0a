"""Guangdong's template and a city that completes it: four payers, a fund, an operator's grant."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.paths import config_dir
from tests.api.settling.desk import Row, facts, meal, owed, settle, settled, switched

MARCH = ("2021-03-01", "2021-03-31")
UNSET = (
    "four-way.steps[0].amount",
    "four-way.steps[1].amount",
    "four-way.steps[2].amount",
    "operator-grant.amount",
    "city-defined.pay_by",
)
FILLED = (  # illustrative: no such figure stands in the plan
    "four-way.steps[0].amount=2.00",
    "four-way.steps[1].amount=3.00",
    "four-way.steps[2].amount=1.00",
    "operator-grant.amount=1.00",
    "city-defined.pay_by=month",
)
CITY = """
schema = 1
id = "example-city"
base = "guangdong-2018"
status = "active"

[set]
"benefit.four-way.steps[0].amount" = "2.00"
"benefit.four-way.steps[1].amount" = "3.00"
"benefit.four-way.steps[2].amount" = "1.00"
"benefit.operator-grant.amount" = "1.00"
"settlement.city-defined.pay_by" = "month"
"""
PEOPLE = [
    *facts("P", born="1950-01-01", residence="440105", flag="living_alone"),
    *facts("Q", born="1950-01-01", residence="440105"),
    *facts("Z", born="1950-01-01", residence="450202"),
]
DAY = [
    meal("G1", "P", "2021-03-02", "15.00", paid="10:00"),
    meal("G2", "P", "2021-03-02", "15.00", paid="10:30", meal="dinner"),
    meal("G3", "Q", "2021-03-02", "15.00", paid="11:00"),
]
FUND: list[Row] = [{"fund": "charity", "at": "2021-03-01T00:00:00+08:00", "amount": "3.00"}]
TOP_UP: Row = {"fund": "charity", "at": "2021-03-02T14:00:00+08:00", "amount": "5.00"}
Four = tuple[int, int, int, int]


@pytest.fixture(params=["file", "set"])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The city as a file over the template, and as the template with keys set."""
    if request.param == "set":
        return ["guangdong-2018", *switched(*FILLED)]
    path = tmp_path / "city.toml"
    path.write_text(CITY, "utf-8")
    return [str(path)]


def four(
    folder: Path, city: list[str], orders: Sequence[Row], funds: Sequence[Row] | None = None
) -> dict[str, Four]:
    """Order to what operator, government, charity and diner pay, fen."""
    document = settled(
        folder, city[0], PEOPLE, orders, MARCH, *city[1:], funds=FUND if funds is None else funds
    )
    names = ("operator_fen", "subsidy_fen", "charity_fen", "diner_fen")
    return {row["order_id"]: tuple(row[name] for name in names) for row in document["rows"]}


def test_the_template_refuses_and_names_what_is_unset(tmp_path: Path) -> None:
    """Tests that nothing is settled while an amount is unset, and that what is set is no longer named."""
    done = settle(tmp_path, "guangdong-2018", PEOPLE, DAY, MARCH)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert [key for key in UNSET if key not in said] == []
    assert "diner_minimum" not in said
    assert '"statements"' not in said
    for number, setting in enumerate(FILLED[:-1]):
        done = settle(tmp_path, "guangdong-2018", PEOPLE, DAY, MARCH, *switched(*FILLED[: number + 1]))
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert setting.partition("=")[0] not in said
        assert UNSET[-1] in said


def test_the_worked_day(tmp_path: Path, city: list[str]) -> None:
    """Tests four payers of three meals, the fund used up by the third, and who owes the operator what."""
    assert four(tmp_path, city, DAY) == {
        "G1": (200, 300, 100, 900),
        "G2": (200, 0, 100, 1200),
        "G3": (200, 300, 100, 900),
    }
    document = settled(tmp_path, city[0], PEOPLE, DAY, MARCH, *city[1:], funds=FUND)
    assert owed(document) == {
        ("government", "operator", "2021-03"): 600 + 300,
        ("charity", "operator", "2021-03"): 300,
    }
    assert [row["class"] for row in document["rows"]] == ["priority", "priority", "general"]


def test_the_fund_is_never_overdrawn(tmp_path: Path, city: list[str]) -> None:
    """Tests a fourth meal before and after the top-up, and what the last half yuan gives."""
    before = meal("G4", "Q", "2021-03-02", "15.00", paid="13:59", meal="dinner")
    after = {**before, "paid_at": "2021-03-02T14:00:00+08:00"}
    funds = [TOP_UP, *FUND]
    assert four(tmp_path, city, [*DAY, before], funds)["G4"] == (200, 0, 0, 1300)
    assert four(tmp_path, city, [*DAY, after], funds)["G4"] == (200, 0, 100, 1200)
    half = [{**FUND[0], "amount": "0.50"}]
    assert four(tmp_path, city, DAY, half) == {
        "G1": (200, 300, 50, 950),
        "G2": (200, 0, 0, 1300),
        "G3": (200, 300, 0, 1000),
    }
    assert {one[2] for one in four(tmp_path, city, DAY, []).values()} == {0}


def test_a_refund_gives_back_to_the_fund(tmp_path: Path) -> None:
    """Tests that the fund has its yuan back from the instant of the refund."""
    city = ["guangdong-2018", *switched(*FILLED)]
    one_yuan = [{**FUND[0], "amount": "1.00"}]
    for at, charity_fen in (("10:20", 100), ("10:40", 0)):
        refunded = {**DAY[0], "event": "refunded", "event_at": f"2021-03-02T{at}:00+08:00"}
        given = four(tmp_path, city, [refunded, *DAY[1:]], one_yuan)
        assert given["G1"] == (0, 0, 0, 0)
        assert given["G2"][2] == charity_fen
        assert given["G3"][2] == 100 - charity_fen


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("15.00", (200, 300, 100, 900)),
        ("6.00", (200, 300, 99, 1)),
        ("5.00", (200, 299, 0, 1)),
        ("2.00", (199, 0, 0, 1)),
        ("0.01", (0, 0, 0, 1)),
        ("0.00", (0, 0, 0, 0)),
    ],
)
def test_the_diner_always_pays_a_fen(tmp_path: Path, price: str, expected: Four) -> None:
    """Tests cheap meals: each payer takes at most what is left over the diner's minimum."""
    city = ["guangdong-2018", *switched(*FILLED)]
    assert four(tmp_path, city, [meal("X", "P", "2021-03-02", price)])["X"] == expected


def test_a_city_may_let_the_diner_pay_nothing(tmp_path: Path) -> None:
    """Tests G2's last part, a key of its own."""
    city = ["guangdong-2018", *switched(*FILLED, "four-way.diner_minimum=0.00")]
    assert four(tmp_path, city, [meal("X", "P", "2021-03-02", "6.00")])["X"] == (200, 300, 100, 0)


def test_outsiders_pay_the_list_price(tmp_path: Path) -> None:
    """Tests somebody of another province: no share, but the operator's grant counts every served meal."""
    city = ["guangdong-2018", *switched(*FILLED)]
    document = settled(
        tmp_path, city[0], PEOPLE, [meal("X", "Z", "2021-03-02", "15.00")], MARCH, *city[1:], funds=FUND
    )
    [row] = document["rows"]
    assert (row["diner_fen"], row["operator_fen"], row["site_fee_fen"]) == (1500, 0, 100)


@pytest.mark.parametrize(
    ("setting", "born", "day", "class_id"),
    [
        ("G1=80", "1941-03-02", "2021-03-01", "general"),
        ("G1=80", "1941-03-02", "2021-03-02", "priority"),
        ("G1=75", "1946-03-02", "2021-03-02", "priority"),
        ("G1=70", "1952-02-29", "2022-02-28", "general"),
        ("G1=70", "1952-02-29", "2022-03-01", "priority"),
        ("G1=80", "1962-03-02", "2021-03-02", ""),
    ],
)
def test_advanced_age(tmp_path: Path, setting: str, born: str, day: str, class_id: str) -> None:
    """Tests G1, and 70 years from a 29 February."""
    people = facts("X", born=born, residence="440306")
    document = settled(
        tmp_path,
        "guangdong-2018",
        people,
        [meal("X", "X", day, "15.00")],
        (day, day),
        *switched(*FILLED, setting),
    )
    assert document["rows"][0]["class"] == class_id


def test_a_no_show_costs_no_payer_but_who_sells(tmp_path: Path) -> None:
    """Tests that government and charity owe nothing for a meal nobody ate, and the fund has its yuan back."""
    city = ["guangdong-2018", *switched(*FILLED)]
    one_yuan = [{**FUND[0], "amount": "1.00"}]
    orders = [
        {**DAY[0], "event": "no_show", "event_at": "2021-03-02T10:45:00+08:00"},
        DAY[2],
    ]
    document = settled(tmp_path, city[0], PEOPLE, orders, MARCH, *city[1:], funds=one_yuan)
    missed, eaten = document["rows"]
    assert (missed["subsidy_fen"], missed["charity_fen"], missed["diner_fen"]) == (0, 0, 900)
    assert missed["operator_fen"] + missed["site_bears_fen"] == 600
    assert missed["site_fee_fen"] == 0
    assert eaten["charity_fen"] == 100


def test_an_empty_month_names_both_payers(tmp_path: Path, city: list[str]) -> None:
    """Tests that no meal still gives the statements of 0.00 that somebody would miss."""
    document = settled(tmp_path, city[0], PEOPLE, [], MARCH, *city[1:])
    assert owed(document) == {
        ("government", "operator", "2021-03"): 0,
        ("charity", "operator", "2021-03"): 0,
    }


def test_the_city_keeps_the_template_otherwise() -> None:
    """Tests that circles, targets and notices of the template are the city's too."""
    from api.programmes.files import read_programme_table

    base = config_dir() / "programmes" / "guangdong-2018.toml"
    city = base.parent.parent / "city.toml"
    table = tomllib.loads(CITY)
    assert table["base"] == base.stem and not city.exists()
    assert read_programme_table(base)["survey"]["targets"]["awareness"] == 0.95
