"""The one question about the past: which readings were there, in rows and in sealed chunks alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from msgspec import structs
from sqlmodel import Session

from telemetry.chunks import Chunk, chunks_of, unpack
from telemetry.instants import MICROSECOND
from telemetry.readings import ProbeUse, Reading, Senses
from telemetry.store.chunks import chunks_between, save_chunks
from telemetry.store.dropped_rows import A_DAY, rows_gone_before
from telemetry.store.probe_uses import uses_of_boxes
from telemetry.store.readings import readings_of_boxes, readings_of_device
from telemetry.store.seals import Seal, save_seal, standing_seal

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
            found.setdefault(key, _as_sensed(reading, span.senses))
    return sorted(found.values(), key=_by_time)


def readings_of_holds(
    session: Session, box_ids: Collection[str], *, received_from_at: datetime | None = None
) -> dict[str, list[Reading]]:
    """
    As `readings_of_boxes`, from chunks too where rows may have been dropped.

    Parameters
    ----------
    session
        The caller's transaction.
    box_ids
        The boxes.
    received_from_at
        Only what arrived from this instant on; None is everything.
    """
    found = readings_of_boxes(session, box_ids, received_from_at=received_from_at)
    gone_at = rows_gone_before(session)
    if gone_at is None:
        return found
    for box_id, uses in uses_of_boxes(session, list(box_ids)).items():
        spans = [span_of_use(use, use.from_at, gone_at) for use in uses]
        sealed = readings_in(session, [one for one in spans if one is not None])
        since = [one for one in sealed if received_from_at is None or one.received_at >= received_from_at]
        if since:
            own = {one.key: one for one in (*found[box_id], *since)}
            found[box_id] = sorted(own.values(), key=_by_time)
    return found


def seal_rest(session: Session, device_id: str, day_at: datetime, sealed_at: datetime) -> list[Chunk]:
    """
    Seals what a device told on a day and no chunk holds yet, whether it belongs to a hold or to none.

    Parameters
    ----------
    session
        The caller's transaction.
    device_id, day_at
        Whose, and when the day begins.
    sealed_at
        When.

    Returns
    -------
    list[Chunk]
        The new ones.
    """
    span = Span(device_id, day_at, day_at + A_DAY - MICROSECOND)
    rows = readings_of_device(session, device_id, from_at=span.from_at, to_at=span.to_at)
    sealed = {one.key for one in _sealed_in(session, span)} if rows else set()
    chunks = chunks_of(one for one in rows if one.key not in sealed)
    save_chunks(session, chunks, sealed_at)
    return chunks


def seal_hold(
    session: Session, box_id: str, spans: Sequence[Span], verdict_number: int, sealed_at: datetime
) -> Seal | None:
    """
    Seals a closed hold as what it is now: chunks that hold its readings, each once, and nothing else.

    Chunks that are there already serve again where they fit; what came late is packed further. Where a
    correction took readings away, a new seal stands without them, and the one before stays as it was.

    Parameters
    ----------
    session
        The caller's transaction.
    box_id
        The hold's box.
    spans
        What belongs to the hold.
    verdict_number
        Its newest verdict.
    sealed_at
        When.

    Returns
    -------
    Seal | None
        None where the standing seal says the same.
    """
    plain = [replace(one, senses=None) for one in spans]
    left = {one.key: one for one in readings_in(session, plain)}
    before = standing_seal(session, box_id)
    kept = list[Chunk]()
    for chunk in (*(before.chunks if before else ()), *_chunks_in(session, plain)):
        keys = {one.key for one in unpack(chunk)}
        if keys <= left.keys():
            kept.append(chunk)
            left = {key: one for key, one in left.items() if key not in keys}
    chunks = (*kept, *chunks_of(left.values()))
    if before is not None and before.verdict_number >= verdict_number and set(before.chunks) == set(chunks):
        return None
    seal = Seal(before.number + 1 if before else 1, verdict_number, chunks)
    save_seal(session, box_id, seal, sealed_at)
    return seal


def _chunks_in(session: Session, spans: Iterable[Span]) -> list[Chunk]:
    found = (chunks_between(session, one.device_id, one.from_at, one.to_at, probe=one.probe) for one in spans)
    return [chunk for several in found for chunk in several]


def _sealed_in(session: Session, span: Span) -> list[Reading]:
    chunks = _chunks_in(session, [span])
    return [one for chunk in chunks for one in unpack(chunk) if span.from_at <= one.measured_at <= span.to_at]


def _as_sensed(reading: Reading, senses: Senses | None) -> Reading:
    return reading if senses in (None, reading.senses) else structs.replace(reading, senses=senses)


_by_time = attrgetter("measured_at", "device_id", "probe", "quantity", "sequence")
