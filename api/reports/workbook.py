"""Tables out: XLSX and CSV that a spreadsheet opens without asking."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | date | None
WIDEST = 48
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""Fixed, so that the same rows give the same bytes."""


def write_workbook(
    path: Path, sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """
    Writes one sheet with a bold, frozen first row.

    Parameters
    ----------
    path
        Where; an older file is replaced.
    sheet_name
        At most 31 characters.
    header
        First row.
    rows
        Text stays text (a leading ``=`` is no formula), dates become dates, None an empty cell.
    """
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": MADE_AT})
        bold = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
        formats: dict[type[date], Format] = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet(sheet_name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        widths = [_width(title) for title in header]
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell, formats)
                widths[column] = max(widths[column], _width(cell))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, WIDEST))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """
    Writes UTF-8 with a byte-order mark, comma and quotes as spreadsheets expect.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([_text(cell) for cell in row] for row in rows)


def _write(
    sheet: Worksheet, line: int, column: int, cell: Cell, formats: Mapping[type[date], Format]
) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, column, cell, formats[type(cell)])
    elif isinstance(cell, str):
        sheet.write_string(line, column, cell)
    elif cell is not None:
        sheet.write_number(line, column, cell)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return as_text(cell) if isinstance(cell, str) else str(cell)


def as_text(cell: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _width(cell: Cell) -> int:
    """Columns that the text takes; a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in _text(cell))
