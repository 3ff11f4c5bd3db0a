"""Liuzhou's plan settled from files, October 2020: cases worked by hand from the plan."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.api.settling.desk import Row, fact, facts, meal, owed, settle, settled, shares, switched

OCTOBER = ("2020-10-01", "2020-10-31")
LIUZHOU = {"hukou": "450200", "residence": "450202"}
PEOPLE = [
    *facts("A", born="1938-03-05", **LIUZHOU),
    *facts("B", born="1950-06-01", **LIUZHOU),
    *facts("C", born="1940-10-15", **LIUZHOU),
    *facts("D", born="1935-01-01", **LIUZHOU),
    fact("D", "institution_resident", "true", "2020-10-20"),
    *facts("E", born="1960-10-22", **LIUZHOU),
    *facts("F", born="1935-06-01", hukou="450100", residence="450202"),
]
MONTH = [
    meal("L01", "A", "2020-10-01", event="refused"),
    meal("L02", "A", "2020-10-09"),
    meal("L03", "A", "2020-10-10", event="refused"),
    meal("L04", "A", "2020-10-12"),
    meal("L05", "A", "2020-10-12", paid="11:00", channel="site"),
    meal("L06", "A", "2020-10-13", event="cancelled_before_cutoff", event_at="2020-10-12T15:00:00+08:00"),
    meal("L07", "A", "2020-10-14", event="cancelled_after_cutoff", event_at="2020-10-13T18:00:00+08:00"),
    meal("L08", "A", "2020-10-15", event="no_show"),
    meal("L09", "A", "2020-10-16", "4.00"),
    meal("L10", "C", "2020-10-14"),
    meal("L11", "C", "2020-10-15"),
    meal("L12", "B", "2020-10-15"),
]
WORKED = {  # subsidy, diner, site fee, site bears
    "L01": (0, 0, 0, 0),
    "L02": (500, 700, 0, 0),
    "L03": (0, 0, 0, 0),
    "L04": (500, 700, 0, 0),
    "L05": (0, 1200, 0, 0),
    "L06": (0, 0, 0, 0),
    "L07": (0, 700, 0, 500),
    "L08": (0, 700, 0, 500),
    "L09": (400, 0, 0, 0),
    "L10": (0, 1200, 0, 0),
    "L11": (500, 700, 0, 0),
    "L12": (0, 1200, 0, 0),
}


def days_of_october(who: str, *days: int) -> list[Row]:
    return [meal(f"{who}{day:02d}", who, f"2020-10-{day:02d}") for day in days]


def subsidy_fen(folder: Path, orders: Sequence[Row], *settings: str, people: Sequence[Row] = PEOPLE) -> int:
    """What a month's subsidies come to."""
    document = settled(folder, "liuzhou-2020", people, orders, OCTOBER, *switched(*settings))
    fen: int = document["totals"]["subsidy_fen"]
    return fen


def test_the_worked_month(tmp_path: Path) -> None:
    """Tests every case of the month, its statement and when that is due."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, MONTH, OCTOBER)
    assert shares(document) == WORKED
    assert owed(document) == {("district-civil-affairs", "S1", "2020-10"): 1900}
    [statement] = document["statements"]
    assert (statement["lines"], statement["due_on"]) == (4, "2020-11-15")
    kinds = {row["order_id"]: row["class"] for row in document["rows"]}
    assert (kinds["L02"], kinds["L10"], kinds["L11"], kinds["L12"]) == (
        "class2",
        "class1",
        "class2",
        "class1",
    )


@pytest.mark.parametrize(
    ("setting", "order", "expected"),
    [
        ("A2=open", meal("L03", "A", "2020-10-10"), (500, 700, 0, 0)),
        ("A2=closed", meal("L03", "A", "2020-10-10"), (0, 1200, 0, 0)),
        ("A7=false", meal("L09", "A", "2020-10-16", "4.00"), (500, 0, 0, -100)),
        ("A8=reimburse_diner", meal("X", "A", "2020-10-16"), (500, 700, 0, 0)),
        ("A6=void+charge_gross", meal("X", "A", "2020-10-16", event="no_show"), (0, 1200, 0, 0)),
        ("A6=pay", meal("X", "A", "2020-10-16", event="no_show"), (500, 700, 0, 0)),
        ("A1=traditional", meal("X", "A", "2020-10-08"), (500, 700, 0, 0)),
        ("A1=traditional", meal("X", "A", "2020-10-01"), (0, 1200, 0, 0)),
        ("A1=statutory", meal("X", "A", "2020-10-08"), (0, 1200, 0, 0)),
        ("A1=statutory", meal("X", "A", "2020-10-11"), (0, 1200, 0, 0)),
        ("A2=open", meal("X", "A", "2020-10-11"), (0, 1200, 0, 0)),
    ],
)
def test_a_clause_taken_otherwise(
    tmp_path: Path, setting: str, order: Row, expected: tuple[int, ...]
) -> None:
    """Tests a switch on one meal; a meal eaten on a closed day is charged its list price."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, [order], OCTOBER, *switched(setting))
    assert list(shares(document).values()) == [expected]


def test_a_reimbursed_diner_is_the_payee(tmp_path: Path) -> None:
    """Tests that with A8 otherwise the 5 yuan are owed to the diner, and the site's statement is empty."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, MONTH, OCTOBER, *switched("A8=reimburse_diner"))
    assert owed(document)[("district-civil-affairs", "diner", "2020-10")] == 1900
    late = next(row for row in document["rows"] if row["order_id"] == "L08")
    assert (late["diner_fen"], late["site_bears_fen"]) == (1200, 0)


def test_a_second_meal_may_be_refused(tmp_path: Path) -> None:
    """Tests A10 otherwise: the later payment of the day is 0 everywhere, whichever row comes first."""
    for orders in (MONTH, MONTH[::-1]):
        document = settled(tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER, *switched("A10=refuse"))
        assert shares(document) == WORKED | {"L05": (0, 0, 0, 0)}


def test_service_days_of_two_months(tmp_path: Path) -> None:
    """Tests 22 service days in September 2020 and 16 in October; 23 and 17 with make-up days open."""
    first = date(2020, 9, 1)
    every = [str(first + timedelta(days=step)) for step in range(61)]
    orders = [meal(f"N{day}", "A", day) for day in every]
    for setting, september, october in (("A2=closed", 22, 16), ("A2=open", 23, 17)):
        document = settled(
            tmp_path, "liuzhou-2020", PEOPLE, orders, ("2020-09-01", "2020-10-31"), *switched(setting)
        )
        given = [row["service_on"][:7] for row in document["rows"] if row["subsidy_fen"]]
        assert (given.count("2020-09"), given.count("2020-10")) == (september, october)
        pays = {period: fen for (_, _, period), fen in owed(document).items()}
        assert pays == {"2020-09": september * 500, "2020-10": october * 500}


SERVED = (9, *range(12, 17), *range(19, 24), *range(26, 31))


@pytest.mark.parametrize(
    ("basis", "fen"), [("birthday", 6000), ("month_of_birthday", 8000), ("next_month", 0), ("year", 8000)]
)
def test_the_day_from_which_eighty_counts(tmp_path: Path, basis: str, fen: int) -> None:
    """Tests C, 80 on 15 October, eating every service day of the month."""
    assert subsidy_fen(tmp_path, days_of_october("C", *SERVED), f"A3={basis}") == fen


def test_forty_diners_and_c(tmp_path: Path) -> None:
    """Tests 40 x 16 x 5 = 3,200.00, and 3,260.00 with C."""
    people = [row for n in range(40) for row in facts(f"P{n}", born="1938-03-05", **LIUZHOU)]
    orders = [
        meal(f"P{n}-{day}", f"P{n}", f"2020-10-{day:02d}", site_id="S1" if n % 2 else "S2")
        for n in range(40)
        for day in SERVED
    ]
    document = settled(tmp_path, "liuzhou-2020", people, orders, OCTOBER)
    assert document["totals"]["subsidy_fen"] == 320_000
    assert set(owed(document).values()) == {160_000}
    with_c = [*orders, *days_of_october("C", *SERVED)]
    assert subsidy_fen(tmp_path, with_c, people=[*people, *PEOPLE]) == 326_000


@pytest.mark.parametrize(
    ("who", "day", "expected", "class_id"),
    [
        ("D", "2020-10-19", (500, 700, 0, 0), "class2"),
        ("D", "2020-10-20", (0, 1200, 0, 0), ""),
        ("E", "2020-10-21", (0, 1200, 0, 0), ""),
        ("E", "2020-10-22", (0, 1200, 0, 0), "class1"),
        ("F", "2020-10-22", (0, 1200, 0, 0), ""),
        ("A", "2020-08-31", (0, 1200, 0, 0), ""),
        ("A", "2020-09-01", (500, 700, 0, 0), "class2"),
        ("A", "2021-12-31", (500, 700, 0, 0), "class2"),
        ("A", "2022-01-04", (0, 1200, 0, 0), ""),
    ],
)
def test_who_is_of_which_class_when(
    tmp_path: Path, who: str, day: str, expected: tuple[int, ...], class_id: str
) -> None:
    """Tests institution, birthdays, another city's register, and the first and last day of the pilot."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, [meal("X", who, day)], (day, day))
    assert shares(document)["X"] == expected
    assert document["rows"][0]["class"] == class_id


@pytest.mark.parametrize(
    ("setting", "hukou", "residence", "fen"),
    [
        ("A4=residence", "450200", "450206", 500),
        ("A4=residence", "450205", "柳东新区", 0),
        ("A4=residence", "450200", "450221", 0),
        ("A4=hukou_district", "450205", "450221", 500),
        ("A4=hukou_district", "450221", "450202", 0),
        ("A4=site", "450221", "450221", 500),
        ("A4=site", "450100", "450202", 0),
    ],
)
def test_what_lies_within_the_pilot(
    tmp_path: Path, setting: str, hukou: str, residence: str, fen: int
) -> None:
    """Tests A4: residence, district of the register, or the canteen used."""
    people = facts("Z", born="1930-01-01", hukou=hukou, residence=residence)
    assert subsidy_fen(tmp_path, days_of_october("Z", 12), setting, people=people) == fen


def test_outsiders_may_be_refused(tmp_path: Path) -> None:
    """Tests that a person of no class pays the list price, or is refused where the programme says so."""
    orders = [meal("X", "F", "2020-10-12")]
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER)
    assert shares(document)["X"] == (0, 1200, 0, 0)
    document = settled(
        tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER, *switched("outsiders.policy=refuse")
    )
    assert shares(document)["X"] == (0, 0, 0, 0)


def test_meals_that_the_plan_does_not_name(tmp_path: Path) -> None:
    """Tests that dinner and breakfast cost the list price and do not use up the day."""
    orders = [
        meal("X1", "A", "2020-10-12", paid="07:00", meal="breakfast"),
        meal("X2", "A", "2020-10-12", paid="08:00", meal="dinner"),
        meal("X3", "A", "2020-10-12", paid="09:00"),
    ]
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER, *switched("A10=refuse"))
    assert shares(document) == {
        "X1": (0, 1200, 0, 0),
        "X2": (0, 1200, 0, 0),
        "X3": (500, 700, 0, 0),
    }


@pytest.mark.parametrize(
    ("first_back", "second_paid", "expected"),
    [("10:00", "11:00", (500, 700, 0, 0)), ("10:00", "09:00", (0, 1200, 0, 0))],
)
def test_a_refund_releases_the_day_for_later_payments_only(
    tmp_path: Path, first_back: str, second_paid: str, expected: tuple[int, ...]
) -> None:
    """Tests a first lunch refunded at ten and a second one paid after or before that."""
    orders = [
        meal(
            "X1",
            "A",
            "2020-10-12",
            paid="08:00",
            event="refunded",
            event_at=f"2020-10-12T{first_back}:00+08:00",
        ),
        meal("X2", "A", "2020-10-12", paid=second_paid),
    ]
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER)
    assert shares(document) == {"X1": (0, 0, 0, 0), "X2": expected}


def test_the_dead_get_nothing_after_their_last_day(tmp_path: Path) -> None:
    """Tests that death stops everything from the next day on, and a meal served then is flagged."""
    people = [*PEOPLE, fact("A", "died", "2020-10-13")]
    document = settled(tmp_path, "liuzhou-2020", people, days_of_october("A", 13, 14), OCTOBER)
    assert shares(document) == {"A13": (500, 700, 0, 0), "A14": (0, 1200, 0, 0)}
    assert [row["flags"] for row in document["rows"]] == [[], ["deceased"]]


def test_an_empty_month_has_its_statement(tmp_path: Path) -> None:
    """Tests that no row still gives a statement of 0.00."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, [], OCTOBER)
    assert document["rows"] == []
    assert [(one["lines"], one["total_fen"], one["period"]) for one in document["statements"]] == [
        (0, 0, "2020-10")
    ]


def test_a_switch_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    """Tests that an unknown switch, option or key is refused with what there is."""
    for setting, hint in (
        ("A22=open", "A2"),
        ("A2=opened", "open"),
        ("benefit.lunch5.amount=6.00", "lunch-5"),
    ):
        done = settle(tmp_path, "liuzhou-2020", PEOPLE, [], OCTOBER, *switched(setting))
        assert done.returncode == 1
        assert hint in done.stdout + done.stderr


def test_assumptions_say_what_they_changed(tmp_path: Path) -> None:
    """Tests that each unclear clause tells by how much its other readings differ."""
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, MONTH, OCTOBER, "--effects")
    by_id = {one["id"]: one for one in document["assumptions"]}
    assert by_id["A7"]["chosen"] is True
    assert by_id["A7"]["changes"] == {"false": {"subsidy_fen": 100, "site_bears_fen": -100}}
    assert by_id["A6"]["changes"]["pay"] == {"subsidy_fen": 500, "site_bears_fen": -500}
    assert by_id["A5"]["changes"] == {}


def test_days_of_the_canteen_s_own_list(tmp_path: Path) -> None:
    """Tests A1 as a list, with its dates given beside it: they are closed, public holidays are not."""
    orders = [meal("X1", "A", "2020-10-02"), meal("X2", "A", "2020-10-12"), meal("X3", "A", "2020-10-13")]
    settings = switched("A1=list", "calendar.closed_dates=2020-10-12,2020-11-05")
    document = settled(tmp_path, "liuzhou-2020", PEOPLE, orders, OCTOBER, *settings)
    assert [row["subsidy_fen"] for row in document["rows"]] == [500, 0, 500]
