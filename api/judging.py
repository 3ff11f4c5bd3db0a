"""Judges boxes and assets whose probes told something new, and every open one now and then."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.clock import Clock
from api.db import Database
from orders.errors import MealError
from telemetry.assets import is_asset
from telemetry.store.probe_uses import boxes_between, open_uses

Judge = Callable[[Session, Sequence[str], datetime], object]
News = Callable[[Session, Sequence[str], datetime], Sequence[str]]
Open = Callable[[Session], Iterable[str]]
Report = Callable[["Tally", datetime | None], None]
Touched = Mapping[tuple[str, str], tuple[datetime, datetime]]
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """What an ingest worker has done since it began."""

    frames: int = 0
    stored: int = 0
    duplicates: int = 0
    bad: int = 0
    acknowledged: int = 0
    failed: int = 0


class Judges(Protocol):
    """Who judges: `Judging` in the worker itself, or `api.judge_process.JudgeProcess` beside it."""

    def take(self, touched: Touched, tally: Tally) -> bool:
        """Takes over which probes told something new; False when it has no time now: ask again."""
        ...

    def close(self, touched: Touched, tally: Tally) -> None:
        """Judges what is left, and ends."""
        ...


@dataclass(frozen=True, slots=True)
class JudgeParams:
    """
    The pace of judging, in real seconds.

    Parameters
    ----------
    judge_every_s
        Boxes with new readings are judged together, this often at most.
    check_every_s
        How often open boxes are judged without any reading, for silence and clocks.
    check_clock_s
        The same by the house's clock, whichever comes first: a rehearsed minute may be short.
    rest_ratio
        Rest after each transaction and after looking for news, in times of what it took, so that others
        can write meanwhile.
    asset_every_s
        A fixed asset is looked at this often at most, also when its sensor tells every second: hours of
        readings are looked through each time. When the house's clock runs ahead, `check_clock_s` counts.
    judged_together
        Boxes judged in one transaction; a longer one would keep readings from being written.
    looks_at_all
        Whether open boxes are judged without any reading; of several workers, the first does so.
    late_s
        How long after its arrival a reading may be kept, where another was kept before; 0 where there is
        one session alone, which keeps in the order of arrival.
    """

    judge_every_s: float = 0.5
    check_every_s: float = 2.0
    check_clock_s: float = 60.0
    rest_ratio: float = 2.0
    asset_every_s: float = 15.0
    judged_together: int = 8
    looks_at_all: bool = True
    late_s: float = 0.0


class Judging:
    """
    Judges at its pace.

    Parameters
    ----------
    database
        Where evidence lies and verdicts go.
    clock
        What dates judgements.
    judge
        Judges boxes and fixed assets, in the transaction it is given.
    open_boxes
        Those whose probes are still inside; silence and clocks change them without a reading.
    news
        Those of some of them of which judging would keep something, found without writing; None for all.
    report
        Told after each judging, and as often as open boxes are judged: the tally as it was when it began,
        and the instant as of which every open box is judged, None where another worker looks at them.
    params
        The pace.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        judge: Judge,
        open_boxes: Open,
        news: News | None = None,
        report: Report = lambda *_: None,
        params: JudgeParams | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._judge, self._news, self._open_boxes, self._report = judge, news, open_boxes, report
        self._params = params or JudgeParams()
        self._checked_at: datetime | None = None
        self._touched: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        self._tally = Tally()
        self._unjudged: set[str] = set()
        self._looked: dict[str, tuple[float, datetime]] = {}
        self._judge_from_s = self._check_from_s = time.monotonic()

    def take(self, touched: Touched, tally: Tally) -> bool:
        """Takes over which probes told something new, and judges when that is due."""
        for probe, (first_at, last_at) in touched.items():
            since_at, until_at = self._touched.get(probe, (first_at, last_at))
            self._touched[probe] = (min(first_at, since_at), max(last_at, until_at))
        self._tally = tally
        if time.monotonic() >= self._judge_from_s:
            self._judge_due()
        return True

    def close(self, touched: Touched, tally: Tally) -> None:
        """Judges what is left, and looks at no other box."""
        self._check_from_s, self._judge_from_s = math.inf, -math.inf
        self.take(touched, tally)

    def _judge_due(self) -> None:
        """Judges boxes with new readings, and every open one when that is due."""
        began_s, now_at, tally = time.monotonic(), self._clock.now(), self._tally
        is_due = began_s >= self._check_from_s or self._clock_moved(now_at)
        if not (self._touched or self._unjudged or is_due):
            return
        checking = self._params.looks_at_all and is_due
        try:
            with self._database.read() as session:
                box_ids = {*boxes_of(session, self._touched), *self._unjudged}
                box_ids |= set(self._open_boxes(session)) if checking else set()
        except SQLAlchemyError as error:
            log.error("not judged", error=str(error)[:300])
            self._judge_from_s = time.monotonic() + self._params.judge_every_s
            return
        later = {one for one in box_ids if is_asset(one) and not self._is_due(one, began_s, now_at)}
        self._touched, self._unjudged = {}, set(later)
        box_ids -= later
        self._looked |= {one: (began_s, now_at) for one in box_ids if is_asset(one)}
        ordered = self._with_news(sorted(box_ids))
        rest_s = max(self._params.judge_every_s, self._params.rest_ratio * (time.monotonic() - began_s))
        self._judge_in_turns(ordered)
        ended_s = time.monotonic()
        self._judge_from_s = ended_s + rest_s
        if is_due:
            self._check_from_s = ended_s + self._params.check_every_s
            self._checked_at = now_at
        try:
            self._report(tally, self._checked_at if self._params.looks_at_all else None)
        except SQLAlchemyError as error:
            log.error("not reported", error=str(error)[:300])

    def _judge_in_turns(self, box_ids: Sequence[str]) -> None:
        """Some boxes a transaction, with a rest after each: who waits for SQLite asks only now and then."""
        for start in range(0, len(box_ids), self._params.judged_together):
            began_s = time.monotonic()
            self._judge_some(box_ids[start : start + self._params.judged_together])
            time.sleep(self._params.rest_ratio * (time.monotonic() - began_s))

    def _is_due(self, asset_id: str, began_s: float, now_at: datetime) -> bool:
        """Whether an asset was not looked at for long enough; whatever is left is due at the end."""
        looked_s, looked_at = self._looked.get(asset_id, (-math.inf, now_at))
        has_rested = began_s - looked_s >= self._params.asset_every_s
        moved_s = abs((now_at - looked_at).total_seconds())
        return has_rested or moved_s >= self._params.check_clock_s or self._judge_from_s == -math.inf

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


def boxes_of(session: Session, touched: Touched) -> list[str]:
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
        Ids of boxes and assets in order; a probe that sat in none adds none.
    """
    inside = {(use.device_id, use.probe): use for use in open_uses(session)}
    found: set[str] = set()
    for probe, (first_at, last_at) in touched.items():
        use = inside.get(probe)
        if use is not None and use.from_at <= first_at:
            found.add(use.box_id)
        else:
            found.update(boxes_between(session, *probe, first_at, last_at))
    return sorted(found)
