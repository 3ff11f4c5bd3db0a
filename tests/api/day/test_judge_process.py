"""The judging process: told of a probe it judges the box; killed it is started again; closed it ends."""

import os
import signal
import time
from datetime import timedelta

import pytest

from api.clock import RehearsalClock
from api.judge_process import JudgeProcess
from api.judging import JudgeParams, Tally
from api.store.workers import load_workers
from telemetry.store.readings import keep
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import TIGHT_S, Acting, cooling, instant

SOON_S = 60


def told(judges: JudgeProcess, touched, tally: Tally) -> None:
    """Tells the process, as soon as it is ready."""
    give_up_s = time.monotonic() + SOON_S
    while not judges.take(touched, tally):
        assert time.monotonic() < give_up_s
        time.sleep(0.01)


@pytest.mark.parametrize("kills", [0, pytest.param(1, marks=pytest.mark.faults)])
def test_a_box_is_judged_beside_the_worker(day_at, tmp_path, monkeypatch, kills) -> None:
    """
    Tests that what the worker tells is judged and reported by the other process, also by its successor.
    """
    day = day_at("packed")
    box = next(one for one in Acting.of(day).board["boxes"] if one["senses"] == "core")
    packed_at = instant(box["packed_at"])
    now_at = packed_at + timedelta(minutes=20)
    RehearsalClock.start(tmp_path / "clock.json", now_at, 0)
    monkeypatch.setenv("HOLDCHAIN_DATABASE_URL", f"sqlite:///{day.path}")
    with day.database.begin() as session:
        keep(session, cooling(box, now_at, TIGHT_S))
    judges = JudgeProcess(tmp_path, 5, JudgeParams(judge_every_s=0, check_every_s=600, check_clock_s=1e9))
    told(judges, {(box["sensor_id"], box["senses"]): (packed_at, now_at)}, Tally(stored=3))
    for _ in range(kills):
        told(judges, {}, Tally(stored=3))
        os.kill(judges._process.pid, signal.SIGKILL)
        judges._process.join()
        told(judges, {}, Tally(stored=3, frames=1))
    told(judges, {}, Tally(stored=3, frames=2))  # it is ready again: the first is judged
    judges.close({}, Tally(stored=3))
    assert not judges._process.is_alive()
    with day.database.read() as session:
        assert box["box_id"] in latest_verdicts(session, [box["box_id"]])
        (row,) = load_workers(session)
    assert (row.name, row.stored, row.judged_at) == ("ingest", 8, now_at)
