"""Readings and frames that gave none: kept once, never changed."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

import sqlalchemy
from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, LargeBinary, bindparam, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, and_, col, or_, select

from orders.codes import Coded, Param
from orders.store.base import METADATA, JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY
from telemetry.readings import DOUBTS, NO_SEQUENCE, WHOLE_DEVICE, BadFrame, Doubt, Reading, Senses
from telemetry.store.arrivals import differing, insert_new
from telemetry.store.bad_counts import USUAL_QUOTA, BadQuota, counted_by_code, within_quota
from telemetry.store.dropped_rows import SAYS_SEALED, sealed_values
from telemetry.store.microseconds import Microseconds
from telemetry.store.probe_uses import ProbeUseRow
from telemetry.store.reading_counts import ReadingCountRow, add_to_count

_NEVER = literal(2**63 - 1, BigInteger)


class ReadingRow(Row, table=True):
    """One `Reading` under its natural key; the value is finite by its check."""

    __tablename__ = "telemetry_readings"
    __table_args__ = (
        CheckConstraint(f"sequence >= {NO_SEQUENCE}", name="sequence"),
        CheckConstraint("value BETWEEN -1e12 AND 1e12", name="value"),
        CheckConstraint(" OR ".join(f"doubt = '{one}'" for one in DOUBTS), name="doubt"),
        {"sqlite_with_rowid": False, "info": APPEND_ONLY | {"unless": {"DELETE": SAYS_SEALED}}},
    )

    device_id: str = Field(primary_key=True, max_length=64)
    measured_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    probe: str = Field(primary_key=True, max_length=64)
    quantity: str = Field(primary_key=True, max_length=64)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    value: float
    received_at: datetime = Field(sa_type=Microseconds)
    backfill: bool
    senses: str | None = Field(default=None, max_length=8)
    doubt: str = Field(max_length=8)


class BadFrameRow(Row, table=True):
    """One `BadFrame` with its bytes, under the digest of what it was and when it came."""

    __tablename__ = "telemetry_bad_frames"
    __table_args__ = ({"info": APPEND_ONLY},)

    digest: str = Field(primary_key=True, max_length=64)
    topic: str
    payload: bytes = Field(sa_type=LargeBinary)
    code: str = Field(index=True)
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class KeepResult:
    """
    What became of what was to be kept; nothing else can have happened to it.

    Parameters
    ----------
    stored
        Readings kept for the first time.
    duplicates
        Readings that were here already.
    bad
        Bad frames kept for the first time, those made of ``conflicting`` among them, and those of which the
        number alone is kept.
    conflicting
        Those of ``duplicates`` that name another value than the one kept.
    """

    stored: int
    duplicates: int
    bad: int
    conflicting: tuple[Reading, ...] = ()


def keep(
    session: Session,
    readings: Sequence[Reading],
    bad: Sequence[BadFrame] = (),
    quota: BadQuota = USUAL_QUOTA,
) -> KeepResult:
    """
    Keeps readings and bad frames once each, however often they come.

    A reading with the key of a kept one and another value is kept as a bad frame, for its owner to look at.
    Of bad frames beyond an hour's quota the number is kept, not the bytes.

    Parameters
    ----------
    session
        The caller's transaction; once it is committed the frames may be acknowledged.
    readings, bad
        What the decoders gave.
    quota
        How much of the bad frames of an hour is kept.

    Returns
    -------
    KeepResult
        With ``stored + duplicates == len(readings)``.
    """
    sealed = sealed_values(session, [one for one in readings if one.backfill])
    fresh = [one for one in readings if one.key not in sealed] if sealed else readings
    stored = insert_new(session.connection(), fresh) if fresh else 0
    duplicates = len(readings) - stored
    conflicting = differing(session.connection(), fresh) if stored < len(fresh) else ()
    conflicting += tuple(one for one in readings if sealed and sealed.get(one.key, one.value) != one.value)
    if stored:
        add_to_count(session, stored)
    frames = [*bad, *(_conflict_frame(reading) for reading in conflicting)]
    return KeepResult(stored, duplicates, _keep_bad(session, frames, quota) if frames else 0, conflicting)


def readings_of_box(
    session: Session,
    box_id: str,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    received_from_at: datetime | None = None,
) -> list[Reading]:
    """
    Readings of the probes that sat in a box while they sat in it.

    Parameters
    ----------
    session
        The caller's transaction.
    box_id
        The box.
    from_at, to_at
        Of the measurement, both inclusive; None leaves that side open.
    received_from_at
        Only what arrived from this instant on; None is everything.

    Returns
    -------
    list[Reading]
        By instant, device, probe and counter; each with what the probe senses in this box.
    """
    measured_at, wanted = col(ReadingRow.measured_at), []
    if from_at is not None:
        wanted.append(measured_at >= from_at)
    if to_at is not None:
        wanted.append(measured_at <= to_at)
    if received_from_at is not None:
        wanted.append(col(ReadingRow.received_at) >= received_from_at)
    return _by_box(session, [box_id], *wanted)[box_id]


def readings_of_boxes(
    session: Session, box_ids: Collection[str], *, received_from_at: datetime | None = None
) -> dict[str, list[Reading]]:
    """As `readings_of_box`, of several boxes in one query; a box without any has an empty list."""
    if received_from_at is None:
        return _by_box(session, box_ids)
    return _by_box(session, box_ids, col(ReadingRow.received_at) >= received_from_at)


def readings_of_device(
    session: Session, device_id: str, *, from_at: datetime, to_at: datetime
) -> list[Reading]:
    """Readings of one device between two instants, both inclusive, by instant, probe and counter."""
    measured_at = col(ReadingRow.measured_at)
    query = select(ReadingRow).where(ReadingRow.device_id == device_id, measured_at.between(from_at, to_at))
    query = query.order_by(measured_at, ReadingRow.probe, col(ReadingRow.sequence))
    return [reading_fact(row, row.senses) for row in session.exec(query)]


def bad_frames(session: Session, *, limit: int = 200) -> Sequence[BadFrameRow]:
    """Bad frames, newest first."""
    return session.exec(select(BadFrameRow).order_by(col(BadFrameRow.received_at).desc()).limit(limit)).all()


def count_readings(session: Session) -> int:
    """How many readings were ever kept, those among them whose rows were dropped after sealing."""
    return int(session.exec(select(func.coalesce(func.sum(ReadingCountRow.readings), 0))).one())


def count_readings_of_boxes(session: Session, box_ids: Sequence[str]) -> dict[str, int]:
    """How many readings each box has; a box without any has 0."""
    counts = dict.fromkeys(box_ids, 0)
    query = select(ProbeUseRow.box_id, func.count()).select_from(ReadingRow).join(ProbeUseRow, in_use())
    query = query.where(col(ProbeUseRow.box_id).in_(box_ids)).group_by(ProbeUseRow.box_id)
    return counts | dict(session.exec(query).all())


def count_readings_since_packing(session: Session, box_ids: Sequence[str]) -> int:
    """How many readings the boxes' probes and their devices gave from packing until the next box."""
    of_boxes = select(ProbeUseRow.box_id).where(_since_packing(), col(ProbeUseRow.box_id).in_(box_ids))
    return session.exec(select(func.count()).select_from(ReadingRow).where(of_boxes.exists())).one()


def missing_messages(session: Session, box_ids: Sequence[str]) -> dict[str, int]:
    """Device id to the messages that its counter skips from packing to its next box; others are left out."""
    number = col(ReadingRow.sequence)
    span = func.max(number) - func.min(number) + 1 - func.count(func.distinct(number))
    query = (
        select(ReadingRow.device_id, span)
        .select_from(ReadingRow)
        .join(ProbeUseRow, _since_packing())
        .where(col(ProbeUseRow.box_id).in_(box_ids), number != NO_SEQUENCE)
        .group_by(ReadingRow.device_id, ProbeUseRow.box_id)
        .order_by(ReadingRow.device_id)
    )
    return {device_id: missing for device_id, missing in session.exec(query) if missing}


def count_bad_frames(session: Session) -> dict[str, int]:
    """How many bad frames came, kept or only counted, by code of their finding."""
    kept = select(BadFrameRow.code, func.count()).group_by(BadFrameRow.code)
    found = Counter(dict(session.exec(kept).all())) + Counter(counted_by_code(session))
    return dict(sorted(found.items()))


def _by_box(
    session: Session, box_ids: Collection[str], *wanted: ColumnElement[bool]
) -> dict[str, list[Reading]]:
    readings, uses = METADATA.tables["telemetry_readings"], METADATA.tables["telemetry_probe_uses"]
    kept, sensed = readings.c, uses.c.senses.label("sensed")
    query = (
        sqlalchemy.select(readings, uses.c.box_id, sensed)
        .join(uses, in_use())
        .where(uses.c.box_id.in_(box_ids), *wanted)
        .order_by(kept.measured_at, kept.device_id, kept.probe, kept.sequence)
    )
    found: dict[str, list[Reading]] = {box_id: [] for box_id in box_ids}
    for row in session.execute(query):
        found[row.box_id].append(reading_fact(row, row.sensed))
    return found


def in_use() -> ColumnElement[bool]:
    """That a reading was taken while its probe sat in a box; to be joined with the uses."""
    measured_at, left_at = col(ReadingRow.measured_at), func.coalesce(ProbeUseRow.to_at, _NEVER)
    return and_(
        ReadingRow.device_id == ProbeUseRow.device_id,
        ReadingRow.probe == ProbeUseRow.probe,
        measured_at >= col(ProbeUseRow.from_at),
        measured_at < left_at,  # one bound, so that the key is read up to it and no further
    )


def _since_packing() -> ColumnElement[bool]:
    """A reading belongs to the box that its probe was last put into."""
    measured_at, later = col(ReadingRow.measured_at), aliased(ProbeUseRow)
    put_elsewhere = select(later.box_id).where(
        later.device_id == ProbeUseRow.device_id,
        later.probe == ProbeUseRow.probe,
        col(later.from_at) > col(ProbeUseRow.from_at),
        col(later.from_at) <= measured_at,
    )
    put_elsewhere = put_elsewhere.correlate(ReadingRow, ProbeUseRow)
    return and_(
        ReadingRow.device_id == ProbeUseRow.device_id,
        or_(ReadingRow.probe == ProbeUseRow.probe, ReadingRow.probe == WHOLE_DEVICE),
        measured_at >= col(ProbeUseRow.from_at),
        ~put_elsewhere.exists(),
    )


def _insert_new(session: Session, name: str, values: list[dict[str, Any]]) -> int:
    """How many of the rows were not there yet; the others change nothing."""
    if not values:
        return 0
    connection, table = session.connection(), METADATA.tables[name]
    if connection.dialect.name == "sqlite":
        return connection.execute(sqlite.insert(table).on_conflict_do_nothing(), values).rowcount
    columns = [column for column in table.columns if column.name in values[0]]
    arrays = [
        bindparam(column.name, [row[column.name] for row in values], postgresql.ARRAY(column.type))
        for column in columns
    ]
    names = [column.name for column in columns]
    rows = sqlalchemy.select(func.unnest(*arrays).table_valued(*names).render_derived())
    insert = postgresql.insert(table).from_select(names, rows)
    new = insert.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(new).rowcount


def _keep_bad(session: Session, frames: Sequence[BadFrame], quota: BadQuota) -> int:
    """How many of some bad frames were not here yet; those beyond the quota count each time."""
    kept, counted = within_quota(session, frames, quota)
    return _insert_new(session, BadFrameRow.__tablename__, [_frame_values(frame) for frame in kept]) + counted


def _conflict_frame(reading: Reading) -> BadFrame:
    named: dict[str, Param] = {"device_id": reading.device_id, "probe": reading.probe}
    named |= {"quantity": reading.quantity, "value": reading.value}
    reason = Coded("reading_conflicts", named)
    said = {"at": reading.measured_at.isoformat(), "sequence": reading.sequence}
    payload = json.dumps(named | said, sort_keys=True).encode()
    return BadFrame(f"{reading.device_id}/{reading.probe}", payload, reason, reading.received_at)


def _frame_values(frame: BadFrame) -> dict[str, Any]:
    parts = (frame.topic.encode("utf-8", "replace"), frame.payload, frame.reason.code.encode())
    stamp = frame.received_at.astimezone(UTC).isoformat().encode()
    lengths = ",".join(str(len(part)) for part in parts).encode()
    return {
        "digest": sha256(b"|".join((lengths, *parts, stamp))).hexdigest(),
        "topic": frame.topic,
        "payload": frame.payload,
        "code": frame.reason.code,
        "params": dict(frame.reason.params),
        "received_at": frame.received_at,
    }


def reading_fact(row: Any, senses: str | None) -> Reading:
    """The reading of a row, with what its probe sensed."""
    return Reading(
        device_id=row.device_id,
        probe=row.probe,
        senses=cast("Senses | None", senses),
        quantity=row.quantity,
        value=row.value,
        measured_at=row.measured_at,
        received_at=row.received_at,
        sequence=row.sequence,
        backfill=row.backfill,
        doubt=cast("Doubt", row.doubt),
    )
