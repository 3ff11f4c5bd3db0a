"""Files as they come: repeated, split, shuffled, in other encodings, with rows that cannot be used."""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from tests.api.cli.in_process import run
from tests.api.settling import test_changping, test_guangdong, test_liuzhou
from tests.api.settling.desk import (
    FUNDS,
    ORDERS,
    PEOPLE,
    Row,
    fact,
    facts,
    meal,
    settle,
    settled,
    switched,
    write,
)

OCTOBER = ("2020-10-01", "2020-10-31")
GOOD = [meal("X1", "A", "2020-10-12"), meal("X2", "A", "2020-10-13")]


def rejected(document: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["line"], one["code"]) for one in document["rejected_rows"]]


def again(folder: Path) -> subprocess.CompletedProcess[str]:
    """October by the files that lie there."""
    files = ["--people", str(folder / "people.csv"), "--orders", str(folder / "orders.csv")]
    days = ["--from", OCTOBER[0], "--to", OCTOBER[1]]
    return run(folder, "settle", "--programme", "liuzhou-2020", *files, *days, "--json", "--no-effects")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": "-1.00"}, "amount_unreadable"),
        ({"price": "-0.00"}, "amount_unreadable"),
        ({"price": "12.005"}, "amount_unreadable"),
        ({"price": "12.000"}, "amount_unreadable"),
        ({"price": ""}, "amount_unreadable"),
        ({"price": "NaN"}, "amount_unreadable"),
        ({"price": "Infinity"}, "amount_unreadable"),
        ({"price": "1e1"}, "amount_unreadable"),
        ({"price": "1_2.00"}, "amount_unreadable"),
        ({"price": "１２.00"}, "amount_unreadable"),
        ({"price": "12元"}, "amount_unreadable"),
        ({"paid_at": "2020-10-12T10:00:00"}, "instant_without_zone"),
        ({"placed_at": "2020-10-12"}, "instant_without_zone"),
        ({"event_at": "2020-10-12 10:00"}, "instant_without_zone"),
        ({"event_at": "yesterday"}, "instant_unreadable"),
        ({"paid_at": "0001-01-01T00:00:00+08:00"}, "instant_unreadable"),
        ({"person_id": "NOBODY"}, "person_unknown"),
        ({"person_id": ""}, "person_unknown"),
        ({"order_id": ""}, "column_empty"),
        ({"meal": ""}, "column_empty"),
        ({"event": "eaten"}, "event_unknown"),
        ({"event": ""}, "event_unknown"),
        ({"service_on": "2020-10-32"}, "date_unreadable"),
        ({"service_on": "12.10.2020"}, "date_unreadable"),
        ({"service_on": "20201012"}, "date_unreadable"),
        ({"service_on": "2020-W42-1"}, "date_unreadable"),
        ({"payments": "5.00+6.00"}, "payments_differ"),
        ({"payments": "6.00+6.001"}, "amount_unreadable"),
        ({"payments": "+"}, "amount_unreadable"),
        ({"bound": "perhaps"}, "not_yes_or_no"),
    ],
)
def test_a_row_that_cannot_be_used_is_listed_and_the_rest_loads(
    tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    """Tests one fault a row: its line, its code, and both good rows settled."""
    orders = [GOOD[0], {**meal("BAD", "A", "2020-10-12"), **changes}, GOOD[1]]
    document = settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, orders, OCTOBER)
    assert rejected(document) == [(3, code)]
    assert document["rejected_rows"][0]["file"] == "orders.csv"
    assert document["rejected_rows"][0]["reason"]
    assert [row["subsidy_fen"] for row in document["rows"]] == [500, 500]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (fact("A", "born", "1938"), "date_unreadable"),
        (fact("A", "flag", "x", "2020-10-10", "2020-10-09"), "fact_ends_early"),
        (fact("A", "institution_resident", "perhaps"), "not_yes_or_no"),
        (fact("A", "entitlement.gov_purchased_care", ""), "not_yes_or_no"),
        (fact("A", "flag", "x", "soon"), "date_unreadable"),
        (fact("", "flag", "x"), "person_missing"),
        (fact("A", "entitlement.gov_purchased_care.monthly_amount", "1.234"), "amount_unreadable"),
        (fact("A", "", "x"), "column_empty"),
        (fact("A", "hukou", ""), "column_empty"),
        (fact("A", "flag", " "), "column_empty"),
        (fact("A", "born", "1939-03-05"), "fact_differs"),
    ],
)
def test_a_fact_that_cannot_be_used_is_listed(tmp_path: Path, row: Row, code: str) -> None:
    """Tests people's rows; two dates of birth of one person are both left out."""
    document = settled(tmp_path, "liuzhou-2020", [*test_liuzhou.PEOPLE, row], GOOD, OCTOBER)
    codes = {one["code"] for one in document["rejected_rows"]}
    assert codes == {code}
    assert len(document["rejected_rows"]) == (2 if code == "fact_differs" else 1)


def test_funds_that_cannot_be_used_are_listed(tmp_path: Path) -> None:
    """Tests a fund without a name, a time without a zone and an amount that is none."""
    at = "2020-10-01T00:00:00+08:00"
    funds: list[Row] = [
        {"fund": "charity", "at": "2020-10-01T00:00:00", "amount": "1.00"},
        {"fund": "", "at": at, "amount": "1.00"},
        {"fund": "charity", "at": "", "amount": "1.00"},
        {"fund": "charity", "at": at, "amount": "-1.00"},
        {"fund": "charity", "at": at, "amount": "1.00"},
    ]
    document = settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, GOOD, OCTOBER, funds=funds)
    codes = ["instant_without_zone", "column_empty", "column_empty", "amount_unreadable"]
    assert rejected(document) == list(zip((2, 3, 4, 5), codes, strict=True))


def test_the_same_rows_twice_change_nothing(tmp_path: Path) -> None:
    """Tests a month in two imports that overlap."""
    month = test_changping.MONTH
    people = test_changping.PEOPLE
    once = settled(tmp_path, "changping-2023", people, month, test_changping.APRIL)
    twice = settled(
        tmp_path, "changping-2023", [*people, *people], [*month, *month[3:], *month], test_changping.APRIL
    )
    assert twice["repeated_rows"] == 2 * len(month) - 3
    assert {**twice, "repeated_rows": 0} == once


def test_rows_of_one_order_and_person_that_differ_are_all_left_out(tmp_path: Path) -> None:
    """Tests that nobody guesses which is right, in any order of the rows."""
    other = {**GOOD[0], "price": "13.00"}
    for orders in ([*GOOD, other], [other, *GOOD], [GOOD[0], other, other, *GOOD]):
        document = settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, orders, OCTOBER)
        assert [row["order_id"] for row in document["rows"]] == ["X2"]
        assert {one["code"] for one in document["rejected_rows"]} == {"order_given_twice"}


def test_a_month_in_two_files_is_the_month(tmp_path: Path) -> None:
    """Tests that --orders may be given again, rows in both files counting once."""
    month = test_changping.MONTH
    whole = settled(tmp_path, "changping-2023", test_changping.PEOPLE, month, test_changping.APRIL)
    more = write(tmp_path / "more.csv", ORDERS, month[8:])
    parts = settled(
        tmp_path,
        "changping-2023",
        test_changping.PEOPLE,
        month[:10],
        test_changping.APRIL,
        "--orders",
        str(more),
    )
    assert {**parts, "repeated_rows": 0} == whole
    assert parts["repeated_rows"] == 2


def test_periods_settled_apart_add_up(tmp_path: Path) -> None:
    """Tests that cutting a month by --from and --to loses and doubles nothing, for limits reach across."""
    month, people = test_changping.MONTH, test_changping.PEOPLE
    whole = settled(tmp_path, "changping-2023", people, month, test_changping.APRIL)
    cuts = (("2023-04-01", "2023-04-08"), ("2023-04-09", "2023-04-30"))
    parts = [settled(tmp_path, "changping-2023", people, month, cut) for cut in cuts]
    key = ("service_on", "order_id")
    rows = sorted((row for part in parts for row in part["rows"]), key=lambda row: [row[k] for k in key])
    assert rows == sorted(whole["rows"], key=lambda row: [row[k] for k in key])
    assert [part["outside_days"] for part in parts] == [7, 9]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_other_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    """Tests a byte order mark and GB 18030, as spreadsheets write them, with Chinese in the cells."""
    settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, GOOD, OCTOBER)
    for name in ("people.csv", "orders.csv"):
        text = (tmp_path / name).read_text("utf-8").replace("S1", "城中一号").replace("450202", "柳东新区")
        (tmp_path / name).write_bytes(text.replace("\r\n", "\n").replace("\n", end).encode(encoding))
    done = again(tmp_path)
    document = json.loads(done.stdout)
    assert {row["site_id"] for row in document["rows"]} == {"城中一号"}
    assert document["totals"]["subsidy_fen"] == 0


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("orders.csv", b"", "columns_missing"),
        ("people.csv", b"", "columns_missing"),
        ("orders.csv", b"order_id,person_id\n", "columns_missing"),
        ("orders.csv", b"\xff\xfe\x00\x81", "not_text"),
        ("orders.csv", b"PK\x03\x04\x14\x00\x08\x00\x00\x00", "columns_missing"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, name: str, raw: bytes, code: str) -> None:
    """Tests empty files, missing columns and what is no text, told by the file's name."""
    settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, GOOD, OCTOBER)
    (tmp_path / name).write_bytes(raw)
    done = again(tmp_path)
    refused = json.loads(done.stdout)["refused"]
    assert (done.returncode, refused["code"]) == (1, code)
    assert name in refused["detail"]


def test_odd_cells(tmp_path: Path) -> None:
    """Tests short rows, empty lines, a quoted line break, NUL, and a quote that nobody closes."""
    settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, GOOD, OCTOBER)
    path = tmp_path / "orders.csv"
    head, first, second = path.read_text("utf-8").splitlines()
    lines = [head, "", ",,,", "X9,A,S1", first, 'X8,A,"S\n1"' + second[second.index("S1") + 2 :], second]
    path.write_text("\n".join([*lines, "X7\0,A,S1", 'X6,A,"S1']), "utf-8")
    done = again(tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {"X1", "X2"} <= {row["order_id"] for row in document["rows"]}
    assert {4, 9, 10} <= {line for line, _ in rejected(document)} | {4}


@pytest.mark.parametrize(
    ("style", "whole", "broken"),
    [(csv.QUOTE_MINIMAL, "X13,A,", 'X13,"A,'), (csv.QUOTE_ALL, '"X13"', '"X13')],
)
def test_a_quote_that_nobody_closes_costs_one_row(
    tmp_path: Path, style: Any, whole: str, broken: str
) -> None:
    """Tests that rows below it load, quoted or not, and that each fault is told at its own line."""
    rows = [meal(f"X{day}", "A", f"2020-10-{day}") for day in range(12, 17)]
    rows[0] = rows[0] | {"proof": "left at\nthe door"}
    settled(tmp_path, "liuzhou-2020", test_liuzhou.PEOPLE, rows, OCTOBER)
    path = tmp_path / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ORDERS, quoting=style)
        writer.writeheader()
        writer.writerows([*rows[:4], rows[4] | {"price": "dear"}])
    path.write_text(path.read_text("utf-8").replace(whole, broken), "utf-8")
    document = json.loads(again(tmp_path).stdout)
    assert [row["order_id"] for row in document["rows"]] == ["X12", "X14", "X15"]
    assert rejected(document) == [(4, "line_unreadable"), (7, "amount_unreadable")]


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--programme", "liuzhou-2021"], "liuzhou-2020"),
        (["--programme", "nowhere.toml"], ""),
        (["--from", "2020-11-01"], "--from"),
        (["--programme", "qidong-2022"], ""),
    ],
)
def test_wrong_options_are_refused_with_a_hint(tmp_path: Path, options: list[str], hint: str) -> None:
    """Tests an unknown programme, days the wrong way round, and revisions of two programmes."""
    base = {"--programme": "liuzhou-2020", "--from": OCTOBER[0], "--to": OCTOBER[1]}
    if options[1] in ("liuzhou-2021", "nowhere.toml") or options[0] != "--programme":
        base |= dict([options])
        options = []
    people = write(tmp_path / "people.csv", PEOPLE, test_liuzhou.PEOPLE)
    orders = write(tmp_path / "orders.csv", ORDERS, GOOD)
    given = [part for pair in base.items() for part in pair]
    done = run(
        tmp_path, "settle", *given, *options, "--people", str(people), "--orders", str(orders), "--json"
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert hint in done.stdout + done.stderr


def test_a_header_alone_is_no_fault(tmp_path: Path) -> None:
    """Tests three files of a header each."""
    write(tmp_path / "funds.csv", FUNDS, [])
    done = settle(
        tmp_path,
        "changping-2023",
        [],
        [],
        ("2023-04-01", "2023-06-30"),
        "--funds",
        str(tmp_path / "funds.csv"),
    )
    document = json.loads(done.stdout)
    assert document["rows"] == document["rejected_rows"] == []
    assert {one["total_fen"] for one in document["statements"]} == {0}


def test_a_person_with_nothing_known_pays_the_list_price(tmp_path: Path) -> None:
    """Tests somebody whose only fact says nothing to the programme, which is told."""
    document = settled(tmp_path, "liuzhou-2020", [fact("A", "favourite_dish", "tofu")], GOOD, OCTOBER)
    assert [row["diner_fen"] for row in document["rows"]] == [1200, 1200]
    assert document["unused_facts"] == ["favourite_dish"]


def test_facts_spelt_otherwise_are_told(tmp_path: Path) -> None:
    """Tests an entitlement nobody asks for and a choice that is not offered, beside the right ones."""
    own = [
        fact("A", "entitlement.gov_purchased_care", "true"),
        fact("A", "entitlement.purchased_care", "true"),
        fact("A", "choice.monthly-service", "Meals"),
        fact("A", "choice.monthly-service", "home_service"),
    ]
    document = settled(tmp_path, "qidong-2022", own, GOOD, OCTOBER)
    assert document["unused_facts"] == ["choice.monthly-service=Meals", "entitlement.purchased_care"]


MONTHS = {"changping-2023": (test_changping.MONTH, test_changping.PEOPLE, test_changping.APRIL)}


@tuned(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_shuffled_rows_change_nothing(tmp_path: Path, data: st.DataObject) -> None:
    """Tests that the document is the same byte for byte, but for the lines of rejected rows."""
    month, people, days = MONTHS["changping-2023"]
    orders = [*month, *(meal("O", who, "2023-04-17") for who in "PQR"), meal("BAD", "A", "2023-04-17", "x")]
    expected = settle(tmp_path, "changping-2023", people, orders, days).stdout
    shuffled = settle(
        tmp_path,
        "changping-2023",
        data.draw(st.permutations(people)),
        data.draw(st.permutations(orders)),
        days,
    ).stdout
    first, second = json.loads(expected), json.loads(shuffled)
    for one in (first, second):
        one["rejected_rows"] = [{**row, "line": 0} for row in one["rejected_rows"]]
    assert first == second
    assert list(first) == list(second)


def test_days_without_an_end(tmp_path: Path) -> None:
    """Tests 9999-12-31 as the last day of facts, a death that far, and a birth and a meal in that year."""
    people = [
        *facts("A", born="1930-01-01", died="9999-12-31"),
        fact("A", "hukou", "450200", "0001-01-01", "9999-12-31"),
        fact("A", "residence", "450202", "1900-01-01", "9999-12-31"),
        *facts("B", born="9999-12-31", hukou="450200", residence="450202"),
    ]
    orders = [*GOOD, meal("X3", "B", "2020-10-12"), meal("X4", "A", "9999-12-31")]
    document = settled(tmp_path, "liuzhou-2020", people, orders, OCTOBER)
    assert [row["subsidy_fen"] for row in document["rows"]] == [500, 500, 0]
    assert settled(tmp_path, "qidong-2022", people, orders, OCTOBER)["outside_days"] == 1


def test_a_meal_of_no_such_name(tmp_path: Path) -> None:
    """Tests that a word that is no meal costs the list price, even where the plan names no meal."""
    people = facts("P", born="1940-01-01", residence="440105")
    orders = [meal("X", "P", "2021-03-02", meal="supper")]
    document = settled(
        tmp_path,
        "guangdong-2018",
        people,
        orders,
        ("2021-03-01", "2021-03-31"),
        *switched(*test_guangdong.FILLED),
    )
    [row] = document["rows"]
    assert (row["diner_fen"], row["site_fee_fen"]) == (1200, 0)


def test_a_second_revision_over_the_first(tmp_path: Path) -> None:
    """Tests a revision written as changes of the first, and two files of one number."""
    second = tmp_path / "second.toml"
    text = 'schema = 1\nbase = "changping-2023"\nrevision = 2\n[set]\n"meal-5.amount" = "6.00"\n'
    second.write_text(text + '"programme.valid_from" = 2023-05-16\n', "utf-8")
    orders = test_changping.daily("A", "2023-05-01", 31)
    may = ("2023-05-01", "2023-05-31")
    more = ("--programme", str(second))
    document = settled(tmp_path, "changping-2023", test_changping.PEOPLE, orders, may, *more)
    assert document["totals"]["subsidy_fen"] == 17100
    second.write_text(second.read_text("utf-8").replace("revision = 2", "revision = 1"), "utf-8")
    done = settle(tmp_path, "changping-2023", test_changping.PEOPLE, orders, may, *more)
    assert json.loads(done.stdout)["refused"]["code"] == "programme_wrong"


@pytest.mark.parametrize(
    ("benefit", "amount", "said"),
    [("three", "2.00", "may_lower"), ("trhee", "5.00", "“three”"), ("three", "5.00", "")],
)
def test_a_district_stays_within_the_plan(tmp_path: Path, benefit: str, amount: str, said: str) -> None:
    """Tests that an overlay may only change what the plan lets it, in the direction it names."""
    path = tmp_path / "district.toml"
    text = Path(__file__).with_name("sixth.toml").read_text("utf-8")
    old = 'benefit = "three"\namount = "5.00"'
    assert old in text
    path.write_text(text.replace(old, f'benefit = "{benefit}"\namount = "{amount}"'), "utf-8")
    done = settle(tmp_path, path, [], [], OCTOBER)
    assert done.returncode == bool(said)
    assert said in done.stdout


def test_days_far_apart_are_refused(tmp_path: Path) -> None:
    """Tests that nobody makes a statement for each month of eight thousand years."""
    assert settle(tmp_path, "liuzhou-2020", [], [], ("2020-10-01", "9999-12-31")).returncode == 2


@pytest.mark.parametrize(
    ("word", "subsidy_fen"), [("yes", 0), ("是", 0), ("TRUE", 0), ("no", 500), ("否", 500)]
)
def test_a_yes_in_any_word_ends_the_subsidy_of_a_resident(
    tmp_path: Path, word: str, subsidy_fen: int
) -> None:
    people = [*test_liuzhou.PEOPLE, fact("A", "institution_resident", word)]
    document = settled(tmp_path, "liuzhou-2020", people, GOOD, OCTOBER)
    assert [row["subsidy_fen"] for row in document["rows"]] == [subsidy_fen] * 2


def test_the_lines_tell_of_facts_that_nothing_asks_for(tmp_path: Path) -> None:
    write(tmp_path / "people.csv", PEOPLE, [*test_liuzhou.PEOPLE, fact("A", "hukuo", "450202")])
    write(tmp_path / "orders.csv", ORDERS, GOOD)
    files = ["--people", str(tmp_path / "people.csv"), "--orders", str(tmp_path / "orders.csv")]
    days = ["--from", OCTOBER[0], "--to", "2020-10-12"]
    said = run(tmp_path, "settle", "--programme", "liuzhou-2020", *files, *days).stdout
    assert "hukuo" in said
    both = run(
        tmp_path, "settle", "--programme", "liuzhou-2020", *files, *days, "--explain", "X1", "--csv", "a.csv"
    )
    assert both.returncode == 2
