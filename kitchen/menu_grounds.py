"""From what the rules of single days follow: bans, the moon, the season, menus nearby."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from orders.menus import Category

Parts = Mapping[Category, tuple[int, int]]
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ban:
    """
    Dishes that stand on no menu.

    Parameters
    ----------
    code, name
        Its code, and its name in Chinese and English.
    words
        Chinese words in the name of a dish or of a food in it.
    foods, service_modes, methods
        Codes of any of which one is enough.
    unless_scope
        A licence with one of these items may serve them.
    """

    code: str
    name: Name
    words: tuple[str, ...] = ()
    foods: frozenset[str] = frozenset()
    service_modes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    unless_scope: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A rule for days of the lunar month.

    Parameters
    ----------
    code, name
        Its code, and its name in Chinese and English.
    active
        Whether it holds without being asked for.
    lunar_days
        On which days of the lunar month.
    barred_tags, parts
        What holds then.
    """

    code: str
    name: Name
    active: bool
    lunar_days: frozenset[int]
    barred_tags: frozenset[str]
    parts: Parts


@dataclass(frozen=True, slots=True)
class Grounds:
    """
    What the judge of menus works out the rules of single days from, apart from the planner.

    Parameters
    ----------
    bans, scope
        What stands on no menu, and the items of the kitchen's licence.
    standing
        The rules of the lunar month that hold.
    season_from_ratio
        A food of this part of a dish's weight must be in season.
    days
        Service days, rising: those planned, those of the menus nearby, and the open ones between.
    stood
        Menus nearby: date, line (``""`` for every line) and dishes.
    """

    bans: tuple[Ban, ...] = ()
    scope: frozenset[str] = frozenset()
    standing: tuple[Standing, ...] = ()
    season_from_ratio: float = 0.25
    days: tuple[date, ...] = ()
    stood: tuple[tuple[date, str, frozenset[str]], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.season_from_ratio <= 1:
            raise ValueError(f"season_from_ratio must lie in (0, 1], got {self.season_from_ratio}.")
        if stray := sorted({on for on, _, _ in self.stood} - set(self.days)):
            raise ValueError(f"days lack {stray[0]} of the menus nearby.")
