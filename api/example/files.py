"""The example city as files: canteens, diners and orders, with the import's own headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from api.example.city import City, ExampleSite, read_city
from api.example.ordering import Ordered, invent_orders
from api.example.people import Person, invent_people
from api.imports.schema import Column, Kind, columns_of
from api.packaged import read_toml
from api.paths import config_dir
from api.reports.workbook import Cell, write_csv, write_workbook
from orders.money import yuan

NOTE = "虚构示例"
SHEET_NAMES: Mapping[Kind, str] = {
    "canteens": "助餐点（虚构示例）",
    "diners": "用餐人（虚构示例）",
    "orders": "订单（虚构示例）",
}
LIST_MARK = "、"
DINING = {"dine_in": "canteen", "volunteer": "home", "direct": "home_direct"}
LOCAL_NUMBER = 10_000_000_000


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """
    One file's contents.

    Parameters
    ----------
    header
        Chinese titles, as the import knows them.
    rows
        Cells in the header's order.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def generate_city(city: str, diners: int, seed: int, service_on: date) -> dict[Kind, ExampleTable]:
    """
    Invents a city's canteens, diners and the orders of one date.

    Parameters
    ----------
    city
        Folder under ``config/examples``.
    diners
        How many diners, at least 1.
    seed
        Same arguments, same tables.
    service_on
        Date of the orders.

    Raises
    ------
    NotFound
        When there is no such city.
    ServiceClosed
        When the date has no service; names the next that has.
    """
    return invent_tables(read_city(city), diners, seed, service_on)


def invent_tables(facts: City, diners: int, seed: int, service_on: date) -> dict[Kind, ExampleTable]:
    """The tables of `generate_city`, for a city that is at hand."""
    facts.menu_on(service_on)
    people = invent_people(facts, diners, seed, service_on)
    orders = invent_orders(facts, people, seed, service_on)
    words = _vocabularies()
    return {
        "canteens": _table("canteens", [_canteen(site) for site in facts.sites]),
        "diners": _table(
            "diners", [_diner(person, number, words) for number, person in enumerate(people, 1)]
        ),
        "orders": _table("orders", [_order(order) for order in orders]),
    }


def write_example(
    out: Path, city: str, diners: int, seed: int, service_on: date, fmt: Literal["xlsx", "csv"] = "xlsx"
) -> dict[Kind, Path]:
    """
    Writes the tables of `generate_city` into a folder, which is made where it is missing.

    Parameters
    ----------
    out
        The folder; files of the same names in it are replaced.
    city, diners, seed, service_on
        As for `generate_city`.
    fmt
        Kind of file.

    Returns
    -------
    dict
        What is in the file to the file's path.
    """
    tables = generate_city(city, diners, seed, service_on)
    out.mkdir(parents=True, exist_ok=True)
    paths: dict[Kind, Path] = {kind: out / f"{kind}.{fmt}" for kind in tables}
    for kind, table in tables.items():
        if fmt == "xlsx":
            write_workbook(paths[kind], SHEET_NAMES[kind], table.header, table.rows)
        else:
            write_csv(paths[kind], table.header, table.rows)
    return paths


def _table(kind: Kind, records: list[dict[str, Cell]]) -> ExampleTable:
    invented = {field for record in records for field in record}
    columns = [column for column in columns_of(kind) if column.field in invented]
    words = {column.field: _zh_choices(kind, column) for column in columns if column.kind == "choice"}
    rows = tuple(tuple(_worded(record[c.field], words.get(c.field)) for c in columns) for record in records)
    return ExampleTable(tuple(column.zh for column in columns), rows)


def _worded(cell: Cell, words: Mapping[str, str] | None) -> Cell:
    return words[cell] if words is not None and isinstance(cell, str) and cell else cell


def _zh_choices(kind: Kind, column: Column) -> Mapping[str, str]:
    headers = read_toml(config_dir() / "import-headers.toml")
    values: Mapping[str, str] = headers[kind][column.field]["values"]
    return values


def _vocabularies() -> dict[str, str]:
    allergens = read_toml(config_dir() / "allergens.toml")["allergen"]
    diets = read_toml(config_dir() / "diets.toml")["diet"]
    return {code: entry["zh"] for code, entry in (allergens | diets).items()}


def _canteen(site: ExampleSite) -> dict[str, Cell]:
    whole = {"serving_minutes", "capacity", "unload_s", "second_leg_minutes"}
    degrees = {"lat", "lon"}
    return {
        field: int(text) if field in whole else float(text) if field in degrees else text
        for field, text in site.row.items()
    }


def _diner(person: Person, number: int, words: Mapping[str, str]) -> dict[str, Cell]:
    return {
        "code": person.code,
        "name": person.name,
        "sex": person.sex,
        "born_on": person.born_on,
        "id_last_four": person.id_last_four,
        "hukou": person.hukou,
        "residence_district": person.residence,
        "site": person.site.name,
        "dining": DINING[person.delivery],
        "address": person.address,
        "lat": person.lat,
        "lon": person.lon,
        "phone": str(LOCAL_NUMBER + number),
        "diets": LIST_MARK.join(words[code] for code in person.diets),
        "allergens": LIST_MARK.join(words[code] for code in person.allergens),
        "texture": person.texture,
        "portion_size": person.portion_size,
        "in_institution": "yes" if person.in_institution else "no",
        "note": NOTE,
    }


def _order(order: Ordered) -> dict[str, Cell]:
    return {
        "code": order.code,
        "diner_code": order.person.code,
        "diner_name": order.person.name,
        "service_on": order.service_on,
        "meal": "lunch",
        "site": order.person.site.name,
        "dishes": LIST_MARK.join(item.name_zh for item in order.items),
        "price": yuan(order.price_fen),
        "ordered_at": order.ordered_at,
        "channel": order.channel,
        "note": NOTE,
    }
