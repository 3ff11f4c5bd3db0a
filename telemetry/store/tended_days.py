"""Which days of readings were sealed, looked at again, and freed of their rows."""

from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Field, Session, col, select

from orders.store.base import Row
from orders.store.triggers import APPEND_ONLY
from telemetry.store.dropped_rows import A_DAY
from telemetry.store.microseconds import Microseconds
from telemetry.store.readings import ReadingRow

Tending = Literal["sealed", "sealed_again", "dropped"]


class TendedDayRow(Row, table=True):
    """That this was done for every device's readings of the day (UTC) that begins at ``day_at``."""

    __tablename__ = "telemetry_tended_days"
    __table_args__ = ({"info": APPEND_ONLY},)

    tending: str = Field(primary_key=True, max_length=16)
    day_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    done_at: datetime = Field(sa_type=Microseconds)


def next_day(session: Session, tending: Tending) -> datetime | None:
    """The first day with readings for which this is still to do; None where there is none."""
    of_this = select(func.max(TendedDayRow.day_at)).where(TendedDayRow.tending == tending)
    last_at: datetime | None = session.exec(of_this).one()
    if tending == "dropped":
        sealed = select(func.min(TendedDayRow.day_at)).where(TendedDayRow.tending == "sealed_again")
        return session.exec(sealed if last_at is None else sealed.where(TendedDayRow.day_at > last_at)).one()
    return _first_told_day(session, None if last_at is None else last_at + A_DAY)


def day_done_at(session: Session, tending: Tending, day_at: datetime) -> datetime | None:
    """When this was done for a day, None when it was not."""
    row = session.get(TendedDayRow, (tending, day_at))
    return row.done_at if row else None


def save_day_done(session: Session, tending: Tending, day_at: datetime, done_at: datetime) -> None:
    """Notes that this is done for a day, unless it was noted."""
    if day_done_at(session, tending, day_at) is None:
        session.add(TendedDayRow(tending=tending, day_at=day_at, done_at=done_at))
        session.flush()


def devices_after(session: Session, name: str, most: int) -> list[str]:
    """The next devices that told readings, by name after a name; the key is leapt through, not read."""
    found: list[str] = []
    query = select(func.min(ReadingRow.device_id))
    while len(found) < most:
        name = session.exec(query.where(ReadingRow.device_id > name)).one() or ""
        if not name:
            break
        found.append(name)
    return found


def told_between(session: Session, device_id: str, from_at: datetime, to_at: datetime) -> bool:
    """Whether a device told readings from an instant on and before another."""
    measured_at = col(ReadingRow.measured_at)
    query = select(ReadingRow.device_id).where(ReadingRow.device_id == device_id)
    query = query.where(measured_at >= from_at, measured_at < to_at).limit(1)
    return session.exec(query).first() is not None


def _first_told_day(session: Session, from_at: datetime | None) -> datetime | None:
    """The day of the first reading whose instant can be, from an instant on; the key is leapt through."""
    name, firsts = "", list[datetime]()
    measured_at = col(ReadingRow.measured_at)
    while found := devices_after(session, name, 1):
        [name] = found
        query = select(ReadingRow.measured_at).where(ReadingRow.device_id == name, ReadingRow.doubt != "time")
        if from_at is not None:
            query = query.where(measured_at >= from_at)
        first_at = session.exec(query.order_by(measured_at).limit(1)).first()
        firsts += [] if first_at is None else [first_at]
        if firsts and from_at is not None and firsts[-1] < from_at + A_DAY:
            return from_at
    return min(firsts).replace(hour=0, minute=0, second=0, microsecond=0) if firsts else None
