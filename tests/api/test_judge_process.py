"""A judging process that dies is started again, later each time that it did not last."""

import multiprocessing
from pathlib import Path

import pytest

from api import judge_process
from api.judge_process import JudgeProcess
from api.judging import JudgeParams, Tally


class Dead:
    """A process that ended as soon as it was started."""

    exitcode = 1

    def is_alive(self) -> bool:
        return False

    def kill(self) -> None:
        pass

    def join(self, timeout: float | None = None) -> None:
        pass


def test_one_that_dies_at_once_is_started_more_and_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the watch's seconds at which it is started, and that the worker can still end."""
    now_s, starts = [0.0], []

    def started(self):
        starts.append(now_s[0])
        ours, theirs = multiprocessing.Pipe()
        theirs.close()
        return ours, Dead()

    monkeypatch.setattr(JudgeProcess, "_started", started)
    monkeypatch.setattr(judge_process.time, "monotonic", lambda: now_s[0])
    judges = JudgeProcess(Path(), 0, JudgeParams())
    for quarter in range(4 * 12):
        now_s[0] = quarter / 4
        assert not judges.take({}, Tally())
    assert starts == [0, 0, 1.25, 3.5, 7.75]
    judges.close({}, Tally(stored=1))
