"""One file, one transaction: trial runs, failures, odd mixtures, and size."""

import time
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.db import Database
from api.example.files import generate_city
from api.imports import orders as orders_module
from api.imports.schema import KINDS, columns_of
from api.permissions import Actor
from orders.errors import BadInput, Forbidden, NotFound
from orders.store.menus import load_menus
from tests.api.imports.desk import DINERS, MONDAY, Desk, csv_of, example, in_chinese, named, rows_of, xlsx_of
from tests.api.imports.test_canteens import second_kitchen

TABLES = ("orders", "order_lines", "diners", "diner_facts", "sites", "site_hours", "audit_events")


def counts(desk: Desk) -> dict[str, int]:
    """Rows by table."""
    return {table: desk.count(table) for table in TABLES}


def test_a_trial_run_reports_and_keeps_nothing(town: Desk):
    """
    Tests that a dry run gives the report of the real one and leaves every table as it was.
    """
    before = counts(town)
    trial = town.bring("orders", example("orders"), dry_run=True)
    assert counts(town) == before
    real = town.bring("orders", example("orders"))
    assert (trial.added, trial.dry_run, real.dry_run) == (real.added, True, False)
    assert counts(town)["orders"] == before["orders"] + real.added


def test_a_failure_in_mid_import_keeps_nothing(town: Desk, monkeypatch):
    """
    Tests that when the database fails after the orders, neither orders nor audit stay behind.
    """
    before = counts(town)
    keep = orders_module.save_orders

    def fail(*args: object, **options: object) -> None:
        keep(*args, **options)  # type: ignore[arg-type]
        raise OSError("disk full")

    monkeypatch.setattr(orders_module, "save_orders", fail)
    with pytest.raises(OSError, match="disk full"):
        town.bring("orders", example("orders"))
    assert counts(town) == before


def test_a_file_that_cannot_be_read_keeps_nothing(town: Desk):
    """
    Tests an empty file, a header alone, broken text and missing columns for every kind.
    """
    before = counts(town)
    broken = {
        b"": "import_empty",
        b"code,name\n": "import_no_rows",
        b"code,name\n\xff\xff,x\n": "import_encoding",
        b"code,nothing\n1,2\n": "import_columns_missing",
        b'code,name\n"1,2\n': "import_csv_broken",
    }
    for kind, (content, code) in product(KINDS, broken.items()):
        with pytest.raises(BadInput) as caught:
            town.bring(kind, content)
        assert caught.value.code == code, kind
    assert counts(town) == before


def test_who_may_import_and_where(town: Desk):
    """
    Tests a driver, the kitchen of another kitchen, and a kitchen that is none.
    """
    second_kitchen(town)
    for actor in (Actor("u", "u", "driver"), Actor("u", "u", "kitchen", kitchen_id="K2")):
        with pytest.raises(Forbidden):
            town.bring("orders", example("orders"), actor=actor)
    with pytest.raises(NotFound):
        town.bring("orders", example("orders"), kitchen_id="K9")


def test_the_audit_names_the_file_and_no_person(town: Desk):
    """
    Tests what the inspector finds of an import.
    """
    town.bring("orders", example("orders"), "book.csv")
    with town.database.read() as session:
        query = "SELECT act, subject FROM audit_events WHERE subject = 'orders/book.csv'"
        assert [tuple(row) for row in session.connection().exec_driver_sql(query)] == [
            ("import", "orders/book.csv")
        ]


def test_english_headers_in_another_order_mean_the_same(town: Desk):
    """
    Tests the book with English headers, reversed, words of both languages, and a column of the clerk's own.
    """
    titles = {column.zh: column.field for column in columns_of("orders")}
    rows = []
    for row in rows_of("orders"):
        english = {titles[title]: cell for title, cell in row.items()} | {"meal": "lunch", "my own": "x"}
        rows.append(dict(reversed(english.items())))
    report = town.bring("orders", csv_of(rows))
    assert (report.added, report.bad_rows, report.ignored_columns) == (len(rows), 0, ("my own",))
    assert town.bring("orders", example("orders")).unchanged == len(rows)


def test_a_workbook_and_a_csv_of_the_same_book_are_one(town: Desk):
    """
    Tests that every order of a workbook with typed dates is found again in the CSV.
    """
    table = generate_city("liuzhou", DINERS, 1, MONDAY)["orders"]
    assert {type(cell) for row in table.rows for cell in row} >= {date, datetime, str}
    report = town.bring("orders", xlsx_of(table.header, *table.rows), "book.xlsx")
    assert (report.added, report.bad_rows) == (len(table.rows), 0)
    assert town.bring("orders", example("orders")).unchanged == len(table.rows)


def test_every_encoding_gives_the_same_names(town: Desk):
    """
    Tests that a roster in any encoding of an office is the roster we have.
    """
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        report = town.bring("diners", csv_of(rows_of("diners"), encoding))
        assert (report.unchanged, report.bad_rows) == (len(rows_of("diners")), 0), encoding


SPOILS = st.sampled_from(
    [
        {},
        {"price": "-1"},
        {"price": ""},
        {"dishes": "没有的菜"},
        {"diner_code": "ZZ"},
        {"service_on": "2026-11-20"},
        {"service_on": "2026-11-29"},
        {"site": "没有的饭堂"},
        {"code": "SAME"},
        {"diner_name": "别人", "site": "x"},
        {"note": "x\x00y"},
    ]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPOILS, min_size=1, max_size=18), st.booleans())
def test_every_row_is_counted_once(town: Desk, spoils, dry_run):
    """
    Tests on random mixtures that added, changed, unchanged and bad rows add up to the rows.
    """
    rows = [
        row | in_chinese("orders", **cells) for row, cells in zip(rows_of("orders"), spoils, strict=False)
    ]
    before = town.count("orders")
    report = town.bring("orders", csv_of(rows), dry_run=dry_run)
    assert report.rows == len(rows)
    assert report.added + report.changed + report.unchanged + report.bad_rows == report.rows
    assert report.bad_rows == len({line for line, _, _ in named(report)})
    assert town.count("orders") == before + (0 if dry_run else report.added)
    if not dry_run:
        again = town.bring("orders", csv_of(rows))
        assert (again.added, again.changed) == (0, 0)
        assert again.unchanged == report.added + report.unchanged
        assert again.bad_rows == report.bad_rows


def test_twenty_thousand_rows_take_seconds(town: Desk):
    """
    Tests a book of 20,000 orders of 5,000 diners on four days, a tenth of it bad and each bad row named.
    """
    roster = [row for row in rows_of("diners") if row["用餐方式"] == "堂食"]
    diners = [roster[i % len(roster)] | {"用餐人编号": f"Z{i:05d}", "姓名": f"示例{i}"} for i in range(5_000)]
    assert town.bring("diners", csv_of(diners)).added == 5_000
    with town.database.read() as session:
        menus = load_menus(session, "K1", MONDAY, MONDAY + timedelta(days=3), "Asia/Shanghai")
    content = csv_of(
        rows_of("orders")[0]
        | {title: diner[title] for title in ("用餐人编号", "姓名", "助餐点")}
        | {"服务日期": menu.service.service_on.isoformat(), "菜品": menu.items[0].name_zh}
        | {"订单号": f"X-{i:04d}", "价格(元)": "-1" if i % 10 == 0 else "12.00"}
        for menu in menus
        for i, diner in enumerate(diners)
    )
    began_s = time.perf_counter()
    report = town.bring("orders", content)
    took_s = time.perf_counter() - began_s
    assert (report.rows, report.added, report.bad_rows) == (20_000, 18_000, 2_000)
    assert report.problems[1].line == 12
    assert took_s < 30


def test_the_database_says_no_to_a_half_import(town: Desk, database: Database):
    """
    Tests that a second house's database is none of this one's business.
    """
    with pytest.raises(NotFound):
        Desk(database).bring("orders", example("orders"))
    assert town.count("orders") == 0
