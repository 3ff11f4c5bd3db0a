"""Inspections, their findings with deadlines, and laboratory tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

InspectionKind = Literal["routine", "unannounced", "third_party", "special"]
TestResult = Literal["waiting", "passed", "failed"]
FindingStatus = Literal["open", "overdue", "done", "done_late"]
KINDS: tuple[InspectionKind, ...] = get_args(InspectionKind)
RESULTS: tuple[TestResult, ...] = get_args(TestResult)


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    One visit to a site.

    Parameters
    ----------
    inspection_id, site_id
        Row ids.
    kind
        Routine, unannounced, by a third party, or for a special reason.
    inspected_on
        When.
    inspector, office
        Who, and for whom.
    note
        What was seen.
    """

    inspection_id: str
    site_id: str
    kind: InspectionKind
    inspected_on: date
    inspector: str
    office: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """
    Something that an inspection found and that must be put right.

    Parameters
    ----------
    shortcoming_id, inspection_id, site_id
        Row ids.
    item
        What is wrong.
    due_on
        Last day to put it right.
    done_on, done_by, remedy
        When, by whom and how it was put right; None and empty while it is open.
    """

    shortcoming_id: str
    inspection_id: str
    site_id: str
    item: str
    due_on: date
    done_on: date | None = None
    done_by: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class LabTest:
    """
    A sample of food sent to a laboratory.

    Parameters
    ----------
    test_id, site_id
        Row ids.
    sample
        What was taken.
    taken_on
        When.
    laboratory
        Who tests it.
    result
        Waiting, passed or failed.
    reported_on, report
        When it was reported and under which number.
    """

    test_id: str
    site_id: str
    sample: str
    taken_on: date
    laboratory: str
    result: TestResult = "waiting"
    reported_on: date | None = None
    report: str = ""


def status_on(shortcoming: Shortcoming, day_on: date) -> FindingStatus:
    """How a shortcoming stands on a day; its last day is still in time."""
    if shortcoming.done_on is not None and shortcoming.done_on <= day_on:
        return "done" if shortcoming.done_on <= shortcoming.due_on else "done_late"
    return "overdue" if day_on > shortcoming.due_on else "open"


def overdue_on(shortcomings: Iterable[Shortcoming], day_on: date) -> list[Shortcoming]:
    """What should have been put right by this day, the oldest first."""
    late = [one for one in shortcomings if status_on(one, day_on) == "overdue"]
    return sorted(late, key=lambda one: (one.due_on, one.shortcoming_id))
