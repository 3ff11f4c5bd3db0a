"""Vans from a file."""

from dataclasses import replace
from datetime import time
from typing import cast

from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from routing.store.fleet import load_vans, save_vans
from routing.vans import Van

MOST_KG = 100_000


def apply_fleet(records: list[Record], context: Context) -> Applied:
    """Keeps vans, new or changed; a column that the file has not leaves what is known as it is."""
    applied = Applied()
    kitchen_id = context.kitchen.kitchen_id
    known = {van.van_id: van for van in load_vans(context.session, kitchen_id)}
    changed = []
    for record in once_each(records, applied, "row_code_twice", "code"):
        old = known.get(str(record.values["code"]))
        try:
            van = _van(record, old)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if applied.count(old, van):
            changed.append(van)
    save_vans(context.session, kitchen_id, changed)
    return applied


def _van(record: Record, old: Van | None) -> Van:
    values = record.values
    code, name = str(values["code"]), str(values.get("name") or "")
    shift_from, shift_to = cast(time, values["shift_from"]), cast(time, values["shift_to"])
    payload_kg = cast(float, values["payload"])
    if shift_to <= shift_from:
        raise RowRefused("shift_to", "row_shift_ends")
    if values["capacity_units"] == 0:
        raise RowRefused("capacity_units", "row_at_least", least=1)
    if not 0 < payload_kg <= MOST_KG:
        raise RowRefused("payload", "row_payload", most=MOST_KG)
    base = old or Van(code, "", name or code, name or code, 0, 0, shift_from, shift_to)
    return replace(
        base,
        name_zh=name or base.name_zh,
        units=cast(int, values["capacity_units"]),
        weight_g=round(payload_kg * 1000),
        shift_from=shift_from,
        shift_to=shift_to,
        plate=str(record.given("plate", base.plate) or ""),
        driver=str(record.given("driver", base.driver) or ""),
        phone=str(record.given("phone", base.phone) or ""),
    )
