"""The house of a rehearsal: its own data folder, its own server process, its own clock."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import httpx

from api.clock import RehearsalClock
from api.demo.people import NOBODY
from orders.errors import Conflict, MealError

MARK = "rehearsal"
START_WITHIN_S = 300.0
SESSION_HOURS = "72"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """
    A running house.

    Parameters
    ----------
    data
        Its data folder.
    base_url
        Its address.
    mqtt_port
        Where its devices publish.
    admin_link
        One-time sign-in link of its first user.
    process
        The server.
    """

    data: Path
    base_url: str
    mqtt_port: int
    admin_link: str
    process: subprocess.Popen[bytes]


@contextmanager
def alone_in(data: Path) -> Iterator[None]:
    """
    Holds a data folder for one rehearsal.

    Raises
    ------
    Conflict
        When another rehearsal is running in it.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict("rehearsal_running", folder=str(data)) from error
        yield


def fresh_folder(data: Path) -> Path:
    """
    An empty folder for one rehearsal; one that a rehearsal made before is cleared.

    Raises
    ------
    Conflict
        When the folder holds something else.
    """
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        raise Conflict("folder_not_a_rehearsal", folder=str(data))
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    (data / MARK).touch()
    return data


@contextmanager
def rehearsal(
    data: Path, *, city: str, starts_at: datetime, port: int = 0, seed: int = 1, language: str = "zh_CN"
) -> Iterator[Rehearsal]:
    """
    Sets a house up in its folder, starts its server and stops it at the end.

    Parameters
    ----------
    data
        Folder made by `fresh_folder`.
    city
        Packaged example that the registers are filled from.
    starts_at
        First instant of the rehearsed clock.
    port
        Of the pages; 0 takes a free one.
    seed
        Makes row ids repeatable.
    language
        Of pages for people who have not chosen one.
    """
    RehearsalClock.start(data / "clock.json", starts_at, 0.0)
    env = os.environ | {
        "HOLDCHAIN_DATA": str(data),
        "HOLDCHAIN_SESSION_HOURS": SESSION_HOURS,
        "HOLDCHAIN_LINK_HOURS": SESSION_HOURS,
        "HOLDCHAIN_LANGUAGE": language,
    }
    _run(env, "db", "seed", "--city", city)
    _run(env, "user", "add", "admin", "--role", "admin")
    link = json.loads(_run(env, "user", "link", "admin", "--json"))["address"]
    port, mqtt_port = port or _free_port(), _free_port()
    _require_free(port)
    command = [
        *_holdchain(),
        "serve",
        "--port",
        str(port),
        "--mqtt-port",
        str(mqtt_port),
        "--seed",
        str(seed),
    ]
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a terminal's Ctrl-C is for us; we end the server in order
        )
    try:
        base_url = f"http://127.0.0.1:{port}"
        _wait_ready(base_url, process, data)
        yield Rehearsal(data, base_url, mqtt_port, link, process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the server to end, and ends it where it does not."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _holdchain() -> list[str]:
    return [sys.executable, "-m", "api.cli.main"]


def _run(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([*_holdchain(), *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MealError("rehearsal_command_failed", command=" ".join(arguments), detail=done.stderr[-500:])
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Conflict("port_taken", port=port) from error


def _wait_ready(base_url: str, process: subprocess.Popen[bytes], data: Path) -> None:
    until = monotonic() + START_WITHIN_S
    with httpx.Client(base_url=base_url, timeout=2, verify=NOBODY) as http:
        while monotonic() < until and process.poll() is None:
            with suppress(httpx.TransportError):
                if http.get("/readyz").status_code == httpx.codes.OK:
                    return
            sleep(0.1)
    raise MealError("rehearsal_server_failed", log=str(data / "serve.log"))
