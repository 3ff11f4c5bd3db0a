"""One cell of text into a value, or what is wrong with it and what would be right."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from api.imports.files import Table
from api.imports.schema import Column, Matched
from orders.codes import Coded
from orders.money import fen

Value = str | int | float | date | datetime | time | tuple[str, ...] | tuple[tuple[str, float], ...] | None
SEPARATORS = re.compile(r"[、,，;；|/\s]+")
NAME_SEPARATORS = re.compile(r"[、,，;；|\n]+")
LONGEST_CELL = 500
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DATETIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M")


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
    """A readable row: its line and its values by field; an absent or empty optional cell is None."""

    line: int
    values: Mapping[str, Value]


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
        wrong = []
        for index, column in matched.columns:
            try:
                values[column.field] = _read(cells[index], column, zone)
            except _Unreadable as error:
                wrong.append(RowProblem(line, table.header[index], cells[index], error.wrong))
        if len(cells) > len(table.header) and any(cells[len(table.header) :]):
            wrong.append(RowProblem(line, "", "", Coded("cell_too_many", {"columns": len(table.header)})))
        problems += wrong
        if not wrong:
            records.append(Record(line, values))
    return records, problems


def _read(cell: str, column: Column, zone: str) -> Value:
    if not cell:
        if column.required:
            raise _Unreadable("cell_missing", example=column.example)
        return None
    if len(cell) > LONGEST_CELL or CONTROL.search(cell):
        raise _Unreadable("cell_unprintable", longest=LONGEST_CELL)
    if column.kind == "datetime":
        return _datetime(cell, column, zone)
    return READERS[column.kind](cell, column)


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
    try:
        number = Decimal(cell)
    except InvalidOperation:
        raise _Unreadable("cell_not_number", example=column.example) from None
    if not number.is_finite():
        raise _Unreadable("cell_not_number", example=column.example)
    return float(number)


def _ratio(cell: str, column: Column) -> float:
    ratio = _decimal(cell.removesuffix("%"), column) / (100 if cell.endswith("%") else 1)
    if not 0 < ratio <= 5:
        raise _Unreadable("cell_not_ratio", example=column.example)
    return ratio


def _yuan(cell: str, column: Column) -> int:
    try:
        return fen(cell.lstrip("¥\uffe5"))
    except ValueError:
        raise _Unreadable("cell_not_yuan", example=column.example) from None


def _date(cell: str, column: Column) -> date:
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?", cell)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else date.fromisoformat(cell)
    except ValueError:
        raise _Unreadable("cell_not_date", example=column.example) from None


def _datetime(cell: str, column: Column, zone: str) -> datetime:
    text = cell.replace("/", "-")
    for form in DATETIME_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        raise _Unreadable("cell_not_datetime", example=column.example) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _clock(cell: str, column: Column) -> time:
    try:
        return time.fromisoformat(cell if len(cell) > 4 else f"0{cell}")
    except ValueError:
        raise _Unreadable("cell_not_clock", example=column.example) from None


def _choice(cell: str, column: Column) -> str:
    if cell.casefold() not in column.words:
        raise _Unreadable("cell_not_choice", choices="、".join(_shown(column)))
    return column.words[cell.casefold()]


def _list(cell: str, column: Column) -> tuple[str, ...]:
    parts = [part for part in SEPARATORS.split(cell) if part]
    if not column.words or parts in (["无"], ["none"]):
        return tuple(parts) if column.words == {} else ()
    unknown = [part for part in parts if part.casefold() not in column.words]
    if unknown:
        choices = "、".join(_shown(column))
        raise _Unreadable("cell_unknown_words", words="、".join(unknown), choices=choices)
    return tuple(dict.fromkeys(column.words[part.casefold()] for part in parts))


def _names(cell: str, _: Column) -> tuple[str, ...]:
    return tuple(part.strip() for part in NAME_SEPARATORS.split(cell) if part.strip())


def _amounts(cell: str, column: Column) -> tuple[tuple[str, float], ...]:
    amounts = []
    for part in _names(cell, column):
        name, _, grams = part.replace("：", ":").rpartition(":")
        amount_g = _decimal(grams.removesuffix("克").removesuffix("g"), column) if name else 0.0
        if amount_g <= 0:
            raise _Unreadable("cell_not_amounts", example=column.example)
        amounts.append((name.strip(), amount_g))
    return tuple(amounts)


def _shown(column: Column) -> list[str]:
    by_code: dict[str, str] = {}
    for word, code in column.words.items():
        if word != code.casefold():
            by_code.setdefault(code, word)
    return list(by_code.values())


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
