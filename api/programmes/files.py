"""Programmes as files: found by id or path, laid over their base, checked with every fault named."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from api.paths import config_dir
from orders.errors import BadInput
from orders.programmes.faults import faults_of
from orders.programmes.schema import Programme, read_programme
from orders.programmes.switches import with_settings
from orders.programmes.tables import overlaid, parse_table

NEAR_ENOUGH = 0.4


def packaged_programmes() -> dict[str, Path]:
    """Id to file of every packaged programme: the plans by name, then the examples' own."""
    folder = config_dir()
    found = {path.stem: path for path in sorted((folder / "programmes").glob("*.toml"))}
    for path in sorted((folder / "examples").glob("*/programme.toml")):
        table = parse_table(path.read_text("utf-8"), path.name)
        found[str(table["id"])] = path
    return found


def find_programme(ref: str | Path) -> dict[str, Any]:
    """
    A programme's table, by packaged id or by file.

    Parameters
    ----------
    ref
        ``changping-2023``, or a path: as it stands, or as seen from the project's own folder.

    Returns
    -------
    dict[str, Any]
        As parsed from TOML, a city's file laid over its base. Not checked yet: see `check_table`.

    Raises
    ------
    BadInput
        ``programme_unknown`` with the nearest id, ``programme_unreadable``, or ``programme_faulty`` with
        the line of a fault of the syntax or the keys that lead nowhere.
    """
    return read_programme_table(find_file(ref))


def find_file(ref: str | Path) -> Path:
    """The file of a packaged id or a path (see `find_programme`)."""
    packaged = packaged_programmes()
    if str(ref) in packaged:
        return packaged[str(ref)]
    for path in (Path(ref), config_dir().parent / ref, config_dir() / ref):
        if path.is_file():
            return path
    near = get_close_matches(Path(ref).stem, packaged, n=1, cutoff=NEAR_ENOUGH) or [", ".join(packaged)]
    raise BadInput("programme_unknown", ref=str(ref), near=near[0])


def read_programme_table(path: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """
    The table of a file; a city's file is its base with its own sections and single keys in place.

    Parameters
    ----------
    path
        A programme, or a city's file that names its ``base``: a packaged id, or a file beside it.
    above
        Files that led here, so that no file is its own base.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("programme_unreadable", file=str(path), why=str(error)) from error
    table = _parsed(text, path.name)
    base = table.get("base")
    if not base:
        return table
    if path in above:
        raise BadInput("programme_own_base", file=path.name)
    beside = path.parent / str(base)
    base_path = beside if beside.is_file() else find_file(str(base))
    return _laid_over(read_programme_table(base_path, (*above, path)), table, path.name)


def read_programme_text(text: str, name: str) -> dict[str, Any]:
    """
    The table of a file that was sent, whose base can only be a packaged programme.

    Raises
    ------
    BadInput
        As `find_programme`.
    """
    table = _parsed(text, name)
    base = str(table.get("base") or "")
    if not base:
        return table
    packaged = packaged_programmes()
    if base not in packaged:
        near = get_close_matches(base, packaged, n=1, cutoff=NEAR_ENOUGH) or [", ".join(packaged)]
        raise BadInput("programme_unknown", ref=base, near=near[0])
    return _laid_over(read_programme_table(packaged[base]), table, name)


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return parse_table(text, name)
    except ValueError as error:
        raise faulty(name, error) from error


def _laid_over(base: dict[str, Any], table: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        return overlaid(base, table)
    except ValueError as error:
        raise faulty(name, error) from error


def check_table(
    table: Mapping[str, Any], settings: Iterable[str] = (), name: str = ""
) -> tuple[dict[str, Any], Programme]:
    """
    A programme with switches and keys set, checked as a whole.

    Parameters
    ----------
    table
        As `find_programme` gives it.
    settings
        ``SWITCH=OPTION`` or ``KEY=VALUE``, applied in order.
    name
        What to call it; its id where empty.

    Returns
    -------
    tuple[dict[str, Any], Programme]
        The table as set, and the programme.

    Raises
    ------
    BadInput
        ``programme_faulty`` with every fault among its reasons.
    """
    called = name or str(table.get("id", "?"))
    try:
        changed = with_settings(table, settings)
        return changed, read_programme(changed)
    except ValueError as error:
        raise faulty(called, error) from error


def faulty(name: str, error: ValueError) -> BadInput:
    """The refusal of a programme's faults, each a reason of its own."""
    faults = faults_of(error)
    refusal = BadInput("programme_faulty", file=name, count=len(faults))
    refusal.reasons = faults
    return refusal
