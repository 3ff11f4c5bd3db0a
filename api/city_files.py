"""A city's folder, read strictly: what cannot be used is refused with its file and key."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.city_tables import CarriersFile, EquipmentFile, FleetFile, KitchenFile, MenuFile, SuppliersFile
from kitchen.receiving import Supplier, SupplierLicence
from orders.codes import Coded
from orders.errors import BadInput
from orders.programmes.faults import ProgrammeFaults, faults_in, faults_of, near
from orders.programmes.tables import parse_table

SUPPLIERS = "suppliers.toml"
FILES: Mapping[str, type[BaseModel]] = {
    "kitchen.toml": KitchenFile,
    "equipment.toml": EquipmentFile,
    "carriers.toml": CarriersFile,
    "fleet.toml": FleetFile,
    "menu.toml": MenuFile,
    SUPPLIERS: SuppliersFile,
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


def need_targets(folder: Path, kitchens: Collection[Mapping[str, Any]], known: Collection[str]) -> None:
    """
    Refuses kitchens whose menu names nutrition targets that the house does not have.

    Raises
    ------
    BadInput
        With each such kitchen and the nearest targets that there are.
    """
    strangers = [
        near("fault_no_target", target, known, key=f"kitchen.{one['code']}.menu.target")
        for one in kitchens
        if (target := one.get("menu", {}).get("target")) and target not in known
    ]
    if strangers:
        raise _refusal(folder / "kitchen.toml", *strangers)


def city_suppliers(folder: Path, groups: Collection[str]) -> list[Supplier]:
    """
    Who delivers to a city's kitchens; nobody where it has no such file.

    Raises
    ------
    BadInput
        As `read_city_file`, and with each group that no food is of.
    """
    if not (folder / SUPPLIERS).exists():
        return []
    rows = read_city_file(folder, SUPPLIERS)["supplier"]
    strangers = [
        near("fault_no_group", name, groups, key=f"supplier.{row['code']}.groups")
        for row in rows
        for name in row.get("groups", [])
        if name not in groups
    ]
    if strangers:
        raise _refusal(folder / SUPPLIERS, *strangers)
    return [
        Supplier(
            "",
            row["code"],
            row["name"],
            row.get("contact", ""),
            row.get("phone", ""),
            (SupplierLicence(**row["licence"]),) if "licence" in row else (),
            frozenset(row.get("groups", [])),
        )
        for row in rows
    ]


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
