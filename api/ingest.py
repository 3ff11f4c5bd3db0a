"""Takes frames in: decoded, kept, committed, only then acknowledged; whose boxes to judge is handed on."""

import gc
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.clock import Clock
from api.db import Database
from api.judging import Judges, Tally
from telemetry.mqtt import Frame
from telemetry.readings import BadFrame, Reading, bad_frames
from telemetry.sensors import Reader, usual_sensors
from telemetry.store.readings import KeepResult, keep

COLLECTED_EVERY = (200_000, 20, 20)
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
    first_pause_s, longest_pause_s
        Pause after a database error, doubling from the first to the longest.
    """

    idle_s: float = 0.1
    first_pause_s: float = 0.1
    longest_pause_s: float = 5.0


class Ingest:
    """
    One worker: frames in, evidence kept.

    Parameters
    ----------
    source
        Where frames come from.
    database
        Where evidence goes.
    clock
        What dates arrivals.
    judges
        Who judges the boxes of the probes that told something.
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
        judges: Judges,
        reader: Reader | None = None,
        params: IngestParams | None = None,
    ) -> None:
        self._source, self._database, self._clock, self._judges = source, database, clock, judges
        self._params = params or IngestParams()
        self._reader = reader or Reader(usual_sensors())
        self._touched: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        self.tally = Tally()

    def run(self, stop: threading.Event) -> Tally:
        """Works until told to stop; a frame taken but not yet kept is left unacknowledged then."""
        while not stop.is_set():
            frames = self._source.next_batch(self._params.idle_s)
            if frames:
                self._take(frames, stop)
            if self._judges.take(self._touched, replace(self.tally)):
                self._touched = {}
            gc.collect(0 if frames else 1)  # a transaction leaves circles: swept before they are thousands
        self._judges.close(self._touched, replace(self.tally))
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
        self._note_touched(readings)

    def _note_touched(self, readings: Iterable[Reading]) -> None:
        told: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        for one in readings:
            if one.doubt != "time":
                told[one.device_id, one.probe].append(one.measured_at)
        for probe, instants in told.items():
            known = self._touched.get(probe, ())
            self._touched[probe] = (min([*known, *instants]), max([*known, *instants]))

    def _count(self, frames: Sequence[Frame], kept: KeepResult, acknowledged: int) -> None:
        self.tally.frames += len(frames)
        self.tally.stored += kept.stored
        self.tally.duplicates += kept.duplicates
        self.tally.bad += kept.bad
        self.tally.acknowledged += acknowledged


def calm_collector() -> None:
    """Has the garbage collector look seldom: readings by the thousand make no circles for it to find."""
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)


def decoded(
    frames: Iterable[Frame], received_at: datetime, reader: Reader
) -> tuple[list[Reading], list[BadFrame]]:
    """
    The readings of a batch, and a bad frame with the raw bytes for every finding.

    Parameters
    ----------
    frames
        In the order of their arrival.
    received_at
        When those arrived that do not say it.
    reader
        Reads them.
    """
    readings: list[Reading] = []
    bad: list[BadFrame] = []
    for frame in frames:
        arrived_at = frame.received_at or received_at
        found = reader.read(
            frame.topic,
            frame.payload,
            arrived_at,
            is_retained=frame.is_retained,
            broker_id=frame.broker_id,
        )
        readings += found.readings
        bad += bad_frames(frame.topic, frame.payload, arrived_at, found)
    return readings, bad
