"""Takes frames in: decoded, kept, committed, only then acknowledged; their boxes are judged right after."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.clock import Clock
from api.db import Database
from orders.errors import MealError
from telemetry.mqtt import Frame
from telemetry.readings import BadFrame, Reading, bad_frames
from telemetry.sensors import Reader, usual_sensors
from telemetry.store.probe_uses import open_uses, use_at
from telemetry.store.readings import KeepResult, keep

Judge = Callable[[Session, Sequence[str], datetime], object]
News = Callable[[Session, Sequence[str], datetime], Sequence[str]]
Open = Callable[[Session], Iterable[str]]
Report = Callable[["Tally", datetime | None], None]
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
        How often open boxes are judged without any reading, for silence and clocks.
    check_clock_s
        The same by the house's clock, whichever comes first: a rehearsed minute may be short.
    rest_ratio
        Rest after judging, in times of what it took, so that others can write meanwhile.
    first_pause_s, longest_pause_s
        Pause after a database error, doubling from the first to the longest.
    judged_together
        Boxes judged in one transaction; a longer one would keep others from writing.
    """

    idle_s: float = 0.1
    judge_every_s: float = 0.5
    check_every_s: float = 2.0
    check_clock_s: float = 60.0
    rest_ratio: float = 2.0
    first_pause_s: float = 0.1
    longest_pause_s: float = 5.0
    judged_together: int = 32


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
    news
        Those of some boxes of which judging would keep something, found without writing; None for all.
    open_boxes
        Boxes whose probes are still inside; silence and clocks change them without a reading.
    report
        Told after each judging: the tally as it was when it began, and the instant as of which every
        open box is judged.
    reader
        Reads the frames; None knows every family by its usual topics.
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
        open_boxes: Open,
        news: News | None = None,
        report: Report = lambda *_: None,
        reader: Reader | None = None,
        params: IngestParams | None = None,
    ) -> None:
        self._source, self._database, self._clock = source, database, clock
        self._judge, self._news, self._open_boxes, self._report = judge, news, open_boxes, report
        self._checked_at: datetime | None = None
        self._params = params or IngestParams()
        self._reader = reader or Reader(usual_sensors())
        self._touched: dict[tuple[str, str], Span] = {}
        self._unjudged: set[str] = set()
        self._judge_from_s = self._check_from_s = time.monotonic()
        self.tally = Tally()

    def run(self, stop: threading.Event) -> Tally:
        """Works until told to stop; a frame taken but not yet kept is left unacknowledged then."""
        while not stop.is_set():
            frames = self._source.next_batch(self._params.idle_s)
            if frames:
                self._take(frames, stop)
            if time.monotonic() >= self._judge_from_s:
                self._judge_due()
        self._check_from_s = math.inf
        self._judge_due()
        return self.tally

    def _take(self, frames: list[Frame], stop: threading.Event) -> None:
        """Keeps a batch, trying again as long as the database fails, and acknowledges it."""
        received_at, pause_s = self._clock.now(), self._params.first_pause_s
        readings, bad = decoded(frames, received_at, self._reader)
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

    def _judge_due(self) -> None:
        """Judges boxes with new readings, and every open one when that is due."""
        began_s, now_at, tally = time.monotonic(), self._clock.now(), replace(self.tally)
        checking = began_s >= self._check_from_s or self._clock_moved(now_at)
        if not (self._touched or self._unjudged or checking):
            return
        try:
            with self._database.read() as session:
                box_ids = {*boxes_of(session, self._touched), *self._unjudged}
                box_ids |= set(self._open_boxes(session)) if checking else set()
        except SQLAlchemyError as error:
            log.error("not judged", error=str(error)[:300])
            return
        self._touched, self._unjudged = {}, set()
        ordered, size = self._with_news(sorted(box_ids)), self._params.judged_together
        for start in range(0, len(ordered), size):
            self._judge_some(ordered[start : start + size])
        ended_s = time.monotonic()
        rest_s = max(self._params.judge_every_s, self._params.rest_ratio * (ended_s - began_s))
        self._judge_from_s = ended_s + rest_s
        if checking:
            self._check_from_s = ended_s + self._params.check_every_s
            self._checked_at = now_at
        self._report(tally, self._checked_at)

    def _clock_moved(self, now_at: datetime) -> bool:
        checked_at = self._checked_at
        return checked_at is None or (now_at - checked_at).total_seconds() >= self._params.check_clock_s

    def _with_news(self, box_ids: Sequence[str]) -> Sequence[str]:
        """The boxes of which judging would keep something; all of them where one cannot be looked at."""
        if self._news is None or not box_ids:
            return box_ids
        try:
            with self._database.read() as session:
                return self._news(session, box_ids, self._clock.now())
        except MealError:
            return box_ids
        except SQLAlchemyError as error:
            self._unjudged.update(box_ids)
            log.error("not judged", error=str(error)[:300])
            return ()

    def _judge_some(self, box_ids: Sequence[str]) -> None:
        """Judges in one transaction. Evidence is safe by now, so what fails waits for the next time."""
        try:
            with self._database.begin() as session:
                self._judge(session, box_ids, self._clock.now())
        except MealError as refusal:
            if len(box_ids) == 1:
                log.warning("not judged", box_id=box_ids[0], code=refusal.code)
                return
            for box_id in box_ids:
                self._judge_some([box_id])
        except SQLAlchemyError as error:
            self._unjudged.update(box_ids)
            log.error("not judged", error=str(error)[:300])


def decoded(
    frames: Iterable[Frame], received_at: datetime, reader: Reader
) -> tuple[list[Reading], list[BadFrame]]:
    """The readings of a batch, and a bad frame with the raw bytes for every finding."""
    readings: list[Reading] = []
    bad: list[BadFrame] = []
    for frame in frames:
        found = reader.read(frame.topic, frame.payload, received_at, is_retained=frame.is_retained)
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
