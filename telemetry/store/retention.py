"""Dropping of rows that were sealed long ago: their chunks hold the same readings and stay."""

from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col, select

from orders.store.base import METADATA, insert_rows
from telemetry.chunks import unpack
from telemetry.instants import MICROSECOND
from telemetry.store.chunks import chunks_between
from telemetry.store.dropped_rows import A_DAY, DroppedRow, DroppingRow
from telemetry.store.readings import ReadingRow, readings_of_device

_KEY = ("device_id", "measured_at", "probe", "quantity", "sequence")


def drop_rows(
    session: Session, device_id: str, day_at: datetime, *, sealed_to_at: datetime, dropped_at: datetime
) -> int:
    """
    Drops those rows of a device's day whose readings a chunk holds, every field alike.

    A device's newest rows stay, so that it is seen what it told last.

    Parameters
    ----------
    session
        The caller's transaction.
    device_id, day_at
        Whose, and when the day begins.
    sealed_to_at
        Only by chunks that were sealed by then.
    dropped_at
        When.

    Returns
    -------
    int
        How many were dropped.
    """
    last_at = day_at + A_DAY - MICROSECOND
    if not _told_after(session, device_id, last_at):
        return 0
    rows = {one.key: one for one in readings_of_device(session, device_id, from_at=day_at, to_at=last_at)}
    chunks = chunks_between(session, device_id, day_at, last_at, sealed_to_at=sealed_to_at) if rows else []
    sealed = {one.key: (one, chunk.digest) for chunk in chunks for one in unpack(chunk)}
    gone = [found for key, found in sealed.items() if rows.get(key) == found[0]]
    if gone:
        dropping = [
            {name: getattr(one, name) for name in (*_KEY, "value")} | {"digest": digest}
            for one, digest in gone
        ]
        insert_rows(session, DroppingRow, dropping)
        _delete_named(session)
        session.add(DroppedRow(day_at=day_at, device_id=device_id, dropped_at=dropped_at, readings=len(gone)))
        session.flush()
    return len(gone)


def _told_after(session: Session, device_id: str, at: datetime) -> bool:
    query = select(ReadingRow.device_id).where(ReadingRow.device_id == device_id)
    return session.exec(query.where(col(ReadingRow.measured_at) > at).limit(1)).first() is not None


def _delete_named(session: Session) -> None:
    """Deletes the rows that `DroppingRow` names, and these names."""
    rows, named = (METADATA.tables[name] for name in ("telemetry_readings", "telemetry_dropping"))
    key = sqlalchemy.tuple_(*(rows.c[name] for name in _KEY))
    session.execute(
        sqlalchemy.delete(rows).where(key.in_(sqlalchemy.select(*(named.c[name] for name in _KEY))))
    )
    session.execute(sqlalchemy.delete(named))
