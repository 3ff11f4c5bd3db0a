"""Qidong's plan settled from files, November 2022: free meals, choices, deliveries."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.api.settling.desk import Row, fact, facts, meal, owed, settled, switched

NOVEMBER = ("2022-11-01", "2022-11-30")
AMOUNT = "entitlement.gov_purchased_care.monthly_amount"
CHOICE = "choice.monthly-service"
STREET = "启东市南城区街道"


def recipient(who: str, amount: str, asked_on: str = "") -> list[Row]:
    """Somebody with a monthly amount, who asked for meals on a day."""
    own = facts(who, born="1940-01-01", residence=STREET, entitlement__gov_purchased_care="true")
    own.append(fact(who, AMOUNT, amount))
    return [*own, fact(who, CHOICE, "meals", asked_on)] if asked_on else own


PEOPLE = [
    *recipient("A", "105.00", "2022-10-20"),
    *recipient("B", "100.00", "2022-10-25"),
    *recipient("C", "100.00"),
    fact("C", CHOICE, "home_service", "2022-10-01"),
    *recipient("D", "120.00", "2022-11-15"),
    *facts("E", born="1941-01-01", residence="启东市北城区街道", flag="living_alone"),
]


def meals(who: str, days: range, price: str = "10.00", month: str = "2022-11", **other: str) -> list[Row]:
    return [meal(f"{who}-{month}-{day:02d}", who, f"{month}-{day:02d}", price, **other) for day in days]


MONTH = [
    *meals("A", range(1, 15)),
    *meals("B", range(1, 7)),
    *meals("C", range(1, 4)),
    *meals("D", range(16, 21)),
    *meals("E", range(1, 9)),
]


def paid(
    folder: Path,
    orders: Sequence[Row],
    *settings: str,
    days: tuple[str, str] = NOVEMBER,
    people: Sequence[Row] = PEOPLE,
) -> dict[str, tuple[int, int]]:
    """Person to what the government and the diner pay."""
    document = settled(folder, "qidong-2022", people, orders, days, *switched(*settings))
    found: dict[str, tuple[int, int]] = {}
    for row in document["rows"]:
        subsidy, diner = found.get(row["person_id"], (0, 0))
        found[row["person_id"]] = subsidy + row["subsidy_fen"], diner + row["diner_fen"]
    return found


def test_the_worked_month(tmp_path: Path) -> None:
    """Tests Q-A to Q-E."""
    assert paid(tmp_path, MONTH) == {
        "A": (10000, 4000),
        "B": (6000, 0),
        "C": (0, 3000),
        "D": (0, 5000),
        "E": (0, 8000),
    }


@pytest.mark.parametrize(
    ("setting", "who", "expected"),
    [
        ("Q1=partial_meal", "A", (10500, 3500)),
        ("Q1=carry", "A", (10000, 4000)),
        ("Q3=immediately", "D", (5000, 0)),
        ("Q3=daily", "D", (5000, 0)),
        ("Q2=not_allowed", "A", (10000, 4000)),
        ("Q5=lunch", "A", (10000, 4000)),
    ],
)
def test_a_clause_taken_otherwise(tmp_path: Path, setting: str, who: str, expected: tuple[int, int]) -> None:
    """Tests switches on the worked month."""
    assert paid(tmp_path, MONTH, setting)[who] == expected


def test_a_choice_asked_for_at_once_counts_from_its_day(tmp_path: Path) -> None:
    """Tests that with Q3=immediately earlier meals are not free, and that by the day 64.00 are six meals."""
    orders = meals("D", range(10, 26))
    assert paid(tmp_path, orders, "Q3=immediately")["D"] == (11000, 5000)
    assert paid(tmp_path, orders, "Q3=daily")["D"] == (6000, 10000)


@pytest.mark.parametrize(("amount", "free"), [("120.00", 6), ("100.00", 5), ("112.50", 6), ("112.48", 5)])
def test_a_prorated_amount_is_rounded_half_up(tmp_path: Path, amount: str, free: int) -> None:
    """Tests 120 x 16/30 = 64.00, 100 x 16/30 = 53.33, and amounts on either side of 60.00."""
    people = recipient("D", amount, "2022-11-15")
    given = paid(tmp_path, meals("D", range(16, 27)), "Q3=daily", people=people)
    assert given["D"][0] == free * 1000


def test_the_rest_goes_into_december(tmp_path: Path) -> None:
    """Tests that 5.00 of November make December's 105.00 eleven meals, and that nothing goes on otherwise."""
    orders = [*meals("A", range(1, 15)), *meals("A", range(1, 15), month="2022-12")]
    december = ("2022-12-01", "2022-12-31")
    assert paid(tmp_path, orders, days=december)["A"] == (10000, 4000)
    assert paid(tmp_path, orders, "Q1=carry", days=december)["A"] == (11000, 3000)


def test_unused_meals_go_into_december_only_by_the_switch(tmp_path: Path) -> None:
    """Tests Q4: B's four unused meals."""
    orders = [*meals("B", range(1, 7)), *meals("B", range(1, 16), month="2022-12")]
    december = ("2022-12-01", "2022-12-31")
    assert paid(tmp_path, orders, days=december)["B"] == (10000, 5000)
    assert paid(tmp_path, orders, "Q4=true", days=december)["B"] == (14000, 1000)


def test_a_refund_gives_its_place_to_a_later_meal(tmp_path: Path) -> None:
    """Tests that A's third meal refunded makes the eleventh free: 100.00 and 30.00 for 13 meals."""
    orders = [dict(row) for row in meals("A", range(1, 15))]
    orders[2] |= {"event": "refunded", "event_at": "2022-11-20T09:00:00+08:00"}
    document = settled(tmp_path, "qidong-2022", PEOPLE, orders, NOVEMBER)
    free = [row["service_on"][-2:] for row in document["rows"] if row["subsidy_fen"]]
    assert free == ["01", "02", *(f"{day:02d}" for day in range(4, 12))]
    assert (document["totals"]["subsidy_fen"], document["totals"]["diner_fen"]) == (10000, 3000)


@pytest.mark.parametrize(
    ("asked_on", "free_in"),
    [("2022-10-25", "2022-11"), ("2022-10-26", "2022-12"), ("2022-11-25", "2022-12"), ("2022-11-26", "")],
)
def test_the_deadline_of_a_choice(tmp_path: Path, asked_on: str, free_in: str) -> None:
    """Tests that a choice asked for by the 25th counts from the next month, later from the one after."""
    people = recipient("Z", "100.00", asked_on)
    orders = [*meals("Z", range(10, 11)), *meals("Z", range(10, 11), month="2022-12")]
    document = settled(tmp_path, "qidong-2022", people, orders, ("2022-11-01", "2022-12-31"))
    free = [row["service_on"][:7] for row in document["rows"] if row["subsidy_fen"]]
    assert free[:1] == ([free_in] if free_in else [])


def test_the_last_choice_asked_for_counts(tmp_path: Path) -> None:
    """Tests changes back and forth, given as dated rows without an end, in any order."""
    people = [
        *recipient("Z", "100.00"),
        fact("Z", CHOICE, "meals", "2022-09-10"),
        fact("Z", CHOICE, "home_service", "2022-11-10"),
        fact("Z", CHOICE, "meals", "2022-12-24"),
    ]
    months = ("2022-10", "2022-11", "2022-12", "2023-01")
    orders = [row for month in months for row in meals("Z", range(20, 21), month=month)]
    for given in (people, people[::-1]):
        document = settled(tmp_path, "qidong-2022", given, orders, ("2022-10-01", "2023-01-31"))
        free = [row["service_on"][:7] for row in document["rows"] if row["subsidy_fen"]]
        assert free == ["2022-10", "2022-11", "2023-01"]


def test_the_amount_of_the_first_counts_all_month(tmp_path: Path) -> None:
    """Tests a raise inside November, which counts from December."""
    people = [
        *recipient("Z", "30.00", "2022-10-01"),
        fact("Z", AMOUNT, "50.00", "2022-11-10"),
    ]
    orders = [*meals("Z", range(11, 18)), *meals("Z", range(11, 18), month="2022-12")]
    both = ("2022-11-01", "2022-12-31")
    for given in (people, people[::-1]):
        document = settled(tmp_path, "qidong-2022", given, orders, both)
        assert owed(document)[("civil-affairs", "operator", "2022-11")] == 3000
        assert owed(document)[("civil-affairs", "operator", "2022-12")] == 5000


@pytest.mark.parametrize(
    ("price", "settings", "count", "expected"),
    [
        ("12.00", (), 12, (10000, 4400)),
        ("12.00", ("Q2=not_allowed",), 12, (0, 14400)),
        ("8.00", (), 12, (8000, 1600)),
        ("8.00", ("Q2=debit_price",), 14, (10400, 800)),
        ("12.00", ("Q1=partial_meal",), 11, (10500, 2700)),
        ("8.00", ("Q2=debit_price", "Q1=partial_meal"), 14, (10500, 700)),
        ("10.00", ("Q2=not_allowed",), 10, (10000, 0)),
    ],
)
def test_dearer_and_cheaper_meals(
    tmp_path: Path, price: str, settings: tuple[str, ...], count: int, expected: tuple[int, int]
) -> None:
    """Tests Q2 with A's 105.00."""
    assert paid(tmp_path, meals("A", range(1, count + 1), price), *settings)["A"] == expected


@pytest.mark.parametrize(
    ("settings", "subsidy_fen", "diner_fen", "bears_fen", "fourth_fen"),
    [((), 1000, 0, 0, 0), (("Q7=release",), 0, 1000, 0, 1000), (("Q9=false",), 0, 0, 1000, 0)],
)
def test_a_no_show_uses_a_free_meal(
    tmp_path: Path,
    settings: tuple[str, ...],
    subsidy_fen: int,
    diner_fen: int,
    bears_fen: int,
    fourth_fen: int,
) -> None:
    """Tests Q7 and Q9: 30.00 are three meals, the first of which nobody collects."""
    people = recipient("Z", "30.00", "2022-10-01")
    orders = [dict(row) for row in meals("Z", range(1, 5))]
    orders[0]["event"] = "no_show"
    document = settled(tmp_path, "qidong-2022", people, orders, NOVEMBER, *switched(*settings))
    first, *_, fourth = document["rows"]
    assert (first["subsidy_fen"], first["diner_fen"], first["site_bears_fen"]) == (
        subsidy_fen,
        diner_fen,
        bears_fen,
    )
    assert fourth["subsidy_fen"] == fourth_fen


@pytest.mark.parametrize("event", ["cancelled_before_cutoff", "not_supplied", "refunded", "refused"])
def test_what_was_given_back_uses_no_free_meal(tmp_path: Path, event: str) -> None:
    """Tests that the place goes to the next meal."""
    people = recipient("Z", "10.00", "2022-10-01")
    orders = [dict(row) for row in meals("Z", range(1, 3))]
    orders[0]["event"] = event
    assert paid(tmp_path, orders, people=people)["Z"] == (1000, 0)


def test_dinner_is_free_too_and_breakfast_is_not(tmp_path: Path) -> None:
    """Tests Q5, and that the earliest meal of a day comes first whenever it was paid."""
    people = recipient("Z", "10.00", "2022-10-01")
    orders = [
        meal("X1", "Z", "2022-11-02", "10.00", meal="breakfast", paid="06:00"),
        meal("X2", "Z", "2022-11-02", "10.00", meal="dinner", paid="07:00"),
        meal("X3", "Z", "2022-11-02", "10.00", meal="lunch", paid="08:00"),
    ]
    for settings, free in (((), "X3"), (("Q5=lunch",), "X3")):
        document = settled(tmp_path, "qidong-2022", people, orders, NOVEMBER, *switched(*settings))
        assert [row["order_id"] for row in document["rows"] if row["subsidy_fen"]] == [free]
    [dinner] = [
        row
        for row in settled(tmp_path, "qidong-2022", people, orders[:2], NOVEMBER)["rows"]
        if row["subsidy_fen"]
    ]
    assert dinner["order_id"] == "X2"
    assert paid(tmp_path, orders[:2], "Q5=lunch", people=people)["Z"] == (0, 2000)


def test_deliveries(tmp_path: Path) -> None:
    """Tests 20 courier drops and 35 volunteers' drops beside the meals of the month."""
    home = [
        *meals("A", range(1, 15), delivered_by="platform-courier"),
        *meals("B", range(1, 7), delivered_by="platform-courier"),
        *meals("C", range(1, 4)),
        *meals("D", range(16, 21)),
        *meals("E", range(1, 9)),
    ]
    document = settled(tmp_path, "qidong-2022", PEOPLE, home, NOVEMBER)
    assert owed(document)[("civil-affairs", "operator", "2022-11")] == 22000
    assert document["totals"]["diner_fen"] == 20000
    people = [row for n in range(7) for row in recipient(f"P{n}", "100.00", "2022-10-01")]
    drops = [
        row
        for n in range(7)
        for row in meals(f"P{n}", range(1, 6), delivered_by="volunteer", proof="photo-1")
    ]
    unproved = meals("P0", range(6, 8), delivered_by="volunteer")
    document = settled(tmp_path, "qidong-2022", people, [*drops, *unproved], NOVEMBER)
    assert owed(document) == {
        ("civil-affairs", "operator", "2022-11"): 37000,
        ("site", "volunteer", "2022-11"): 3500,
    }
    assert document["totals"]["diner_fen"] == 0


@pytest.mark.parametrize(("per", "fen"), [("drop", 600), ("run", 300), ("meal", 900)])
def test_a_delivery_by_drop_run_or_meal(tmp_path: Path, per: str, fen: int) -> None:
    """Tests Q10 with one run of two doors, two meals to one of them."""
    people = [
        row for who in "ABC" for row in facts(who, born="1940-01-01", residence=STREET, flag="left_behind")
    ]
    orders = [
        meal("X1", "A", "2022-11-02", "10.00", delivered_by="platform-courier"),
        meal("X1", "B", "2022-11-02", "10.00", delivered_by="platform-courier"),
        meal("X2", "C", "2022-11-02", "10.00", delivered_by="platform-courier", paid="10:30"),
    ]
    document = settled(tmp_path, "qidong-2022", people, orders, NOVEMBER, *switched(f"Q10={per}"))
    assert owed(document)[("civil-affairs", "operator", "2022-11")] == fen
    assert document["totals"]["diner_fen"] == 3000


def test_a_quarter_by_the_switch(tmp_path: Path) -> None:
    """Tests Q8: the operator is paid by the quarter, the volunteers still by the month."""
    document = settled(tmp_path, "qidong-2022", PEOPLE, MONTH, NOVEMBER, *switched("Q8=quarter"))
    periods = {one["payee"]: (one["period"], one["due_on"]) for one in document["statements"]}
    assert periods == {"operator": ("2022-Q4", "2023-01-15"), "volunteer": ("2022-11", None)}


def test_a_cut_month_still_counts_its_first_half(tmp_path: Path) -> None:
    """Tests that meals before --from use up free meals without being billed."""
    orders = meals("A", range(1, 15))
    document = settled(tmp_path, "qidong-2022", PEOPLE, orders, ("2022-11-10", "2022-11-30"))
    assert [row["subsidy_fen"] for row in document["rows"]] == [1000, 0, 0, 0, 0]
    assert document["outside_days"] == 9


def test_the_sixteenth_of_the_roster(tmp_path: Path) -> None:
    """Tests that without the roster's entitlement there is no allowance, whatever the amount says."""
    people = [
        *facts("Z", born="1940-01-01", residence=STREET, flag="living_alone"),
        fact("Z", "entitlement.gov_purchased_care", "true", "2022-11-01", "2022-11-15"),
        fact("Z", AMOUNT, "300.00"),
        fact("Z", CHOICE, "meals", "2022-10-01"),
    ]
    document = settled(tmp_path, "qidong-2022", people, meals("Z", range(14, 18)), NOVEMBER)
    assert [(row["class"], row["subsidy_fen"]) for row in document["rows"]] == [
        ("purchased", 1000),
        ("purchased", 1000),
        ("hardship", 0),
        ("hardship", 0),
    ]


@pytest.mark.parametrize(
    ("rows", "free"),
    [
        ([("meals", "2022-10-20", "2022-11-30")], ["2022-11"]),
        ([("meals", "2022-10-20", "2022-10-27"), ("home_service", "2022-10-28", "")], ["2022-11"]),
        ([("meals", "2022-10-20", "2022-10-22")], []),
        ([("meals", "", "")], ["2022-11", "2022-12"]),
        ([("meals", "", "2022-11-10"), ("home_service", "2022-11-11", "")], ["2022-11"]),
    ],
)
def test_a_choice_that_ends(tmp_path: Path, rows: list[tuple[str, str, str]], free: list[str]) -> None:
    """Tests a choice with a last day, and one replaced after the deadline, which still holds that month."""
    people = [*recipient("Z", "100.00"), *(fact("Z", CHOICE, *row) for row in rows)]
    orders = [*meals("Z", range(20, 21)), *meals("Z", range(20, 21), month="2022-12")]
    document = settled(tmp_path, "qidong-2022", people, orders, ("2022-11-01", "2022-12-31"))
    assert [row["service_on"][:7] for row in document["rows"] if row["subsidy_fen"]] == free
