"""
Judging in a process of its own, so that no reading waits for a verdict.

The worker tells it which probes have news whenever it says that it is ready; it ends when the worker does.
"""

import math
import multiprocessing
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import structlog
from sqlmodel import Session

from api.catching_up import CatchingUp
from api.day.asset_judging import AssetRounds, asset_changes, judge_assets
from api.day.holds import Memory
from api.day.judging import judge_boxes, news_of
from api.day.sealing import seal_holds
from api.house import House, open_house
from api.judging import JudgeParams, Judging, Tally, Touched
from api.logs import to_stderr
from api.settings import load_settings
from api.store.workers import WorkerRow, load_workers, report_worker
from api.tending import DayTending
from api.worker_process import LASTS_S, pause_s
from telemetry.assets import is_asset
from telemetry.store.probe_uses import open_uses
from telemetry.store.seals import unsealed

LOOK_S = 0.02
END_S = 5.0
log = structlog.get_logger(__name__)


class JudgeProcess:
    """
    The process beside an ingest worker, started again when it died: later each time that it did not last.

    Parameters
    ----------
    data
        The house's data folder.
    before
        Readings that were stored before the worker began.
    params
        The pace.
    name
        The worker's.
    """

    def __init__(self, data: Path, before: int, params: JudgeParams, name: str = "ingest") -> None:
        self._data, self._before, self._params, self._name = data, before, params, name
        self._failures = 0
        self._ready, self._is_up, self._told = False, False, Tally()
        self._started_s, self._again_from_s = time.monotonic(), math.inf
        self._connection, self._process = self._started()

    def take(self, touched: Touched, tally: Tally) -> bool:
        """Tells which probes have news if it is ready to hear; what it was told is not told again."""
        if not self._process.is_alive():
            self._start_again()
            return False
        try:
            if not self._is_ready(0.0):
                return False
            if touched or tally != self._told:
                self._connection.send((touched, tally))
                self._told, self._ready = tally, False
            return True
        except (EOFError, OSError):  # it ends, or cannot hear us any more
            self._process.kill()
            self._process.join()
            return False

    def close(self, touched: Touched, tally: Tally) -> None:
        """Has it judge what is left, and end; at once where it is still starting and was told nothing."""
        with suppress(EOFError, OSError):
            if not (touched or self._is_up or self._is_ready(0.0)):
                self._process.kill()
            if self._is_ready(END_S):
                self._connection.send((touched, tally))
        self._connection.close()
        self._process.join(END_S)
        self._process.kill()
        self._process.join()

    def _start_again(self) -> None:
        """Starts the dead one anew as soon as its pause is over."""
        now_s = time.monotonic()
        if self._again_from_s == math.inf:
            self._failures = 1 if now_s - self._started_s >= LASTS_S else self._failures + 1
            self._again_from_s = now_s + pause_s(self._failures)
            code, times = self._process.exitcode, self._failures
            log.error("judging has died and is started again", worker=self._name, code=code, times=times)
        if now_s >= self._again_from_s:
            self._connection.close()
            self._ready, self._is_up, self._told = False, False, Tally()
            self._started_s, self._again_from_s = now_s, math.inf
            self._connection, self._process = self._started()

    def _started(self) -> tuple[Connection, SpawnProcess]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        told = (self._data, self._before, self._params, theirs, self._name)
        process = context.Process(target=judge_apart, args=told, daemon=True)
        process.start()
        theirs.close()
        return ours, process

    def _is_ready(self, timeout_s: float) -> bool:
        if not self._ready and self._connection.poll(timeout_s):
            self._connection.recv()
            self._ready = self._is_up = True
        return self._ready


def judge_apart(
    data: Path, before: int, params: JudgeParams, connection: Connection, name: str = "ingest"
) -> None:
    """The process: judges what it is told until the worker closes the connection or dies."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    to_stderr()
    house = open_house(load_settings(data), upgrade=False)
    judging, tally = judging_of(house, before, params, name), Tally()
    tending = DayTending(house.database, house.clock, house.settings.rows_kept_days)
    with suppress(EOFError, OSError):
        while True:
            connection.send(True)
            while not connection.poll(LOOK_S):
                judging.take({}, tally)
                tending.tend()
            touched, tally = connection.recv()
            judging.take(touched, tally)
    judging.close({}, tally)
    house.database.close()


def judging_of(house: House, before: int, params: JudgeParams, name: str = "ingest") -> Judging:
    """
    Judging of a house's boxes and fixed assets; a closed hold is sealed, whoever closed it.

    Parameters
    ----------
    house
        Whose.
    before
        Readings that were stored before the worker began.
    params
        The pace.
    name
        The worker's.
    """
    places = _Places(house, params)

    def report(tally: Tally, judged_at: datetime | None) -> None:
        row = WorkerRow(
            name=name,
            seen_at=house.clock.now(),
            judged_at=judged_at,
            frames=tally.frames,
            stored=before + tally.stored,
            acknowledged=tally.acknowledged,
            failed=tally.failed,
        )
        with house.database.begin() as session:
            report_worker(session, row)

    return Judging(
        house.database,
        house.clock,
        judge=places.judge,
        open_boxes=places.open,
        news=places.news,
        report=report,
        params=params,
    )


class _Places:
    """The boxes and fixed assets of a house, with what the process remembers of them."""

    def __init__(self, house: House, params: JudgeParams) -> None:
        self._house, self._failed = house, 0
        self._memory, self._rounds = Memory(timedelta(seconds=params.late_s)), AssetRounds()
        self._catching_up = CatchingUp(house.clock)

    def judge(self, session: Session, place_ids: Sequence[str], now_at: datetime) -> None:
        """Judges these and seals what is over."""
        asset_ids, box_ids = _apart(place_ids)
        judge_assets(session, asset_ids, now_at, self._house.ids)
        judged = judge_boxes(session, box_ids, now_at, self._house.ids, self._memory)
        seal_holds(session, judged, now_at)
        for box_id, one in judged.items():
            if one.verdict.final:
                self._memory.forget(box_id)

    def news(self, session: Session, place_ids: Sequence[str], now_at: datetime) -> list[str]:
        """Those of these of which judging would keep something."""
        asset_ids, box_ids = _apart(place_ids)
        if (failed := sum(one.failed for one in load_workers(session))) != self._failed:
            self._failed = failed
            self._memory.read_anew()
        assets = asset_changes(session, asset_ids, now_at)
        found = [*assets, *news_of(session, box_ids, now_at, self._memory)]
        return sorted({*found, *unsealed(session, box_ids)})

    def open(self, session: Session) -> set[str]:
        """Those that have a probe inside, or that are behind; assets only when their round is due."""
        inside = {use.box_id for use in open_uses(session)} | self._catching_up.boxes(session)
        is_due = self._rounds.is_due(self._house.clock.now())
        return inside if is_due else {one for one in inside if not is_asset(one)}


def _apart(place_ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Assets, and boxes."""
    asset_ids = [one for one in place_ids if is_asset(one)]
    return asset_ids, [one for one in place_ids if not is_asset(one)]
