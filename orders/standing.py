"""Standing orders: the meals a diner wants every week until further notice, and their pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orders.errors import Conflict
from orders.service import Meal


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """
    One meal on certain weekdays.

    Parameters
    ----------
    standing_id
        Row id.
    diner_id
        Who eats.
    meal
        Which meal.
    weekdays
        ISO weekdays, Monday 1 to Sunday 7, ascending.
    choices
        Course and the dish chosen for it; empty or a course missing takes what the menu gives.
    delivery
        Home or canteen; empty is as the diner is registered.
    from_on, to_on
        First and last day; None is open.
    """

    standing_id: str
    diner_id: str
    meal: Meal
    weekdays: tuple[int, ...]
    choices: tuple[tuple[str, str], ...] = ()
    delivery: str = ""
    from_on: date | None = None
    to_on: date | None = None

    def __post_init__(self) -> None:
        if not self.weekdays or sorted(set(self.weekdays)) != list(self.weekdays):
            raise ValueError(f"weekdays must be ascending and at least one, got {self.weekdays}.")
        if not set(self.weekdays) <= set(range(1, 8)):
            raise ValueError(f"weekdays must be 1 to 7, got {self.weekdays}.")
        if self.from_on and self.to_on and self.to_on < self.from_on:
            raise ValueError(f"A standing order ends on {self.to_on}, before it begins on {self.from_on}.")

    def holds_on(self, day_on: date) -> bool:
        """Whether it asks for a meal on this day, pauses aside."""
        began = self.from_on is None or self.from_on <= day_on
        return day_on.isoweekday() in self.weekdays and began and (self.to_on is None or day_on <= self.to_on)

    def meets(self, other: "StandingOrder") -> bool:
        """Whether both ask for the same meal of the same diner on some weekday of shared days."""
        starts = max(self.from_on or date.min, other.from_on or date.min)
        days = starts <= min(self.to_on or date.max, other.to_on or date.max)
        same = (self.diner_id, self.meal) == (other.diner_id, other.meal)
        return same and days and bool(set(self.weekdays) & set(other.weekdays))


@dataclass(frozen=True, slots=True)
class Pause:
    """
    Days without standing orders.

    Parameters
    ----------
    diner_id
        Who.
    from_on, to_on
        First and last day; ``to_on`` None is until the pause is ended.
    reason
        ``"away"``, ``"hospital"``, ``"institution_resident"`` or in the person's own words.
    pause_id
        Row id.
    """

    diner_id: str
    from_on: date
    to_on: date | None
    reason: str
    pause_id: str = ""

    def __post_init__(self) -> None:
        if self.to_on and self.to_on < self.from_on:
            raise ValueError(f"A pause ends on {self.to_on}, before it begins on {self.from_on}.")

    def holds_on(self, day_on: date) -> bool:
        """Whether the diner is away on this day."""
        return self.from_on <= day_on and (self.to_on is None or day_on <= self.to_on)


def wanted(
    standing: Iterable[StandingOrder], pauses: Iterable[Pause], day_on: date, meal: Meal
) -> StandingOrder | None:
    """
    The standing order that asks for a meal on a day; None when none does or the diner is away.

    Parameters
    ----------
    standing, pauses
        Of one diner.
    day_on, meal
        Which meal.
    """
    if any(pause.holds_on(day_on) for pause in pauses):
        return None
    return next((one for one in standing if one.meal == meal and one.holds_on(day_on)), None)


def require_alone(standing: Iterable[StandingOrder], new: StandingOrder) -> None:
    """
    Refuses a standing order that asks twice for the same meal.

    Raises
    ------
    Conflict
        ``standing_order_twice``.
    """
    if any(one.standing_id != new.standing_id and one.meets(new) for one in standing):
        raise Conflict("standing_order_twice", meal=new.meal)
