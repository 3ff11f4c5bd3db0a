"""What the papers of the floor print: the HACCP record of a day, and the file for an inspector."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from api.reports.facts import Named
from api.reports.stock_facts import StockHead
from orders.codes import Coded

Mark = Literal["passed", "failed", "missing", "again", "goes_on", "discard", "corrected", "none"]


@dataclass(frozen=True, slots=True)
class StepLine:
    """
    One control point of a batch or a box.

    Parameters
    ----------
    at
        When it was measured; None when it was not.
    code, food
        Of which batch or box: its number; dish and variant, of a box the batches in it.
    point, limit
        Which limit, by name and in figures.
    value_c, probe, person
        As measured; None and empty where nobody said.
    mark
        How it stands.
    notes
        What is wrong with it.
    actions
        What was done: name, note and person of each.
    warnings
        What there was to warn of then: a probe whose calibration was overdue.
    reason
        Why it corrects an earlier one; empty for one that does not.
    """

    at: datetime | None
    code: str
    food: Named
    point: Named
    limit: str
    value_c: float | None
    probe: str
    person: str
    mark: Mark
    notes: tuple[Coded, ...] = ()
    actions: tuple[tuple[Named, str], ...] = ()
    warnings: tuple[Coded, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """
    One entry of a register.

    Parameters
    ----------
    at
        When it was looked at.
    register, about
        Which register, about whom or what.
    answers
        Name and value of each; a yes or no is a bool, a choice has its names.
    person, signer
        Who looked; who signed it off, empty where nobody has, None where nobody must.
    mark, notes, actions
        As on a step.
    reason
        Why it corrects an earlier one; empty for one that does not.
    """

    at: datetime
    register: Named
    about: str
    answers: tuple[tuple[Named, str | bool | Named], ...]
    person: str
    signer: str | None
    mark: Mark
    notes: tuple[Coded, ...] = ()
    actions: tuple[tuple[Named, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SampleLine:
    """
    One sample.

    Parameters
    ----------
    code, batch, dish, g, place
        What its label says, of which batch, dish and variant, how much, where.
    taken_at, person, keep_until_at
        When, by whom, until when.
    state
        ``"kept"``, ``"due"``, ``"frozen"``, ``"destroyed"`` or ``"corrected"``.
    story
        What became of it, each with its instant: frozen by what, set free by whom and why, destroyed by whom.
    """

    code: str
    batch: str
    dish: Named
    g: int
    place: str
    taken_at: datetime
    person: str
    keep_until_at: datetime
    state: str
    story: tuple[tuple[datetime, Coded], ...]


@dataclass(frozen=True, slots=True)
class HeldLine:
    """
    Food that was put on hold.

    Parameters
    ----------
    at, code, food
        Since when, which batch or box, dish and variant.
    reason, person
        Why, by whom.
    state
        ``"held"``, ``"lifted"`` or ``"discard"``.
    ended_at, end
        When and how it ended; None while it stands.
    """

    at: datetime
    code: str
    food: Named
    reason: str
    person: str
    state: str
    ended_at: datetime | None = None
    end: Coded | None = None


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """
    An alarm of a box or a fixed asset.

    Parameters
    ----------
    at, code, said
        When it rang, where, and what it said.
    answered_at, answer
        When somebody answered; who, and what was done. None and empty when nobody has.
    decisions
        What becomes of the food: instant, disposition, corrective action and person of each.
    ended_at
        When its cause was over; None while it rings.
    """

    at: datetime
    code: str
    said: Coded
    answered_at: datetime | None
    answer: str
    decisions: tuple[tuple[datetime, str, str, str], ...]
    ended_at: datetime | None

    @property
    def mark(self) -> str:
        """How it stands."""
        if self.ended_at is None:
            return "rings"
        return "answered" if self.answered_at or self.decisions else "unanswered"


@dataclass(frozen=True, slots=True)
class DayRecord:
    """
    Everything of one date.

    Parameters
    ----------
    on
        The date.
    steps, entries, samples
        In order.
    unsampled
        Batches that a sample is still to be taken of, by code and dish, where the paper is to be written on.
    withheld
        Food that was put on hold.
    alarms
        What rang, who answered and what was decided.
    """

    on: date
    steps: tuple[StepLine, ...]
    entries: tuple[EntryLine, ...]
    samples: tuple[SampleLine, ...]
    unsampled: tuple[tuple[str, Named], ...] = ()
    withheld: tuple[HeldLine, ...] = ()
    alarms: tuple[AlarmLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HaccpRecord:
    """
    The HACCP record of some dates.

    Parameters
    ----------
    head
        Whose, of which dates.
    days
        In order.
    unwatched
        What the house does not watch.
    to_write
        Whether it is written on by hand: what is not measured yet stays empty, with room for more rows.
    """

    head: StockHead
    days: tuple[DayRecord, ...]
    unwatched: tuple[Coded, ...]
    to_write: bool = False


@dataclass(frozen=True, slots=True)
class PersonLine:
    """
    Somebody of the staff, or a probe.

    Parameters
    ----------
    name, to_on
        Who or which, and the last day of the certificate or the calibration; None when nobody knows.
    good
        Whether it is in force.
    """

    name: str
    to_on: date | None
    good: bool


@dataclass(frozen=True, slots=True)
class InspectorFile:
    """
    What is put before an inspector.

    Parameters
    ----------
    record
        The dates in full.
    licence
        Kind and number of the kitchen's licence, and its address.
    gaps
        What is missing, with its date and the food it is about.
    frozen
        Samples that are frozen, of whatever date.
    grid
        A register by name, with how each date of the record stands.
    people, probes
        Certificates and calibrations.
    """

    record: HaccpRecord
    licence: str
    gaps: tuple[tuple[date, Named | None, Coded], ...]
    frozen: tuple[SampleLine, ...]
    grid: tuple[tuple[Named, tuple[Mark, ...]], ...]
    people: tuple[PersonLine, ...]
    probes: tuple[PersonLine, ...]
