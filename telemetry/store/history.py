"""The one question about the past: which readings were there, in rows and in sealed chunks alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs
from sqlmodel import Session

from telemetry.chunks import Chunk, chunks_of, unpack
from telemetry.instants import MICROSECOND
from telemetry.readings import ProbeUse, Reading, Senses
from telemetry.store.chunks import chunks_between, save_chunks
from telemetry.store.readings import readings_of_device

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """
    A stretch of time of a device or of one of its probes.

    Parameters
    ----------
    device_id
        The device.
    from_at, to_at
        Of the measurement, both inclusive.
    probe
        One probe; None for everything the device told.
    senses
        What the probe sensed meanwhile; None leaves what its frames said.
    """

    device_id: str
    from_at: datetime
    to_at: datetime
    probe: str | None = None
    senses: Senses | None = None


def span_of_use(use: ProbeUse, from_at: datetime, to_at: datetime) -> Span | None:
    """The part of a probe's use between two instants, both inclusive; None when there is none."""
    last_at = to_at if use.to_at is None else min(to_at, use.to_at - MICROSECOND)
    first_at = max(from_at, use.from_at)
    return Span(use.device_id, first_at, last_at, use.probe, use.senses) if first_at <= last_at else None


def readings_in(session: Session, spans: Iterable[Span]) -> list[Reading]:
    """
    Every reading of some spans, from rows and chunks alike, each once.

    Parameters
    ----------
    session
        The caller's transaction.
    spans
        They may overlap; the first that holds a reading says what it sensed.

    Returns
    -------
    list[Reading]
        By instant, device, probe, quantity and counter. Where a row and a chunk hold the same key, the chunk
        counts.

    Raises
    ------
    ChunkBroken
        When a chunk is not what was sealed.
    """
    found: dict[Key, Reading] = {}
    for span in spans:
        rows = readings_of_device(session, span.device_id, from_at=span.from_at, to_at=span.to_at)
        sealed = _sealed_in(session, span)
        own = {one.key: one for one in (*rows, *sealed) if span.probe in (None, one.probe)}
        for key, reading in own.items():
            found.setdefault(key, structs.replace(reading, senses=span.senses) if span.senses else reading)
    return sorted(found.values(), key=_by_time)


def seal(session: Session, spans: Sequence[Span], box_id: str | None, sealed_at: datetime) -> list[Chunk]:
    """
    Seals the readings of some spans that are in no chunk yet: late ones go into further chunks.

    Parameters
    ----------
    session
        The caller's transaction.
    spans
        Which.
    box_id
        Whose hold's readings they are, None for none's.
    sealed_at
        When.

    Returns
    -------
    list[Chunk]
        The new ones.
    """
    fresh: dict[Key, Reading] = {}
    for span in spans:
        rows = readings_of_device(session, span.device_id, from_at=span.from_at, to_at=span.to_at)
        sealed = {one.key for one in _sealed_in(session, span)}
        own = (one for one in rows if span.probe in (None, one.probe) and one.key not in sealed)
        fresh |= {one.key: one for one in own}
    chunks = chunks_of(fresh.values())
    save_chunks(session, chunks, box_id, sealed_at)
    return chunks


def _sealed_in(session: Session, span: Span) -> list[Reading]:
    chunks = chunks_between(session, span.device_id, span.from_at, span.to_at, span.probe)
    return [one for chunk in chunks for one in unpack(chunk) if span.from_at <= one.measured_at <= span.to_at]


def _by_time(reading: Reading) -> tuple[datetime, str, str, str, int]:
    return (reading.measured_at, reading.device_id, reading.probe, reading.quantity, reading.sequence)
