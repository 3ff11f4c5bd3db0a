"""The ledger of ambiguities: what each unclear clause is taken to mean, and taking it otherwise."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Literal

from orders.programmes.faults import ProgrammeFaults, fault, near
from orders.programmes.keys import keys_of
from orders.programmes.schema import Programme
from orders.programmes.sections import Ambiguity
from orders.programmes.tables import assign, entry_of, full_steps, value_at

Option = str | bool | int


def with_settings(table: Mapping[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """
    A programme's table with switches and keys set otherwise.

    Parameters
    ----------
    table
        As read from the file.
    settings
        ``SWITCH=OPTION`` with the id of an ambiguity, or ``KEY=VALUE`` (see `assign`), applied in order.

    Raises
    ------
    ValueError
        When a text is neither, naming what the switch or the file offers.
    """
    changed = deepcopy(dict(table))
    for text in settings:
        name, separator, value = text.partition("=")
        if not separator:
            raise fault("fault_setting", name=text)
        entry = next((one for one in changed.get("ambiguity", []) if one["id"] == name.strip()), None)
        if entry is not None:
            _choose(changed, entry, value.strip())
        elif "." in name or name.strip() in changed:
            _make_room(changed, name.strip())
            assign(changed, name.strip(), value.strip())
        else:
            known = [one["id"] for one in changed.get("ambiguity", [])]
            raise ProgrammeFaults(near("fault_no_switch", name.strip(), known))
    return changed


@cache
def schema_keys(holds: Literal["table", "list"]) -> frozenset[str]:
    """The dotted keys, without the ids of entries, that hold a table of their own, or a list."""
    return frozenset(key.path for key in keys_of(Programme) if key.holds == holds)


def _make_room(table: dict[str, Any], key: str) -> None:
    """Opens the sections on the way to a key that the file left out and the schema knows; a list too."""
    here: Any = table
    path: tuple[str, ...] = ()
    *sections, last = full_steps(table, key)
    for step in sections:
        if isinstance(here, list):
            here = entry_of(here, step)
            continue
        path = (*path, step)
        if isinstance(here, dict) and step not in here and ".".join(path) in schema_keys("table"):
            here[step] = {}
        if not isinstance(here, dict) or step not in here:
            return
        here = here[step]
    if isinstance(here, dict) and last not in here and ".".join((*path, last)) in schema_keys("list"):
        here[last] = []


def _choose(table: dict[str, Any], entry: dict[str, Any], text: str) -> None:
    option = next((one for one in entry["options"] if option_text(one) == text), None)
    if option is None:
        offered = ", ".join(option_text(one) for one in entry["options"])
        raise fault("fault_no_option", switch=str(entry["id"]), name=text, options=offered)
    for key, value in sets_of(entry, option).items():
        assign(table, key, deepcopy(value))
    entry["chosen"] = option


def sets_of(entry: Mapping[str, Any], option: Option) -> dict[str, Any]:
    """The keys that an option of an ambiguity sets, with their values."""
    named = entry.get("sets", {}).get(option_text(option))
    return dict(named) if named is not None else {entry["key"]: option}


def in_force(table: Mapping[str, Any], entry: Mapping[str, Any]) -> Option | None:
    """The option whose keys the file holds now, the chosen one first; None when it holds something else."""
    options: list[Option] = [entry["chosen"], *(one for one in entry["options"] if one != entry["chosen"])]
    for option in options:
        if all(value_at(table, key) == value for key, value in sets_of(entry, option).items()):
            return option
    return None


def other_options(ambiguity: Ambiguity) -> list[str]:
    """The options that are not assumed, as ``--set`` takes them."""
    return [option_text(option) for option in ambiguity.options if option != ambiguity.chosen]


def doubtful(table: Mapping[str, Any], programme: Programme) -> list[str]:
    """Ids of the ambiguities whose chosen option is not what the file's keys say."""
    entries = {entry["id"]: entry for entry in table.get("ambiguity", [])}
    return [one.id for one in programme.ambiguities if in_force(table, entries[one.id]) != one.chosen]


def option_text(option: Option) -> str:
    """An option as ``--set`` takes it."""
    return str(option).lower() if isinstance(option, bool) else str(option)
