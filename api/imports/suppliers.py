"""Suppliers from a file, with their licences."""

from dataclasses import replace
from typing import cast

from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from api.stock.suppliers import LICENCE_EXAMPLE, licences_of
from kitchen.receiving import Supplier
from kitchen.store.suppliers import load_suppliers, save_supplier
from orders.errors import BadInput


def apply_suppliers(records: list[Record], context: Context) -> Applied:
    """Keeps suppliers, new or changed; a column that the file has not leaves what is known as it is."""
    applied = Applied()
    kitchen_id = context.kitchen.kitchen_id
    known = {one.code: one for one in load_suppliers(context.session, kitchen_id).values()}
    for record in once_each(records, applied, "row_code_twice", "code"):
        old = known.get(str(record.values["code"]))
        try:
            supplier = _supplier(record, old)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if applied.count(old, supplier):
            kept = supplier if old else replace(supplier, supplier_id=context.ids.new())
            save_supplier(context.session, kitchen_id, kept, author=context.author, changed_at=context.now_at)
    return applied


def _supplier(record: Record, old: Supplier | None) -> Supplier:
    base = old or Supplier("", str(record.values["code"]), "")
    licences, groups = base.licences, base.groups
    if "licences" in record.values:
        try:
            licences = licences_of(cast(tuple[str, ...], record.values["licences"] or ()))
        except BadInput as refused:
            raise RowRefused("licences", refused.code, example=LICENCE_EXAMPLE) from refused
    if "groups" in record.values:
        groups = frozenset(cast(tuple[str, ...], record.values["groups"] or ()))
    return replace(
        base,
        name=str(record.values["name"]),
        contact=str(record.given("contact", base.contact) or ""),
        phone=str(record.given("phone", base.phone) or ""),
        licences=licences,
        groups=groups,
    )
