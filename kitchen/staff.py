"""Who works in a kitchen: skills, hours, health certificates, and who is fit to work on a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from kitchen.tables import Table, codes, text
from orders.codes import Coded


@dataclass(frozen=True, slots=True)
class Worker:
    """
    Somebody who works in a kitchen.

    Parameters
    ----------
    worker_id, code, name
        Row id, what papers call the person by, and the name.
    skills
        Kinds of equipment the person may cook on; empty for one who does not cook.
    works_from, works_to
        Hours on the kitchen's wall clock; None is not limited.
    certificate_to_on
        Last day of the health certificate; None when nobody has shown one.
    """

    worker_id: str
    code: str
    name: str
    skills: frozenset[str] = frozenset()
    works_from: time | None = None
    works_to: time | None = None
    certificate_to_on: date | None = None

    def __post_init__(self) -> None:
        if self.works_from is not None and self.works_to is not None and self.works_to <= self.works_from:
            raise ValueError(f"{self.code} must stop work after the start.")

    @property
    def cooks(self) -> bool:
        """Whether the person may cook on anything."""
        return bool(self.skills)


@dataclass(frozen=True, slots=True)
class MorningCheck:
    """
    What the morning check of a person found.

    Parameters
    ----------
    worker_id, on
        Who, on which date.
    passed
        Whether the person may work.
    checked_at
        When.
    """

    worker_id: str
    on: date
    passed: bool
    checked_at: datetime


def fit_on(worker: Worker, checks: Iterable[MorningCheck], on: date) -> tuple[Coded, ...]:
    """
    Why somebody may not work on a date; empty when nothing is against it.

    A check that is not done yet bars nobody, since a day is planned the evening before: it is a gap of
    that day. Of two checks of one minute the failed one counts.

    Parameters
    ----------
    worker
        Who.
    checks
        Standing morning checks, of anybody and any date.
    on
        The date.
    """
    found = []
    if worker.certificate_to_on is None:
        found.append(Coded("worker_certificate_missing", {"worker": worker.name}))
    elif worker.certificate_to_on < on:
        ended_on = worker.certificate_to_on.isoformat()
        found.append(Coded("worker_certificate_over", {"worker": worker.name, "ended_on": ended_on}))
    own = [one for one in checks if one.worker_id == worker.worker_id and one.on == on]
    if own and not max(own, key=lambda one: (one.checked_at, not one.passed)).passed:
        found.append(Coded("worker_off_duty", {"worker": worker.name}))
    return tuple(found)


def worker_from_table(worker_id: str, table: Table) -> Worker:
    """
    One ``[[kitchen.staff]]`` of a kitchen's file.

    Raises
    ------
    ValueError
        Naming the person and the field that cannot be used.
    """
    code = text(table, "code")
    try:
        return Worker(
            worker_id,
            code,
            text(table, "name"),
            codes(table, "skills"),
            _clock(table, "works_from"),
            _clock(table, "works_to"),
            _date(table, "certificate_to_on"),
        )
    except ValueError as error:
        raise ValueError(f"staff {code}: {error}") from error


def _clock(table: Table, field: str) -> time | None:
    value = text(table, field, "")
    return time.fromisoformat(value) if value else None


def _date(table: Table, field: str) -> date | None:
    value = text(table, field, "")
    return date.fromisoformat(value) if value else None
