"""Which class a person is in on a day."""

from collections.abc import Callable
from datetime import date
from math import inf
from typing import Protocol

from orders.diners import DinerFact
from orders.programmes.conditions import Condition, DinerClass
from orders.programmes.schema import Programme, first_day_of_age


class KnownPerson(Protocol):
    """A person with dated facts."""

    @property
    def born_on(self) -> date | None:
        """Date of birth, None when nobody has recorded one: no age condition holds."""
        ...

    @property
    def died_on(self) -> date | None:
        """Date of death, None of the living."""
        ...

    @property
    def facts(self) -> tuple[DinerFact, ...]:
        """Every dated fact."""
        ...

    def values(self, name: str, day_on: date) -> tuple[str, ...]:
        """Every value of a fact that holds on the day."""
        ...


def class_on(programme: Programme, person: KnownPerson, day_on: date) -> DinerClass | None:
    """The first class whose conditions the person meets on the day, or None."""
    return next((kind for kind in programme.classes if holds(kind.when, programme, person, day_on)), None)


def holds(when: Condition, programme: Programme, person: KnownPerson, day_on: date) -> bool:
    """Whether a person meets a condition on a day."""
    if when.all:
        return all(holds(part, programme, person, day_on) for part in when.all)
    if when.any:
        return any(holds(part, programme, person, day_on) for part in when.any)
    least = programme.terms[when.gte_term] if when.gte_term else when.gte
    if when.fact == "age":
        return _is_of_age(when, programme, person.born_on, day_on, least or 0)
    values = person.values(when.fact, day_on)
    if when.is_ is not None:
        return ("true" in values) == when.is_
    return any(map(_test(when, programme, least), values)) or (
        when.has is not None and "true" in person.values(f"{when.fact}.{when.has}", day_on)
    )


def _test(when: Condition, programme: Programme, least: int | None) -> Callable[[str], bool]:
    if when.within is not None:
        region = when.within
        return lambda value: _within(value, region)
    if when.within_area is not None:
        return lambda value: in_area(programme, value) == when.within_area
    if when.has is not None:
        return lambda value: value == when.has
    if when.in_:
        return lambda value: value in when.in_
    return lambda value: (least or 0) <= _number(value) < (inf if when.lt is None else when.lt)


def _is_of_age(when: Condition, programme: Programme, born_on: date | None, day_on: date, least: int) -> bool:
    if born_on is None or day_on < first_day_of_age(born_on, least, programme.age):
        return False
    return when.lt is None or day_on < first_day_of_age(born_on, when.lt, programme.age)


def _number(value: str) -> float:
    """A fact's value as a number; a word is less than any."""
    try:
        return float(value)
    except ValueError:
        return -inf


def in_area(programme: Programme, place: str) -> bool:
    """Whether a district or street, by code or as the plan writes it, belongs to the programme's area."""
    area = programme.area
    return any(_within(place, region) for region in area.include) and not any(
        _within(place, region) for region in area.exclude
    )


def _within(place: str, region: str) -> bool:
    """Whether a place lies in a region: ``450200`` holds ``450202``, ``110000`` everything of ``11``."""
    if not region.isdigit():
        return place == region
    prefix = region
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return place.startswith(prefix)
