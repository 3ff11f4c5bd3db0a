"""The one clock, plain and rehearsed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock, SystemClock, clock_in

EPOCH_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class HandClock:
    """A real clock turned by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def test_system_clock_is_aware_and_in_utc() -> None:
    """Tests that the plain clock gives aware UTC instants."""
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_rehearsal_runs_at_its_speed(tmp_path: Path) -> None:
    """Tests that a second of ours is a minute of a rehearsal at speed 60."""
    real = HandClock()
    clock = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 60, real)
    real.pass_s(2)
    assert clock.now() == EPOCH_AT + timedelta(minutes=2)


def test_rehearsal_at_speed_zero_stands_still_until_advanced(tmp_path: Path) -> None:
    """Tests that a standing clock moves only by hand, and never back."""
    real = HandClock()
    clock = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 0, real)
    real.pass_s(1000)
    assert clock.now() == EPOCH_AT
    later_at = EPOCH_AT + timedelta(hours=3)
    assert clock.advance_to(later_at) == later_at
    assert clock.advance_to(EPOCH_AT) == later_at
    assert clock.now() == later_at


def test_rehearsal_is_shared_and_survives_a_restart(tmp_path: Path) -> None:
    """Tests that another process sees the same instant, at once and after a restart."""
    real = HandClock()
    server = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 10, real)
    worker = RehearsalClock(tmp_path / "clock.json", real)
    server.advance_to(EPOCH_AT + timedelta(hours=1))
    server.set_speed(1)
    real.pass_s(5)
    assert worker.now() == server.now() == EPOCH_AT + timedelta(hours=1, seconds=5)
    restarted = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 99, real)
    assert (restarted.now(), restarted.speed) == (server.now(), 1)


def test_rehearsal_does_not_follow_a_computer_clock_set_back(tmp_path: Path) -> None:
    """Tests that setting the computer's clock back does not set the rehearsal back."""
    real = HandClock()
    clock = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 60, real)
    real.pass_s(-3600)
    assert clock.now() == EPOCH_AT


def test_rehearsal_refuses_a_naive_start_and_a_clock_that_runs_back(tmp_path: Path) -> None:
    """Tests that a clock without a zone, or with a negative speed, is not started."""
    with pytest.raises(ValueError, match="aware"):
        RehearsalClock.start(tmp_path / "a.json", EPOCH_AT.replace(tzinfo=None), 1)
    with pytest.raises(ValueError, match="back"):
        RehearsalClock.start(tmp_path / "b.json", EPOCH_AT, -1)


def test_clock_in_takes_the_rehearsal_when_the_folder_has_one(tmp_path: Path) -> None:
    """Tests that a data folder decides which clock its processes use."""
    assert isinstance(clock_in(tmp_path), SystemClock)
    RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 0)
    assert clock_in(tmp_path).now() == EPOCH_AT
