"""A clerk's desk for the tests: a seeded city, files made of rows, imports run on them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook

from api.db import Database
from api.example.files import generate_city
from api.imports.report import ImportReport
from api.imports.run import run_import
from api.imports.schema import Kind, columns_of
from api.people import OPERATOR
from api.register.secret import PeopleKeys
from api.reports.workbook import write_csv
from api.seed import publish_cycle_menus, seed_catalogue, seed_city
from orders.ids import IdSource

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DINERS = 30
KEYS = PeopleKeys(b"i" * 32, b"c" * 32, b"w" * 32)
NO_MEAL_DAY = "2026-11-22"


@dataclass
class Desk:
    """
    Imports into one database.

    Parameters
    ----------
    database
        Seeded with the example city.
    now_at
        What the clock shows.
    """

    database: Database
    now_at: datetime = NOW
    ids: IdSource = field(default_factory=lambda: IdSource(lambda: NOW, 7))

    def bring(self, kind: Kind, content: bytes, name: str = "", **options: Any) -> ImportReport:
        """Imports a file's bytes."""
        facts: dict[str, Any] = {
            "actor": OPERATOR,
            "now_at": self.now_at,
            "ids": self.ids,
            "kitchen_id": "K1",
            "keys": KEYS,
        }
        return run_import(self.database, kind, name or f"{kind}.csv", content, **(facts | options))

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self.database.read() as session:
            return int(session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def seed(database: Database) -> None:
    """The packaged catalogue and city, with a menu on each weekday of the orders' week."""
    with database.begin() as session:
        seed_catalogue(session, NOW)
        seed_city(session, "liuzhou", NOW)
        ids = IdSource(lambda: NOW, 2)
        publish_cycle_menus(session, "liuzhou", "K1", "Asia/Shanghai", MONDAY, 5, now_at=NOW, ids=ids)


@cache
def example(kind: Kind) -> bytes:
    """The example city's file of a few diners, as CSV."""
    table = generate_city("liuzhou", DINERS, 1, MONDAY)[kind]
    with TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        write_csv(path, table.header, table.rows)
        return path.read_bytes()


def rows_of(kind: Kind) -> list[dict[str, str]]:
    """The example's rows by Chinese header."""
    return list(csv.DictReader(io.StringIO(example(kind).decode("utf-8-sig"), newline="")))


def in_chinese(kind: Kind, **cells: str) -> dict[str, str]:
    """Cells by field, under their Chinese headers."""
    titles = {column.field: column.zh for column in columns_of(kind)}
    return {titles[name]: cell for name, cell in cells.items()}


def csv_of(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file; the first row's keys are the header."""
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(
    *lines: Iterable[Any], hidden_first: bool = False, others: Mapping[str, int] | None = None
) -> bytes:
    """Lines as a workbook, with numbers, dates and clock times as typed cells."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        forms = {
            kind: book.add_format({"num_format": form})
            for kind, form in (("date", "yyyy-mm-dd"), ("datetime", "yyyy-mm-dd hh:mm"), ("time", "hh:mm"))
        }
        if hidden_first:
            book.add_worksheet("hidden").hide()
        sheet = book.add_worksheet("Sheet1")
        if hidden_first:
            sheet.activate()
        for line, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                sheet.write(line, column, cell, forms.get(type(cell).__name__))
        for name, filled in (others or {}).items():
            book.add_worksheet(name).write_column(0, 0, ["x"] * filled)
    return buffer.getvalue()


def named(report: ImportReport) -> list[tuple[int, str, str]]:
    """Line, column and code of every problem."""
    return [(problem.line, problem.column, problem.wrong.code) for problem in report.problems]
