"""Classes of people, by conditions over dated facts."""

from typing import Any

from pydantic import Field, model_validator

from orders.programmes.faults import fault
from orders.programmes.parts import Name, Strict


class Condition(Strict):
    """
    One test of one dated fact, or all or any of several.

    Attributes
    ----------
    all, any
        Nested conditions.
    fact
        Name of the fact; ``age`` is computed from the date of birth.
    within
        The value lies in this region: a six-digit code whose trailing ``00`` stand for anything.
    within_area
        The value lies in one of the programme's districts or streets.
    has, in_
        One of the fact's values is this one, or one of these.
    gte, lt
        The age, or the value as a number, is at least this, is less than this; the two may stand together.
    gte_term
        It is at least the number that ``terms`` gives this word.
    is_
        The value is this truth; a fact nobody recorded is false.
    """

    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()
    fact: str = ""
    within: str | None = None
    within_area: bool | None = None
    has: str | None = None
    in_: tuple[str, ...] = Field(default=(), alias="in")
    gte: int | None = None
    lt: int | None = None
    gte_term: str | None = None
    is_: bool | None = Field(default=None, alias="is")

    @model_validator(mode="after")
    def _test_one_thing(self) -> "Condition":
        least = self.gte if self.lt is None else self.lt
        tests = (self.within, self.within_area, self.has, self.in_ or None, least, self.gte_term, self.is_)
        asked = sum(test is not None for test in tests)
        groups = bool(self.all) + bool(self.any)
        if groups + bool(self.fact) != 1 or (self.fact and asked != 1) or (groups and asked):
            raise fault("fault_condition")
        return self

    def facts(self) -> set[str]:
        """The names of every fact that decides."""
        if self.fact:
            return {self.fact}
        return {name for part in (*self.all, *self.any) for name in part.facts()}


class DinerClass(Strict):
    """A class of diners; the first that matches wins. Its approvals are taken as given."""

    id: str
    name: Name
    when: Condition
    approved_by: str = ""
    source: str = ""
    cite: str = ""


def terms_of(condition: Condition) -> set[str]:
    """The names of every term that the condition looks up."""
    if condition.gte_term:
        return {condition.gte_term}
    parts: Any = (*condition.all, *condition.any)
    return {term for part in parts for term in terms_of(part)}
