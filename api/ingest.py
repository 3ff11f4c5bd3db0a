"""Takes frames in: decoded, kept, committed, only then acknowledged; their boxes are judged right after."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.clock import Clock
from api.db import Database
from orders.errors import MealError
from telemetry.decode import holdchain
from telemetry.mqtt import Frame
from telemetry.readings import BadFrame, Reading, bad_frames
from telemetry.store.probe_uses import open_uses, use_at
from telemetry.store.readings import KeepResult, keep

Judge = Callable[[Session, Sequence[str], datetime], None]
Check = Callable[[Session, datetime], None]
Span = tuple[datetime, datetime]
log = structlog.get_logger(__name__)


class Source(Protocol):
    """Where frames come from; `telemetry.mqtt.Subscriber` is one."""

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """The frames that came, oldest first; empty when none came in time."""
        ...

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """Tells the broker that these frames are durable; gives how many it could still tell."""
        ...


@dataclass(frozen=True, slots=True)
class IngestParams:
    """
    The worker's pace, in real seconds.

    Parameters
    ----------
    idle_s
        Longest wait for frames before it looks at its other duties.
    judge_every_s
        Boxes with new readings are judged together, this often at most.
    check_every_s
        How often silence and clocks are looked at without any reading.
    first_pause_s, longest_pause_s
        Pause after a database error, doubling from the first to the longest.
    judged_together
        Boxes judged in one transaction; a longer one would keep others from writing.
    """

    idle_s: float = 0.1
    judge_every_s: float = 0.5
    check_every_s: float = 1.0
    first_pause_s: float = 0.1
    longest_pause_s: float = 5.0
    judged_together: int = 8


@dataclass(slots=True)
class Tally:
    """What a worker has done since it began."""

    frames: int = 0
    stored: int = 0
    duplicates: int = 0
    bad: int = 0
    acknowledged: int = 0
    failed: int = 0


class Ingest:
    """
    One worker: frames in, evidence kept, boxes judged.

    Parameters
    ----------
    source
        Where frames come from.
    database
        Where evidence goes.
    clock
        What dates arrivals and judgements.
    judge
        Judges boxes, in the transaction it is given.
    check
        Looks at what changes without a reading, in the transaction it is given.
    params
        The pace.
    """

    def __init__(
        self,
        source: Source,
        database: Database,
        clock: Clock,
        *,
        judge: Judge,
        check: Check,
        params: IngestParams | None = None,
    ) -> None:
        self._source, self._database, self._clock = source, database, clock
        self._judge, self._check = judge, check
        self._params = params or IngestParams()
        self._touched: dict[tuple[str, str], Span] = {}
        self._judged_s = self._checked_s = time.monotonic()
        self.tally = Tally()

    def run(self, stop: threading.Event) -> Tally:
        """Works until told to stop; a frame taken but not yet kept is left unacknowledged then."""
        while not stop.is_set():
            frames = self._source.next_batch(self._params.idle_s)
            if frames:
                self._take(frames, stop)
            now_s = time.monotonic()
            if self._touched and now_s - self._judged_s >= self._params.judge_every_s:
                self._judge_touched()
                self._judged_s = time.monotonic()
            if now_s - self._checked_s >= self._params.check_every_s:
                self._guarded(self._check_all)
                self._checked_s = time.monotonic()
        if self._touched:
            self._judge_touched()
        return self.tally

    def _take(self, frames: list[Frame], stop: threading.Event) -> None:
        """Keeps a batch, trying again as long as the database fails, and acknowledges it."""
        received_at, pause_s = self._clock.now(), self._params.first_pause_s
        readings, bad = decoded(frames, received_at)
        while True:
            try:
                with self._database.begin() as session:
                    kept = keep(session, readings, bad)
                break
            except SQLAlchemyError as error:
                self.tally.failed += 1
                log.error("readings not kept, devices held back", error=str(error)[:300], frames=len(frames))
                if stop.wait(pause_s):
                    return
                pause_s = min(2 * pause_s, self._params.longest_pause_s)
        self._count(frames, kept, self._source.acknowledge(frames))
        for reading in readings:
            probe, at = (reading.device_id, reading.probe), reading.measured_at
            first_at, last_at = self._touched.get(probe, (at, at))
            self._touched[probe] = (min(first_at, at), max(last_at, at))

    def _count(self, frames: Sequence[Frame], kept: KeepResult, acknowledged: int) -> None:
        self.tally.frames += len(frames)
        self.tally.stored += kept.stored
        self.tally.duplicates += kept.duplicates
        self.tally.bad += kept.bad
        self.tally.acknowledged += acknowledged

    def _judge_touched(self) -> None:
        try:
            with self._database.read() as session:
                box_ids = boxes_of(session, self._touched)
        except SQLAlchemyError as error:
            log.error("not judged", error=str(error)[:300])
            return
        self._touched = {}
        size = self._params.judged_together
        for start in range(0, len(box_ids), size):
            self._guarded(partial(self._judge_some, box_ids[start : start + size]))

    def _judge_some(self, box_ids: Sequence[str], session: Session) -> None:
        self._judge(session, box_ids, self._clock.now())

    def _check_all(self, session: Session) -> None:
        self._check(session, self._clock.now())

    def _guarded(self, work: Callable[[Session], None]) -> None:
        """Evidence is safe by now, so a judgement that fails waits for the next reading or check."""
        try:
            with self._database.begin() as session:
                work(session)
        except MealError as refusal:
            log.warning("not judged", code=refusal.code)
        except SQLAlchemyError as error:
            log.error("not judged", error=str(error)[:300])


def decoded(frames: Iterable[Frame], received_at: datetime) -> tuple[list[Reading], list[BadFrame]]:
    """The readings of a batch, and a bad frame with the raw bytes for every finding."""
    readings: list[Reading] = []
    bad: list[BadFrame] = []
    for frame in frames:
        found = holdchain.decode(frame.topic, frame.payload, received_at)
        readings += found.readings
        bad += bad_frames(frame.topic, frame.payload, received_at, found)
    return readings, bad


def boxes_of(session: Session, touched: dict[tuple[str, str], Span]) -> list[str]:
    """
    The boxes that readings belong to.

    Parameters
    ----------
    session
        The caller's transaction.
    touched
        For each device and probe its first and last new instant.

    Returns
    -------
    list[str]
        Box ids in order; a probe that sat in no box adds none.
    """
    inside = {(use.device_id, use.probe): use for use in open_uses(session)}
    found: set[str] = set()
    for probe, (first_at, last_at) in touched.items():
        use = inside.get(probe)
        if use is not None and use.from_at <= last_at:
            found.add(use.box_id)
        if use is None or first_at < use.from_at:
            earlier = (use_at(session, *probe, at) for at in (first_at, last_at))
            found |= {one.box_id for one in earlier if one is not None}
    return sorted(found)
