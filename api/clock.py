"""The one clock: the system's, or a rehearsal's that runs faster and survives a restart."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What gives the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Pace:
    """Rehearsed time ``epoch_at`` was shown at ``real_at`` and has run ``speed`` times as fast since."""

    epoch_at: datetime
    real_at: datetime
    speed: float

    def at(self, real_at: datetime) -> datetime:
        """Rehearsed time; a computer clock set back does not set it back beyond its epoch."""
        return self.epoch_at + max(real_at - self.real_at, timedelta(0)) * self.speed


class RehearsalClock:
    """
    A clock of a rehearsed day, shared by processes through one small file.

    Parameters
    ----------
    path
        The file; it must exist (see `start`).
    real
        The clock it is paced by.
    """

    def __init__(self, path: Path, real: Clock | None = None) -> None:
        self.path = path
        self._real = real or SystemClock()
        self._seen: tuple[int, int] = (0, 0)
        self._pace = self._read()

    @classmethod
    def start(
        cls, path: Path, epoch_at: datetime, speed: float, real: Clock | None = None
    ) -> "RehearsalClock":
        """
        Opens the clock at this path, or sets a new one going if there is none.

        Parameters
        ----------
        path
            Its file, which a restart finds again.
        epoch_at
            Aware instant that a new clock shows first.
        speed
            Rehearsed seconds in a real second; 0 stands still.
        real
            The clock it is paced by.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            if not path.exists():
                _write(path, _Pace(epoch_at, (real or SystemClock()).now(), speed))
        return cls(path, real)

    def now(self) -> datetime:
        """The rehearsed instant, aware, in UTC."""
        return self._current().at(self._real.now())

    @property
    def speed(self) -> float:
        """Rehearsed seconds in a real second."""
        return self._current().speed

    def advance_to(self, at: datetime) -> datetime:
        """Moves on to this instant, for every process, and never back; gives the instant now shown."""
        return self._change(at, None)

    def set_speed(self, speed: float) -> datetime:
        """Runs at another speed from now on, for every process; gives the instant now shown."""
        return self._change(None, speed)

    def _change(self, at: datetime | None, speed: float | None) -> datetime:
        with _locked(self.path):
            pace, real_at = self._read(), self._real.now()
            shown_at = max(pace.at(real_at), (at or pace.epoch_at).astimezone(UTC))
            self._pace = _Pace(shown_at, real_at, pace.speed if speed is None else speed)
            _write(self.path, self._pace)
        return shown_at

    def _current(self) -> _Pace:
        stat = os.stat(self.path)
        if (stat.st_ino, stat.st_mtime_ns) != self._seen:
            self._pace = self._read()
        return self._pace

    def _read(self) -> _Pace:
        with self.path.open(encoding="utf-8") as file:
            stat = os.fstat(file.fileno())
            kept = json.load(file)
        self._seen = (stat.st_ino, stat.st_mtime_ns)
        epoch_at, real_at = datetime.fromisoformat(kept["epoch_at"]), datetime.fromisoformat(kept["real_at"])
        return _Pace(epoch_at.astimezone(UTC), real_at.astimezone(UTC), float(kept["speed"]))


def clock_in(data_dir: Path) -> Clock:
    """The rehearsal's clock when the data folder has one, else the system's."""
    path = data_dir / "clock.json"
    return RehearsalClock(path) if path.exists() else SystemClock()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, pace: _Pace) -> None:
    if pace.epoch_at.tzinfo is None or pace.speed < 0:
        raise ValueError(f"A clock starts at an aware instant and never runs back, got {pace}.")
    kept = {
        "epoch_at": pace.epoch_at.astimezone(UTC).isoformat(),
        "real_at": pace.real_at.astimezone(UTC).isoformat(),
        "speed": pace.speed,
    }
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(kept, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
