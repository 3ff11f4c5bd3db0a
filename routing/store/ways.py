"""Rows of ways that road engines found: one for each start and state of the roads; never changed."""

import hashlib
import zlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime, upsert
from routing.ways import NOTHING_FOUND, Found, together

IN_ONE_QUERY = 500
BYTES_EACH = 16


class WaysRow(Row, table=True):
    """What an engine answered for one start at one time: ends, seconds and metres."""

    __tablename__ = "routing_ways"
    __table_args__ = (Index("ix_routing_ways_start", "tiles", "kept_as", "start_spot"),)

    ways_id: str = Field(primary_key=True)
    tiles: str
    kept_as: str
    start_spot: int = Field(sa_type=BigInteger)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    ways: bytes = Field(sa_type=LargeBinary)


class RoadsRow(Row, table=True):
    """The state of the roads on which an engine was last seen to drive."""

    __tablename__ = "routing_roads"

    url: str = Field(primary_key=True)
    tiles: str
    seen_at: datetime = Field(sa_type=UtcDateTime)


def save_ways(session: Session, tiles: str, kept_as: str, found: Found, fetched_at: datetime) -> None:
    """
    Keeps ways, a row for each start; the same ways once.

    Parameters
    ----------
    session
        Open transaction.
    tiles, kept_as
        The state of the roads, and how one drives.
    found
        The engine's answers.
    fetched_at
        When.
    """
    ordered = found.some(np.argsort(found.starts, kind="stable"))
    spots, first = np.unique(ordered.starts, return_index=True)
    rows = []
    for spot, at, to in zip(spots, first, [*first[1:], len(ordered.starts)], strict=True):
        ways = _packed(ordered.some(np.arange(at, to)))
        name = hashlib.sha256(f"{tiles} {kept_as} {spot} ".encode() + ways).hexdigest()
        rows.append(
            {
                "ways_id": name,
                "tiles": tiles,
                "kept_as": kept_as,
                "start_spot": int(spot),
                "fetched_at": fetched_at,
                "ways": ways,
            }
        )
    upsert(session, WaysRow, rows, keep=("fetched_at",))


def load_ways(
    session: Session, tiles: str, kept_as: str, spots: Collection[int], until: datetime | None = None
) -> Found:
    """
    The ways that are kept between some spots.

    Parameters
    ----------
    session
        Open.
    tiles, kept_as
        The state of the roads, and how one drives.
    spots
        Where ways start and end.
    until
        Only what was fetched by then: what a plan of that minute rests on.

    Returns
    -------
    Found
        In the order in which they were fetched.
    """
    wanted, rows = sorted(set(spots)), list[Any]()
    for at in range(0, len(wanted), IN_ONE_QUERY):
        query = select(WaysRow.fetched_at, WaysRow.ways_id, WaysRow.start_spot, WaysRow.ways).where(
            WaysRow.tiles == tiles,
            WaysRow.kept_as == kept_as,
            col(WaysRow.start_spot).in_(wanted[at : at + IN_ONE_QUERY]),
        )
        if until is not None:
            query = query.where(WaysRow.fetched_at <= until)
        rows += session.exec(query).all()
    ends = np.array(wanted, np.int64)
    return together(_between(spot, ways, ends) for _, _, spot, ways in sorted(rows, key=lambda row: row[:2]))


def note_roads(session: Session, url: str, tiles: str, seen_at: datetime) -> None:
    """Keeps on which state of the roads an engine drives."""
    upsert(session, RoadsRow, [{"url": url, "tiles": tiles, "seen_at": seen_at}])


def known_roads(session: Session, url: str) -> str:
    """The state of the roads on which an engine was last seen to drive; empty before it was ever seen."""
    return session.exec(select(RoadsRow.tiles).where(RoadsRow.url == url)).first() or ""


def _packed(found: Found) -> bytes:
    parts = (found.ends.astype("<i8"), found.duration_s.astype("<i4"), found.distance_m.astype("<i4"))
    return zlib.compress(b"".join(part.tobytes() for part in parts))


def _between(start: int, packed: bytes, ends: np.ndarray[Any, np.dtype[np.int64]]) -> Found:
    plain = zlib.decompress(packed)
    count = len(plain) // BYTES_EACH
    if not count:
        return NOTHING_FOUND
    numbers = np.frombuffer(plain, "<i4", offset=8 * count).astype(np.int32)
    found = Found(
        np.full(count, start, np.int64),
        np.frombuffer(plain, "<i8", count).astype(np.int64),
        numbers[:count],
        numbers[count:],
    )
    return found.some(np.isin(found.ends, ends))
