"""
Tends the readings, a little at a time: seals what is of no hold, and drops rows that were sealed long ago.

Holds are sealed as they close; here the days of loose sensors and fixed assets follow, device by device.
"""

import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.clock import Clock
from api.db import Database
from telemetry.chunks import ChunkBroken
from telemetry.store.dropped_rows import A_DAY
from telemetry.store.history import seal_rest
from telemetry.store.retention import drop_rows
from telemetry.store.tended_days import (
    Tending,
    day_done_at,
    devices_after,
    next_day,
    save_day_done,
    told_between,
)

SEALED_AFTER = timedelta(days=2)
SEALED_AGAIN_AFTER = timedelta(days=30)
DEVICES_TOGETHER = 8
IDLE_S, REST_S, REST_RATIO = 600.0, 0.2, 4.0
log = structlog.get_logger(__name__)


class DayTending:
    """
    Does the next piece when it is due.

    Parameters
    ----------
    database
        Where the readings are.
    clock
        What says that a day is over.
    rows_kept_days
        How long rows are kept after their day was sealed for the second time; None for ever.
    """

    def __init__(self, database: Database, clock: Clock, rows_kept_days: int | None) -> None:
        self._database, self._clock = database, clock
        self._kept = None if rows_kept_days is None else timedelta(days=rows_kept_days)
        self._doing: tuple[Tending, datetime] | None = None
        self._after, self._from_s = "", 0.0

    def tend(self) -> None:
        """Tends a few devices' day, seldom enough that nobody waits for it."""
        began_s = time.monotonic()
        if began_s < self._from_s:
            return
        try:
            is_busy = self._tend_some(self._clock.now())
        except SQLAlchemyError as error:
            log.error("readings not tended", error=str(error)[:300])
            is_busy = False
        took_s = time.monotonic() - began_s
        self._from_s = began_s + (took_s + max(REST_S, REST_RATIO * took_s) if is_busy else IDLE_S)

    def _tend_some(self, now_at: datetime) -> bool:
        """Whether there was something to do."""
        with self._database.read() as session:
            self._doing = self._doing or self._due(session, now_at)
            if self._doing is None:
                return False
            tending, day_at = self._doing
            devices = devices_after(session, self._after, DEVICES_TOGETHER)
            telling = [one for one in devices if told_between(session, one, day_at, day_at + A_DAY)]
        for device_id in telling:
            self._tend_one(tending, day_at, device_id, now_at)
        if len(devices) == DEVICES_TOGETHER:
            self._after = devices[-1]
            return True
        with self._database.begin(lock="telemetry/tending") as session:
            save_day_done(session, tending, day_at, now_at)
        self._doing, self._after = None, ""
        return True

    def _tend_one(self, tending: Tending, day_at: datetime, device_id: str, now_at: datetime) -> None:
        try:
            with self._database.begin(lock="telemetry/tending") as session:
                if tending != "dropped":
                    seal_rest(session, device_id, day_at, now_at)
                elif self._kept is not None:
                    sealed_to_at = now_at - self._kept
                    drop_rows(session, device_id, day_at, sealed_to_at=sealed_to_at, dropped_at=now_at)
        except ChunkBroken as error:
            log.error("readings not tended", **error.params)

    def _due(self, session: Session, now_at: datetime) -> tuple[Tending, datetime] | None:
        waits: dict[Tending, timedelta] = {"sealed": SEALED_AFTER, "sealed_again": SEALED_AGAIN_AFTER}
        for tending, after in waits.items():
            day_at = next_day(session, tending)
            if day_at is not None and day_at + A_DAY + after <= now_at:
                return tending, day_at
        day_at = next_day(session, "dropped") if self._kept else None
        sealed_at = day_done_at(session, "sealed_again", day_at) if day_at else None
        if self._kept and day_at and sealed_at and sealed_at + self._kept <= now_at:
            return "dropped", day_at
        return None
