"""Tests of what a house survives without a kill: a disk that is full for a while."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.devices import issue, let_in
from api.house import House, open_house
from api.people import OPERATOR
from api.serving import Beside, ServeParams, broker_params, running_beside
from api.settings import Settings
from telemetry.broker import LEAST_FREE_BYTES
from telemetry.mqtt import Endpoint
from telemetry.publisher import Publisher
from telemetry.store.readings import count_bad_frames, readings_of_device
from tests.services import IS_ROOT
from tests.telemetry.brokers import publishing

AT = datetime(2024, 11, 23, 2, 0, tzinfo=UTC)  # past for any clock that runs this
DEVICE = "BOX-0001"
DISK_BYTES = LEAST_FREE_BYTES + 40_000_000
PATIENCE_S = 120


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own that is soon full."""
    if not IS_ROOT:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="holdchain-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def served(data: Path, template: Path) -> Iterator[tuple[House, Beside, Publisher]]:
    """A house with its broker, its worker and one sensor."""
    data.mkdir()
    shutil.copy(template, data / "holdchain.sqlite3")
    house = open_house(Settings(data=data, mqtt_port=0), upgrade=False)
    with house.database.begin() as session:
        now_at, folder = house.clock.now(), broker_params(house).folder
        let_in(session, OPERATOR, now_at, DEVICE, family="holdchain", probes={"core": "core"})
        (user,) = issue(session, OPERATOR, now_at, folder, [DEVICE])
    with running_beside(house, ServeParams(), {}) as beside:
        assert beside.broker is not None
        at = Endpoint("127.0.0.1", beside.broker.port, DEVICE, DEVICE, user.secret)
        with publishing(at) as sensor:
            yield house, beside, sensor
    house.database.close()


def publish(sensor: Publisher, numbers: range) -> None:
    """A frame of each number, at its own second."""
    for number in numbers:
        at = (AT + timedelta(seconds=number)).isoformat()
        body = f'{{"seq": {number}, "readings": [{{"t": "{at}", "probe": "core", "c": 60.5}}]}}'
        sensor.publish(f"holdchain/v1/{DEVICE}/readings", body.encode(), 1)


def stored(house: House) -> list[int]:
    """The counters of the readings that are stored."""
    with house.database.read() as session:
        kept = readings_of_device(session, DEVICE, from_at=AT, to_at=AT + timedelta(days=1))
    return [one.sequence for one in kept]


def wait_for(holds: Callable[[], bool]) -> None:
    """Waits for what must become so."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up_s
        time.sleep(0.05)


def fill(folder: Path) -> Path:
    """Takes the last byte of a disk; gives the file to be deleted."""
    ballast = os.open(folder / "ballast", os.O_CREAT | os.O_WRONLY)
    try:
        while os.write(ballast, b"\0" * 4096):
            pass
    except OSError:
        return folder / "ballast"
    finally:
        os.close(ballast)


@pytest.mark.faults
def test_full_disk_holds_devices_back_and_loses_nothing(small_disk, sqlite_template):
    """
    Tests that nothing is acknowledged that is not kept, that the operator is told, and that all goes on when
    there is room again.
    """
    with capture_logs() as said, served(small_disk / "data", sqlite_template) as (house, beside, sensor):
        publish(sensor, range(1, 101))
        wait_for(lambda: stored(house) == list(range(1, 101)))
        ballast = fill(small_disk)
        publish(sensor, range(101, 3_001))
        wait_for(lambda: beside.lacking() == ["disk"])
        assert not sensor.wait(3)
        assert sensor.readings_acknowledged < 3_000
        ballast.unlink()
        assert sensor.wait(PATIENCE_S)
        wait_for(lambda: len(stored(house)) == 3_000)
        assert stored(house) == list(range(1, 3_001))
        wait_for(lambda: beside.lacking() == [])
        with house.database.read() as session:
            assert count_bad_frames(session) == {}
    told = [(one["log_level"], one["event"]) for one in said]
    assert ("error", "disk full, devices held back") in told
    assert ("warning", "disk has room again") in told
