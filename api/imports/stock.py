"""Deliveries from a file: each row a lot, or a row that names what is wanting."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from api.imports.cells import Record
from api.imports.names import folded, nearest
from api.imports.report import Applied, Context, RowRefused, once_each
from api.permissions import Actor
from api.stock.desk import StockDesk
from api.stock.receive import Receipt, WhenWanting, declaration, receive, receiving_books
from kitchen.foods import Food
from kitchen.lots import Declaration
from kitchen.receiving import ReceivingRules, Storage
from kitchen.store.deliveries import load_deliveries
from orders.errors import BadInput, NotFound

SOURCE = "import"
MG_PER_KG = 1_000_000
COLUMN_OF = {
    "receipt_paper_missing": "papers",
    "receipt_licence_missing": "supplier",
    "receipt_licence_over": "supplier",
    "receipt_temperature_missing": "temperature_c",
    "receipt_temperature_high": "temperature_c",
    "receipt_expiry_missing": "expires_on",
    "receipt_expired": "expires_on",
    "stock_expiry_far": "expires_on",
    "stock_later": "received_at",
    "stock_untracked": "food",
    "stock_amount": "kg",
}


def apply_receipts(records: list[Record], context: Context) -> Applied:
    """
    Takes deliveries in by their number, each once; a row that something is wanting of is refused unless it
    says itself that the lot is held or was sent back.
    """
    applied = Applied()
    session, kitchen_id = context.session, context.kitchen.kitchen_id
    books = receiving_books(session, kitchen_id)
    by_name = {folded(name): food for food in books.foods.values() for name in (food.name_zh, food.name_en)}
    by_name |= {folded(code): food for code, food in books.foods.items()}
    unique = once_each(records, applied, "row_code_twice", "ref")
    refs = [str(record.values["ref"]) for record in unique]
    known = {one.external_ref for one in load_deliveries(session, kitchen_id, refs=(SOURCE, refs))}
    desk = _desk(context)
    for record in unique:
        if record.values["ref"] in known:
            applied.unchanged += 1
            continue
        try:
            receive(session, desk, _receipt(record, by_name, books.rules), books)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
        except NotFound as refusal:
            applied.refuse(record, RowRefused("supplier", "not_found", **refusal.params))
        except BadInput as refusal:
            applied.refuse(record, *_refusals(refusal))
        else:
            applied.added += 1
    return applied


def _desk(context: Context) -> StockDesk:
    """The store room with the importer at the desk, who may import and so may keep stock."""
    actor = Actor(context.author, context.author, "kitchen", context.kitchen.kitchen_id)
    return StockDesk(context.kitchen, actor, context.now_at, context.ids)


def _receipt(record: Record, by_name: Mapping[str, Food], rules: ReceivingRules) -> Receipt:
    values = record.values
    food = by_name.get(folded(str(values["food"])))
    if food is None:
        offered = nearest([str(values["food"])], [one.name_zh for one in by_name.values()])
        raise RowRefused("food", "row_food_unknown", food=str(values["food"]), offered=offered)
    return Receipt(
        food_code=food.code,
        supplier_code=str(values["supplier"]),
        mg=round(cast(float, values["kg"]) * MG_PER_KG),
        papers=_papers(cast(tuple[str, ...], values.get("papers") or ()), rules),
        temperature_c=cast(float | None, values.get("temperature_c")),
        expires_on=cast(date | None, values.get("expires_on")),
        storage=cast(Storage | None, values.get("storage")),
        supplier_lot=str(values.get("supplier_lot") or ""),
        declared=_declared(record),
        when_wanting=cast(WhenWanting, values.get("when_wanting") or "ask"),
        received_at=cast(datetime, values["received_at"]),
        source=SOURCE,
        external_ref=str(values["ref"]),
    )


def _papers(texts: tuple[str, ...], rules: ReceivingRules) -> dict[str, str]:
    """Numbers by kind, the kind written as its code or either name."""
    kinds = {folded(name): kind for kind, names in rules.paper_names.items() for name in (kind, *names)}
    found = {}
    for text in texts:
        name, colon, number = text.replace("：", ":").partition(":")
        if not colon or folded(name) not in kinds:
            known = "、".join(zh for zh, _ in rules.paper_names.values())
            raise RowRefused("papers", "row_paper_unknown", paper=name, known=known)
        found[kinds[folded(name)]] = number.strip()
    return found


def _declared(record: Record) -> Declaration | None:
    """The label's own declaration, when one of its columns is filled in."""
    contains, may_contain = record.values.get("contains"), record.values.get("may_contain")
    if contains is None and may_contain is None:
        return None
    return declaration(
        frozenset(cast(tuple[str, ...], contains or ())),
        frozenset(cast(tuple[str, ...], may_contain or ())),
        frozenset(),
    )


def _refusals(refusal: BadInput) -> list[RowRefused]:
    """Everything that is wanting, each in its column."""
    reasons = refusal.reasons or (refusal.coded,)
    return [RowRefused(COLUMN_OF.get(one.code, ""), one.code, **one.params) for one in reasons]
