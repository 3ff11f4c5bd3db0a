"""A programme's rules as sentences, in order, each with its clause and the switches that decide it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from pydantic import BaseModel

from orders.programmes import saying_meals, saying_money, saying_paying, saying_people, saying_sites
from orders.programmes.saying import Sentence
from orders.programmes.schema import Programme
from orders.programmes.sections import Ambiguity
from orders.programmes.tables import NAMED_BY

# Heading to what stands under it, in the order of reading.
CHAPTERS: dict[str, tuple[Callable[[Programme], Iterator[Sentence]], ...]] = {
    "validity": (saying_people.head,),
    "area": (saying_people.area, saying_meals.circles),
    "people": (saying_people.classes, saying_people.age, saying_meals.registration),
    "meals": (saying_people.days, saying_meals.meals, saying_meals.ordering),
    "outcomes": (saying_meals.outcomes,),
    "money": (saying_money.benefits, saying_money.rates, saying_money.overlays),
    "settlement": (saying_paying.settlements,),
    "delivery": (saying_meals.delivery,),
    "sites": (saying_sites.site, saying_sites.supply, saying_sites.food),
    "oversight": (saying_sites.watching,),
}


def sentences(programme: Programme) -> dict[str, tuple[Sentence, ...]]:
    """
    Every rule of a programme.

    Returns
    -------
    dict[str, tuple[Sentence, ...]]
        Chapter to its sentences, in the order of reading; each names the switches that set one of its keys.
    """
    touched = {one.id: keys_of_switch(one) for one in programme.ambiguities}
    return {
        chapter: tuple(_marked(one, programme, touched) for speak in speakers for one in speak(programme))
        for chapter, speakers in CHAPTERS.items()
    }


def plain_sentences(programme: Programme) -> tuple[Sentence, ...]:
    """Every rule in one row, as its section gives it: before switches and `not_in_plan` mark it."""
    return tuple(one for speakers in CHAPTERS.values() for speak in speakers for one in speak(programme))


def all_sentences(programme: Programme) -> tuple[Sentence, ...]:
    """Every rule in one row (see `sentences`)."""
    return tuple(one for chapter in sentences(programme).values() for one in chapter)


def about(programme: Programme, key: str) -> tuple[Sentence, ...]:
    """The sentences that a key, or anything under it, decides."""
    return tuple(one for one in all_sentences(programme) if any(touches(key, own) for own in one.keys))


def keys_of_switch(ambiguity: Ambiguity) -> frozenset[str]:
    """Every key that an option of the ambiguity sets, and the key it stands on."""
    return frozenset({ambiguity.key, *(key for named in ambiguity.sets.values() for key in named)})


def touches(key: str, own: str) -> bool:
    """
    Whether a key lies on the same path as another: equal, above it or under it.

    An id that one of the two leaves out stands for every entry: ``rate.per`` touches ``rate.volunteer.per``.
    """
    steps, own_steps = _steps(key), _steps(own)
    shared = min(len(steps), len(own_steps))
    if steps[:shared] == own_steps[:shared]:
        return True
    without_id = (own_steps[0], *own_steps[2:])
    return len(own_steps) > 2 and steps[: len(without_id)] == without_id[: len(steps)]


@lru_cache(4096)
def _steps(key: str) -> tuple[str, ...]:
    return tuple(step for step in re.split(r"[.\[\]]+", key) if step)


def _marked(sentence: Sentence, programme: Programme, touched: dict[str, frozenset[str]]) -> Sentence:
    """The sentence with its switches; without a clause when no key of it is in the plan."""
    ids = tuple(name for name, keys in touched.items() if _touch(keys, sentence.keys))
    stated = [key for key in sentence.keys if _given(programme, _steps(key))]
    in_plan = any(not _touch(programme.not_in_plan, (key,)) for key in stated)
    return replace(sentence, switches=ids, cite=sentence.cite if in_plan else "")


def _given(table: BaseModel, steps: Sequence[str]) -> bool:
    """Whether the file itself holds a key, or leaves it to the schema's default."""
    fields = type(table).model_fields.items()
    name = next((name for name, field in fields if steps[0] in (field.alias, name)), "")
    if name not in table.model_fields_set:
        return False
    inner, rest = getattr(table, name), steps[1:]
    if rest and isinstance(inner, dict):
        inner, rest = inner.get(rest[0]), rest[1:]
    elif rest and isinstance(inner, tuple):
        named = _entry(inner, rest[0])
        if named is None:
            return any(isinstance(one, BaseModel) and _given(one, rest) for one in inner)
        inner, rest = named, rest[1:]
    return _given(inner, rest) if rest and isinstance(inner, BaseModel) else inner is not None


def _entry(entries: tuple[object, ...], name: str) -> object:
    """The entry of a list by what names it, or by its number."""
    if name.isdigit():
        return entries[int(name)] if int(name) < len(entries) else None
    return next((one for one in entries if name in (getattr(one, by, None) for by in NAMED_BY)), None)


def _touch(keys: Iterable[str], own: Iterable[str]) -> bool:
    return any(touches(key, one) for key in keys for one in own)
