"""How many bad frames came in an hour: from a number on they are counted, and their bytes are not kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col

from orders.store.base import METADATA, JsonColumn, Row, UtcDateTime
from telemetry.readings import BadFrame

ALL_TOPICS = "#"
_ROW_BYTES = 512  # what a row takes besides its payload and its topic
_ASKED_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class BadQuota:
    """
    How much of what nobody can read is kept with its bytes, an hour.

    Parameters
    ----------
    frames, frame_bytes
        Of one topic and finding.
    all_bytes
        Of all together.
    """

    frames: int = 200
    frame_bytes: int = 1 << 20
    all_bytes: int = 16 << 20


USUAL_QUOTA = BadQuota()


class BadCountRow(Row, table=True):
    """
    The bad frames of one topic and finding in an hour; under `ALL_TOPICS` those beyond what all may take.

    Parameters
    ----------
    digest
        Of topic, finding and hour: a topic may be longer than a key.
    topic, code, hour_at
        Which, and the hour's beginning; without a code it is the sum of what was kept of all.
    params
        Of the first finding.
    kept, kept_bytes
        Frames kept with their bytes, and what they took.
    counted
        Frames of which this number alone is kept.
    first_at, latest_at
        When the first and the latest of either came.
    """

    __tablename__ = "telemetry_bad_counts"
    __table_args__ = ({"info": {"refuses": ("DELETE",)}},)

    digest: str = Field(primary_key=True, max_length=64)
    topic: str
    code: str = Field(index=True)
    hour_at: datetime = Field(sa_type=UtcDateTime)
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    kept: int
    kept_bytes: int = Field(sa_type=BigInteger)
    counted: int = Field(sa_type=BigInteger)
    first_at: datetime = Field(sa_type=UtcDateTime)
    latest_at: datetime = Field(sa_type=UtcDateTime)


def within_quota(
    session: Session, frames: Sequence[BadFrame], quota: BadQuota = USUAL_QUOTA
) -> tuple[list[BadFrame], int]:
    """
    Those of some bad frames whose bytes are to be kept, and how many others were counted instead.

    Parameters
    ----------
    session
        The caller's transaction, in which those are kept.
    frames
        In the order of their arrival.
    quota
        How much of an hour is kept.
    """
    known = _used(session, {key for one in frames for key in (_key(one), _key_of_all(one))})
    fresh: dict[str, dict[str, Any]] = {}
    kept = []
    for frame in frames:
        key, of_all = _key(frame), _key_of_all(frame)
        used, used_of_all = known.setdefault(key, [0, 0]), known.setdefault(of_all, [0, 0])
        took = len(frame.payload) + len(frame.topic) + _ROW_BYTES
        is_full = used_of_all[1] + took > quota.all_bytes
        if is_full or used[0] >= quota.frames or used[1] + took > quota.frame_bytes:
            _note(fresh, frame, ALL_TOPICS if is_full and not used[0] else frame.topic, counted=1)
            continue
        kept.append(frame)
        for one, name, code in ((used, frame.topic, frame.reason.code), (used_of_all, ALL_TOPICS, "")):
            one[0], one[1] = one[0] + 1, one[1] + took
            _note(fresh, frame, name, code, kept=1, kept_bytes=took)
    _add(session, [fresh[key] for key in sorted(fresh)])  # one order for all: no deadlock
    return kept, len(frames) - len(kept)


def counted_by_code(session: Session) -> dict[str, int]:
    """How many bad frames were counted only, by code of their finding; others are left out."""
    counted = func.sum(BadCountRow.counted)
    query = select(col(BadCountRow.code), counted).where(col(BadCountRow.counted) > 0)
    return {code: int(count) for code, count in session.execute(query.group_by(col(BadCountRow.code)))}


def counted_by_topic(session: Session, code: str) -> dict[str, int]:
    """The same of one finding, by topic."""
    counted = func.sum(BadCountRow.counted)
    query = select(col(BadCountRow.topic), counted).where(col(BadCountRow.code) == code)
    return {topic: int(count) for topic, count in session.execute(query.group_by(col(BadCountRow.topic)))}


def latest_counted(session: Session, code: str) -> BadCountRow | None:
    """The hour's row of a finding in which the latest frame was counted only."""
    query = select(BadCountRow).where(col(BadCountRow.code) == code, col(BadCountRow.counted) > 0)
    return session.scalars(query.order_by(col(BadCountRow.latest_at).desc()).limit(1)).first()


def _note(
    fresh: dict[str, dict[str, Any]], frame: BadFrame, topic: str, code: str | None = None, **more: int
) -> None:
    code = frame.reason.code if code is None else code
    hour_at = _hour(frame.received_at)
    digest = _digest(topic, code, hour_at)
    row = fresh.setdefault(
        digest,
        {
            "digest": digest,
            "topic": topic,
            "code": code,
            "hour_at": hour_at,
            "params": dict(frame.reason.params) if code else {},
            **dict.fromkeys(("kept", "kept_bytes", "counted"), 0),
            "first_at": frame.received_at,
            "latest_at": frame.received_at,
        },
    )
    for name, number in more.items():
        row[name] += number
    row["latest_at"] = max(row["latest_at"], frame.received_at)


def _used(session: Session, keys: Iterable[str]) -> dict[str, list[int]]:
    table, wanted = METADATA.tables[BadCountRow.__tablename__].c, sorted(keys)
    found: dict[str, list[int]] = {}
    for start in range(0, len(wanted), _ASKED_TOGETHER):
        some = wanted[start : start + _ASKED_TOGETHER]
        query = select(table.digest, table.kept, table.kept_bytes).where(table.digest.in_(some))
        found |= {digest: [kept, took] for digest, kept, took in session.execute(query)}
    return found


def _add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    connection, table = session.connection(), METADATA.tables[BadCountRow.__tablename__]
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    added = {name: table.c[name] + insert.excluded[name] for name in ("kept", "kept_bytes", "counted")}
    changed = added | {"latest_at": insert.excluded.latest_at}
    connection.execute(insert.on_conflict_do_update(index_elements=["digest"], set_=changed), rows)


def _key(frame: BadFrame) -> str:
    return _digest(frame.topic, frame.reason.code, _hour(frame.received_at))


def _key_of_all(frame: BadFrame) -> str:
    return _digest(ALL_TOPICS, "", _hour(frame.received_at))


def _digest(topic: str, code: str, hour_at: datetime) -> str:
    told = "\0".join((topic, code, hour_at.isoformat()))
    return sha256(told.encode("utf-8", "replace")).hexdigest()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
