"""A stricter local rule over a safety profile: it tightens, and never loosens."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kitchen.tables import Table

EXTENDS = "extends"
_WORDS = frozenset({"name", "jurisdiction", "note", "evidence", "clause_evidence", "clause", "source"})
_RISES = frozenset(
    {"min_c", "store_min_c", "min_g", "keep_s", "keep_months", "keep_months_no_shelf_life", "accuracy_c"}
)
_FALLS = frozenset(
    {"max_c", "store_max_c", "max_s", "free_s", "proof_at_s", "eat_by_s", "grace_s", "times_max"}
    | {"log_every_s", "expected_every_s", "max_every_s", "first_within_s", "last_within_s", "gap_max_s"}
    | {"stuck_count", "clock_limit_s"}
)
_ONLY_OFF = frozenset({"may_send_hot", "may_send_chilled", "resets_clock"})
_ONLY_ON = frozenset({"closed_containers", "separate_raw_cooked", "alarm_required", "reheat_before_serving"})


def tightened(base: Table, overlay: Table) -> dict[str, Any]:
    """
    A profile with a stricter rule laid over it.

    Parameters
    ----------
    base
        The profile's table.
    overlay
        What differs, in tables of the same names; a list names every entry of the base's.

    Returns
    -------
    dict[str, Any]
        The whole profile: words are those of the overlay where it has any.

    Raises
    ------
    ValueError
        Naming every figure that is looser than the base's, or that the base does not have.

    References
    ----------
    docs/hold-chain.md, "Profiles and overlays".
    """
    given = {name: value for name, value in overlay.items() if name != EXTENDS}
    if looser := sorted(_looser(base, given, "")):
        raise ValueError(f"An overlay tightens and never loosens: {', '.join(looser)}.")
    return _laid(base, given)


def expanded(tables: Mapping[str, Table]) -> dict[str, Table]:
    """
    Every profile of a file, each that extends another as a whole.

    Raises
    ------
    ValueError
        Naming an overlay that loosens, or that extends what is no profile of its own.
    """
    found: dict[str, Table] = {}
    for name, table in tables.items():
        extends = table.get(EXTENDS)
        base = tables.get(str(extends)) if extends is not None else None
        if extends is not None and (base is None or EXTENDS in base):
            raise ValueError(f"safety profile {name}: {extends} is no profile that can be extended.")
        try:
            found[name] = table if base is None else tightened(base, table) | {EXTENDS: str(extends)}
        except ValueError as error:
            raise ValueError(f"safety profile {name}: {error}") from error
    return found


def _looser(base: Any, given: Any, place: str) -> Iterator[str]:
    """Where an overlay loosens, or names what is not there."""
    name = place.rpartition(".")[2]
    if name in _WORDS or name == "revision":
        return
    if isinstance(base, Mapping) and isinstance(given, Mapping):
        for key, value in given.items():
            inner = f"{place}.{key}" if place else str(key)
            if key in base or key in _WORDS:
                yield from _looser(base.get(key), value, inner)
            else:
                yield inner
    elif _are_tables(base) and _are_tables(given) and len(base) == len(given):
        for number, (one, other) in enumerate(zip(base, given, strict=True)):
            yield from _looser(one, other, f"{place}[{number}]")
    elif not _as_strict(name, base, given):
        yield place


def _as_strict(name: str, base: Any, given: Any) -> bool:
    """Whether a value is the base's, or a stricter one."""
    if given == base:
        return True
    if name in _ONLY_OFF or name in _ONLY_ON:
        return isinstance(given, bool) and given is (name in _ONLY_ON)
    if name == "fields":
        return _is_list(base) and _is_list(given) and set(base) <= set(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not isinstance(base, int | float):
        return False
    return given >= base if name in _RISES else name in _FALLS and 0 <= given <= base


def _laid(base: Table, given: Table) -> dict[str, Any]:
    kept = {key: _over(value, given[key]) if key in given else value for key, value in base.items()}
    return kept | {key: value for key, value in given.items() if key not in base}


def _over(value: Any, given: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(given, Mapping):
        return _laid(value, given)
    if _are_tables(value) and _are_tables(given):
        return [_laid(one, other) for one, other in zip(value, given, strict=True)]
    return given


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _are_tables(value: Any) -> bool:
    return _is_list(value) and bool(value) and all(isinstance(one, Mapping) for one in value)
