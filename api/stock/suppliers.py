"""Suppliers: who delivers, with the licences that are looked at when they do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from api.audit import record
from api.stock.desk import StockDesk, need_text, open_desk
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.suppliers import load_suppliers, save_supplier
from orders.errors import BadInput

LICENCE_EXAMPLE = "食品经营许可证:JY14502000000001:2028-06-30"


def keep_supplier(session: Session, desk: StockDesk, told: Supplier) -> Supplier:
    """
    Keeps a supplier by its code, new or changed; its row id stays what it was.

    Raises
    ------
    BadInput
        When it has no code or no name.
    """
    open_desk(session, desk, "stock.keep")
    code, name = need_text(told.code, "supplier_incomplete"), need_text(told.name, "supplier_incomplete")
    known = {one.code: one for one in load_suppliers(session, desk.kitchen.kitchen_id).values()}
    supplier_id = known[code].supplier_id if code in known else desk.ids.new()
    kept = replace(told, supplier_id=supplier_id, code=code, name=name)
    if known.get(code) != kept:
        kitchen_id = desk.kitchen.kitchen_id
        save_supplier(session, kitchen_id, kept, author=desk.actor.user_id, changed_at=desk.now_at)
        record(session, desk.actor, "stock.keep/supplier", f"{kitchen_id}/{code}", desk.now_at)
    return kept


def suppliers_first(session: Session, desk: StockDesk, told: Sequence[Supplier]) -> int:
    """Keeps all of them where a kitchen has no supplier so far; how many are new."""
    if not told or load_suppliers(session, desk.kitchen.kitchen_id):
        return 0
    for one in told:
        keep_supplier(session, desk, one)
    return len(told)


def licences_of(texts: tuple[str, ...]) -> tuple[SupplierLicence, ...]:
    """
    Licences as people write them, ``kind:number:last day``; without a last day they do not run out.

    Raises
    ------
    BadInput
        Naming how one is written.
    """
    found = []
    for text in texts:
        kind, _, rest = text.replace("：", ":").strip().partition(":")
        number, _, last = rest.partition(":")
        try:
            valid_to_on = date.fromisoformat(last.strip()) if last.strip() else None
        except ValueError:
            raise BadInput("supplier_licence_bad", example=LICENCE_EXAMPLE) from None
        if not kind.strip() or not number.strip():
            raise BadInput("supplier_licence_bad", example=LICENCE_EXAMPLE)
        found.append(SupplierLicence(kind.strip(), number.strip(), valid_to_on))
    return tuple(found)
