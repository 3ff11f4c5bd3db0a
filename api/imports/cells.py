"""One cell of text into a value, or what is wrong with it and what would be right."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from api.imports.files import Table
from api.imports.schema import Column, Matched, spelled
from orders.codes import Coded
from orders.money import fen

Value = str | int | float | date | datetime | time | tuple[str, ...] | tuple[tuple[str, float], ...] | None
SEPARATORS = re.compile(r"[、,;|/\n]+")
NAME_SEPARATORS = re.compile(r"[、,，;；|\n]+")
LONGEST_CELL = 500
LONGEST_SHOWN = 60
MOST_AMOUNT_G = 10_000
MOST_RATIO = 20
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
AS_WRITTEN = ("text", "names", "amounts")
NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,15})?([eE]-\d{1,2})?")
MONEY = re.compile(r"[¥]?(\d{1,7}(?:\.\d{1,2})?)元?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
YEARS = range(1900, 2200)
NOTHING = frozenset({"无", "没有", "none", "-"})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """
    One thing wrong in one row.

    Parameters
    ----------
    line
        Line in the file, the header being 1.
    column
        Header as the file writes it; empty when the row as a whole is meant.
    value
        The cell as found.
    wrong
        What is wrong and what would be right, as a code.
    """

    line: int
    column: str
    value: str
    wrong: Coded


@dataclass(frozen=True, slots=True)
class Record:
    """
    A readable row.

    Parameters
    ----------
    line
        Line in the file, the header being 1.
    values
        Value by field: None for an empty cell, nothing for a column that the file has not.
    cells
        The cells as found, by field.
    """

    line: int
    values: Mapping[str, Value]
    cells: Mapping[str, str]

    def given(self, field: str, known: object) -> object:
        """The row's value, or what is known already when the file has no such column."""
        return self.values.get(field) if field in self.values else known


class _Unreadable(Exception):
    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(code)
        self.wrong = Coded(code, params)


def read_records(table: Table, matched: Matched, zone: str) -> tuple[list[Record], list[RowProblem]]:
    """
    Reads every row; a row with a problem is named with all its problems and gives no record.

    Parameters
    ----------
    table, matched
        The file and its known columns.
    zone
        Time zone of wall times in the file.
    """
    records, problems = [], []
    for line, cells in table.rows:
        values: dict[str, Value] = {}
        found = {column.field: cells[index] for index, column in matched.columns}
        wrong = []
        for index, column in matched.columns:
            try:
                values[column.field] = _read(cells[index], column, zone)
            except _Unreadable as error:
                wrong.append(RowProblem(line, table.header[index], shown(cells[index]), error.wrong))
        if len(cells) > len(table.header):
            wrong.append(RowProblem(line, "", "", Coded("cell_too_many", {"columns": len(table.header)})))
        problems += wrong
        if not wrong:
            records.append(Record(line, values, found))
    return records, problems


def shown(cell: str) -> str:
    """A cell as a report may print it: short, and with nothing that steers a terminal."""
    plain = CONTROL.sub("\ufffd", cell).replace("\n", " ")
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]}…"


def _read(cell: str, column: Column, zone: str) -> Value:
    if not cell:
        if column.required:
            raise _Unreadable("cell_missing", example=column.example)
        return None
    if len(cell) > LONGEST_CELL or CONTROL.search(cell):
        raise _Unreadable("cell_unprintable", longest=LONGEST_CELL)
    narrow = cell if column.kind in AS_WRITTEN else unicodedata.normalize("NFKC", cell)
    if column.kind == "datetime":
        return _datetime(narrow, column, zone)
    return READERS[column.kind](narrow, column)


def _text(cell: str, _: Column) -> str:
    return cell


def _code(cell: str, column: Column) -> str:
    if not re.fullmatch(r"[\w.\-]{1,40}", cell):
        raise _Unreadable("cell_not_code", example=column.example)
    return cell


def _int(cell: str, column: Column) -> int:
    if not re.fullmatch(r"\d{1,9}", cell):
        raise _Unreadable("cell_not_int", example=column.example)
    return int(cell)


def _decimal(cell: str, column: Column) -> float:
    if not NUMBER.fullmatch(cell):
        raise _Unreadable("cell_not_number", example=column.example)
    return float(cell)


def _ratio(cell: str, column: Column) -> float:
    percent = cell.endswith("%")
    number = _decimal(cell.removesuffix("%").rstrip(), column)
    ratio = round(number / 100, 9) if percent else number
    if not 0 < ratio <= MOST_RATIO:
        raise _Unreadable("cell_not_ratio", most=MOST_RATIO, example=column.example)
    return ratio


def _yuan(cell: str, column: Column) -> int:
    amount = MONEY.fullmatch(cell)
    if amount is None:
        raise _Unreadable("cell_not_yuan", example=column.example)
    return fen(amount[1])


def _date(cell: str, column: Column) -> date:
    day = DAY.fullmatch(cell.removesuffix(" 00:00:00").removesuffix(" 00:00"))
    return _day(day, "cell_not_date", column)


def _day(found: re.Match[str] | None, code: str, column: Column) -> date:
    try:
        day_on = date(*map(int, found.groups())) if found else None
    except ValueError:
        day_on = None
    if day_on is None or day_on.year not in YEARS:
        raise _Unreadable(code, example=column.example)
    return day_on


def _datetime(cell: str, column: Column, zone: str) -> datetime:
    text = cell.replace("T", " ")
    day_on = _day(DAY.match(text), "cell_not_datetime", column)
    clock = text[cast(re.Match[str], DAY.match(text)).end() :].strip()
    try:
        at = time.fromisoformat(CLOCK.sub(_padded, clock, count=1)) if clock else time()
    except ValueError:
        raise _Unreadable("cell_not_datetime", example=column.example) from None
    return datetime.combine(day_on, at, at.tzinfo or ZoneInfo(zone))


def _clock(cell: str, column: Column) -> time:
    if not CLOCK.fullmatch(cell):
        raise _Unreadable("cell_not_clock", example=column.example)
    try:
        return time.fromisoformat(CLOCK.sub(_padded, cell))
    except ValueError:
        raise _Unreadable("cell_not_clock", example=column.example) from None


def _padded(clock: re.Match[str]) -> str:
    return f"{int(clock[1]):02d}:{clock[2]}:{clock[3] or '00'}"


def _choice(cell: str, column: Column) -> str:
    if cell.casefold() not in column.words:
        raise _Unreadable("cell_not_choice", choices=spelled(column))
    return column.words[cell.casefold()]


def _list(cell: str, column: Column) -> tuple[str, ...]:
    wholes = [part.strip() for part in SEPARATORS.split(cell)]
    parts = [p for whole in wholes for p in ([whole] if whole.casefold() in column.words else whole.split())]
    parts = [part for part in parts if part.casefold() not in NOTHING]
    if not column.words:
        return tuple(dict.fromkeys(parts))
    unknown = [part for part in parts if part.casefold() not in column.words]
    if unknown:
        raise _Unreadable("cell_unknown_words", words="、".join(unknown), choices=spelled(column))
    return tuple(dict.fromkeys(column.words[part.casefold()] for part in parts))


def _names(cell: str, _: Column) -> tuple[str, ...]:
    return tuple(part.strip() for part in NAME_SEPARATORS.split(cell) if part.strip())


def _amounts(cell: str, column: Column) -> tuple[tuple[str, float], ...]:
    amounts = []
    for part in _names(cell, column):
        name, _, grams = part.replace("：", ":").rpartition(":")
        amount = NUMBER.fullmatch(grams.strip().removesuffix("克").removesuffix("g").strip())
        amount_g = float(amount[0]) if amount else 0.0
        if not name.strip() or not 0 < amount_g <= MOST_AMOUNT_G:
            raise _Unreadable("cell_not_amounts", example=column.example)
        amounts.append((name.strip(), amount_g))
    return tuple(amounts)


READERS: Mapping[str, Callable[[str, Column], Value]] = {
    "text": _text,
    "phone": _text,
    "code": _code,
    "int": _int,
    "decimal": _decimal,
    "ratio": _ratio,
    "yuan": _yuan,
    "date": _date,
    "clock": _clock,
    "choice": _choice,
    "list": _list,
    "names": _names,
    "amounts": _amounts,
}
