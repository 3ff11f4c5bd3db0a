"""What is asked of a planning run beside the rules of the house."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Pin:
    """
    A dish that must stand on a date.

    Parameters
    ----------
    day_on
        When.
    dish
        Its code or one of its names.
    line
        On which line; empty for every line that can eat it.
    """

    day_on: date
    dish: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class MenuWish:
    """
    What is asked of a planning run beside the rules.

    Parameters
    ----------
    lines
        Codes of the lines to plan.
    pins
        Dishes that must stand.
    standing
        Standing rules that hold this time, though they are not active.
    """

    lines: tuple[str, ...] = ("regular",)
    pins: tuple[Pin, ...] = ()
    standing: frozenset[str] = frozenset()
