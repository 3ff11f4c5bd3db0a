"""A person as a programme sees one: dated facts and nothing else."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from orders.diners import DinerFact
from orders.programmes.classes import KnownPerson, class_on
from orders.programmes.conditions import Condition, DinerClass
from orders.programmes.schema import Programme, first_day_of_age

ONE_DAY = timedelta(days=1)
RESIDENT = "institution_resident"


@dataclass(frozen=True, slots=True)
class Person:
    """
    Somebody of whom only facts are known.

    Parameters
    ----------
    person_id
        The source's own number.
    born_on, died_on
        None where nobody has recorded it.
    facts
        Dated facts.
    """

    person_id: str
    born_on: date | None
    died_on: date | None
    facts: tuple[DinerFact, ...]

    def values(self, name: str, day_on: date) -> tuple[str, ...]:
        """Every value of a fact that holds on the day."""
        return tuple(fact.value for fact in self.facts if fact.fact == name and fact.holds_on(day_on))


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a person is to a programme on a day.

    Parameters
    ----------
    kind
        The class, None for nobody's.
    gone, resident
        Whether the person has died before the day; whether an institution feeds the person.
    """

    kind: DinerClass | None
    gone: bool
    resident: bool


@dataclass(slots=True)
class ClassBook:
    """
    The standing of many people on many days, found once for each stretch of days on which nothing changes.

    Parameters
    ----------
    programme
        The revision whose classes are asked for.
    """

    programme: Programme
    _turns: dict[int, list[date]] = field(default_factory=dict)
    _found: dict[tuple[int, int], Standing] = field(default_factory=dict)
    _alike: dict[tuple[Any, ...], Standing] = field(default_factory=dict)
    _ages: tuple[int, ...] = ()
    _asked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        leaves = [leaf for kind in self.programme.classes for leaf in _leaves(kind.when)]
        terms = self.programme.terms
        aged = [one for one in leaves if one.fact == "age"]
        ages = {terms[one.gte_term] if one.gte_term else one.gte or 0 for one in aged}
        ages |= {one.lt for one in aged if one.lt is not None}
        entitled = {f"{one.fact}.{one.has}" for one in leaves if one.has is not None}
        self._ages = tuple(sorted(ages))
        self._asked = frozenset({one.fact for one in leaves} | entitled | {RESIDENT})

    def standing_on(self, person: KnownPerson, day_on: date) -> Standing:
        """A person's standing on a day; nobody has a class after the day of death."""
        key = id(person)
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = sorted(set(self._turning(person)))
        stretch = (key, bisect_right(turns, day_on))
        found = self._found.get(stretch)
        if found is None:
            found = self._found[stretch] = self._stand(person, day_on)
        return found

    def _stand(self, person: KnownPerson, day_on: date) -> Standing:
        """The standing, looked up among people of the same facts and reached ages first."""
        held = tuple(
            (fact.fact, fact.value)
            for fact in person.facts
            if fact.fact in self._asked and fact.holds_on(day_on)
        )
        died_on, born_on = person.died_on, person.born_on
        gone = died_on is not None and day_on > died_on
        reached = None if born_on is None else sum(self._reached(born_on, age, day_on) for age in self._ages)
        alike = (held, reached, gone)
        if alike not in self._alike:
            kind = None if gone else class_on(self.programme, person, day_on)
            self._alike[alike] = Standing(kind, gone, (RESIDENT, "true") in held)
        return self._alike[alike]

    def _reached(self, born_on: date, years: int, day_on: date) -> bool:
        return day_on >= first_day_of_age(born_on, years, self.programme.age)

    def _turning(self, person: KnownPerson) -> Iterable[date]:
        for fact in person.facts:
            if fact.from_on is not None:
                yield fact.from_on
            if fact.to_on is not None and fact.to_on < date.max:
                yield fact.to_on + ONE_DAY
        if person.born_on is not None:
            for years in self._ages:
                yield first_day_of_age(person.born_on, years, self.programme.age)
        if person.died_on is not None and person.died_on < date.max:
            yield person.died_on + ONE_DAY


def _leaves(condition: Condition) -> Iterable[Condition]:
    parts = (*condition.all, *condition.any)
    return (leaf for part in parts for leaf in _leaves(part)) if parts else (condition,)
