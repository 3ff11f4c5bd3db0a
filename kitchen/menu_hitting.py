"""The fewest rules of which every dish, or every set of dishes, breaks at least one."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def smallest_hitting(sets: Sequence[frozenset[T]]) -> frozenset[T]:
    """
    A smallest set that has a member in common with each of some sets, none of them empty.

    Among equally small ones the choice is arbitrary. Without sets it is empty.
    """
    if not all(sets):
        raise ValueError("An empty set cannot be hit.")
    size = 0
    while (found := _hitting(sets, frozenset(), size)) is None:
        size += 1
    return found


def _hitting(sets: Sequence[frozenset[T]], chosen: frozenset[T], more: int) -> frozenset[T] | None:
    """Members chosen and at most so many more that hit all sets, or None."""
    missed = [one for one in sets if not one & chosen]
    if not missed:
        return chosen
    if not more:
        return None
    fewest: frozenset[T] = min(missed, key=_size)
    for member in sorted(fewest, key=str):
        found = _hitting(missed, chosen | {member}, more - 1)
        if found is not None:
            return found
    return None


def _size(one: frozenset[T]) -> int:
    return len(one)
