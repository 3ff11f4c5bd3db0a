"""Changping's plan settled from files, April 2023: the subsidy, the operating fee, their periods."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.api.settling.desk import Row, fact, facts, meal, owed, settled, shares, switched

APRIL = ("2023-04-01", "2023-04-30")
HOME = {
    "hukou": "110114",
    "residence": "110114",
    "card": "beijing_elderly_disabled_card",
}
PEOPLE = [
    *facts("A", born="1945-01-01", flag="severe_disability", **HOME),
    *facts("B", born="1958-01-01", **HOME),
    *facts("Y", born="1964-01-01", flag="severe_disability", **HOME),
    *facts("D", born="1945-01-01", **HOME),
    fact("D", "flag", "severe_disability", "", "2023-04-15"),
    *facts("F", born="1953-01-01", **HOME),
    fact("F", "flag", "loses_ability", "2023-04-20"),
    *facts("G", born="1943-04-18", income="low_income", **HOME),
    *facts("H", born="1945-01-01", flag="severe_disability", **{**HOME, "residence": "110108"}),
    *facts("K", born="1963-04-21", flag="severe_disability", **HOME),
    *facts("M", born="1945-01-01", flag="severe_disability", hukou="110114", residence="110114"),
    *(row for who in "PQR" for row in facts(who, born="1945-01-01", flag="tekun", **HOME)),
]
MONTH = [
    meal("C01", "A", "2023-04-03"),
    meal("C02", "A", "2023-04-03", "15.00", meal="dinner", paid="16:00"),
    meal("C03", "A", "2023-04-04", "4.00"),
    meal("C04", "A", "2023-04-04", "13.00", meal="dinner", paid="16:00"),
    meal("C05", "A", "2023-04-05"),
    meal("C06", "A", "2023-04-06", "5.00"),
    meal("C07", "A", "2023-04-06", "5.01", meal="dinner", paid="16:00"),
    meal("C08", "A", "2023-04-08", paid="11:40"),
    meal("C09", "A", "2023-04-08", paid="11:55", site_id="S2"),
    meal("C10", "A", "2023-04-10", event="cancelled_before_cutoff", event_at="2023-04-10T08:30:00+08:00"),
    meal("C11", "A", "2023-04-11", event="no_show"),
    meal("C12", "A", "2023-04-12", "8.00", meal="breakfast"),
    meal("C13", "B", "2023-04-13"),
    meal("C14", "Y", "2023-04-13"),
    meal("C15", "A", "2023-04-14", channel="site_card"),
    meal("C16", "A", "2023-04-15", meal="dinner", channel="cash", bound="no"),
]
WORKED = {  # subsidy, diner, site fee, site bears
    "C01": (500, 700, 300, 0),
    "C02": (0, 1500, 300, 0),
    "C03": (0, 400, 300, 0),
    "C04": (500, 800, 300, 0),
    "C05": (500, 700, 300, 0),
    "C06": (0, 500, 300, 0),
    "C07": (500, 1, 300, 0),
    "C08": (500, 700, 300, 0),
    "C09": (0, 1200, 300, 0),
    "C10": (0, 0, 0, 0),
    "C11": (0, 700, 0, 500),
    "C12": (0, 800, 300, 0),
    "C13": (0, 1200, 300, 0),
    "C14": (0, 1200, 0, 0),
    "C15": (500, 700, 0, 0),
    "C16": (0, 1200, 0, 0),
}


def of(folder: Path, orders: Sequence[Row], *settings: str) -> dict[str, tuple[int, ...]]:
    """Subsidy, diner, site fee and what the site bears of each order of April."""
    return shares(settled(folder, "changping-2023", PEOPLE, orders, APRIL, *switched(*settings)))


def test_the_worked_month(tmp_path: Path) -> None:
    """Tests every case, its flag and what waits for a review."""
    document = settled(tmp_path, "changping-2023", PEOPLE, MONTH, APRIL)
    assert shares(document) == WORKED
    flags = {row["order_id"]: row["flags"] for row in document["rows"] if row["flags"]}
    assert flags == {"C09": ["two_sites_same_time"]}
    assert owed(document) == {
        ("town", "S1", "2023-Q2"): 3000,
        ("town", "S2", "2023-Q2"): 0,
        ("town", "S1", "2023-H1"): 3000,
        ("town", "S2", "2023-H1"): 0,
    }
    held = {(one["payee"], one["period"]): one["held_fen"] for one in document["statements"]}
    assert held[("S2", "2023-H1")] == 300


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        ("C2=gte", {"C06": (500, 0, 300, 0), "C07": (0, 501, 300, 0)}),
        ("C3=gross_per_day", {"C07": (500, 1, 300, 0)}),
        ("C4=platform+site_card", {"C15": (500, 700, 300, 0)}),
        ("C5=void, diner charged gross", {"C11": (0, 1200, 0, 0)}),
        ("C5=pay", {"C11": (500, 700, 300, 0)}),
        ("C6=first_payment", {"C04": (0, 1300, 300, 0), "C07": (0, 501, 300, 0)}),
        ("C6=best_of_day", {}),
        ("C7=anyone", {"C14": (0, 1200, 300, 0)}),
        ("C8=meal", {}),
        ("C9=day before 16:00", {}),
    ],
)
def test_a_clause_taken_otherwise(tmp_path: Path, setting: str, changed: dict[str, tuple[int, ...]]) -> None:
    """Tests each switch on the worked month."""
    assert of(tmp_path, MONTH, setting) == WORKED | changed


@pytest.mark.parametrize(
    ("who", "before", "from_on"),
    [("F", "2023-04-19", "2023-04-20"), ("G", "2023-04-17", "2023-04-18"), ("K", "2023-04-20", "2023-04-21")],
)
def test_who_becomes_a_basic_recipient(tmp_path: Path, who: str, before: str, from_on: str) -> None:
    """Tests an assessment, an 80th and a 60th birthday."""
    given = of(tmp_path, [meal("X1", who, before), meal("X2", who, from_on)])
    assert (given["X1"][0], given["X2"][0]) == (0, 500)


def test_who_is_no_basic_recipient(tmp_path: Path) -> None:
    """Tests the end of a flag, a home in another district, a card that is not there yet."""
    orders = [
        meal("D15", "D", "2023-04-15"),
        meal("D16", "D", "2023-04-16"),
        meal("H", "H", "2023-04-17"),
        meal("M", "M", "2023-04-17"),
    ]
    assert of(tmp_path, orders) == {
        "D15": (500, 700, 300, 0),
        "D16": (0, 1200, 300, 0),
        "H": (0, 1200, 0, 0),
        "M": (0, 1200, 300, 0),
    }
    assert of(tmp_path, orders, "C7=anyone")["H"] == (0, 1200, 300, 0)


@pytest.mark.parametrize(("setting", "fen"), [("C1=75", 500), ("C1=80", 0), ("C1=90", 0)])
def test_the_age_that_is_advanced(tmp_path: Path, setting: str, fen: int) -> None:
    """Tests C1 on somebody of 79 with a low income."""
    assert of(tmp_path, [meal("X", "G", "2023-04-17")], setting)["X"][0] == fen


@pytest.mark.parametrize(("leap_day", "first_day"), [("mar-01", "2023-03-31"), ("feb-28", "2023-03-31")])
def test_disability_is_not_loss_of_ability(tmp_path: Path, leap_day: str, first_day: str) -> None:
    """Tests that a disability card never makes somebody one who has lost ability."""
    people = facts("Z", born="1950-01-01", disability_card="true", flag="disabled", **HOME)
    document = settled(
        tmp_path,
        "changping-2023",
        people,
        [meal("X", "Z", first_day)],
        (first_day, first_day),
        *switched(f"age.leap_day={leap_day}"),
    )
    assert document["rows"][0]["class"] == "general60"


@pytest.mark.parametrize(
    ("leap_day", "day", "fen"),
    [("mar-01", "2027-02-28", 0), ("mar-01", "2027-03-01", 500), ("feb-28", "2027-02-28", 500)],
)
def test_a_birthday_on_29_february(tmp_path: Path, leap_day: str, day: str, fen: int) -> None:
    """Tests 75 years from 1952-02-29, in a year without that day."""
    people = facts("Z", born="1952-02-29", income="dibao", **HOME)
    settings = switched("C1=75", f"age.leap_day={leap_day}")
    document = settled(tmp_path, "changping-2023", people, [meal("X", "Z", day)], (day, day), *settings)
    assert document["totals"]["subsidy_fen"] == fen


def test_three_diners_of_one_order(tmp_path: Path) -> None:
    """Tests one fee for the order, and three by the switch; it stays when one of them does not come."""
    orders = [meal("O", who, "2023-04-17") for who in "PQR"]
    assert of(tmp_path, orders) == {"O": (1500, 2100, 300, 0)}
    assert of(tmp_path, orders, "C8=meal") == {"O": (1500, 2100, 900, 0)}
    late = [{**orders[0], "event": "no_show"}, *orders[1:]]
    for given in (late, late[::-1]):
        document = settled(tmp_path, "changping-2023", PEOPLE, given, APRIL)
        assert shares(document) == {"O": (1000, 2100, 300, 500)}
        fees = {row["person_id"]: row["site_fee_fen"] for row in document["rows"]}
        assert fees["P"] == 0
        assert sorted(fees.values()) == [0, 0, 300]
    nobody = [{**one, "event": "no_show"} for one in orders]
    assert of(tmp_path, nobody) == {"O": (0, 2100, 0, 1500)}


def test_an_outsider_of_an_order_does_not_lose_its_fee(tmp_path: Path) -> None:
    """Tests orders of an outsider and a recipient, by every policy about outsiders and second meals."""
    orders = [meal("O", "H", "2023-04-17"), meal("O", "P", "2023-04-17")]
    for settings in ((), ("outsiders.policy=refuse",), ("outsiders.policy=refuse", "C7=anyone")):
        assert of(tmp_path, orders, *settings)["O"][2] == 300
    seconds = [
        meal("O1", "P", "2023-04-17", paid="08:00"),
        meal("O2", "P", "2023-04-17", paid="09:00"),
        meal("O2", "Q", "2023-04-17", paid="09:00"),
    ]
    given = of(tmp_path, seconds, "meals.second_meal=refuse")
    assert given == {"O1": (500, 700, 300, 0), "O2": (500, 700, 300, 0)}


@pytest.mark.parametrize(
    ("setting", "price", "payments", "fen"),
    [
        ("C3=gross_per_payment", "7.00", "3.00+4.00", 0),
        ("C3=gross_per_payment", "9.00", "3.00+6.00", 500),
        ("C3=gross_per_payment", "5.00", "5.00", 0),
        ("C3=gross_per_payment", "7.00", "", 500),
        ("C3=gross_per_meal", "7.00", "3.00+4.00", 500),
        ("C3=gross_per_meal", "5.00", "2.00+3.00", 0),
        ("C3=gross_per_day", "7.00", "3.00+4.00", 500),
    ],
)
def test_a_meal_paid_in_parts(tmp_path: Path, setting: str, price: str, payments: str, fen: int) -> None:
    """Tests C3 on one meal."""
    given = of(tmp_path, [meal("X", "A", "2023-04-17", price, payments=payments)], setting)
    assert given["X"][0] == fen


def test_two_small_meals_of_a_day(tmp_path: Path) -> None:
    """Tests 3.00 and then 4.00: only the day's total exceeds 5, and what is given stays within the price."""
    orders = [
        meal("X1", "A", "2023-04-17", "3.00"),
        meal("X2", "A", "2023-04-17", "4.00", meal="dinner", paid="16:00"),
    ]
    for setting, given in (
        ("C3=gross_per_payment", (0, 0)),
        ("C3=gross_per_meal", (0, 0)),
        ("C3=gross_per_day", (0, 400)),
    ):
        found = of(tmp_path, orders, setting)
        assert (found["X1"][0], found["X2"][0]) == given


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("C6=first_qualifying_payment", (0, 500)),
        ("C6=first_payment", (0, 500)),
        ("C6=best_of_day", (0, 500)),
    ],
)
def test_a_refund_before_the_second_payment(tmp_path: Path, setting: str, expected: tuple[int, int]) -> None:
    """Tests that what was refunded at ten is free for the meal paid at eleven."""
    orders = [
        meal("X1", "A", "2023-04-17", paid="08:00", event="refunded", event_at="2023-04-17T10:00:00+08:00"),
        meal("X2", "A", "2023-04-17", meal="dinner", paid="11:00"),
    ]
    found = of(tmp_path, orders, setting)
    assert (found["X1"][0], found["X2"][0]) == expected


@pytest.mark.parametrize(
    ("setting", "fen"),
    [("C6=first_qualifying_payment", 0), ("C6=first_payment", 0), ("C6=best_of_day", 500)],
)
def test_a_refund_after_the_second_payment(tmp_path: Path, setting: str, fen: int) -> None:
    """Tests that a meal already paid does not take what is refunded later, unless the best counts."""
    orders = [
        meal("X1", "A", "2023-04-17", paid="08:00", event="refunded", event_at="2023-04-17T18:00:00+08:00"),
        meal("X2", "A", "2023-04-17", meal="dinner", paid="11:00"),
        meal("X3", "A", "2023-04-18"),
    ]
    found = of(tmp_path, orders, setting)
    assert (found["X2"][0], found["X3"][0]) == (fen, 500)


def test_the_best_of_the_day(tmp_path: Path) -> None:
    """Tests that the dearer of two capped meals takes it, the earlier payment where both give as much."""
    settings = ("C6=best_of_day", "C2=gte", "C3=gross_per_day", "meal-5.amount=6.00")
    orders = [
        meal("X1", "A", "2023-04-17", "5.00"),
        meal("X2", "A", "2023-04-17", "8.00", meal="dinner", paid="16:00"),
    ]
    found = of(tmp_path, orders, *settings)
    assert (found["X1"][0], found["X2"][0]) == (0, 600)
    orders[0] = {**orders[0], "price": "9.00"}
    found = of(tmp_path, orders, *settings)
    assert (found["X1"][0], found["X2"][0]) == (600, 0)


def test_the_earlier_payment_wins_then_the_order_number(tmp_path: Path) -> None:
    """Tests two sites that send the same person-day, in either order of arrival."""
    orders = [
        meal("X2", "A", "2023-04-17", paid="11:30"),
        meal("X1", "A", "2023-04-17", paid="11:31", site_id="S2"),
        meal("X4", "A", "2023-04-18", paid="11:30"),
        meal("X3", "A", "2023-04-18", paid="11:30", site_id="S2"),
    ]
    for given in (orders, orders[::-1]):
        found = of(tmp_path, given)
        assert {name: one[0] for name, one in found.items()} == {"X1": 0, "X2": 500, "X3": 500, "X4": 0}


def test_one_site_that_sends_a_lunch_twice_is_flagged(tmp_path: Path) -> None:
    """Tests the flag, and that lunch and dinner at two sites are none."""
    orders = [
        meal("X1", "A", "2023-04-17", paid="11:30"),
        meal("X2", "A", "2023-04-17", paid="11:40"),
        meal("X3", "A", "2023-04-17", meal="dinner", paid="16:00", site_id="S2"),
    ]
    document = settled(tmp_path, "changping-2023", PEOPLE, orders, APRIL)
    assert [row["flags"] for row in document["rows"]] == [[], ["duplicate_same_day"], []]


def test_the_dead_and_those_in_institutions(tmp_path: Path) -> None:
    """Tests that neither has a class, and that both are flagged."""
    people = [
        *PEOPLE,
        fact("P", "died", "2023-04-10"),
        fact("Q", "institution_resident", "true", "2023-04-11", "2023-04-20"),
    ]
    orders = [meal(f"{who}{day}", who, f"2023-04-{day}") for who in "PQ" for day in (10, 11, 21)]
    document = settled(tmp_path, "changping-2023", people, orders, APRIL)
    assert {name: one[:3] for name, one in shares(document).items()} == {
        "P10": (500, 700, 300),
        "P11": (0, 1200, 0),
        "P21": (0, 1200, 0),
        "Q10": (500, 700, 300),
        "Q11": (0, 1200, 0),
        "Q21": (500, 700, 300),
    }
    flags = {row["order_id"]: row["flags"] for row in document["rows"] if row["flags"]}
    assert flags == {"P11": ["deceased"], "P21": ["deceased"], "Q11": ["institution_resident"]}


def daily(who: str, first: str, count: int, **other: str) -> list[Row]:
    """A lunch on each of so many days."""
    days = [str(date.fromisoformat(first) + timedelta(days=step)) for step in range(count)]
    return [meal(f"{who}{day}", who, day, **other) for day in days]


def test_the_quarter_and_the_halves(tmp_path: Path) -> None:
    """Tests April's 30.00, 21 days of May and 20 of June, and when each statement is due."""
    orders = [*MONTH, *daily("A", "2023-05-01", 21), *daily("A", "2023-06-01", 20)]
    document = settled(tmp_path, "changping-2023", PEOPLE, orders, ("2023-04-01", "2023-06-30"))
    due = {(one["period"], one["payee"]): (one["total_fen"], one["due_on"]) for one in document["statements"]}
    assert due[("2023-Q2", "S1")] == (23500, "2023-07-30")
    assert due[("2023-H1", "S1")] == (3000 + 41 * 300, "2023-09-30")
    autumn = settled(
        tmp_path, "changping-2023", PEOPLE, daily("A", "2023-12-30", 3), ("2023-12-01", "2024-01-31")
    )
    due = {(one["period"], one["payee"]): (one["total_fen"], one["due_on"]) for one in autumn["statements"]}
    assert due == {
        ("2023-Q4", "S1"): (1000, "2024-01-30"),
        ("2024-Q1", "S1"): (500, "2024-04-30"),
        ("2023-H2", "S1"): (600, "2024-03-31"),
        ("2024-H1", "S1"): (300, "2024-09-30"),
    }


def test_the_first_day_of_the_plan(tmp_path: Path) -> None:
    """Tests a lunch on the day before it came into force, and on that day."""
    orders = daily("A", "2023-03-05", 2)
    document = settled(tmp_path, "changping-2023", PEOPLE, orders, ("2023-03-01", "2023-03-31"))
    assert shares(document) == {"A2023-03-05": (0, 1200, 0, 0), "A2023-03-06": (500, 700, 300, 0)}


def revision_2(folder: Path, *, from_on: str = "2023-05-16") -> Path:
    """Changping's file as its second revision, which gives 6.00."""
    from api.paths import config_dir

    text = (config_dir() / "programmes" / "changping-2023.toml").read_text("utf-8")
    changed = text.replace("revision = 1", "revision = 2").replace('amount = "5.00"', 'amount = "6.00"')
    path = folder / "second.toml"
    path.write_text(changed.replace("valid_from = 2023-03-06", f"valid_from = {from_on}"), "utf-8")
    return path


def test_a_rule_that_changes_in_mid_month(tmp_path: Path) -> None:
    """Tests 15 x 5 + 16 x 6 = 171.00, each row naming its revision, whichever file comes first."""
    second = revision_2(tmp_path)
    orders = daily("A", "2023-05-01", 31)
    may = ("2023-05-01", "2023-05-31")
    for first, other in (("changping-2023", second), (second, "changping-2023")):
        document = settled(tmp_path, first, PEOPLE, orders, may, "--programme", str(other))
        assert document["totals"]["subsidy_fen"] == 17100
        assert owed(document)[("town", "S1", "2023-Q2")] == 17100
        assert [row["revision"] for row in document["rows"]] == [1] * 15 + [2] * 16


def test_a_class_that_was_backdated(tmp_path: Path) -> None:
    """Tests that F's lunch of 19 April costs 5.00 more to the town once the class begins on the 1st."""
    orders = daily("F", "2023-04-18", 3)
    before = settled(tmp_path, "changping-2023", PEOPLE, orders, APRIL)
    again = settled(
        tmp_path, "changping-2023", [*PEOPLE, fact("F", "flag", "loses_ability", "2023-04-01")], orders, APRIL
    )
    differ = [b["subsidy_fen"] - a["subsidy_fen"] for a, b in zip(before["rows"], again["rows"], strict=True)]
    assert differ == [500, 500, 0]
