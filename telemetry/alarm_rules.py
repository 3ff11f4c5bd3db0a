"""When an alarm rings and whom it calls after how long: a house's rules as data, with their revision."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
TARGETS = ("box", "role", "person", "webhook")


@dataclass(frozen=True, slots=True)
class AlarmParams:
    """
    What an alarm's cause must reach, how long it must last, and by how much it must be over; system defaults.

    Parameters
    ----------
    lid_drop_c, lid_within_s
        Fall of the air inside a closed box, degrees Celsius, within so many seconds.
    doubt_lasts_s, clear_margin_c
        How long the core must be in doubt; how far inside its limit ends it, degrees Celsius.
    predicted_ahead_s, predicted_lasts_s, predicted_margin_s
        How long ahead a breach is foretold at most; how long it must be foretold; how far beyond the last
        plate the foretold minute must move to end it.
    battery_low, battery_lasts_s, battery_margin
        Charge in percent under which a battery is low, how long it must be, how far above it ends it.
    """

    lid_drop_c: float = 5.0
    lid_within_s: int = 300
    doubt_lasts_s: int = 0
    clear_margin_c: float = 0.5
    predicted_ahead_s: int = 7200
    predicted_lasts_s: int = 120
    predicted_margin_s: int = 300
    battery_low: float = 15.0
    battery_lasts_s: int = 1800
    battery_margin: float = 5.0

    def __post_init__(self) -> None:
        below = [one.name for one in fields(self) if getattr(self, one.name) < 0]
        if below:
            raise ValueError(f"{', '.join(below)} must be >= 0.")


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a timetable.

    Parameters
    ----------
    after_s
        Seconds since the alarm rang.
    target
        ``"box"`` (whoever has it), ``"role"``, ``"person"`` (a login) or ``"webhook"``.
    name
        Which role, person or webhook; empty for the box.
    """

    after_s: int
    target: str
    name: str = ""

    def __post_init__(self) -> None:
        if self.after_s < 0 or self.target not in TARGETS or (self.target == "box") != (self.name == ""):
            raise ValueError(f"Not a step: {self.target}:{self.name} after {self.after_s} s.")

    @property
    def to(self) -> str:
        """Target and name as one text."""
        return f"{self.target}:{self.name}" if self.name else self.target


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """
    The rules of a house.

    Parameters
    ----------
    revision
        Of the rules.
    params
        When an alarm rings.
    timetable
        By severity the steps in order of time.
    seen_within_s
        Within which a place answers a stop.
    """

    revision: int
    params: AlarmParams
    timetable: Mapping[Severity, tuple[Step, ...]]
    seen_within_s: int


def rules_from_table(table: Mapping[str, Any]) -> AlarmRules:
    """
    The rules of an ``alarms.toml`` or of a kept revision.

    Raises
    ------
    ValueError
        Naming what cannot be used.
    """
    known = {one.name for one in fields(AlarmParams)}
    rings = dict(table.get("rings", {}))
    if unknown := sorted(rings.keys() - known):
        raise ValueError(f"Unknown: rings.{', rings.'.join(unknown)}.")
    for name, value in rings.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"rings.{name} must be a number.")
    told = table.get("escalation", {})
    if strange := sorted(told.keys() - set(SEVERITIES)):
        raise ValueError(f"Unknown: escalation.{', escalation.'.join(strange)}.")
    timetable = {
        severity: tuple(sorted((_step(one) for one in told.get(severity, ())), key=lambda one: one.after_s))
        for severity in SEVERITIES
    }
    seen_within_s = table.get("stop", {}).get("seen_within_s", 120)
    if not isinstance(seen_within_s, int) or seen_within_s < 1:
        raise ValueError("stop.seen_within_s must be a whole number of seconds, at least 1.")
    return AlarmRules(int(table.get("revision", 0)), AlarmParams(**rings), timetable, seen_within_s)


def step_of(text: str, after_s: int) -> Step:
    """A step whose target is written as one text, for example ``"role:kitchen"``."""
    target, _, name = text.partition(":")
    return Step(after_s, target, name)


def _step(table: Mapping[str, Any]) -> Step:
    after_s, to = table.get("after_s"), table.get("to")
    if not isinstance(after_s, int) or not isinstance(to, str):
        raise ValueError(f"A step needs after_s and to, got {dict(table)}.")
    return step_of(to, after_s)
