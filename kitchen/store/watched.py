"""Rows of a kitchen's probes and fridges."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from kitchen.haccp import Fridge, Probe
from kitchen.store.check_rows import WatchedRow
from orders.store.base import upsert


def save_probes(
    session: Session, kitchen_id: str, probes: Iterable[Probe], *, author: str, changed_at: datetime
) -> None:
    """Keeps probes, new or changed."""
    values = [
        _values(kitchen_id, "probe", one.code, one.name)
        | {"calibrated_on": one.calibrated_on, "due_on": one.due_on, "accuracy_c": one.accuracy_c}
        for one in probes
    ]
    upsert(session, WatchedRow, [one | {"author": author, "changed_at": changed_at} for one in values])
    session.expire_all()


def save_fridges(
    session: Session, kitchen_id: str, fridges: Iterable[Fridge], *, author: str, changed_at: datetime
) -> None:
    """Keeps fridges, new or changed."""
    values = [_values(kitchen_id, "fridge", one.code, one.name) for one in fridges]
    upsert(session, WatchedRow, [one | {"author": author, "changed_at": changed_at} for one in values])
    session.expire_all()


def calibrated(session: Session, kitchen_id: str, code: str, on: date, due_on: date) -> None:
    """Notes that a probe was calibrated, and until when that holds."""
    row = session.get_one(WatchedRow, (kitchen_id, "probe", code))
    row.calibrated_on, row.due_on = on, due_on
    session.flush()


def take_out(session: Session, kitchen_id: str, kind: str, code: str) -> None:
    """Notes that a probe or a fridge is no longer used."""
    session.get_one(WatchedRow, (kitchen_id, kind, code)).out = True
    session.flush()


def load_probes(session: Session, kitchen_id: str) -> dict[str, Probe]:
    """A kitchen's probes by code."""
    rows = session.exec(_query(kitchen_id, "probe"))
    return {
        row.code: Probe(row.code, row.name, row.calibrated_on, row.due_on, row.accuracy_c) for row in rows
    }


def load_fridges(session: Session, kitchen_id: str) -> dict[str, Fridge]:
    """A kitchen's fridges by code."""
    return {row.code: Fridge(row.code, row.name) for row in session.exec(_query(kitchen_id, "fridge"))}


def _query(kitchen_id: str, kind: str) -> Any:
    return (
        select(WatchedRow)
        .where(WatchedRow.kitchen_id == kitchen_id, WatchedRow.kind == kind, col(WatchedRow.out).is_(False))
        .order_by(col(WatchedRow.code))
    )


def _values(kitchen_id: str, kind: str, code: str, name: str) -> dict[str, Any]:
    return {
        "kitchen_id": kitchen_id,
        "kind": kind,
        "code": code,
        "name": name,
        "calibrated_on": None,
        "due_on": None,
        "accuracy_c": None,
        "out": False,
    }
