"""A programme's file as a table: reading it, laying a city's changes over a base, setting one key."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from orders.codes import Coded
from orders.programmes.faults import ProgrammeFaults, fault, faults_of, near

_STEP = re.compile(r"(?P<name>[^\[\]]+)|\[(?P<at>[^\[\]]+)\]")
_PLACE = re.compile(r"at line (\d+), column (\d+)")
_TWICE = re.compile(r"overwrite|twice|mutate")
NAMED_BY = ("id", "carrier", "zone", "metric", "what")


def parse_table(text: str, name: str) -> dict[str, Any]:
    """
    Reads TOML.

    Parameters
    ----------
    text, name
        The file's content, and what to call it.

    Raises
    ------
    ValueError
        With the line and column of a fault of the syntax.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        if place is None:
            raise fault("fault_syntax_end", file=name, why=str(error)) from error
        code = "fault_twice_in_file" if _TWICE.search(str(error)) else "fault_syntax"
        line, column = (int(number) for number in place.groups())
        raise fault(code, file=name, line=line, column=column, why=str(error)) from error


def overlaid(base: Mapping[str, Any], city: Mapping[str, Any]) -> dict[str, Any]:
    """
    A base programme with a city's changes.

    Parameters
    ----------
    base
        The programme that the city's file names as ``base``.
    city
        Its own sections replace the base's; ``set`` changes single keys (see `assign`).

    Raises
    ------
    ValueError
        When keys of ``set`` lead nowhere, a line each.
    """
    merged = deepcopy(dict(base)) | {key: deepcopy(value) for key, value in city.items() if key != "set"}
    faults: list[Coded] = []
    for key, value in city.get("set", {}).items():
        try:
            assign(merged, key, value)
        except ValueError as error:
            faults += faults_of(error)
    if faults:
        raise ProgrammeFaults(*faults)
    return merged


def assign(table: dict[str, Any], key: str, value: Any) -> None:
    """
    Sets one key of a programme's table.

    Parameters
    ----------
    table
        Changed in place.
    key
        Dotted; an entry of a list by its id or ``[number]``: ``benefit.lunch-5.amount``,
        ``benefit.four-way.steps[0].amount``, ``rate.per`` for every entry. The section may be left out where
        an id says enough: ``lunch-5.amount``.
    value
        As a TOML value; text is turned into what the key held before.

    Raises
    ------
    ValueError
        When the key leads nowhere; names the nearest that does.
    """
    steps = full_steps(table, key)
    for holder in _holders(table, steps, key):
        last = steps[-1]
        if isinstance(holder, list):
            holder[_position(holder, last, key)] = value
        elif isinstance(holder.get(last), list) and _is_tables(holder[last]) and not isinstance(value, list):
            raise fault("fault_name_an_entry", key=key, near=f"{key}.{(_names(holder[last]) or ['0'])[0]}")
        else:
            holder[last] = _like(holder.get(last), value, key)


def value_at(table: Mapping[str, Any], key: str) -> Any:
    """What a key holds (see `assign`); of several entries the first; None where nothing stands there."""
    steps = full_steps(table, key)
    try:
        holder: Any = _holders(dict(table), steps, key)[0]
    except (ValueError, IndexError):
        return None
    return entry_of(holder, steps[-1]) if isinstance(holder, list) else holder.get(steps[-1])


def full_steps(table: Mapping[str, Any], key: str) -> list[str]:
    """The steps of a key, with the section in front where an id stood for it (see `assign`)."""
    steps = _steps(key)
    if steps[0] not in table:
        section = next((name for name, part in table.items() if entry_of(part, steps[0]) is not None), None)
        return [section, *steps] if section else steps
    return steps


def _steps(key: str) -> list[str]:
    steps = []
    for part in key.strip().split("."):
        steps += [match["name"] or match["at"] for match in _STEP.finditer(part)]
    if not steps:
        raise fault("fault_empty_key")
    return steps


def _holders(table: dict[str, Any], steps: list[str], key: str) -> list[Any]:
    """What holds the last step: one table or list, or every entry of a list of which no step names one."""
    here: list[Any] = [table]
    for step, after in pairwise(steps):
        here = [_inside(one, step, key) for one in here]
        here = [inner for one in here for inner in (one if _spread(one, after) else [one])]
    if not all(isinstance(one, dict | list) for one in here):
        raise fault("fault_inside_value", key=key, name=steps[-1])
    return here


def _spread(part: Any, after: str) -> bool:
    """Whether a list of tables stands for all its entries: the next step is a key of theirs, not a name."""
    return _is_tables(part) and entry_of(part, after) is None and any(after in one for one in part)


def _inside(part: Any, step: str, key: str) -> Any:
    if isinstance(part, dict):
        if step in part:
            return part[step]
        raise ProgrammeFaults(near("fault_leads_nowhere", step, list(part), key=key))
    if isinstance(part, list):
        return part[_position(part, step, key)]
    raise fault("fault_inside_value", key=key, name=step)


def _position(entries: list[Any], step: str, key: str) -> int:
    if step.isdigit() and int(step) < len(entries):
        return int(step)
    found = entry_of(entries, step)
    if found is None:
        raise ProgrammeFaults(near("fault_no_entry", step, _names(entries), key=key))
    return entries.index(found)


def entry_of(part: Any, name: str) -> Any:
    """The entry of a list of tables with this name or number, None where there is none."""
    if not _is_tables(part):
        return None
    if name.isdigit() and int(name) < len(part):
        return part[int(name)]
    return next((one for one in part if any(one.get(by) == name for by in NAMED_BY)), None)


def _is_tables(part: Any) -> bool:
    return isinstance(part, list) and bool(part) and all(isinstance(one, dict) for one in part)


def _names(entries: list[Any]) -> list[str]:
    tables = [one for one in entries if isinstance(one, dict)]
    return [str(one[by]) for one in tables for by in NAMED_BY if by in one]


def _like(before: Any, value: Any, key: str) -> Any:
    """Text from a command line as the kind of value that stood there before."""
    in_brackets = isinstance(value, str) and value.startswith("[") and value.endswith("]")
    if not isinstance(value, str) or (isinstance(before, str) and not in_brackets):
        return value
    if isinstance(before, list) or in_brackets:
        parts = re.split(r"[+,]", value[1:-1] if in_brackets else value)
        return [part.strip(" \"'") for part in parts if part.strip()]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(before, bool):
        raise fault("fault_truth", key=key, name=value)
    if before is None and value.isdigit():
        return int(value)
    if isinstance(before, int):
        if not re.fullmatch(r"-?\d+", value.strip()):
            raise fault("fault_whole_number", key=key, name=value)
        return int(value)
    return value
