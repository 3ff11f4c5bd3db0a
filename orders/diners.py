"""Diner: who eats, with dated facts."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

Texture = Literal["regular", "soft", "minced", "pureed"]
PORTION_SIZE = "portion_size"
IDDSI_MAX: dict[Texture, int] = {"regular": 7, "soft": 6, "minced": 5, "pureed": 4}


@dataclass(frozen=True, slots=True)
class DinerFact:
    """
    One fact about a diner and the days on which it holds.

    Parameters
    ----------
    fact
        Name as programmes use it: ``hukou``, ``residence``, ``institution_resident`` ...
    value
        As text; a yes/no fact is ``"true"``.
    from_on, to_on
        First and last day; None is open.
    evidence
        The document or observation that it rests on; not part of what is compared.
    approved_by
        Who approved it, empty when nobody did; not compared.
    recorded_at
        When this house learnt it, None when it was not noted; not compared.
    """

    fact: str
    value: str
    from_on: date | None = None
    to_on: date | None = None
    evidence: str = field(default="", compare=False)
    approved_by: str = field(default="", compare=False)
    recorded_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.from_on and self.to_on and self.to_on < self.from_on:
            raise ValueError(f"{self.fact} ends on {self.to_on}, before it begins on {self.from_on}.")

    def holds_on(self, day_on: date) -> bool:
        """Whether the fact holds on this day."""
        return (self.from_on is None or self.from_on <= day_on) and (
            self.to_on is None or day_on <= self.to_on
        )


@dataclass(frozen=True, slots=True)
class Diner:
    """
    A person who eats, as far as the kitchen and the programme need it.

    Parameters
    ----------
    diner_id
        Row id.
    code
        The clerk's number, for example ``"LZ00017"``.
    name
        Personal data; stays in `orders`.
    born_on
        Date of birth.
    site_id
        Where the meal is eaten or from where it is brought.
    delivery
        ``"dine_in"``, ``"volunteer"`` (second leg from the canteen) or ``"direct"`` (the van's own stop).
    allergens
        Codes the diner must not get.
    diets
        Codes of diets.
    avoids_tags
        Dish tags that the diner's diets exclude, from the operator's list of diets.
    texture
        What the diner can swallow.
    facts
        Dated facts for programmes.
    """

    diner_id: str
    code: str
    name: str
    born_on: date
    site_id: str
    delivery: Literal["dine_in", "volunteer", "direct"] = "dine_in"
    allergens: frozenset[str] = frozenset()
    diets: frozenset[str] = frozenset()
    avoids_tags: frozenset[str] = frozenset()
    texture: Texture = "regular"
    facts: tuple[DinerFact, ...] = ()

    def fact(self, name: str, day_on: date) -> str | None:
        """The value of a fact on a day, or None when nobody has recorded one."""
        return next((f.value for f in self.facts if f.fact == name and f.holds_on(day_on)), None)

    def values(self, name: str, day_on: date) -> tuple[str, ...]:
        """Every value of a fact on a day, each once, in the order recorded: a person may have several."""
        held = (f.value for f in self.facts if f.fact == name and f.holds_on(day_on))
        return tuple(dict.fromkeys(held))

    @property
    def died_on(self) -> date | None:
        """The day of death, None of the living: the fact's own date, else its first day."""
        died = next((f for f in self.facts if f.fact == "died" and f.value != "false"), None)
        if died is None:
            return None
        try:
            return date.fromisoformat(died.value)
        except ValueError:
            return died.from_on

    def stopped_by(self, day_on: date) -> Literal["died", "institution_resident"] | None:
        """What stops every meal on a day: a death on an earlier day, or a stay in an institution."""
        if self.died_on is not None and day_on > self.died_on:
            return "died"
        return "institution_resident" if "true" in self.values("institution_resident", day_on) else None


def with_fact(facts: tuple[DinerFact, ...], name: str, value: str, day_on: date) -> tuple[DinerFact, ...]:
    """
    The facts after learning on this day that one has this value.

    What held before keeps its days, so that a meal of last month is still judged by what was true then.
    A fact nobody had recorded holds without a first day; one recorded on this very day is corrected.

    Parameters
    ----------
    facts
        Every dated fact of a diner.
    name, value
        What was learnt.
    day_on
        The day of learning.
    """
    now = next((fact for fact in facts if fact.fact == name and fact.holds_on(day_on)), None)
    if now is None:
        own = [fact for fact in facts if fact.fact == name]
        later = [fact.from_on for fact in own if fact.from_on and fact.from_on > day_on]
        to_on = min(later) - timedelta(days=1) if later else None
        return (*facts, DinerFact(name, value, day_on if own else None, to_on))
    if now.value == value:
        return facts
    learnt = DinerFact(name, value, day_on, now.to_on)
    ended = () if now.from_on == day_on else (replace(now, to_on=day_on - timedelta(days=1)),)
    at = facts.index(now)
    return (*facts[:at], *ended, learnt, *facts[at + 1 :])


def with_values(
    facts: tuple[DinerFact, ...],
    name: str,
    values: tuple[str, ...],
    day_on: date,
    *,
    known_before: bool,
) -> tuple[DinerFact, ...]:
    """
    The facts after learning on this day that exactly these values of a many-valued one hold.

    Parameters
    ----------
    facts
        Every dated fact of a diner.
    name, values
        What was learnt.
    day_on
        The day of learning.
    known_before
        Whether the diner was: then a new value holds from this day, else it always has.
    """
    held = {fact.value for fact in facts if fact.fact == name and fact.holds_on(day_on)}
    kept: list[DinerFact] = []
    for fact in facts:
        if fact.fact != name or fact.value in values or not fact.holds_on(day_on):
            kept.append(fact)
        elif fact.from_on is None or fact.from_on < day_on:
            kept.append(replace(fact, to_on=day_on - timedelta(days=1)))
    from_on = day_on if known_before else None
    return (*kept, *(DinerFact(name, value, from_on) for value in values if value not in held))


def age_on(born_on: date, day_on: date) -> int:
    """
    Completed years; someone born on 29 February turns a year older on 1 March.

    Raises
    ------
    ValueError
        When the day lies before the birth.
    """
    if day_on < born_on:
        raise ValueError(f"{day_on} lies before the birth on {born_on}.")
    return day_on.year - born_on.year - ((day_on.month, day_on.day) < (born_on.month, born_on.day))
