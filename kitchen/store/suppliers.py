"""Rows of suppliers."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.lot_rows import SupplierRow
from orders.store.base import upsert


def save_supplier(
    session: Session, kitchen_id: str, supplier: Supplier, *, author: str, changed_at: datetime
) -> None:
    """Keeps a supplier, new or changed."""
    values = {
        "supplier_id": supplier.supplier_id,
        "kitchen_id": kitchen_id,
        "code": supplier.code,
        "name": supplier.name,
        "contact": supplier.contact,
        "phone": supplier.phone,
        "licences": [_licence_values(one) for one in supplier.licences],
        "groups": sorted(supplier.groups),
        "author": author,
        "changed_at": changed_at,
    }
    upsert(session, SupplierRow, [values])
    session.expire_all()


def load_suppliers(session: Session, kitchen_id: str) -> dict[str, Supplier]:
    """A kitchen's suppliers by id, in the order of their codes."""
    query = select(SupplierRow).where(SupplierRow.kitchen_id == kitchen_id).order_by(col(SupplierRow.code))
    return {row.supplier_id: _supplier(row) for row in session.exec(query)}


def _licence_values(one: SupplierLicence) -> dict[str, Any]:
    ends = one.valid_to_on.isoformat() if one.valid_to_on else None
    return {"kind": one.kind, "number": one.number, "valid_to_on": ends}


def _supplier(row: SupplierRow) -> Supplier:
    licences = tuple(
        SupplierLicence(
            one["kind"],
            one["number"],
            date.fromisoformat(one["valid_to_on"]) if one["valid_to_on"] else None,
        )
        for one in row.licences
    )
    return Supplier(
        row.supplier_id, row.code, row.name, row.contact, row.phone, licences, frozenset(row.groups)
    )
