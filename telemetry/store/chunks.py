"""Sealed chunks: kept once, never changed; they are the evidence, rows of readings a buffer before them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, LargeBinary, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, and_, col, select

from orders.store.base import METADATA, Row, UtcDateTime
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
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class HoldChunkRow(Row, table=True):
    """One of the chunks that hold a hold's readings."""

    __tablename__ = "telemetry_hold_chunks"
    __table_args__ = ({"info": APPEND_ONLY},)

    box_id: str = Field(primary_key=True, max_length=36)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary, foreign_key="telemetry_chunks.digest")


def save_chunks(session: Session, chunks: Sequence[Chunk], box_id: str | None, sealed_at: datetime) -> None:
    """
    Keeps chunks; one that is there already stays.

    Parameters
    ----------
    session
        The caller's transaction.
    chunks
        What was packed.
    box_id
        Whose hold's readings they are, None for none's.
    sealed_at
        When.
    """
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
    if box_id is not None:
        links = [{"box_id": box_id, "digest": one.digest} for one in chunks]
        session.execute(insert(METADATA.tables["telemetry_hold_chunks"]).on_conflict_do_nothing(), links)


def chunks_between(
    session: Session, device_id: str, from_at: datetime, to_at: datetime, probe: str | None = None
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
    """
    wanted: list[ColumnElement[bool]] = [col(ChunkRow.to_at) >= from_at]
    if probe is not None:
        wanted.append(col(ChunkRow.probe) == probe)
    begins = col(ChunkRow.from_at).between(from_at - LONGEST, to_at)
    query = select(ChunkRow).where(and_(col(ChunkRow.device_id) == device_id, begins, *wanted))
    return _facts(session.exec(query.order_by(col(ChunkRow.from_at), ChunkRow.probe, ChunkRow.quantity)))


def chunks_of_hold(session: Session, box_id: str) -> list[Chunk]:
    """The chunks of a hold's readings, oldest first; a late one stands by its first instant."""
    query = select(ChunkRow).join(HoldChunkRow, col(HoldChunkRow.digest) == col(ChunkRow.digest))
    query = query.where(HoldChunkRow.box_id == box_id)
    return _facts(session.exec(query.order_by(col(ChunkRow.from_at), ChunkRow.probe, ChunkRow.quantity)))


def count_sealed(session: Session, box_ids: Collection[str]) -> dict[str, int]:
    """How many readings of each box's hold are sealed; a box without any has 0."""
    query = select(HoldChunkRow.box_id, func.sum(ChunkRow.readings))
    query = query.join(ChunkRow, col(HoldChunkRow.digest) == col(ChunkRow.digest))
    query = query.where(col(HoldChunkRow.box_id).in_(box_ids)).group_by(HoldChunkRow.box_id)
    return dict.fromkeys(box_ids, 0) | {box_id: int(count) for box_id, count in session.exec(query)}


def _facts(rows: Iterable[ChunkRow]) -> list[Chunk]:
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
