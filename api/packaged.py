"""Packaged config that several rooms read: calendars and programmes with their overlays."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

from api.paths import config_dir
from orders.calendars import Calendar, DayKind
from orders.errors import NotFound
from orders.programmes.tables import overlaid, parse_table


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a table."""
    return tomllib.loads(path.read_text("utf-8"))


def read_calendar(
    region: str = "CN", holiday_set: Literal["statutory", "traditional"] = "statutory"
) -> Calendar:
    """
    The special days of every year that has a file.

    Parameters
    ----------
    region
        First part of the files' names in ``config/calendars``.
    holiday_set
        All statutory days off, or only the traditional festivals.

    Raises
    ------
    NotFound
        When no year of the region is known.
    """
    tables = [read_toml(path) for path in sorted((config_dir() / "calendars").glob(f"{region}-*.toml"))]
    if not tables:
        raise NotFound("calendar", region)
    days: dict[date, DayKind] = {}
    for table in tables:
        days |= dict.fromkeys(table["makeup"]["days"], "makeup_workday")
        for holiday in table["holiday"]:
            if holiday_set == "statutory" or holiday["traditional"]:
                days |= dict.fromkeys(holiday["days"], "holiday")
    estimated = frozenset(table["year"] for table in tables if table["estimated"])
    return Calendar(days, estimated, frozenset(table["year"] for table in tables))


def read_programme_table(path: Path) -> dict[str, Any]:
    """
    A programme's table; an overlay is its base from ``config/programmes`` with the named keys replaced.

    Parameters
    ----------
    path
        A programme, or an overlay that names its ``base`` and the dotted paths it ``set``s.
    """
    table = parse_table(path.read_text("utf-8"), path.name)
    if "base" not in table:
        return table
    return overlaid(read_toml(config_dir() / "programmes" / f"{table['base']}.toml"), table)
