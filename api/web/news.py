"""Tells open pages at once that something changed which nobody may miss: a stop, an alarm."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from anyio.to_thread import run_sync
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from api.db import Database
from kitchen.store.stop_seen import StopSeenRow
from kitchen.store.withheld import WithheldEndRow, WithheldRow
from telemetry.store.alarm_acts import AlarmCallRow
from telemetry.store.alarms import AlarmRow

LOOK_EVERY_S = 0.5
SAY_EVERY_S = 15.0


class News:
    """
    One look at the database for all open pages of a process, twice a second.

    Parameters
    ----------
    read
        Gives a mark that changes with the news.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._mark, self._looked_s, self._is_looking = "", -LOOK_EVERY_S, False

    @property
    def mark(self) -> str:
        """The mark of the last look, which may be old; empty before the first."""
        return self._mark

    async def marks(self) -> AsyncIterator[str]:
        """The mark as it is now and each new one after it, as server-sent events; signs of life between."""
        told, said_s = None, time.monotonic()
        yield "retry: 1000\n\n"
        while True:
            mark = await self._look()
            if mark and mark != told:
                told, said_s = mark, time.monotonic()
                yield f"event: news\ndata: {mark}\n\n"
            elif time.monotonic() - said_s > SAY_EVERY_S:
                said_s = time.monotonic()
                yield ": here\n\n"
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> str:
        if not self._is_looking and time.monotonic() - self._looked_s >= LOOK_EVERY_S:
            self._is_looking = True
            try:
                self._mark = await run_sync(self._read)
            except SQLAlchemyError:
                pass  # the next look finds it; pages ask for themselves every few seconds
            finally:
                self._is_looking, self._looked_s = False, time.monotonic()
        return self._mark


def mark_of(database: Database) -> str:
    """A mark that changes when food is put on hold or let go, a place answers, an alarm rings or calls."""
    alarms = col(AlarmRow.cleared_at).is_(None)
    with database.read() as session:
        query = select(
            select(func.count()).select_from(WithheldRow).scalar_subquery(),
            select(func.count()).select_from(WithheldEndRow).scalar_subquery(),
            select(func.count()).select_from(StopSeenRow).scalar_subquery(),
            select(func.count()).select_from(AlarmRow).where(alarms).scalar_subquery(),
            select(func.max(col(AlarmRow.raised_at))).where(alarms).scalar_subquery(),
            select(func.max(col(AlarmRow.cleared_at))).scalar_subquery(),
            select(func.count(col(AlarmRow.acknowledged_at))).where(alarms).scalar_subquery(),
            select(func.count())
            .select_from(AlarmCallRow)
            .join(AlarmRow, col(AlarmRow.alarm_id) == col(AlarmCallRow.alarm_id))
            .where(alarms)
            .scalar_subquery(),
        )
        return "-".join(str(one) for one in session.execute(query).one())
