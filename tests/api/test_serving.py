"""A served house: broker and worker run beside the pages, come back when killed, and end with them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from api.demo.people import NOBODY
from tests.api.cli.in_process import run
from tests.services import free_port

READY_S = 180.0


@contextmanager
def served(data: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A served house and its address."""
    port = free_port()
    command = [sys.executable, "-m", "api.cli.main", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen([*command, "--mqtt-port", "0", *options], stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(120)


def wait_until_ready(address: str) -> None:
    """Waits until broker, worker and pages all run."""
    give_up_s = monotonic() + READY_S
    with httpx.Client(base_url=address, verify=NOBODY) as http:
        while monotonic() < give_up_s:
            with suppress(httpx.TransportError):
                if http.get("/readyz").status_code == httpx.codes.OK:
                    return
            sleep(0.1)
    pytest.fail("not ready in time")


def running(needle: str) -> list[int]:
    """Process ids whose command line has this text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if needle in command:
            found.append(int(folder.name))
    return found


def test_a_killed_worker_and_a_killed_broker_come_back_and_all_end_together(tmp_path: Path) -> None:
    """Tests that the house repairs itself, and that nothing stays behind when it stops."""
    worker, broker = f"ingest --with-parent --data {tmp_path}", f"{tmp_path}/broker/nats.conf"
    with served(tmp_path) as (address, _):
        wait_until_ready(address)
        for second, words in (("serve", f"is served already, on {address}"), ("ingest", "runs already")):
            refused = run(tmp_path, second)
            assert refused.returncode == 1
            assert words in refused.stderr
        before = running(worker) + running(broker)
        assert len(before) == 2
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        give_up_s = monotonic() + READY_S
        while monotonic() < give_up_s and not set(running(worker) + running(broker)) - set(before):
            sleep(0.1)
        wait_until_ready(address)
        after = running(worker) + running(broker)
        assert len(after) == 2
        assert not set(after) & set(before)
    assert running(str(tmp_path)) == []


def test_a_second_signal_leaves_nothing_behind(tmp_path: Path) -> None:
    """Tests a Ctrl-C in a terminal: the signal comes from there, and again from the parent that stops too."""
    with served(tmp_path) as (address, process):
        wait_until_ready(address)
        process.send_signal(signal.SIGINT)
        for _ in range(20):
            sleep(0.05)
            process.terminate()
        process.wait(120)
    assert running(str(tmp_path)) == []


def test_a_rehearsals_clock_starts_where_it_is_told(tmp_path: Path) -> None:
    """Tests that a served rehearsal has its own clock, which a restart finds again."""
    options = ("--no-broker", "--rehearsal", "2026-11-22T16:00+08:00", "--speed", "0")
    for _ in range(2):
        with served(tmp_path, *options) as (address, _process):
            wait_until_ready(address)
    assert '"epoch_at": "2026-11-22T08:00:00+00:00"' in (tmp_path / "clock.json").read_text()
