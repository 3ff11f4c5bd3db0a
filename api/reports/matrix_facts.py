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
class MatrixChanges:
    """
    What differs from the version that was printed before.

    Parameters
    ----------
    loads
        Codes of the loads that are new or weighed otherwise.
    was
        What such a load took of a food then, by the load's code and the food; of a new load nothing.
    void
        Codes of loads that are no more.
    """

    loads: frozenset[str]
    was: Mapping[tuple[str, Named], Taken]
    void: tuple[str, ...]

    def was_net_mg(self, code: str) -> int | None:
        """What a load weighed then, cleaned; None for a new one."""
        own = [taken.net_mg for (of_load, _), taken in self.was.items() if of_load == code]
        return sum(own) if own else None


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
    changes
        What of it is printed and what it was; None prints it whole. The sums are always those of the day.
    """

    head: PaperHead
    loads: tuple[MatrixLoad, ...]
    rows: tuple[MatrixRow, ...]
    changes: MatrixChanges | None = None

    @property
    def printed(self) -> tuple[MatrixLoad, ...]:
        """The loads that are printed."""
        if self.changes is None:
            return self.loads
        return tuple(load for load in self.loads if load.code in self.changes.loads)

    def load_net_mg(self, code: str) -> int:
        """What a load weighs, cleaned."""
        return sum(row.cells[code].net_mg for row in self.rows if code in row.cells)

    @property
    def net_mg(self) -> int:
        """Everything, cleaned."""
        return sum(row.net_mg for row in self.rows)

    @property
    def gross_mg(self) -> int:
        """Everything, as it is fetched."""
        return sum(row.gross_mg for row in self.rows)
