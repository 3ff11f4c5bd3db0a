"""Tests of a process that is kept running."""

import sys

from api.worker_process import WorkerProcess, pause_s

FAILS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


class Watch:
    """A watch that goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def end(process: WorkerProcess) -> None:
    """Waits for the process that fails, or ends the one that stays."""
    if process._process.args is STAYS:
        process._process.kill()
    process._process.wait()


def test_one_that_never_lasts_is_down_and_tried_more_and_more_seldom() -> None:
    """
    Tests that a worker that fails at once is not taken for one that runs, nor started without a pause.
    """
    watch = Watch()
    process = WorkerProcess(FAILS, watch=watch)
    for pause in (0.0, 1.0, 2.0):
        end(process)
        failed = process._process
        assert process.tend() == 3
        for step_s in [pause * 0.9, pause * 0.2] if pause else []:
            assert process._process is failed and process.tend() is None
            watch.now_s += step_s
        process.tend()
        assert process._process is not failed
    end(process)
    assert not process.is_well


def test_one_that_is_killed_comes_back_at_once() -> None:
    """
    Tests a worker that ran and died: it runs again at once, and when it dies again it must first last.
    """
    watch = Watch()
    process = WorkerProcess(STAYS, lasts_s=10.0, watch=watch)
    for is_well in (True, False):
        end(process)
        assert process.tend() is not None
        watch.now_s += 1.0
        process.tend()
        assert process._process.poll() is None and process.is_well is is_well
    watch.now_s += 10.0
    assert process.is_well and process.tend() is None
    process.ask_to_stop()
    process.wait()
    assert not process.is_well


def test_the_pause_grows_to_half_a_minute() -> None:
    """
    Tests the pauses after one failure, after some on end, and after very many.
    """
    assert [pause_s(one) for one in (1, 2, 3, 6, 7, 10_000)] == [0, 1, 2, 16, 30, 30]
