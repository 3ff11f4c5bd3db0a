"""A table that leaves the house."""

from dataclasses import dataclass
from datetime import date

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One table of the export.

    Parameters
    ----------
    name
        Short and stable; its word is ``sheet.<name>``.
    header
        Names of its columns, stable and in English.
    rows
        Cells; words that stand for a code are the code.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
