"""Reading one field of a parsed table or row, with a complaint that names it."""

from collections.abc import Collection, Mapping

Table = Mapping[str, object]


class FieldWrong(ValueError):
    """
    A field that cannot be used.

    Parameters
    ----------
    field
        Its name in its table.
    rule
        Code of the rule that it breaks, for a sentence in the reader's language.
    said
        The same in English, for a log.
    """

    def __init__(self, field: str, rule: str, said: str) -> None:
        super().__init__(said)
        self.field = field
        self.rule = rule


def known_only(table: Table, known: Collection[str], where: str = "") -> None:
    """
    Refuses a table with a field that nothing reads: a slip of the pen must not pass in silence.

    Raises
    ------
    FieldWrong
        Naming the field, and what is known.
    """
    if stray := sorted(set(table) - set(known)):
        name = f"{where}.{stray[0]}" if where else stray[0]
        raise FieldWrong(name, "field_unknown", f"{name} is not known; known are {sorted(known)}.")


def text(table: Table, field: str, default: str | None = None) -> str:
    """The field as text without surrounding blanks; an absent or empty one gives the default."""
    value = str(table.get(field) or "").strip()
    if value:
        return value
    if default is None:
        raise FieldWrong(field, "field_missing", f"{field} is missing.")
    return default


def number(table: Table, field: str, default: float | None = None) -> float:
    """The field as a number; an absent or empty one gives the default."""
    value = table.get(field)
    if value is None or value == "":
        if default is None:
            raise FieldWrong(field, "field_missing", f"{field} is missing.")
        return default
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FieldWrong(field, "field_no_number", f"{field} must be a number, got {value!r}.")
    try:
        return float(value)
    except ValueError as error:
        raise FieldWrong(field, "field_no_number", f"{field} must be a number, got {value!r}.") from error


def whole(table: Table, field: str, default: int | None = None) -> int:
    """The field as a whole number; an absent or empty one gives the default."""
    value = number(table, field, None if default is None else float(default))
    if not value.is_integer():
        raise FieldWrong(field, "field_no_whole", f"{field} must be a whole number, got {value}.")
    return int(value)


def codes(table: Table, field: str) -> frozenset[str]:
    """The field as a set of codes: a list, or text with blanks between; absent is the empty set."""
    value = table.get(field) or ""
    if isinstance(value, list | tuple):
        return frozenset(str(code) for code in value)
    return frozenset(str(value).split())


def part(table: Table, field: str) -> Table:
    """
    The field as a table of its own.

    Raises
    ------
    ValueError
        When it is absent or no table.
    """
    value = table.get(field)
    if not isinstance(value, Mapping):
        raise FieldWrong(field, "field_no_table", f"{field} must be a table, got {value!r}.")
    return value


def rows(table: Table, field: str) -> list[Table]:
    """
    The field as a list of tables.

    Raises
    ------
    ValueError
        When it is absent or anything else.
    """
    value = table.get(field)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise FieldWrong(field, "field_no_list", f"{field} must be a list of tables.")
    return value
