"""A week's menus, for print."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.reports.facts import Named


@dataclass(frozen=True, slots=True)
class PosterMeal:
    """
    A line's set on one day.

    Parameters
    ----------
    dishes
        Each with the variant it is made as, None for plain.
    nutrients
        Of one meal, by name with unit.
    contains, may_contain, unknown
        Allergens: what some dish contains; else what it may contain; else what nobody has declared.
    """

    dishes: tuple[tuple[Named, Named | None], ...]
    nutrients: Mapping[str, float]
    contains: tuple[Named, ...]
    may_contain: tuple[Named, ...]
    unknown: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class PosterDay:
    """
    One day's column.

    Parameters
    ----------
    service_on
        Which day.
    lunar
        Month and day of the moon, and whether the month is a leap month.
    marks
        Solar term and festivals.
    meals
        By line code; a line without a meal that day is left out.
    """

    service_on: date
    lunar: tuple[int, int, bool]
    marks: tuple[Named, ...]
    meals: Mapping[str, PosterMeal]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """
    One nutrient of a line's week against its target.

    Parameters
    ----------
    nutrient
        Name with unit.
    strength
        ``"hard"``, ``"weekly"``, or ``"report"`` for one that is only shown.
    mean
        Of the week's meals; None when unknown.
    partly_unknown
        Whether some food's amount is not known, so that the meals hold at least the mean.
    least, most, target
        What is asked.
    met
        Whether it is held: the mean as `amount_text` prints it reaches what is asked as printed.
    weighed
        Whether the search counts all of it; a target without a price, or only shown, is not.
    """

    nutrient: str
    strength: str
    mean: float | None
    partly_unknown: bool
    least: float | None
    most: float | None
    target: float | None
    met: bool
    weighed: bool = True


@dataclass(frozen=True, slots=True)
class WeekMenus:
    """
    A week's menus of all lines.

    Parameters
    ----------
    kitchen, phone
        Who cooks, and whom to ask.
    meal
        Which meal of the day.
    days
        By date.
    lines
        Code and name, in order.
    targets
        By line.
    kinds
        By line, kinds of food in the week.
    printed_at, zone
        Instant of the print, and the kitchen's wall clock.
    is_draft
        Whether some menu is not published.
    """

    kitchen: str
    phone: str
    meal: str
    days: tuple[PosterDay, ...]
    lines: tuple[tuple[str, Named], ...]
    targets: Mapping[str, tuple[TargetRow, ...]]
    kinds: Mapping[str, int]
    printed_at: datetime
    zone: str
    is_draft: bool


def amount_text(nutrient: str, amount: float | None) -> str:
    """An amount as pages, papers and the command line show it; a target is judged by these figures."""
    if amount is None:
        return "?"
    if nutrient.endswith("_ratio"):
        return f"{100 * amount:.0f} %"
    return f"{amount:.2f}" if amount < 2 else f"{amount:.1f}" if amount < 20 else f"{amount:.0f}"


def amount_shown(nutrient: str, amount: float) -> float:
    """The number that `amount_text` shows."""
    return float(amount_text(nutrient, amount).removesuffix(" %"))
