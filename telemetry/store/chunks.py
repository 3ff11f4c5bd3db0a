"""Sealed chunks: kept once, never changed; they are the evidence, rows of readings a buffer before them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, LargeBinary
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, and_, col, select

from orders.store.base import METADATA, Row
from orders.store.triggers import APPEND_ONLY
from telemetry.chunks import LONGEST, Chunk
from telemetry.store.microseconds import Microseconds


class ChunkRow(Row, table=True):
    """One `Chunk` under its digest."""

    __tablename__ = "telemetry_chunks"
    __table_args__ = (
        CheckConstraint("readings >= 1 AND from_at <= to_at", name="readings"),
        Index("ix_telemetry_chunks_device", "device_id", "from_at"),
        {"info": APPEND_ONLY},
    )

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    device_id: str = Field(max_length=64)
    probe: str = Field(max_length=64)
    quantity: str = Field(max_length=64)
    from_at: datetime = Field(sa_type=Microseconds)
    to_at: datetime = Field(sa_type=Microseconds)
    readings: int
    body: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = Field(sa_type=Microseconds)


IN_ORDER = (col(ChunkRow.from_at), col(ChunkRow.probe), col(ChunkRow.quantity), col(ChunkRow.digest))


def save_chunks(session: Session, chunks: Sequence[Chunk], sealed_at: datetime) -> None:
    """Keeps chunks; one that is there already stays as it was sealed first."""
    if not chunks:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "digest": one.digest,
            "device_id": one.device_id,
            "probe": one.probe,
            "quantity": one.quantity,
            "from_at": one.from_at,
            "to_at": one.to_at,
            "readings": one.count,
            "body": one.body,
            "sealed_at": sealed_at,
        }
        for one in chunks
    ]
    session.execute(insert(METADATA.tables["telemetry_chunks"]).on_conflict_do_nothing(), rows)


def chunks_between(
    session: Session,
    device_id: str,
    from_at: datetime,
    to_at: datetime,
    *,
    probe: str | None = None,
    sealed_to_at: datetime | None = None,
) -> list[Chunk]:
    """
    Chunks that may hold readings of a device between two instants, both inclusive, oldest first.

    Parameters
    ----------
    session
        The caller's transaction.
    device_id, from_at, to_at
        Whose, and when.
    probe
        Of one probe alone; None for all.
    sealed_to_at
        Only what was sealed by then; None for all.
    """
    wanted: list[ColumnElement[bool]] = [col(ChunkRow.to_at) >= from_at]
    if probe is not None:
        wanted.append(col(ChunkRow.probe) == probe)
    if sealed_to_at is not None:
        wanted.append(col(ChunkRow.sealed_at) <= sealed_to_at)
    begins = col(ChunkRow.from_at).between(from_at - LONGEST, to_at)
    query = select(ChunkRow).where(and_(col(ChunkRow.device_id) == device_id, begins, *wanted))
    return chunk_facts(session.exec(query.order_by(*IN_ORDER)))


def chunk_facts(rows: Iterable[ChunkRow]) -> list[Chunk]:
    """The chunks of some rows."""
    return [
        Chunk(
            row.device_id,
            row.probe,
            row.quantity,
            row.from_at,
            row.to_at,
            row.readings,
            bytes(row.digest),
            bytes(row.body),
        )
        for row in rows
    ]
