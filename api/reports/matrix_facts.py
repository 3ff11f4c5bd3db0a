"""Ingredients by batch, their input: what each load takes of each food."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What a load takes of a food.

    Parameters
    ----------
    net_mg
        What goes into the pan, milligrams.
    gross_mg
        What is fetched from the store for it, milligrams.
    """

    net_mg: int
    gross_mg: int


@dataclass(frozen=True, slots=True)
class MatrixLoad:
    """
    A column: one pan load.

    Parameters
    ----------
    code
        ``"B07"``.
    dish, variant
        What is cooked; None is the plain variant.
    start_at
        When it goes on.
    portions
        How many it yields.
    """

    code: str
    dish: Named
    variant: Named | None
    start_at: datetime
    portions: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """
    A row: one food.

    Parameters
    ----------
    food
        Which.
    cells
        What each load takes, by the load's code; loads without it are absent.
    """

    food: Named
    cells: Mapping[str, Taken]

    @property
    def net_mg(self) -> int:
        """What all loads take, cleaned."""
        return sum(cell.net_mg for cell in self.cells.values())

    @property
    def gross_mg(self) -> int:
        """What all loads take, as it is fetched."""
        return sum(cell.gross_mg for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class BatchMatrix:
    """
    What is weighed and fetched for a service.

    Parameters
    ----------
    head
        Kitchen, service, version.
    loads
        Columns, in the order of cooking.
    rows
        Foods, the heaviest first.
    """

    head: PaperHead
    loads: tuple[MatrixLoad, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def net_mg(self) -> int:
        """Everything, cleaned."""
        return sum(row.net_mg for row in self.rows)

    @property
    def gross_mg(self) -> int:
        """Everything, as it is fetched."""
        return sum(row.gross_mg for row in self.rows)
