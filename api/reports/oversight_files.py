"""The monitor's files: one workbook with a sheet a table, or one table as CSV."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from xlsxwriter import Workbook

from api.reports.sheet_facts import Cell, Sheet
from api.reports.workbook import MADE_AT, as_text
from api.words import gettext


def oversight_xlsx(sheets: Sequence[Sheet], language: str) -> bytes:
    """Every table as a sheet, the first row bold and frozen; the same rows give the same bytes."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(buffer, options) as book:
        book.set_properties({"created": MADE_AT})
        bold = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        for table in sheets:
            sheet = book.add_worksheet(gettext(f"sheet.{table.name}", language))
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, titles(table, language), bold)
            for line, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(line, column, cell, as_date)
                    elif cell is not None:
                        sheet.write(line, column, cell)
            sheet.autofit()
    return buffer.getvalue()


def oversight_csv(table: Sheet, language: str) -> bytes:
    """One table as UTF-8 with BOM; text never acts as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles(table, language))
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def titles(table: Sheet, language: str) -> list[str]:
    """The header in a language."""
    return [gettext(f"column.{name}", language) for name in table.header]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return as_text(cell) if isinstance(cell, str) else str(cell)
