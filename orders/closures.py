"""Closures: days on which a site gives out no meal, announced in time or for an emergency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from orders.errors import BadInput, Conflict
from orders.service import Meal

ClosureKind = Literal["pause", "stop", "renovate", "move"]
CLOSURE_KINDS: tuple[ClosureKind, ...] = get_args(ClosureKind)


@dataclass(frozen=True, slots=True)
class Closure:
    """
    A site closes for some days.

    Parameters
    ----------
    closure_id
        Row id.
    site_id
        Which site.
    kind
        Pause, stop, renovation or move.
    from_on, to_on
        First and last day; None is until further notice.
    meals
        Which meals; empty is all.
    reason
        As told on the notice.
    announced_on
        When the notice went up.
    emergency
        Whether it comes without the notice that the programme asks for.
    """

    closure_id: str
    site_id: str
    kind: ClosureKind
    from_on: date
    to_on: date | None
    meals: tuple[Meal, ...]
    reason: str
    announced_on: date
    emergency: bool = False

    def __post_init__(self) -> None:
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError(f"A closure ends after it begins, got {self.from_on} to {self.to_on}.")

    def covers(self, day_on: date, meal: Meal) -> bool:
        """Whether the site is closed for this meal."""
        in_days = self.from_on <= day_on and (self.to_on is None or day_on <= self.to_on)
        return in_days and (not self.meals or meal in self.meals)


def closure_on(closures: Iterable[Closure], site_id: str, day_on: date, meal: Meal) -> Closure | None:
    """The closure of a site that covers this meal, or None."""
    return next((one for one in closures if one.site_id == site_id and one.covers(day_on, meal)), None)


def require_notice(closure: Closure, notice_days: int, kinds: Sequence[str] = ()) -> None:
    """
    Refuses a closure that comes sooner than the programme's notice, unless an emergency's reason is given.

    Parameters
    ----------
    closure
        What is announced.
    notice_days
        Days between the notice and the first closed day.
    kinds
        Kinds that the programme knows; empty for any.

    Raises
    ------
    Conflict
        ``closure_needs_notice``, naming the first day that would do.
    BadInput
        When the reason is missing, or the kind is not the programme's.
    """
    if kinds and closure.kind not in kinds:
        raise BadInput("closure_kind_unknown", kind=closure.kind, known="、".join(kinds))
    if not closure.reason.strip():
        raise BadInput("closure_needs_reason")
    earliest_on = closure.announced_on + timedelta(days=notice_days)
    if closure.from_on < earliest_on and not closure.emergency:
        raise Conflict(
            "closure_needs_notice",
            site=closure.site_id,
            days=notice_days,
            earliest_on=earliest_on.isoformat(),
        )
