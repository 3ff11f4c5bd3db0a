"""Service days: weekdays, holidays and make-up workdays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from orders.codes import Coded

DayKind = Literal["holiday", "makeup_workday"]
ClosedReason = Literal["weekend", "holiday", "makeup_workday", "outside_validity", "closed_date"]
LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    A country's special days.

    Parameters
    ----------
    days
        Date to kind, for the dates that differ from the plain week.
    estimated_years
        Years whose days are not yet published; a user of them is warned.
    years
        Years whose days are known at all; None means every year.
    """

    days: Mapping[date, DayKind]
    estimated_years: frozenset[int] = frozenset()
    years: frozenset[int] | None = None

    def doubts(self, from_on: date, to_on: date) -> list[Coded]:
        """A warning for each year between two dates whose days off are estimated or not known at all."""
        asked = range(from_on.year, to_on.year + 1)
        unknown = [year for year in asked if self.years is not None and year not in self.years]
        estimated = [year for year in asked if year in self.estimated_years]
        return [Coded("calendar_year_unknown", {"year": str(year)}) for year in unknown] + [
            Coded("calendar_year_estimated", {"year": str(year)}) for year in estimated
        ]


@dataclass(frozen=True, slots=True)
class ServiceDays:
    """
    Which dates a programme serves.

    Parameters
    ----------
    weekdays
        ISO weekdays (Monday 1) with service.
    closed_on_holidays
        Whether statutory days off are closed.
    makeup_open
        Whether a weekend turned into a working day is served.
    valid_from_on, valid_to_on
        First and last date of the programme.
    closed_on
        Dates that the programme itself closes.
    """

    weekdays: frozenset[int]
    closed_on_holidays: bool
    makeup_open: bool
    valid_from_on: date
    valid_to_on: date
    closed_on: frozenset[date] = frozenset()

    def closed_reason(self, day_on: date, calendar: Calendar) -> ClosedReason | None:
        """Why there is no service on this date, or None when there is."""
        if not self.valid_from_on <= day_on <= self.valid_to_on:
            return "outside_validity"
        if day_on in self.closed_on:
            return "closed_date"
        kind = calendar.days.get(day_on)
        if kind == "holiday" and self.closed_on_holidays:
            return "holiday"
        if day_on.isoweekday() in self.weekdays:
            return None
        if kind == "makeup_workday":
            return None if self.makeup_open else "makeup_workday"
        return "weekend"

    def next_open(self, after_on: date, calendar: Calendar) -> date | None:
        """The first date with service after this one, or None within two months."""
        return next((day for day in _days_after(after_on) if not self.closed_reason(day, calendar)), None)


def _days_after(day_on: date) -> Iterator[date]:
    return (day_on + timedelta(days=step) for step in range(1, LOOK_AHEAD_DAYS + 1))
