"""What two programmes, or two revisions of one, hold differently, key by key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orders.programmes.tables import NAMED_BY

ORDER = ".(order)"


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One key that two programmes hold differently.

    Parameters
    ----------
    key
        Dotted; an entry of a list by its id.
    kind
        Whether the second one adds it, lacks it, or holds something else.
    before, after
        What each holds, as text; empty where it lacks the key.
    """

    key: str
    kind: Literal["added", "removed", "changed"]
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """
    The keys that differ, in the order of the first table, then those that only the second has.

    Parameters
    ----------
    before, after
        As parsed from TOML, or as the database keeps them. Entries in another order make a difference of
        their own, for the first class that matches wins.
    """
    old, new = held(before), held(after)
    return tuple(
        Difference(key, _kind(key, old, new), old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key) and not (key.endswith(ORDER) and _in_order(old, new, key))
    )


def held(table: Mapping[str, Any]) -> dict[str, str]:
    """Every dotted key that a table holds, with its value as text."""
    return dict(_flat(table))


def _in_order(old: Mapping[str, str], new: Mapping[str, str], key: str) -> bool:
    """Whether the entries that both have stand in the same order."""
    before, after = (table.get(key, "").split(", ") for table in (old, new))
    return [one for one in before if one in after] == [one for one in after if one in before]


def _kind(key: str, old: Mapping[str, str], new: Mapping[str, str]) -> Literal["added", "removed", "changed"]:
    if key not in old:
        return "added"
    return "changed" if key in new else "removed"


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            names = [_name(one, number) for number, one in enumerate(value)]
            if not all(name.startswith("[") for name in names):
                yield f"{path}{ORDER}", ", ".join(names)
            for name, one in zip(names, value, strict=True):
                yield from _flat(one, f"{path}{name}." if name.startswith("[") else f"{path}.{name}.")
        else:
            yield path, shown(value)


def _name(entry: Mapping[str, Any], number: int) -> str:
    return next((str(entry[by]) for by in NAMED_BY if by in entry), f"[{number}]")


def shown(value: Any) -> str:
    """A value as a person writes it: true, a date, entries joined by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value) or "[]"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {shown(inner)}" for key, inner in value.items())
    return str(value)
