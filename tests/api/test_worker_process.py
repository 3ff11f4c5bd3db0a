"""Tests of a process that is kept running."""

import sys
import time

from api.worker_process import WorkerProcess, pause_s

FAILS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


def ended(process: WorkerProcess) -> list[int]:
    """Its exit codes, told once each, until it has ended three times."""
    codes: list[int] = []
    give_up_s = time.monotonic() + 30
    while len(codes) < 3 and time.monotonic() < give_up_s:
        if (code := process.tend()) is not None:
            codes.append(code)
        time.sleep(0.01)
    return codes


def test_one_that_never_lasts_is_down_and_tried_more_and_more_seldom() -> None:
    """
    Tests that a worker that fails at once is not taken for one that runs, nor started without a pause.
    """
    process, began_s = WorkerProcess(FAILS), time.monotonic()
    assert ended(process) == [3, 3, 3]
    assert time.monotonic() - began_s >= 1.0
    assert not process.is_well


def test_one_that_is_killed_comes_back_at_once() -> None:
    """
    Tests a worker that ran and died: it runs again at once, and when it dies again it must first last.
    """
    process = WorkerProcess(STAYS, lasts_s=0.3)
    for is_well in (True, False):
        process._process.kill()
        process._process.wait()
        assert process.tend() is not None
        if not is_well:
            time.sleep(1.1)
            process.tend()
        assert process._process.poll() is None and process.is_well is is_well
    time.sleep(0.4)
    assert process.is_well and process.tend() is None
    process.ask_to_stop()
    process.wait()
    assert not process.is_well


def test_the_pause_grows_to_half_a_minute() -> None:
    """
    Tests the pauses after one failure, after some on end, and after very many.
    """
    assert [pause_s(one) for one in (1, 2, 3, 6, 7, 10_000)] == [0, 1, 2, 16, 30, 30]
