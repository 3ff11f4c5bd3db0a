"""Every key that a programme's file may hold, read off the schema itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Key:
    """
    One key of the schema.

    Parameters
    ----------
    path
        Dotted, without the ids of entries: ``benefit.amount``.
    options
        The values that may stand there, where they are named.
    required
        Whether a file must give it.
    kinds
        The kinds of benefit that have it; empty outside benefits.
    holds
        ``"table"``, ``"list"`` or ``"value"``.
    """

    path: str
    options: tuple[str, ...]
    required: bool
    kinds: tuple[str, ...]
    holds: Literal["table", "list", "value"]


@cache
def keys_of(model: type[BaseModel]) -> tuple[Key, ...]:
    """Every key of a schema, in its order; a key of several kinds of benefit once, with all of them."""
    found: dict[str, Key] = {}
    for key in _keys(model, "", ()):
        before = found.get(key.path)
        if before is None:
            found[key.path] = key
        else:
            options = tuple(dict.fromkeys((*before.options, *key.options)))
            kinds = tuple(dict.fromkeys((*before.kinds, *key.kinds)))
            found[key.path] = Key(key.path, options, before.required and key.required, kinds, key.holds)
    return tuple(found.values())


def known_keys(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The keys that a table may hold at a place as a validation error names it; empty where it is none."""
    here: list[Any] = [model]
    for step in loc:
        here = [inner for one in here for inner in _step(one, step)]
    models = [model for one in here for model in _models(one)]
    return sorted({field.alias or name for model in models for name, field in model.model_fields.items()})


def _keys(model: type[BaseModel], prefix: str, above: tuple[type[BaseModel], ...]) -> Iterator[Key]:
    kind = model.model_fields.get("kind")
    kinds = get_args(kind.annotation) if kind is not None and prefix == "benefit." else ()
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner = _models(field.annotation)
        yield Key(path, _options(field.annotation), field.is_required(), tuple(kinds), _holds(field))
        for one in inner:
            if one not in (*above, model) and not _is_name(one):
                yield from _keys(one, f"{path}.", (*above, model))


def _holds(field: FieldInfo) -> Literal["table", "list", "value"]:
    if any(get_origin(part) is tuple for part in _parts(field.annotation)):
        return "list"
    is_table = any(get_origin(part) is dict for part in _parts(field.annotation)) or _models(field.annotation)
    return "table" if is_table else "value"


def _is_name(model: type[BaseModel]) -> bool:
    return set(model.model_fields) == {"zh", "en"}


def _parts(annotation: Any) -> list[Any]:
    """The members of a union, without annotations; anything else alone."""
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [part for one in get_args(annotation) for part in _parts(one)]
    return [annotation]


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The tables that stand behind an annotation, in lists and dicts too."""
    found: list[type[BaseModel]] = []
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            found.append(part)
        elif get_origin(part) in (tuple, dict):
            found += [model for one in get_args(part) if one is not Ellipsis for model in _models(one)]
    return found


def _options(annotation: Any) -> tuple[str, ...]:
    named: list[str] = []
    for part in _parts(annotation):
        if get_origin(part) is Literal:
            named += [str(one) for one in get_args(part) if one != ""]
        elif part is bool:
            named += ["true", "false"]
        elif get_origin(part) is tuple:
            named += [name for one in get_args(part) if one is not Ellipsis for name in _options(one)]
    return tuple(named)


def _step(annotation: Any, step: int | str) -> list[Any]:
    """What stands behind one step of a validation error's place: a key, a number, a kind of benefit."""
    found: list[Any] = []
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            fields = part.model_fields.items()
            found += [field.annotation for name, field in fields if step in (name, field.alias)]
            kind = part.model_fields.get("kind")
            if kind is not None and step in get_args(kind.annotation):
                found.append(part)
        elif get_origin(part) is tuple and isinstance(step, int):
            found.append(get_args(part)[0])
        elif get_origin(part) is dict and isinstance(step, str):
            found.append(get_args(part)[1])
    return found
