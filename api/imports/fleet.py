"""Vans from a file."""

from dataclasses import replace
from datetime import time
from typing import Any, cast

from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from api.imports.spans import rests_of
from routing.store.fleet import load_vans, save_vans
from routing.vans import Van

MOST_KG = 100_000
MINUTE_S, HOUR_S = 60, 3600
USUAL = Van("", "", "", "", 0, 0, time(0), time(0))
"""What holds where a file says nothing of a new van, or has an empty cell."""


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
        _with_abilities(record, base),
        name_zh=name or base.name_zh,
        units=cast(int, values["capacity_units"]),
        weight_g=round(payload_kg * 1000),
        shift_from=shift_from,
        shift_to=shift_to,
        plate=str(record.given("plate", base.plate) or ""),
        driver=str(record.given("driver", base.driver) or ""),
        phone=str(record.given("phone", base.phone) or ""),
    )


def _with_abilities(record: Record, van: Van) -> Van:
    """The van with what the file says of its room, skills, hours and costs."""
    fields = (
        "hot_units",
        "cold_units",
        "pace_pct",
        "most_trips",
        "day_fen",
        "trip_fen",
        "km_fen",
        "hour_fen",
    )
    found = {field: _whole(record, field, getattr(van, field), getattr(USUAL, field)) for field in fields}
    for field in ("pace_pct", "most_trips"):
        if found[field] == 0:
            raise RowRefused(field, "row_at_least", least=1)
    if "reload_minutes" in record.values:
        found["reload_s"] = MINUTE_S * _whole(record, "reload_minutes", 0, USUAL.reload_s // MINUTE_S)
    if "most_out_hours" in record.values:
        hours = cast("float | None", record.values["most_out_hours"])
        found["most_out_s"] = None if hours is None else _seconds_out(hours)
    skills = record.given("skills", tuple(van.skills)) or ()
    rests = rests_of(record, "rests") if "rests" in record.values else van.rests
    return replace(van, **found, skills=frozenset(cast("tuple[str, ...]", skills)), rests=rests)


def _seconds_out(hours: float) -> int:
    if not 0 < hours <= 24:
        raise RowRefused("most_out_hours", "row_hours_out")
    return round(hours * HOUR_S)


def _whole(record: Record, field: str, known: Any, usual: Any) -> Any:
    """What the file says, the usual for an empty cell, and what is known where it has no such column."""
    if field not in record.values:
        return known
    value = record.values[field]
    return usual if value is None else value
