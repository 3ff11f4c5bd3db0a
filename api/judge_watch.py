"""Whether judging goes on: a worker's judging process may be dead or hang while the worker runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.store.workers import load_workers
from telemetry.store.probe_uses import open_uses
from telemetry.store.readings import count_readings

BEHIND_S = 120


@dataclass(frozen=True, slots=True)
class _Told:
    row_at: datetime | None
    since_at: datetime
    heard_s: float


class JudgeWatch:
    """
    Notices workers whose judging tells nothing new.

    It must have been silent for two minutes by the house's clock and by the watch: a rehearsal's clock stands
    still, or leaps hours in a second.

    Parameters
    ----------
    behind_s
        Judging tells what it has done every few seconds; silence of this length is none of its rests.
    """

    def __init__(self, behind_s: int = BEHIND_S) -> None:
        self._behind_s, self._told = behind_s, dict[str, _Told]()

    def behind(
        self, told_at: Mapping[str, datetime | None], now_at: datetime, now_s: float
    ) -> dict[str, datetime]:
        """
        Workers whose judging is silent, and since when.

        Parameters
        ----------
        told_at
            When judging last told what it has done, by worker; None where it never did.
        now_at
            Now, by the house's clock.
        now_s
            The same by a watch that runs evenly, seconds.
        """
        fresh = {}
        for name, row_at in told_at.items():
            known = self._told.get(name)
            if known is None or known.row_at != row_at:
                known = _Told(row_at, row_at or now_at, now_s)
            fresh[name] = known
        self._told = fresh
        return {name: one.since_at for name, one in fresh.items() if self._is_silent(one, now_at, now_s)}

    def _is_silent(self, told: _Told, now_at: datetime, now_s: float) -> bool:
        lag = timedelta(seconds=self._behind_s)
        return now_s - told.heard_s >= self._behind_s and now_at - told.since_at >= lag


def told_at(session: Session, names: Iterable[str]) -> dict[str, datetime | None]:
    """When the judging of each of these workers last told what it has done; None where it never did."""
    rows = {row.name: row.seen_at for row in load_workers(session)}
    return {name: rows.get(name) for name in names}


def is_owed(session: Session) -> bool:
    """Whether there is anything to judge: a probe in a box or an asset, or readings not yet judged."""
    if open_uses(session):
        return True
    return count_readings(session) > sum(row.stored for row in load_workers(session))
