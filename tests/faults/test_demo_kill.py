"""Tests that kill -9 of the worker and of the broker in mid-demo loses and doubles nothing acknowledged."""

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.demo.runs import assert_balanced, end_demo, interrupt, start_demo, write_files

WITHIN_S = 240


def running(needle: str) -> list[int]:
    """Process ids whose command line has this text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if needle in (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                found.append(int(folder.name))
    return found


def kill(needle: str) -> None:
    """Ends the one process with this text without a word."""
    until_s = time.monotonic() + 30
    while not (found := running(needle)):
        assert time.monotonic() < until_s, f"no process has {needle}"
        time.sleep(0.05)
    assert len(found) == 1
    os.kill(found[0], signal.SIGKILL)


def stored(database: Path) -> int:
    """Readings in the house's file; none as long as it cannot be read."""
    address = f"file:{database}?mode=ro"
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(address, uri=True)) as kept:
        return int(kept.execute("SELECT count(*) FROM telemetry_readings").fetchone()[0])
    return 0


def wait_for(database: Path, readings: int, demo: subprocess.Popen[str]) -> None:
    """Until so many readings are stored."""
    until_s = time.monotonic() + WITHIN_S
    while stored(database) < readings:
        assert demo.poll() is None, demo.stderr.read()[-3000:]
        assert time.monotonic() < until_s, f"{readings} readings did not come"
        time.sleep(0.05)


@pytest.mark.faults
def test_the_demo_ends_well_after_its_worker_and_its_broker_were_killed(tmp_path: Path) -> None:
    """
    Tests that a day in which the worker, the broker, then both are killed while readings flow still ends,
    and that every reading a device was told is kept is there once.
    """
    orders = write_files(tmp_path / "book", diners=30, seed=5)
    data = tmp_path / "data"
    house = data / "demo" / "house"
    worker, broker = f"ingest --with-parent --data {house}", f"{house}/broker/nats.conf"
    demo = start_demo(data, "--orders", str(orders), "--seed", "5")
    try:
        for readings, victims in ((60, [worker]), (300, [broker]), (600, [broker, worker])):
            wait_for(house / "holdchain.sqlite3", readings, demo)
            for victim in victims:
                kill(victim)
    except BaseException:
        interrupt(demo)
        raise
    told = end_demo(demo)
    assert told.code == 0, told.lines[-20:]
    assert_balanced(told.summary)
    with closing(sqlite3.connect(house / "holdchain.sqlite3")) as database:
        [[kept, distinct]] = database.execute(
            "SELECT count(*), count(DISTINCT device_id || probe || measured_at) FROM telemetry_readings "
            "WHERE device_id NOT LIKE 'TH-%'"  # those of cold rooms and freezers are in no box
        )
    assert kept == distinct == told.summary["readings_acknowledged"]
    assert [one["code"] for one in told.summary["exceptions"] if one["code"] == "readings_missing"] == []
    log = (house / "serve.log").read_text(errors="replace")
    assert log.count("broker had died") == 2
    assert log.count("worker had died") == 2
    assert running(str(data)) == []
