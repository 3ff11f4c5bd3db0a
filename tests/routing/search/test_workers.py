"""Tests of processes side by side: what they tell is kept, whatever becomes of them."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from routing.search.workers import Swap, Told, alone, side_by_side

PLAN = [[[0]]]


def knows(costs: list[int], pause_s: float, swap: Swap) -> Told:
    """Tells each of these costs but the last in turn, and goes on from what it hears."""
    cost = costs[0]
    for following in costs[1:]:
        time.sleep(pause_s)
        better = swap(Told(cost, PLAN))
        cost = min(following, better.cost if better else following)
    return Told(cost, PLAN)


def dies(cost: int, swap: Swap) -> Told:
    """Tells one plan and is killed."""
    swap(Told(cost, PLAN))
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def falls(_swap: Swap) -> Told:
    """Is gone before it has told anything."""
    os._exit(1)


def sleeps(cost: int, swap: Swap) -> Told:
    """Tells one plan and never ends."""
    swap(Told(cost, PLAN))
    time.sleep(60)
    raise AssertionError


def test_processes_wait_for_each_other_where_counts_decide() -> None:
    """Tests that the slow one hears 5 from the fast one, and the fast one 3 from the slow one."""
    best, told = side_by_side([partial(knows, [5, 6, 7], 0.0), partial(knows, [9, 3, 8], 0.05)])
    assert best.cost == 3
    assert sorted(one.cost for one in told) == [3, 3, 5, 6, 8, 9]


def test_a_process_that_dies_loses_nothing_it_told() -> None:
    """Tests that its plan is the answer, and that the other goes on."""
    best, told = side_by_side([partial(dies, 4), partial(knows, [9, 9, 9], 0.0)])
    assert best == Told(4, PLAN)
    assert len(told) >= 2


def test_an_overdue_process_is_ended() -> None:
    """Tests that the answer comes with what is known when the time is up."""
    began_s = time.monotonic()
    best, _ = side_by_side([partial(sleeps, 4)], None, began_s + 0.1, time.monotonic)
    assert best.cost == 4
    assert time.monotonic() - began_s < 2


def test_when_all_die_in_silence_it_is_said() -> None:
    """Tests that there is no answer without a plan."""
    with pytest.raises(RuntimeError):
        side_by_side([falls])
    assert side_by_side([falls], Told(7, PLAN)) == (Told(7, PLAN), [])


def test_alone_nobody_answers() -> None:
    """Tests that a search in this process hears nothing."""
    assert alone(partial(knows, [5, 4], 0.0)).cost == 4


def test_none_outlives_the_process_that_started_them() -> None:
    """Tests that kill -9 of the parent leaves no process behind."""
    code = (
        "import multiprocessing, threading, time\n"
        "from functools import partial\n"
        "from routing.search.workers import side_by_side\n"
        "from tests.routing.search.test_workers import sleeps\n"
        "if __name__ == '__main__':\n"
        "    def tell():\n"
        "        while not (born := multiprocessing.active_children()): time.sleep(0.01)\n"
        "        print(born[0].pid, flush=True)\n"
        "    threading.Timer(0.05, tell).start()\n"
        "    side_by_side([partial(sleeps, 1)])\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until_s = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()
