"""Fields of a parsed JSON document, each refused by the name of its place."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from orders.codes import Coded

MOST = 1_000_000_000
LONGEST = 200
Table = Mapping[str, Any]


def table_of(table: Table, field: str, where: str) -> Table:
    """An object."""
    value = table.get(field)
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: {field} must be an object, got {_short(value)}.")
    return value


def tables_of(table: Table, field: str, where: str, *, optional: bool = False) -> list[Table]:
    """A list of objects; an empty one for an optional field that is not there."""
    value = table.get(field, [] if optional else None)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise ValueError(f"{where}: {field} must be a list of objects.")
    return value


def text_of(table: Table, field: str, where: str, default: str | None = None) -> str:
    """A text of at most `LONGEST` characters, not empty unless the default is."""
    value = table.get(field, default)
    if not isinstance(value, str) or (not value and default != ""):
        raise ValueError(f"{where}: {field} must be a text, got {_short(value)}.")
    if len(value) > LONGEST:
        raise ValueError(f"{where}: {field} has {len(value)} characters, {LONGEST} at most.")
    return value


def texts_of(table: Table, field: str, where: str) -> list[str]:
    """A list of texts; an empty one where the field is not there."""
    value = table.get(field, [])
    if not isinstance(value, list):
        raise ValueError(f"{where}: {field} must be a list of texts, got {_short(value)}.")
    return [text_of({field: one}, field, where) for one in value]


def number_of(table: Table, field: str, where: str, default: float | None = None) -> float:
    """A finite number."""
    value = table.get(field, default)
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError(f"{where}: {field} must be a number, got {_short(value)}.")
    return float(value)


def whole_of(table: Table, field: str, where: str, default: int | None = None) -> int:
    """A whole number of at most `MOST` either way."""
    value = table.get(field, default)
    if type(value) is not int or abs(value) > MOST:
        raise ValueError(f"{where}: {field} must be a whole number up to {MOST}, got {_short(value)}.")
    return value


def whole_or_none(table: Table, field: str, where: str) -> int | None:
    """A whole number, None where the field is not there or null."""
    return None if table.get(field) is None else whole_of(table, field, where)


def flag_of(table: Table, field: str, where: str) -> bool:
    """True or false; false where the field is not there."""
    value = table.get(field, False)
    if type(value) is not bool:
        raise ValueError(f"{where}: {field} must be true or false, got {_short(value)}.")
    return value


def unknown_fields(table: Table, known: Iterable[str], where: str) -> Iterator[Coded]:
    """A warning for each field that nobody reads, with the known one it is most like."""
    names = list(known)
    for field in table:
        if field not in names:
            like = next(iter(get_close_matches(str(field), names, 1)), "")
            code = "file_field_misspelt" if like else "file_field_unknown"
            yield Coded(
                code, {"where": where, "field": str(field)[:LONGEST]} | ({"like": like} if like else {})
            )


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."
