"""What the sentences of a programme are made of: codes with parts, terms, names in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from orders.programmes.parts import Name
from orders.programmes.schema import Programme


@dataclass(frozen=True, slots=True)
class Term:
    """
    One value of the plan's vocabulary, put into words by the file's own ``words``, else by the house.

    Parameters
    ----------
    kind
        What the value is: ``flag``, ``channel``, ``party``.
    value
        As it stands in the file.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """
    Something to say: a code whose parts may themselves be things to say.

    Parameters
    ----------
    code
        ``rule.<code>`` is its message in every language.
    parts
        What the message names. A name that ends in ``_fen`` is money; None is an amount that a city must set.
    """

    code: str
    parts: Mapping[str, "Word"] = field(default_factory=dict)


Word: TypeAlias = "str | int | date | Name | Term | Said | tuple[Word, ...] | None"


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    One rule of a programme.

    Parameters
    ----------
    section
        First part of its keys: ``ordering``.
    said
        What it says.
    keys
        The dotted keys that decide it; an entry of a list by its id.
    cite
        The clause it comes from; empty is a system default.
    switches
        Ids of the ambiguities that set one of its keys.
    """

    section: str
    said: Said
    keys: tuple[str, ...]
    cite: str
    switches: tuple[str, ...] = ()


def rule(code: str, keys: str, cite: str, **parts: Word) -> Sentence:
    """A sentence; ``keys`` is written ``ordering cutoff_time days_ahead``: the place, then the keys in it."""
    place, *names = keys.split()
    dotted = tuple(f"{place}.{name}" for name in names) or (place,)
    return Sentence(place.split(".")[0], Said(code, parts), dotted, cite)


def terms(kind: str, values: Iterable[str]) -> tuple[Word, ...]:
    """Each value as a term of one kind."""
    return tuple(Term(kind, value) for value in values)


def party(programme: Programme, party_id: str) -> Word:
    """Who somebody is: by the file's ``party``, else as a term."""
    known = programme.party.get(party_id)
    return known.name if known else Term("party", party_id)


def parties(programme: Programme, ids: Iterable[str]) -> tuple[Word, ...]:
    """Each of several (see `party`)."""
    return tuple(party(programme, one) for one in ids)


def place_of(programme: Programme, place: str) -> Word:
    """A district or street: by the file's ``area_name``, else as the file writes it."""
    return programme.area_name.get(place) or Term("place", place)


def classes_of(programme: Programme, ids: Iterable[str]) -> tuple[Word, ...]:
    """The names of classes, or everybody when none is named."""
    by_id = {kind.id: kind.name for kind in programme.classes}
    return tuple(by_id.get(one, Term("class", one)) for one in ids) or (Said("anyone"),)


def benefits_of(programme: Programme, ids: Iterable[str]) -> tuple[Word, ...]:
    """The names of benefits; one without a name by its id."""
    by_id = {benefit.id: benefit.name for benefit in programme.benefits}
    return tuple(by_id.get(one) or one for one in ids)
