"""Rows that were dropped, long after they were sealed: from then on their chunks alone hold the readings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, LargeBinary, func
from sqlmodel import Field, Session, select

from orders.store.base import Row
from orders.store.triggers import APPEND_ONLY
from telemetry.chunks import unpack
from telemetry.readings import Reading
from telemetry.store.chunks import chunks_between
from telemetry.store.microseconds import Microseconds

A_DAY = timedelta(days=1)

SAYS_SEALED = """
EXISTS (
    SELECT 1 FROM telemetry_dropping AS dropping
    JOIN telemetry_chunks AS chunk ON chunk.digest = dropping.digest
    WHERE dropping.device_id = OLD.device_id AND dropping.measured_at = OLD.measured_at
      AND dropping.probe = OLD.probe AND dropping.quantity = OLD.quantity
      AND dropping.sequence = OLD.sequence AND dropping.value = OLD.value
      AND chunk.device_id = OLD.device_id AND chunk.probe = OLD.probe AND chunk.quantity = OLD.quantity
      AND OLD.measured_at BETWEEN chunk.from_at AND chunk.to_at
)
"""


class DroppedRow(Row, table=True):
    """That sealed rows of a device were dropped, of the day (UTC) that begins at ``day_at``."""

    __tablename__ = "telemetry_dropped_rows"
    __table_args__ = ({"sqlite_with_rowid": False, "info": APPEND_ONLY},)

    day_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    device_id: str = Field(primary_key=True, max_length=64)
    dropped_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    readings: int


class DroppingRow(Row, table=True):
    """A row about to be dropped, with the chunk that holds its reading; empty outside of that transaction."""

    __tablename__ = "telemetry_dropping"
    __table_args__ = ({"sqlite_with_rowid": False},)

    device_id: str = Field(primary_key=True, max_length=64)
    measured_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    probe: str = Field(primary_key=True, max_length=64)
    quantity: str = Field(primary_key=True, max_length=64)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    value: float
    digest: bytes = Field(sa_type=LargeBinary)


def rows_gone_before(session: Session) -> datetime | None:
    """Before which instant of measurement rows may have been dropped; None when none ever were."""
    day_at: datetime | None = session.exec(select(func.max(DroppedRow.day_at))).one()
    return None if day_at is None else day_at + A_DAY


def count_dropped(session: Session) -> int:
    """How many rows were dropped."""
    return int(session.exec(select(func.coalesce(func.sum(DroppedRow.readings), 0))).one())


def sealed_values(session: Session, readings: Sequence[Reading]) -> Mapping[tuple[object, ...], float]:
    """
    What is sealed under the keys of some readings whose rows may have been dropped.

    Parameters
    ----------
    session
        The caller's transaction.
    readings
        Any.

    Returns
    -------
    Mapping[tuple[object, ...], float]
        Key of a reading to the sealed value; a key without one is left out.
    """
    gone_at = rows_gone_before(session) if readings else None
    if gone_at is None:
        return {}
    by_device: dict[str, list[Reading]] = {}
    for one in readings:
        if one.measured_at < gone_at:
            by_device.setdefault(one.device_id, []).append(one)
    found: dict[tuple[object, ...], float] = {}
    for device_id, own in by_device.items():
        found |= _sealed_of(session, device_id, own)
    return found


def _sealed_of(session: Session, device_id: str, own: Iterable[Reading]) -> dict[tuple[object, ...], float]:
    keys = {one.key: one.measured_at for one in own}
    chunks = chunks_between(session, device_id, min(keys.values()), max(keys.values()))
    return {one.key: one.value for chunk in chunks for one in unpack(chunk) if one.key in keys}
