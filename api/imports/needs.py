"""Facts that keep a diner safe are taken away by a word, never by an empty cell."""

from collections.abc import Collection

from api.imports.cells import Record
from api.imports.report import RowRefused
from api.imports.schema import Kind, columns_of, spelled


def require_said(
    record: Record, kind: Kind, field: str, known: Collection[str], none: Collection[str] = ()
) -> None:
    """
    Refuses a row whose empty cell would take away what is on record.

    Parameters
    ----------
    record
        The row.
    kind, field
        Which column of which file.
    known
        Codes on record.
    none
        Codes that mean nothing is needed; empty where the word 无 (none) says so.
    """
    emptied = field in record.values and record.values[field] is None
    if emptied and set(known) - set(none):
        column = next(column for column in columns_of(kind) if column.field == field)
        word = spelled(column, none) if none else "无/none"
        raise RowRefused(field, "row_need_emptied", known=spelled(column, sorted(known)), none=word)
