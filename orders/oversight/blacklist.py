"""Blacklist: sites, operators and persons shut out for a time, read when one applies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

SubjectKind = Literal["site", "operator", "person"]


@dataclass(frozen=True, slots=True)
class Shut:
    """
    One entry of the blacklist.

    Parameters
    ----------
    subject_kind, subject
        A site's or person's id, or the operator's name or registration number.
    from_on, to_on
        First and last day; None is until further notice.
    reason
        Why, as written by who decided.
    """

    subject_kind: SubjectKind
    subject: str
    from_on: date
    to_on: date | None
    reason: str

    def __post_init__(self) -> None:
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError(f"An entry ends on {self.to_on}, before it begins on {self.from_on}.")

    def holds_on(self, day_on: date) -> bool:
        """Whether the subject is shut out on this day."""
        return self.from_on <= day_on and (self.to_on is None or day_on <= self.to_on)


def shut_on(entries: Iterable[Shut], subject_kind: SubjectKind, subject: str, day_on: date) -> Shut | None:
    """The entry that shuts a subject out on a day, the one that ends last; None when it may come in."""
    holding = [
        one
        for one in entries
        if (one.subject_kind, one.subject) == (subject_kind, subject) and one.holds_on(day_on)
    ]
    return max(holding, key=lambda one: one.to_on or date.max, default=None)
