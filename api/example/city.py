"""What the generator knows of a city: its canteens, menus, sets and words."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.catalogue import packaged_catalogue
from api.packaged import read_calendar, read_toml
from api.paths import config_dir
from api.programmes.files import read_programme_table
from kitchen.recipes import menu_item
from orders.calendars import Calendar, ServiceDays
from orders.errors import NotFound, ServiceClosed
from orders.menus import MenuItem
from orders.programmes.schema import read_programme
from orders.programmes.sections import WEEKDAYS


@dataclass(frozen=True, slots=True)
class ExampleSite:
    """
    A canteen that diners belong to.

    Parameters
    ----------
    code, name
        As on its sign.
    district_code, district
        Where it stands.
    lat, lon
        WGS-84.
    capacity
        Seats; diners are spread in this proportion.
    row
        Its row of ``sites.csv``, by column.
    """

    code: str
    name: str
    district_code: str
    district: str
    lat: float
    lon: float
    capacity: int
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MealSet:
    """
    What is ordered and paid as one.

    Parameters
    ----------
    code
        Its name in ``menu.toml``.
    price_fen
        List price, fen.
    parts
        Dishes by category.
    """

    code: str
    price_fen: int
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class City:
    """
    An example city.

    Parameters
    ----------
    name
        Its folder.
    region
        Six-digit code of the city.
    sites
        Canteens.
    menus
        ISO weekday to that day's dishes.
    sets
        Sets by code.
    barred_tags
        Diet to the dish tags it excludes.
    service_days, calendar
        When there is service.
    """

    name: str
    region: str
    sites: tuple[ExampleSite, ...]
    menus: Mapping[int, tuple[MenuItem, ...]]
    sets: Mapping[str, MealSet]
    barred_tags: Mapping[str, frozenset[str]]
    service_days: ServiceDays
    calendar: Calendar

    def menu_on(self, service_on: date) -> tuple[MenuItem, ...]:
        """
        The dishes of a date.

        Raises
        ------
        ServiceClosed
            When there is no service; names the next date that has.
        """
        reason = self.service_days.closed_reason(service_on, self.calendar)
        if reason is not None:
            next_on = self.service_days.next_open(service_on, self.calendar)
            raise ServiceClosed(service_on.isoformat(), reason, next_on.isoformat() if next_on else "-")
        return self.menus[service_on.isoweekday()]


def read_city(name: str) -> City:
    """
    Reads an example city from the packaged config.

    Raises
    ------
    NotFound
        When there is no such city.
    """
    folder = config_dir() / "examples" / name
    if not name.isidentifier() or not folder.is_dir():
        raise NotFound("city", name)
    menu = read_toml(folder / "menu.toml")
    items = _items()
    diets = read_toml(config_dir() / "diets.toml")["diet"]
    return City(
        name=name,
        region=read_toml(folder / "kitchen.toml")["region"],
        sites=tuple(_site(row) for row in _rows(folder / "sites.csv")),
        menus={
            WEEKDAYS.index(day["weekday"]) + 1: tuple(items[code] for code in day["items"])
            for day in menu["day"]
        },
        sets={s["code"]: MealSet(s["code"], s["price_fen"], s["parts"]) for s in menu["set"]},
        barred_tags={code: frozenset(diet.get("excludes_tags", ())) for code, diet in diets.items()},
        service_days=read_programme(read_programme_table(folder / "programme.toml")).service_days(),
        calendar=read_calendar(),
    )


def _site(row: Mapping[str, str]) -> ExampleSite:
    return ExampleSite(
        code=row["code"],
        name=row["name"],
        district_code=row["district_code"],
        district=row["district"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        capacity=int(row["capacity"]),
        row=row,
    )


def _items() -> dict[str, MenuItem]:
    foods, _, dishes = packaged_catalogue()
    return {dish_id: menu_item(dish, foods) for dish_id, dish in dishes.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
