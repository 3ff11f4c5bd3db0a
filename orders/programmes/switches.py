"""The ledger of ambiguities: what each unclear clause is taken to mean, and taking it otherwise."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from orders.programmes.schema import Programme
from orders.programmes.sections import Ambiguity
from orders.programmes.tables import assign, value_at

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
            raise ValueError(f"{text!r} is not SWITCH=OPTION or KEY=VALUE.")
        entry = next((one for one in changed.get("ambiguity", []) if one["id"] == name.strip()), None)
        if entry is not None:
            _choose(changed, entry, value.strip())
        elif "." in name or name.strip() in changed:
            assign(changed, name.strip(), value.strip())
        else:
            known = [one["id"] for one in changed.get("ambiguity", [])]
            near = get_close_matches(name.strip(), known, n=1) or [", ".join(known)]
            raise ValueError(f"There is no switch {name.strip()!r}; try {near[0]}.")
    return changed


def _choose(table: dict[str, Any], entry: dict[str, Any], text: str) -> None:
    option = next((one for one in entry["options"] if _text(one) == text), None)
    if option is None:
        offered = ", ".join(_text(one) for one in entry["options"])
        raise ValueError(f"Switch {entry['id']} offers {offered}; got {text!r}.")
    for key, value in sets_of(entry, option).items():
        assign(table, key, deepcopy(value))
    entry["chosen"] = option


def sets_of(entry: Mapping[str, Any], option: Option) -> dict[str, Any]:
    """The keys that an option of an ambiguity sets, with their values."""
    named = entry.get("sets", {}).get(_text(option))
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
    return [_text(option) for option in ambiguity.options if option != ambiguity.chosen]


def doubtful(table: Mapping[str, Any], programme: Programme) -> list[str]:
    """Ids of the ambiguities whose chosen option is not what the file's keys say."""
    entries = {entry["id"]: entry for entry in table.get("ambiguity", [])}
    return [one.id for one in programme.ambiguities if in_force(table, entries[one.id]) != one.chosen]


def _text(option: Option) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)
