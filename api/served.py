"""Where this house is being served: a note in the data folder, and one broker and one worker at a time."""

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.settings import Settings
from orders.errors import Conflict, MealError
from telemetry.broker import BrokerFailed, worker_endpoint

NOTE = "served.json"
EVERY_HOST = frozenset({"0.0.0.0", "::"})
POLL_S = 0.1


@contextmanager
def noted_address(settings: Settings) -> Iterator[None]:
    """Keeps the addresses in the data folder for as long as the house is served; the first server's stay."""
    note = settings.data / NOTE
    if _kept(note) is not None:
        yield
        return
    note.write_text(json.dumps({"host": settings.host, "port": settings.port, "pid": os.getpid()}), "utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def served_address(settings: Settings) -> str:
    """Address of the pages: of the process that serves them now, else as the settings have it."""
    kept = _kept(settings.data / NOTE)
    host, port = kept or (settings.host, settings.port)
    return f"http://{'127.0.0.1' if host in EVERY_HOST else host}:{port}"


def served_devices(settings: Settings) -> tuple[str, int]:
    """Host and port for devices: of the broker that runs or ran last, else as the settings have it."""
    is_said = (
        bool({"mqtt_host", "mqtt_port"} & settings.model_fields_set) and _kept(settings.data / NOTE) is None
    )
    with suppress(BrokerFailed):
        at = worker_endpoint(settings.data / "broker")
        if not is_said:
            return at.host, at.port
    return settings.mqtt_host, settings.mqtt_port


@contextmanager
def only_one(settings: Settings, part: str, *, within_s: float = 0) -> Iterator[None]:
    """
    Sees to it that a part of a house runs once, for as long as the block lasts.

    Parameters
    ----------
    settings
        The house's.
    part
        ``broker`` or a worker's name: two would end each other's sessions for ever.
    within_s
        How long one that is about to end is waited for.

    Raises
    ------
    Conflict
        ``house_served_already`` or ``ingest_runs_already``.
    """
    give_up_s = time.monotonic() + within_s
    with _lock_of(settings, part).open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up_s:
                    folder, address = str(settings.data.resolve()), served_address(settings)
                    code = "house_served_already" if part == "broker" else "ingest_runs_already"
                    raise Conflict(code, folder=folder, address=address, worker=part) from error
            time.sleep(POLL_S)
        yield


def is_running(settings: Settings, part: str) -> bool:
    """Whether a part runs now, started by whomever."""
    with suppress(FileNotFoundError), _lock_of(settings, part).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def require_free_port(host: str, port: int, option: str) -> None:
    """Refuses a port that another program has (``listen_taken``) or that is not ours (``listen_refused``)."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            code = "listen_taken" if error.errno == errno.EADDRINUSE else "listen_refused"
            why = os.strerror(error.errno) if error.errno else str(error)
            other = option.replace("port", "host")
            raise MealError(code, host=host, port=port, option=option, other=other, why=why) from error


def _lock_of(settings: Settings, part: str) -> Path:
    return settings.data / f"{part.replace(' ', '-').replace('/', '-of-')}.lock"


def _kept(note: Path) -> tuple[str, int] | None:
    try:
        kept = json.loads(note.read_text("utf-8"))
        os.kill(int(kept["pid"]), 0)
        return str(kept["host"]), int(kept["port"])
    except (OSError, ValueError, KeyError):  # nobody serves, or a power cut left the note behind
        return None
