"""A statement and a pay file as tables: CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from xlsxwriter import Workbook

from api.reports.statement_facts import PaperLine, StatementPaper, partial_text
from api.reports.wording import Words
from api.reports.workbook import MADE_AT, as_text
from orders.money import yuan
from orders.store.payments import PayFile

COLUMNS = (
    "Line",
    "Day",
    "Order",
    "Diner's number",
    "Diner",
    "Site",
    "Benefit",
    "Amount, yuan",
    "Minutes",
    "Under review",
    "Adjusts",
    "Revision",
    "Partial",
)
PAY_COLUMNS = ("Payee", "Account holder", "Account number", "Amount, yuan", "Purpose")
Cell = str | int | float | date


def statement_csv(paper: StatementPaper, language: str) -> bytes:
    """The lines as UTF-8 with BOM; a text never acts as a formula, amounts have two decimals."""
    words = Words(language)
    partial = partial_text(paper, words)
    rows = [[*_row(line, words), partial] for line in paper.lines]
    for row, line in zip(rows, paper.lines, strict=True):
        row[7] = yuan(line.amount_fen)
    return _csv([words(title) for title in COLUMNS], rows)


def statement_xlsx(paper: StatementPaper, language: str) -> bytes:
    """Two sheets: the statement's head with its sums, and every line; the same statement, the same bytes."""
    words = Words(language)
    buffer = io.BytesIO()
    with Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": MADE_AT})
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "0.00"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_worksheet(words("Statement"))
        for row, (label, value) in enumerate(_head(paper, words)):
            head.write_string(row, 0, label, bold)
            if isinstance(value, float):
                head.write_number(row, 1, value, money)
            else:
                head.write_string(row, 1, str(value))
        head.set_column(0, 0, 22)
        head.set_column(1, 1, 60)
        lines = book.add_worksheet(words("Lines"))
        lines.write_row(0, 0, [words(title) for title in COLUMNS], bold)
        lines.freeze_panes(1, 0)
        lines.set_column(1, len(COLUMNS) - 1, 15)
        partial = partial_text(paper, words)
        for row, line in enumerate(paper.lines, start=1):
            for column, cell in enumerate((*_row(line, words), partial)):
                if isinstance(cell, date):
                    lines.write_datetime(row, column, cell, day)
                elif isinstance(cell, float):
                    lines.write_number(row, column, cell, money)
                elif isinstance(cell, int):
                    lines.write_number(row, column, cell)
                else:
                    lines.write_string(row, column, cell)
    return buffer.getvalue()


def pay_file_csv(file: PayFile, language: str) -> bytes:
    """The bank's rows and nothing else; they add up to the file's total."""
    words = Words(language)
    rows = [
        [one.payee, one.holder, one.reference, yuan(one.amount_fen), one.purpose] for one in file.payments
    ]
    return _csv([words(title) for title in PAY_COLUMNS], rows)


def _head(paper: StatementPaper, words: Words) -> list[tuple[str, str | float]]:
    language = words.language
    rows: list[tuple[str, str | float]] = [
        (words("Plan"), paper.programme.called(language)),
        (words("No."), paper.number),
        (words("Version"), str(paper.version)),
        (words("Settled"), paper.title.called(language)),
        (words("Payer"), paper.payer.called(language)),
        (words("Payee"), paper.payee.called(language)),
        (words("Period"), paper.period),
        (words("Days"), f"{paper.from_on} – {paper.to_on}"),
        (words("Pay by"), str(paper.due_on or words("not set by the plan"))),
        (words("State"), words(f"statement_state.{paper.state}")),
        (words("Total, yuan"), paper.total_fen / 100),
        (words("Under review, yuan"), paper.held_fen / 100),
        ("SHA-256", paper.digest),
    ]
    if paper.unsettled:
        rows.append((words("Partial"), partial_text(paper, words)))
    for one in paper.assumptions:
        others = "; ".join(
            f"{other.option.called(language)}: {other.difference_fen / 100:+.2f}" for other in one.others
        )
        rows.append((one.code, f"{one.question.called(language)} {one.chosen.called(language)}; {others}"))
    if not paper.effects_known:
        rows.append((words("Unclear clauses that decide this amount"), words(paper.note_on_readings)))
    return rows


def _row(line: PaperLine, words: Words) -> tuple[Cell, ...]:
    return (
        line.line_no,
        line.service_on,
        line.order_code,
        line.diner_code,
        line.diner,
        line.site.called(words.language),
        line.benefit.called(words.language),
        line.amount_fen / 100,
        line.minutes,
        words("yes") if line.held else "",
        line.adjusts,
        line.revision,
    )


def _csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
