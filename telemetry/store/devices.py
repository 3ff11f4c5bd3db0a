"""Sensors known by name: what they speak and which probes they carry."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, func, select

from orders.errors import Conflict, NotFound
from orders.store.base import JsonColumn, Row, UtcDateTime
from telemetry.store.bad_counts import counted_by_topic
from telemetry.store.readings import BadFrameRow, ReadingRow


class DeviceRow(Row, table=True):
    """
    A sensor that may publish; its secret lives in the broker's user file alone.

    Parameters
    ----------
    device_id
        Its name, as in its topic.
    family
        Whose payload it speaks, a family of ``config/sensors.toml``.
    probes
        Name of each probe and what it senses.
    created_at, revoked_at
        When it was let in, and when it was shut out.
    """

    __tablename__ = "telemetry_devices"

    device_id: str = Field(primary_key=True, max_length=64)
    family: str = Field(max_length=64)
    probes: dict[str, str] = Field(sa_type=JsonColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def add_device(
    session: Session, device_id: str, *, family: str, probes: dict[str, str], now_at: datetime
) -> None:
    """
    Lets a sensor in.

    Parameters
    ----------
    session
        The caller's transaction.
    device_id, family
        Its name and whose payload it speaks.
    probes
        Name of each probe and what it senses, for example ``{"air": "air"}``.
    now_at
        The instant of the act.

    Raises
    ------
    Conflict
        When the name is taken.
    """
    if session.get(DeviceRow, device_id) is not None:
        raise Conflict("device_exists", device_id=device_id)
    session.add(DeviceRow(device_id=device_id, family=family, probes=probes, created_at=now_at))
    session.flush()


def revoke_device(session: Session, device_id: str, now_at: datetime) -> None:
    """Shuts a sensor out; `NotFound` for an unknown one, a second time changes nothing."""
    row = session.get(DeviceRow, device_id)
    if row is None:
        raise NotFound("device", device_id)
    row.revoked_at = row.revoked_at or now_at
    session.flush()


def devices(session: Session, *, revoked: bool = False) -> Sequence[DeviceRow]:
    """Sensors by name: those that may publish, or with ``revoked`` those that no longer may."""
    shut_at = col(DeviceRow.revoked_at)
    query = select(DeviceRow).order_by(DeviceRow.device_id)
    return session.exec(query.where(shut_at.is_not(None) if revoked else shut_at.is_(None))).all()


def count_registered(session: Session) -> int:
    """How many sensors were ever let in; a row never goes, and its family never changes."""
    return session.exec(select(func.count()).select_from(DeviceRow)).one()


def registered_families(session: Session) -> dict[str, str]:
    """Family of every sensor that was ever let in: one that was shut out is nobody else's either."""
    return dict(session.exec(select(DeviceRow.device_id, DeviceRow.family)).all())


def require_known(session: Session, device_id: str) -> None:
    """Refuses a name that was never let in and never heard: `NotFound`."""
    heard = select(ReadingRow.device_id).where(ReadingRow.device_id == device_id).limit(1)
    if session.get(DeviceRow, device_id) is None and session.exec(heard).first() is None:
        raise NotFound("device", device_id)


def count_readings_by_device(session: Session, device_ids: Sequence[str]) -> dict[str, int]:
    """
    How many readings each of these sensors has in store; those without any are left out.

    A second value under a key that stands already counts too: it is kept as a bad frame.
    """
    counted = select(ReadingRow.device_id, func.count()).group_by(ReadingRow.device_id)
    found = Counter(dict(session.exec(counted.where(col(ReadingRow.device_id).in_(device_ids))).all()))
    contradicting = session.exec(select(BadFrameRow.topic).where(BadFrameRow.code == "reading_conflicts"))
    told = Counter(topic.rpartition("/")[0] for topic in contradicting)
    for topic, count in counted_by_topic(session, "reading_conflicts").items():
        told[topic.rpartition("/")[0]] += count
    return found + Counter({name: told[name] for name in device_ids})
