"""What the sensors themselves show: who told what last, and what fell into no box."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from orders.codes import Coded
from telemetry.frames import EPOCH_ZERO_AT
from telemetry.readings import Reading, Senses
from telemetry.store.bad_counts import counted_by_code, latest_counted
from telemetry.store.probe_uses import ProbeUseRow
from telemetry.store.readings import BadFrameRow, ReadingRow, in_use, reading_fact

TEMPERATURE = "temperature"
ASKED_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class ToldProbe:
    """
    A probe that told temperatures.

    Parameters
    ----------
    device_id, probe
        Which.
    senses
        What it senses by its frames, None when they do not say it.
    """

    device_id: str
    probe: str
    senses: Senses | None


def probes_told(session: Session, device_id: str, since_at: datetime) -> list[ToldProbe]:
    """The probes of a device that told temperatures since an instant, by name; any spelling of its case."""
    exact = {device_id, device_id.upper(), device_id.lower()}
    query = (
        select(ReadingRow.device_id, ReadingRow.probe, ReadingRow.senses)
        .where(col(ReadingRow.device_id).in_(exact), ReadingRow.quantity == TEMPERATURE)
        .where(col(ReadingRow.measured_at) >= since_at)
        .distinct()
        .order_by(ReadingRow.device_id, ReadingRow.probe)
    )
    found = {(device, probe): senses for device, probe, senses in session.exec(query)}
    return [
        ToldProbe(device, probe, cast("Senses | None", senses)) for (device, probe), senses in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Unboxed:
    """
    Temperatures of one probe that belong to no box.

    Parameters
    ----------
    device_id, probe
        Which.
    first_at, last_at
        The first and the last of them.
    readings
        How many.
    """

    device_id: str
    probe: str
    first_at: datetime
    last_at: datetime
    readings: int


@dataclass(frozen=True, slots=True)
class BadKind:
    """
    Bad frames of one kind.

    Parameters
    ----------
    count, counted
        How many came, and of how many of them this number alone is kept.
    first_at, latest_at
        When the first and the latest came.
    topic, reason
        Of the latest.
    """

    count: int
    counted: int
    first_at: datetime
    latest_at: datetime
    topic: str
    reason: Coded


def devices_heard(session: Session) -> list[str]:
    """Every device that ever told a reading, by name; the key is leapt through, not read."""
    found: list[str] = []
    query = select(func.min(ReadingRow.device_id))
    while True:
        name: str | None = session.exec(
            query.where(ReadingRow.device_id > found[-1]) if found else query
        ).one()
        if name is None:
            return found
        found.append(name)


def latest_readings(session: Session, device_id: str, most: int) -> list[Reading]:
    """The latest readings of a device whose clock can be right, of any quantity, newest first."""
    query = select(ReadingRow).where(ReadingRow.device_id == device_id, ReadingRow.doubt != "time")
    query = query.order_by(col(ReadingRow.measured_at).desc()).limit(most)
    return [reading_fact(row, row.senses) for row in session.exec(query)]


def doubtful_times(session: Session, device_ids: Collection[str], since_at: datetime) -> dict[str, int]:
    """How many readings since an instant have a time that cannot be, by device; others are left out."""
    measured_at = col(ReadingRow.measured_at)
    told = select(ReadingRow.device_id, func.count()).where(
        or_(measured_at < EPOCH_ZERO_AT, measured_at >= since_at),
        ReadingRow.doubt == "time",
        col(ReadingRow.received_at) >= since_at,
    )
    found: dict[str, int] = {}
    for some in _some(device_ids):
        query = told.where(col(ReadingRow.device_id).in_(some)).group_by(ReadingRow.device_id)
        found |= dict(session.exec(query).all())
    return found


def unboxed(session: Session, device_ids: Collection[str], since_at: datetime) -> list[Unboxed]:
    """
    Temperatures of some devices since an instant that belong to no box, by device and probe.

    Parameters
    ----------
    session
        The caller's transaction.
    device_ids
        Which devices.
    since_at
        Of the measurement.
    """
    measured_at = col(ReadingRow.measured_at)
    device, probe = col(ReadingRow.device_id), col(ReadingRow.probe)
    told = (
        sqlalchemy.select(device, probe, func.min(measured_at), func.max(measured_at), func.count())
        .where(col(ReadingRow.quantity) == TEMPERATURE, col(ReadingRow.doubt) != "time")
        .where(measured_at >= since_at, ~select(ProbeUseRow.box_id).where(in_use()).exists())
        .group_by(device, probe)
    )
    found = (row for some in _some(device_ids) for row in session.execute(told.where(device.in_(some))))
    return sorted((Unboxed(*row) for row in found), key=lambda one: (one.device_id, one.probe))


def bad_kinds(session: Session) -> list[BadKind]:
    """Bad frames by kind, the latest first."""
    came_at = col(BadFrameRow.received_at)
    kept = select(BadFrameRow.code, func.count(), func.min(came_at)).group_by(BadFrameRow.code)
    found = []
    counted = counted_by_code(session)
    for code, count, first_at in session.exec(kept):
        query = select(BadFrameRow).where(BadFrameRow.code == code).order_by(came_at.desc()).limit(1)
        row, more = session.exec(query).one(), counted.pop(code, 0)
        kind = BadKind(count + more, more, first_at, row.received_at, row.topic, Coded(code, row.params))
        late = latest_counted(session, code) if more else None
        found.append(kind if late is None else replace(kind, latest_at=max(late.latest_at, kind.latest_at)))
    for code, more in counted.items():
        if late := latest_counted(session, code):
            reason = Coded(code, late.params)
            found.append(BadKind(more, more, late.first_at, late.latest_at, late.topic, reason))
    return sorted(found, key=lambda one: one.latest_at, reverse=True)


def _some(device_ids: Collection[str]) -> list[list[str]]:
    ordered = sorted(set(device_ids))
    return [ordered[start : start + ASKED_TOGETHER] for start in range(0, len(ordered), ASKED_TOGETHER)]
