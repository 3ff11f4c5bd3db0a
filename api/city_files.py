"""A city's folder, read strictly: what cannot be used is refused with its file and key."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.city_tables import CarriersFile, EquipmentFile, FleetFile, KitchenFile, MenuFile
from orders.codes import Coded
from orders.errors import BadInput
from orders.programmes.faults import ProgrammeFaults, faults_in, faults_of, near
from orders.programmes.tables import parse_table

FILES: Mapping[str, type[BaseModel]] = {
    "kitchen.toml": KitchenFile,
    "equipment.toml": EquipmentFile,
    "carriers.toml": CarriersFile,
    "fleet.toml": FleetFile,
    "menu.toml": MenuFile,
}
T = TypeVar("T")
ROWS_OF_KINDS = {"equipment.toml": "equipment", "carriers.toml": "carrier"}


def read_city_file(folder: Path, file: str) -> dict[str, Any]:
    """
    One file of a city's folder as a table.

    Parameters
    ----------
    folder, file
        Where, and which of `FILES`.

    Raises
    ------
    BadInput
        ``city_file_unreadable``, or ``city_file_faulty`` with every fault among its reasons.
    """
    path, model = folder / file, FILES[file]
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("city_file_unreadable", file=str(path)) from error
    try:
        table = parse_table(text, file)
    except ProgrammeFaults as error:
        raise _refusal(path, *error.faults) from error
    try:
        model.model_validate(table)
    except ValidationError as error:
        raise _refusal(path, *faults_in(error, table, model)) from error
    if file in ROWS_OF_KINDS:
        _need_kinds(path, table, ROWS_OF_KINDS[file])
    return table


def converted(folder: Path, file: str, convert: Callable[[Mapping[str, Any]], T]) -> T:
    """
    One file of a city's folder as what a reader makes of it.

    Raises
    ------
    BadInput
        As `read_city_file`, and with what the reader itself refuses.
    """
    table = read_city_file(folder, file)
    try:
        return convert(table)
    except ValueError as error:
        raise _refusal(folder / file, *faults_of(error)) from error


def need_dishes(folder: Path, menu: Mapping[str, Any], dishes: Collection[str]) -> None:
    """
    Refuses a menu that names a dish which the house does not have.

    Raises
    ------
    BadInput
        With each such dish, its day, and the nearest code that there is.
    """
    strangers = [
        near("fault_no_dish", name, dishes, key=f"day.{day['weekday']}.items")
        for day in menu["day"]
        for name in day["items"]
        if name not in dishes
    ]
    if strangers:
        raise _refusal(folder / "menu.toml", *strangers)


def _need_kinds(path: Path, table: Mapping[str, Any], section: str) -> None:
    kinds = table["kind"]
    strangers = [
        near("fault_kind", row["kind"], kinds, key=f"{section}.{row['code']}")
        for row in table[section]
        if row["kind"] not in kinds
    ]
    if strangers:
        raise _refusal(path, *strangers)


def _refusal(path: Path, *faults: Coded) -> BadInput:
    refusal = BadInput("city_file_faulty", file=str(path), count=len(faults))
    refusal.reasons = faults
    return refusal
