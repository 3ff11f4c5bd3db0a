"""Enrolment: which programme feeds a diner on which days; one programme per person and day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from orders.errors import Conflict

EnrolmentState = Literal["active", "disputed", "withdrawn"]
ENROLMENT_STATES: tuple[EnrolmentState, ...] = get_args(EnrolmentState)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """
    A diner's days in a programme.

    Parameters
    ----------
    enrolment_id
        Row id.
    diner_id
        Who.
    programme_id
        Which programme.
    from_on, to_on
        First and last day; None is open.
    state
        ``"active"``; ``"disputed"``, an imported one that overlaps and waits for a person's decision; or
        ``"withdrawn"``, which never counted.
    """

    enrolment_id: str
    diner_id: str
    programme_id: str
    from_on: date | None = None
    to_on: date | None = None
    state: EnrolmentState = "active"

    def __post_init__(self) -> None:
        if self.from_on and self.to_on and self.to_on < self.from_on:
            raise ValueError(f"An enrolment ends on {self.to_on}, before it begins on {self.from_on}.")

    def holds_on(self, day_on: date) -> bool:
        """Whether it counts on this day."""
        began = self.from_on is None or self.from_on <= day_on
        return self.state == "active" and began and (self.to_on is None or day_on <= self.to_on)

    def overlaps(self, other: "Enrolment") -> bool:
        """Whether the two share a day."""
        starts = max(self.from_on or date.min, other.from_on or date.min)
        return starts <= min(self.to_on or date.max, other.to_on or date.max)


def programme_on(enrolments: Iterable[Enrolment], day_on: date) -> str | None:
    """
    The one programme that feeds a diner on a day; None follows the kitchen's own.

    Raises
    ------
    Conflict
        ``enrolled_elsewhere`` when two active enrolments hold: whoever kept them skipped `require_free`.
    """
    held = [one for one in enrolments if one.holds_on(day_on)]
    for other in held[1:]:
        raise _elsewhere(held[0], other)
    return held[0].programme_id if held else None


def overlapping(enrolments: Iterable[Enrolment], new: Enrolment) -> Enrolment | None:
    """The first active enrolment of the same diner that shares a day with a new one, or None."""
    others = (one for one in enrolments if one.state == "active" and one.enrolment_id != new.enrolment_id)
    return next((one for one in others if one.diner_id == new.diner_id and one.overlaps(new)), None)


def from_roster(enrolments: Collection[Enrolment], said: Enrolment) -> Enrolment | None:
    """
    What is to be kept of an enrolment that a roster names.

    Parameters
    ----------
    enrolments
        Every one of the diner's.
    said
        What the roster says, from its first day on.

    Returns
    -------
    Enrolment or None
        None when it is known already; as said when its days are free; disputed when they are not: a roster
        does not tell which of the two is right.
    """
    same = (one for one in enrolments if one.programme_id == said.programme_id and one.state != "withdrawn")
    if any(one.state == "disputed" or one.overlaps(said) for one in same):
        return None
    return replace(said, state="disputed") if overlapping(enrolments, said) else said


def require_free(enrolments: Iterable[Enrolment], new: Enrolment) -> None:
    """
    Refuses an enrolment that shares a day with another active one of the diner.

    Raises
    ------
    Conflict
        ``enrolled_elsewhere``, naming the other programme and its days.
    """
    other = overlapping(enrolments, new)
    if other is not None:
        raise _elsewhere(other, new)


def _elsewhere(other: Enrolment, new: Enrolment) -> Conflict:
    return Conflict(
        "enrolled_elsewhere",
        programme=other.programme_id,
        from_on=other.from_on.isoformat() if other.from_on else "…",
        to_on=other.to_on.isoformat() if other.to_on else "…",
        wanted=new.programme_id,
    )
