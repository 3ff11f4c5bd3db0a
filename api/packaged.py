"""Packaged config that several rooms read: tables and calendars."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

from api.paths import config_dir
from orders.calendars import Calendar, DayKind
from orders.errors import NotFound


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
