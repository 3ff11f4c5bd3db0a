"""What an import did, row by row where it matters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.imports.cells import Record, RowProblem, Value, shown
from api.imports.schema import Kind
from api.register.secret import PeopleKeys
from api.words import say
from orders.codes import Coded
from orders.ids import IdSource
from orders.service import Meal
from orders.sites import Kitchen

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """
    What applying rows needs beside the rows.

    Parameters
    ----------
    session
        Open transaction.
    kitchen
        Whose register is filled.
    meal
        Meal of the sites' hours.
    now_at
        The present instant.
    ids
        Source of row ids.
    author
        Who imports.
    keys
        Hash ID numbers; None where no file has any.
    """

    session: Session
    kitchen: Kitchen
    meal: Meal
    now_at: datetime
    ids: IdSource
    author: str
    keys: PeopleKeys | None = None

    @property
    def today_on(self) -> date:
        """The date at the kitchen."""
        return self.now_at.astimezone(ZoneInfo(self.kitchen.zone)).date()


class RowRefused(Exception):
    """A row that cannot be used; ``column`` is a field name, empty for the row as a whole."""

    def __init__(self, column: str, reason: str, /, **params: str | int | float) -> None:
        super().__init__(reason)
        self.column = column
        self.wrong = Coded(reason, params)


def refusals(*checks: Callable[[], object]) -> list[RowRefused]:
    """What each check of a row refuses, in their order, the same refusal once."""
    found: dict[tuple[str, str, str], RowRefused] = {}
    for check in checks:
        try:
            check()
        except RowRefused as refusal:
            told = (refusal.column, refusal.wrong.code, str(refusal.wrong.params))
            found.setdefault(told, refusal)
    return list(found.values())


@dataclass(slots=True)
class Applied:
    """Rows of a file by what became of them, and the clashes they made with orders that are locked."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    clashes: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    overlaps: list[RowProblem] = field(default_factory=list)

    def count(self, old: object, new: object) -> bool:
        """Counts one good row; whether it must be kept."""
        if old is None:
            self.added += 1
        elif old == new:
            self.unchanged += 1
        else:
            self.changed += 1
        return old != new

    def refuse(self, record: Record, *refusals: RowRefused) -> None:
        """Names a row that cannot be used, with all that is wrong."""
        for refusal in refusals:
            value = shown(record.cells.get(refusal.column, ""))
            self.problems.append(RowProblem(record.line, refusal.column, value, refusal.wrong))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """
    The outcome of one file.

    Parameters
    ----------
    kind, file
        What was imported.
    rows
        Rows read, refused ones included.
    added, changed, unchanged
        Good rows.
    problems
        Every bad row with its line and column, in the order of lines.
    ignored_columns
        Headers that mean nothing for this kind of file.
    other_sheets
        Sheets that were not read.
    clashes
        Clashes that changed needs or dishes made with locked orders; a person settles them.
    overlaps
        Good rows that a person looks at: a programme that overlaps another one of the same person, an order
        by a channel that its diner's programme does not take.
    dry_run
        Whether nothing was kept.
    """

    kind: Kind
    file: str
    rows: int
    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    other_sheets: tuple[str, ...]
    clashes: int
    overlaps: tuple[RowProblem, ...]
    dry_run: bool

    @property
    def bad_rows(self) -> int:
        """Rows with at least one problem."""
        return len({problem.line for problem in self.problems})


def report_document(report: ImportReport, language: str) -> dict[str, Any]:
    """What an import did, as the API and the command line print it."""
    return {
        "kind": report.kind,
        "file": report.file,
        "dry_run": report.dry_run,
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "bad_rows": report.bad_rows,
        "problems": [_problem_document(problem, language) for problem in report.problems],
        "ignored_columns": list(report.ignored_columns),
        "other_sheets": list(report.other_sheets),
        "clashes": report.clashes,
        "overlaps": [_problem_document(overlap, language) for overlap in report.overlaps],
    }


def _problem_document(problem: RowProblem, language: str) -> dict[str, Any]:
    return {
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "code": problem.wrong.code,
        "words": say(problem.wrong, language),
    }


def attempt(
    refusals: list[RowRefused], read: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """What ``read`` gives, or None when it refuses the row; the refusal is added to the list."""
    try:
        return read(*args, **kwargs)
    except RowRefused as refusal:
        refusals.append(refusal)
        return None


def once_each(records: Iterable[Record], applied: Applied, code: str, *key: str) -> list[Record]:
    """The records whose key has not stood in an earlier line; the others are refused at its last field."""
    seen: dict[tuple[Value, ...], int] = {}
    kept = []
    for record in records:
        values = tuple(record.values[field] for field in key)
        if values in seen:
            applied.refuse(record, RowRefused(key[-1], code, line=seen[values]))
        else:
            seen[values] = record.line
            kept.append(record)
    return kept


Apply = Callable[[list[Record], Context], Applied]
