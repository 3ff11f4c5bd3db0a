"""Licences of a site and health certificates of its staff: valid, soon over, over, or not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from orders.codes import Coded

LicenceKind = Literal["food_operation", "supplier", "health"]
LicenceStatus = Literal["valid", "expiring", "expired", "not_yet"]
Grade = Literal["A", "B", "C"]
GRADES: tuple[Grade, ...] = get_args(Grade)


@dataclass(frozen=True, slots=True)
class LicenceParams:
    """
    When to warn.

    Parameters
    ----------
    warn_days
        So many days before the last one; system default, no plan names it.
    """

    warn_days: int = 30


@dataclass(frozen=True, slots=True)
class Licence:
    """
    A licence or a health certificate.

    Parameters
    ----------
    kind
        The site's own food operation licence, its supplier's, or a person's health certificate.
    number
        As printed on it.
    holder
        Whom it names: the operator, the supplier, the person.
    from_on, to_on
        First and last day; None is without end.
    staff_id
        Of a health certificate, whose.
    """

    kind: LicenceKind
    number: str
    holder: str
    from_on: date
    to_on: date | None
    staff_id: str | None = None

    def __post_init__(self) -> None:
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError(f"A licence ends after it begins, got {self.from_on} to {self.to_on}.")


@dataclass(frozen=True, slots=True)
class Staff:
    """
    A person who works with food at a site.

    Parameters
    ----------
    staff_id, name, job
        Row id, name and what the person does there.
    from_on, to_on
        First and last day; None is still there.
    """

    staff_id: str
    name: str
    job: str
    from_on: date
    to_on: date | None = None

    def works_on(self, day_on: date) -> bool:
        """Whether the person works there on this day."""
        return self.from_on <= day_on and (self.to_on is None or day_on <= self.to_on)


@dataclass(frozen=True, slots=True)
class Training:
    """Hours that one person was taught about food safety, on which day and of what."""

    staff_id: str
    held_on: date
    minutes: int
    topic: str


def status_on(licence: Licence, day_on: date, params: LicenceParams) -> LicenceStatus:
    """How a licence stands on a day; on its last day it is still good."""
    if day_on < licence.from_on:
        return "not_yet"
    if licence.to_on is None:
        return "valid"
    if day_on > licence.to_on:
        return "expired"
    return "expiring" if licence.to_on - day_on <= timedelta(days=params.warn_days) else "valid"


def best_of(licences: Iterable[Licence], day_on: date) -> Licence | None:
    """Of several of one kind the one that counts on a day: in force and longest; else the last that ended."""
    known = list(licences)
    ends = {id(one): one.to_on or date.max for one in known}
    in_force = [one for one in known if one.from_on <= day_on <= ends[id(one)]]
    return max(in_force or known, key=lambda one: ends[id(one)], default=None)


def licence_lacks(
    licences: Sequence[Licence], staff: Iterable[Staff], day_on: date, *, wanted: Iterable[LicenceKind]
) -> tuple[Coded, ...]:
    """
    What keeps a site from opening: no licence in force, nobody on the staff, a person without a certificate.

    Parameters
    ----------
    licences
        All that are kept of the site.
    staff
        Its people.
    day_on
        The day it would open.
    wanted
        Kinds of licence that it needs, by who cooks for it.
    """
    lacks: list[Coded] = []
    for kind in wanted:
        lacks += _lack(kind, [one for one in licences if one.kind == kind], day_on, "")
    working = [one for one in staff if one.works_on(day_on)]
    if not working:
        lacks.append(Coded("lacks_staff"))
    for person in working:
        own = [one for one in licences if one.kind == "health" and one.staff_id == person.staff_id]
        lacks += _lack("health", own, day_on, person.name)
    return tuple(lacks)


def expired_on(
    licences: Sequence[Licence], staff: Iterable[Staff], day_on: date, *, wanted: Iterable[LicenceKind]
) -> list[tuple[LicenceKind, date]]:
    """
    Kind and last day of each paper that a site needs and that was over on a day, the longest over first.

    Parameters
    ----------
    licences, staff
        All that are kept of the site; its people, of whom those count who work there on the day.
    day_on
        The day.
    wanted
        Kinds of licence that it needs, by who cooks for it.
    """
    begun = [one for one in licences if one.from_on <= day_on]
    groups = [[one for one in begun if one.kind == kind] for kind in wanted]
    working = [person.staff_id for person in staff if person.works_on(day_on)]
    groups += [[one for one in begun if one.kind == "health" and one.staff_id == who] for who in working]
    best = (best_of(group, day_on) for group in groups)
    over = [(one.kind, one.to_on) for one in best if one and one.to_on and one.to_on < day_on]
    return sorted(over, key=lambda one: (one[1], one[0]))


def due_soon(
    licences: Iterable[Licence], day_on: date, params: LicenceParams
) -> list[tuple[LicenceStatus, Licence]]:
    """Of each kind and holder the licence that counts, where it is over or nearly so; first to end first."""
    groups: dict[tuple[LicenceKind, str], list[Licence]] = {}
    for one in licences:
        groups.setdefault((one.kind, one.staff_id or one.holder), []).append(one)
    standing = [best for group in groups.values() if (best := best_of(group, day_on))]
    found = [(status_on(one, day_on, params), one) for one in standing]
    due = [(status, one) for status, one in found if status in ("expired", "expiring")]
    return sorted(due, key=lambda one: (one[1].to_on or date.max, one[1].kind, one[1].holder))


def hours_in_year(trainings: Iterable[Training], staff_id: str, year: int) -> float:
    """Hours that a person was taught in a calendar year."""
    minutes = (one.minutes for one in trainings if one.staff_id == staff_id and one.held_on.year == year)
    return sum(minutes) / 60


def _lack(kind: LicenceKind, own: list[Licence], day_on: date, name: str) -> list[Coded]:
    best = best_of(own, day_on)
    if best is None:
        if name:
            return [Coded("lacks_health_certificate", {"name": name})]
        return [Coded("lacks_licence", {"licence": kind})]
    if best.to_on is not None and best.to_on < day_on:
        params = {"licence": kind, "holder": name or best.holder, "to_on": best.to_on.isoformat()}
        return [Coded("licence_expired", params)]
    if best.from_on > day_on:
        params = {"licence": kind, "holder": name or best.holder, "from_on": best.from_on.isoformat()}
        return [Coded("licence_not_yet", params)]
    return []
