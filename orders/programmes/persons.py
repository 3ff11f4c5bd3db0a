"""A person as a programme sees one: dated facts and nothing else."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from orders.diners import DinerFact
from orders.programmes.classes import KnownPerson, class_on
from orders.programmes.conditions import Condition, DinerClass
from orders.programmes.schema import Programme, first_day_of_age

ONE_DAY = timedelta(days=1)


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


@dataclass(slots=True)
class ClassBook:
    """
    The class of many people on many days, found once for each stretch of days on which nothing changes.

    Parameters
    ----------
    programme
        The revision whose classes are asked for.
    """

    programme: Programme
    _turns: dict[int, list[date]] = field(default_factory=dict)
    _found: dict[tuple[int, int], DinerClass | None] = field(default_factory=dict)
    _ages: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self._ages = tuple(sorted(_ages(self.programme)))

    def class_on(self, person: KnownPerson, day_on: date) -> DinerClass | None:
        """The class of a person on a day; nobody has one after the day of death."""
        key = id(person)
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = sorted(set(self._turning(person)))
        stretch = (key, bisect_right(turns, day_on))
        try:
            return self._found[stretch]
        except KeyError:
            died_on = person.died_on
            gone = died_on is not None and day_on > died_on
            kind = None if gone else class_on(self.programme, person, day_on)
            self._found[stretch] = kind
            return kind

    def _turning(self, person: KnownPerson) -> Iterable[date]:
        for fact in person.facts:
            if fact.from_on is not None:
                yield fact.from_on
            if fact.to_on is not None:
                yield fact.to_on + ONE_DAY
        if person.born_on is not None:
            for years in self._ages:
                yield first_day_of_age(person.born_on, years, self.programme.age)
        if person.died_on is not None:
            yield person.died_on + ONE_DAY


def _ages(programme: Programme) -> set[int]:
    return {
        programme.terms[one.gte_term] if one.gte_term else one.gte or 0
        for kind in programme.classes
        for one in _leaves(kind.when)
        if one.fact == "age"
    }


def _leaves(condition: Condition) -> Iterable[Condition]:
    parts = (*condition.all, *condition.any)
    return (leaf for part in parts for leaf in _leaves(part)) if parts else (condition,)
