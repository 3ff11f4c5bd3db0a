"""Closed holds as they were sealed: each seal a new row that names its chunks, the newest one stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, func, text
from sqlmodel import Field, Session, and_, col, select

from orders.store.base import Row, insert_rows
from orders.store.triggers import APPEND_ONLY
from telemetry.chunks import Chunk
from telemetry.store.chunks import IN_ORDER, ChunkRow, chunk_facts, save_chunks
from telemetry.store.microseconds import Microseconds
from telemetry.store.probe_uses import ProbeUseRow
from telemetry.store.readings import ReadingRow, in_use
from telemetry.store.verdicts import VerdictRow


class SealRow(Row, table=True):
    """That a closed hold was sealed, at which verdict; a later seal stands instead of the ones before it."""

    __tablename__ = "telemetry_seals"
    __table_args__ = ({"info": APPEND_ONLY},)

    box_id: str = Field(primary_key=True, max_length=36)
    number: int = Field(primary_key=True)
    verdict_number: int
    sealed_at: datetime = Field(sa_type=Microseconds)


class SealedChunkRow(Row, table=True):
    """One of the chunks of a seal: together they hold the hold's readings, each once."""

    __tablename__ = "telemetry_sealed_chunks"
    __table_args__ = (
        ForeignKeyConstraint(["box_id", "number"], ["telemetry_seals.box_id", "telemetry_seals.number"]),
        {"sqlite_with_rowid": False, "info": APPEND_ONLY},
    )

    box_id: str = Field(primary_key=True, max_length=36)
    number: int = Field(primary_key=True)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary, foreign_key="telemetry_chunks.digest")


@dataclass(frozen=True, slots=True)
class Seal:
    """
    What a hold is sealed as.

    Parameters
    ----------
    number
        Counts the hold's seals from 1.
    verdict_number
        The hold's newest verdict when it was sealed.
    chunks
        Its readings, each once, oldest chunk first.
    """

    number: int
    verdict_number: int
    chunks: tuple[Chunk, ...]


def unsealed(
    session: Session, box_ids: Collection[str] | None = None, *, after: str = "", most: int | None = None
) -> list[str]:
    """
    Boxes whose hold was closed, or judged anew after that, since it was last sealed; by their ids.

    Parameters
    ----------
    session
        The caller's transaction.
    box_ids
        Of these boxes; None for all.
    after, most
        Those after an id, so many at most; None for all.
    """
    is_later = and_(SealRow.box_id == VerdictRow.box_id, col(SealRow.verdict_number) >= VerdictRow.number)
    query = select(VerdictRow.box_id).where(text("final"), ~select(SealRow.box_id).where(is_later).exists())
    if box_ids is not None:
        query = query.where(col(VerdictRow.box_id).in_(box_ids))
    query = query.where(VerdictRow.box_id > after).distinct().order_by(VerdictRow.box_id)
    return list(session.exec(query.limit(most)))


def told_after_seal(session: Session, since_at: datetime) -> list[str]:
    """Boxes sealed since an instant of whose probes something arrived after their newest seal."""
    newest = select(SealRow.box_id, func.max(SealRow.sealed_at).label("sealed_at")).group_by(SealRow.box_id)
    seals = newest.having(func.max(SealRow.sealed_at) >= since_at).subquery()
    query = (
        select(ProbeUseRow.box_id)
        .join(seals, seals.c.box_id == ProbeUseRow.box_id)
        .join(ReadingRow, in_use())
        .where(col(ReadingRow.received_at) > seals.c.sealed_at)
    )
    return list(session.exec(query.distinct().order_by(ProbeUseRow.box_id)))


def save_seal(session: Session, box_id: str, seal: Seal, sealed_at: datetime) -> None:
    """Keeps a hold's next seal, and those of its chunks that are new."""
    save_chunks(session, seal.chunks, sealed_at)
    session.add(
        SealRow(box_id=box_id, number=seal.number, verdict_number=seal.verdict_number, sealed_at=sealed_at)
    )
    session.flush()
    named = {"box_id": box_id, "number": seal.number}
    insert_rows(session, SealedChunkRow, [named | {"digest": one.digest} for one in seal.chunks])


def standing_seal(session: Session, box_id: str) -> Seal | None:
    """The newest seal of a hold, None before the first."""
    row = session.exec(
        select(SealRow).where(SealRow.box_id == box_id).order_by(col(SealRow.number).desc()).limit(1)
    ).first()
    if row is None:
        return None
    query = select(ChunkRow).join(SealedChunkRow, col(SealedChunkRow.digest) == col(ChunkRow.digest))
    query = query.where(SealedChunkRow.box_id == box_id, SealedChunkRow.number == row.number)
    return Seal(row.number, row.verdict_number, tuple(chunk_facts(session.exec(query.order_by(*IN_ORDER)))))
